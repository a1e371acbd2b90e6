"""Takes in another team's bundle: checks it as a stranger would, and keeps every file of it as theirs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import intake
from archive.bundle.stranger.check import LIST, examined
from archive.bundle.stranger.files import BROKEN, Files
from archive.bundle.stranger.words import Findings
from archive.facts import Exhibit, Role
from archive.models import Act
from archive.rows.sweep import listed
from archive.vault import Vault
from config.errors import EvidenceError, UsageError

WHAT = "took_in"  # an Act of that name: its subject is the SHA-256 of the bundle's list, then origin, entries, root
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
    new: bool  # False: it was taken in before


def taken(vault: Vault, path: Path, by: str, now: datetime) -> Taken:
    """Check the bundle at PATH (a folder or a zip) and keep it; BY: who takes it in.

    UsageError where there is none; EvidenceError, in one line, where it does not hold, is of another kind than this
    workspace (practice, real), or tells another story than a bundle of the same ledger that was taken in before.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such bundle")
    found = examined(str(path))
    if found.faults:
        more = f" (and {len(found.faults) - 1} more faults)" if len(found.faults) > 1 else ""
        raise EvidenceError(f"{path}: not taken in: {found.faults[0].told('en')}{more}")
    if found.practice != (vault.kind == "practice"):
        raise EvidenceError(f"{path}: not taken in: practice and real evidence stay apart")
    try:
        return _kept(vault, _Theirs(path, found), by, now)
    except BROKEN as problem:
        raise EvidenceError(f"{path}: not taken in: it changed while it was read: {problem}") from None


class _Theirs:
    """A bundle that holds, file by file."""

    def __init__(self, path: Path, found: Findings) -> None:
        self.files, self.found = Files(str(path)), found
        index = self.files.read(LIST)
        self.sha256, self._index = sha256(index).hexdigest(), json.loads(index)

    @property
    def subject(self) -> str:
        """What the Act says."""
        return " ".join((self.sha256, *map(str, self.found.head)))

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

    def listings(self) -> list[tuple[str, str, str]]:
        """Platform, key and address of the listings that it looks at."""
        told = [each["listing"] for each in self.found.manifests]
        return list(dict.fromkeys((each["platform"], each["key"], each["url"]) for each in told))


def _kept(vault: Vault, theirs: _Theirs, by: str, now: datetime) -> Taken:
    new = _is_new(vault, theirs)
    if new:
        batches = list(_batched(theirs.exhibits()))
        for batch in batches[:-1]:
            intake.take(vault, lambda _session, _hashes: None, batch)
        intake.take(vault, _written(theirs, by, now), batches[-1])
    with vault.reading() as session:
        numbers = tuple(listed(session, *each).id for each in theirs.listings())
    return Taken(
        sha256=theirs.sha256,
        origin=theirs.found.head[0],
        entries=theirs.found.head[1],
        listings=numbers,
        files=len(theirs.files.sizes),
        looks=len(theirs.found.looks),
        before=len(theirs.found.lacks),
        new=new,
    )


def _is_new(vault: Vault, theirs: _Theirs) -> bool:
    """Whether the bundle was not taken in before. EvidenceError where another one shows that their ledger forked."""
    with vault.reading() as session:
        acts = [each.split(" ") for each in session.scalars(select(Act.subject).where(Act.what == WHAT))]
    origin, entries, root = map(str, theirs.found.head)
    if any((each[1], each[2]) == (origin, entries) and each[3] != root for each in acts):
        raise EvidenceError(
            f"not taken in: {origin} has signed two different ledgers of {entries} entries, this one and one of a "
            "bundle that is here already. Ask them why: one of the two was rewritten"
        )
    return all(each[0] != theirs.sha256 for each in acts)


def _batched(exhibits: Iterable[Exhibit]) -> Iterator[list[Exhibit]]:
    """EXHIBITS in batches of about AT_ONCE bytes."""
    batch: list[Exhibit] = []
    for each in exhibits:
        if batch and sum(len(one.body) for one in batch) + len(each.body) > AT_ONCE:
            yield batch
            batch = []
        batch.append(each)
    yield batch


def _written(theirs: _Theirs, by: str, now: datetime) -> intake.Rows[None]:
    def write(session: Session, _: Sequence[str]) -> None:
        for each in theirs.listings():
            listed(session, *each)
        session.add(Act(at=now, by=by, what=WHAT, subject=theirs.subject, why=""))

    return write
