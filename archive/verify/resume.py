"""Remembers which files an earlier run that was cut off has hashed, so that the next goes on from there.

Every line is sealed with the sealing key (HMAC), and holds only for a file that was not written since: so nobody
without that key can have a fault passed over. Where the key is locked away, a run begins anew.
"""

import hmac
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from archive import key
from archive.vault import LOCKS
from archive.verify.hashing import Hashed
from config.errors import WorkspaceError

FILE = "verify.jsonl"


class Earlier:
    """What was hashed before, and found right."""

    def __init__(self, workspace: Path) -> None:
        self._file = workspace / LOCKS / FILE
        self._secret = _secret(workspace)
        self.marks = dict(self._read())  # SHA-256 -> the file's mark then

    def keep(self, right: Iterable[Hashed]) -> None:
        """Remember that these were RIGHT."""
        if not self._secret:
            return
        said = json.dumps({Path(each.path).name: each.mark for each in right})
        with suppress(OSError):  # a disk that is full, or can only be read: then the next run begins anew
            self._file.parent.mkdir(exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{self._mac(said)} {said}\n")

    def over(self) -> None:
        """Forget all: a run has come to its end."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _read(self) -> Iterable[tuple[str, str]]:
        try:
            lines = self._file.read_text("utf-8", "replace").splitlines() if self._secret else []
        except OSError:
            return
        for line in lines:
            mac, _, said = line.partition(" ")
            if hmac.compare_digest(mac.encode(), self._mac(said).encode()):
                yield from json.loads(said).items()

    def _mac(self, said: str) -> str:
        return hmac.new(self._secret, said.encode(), "sha256").hexdigest()


def _secret(workspace: Path) -> bytes:
    """What only the sealing key's owner has; b"" where it is locked away."""
    try:
        found = key.found(workspace)
    except WorkspaceError:
        return b""
    return hmac.new(found.key.private_bytes_raw(), b"wildfree verify", "sha256").digest() if found else b""
