"""Keeps every exhibit as a file under the name of its SHA-256, safely on disk before anyone speaks of it."""

import hashlib
import os
import secrets
import sys
import time
from contextlib import suppress
from pathlib import Path

from config.errors import EvidenceError, MachineError


class FolderStore:
    """A folder of exhibits: evidence/ab/abcd... Written once, never changed, opened with its hash checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arriving = folder / "arriving"  # files being written; what a kill leaves here is nobody's

    def path(self, sha256: str) -> Path:
        """Where the exhibit lies, or would."""
        return self.folder / sha256[:2] / sha256

    def put(self, body: bytes) -> str:
        """Keep BODY and return its SHA-256; when this returns, the bytes have reached the disk.

        EvidenceError if what is kept under that name is not BODY; MachineError if nothing can be written.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        place = self.path(sha256)
        try:
            if not place.exists():
                self._arrive(place, body)
            self.read(sha256)
            for folder in (place.parent, self.folder):  # of another process, too, that was cut off before it could
                _sync(folder)
        except OSError as problem:
            raise MachineError(
                f"{self.folder}: cannot be written: {problem.strerror}. Make room, then go on"
            ) from None
        return sha256

    def _arrive(self, place: Path, body: bytes) -> None:
        """Write BODY to PLACE, whole or not at all; a file that is there already stays."""
        self._make(place.parent)
        self._make(self.arriving)
        draft = self.arriving / secrets.token_hex(8)
        try:
            _write(draft, body)
            with suppress(FileExistsError):
                os.link(draft, place)  # unlike rename, never takes the place of a file
        finally:
            draft.unlink(missing_ok=True)

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
        return sum(_removed(draft, before) for draft in drafts)

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync(folder.parent)


def _write(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _removed(draft: Path, before: float) -> bool:
    """Remove DRAFT if it is older than BEFORE; its writer may be quicker."""
    try:
        if draft.stat().st_mtime >= before:
            return False
        draft.unlink()
    except FileNotFoundError:
        return False
    return True


def _sync(folder: Path) -> None:
    """Bring a folder's list of names to disk. Windows cannot open a folder; NTFS keeps its own journal."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
