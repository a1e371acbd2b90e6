"""Opens a file that a person brings, bounded, and says plainly what to do with one that is no tip."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from archive.facts import Exhibit, Role
from config.errors import UsageError
from config.reading import bounded
from desk.tips.kinds import HEAD, Kind, kind_of
from desk.tips.metadata import metadata

LISTS = (".csv", ".tsv", ".xlsx", ".xls")
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<head", b"<body")
SEEN = 4096  # bytes that tell a text from other files


@dataclass(frozen=True)
class Found:
    """A file that can be a tip."""

    sha256: str
    name: str
    kind: Kind
    files: tuple[Exhibit, Exhibit]  # the file as it was brought, and what it says of itself

    @property
    def unread(self) -> bool:
        """Whether what it says of itself could not be read."""
        return "unread" in json.loads(self.files[1].body)


def is_list(path: Path) -> bool:
    """Whether PATH is a list of links, by its name and its first bytes."""
    return path.suffix.lower() in LISTS and kind_of(_head(path)) is None


def opened(path: Path, pixels: float) -> Found:
    """The file at PATH as a tip; UsageError where it is none, or too large."""
    kind = kind_of(_head(path))
    if kind is None:
        raise UsageError(f"{path}: {_instead(path)}")
    body, modified = bounded(path, kind.most), path.stat().st_mtime
    if len(body) > kind.most:
        raise UsageError(f"{path}: larger than {kind.most >> 20} MiB. Make it smaller, or cut it")
    told = metadata(body, kind, path.name, modified, pixels)
    return Found(sha256(body).hexdigest(), path.name, kind, (Exhibit(Role.TIP, body, kind.media_type), told))


def _head(path: Path) -> bytes:
    if not path.is_file():
        raise UsageError(f"{path}: is no file. Name the pictures, recordings and lists themselves")
    return bounded(path, HEAD)


def _instead(path: Path) -> str:
    """What to do with the file PATH, which is no tip."""
    begins = bounded(path, SEEN)
    if not begins:
        return "is empty"
    if begins.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(MARKUP):
        return "is a saved page, which proves nothing by itself. Bring its link: wildfree add https://..."
    if b"\0" not in begins and path.suffix.lower() not in (".exe", ".apk", ".zip"):
        return (
            f"is a text. Paste what stands in it, or: wildfree add - < {path.name}; a list of links is a CSV or XLSX"
        )
    return "is no picture, recording, PDF or list of links. Bring a screenshot of what it shows"
