"""Writes the file of a new platform, with everything that can stand in it explained."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from config.errors import UsageError, WorkspaceError
from config.platform import platform
from config.system import unfit
from desk.context import Desk
from desk.whole import write_whole

FORM = Path(__file__).with_name("platform.toml")
README = """\
Pages of {name}, kept by `wildfree platform save`; people's names and numbers were put by invented marks.
Beside each page, in NAME.head.json: the address asked for, the one that answered, status and head.
Read one again: wildfree platform try {name} {folder}/search-TERM.html
"""


def new(here: Desk, name: str, base: str, title: str) -> Path:
    """Write a platform's file with everything that can stand in it explained; it loads as it is."""
    if not _address(base):
        raise UsageError(f"--base {base}: write scheme and host, like https://shop.example")
    if unfit(name) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise UsageError(f"{name!r} cannot be a platform's name: use small letters, figures, - and _")
    file = here.overlay / "platforms" / f"{name}.toml"
    if file.exists():
        raise WorkspaceError(f"{file}: is there already; edit it, or choose another name")
    text = FORM.read_text("utf-8")
    told = {
        "NAME": name,
        "TITLE": json.dumps(title or name, ensure_ascii=False)[1:-1],
        "BASE": base.rstrip("/"),
    }
    text = re.sub("|".join(told), lambda place: told[place[0]], text)  # all at once: a title may hold such a word
    pages = folder_of(here, name)
    pages.mkdir(parents=True, exist_ok=True)
    write_whole(pages / "README", README.format(name=name, folder=f"config/platforms/{name}").encode())
    write_whole(file, text.encode())
    platform(name, here.overlay)  # what was written can be read, or says where it cannot
    return file


def _address(base: str) -> bool:
    """Whether BASE is a scheme and a host, and nothing behind them."""
    try:
        parts = urlsplit(base)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        return named and not parts.path.strip("/")
    except ValueError:  # http://[x, or a port that is none
        return False


def folder_of(here: Desk, name: str) -> Path:
    """Where the examples of platform NAME stand in a workspace."""
    return here.overlay / "platforms" / name
