"""What may stand in a pack: its paths, how large each may be, and what of it a workspace has."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import UsageError
from config.reading import bounded, did_you_mean
from config.system import unfit
from desk import whole

FOLDERS = ("laws", "platforms", "templates", "terms")
NAME = "[a-z0-9][a-z0-9_-]{0,99}"
BEFORE = re.compile(r"\.before(\.\d+)?$")  # of one's own files that theirs have replaced
PATHS = re.compile(
    rf"(?:laws|platforms)/{NAME}\.toml|terms/{NAME}\.tsv"
    r"|templates/[a-z][a-z_]{0,99}/(?:letter\.toml|letter\.[a-z]{2,3}\.j2|example\.json|example\.[a-z]{2,3}\.md)"
)
LARGEST = {".toml": 1 << 18, ".tsv": 1 << 23, ".j2": 1 << 18, ".json": 1 << 20, ".md": 1 << 20}  # bytes of a file
MOST, ALL = 500, 1 << 25  # files, bytes of all


@dataclass(frozen=True)
class Own:
    """What a workspace has of its own."""

    files: dict[str, bytes]  # by path, in order
    left_out: tuple[str, ...]  # what a pack never holds


def fit(path: str) -> bool:
    """Whether a pack may hold PATH."""
    return bool(PATHS.fullmatch(path)) and not any(unfit(part) for part in path.split("/"))


def lack(path: str, size: int) -> str:
    """Why a pack may not hold PATH with SIZE bytes; "" where it may."""
    if not fit(path):
        return "is no platform file, terms, letter template or law by its name"
    most = LARGEST[path[path.rindex(".") :]]
    return f"has {size} bytes; such a file has at most {most}" if size > most else ""


def of_workspace(overlay: Path, only: Iterable[str] = ()) -> Own:
    """The files of OVERLAY, a workspace's config/, that a pack may hold; ONLY those, or those in these folders."""
    found = dict(_walked(overlay))
    wanted = [each.removeprefix("config/").rstrip("/") for each in only]
    for each in wanted:
        if not any(_within(path, each) for path in found):
            raise UsageError(f"--only {each}: no such file in config/.{did_you_mean(each, [*found, *FOLDERS])}")
    chosen = {path: file for path, file in found.items() if not wanted or any(_within(path, e) for e in wanted)}
    taken = {path: _body(path, file) for path, file in sorted(chosen.items()) if fit(path)}
    if not taken:
        raise UsageError(f"{overlay}: no platform file, terms, letter template or law of your own: nothing to pack")
    if len(taken) > MOST or sum(map(len, taken.values())) > ALL:
        raise UsageError(
            f"{overlay}: a pack holds at most {MOST} files and {ALL} bytes. Choose some: --only platforms"
        )
    return Own(taken, tuple(sorted(chosen.keys() - taken)))


def spare(overlay: Path, path: str, body: bytes) -> str:
    """As what file of OVERLAY its file PATH, which holds BODY, stays when another replaces it."""
    return whole.spare(overlay / path, body).relative_to(overlay).as_posix()


def _within(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith(f"{wanted}/")


def _walked(overlay: Path) -> Iterator[tuple[str, Path]]:
    for file in overlay.rglob("*"):
        path = file.relative_to(overlay)
        hidden = any(part.startswith(".") for part in path.parts) or BEFORE.search(path.name)
        if not hidden and (file.is_symlink() or not file.is_dir()):
            yield path.as_posix(), file


def _body(path: str, file: Path) -> bytes:
    """What FILE holds; UsageError where it is a link, which may lead out of config/, or too large."""
    if file.is_symlink() or not file.is_file():
        raise UsageError(f"{file}: is a link, or no file: a pack holds files alone. Put the file itself there")
    body = bounded(file, max(LARGEST.values()))
    if said := lack(path, len(body)):
        raise UsageError(f"{file}: {said}")
    return body
