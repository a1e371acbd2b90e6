"""Takes in another team's bundle: checks it as a stranger would, and keeps every file of it as theirs."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import intake
from archive.bundle.stranger.check import examined
from archive.bundle.stranger.files import BROKEN, Files
from archive.bundle.stranger.names import LIST
from archive.bundle.stranger.words import Findings
from archive.erase import gone
from archive.facts import Exhibit, Role
from archive.lock import lock
from archive.models import Act, Key
from archive.note import Verifier
from archive.pin import WHAT, Pin, earlier, held
from archive.rows.sweep import listed
from archive.vault import Vault
from config.errors import ConfigError, EvidenceError, UsageError
from config.platform import platform
from config.settings import overlay

AT_ONCE = 1 << 28  # bytes that are kept in one transaction
KINDS = {"json": "application/json", "note": "text/plain", "keys": "text/plain", "pdf": "application/pdf"}


@dataclass(frozen=True)
class Taken:
    """Another team's bundle, as it is kept now."""

    sha256: str  # of its list of files, which is an exhibit
    origin: str  # their ledger
    entries: int  # of their checkpoint
    listings: tuple[int, ...]  # our numbers of the listings that it looks at
    files: int
    looks: int
    before: int  # looks that their ledger does not prove since their date
    key: str  # that signed it
    known: bool  # that key, from an earlier bundle of the same ledger
    uncompared: tuple[int, ...]  # entries of earlier ones of the same ledger whose history is not here
    new: bool  # False: it was taken in before


def taken(vault: Vault, path: Path, by: str, now: datetime) -> Taken:
    """Check the bundle at PATH (a folder or a zip) and keep it; BY: who takes it in.

    UsageError where there is none; EvidenceError, in one line, where it does not hold, is of another kind than this
    workspace (practice, real), names a listing by an address that is not its, does not fit to a bundle of the same
    ledger that was taken in before, is of our own ledger, or would bring back what was erased. Of two processes one
    waits for the other.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such bundle")
    found = examined(str(path))
    if found.code == 2:
        raise EvidenceError(f"{path}: not taken in: it is no bundle of wildfree's")
    if found.faults:
        more = f" (and {len(found.faults) - 1} more faults)" if len(found.faults) > 1 else ""
        raise EvidenceError(f"{path}: not taken in: {found.faults[0].told('en')}{more}")
    if found.practice != (vault.kind == "practice"):
        raise EvidenceError(f"{path}: not taken in: practice and real evidence stay apart")
    try:
        with lock(vault.workspace, "take"):
            return _kept(vault, _Theirs(path, found), by, now)
    except BROKEN as problem:
        raise EvidenceError(f"{path}: not taken in: it changed while it was read: {problem}") from None


class _Theirs:
    """A bundle that holds, file by file."""

    def __init__(self, path: Path, found: Findings) -> None:
        self.files, self.found = Files(str(path)), found
        index = self.files.read(LIST)
        self.sha256, self._index = sha256(index).hexdigest(), json.loads(index)
        origin, entries, root = found.head
        self.pin = Pin(self.sha256, origin, entries, root, found.key)

    @property
    def hashes(self) -> set[str]:
        """The SHA-256 of every file."""
        return {self.sha256, *(str(each["sha256"]) for each in self._index["files"].values())}

    def exhibits(self) -> Iterator[Exhibit]:
        """Every file. ValueError where one is not what was checked."""
        told = {each["sha256"]: each for manifest in self.found.manifests for each in manifest["exhibits"]}
        for name in sorted(self.files.sizes):
            body = self.files.read(name)
            if sha256(body).hexdigest() != (self.sha256 if name == LIST else self._index["files"][name]["sha256"]):
                raise ValueError(name)
            each = told.get(name.rpartition("/")[2], {})
            role = Role.PICTURE if each.get("role") == Role.PICTURE else Role.BODY
            kind = each.get("media_type") or KINDS.get(name.rpartition(".")[2], "application/octet-stream")
            yield Exhibit(role, body, kind, name)

    def listings(self, vault: Vault) -> list[tuple[str, str, str]]:
        """Platform, key and address of the listings that it looks at."""
        told = [each["listing"] for each in self.found.manifests]
        return list(dict.fromkeys(_ours(vault, *(str(each[x]) for x in ("platform", "key", "url"))) for each in told))


def _ours(vault: Vault, name: str, key: str, url: str) -> tuple[str, str, str]:
    """The platform NAME, KEY, and its address as our file of that platform writes it: no stranger's is ever ours.

    EvidenceError where their URL is not one of that listing.
    """
    market = re.match(r"https?://[^/?#]+", url)  # each practice market has an address of its own
    base = market[0] if market and vault.kind == "practice" else None
    try:
        site = platform(name, overlay(vault.workspace), base)
    except ConfigError as problem:
        raise EvidenceError(f"not taken in: of a platform that has no file here: {problem}") from None
    if site.key_of(url) != key:
        raise EvidenceError(f"not taken in: {url!a} is no address of the listing {key!a} on {name}")
    return name, key, site.url_of(key)


def _welcome(vault: Vault, theirs: _Theirs) -> None:
    """EvidenceError where the bundle is of our own ledger, or holds what was erased and has not come again since."""
    with vault.reading() as session:
        own = {Verifier.read(each).name for each in session.scalars(select(Key.verifier))}
        erased = {sha256 for sha256 in gone(session) if not vault.store.path(sha256).exists()}
    if theirs.pin.origin in own:
        raise EvidenceError(f"not taken in: it is of this workspace's own ledger, {theirs.pin.origin}")
    if back := erased & theirs.hashes:
        raise EvidenceError(f"not taken in: files of it that were erased here: {len(back)}. See: wildfree verify")


def _kept(vault: Vault, theirs: _Theirs, by: str, now: datetime) -> Taken:
    _welcome(vault, theirs)
    listings, before = theirs.listings(vault), earlier(vault, theirs.pin.origin)
    uncompared = held(vault, theirs.pin, theirs.found)
    new = all(each.sha256 != theirs.sha256 for each in before)
    if new:
        batches = list(_batched(theirs.exhibits()))
        for batch in batches[:-1]:
            intake.take(vault, lambda _session, _hashes: None, batch)
        intake.take(vault, _written(theirs.pin, listings, by, now), batches[-1])
    with vault.reading() as session:
        numbers = tuple(listed(session, *each).id for each in listings)
    return Taken(
        sha256=theirs.sha256,
        origin=theirs.pin.origin,
        entries=theirs.pin.entries,
        listings=numbers,
        files=len(theirs.files.sizes),
        looks=len(theirs.found.looks),
        before=len(theirs.found.lacks),
        key=theirs.pin.key,
        known=any(each.key == theirs.pin.key for each in before),
        uncompared=uncompared,
        new=new,
    )


def _batched(exhibits: Iterable[Exhibit]) -> Iterator[list[Exhibit]]:
    """EXHIBITS in batches of about AT_ONCE bytes."""
    batch: list[Exhibit] = []
    for each in exhibits:
        if batch and sum(len(one.body) for one in batch) + len(each.body) > AT_ONCE:
            yield batch
            batch = []
        batch.append(each)
    yield batch


def _written(pin: Pin, listings: Iterable[tuple[str, str, str]], by: str, now: datetime) -> intake.Rows[None]:
    def write(session: Session, _: Sequence[str]) -> None:
        for each in listings:
            listed(session, *each)
        session.add(Act(at=now, by=by, what=WHAT, subject=pin.subject, why=""))

    return write
