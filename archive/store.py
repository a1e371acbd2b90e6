"""Keeps every exhibit as a file under the name of its SHA-256, safely on disk before anyone speaks of it."""

import hashlib
import os
import secrets
import sys
import time
from pathlib import Path

from config.errors import EvidenceError


class FolderStore:
    """A folder of exhibits: evidence/ab/abcd... Written once, never changed, opened with its hash checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arriving = folder / "arriving"  # files being written; what a kill leaves here is nobody's

    def path(self, sha256: str) -> Path:
        """Where the exhibit lies, or would."""
        return self.folder / sha256[:2] / sha256

    def put(self, body: bytes) -> str:
        """Keep BODY and return its SHA-256; when this returns, the bytes have reached the disk."""
        sha256 = hashlib.sha256(body).hexdigest()
        place = self.path(sha256)
        if place.exists():
            self.read(sha256)
            return sha256
        self._make(place.parent)
        self._make(self.arriving)
        draft = self.arriving / secrets.token_hex(8)
        _write(draft, body)
        try:
            os.link(draft, place)  # unlike rename, never takes the place of a file
        except FileExistsError:
            self.read(sha256)
        finally:
            draft.unlink()
        _sync(place.parent)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the exhibit's bytes; EvidenceError if they are missing or are not what the name says."""
        try:
            body = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise EvidenceError(f"{self.path(sha256)}: the exhibit is missing") from None
        if hashlib.sha256(body).hexdigest() != sha256:
            raise EvidenceError(f"{self.path(sha256)}: the exhibit was altered, its SHA-256 is another")
        return body

    def sweep_up(self, age: float) -> int:
        """Remove files that were left half-written more than AGE seconds ago; return how many."""
        before = time.time() - age
        drafts = self.arriving.glob("*") if self.arriving.is_dir() else ()
        left = [draft for draft in drafts if draft.stat().st_mtime < before]
        for draft in left:
            draft.unlink(missing_ok=True)
        return len(left)

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync(folder.parent)


def _write(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Bring a folder's list of names to disk. Windows cannot open a folder; NTFS keeps its own journal."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
