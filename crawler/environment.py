"""What a look was taken with: program, machine, clock, and who asked for it; told truthfully, and kept with the look.

The collector is a salted hash of a name card that stays in the workspace (keys/cards/): whoever holds the card can
show later who it was, and nobody can guess it from the hash.
"""

import hashlib
import json
import secrets
import sys
from base64 import urlsafe_b64encode
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from zoneinfo import ZoneInfo

from config.system import described, give_name, make_private

ROOT = Path(__file__).parent.parent
ROOMS = ("archive", "config", "crawler", "desk", "letters")
CARDS = Path("keys") / "cards"
TOOL = f"wildfree {version('wildfree')}"


@cache
def program() -> dict[str, str]:
    """Our version, the commit where there is one, and one SHA-256 over all code and data that we run with."""
    whole = hashlib.sha256()
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*") if _counts(path)):
        whole.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    told = {"tool": TOOL, "code_sha256": whole.hexdigest(), "code": _as_installed()}
    return told | ({"commit": commit} if (commit := _commit()) else {})


@cache
def machine() -> dict[str, str]:
    """The system and the Python that we run on."""
    return {"system": described(), "python": ".".join(map(str, sys.version_info[:3]))}


def clock(now: datetime, date: str, zone: ZoneInfo) -> dict[str, str]:
    """What our clock showed, in which zone we work, and how far it was before the server's DATE (RFC 9110 §6.6.1)."""
    told = {"clock": now.isoformat(), "zone": zone.key}
    try:
        ahead = now - parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return told
    return told | {"server_date": date, "clock_ahead_s": f"{ahead.total_seconds():.0f}"}


def collector(workspace: Path, by: str) -> str:
    """The salted hash of the card of whoever (BY) collects here; the card is made when it is first needed."""
    card = workspace / CARDS / f"{hashlib.sha256(by.encode()).hexdigest()[:16]}.json"
    if not card.is_file():
        _made(card, {"name": by, "salt": secrets.token_hex(16)})
    said = json.loads(card.read_text("utf-8"))
    return hashlib.sha256(f"{said['salt']}\n{said['name']}".encode()).hexdigest()


def _made(card: Path, says: dict[str, str]) -> None:
    """Write CARD for its owner alone, unless another process was quicker."""
    for folder in (card.parent.parent, card.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    draft = card.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    make_private(draft)
    draft.write_text(json.dumps(says, ensure_ascii=False, indent=1), "utf-8")
    give_name(draft, card)
    draft.unlink(missing_ok=True)


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _as_installed() -> str:
    """Whether the files we run with are those that the package brought."""
    try:
        listed = distribution("wildfree").files or []
    except PackageNotFoundError:
        return "not installed"
    ours = [each for each in listed if each.parts[0] in ROOMS and each.hash and each.hash.mode == "sha256"]
    if not ours:
        return "a checkout"
    changed = [str(each) for each in ours if _digest(Path(str(each.locate()))) != each.hash.value]  # type: ignore[union-attr]  # asked above
    return f"altered: {', '.join(changed[:9])}" if changed else "as installed"


def _digest(path: Path) -> str:
    """The hash of PATH as a package's list writes it; "" where it is not there."""
    if not path.is_file():
        return ""
    return urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).decode().rstrip("=")


def _commit() -> str:
    """The commit of the checkout that we run from; "" where there is none."""
    git = ROOT / ".git"
    head = git / "HEAD"
    if not head.is_file():
        return ""
    said = head.read_text("utf-8").strip()
    named = git / said.removeprefix("ref: ")
    if not said.startswith("ref: "):
        return said
    return named.read_text("utf-8").strip() if named.is_file() else ""
