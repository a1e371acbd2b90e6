"""Keeps every exhibit as a file under the name of its SHA-256, safely on disk before anyone speaks of it.

Beside them lie the ledger's papers (segments, checkpoints, stamps), under names of their own: what they hold is
proved by the tree and its signature, not by their name.
"""

import hashlib
import logging
import re
import secrets
import time
from pathlib import Path

from config.errors import EvidenceError, MachineError, why
from config.system import give_name, sync, sync_folder

ARRIVING = "arriving"
PAPERS = "ledger"
SHA256 = re.compile(r"[0-9a-f]{64}")
LOG = logging.getLogger(__name__)
NO_LINKS = (
    "this disk knows no links (FAT, exFAT, a network folder), so exhibits are moved into place. They are safe from "
    "a killed program, not from a power cut: keep the workspace on a disk of your own, as NTFS, APFS or ext4"
)


def named(lines: str) -> list[str]:
    """The exhibits that LINES name, each by its SHA-256 on a line of its own, as the acts of erasing do."""
    return [line for line in lines.split("\n") if SHA256.fullmatch(line)]


class FolderStore:
    """A folder of exhibits: evidence/ab/abcd... Written once, never changed, opened with its hash checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.papers = folder / PAPERS
        self.arriving = folder / ARRIVING  # files being written; what a kill leaves here is nobody's
        self._said = False  # that this disk knows no links

    def path(self, sha256: str) -> Path:
        """Where the exhibit lies, or would."""
        return self.folder / sha256[:2] / sha256

    def put(self, body: bytes) -> str:
        """Keep BODY and return its SHA-256; when this returns, the bytes have reached the disk.

        EvidenceError if what is kept under that name is not BODY; MachineError if nothing can be written.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        self._laid(self.path(sha256), body)
        self.read(sha256)
        return sha256

    def put_paper(self, name: str, body: bytes) -> None:
        """Keep BODY as the paper NAME; EvidenceError if another is kept under that name."""
        self._laid(self.papers / name, body)
        if self.read_paper(name) != body:
            raise EvidenceError(f"{self.papers / name}: another paper lies under this name; it was altered")

    def read_paper(self, name: str) -> bytes:
        """The paper NAME; EvidenceError if it cannot be had."""
        try:
            return (self.papers / name).read_bytes()
        except OSError as problem:
            raise EvidenceError(f"{self.papers / name}: cannot be read: {why(problem)}") from None

    def list_papers(self) -> list[str]:
        """The names of all papers, in order."""
        return sorted(path.name for path in self.papers.glob("*")) if self.papers.is_dir() else []

    def _laid(self, place: Path, body: bytes) -> None:
        """Lay BODY at PLACE if nothing is there, and see that it has reached the disk."""
        try:
            if not place.exists():
                self._arrive(place, body)
            for folder in (place.parent, self.folder):  # of another process, too, that was cut off before it could
                sync_folder(folder)
        except OSError as problem:
            raise MachineError(f"{self.folder}: cannot be written: {why(problem)}") from None

    def _arrive(self, place: Path, body: bytes) -> None:
        """Write BODY to PLACE, whole or not at all; a file that is there already stays."""
        self._make(place.parent)
        self._make(self.arriving)
        draft = self.arriving / secrets.token_hex(8)
        try:
            _write(draft, body)
            if not give_name(draft, place) and not self._said:
                self._said = True
                LOG.warning("%s: %s", self.folder, NO_LINKS)
        finally:
            draft.unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        """Return the exhibit's bytes; EvidenceError if they cannot be had or are not what the name says."""
        try:
            body = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise EvidenceError(f"{self.path(sha256)}: the exhibit is missing. Put back your copy of it") from None
        except OSError as problem:
            raise EvidenceError(f"{self.path(sha256)}: the exhibit cannot be read: {why(problem)}") from None
        if hashlib.sha256(body).hexdigest() != sha256:
            raise EvidenceError(f"{self.path(sha256)}: the exhibit was altered, its SHA-256 is another")
        return body

    def erase(self, sha256: str) -> None:
        """Take the exhibit's bytes away, for good; one that is gone already may be named."""
        path = self.path(sha256)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)
        except OSError as problem:
            raise MachineError(f"{path}: cannot be erased: {why(problem)}") from None

    def sweep_up(self, age: float) -> int:
        """Remove files that were left half-written more than AGE seconds ago; return how many."""
        before = time.time() - age
        drafts = self.arriving.glob("*") if self.arriving.is_dir() else ()
        return sum(_removed(draft, before) for draft in drafts)

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)


def _write(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        sync(file.fileno())


def _removed(draft: Path, before: float) -> bool:
    """Remove DRAFT if it is older than BEFORE; its writer may be quicker."""
    try:
        if draft.stat().st_mtime >= before:
            return False
        draft.unlink()
    except FileNotFoundError:
        return False
    return True
