"""What other teams' bundles left here: which listings each of them looks at, and the files that show them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.models import Act, Listing
from archive.pin import WHAT, Pin
from archive.store import FolderStore
from config.errors import EvidenceError

SHOWING = re.compile(r"(?:exhibits|looks)/.*|ledger/\d{12}\.private\.json|record\.\w+\.pdf")
ENTRY = re.compile(r"ledger/\d{12}\.json")


@dataclass(frozen=True)
class Guest:
    """One bundle that was taken in."""

    listings: frozenset[int]  # our numbers of those that it looks at
    files: frozenset[str]  # SHA-256s of what shows them; what proves the other ledger's growth is not among them


def guests(session: Session, store: FolderStore) -> Iterator[Guest]:
    """Every bundle that was taken in and whose list of files is still here."""
    for subject in session.scalars(select(Act.subject).where(Act.what == WHAT).order_by(Act.id)):
        index = _read(store, Pin.read(subject).sha256)
        if index:
            files = {name: str(each["sha256"]) for name, each in index["files"].items()}
            showing = frozenset(sha256 for name, sha256 in files.items() if SHOWING.fullmatch(name))
            told = {(str(each["platform"]), str(each["key"])) for each in _listings(store, index, files)}
            yield Guest(frozenset(_numbers(session, told)), showing)


def _listings(store: FolderStore, index: dict[str, Any], files: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Each listing as the list of files, the entries, or the manifests that these name tell of it."""
    if "listing" in index["about"]:
        yield index["about"]["listing"]
    for sha256 in (sha256 for name, sha256 in files.items() if ENTRY.fullmatch(name)):
        rows = _read(store, sha256).get("rows", {})
        yield from (row for row in rows.get("listing", []) if {"platform", "key"} <= {*row})
        manifests = (row["sha256"] for row in rows.get("visit_exhibit", []) if row["role"] == "manifest")
        yield from (said["listing"] for said in (_read(store, each) for each in manifests) if said)


def _numbers(session: Session, told: set[tuple[str, str]]) -> Iterator[int]:
    for platform, key in told:
        yield from session.scalars(select(Listing.id).where(Listing.platform == platform, Listing.key == key))


def _read(store: FolderStore, sha256: str) -> dict[str, Any]:
    """The JSON of a file that was checked when it was taken in; empty where it was erased, or cannot be had."""
    try:
        found: dict[str, Any] = json.loads(store.read(sha256))
    except EvidenceError:  # `verify` says so
        return {}
    return found
