"""The names that a bundle's files may have: whatever else lies in it, the ledger says nothing of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

LIST, KEYS, NAME = "bundle.json", "verifier.keys", "{:012}"
HISTORY = "ledger/history.proof.json"  # how the ledger grew from checkpoint to checkpoint
STAMPS = r"stamps/(\d{12})/[\w.%~-]+\.(?:tsr|ots|outside)"  # no sign in it that a shell would take for its own
BELONGING = (  # each with the file without which it means nothing
    (r"README\.txt|bundle\.json|record\.[a-z]{2,3}\.pdf|verify\.py|verifier\.keys|ledger/history\.proof\.json", ""),
    (r"exhibits/.*|looks/.*|ledger/\d{12}\.json|checkpoints/\d{12}\.note", ""),  # these are checked one by one
    (r"(ledger/\d{12})\.(?:proof|private)\.json", "{}.json"),
    (STAMPS, "checkpoints/{}.note"),
    (r"(stamps/\d{12}/[\w.%~-]+\.tsr)\.chain\.pem", "{}"),
)


def strangers(there: Collection[str]) -> Iterator[str]:
    """The names THERE that no bundle holds."""
    for name in there:
        if not any(_belongs(name, pattern, needed, there) for pattern, needed in BELONGING):
            yield name


def _belongs(name: str, pattern: str, needed: str, there: Collection[str]) -> bool:
    found = re.fullmatch(pattern, name, re.ASCII)
    return found is not None and (not needed or needed.format(found[1]) in there)
