"""Finds what a bundle holds: the looks at a listing, or those of a letter, and the proofs of their entries.

Only what the newest checkpoint covers goes in, so that the same checkpoint gives the same bundle. Beside it stand the
first checkpoints that covered a look: their time-stamps are older, and so prove more.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.bundle.contents import Contents, File, Look, ProvedEntry, Sealed
from archive.bundle.history import history
from archive.entries import BEFORE, nodes
from archive.erase import gone
from archive.guests import guests
from archive.leaves import Entry, Seal, Stamp
from archive.ledger import inclusion
from archive.models import Demand, Key, Listing, Notice, Visit, VisitExhibit
from archive.models import Exhibit as ExhibitRow
from archive.note import read
from archive.todo import Kind, Unit
from archive.vault import Vault
from config.errors import EvidenceError, UsageError

NAME = re.compile(r"[\w-]{1,60}")  # what a bundle may be called


def of_listing(vault: Vault, listing_id: int) -> Contents:
    """Every look at the listing; UsageError where no listing has that number, EvidenceError where none is sealed."""
    with vault.reading() as session:
        listing = session.get(Listing, listing_id)
        if listing is None:
            raise UsageError(f"no listing {listing_id} in this workspace; see: wildfree review --list")
        visits = session.scalars(select(Visit).where(Visit.listing_id == listing_id).order_by(Visit.id)).all()
        if not visits:
            raise EvidenceError(f"listing {listing_id}: {_unseen(session, vault, listing)}")
        facts = {name: getattr(listing, name) for name in ("id", "platform", "key", "url")}
        return _contents(session, f"listing-{listing_id}", {"listing": facts}, visits)


def of_notice(vault: Vault, number: str) -> Contents:
    """The looks that the letter NUMBER relies on; UsageError where there is no such letter."""
    with vault.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.number == number)).one_or_none()
        if notice is None:
            raise UsageError(f"no listing and no letter {number}; see: wildfree letter list")
        relied = select(Demand.visit_id).where(Demand.notice_id == notice.id)
        visits = session.scalars(select(Visit).where(Visit.id.in_(relied)).order_by(Visit.id)).all()
        return _contents(session, notice.number, {"notice": notice.number}, visits, notice)


def _unseen(session: Session, vault: Vault, listing: Listing) -> str:
    """Why there is no look of ours at LISTING, and what can be done."""
    if any(listing.id in each.listings for each in guests(session, vault.store)):
        return "known from another team's bundle, which is the evidence: hand that on as it is"
    first = select(Unit).where(Unit.kind == Kind.VISIT, Unit.lane == listing.platform)
    asked = [each for each in session.scalars(first) if each.detail["key"] == listing.key]
    if not asked:
        return "was only seen in a search and was not suspect, so no look at it was taken"
    why = f" ({asked[-1].error})" if asked[-1].error else ""
    return f"was never looked at{why}. Look first: wildfree visit {listing.platform}"


def _contents(
    session: Session, name: str, about: dict[str, Any], visits: Sequence[Visit], notice: Notice | None = None
) -> Contents:
    if not NAME.fullmatch(name):
        raise EvidenceError(f"letter {name!r}: no number of ours; the archive was altered. See: wildfree verify")
    newest = session.scalars(select(Seal).order_by(Seal.size.desc())).first()
    if newest is None:
        raise EvidenceError(
            "nothing is sealed yet, because the sealing key is locked away. Unlock it, then try again"
        )
    found = {visit.id: _entries(session, visit, newest.size) for visit in visits}
    looks = tuple(_look(session, visit, found[visit.id]) for visit in visits if found[visit.id])
    if not looks or (notice and len(looks) < len(visits)):
        raise EvidenceError(f"{name}: looks at it are not sealed yet, because the key is locked away. Unlock it")
    groups = [_own(session, newest.size), *found.values(), _letter(session, notice, newest.size) if notice else []]
    entries = {each.index: each for group in groups for each in group}
    rotated = [each.index for each in groups[0] if "key" in _rows(each)][1:]  # who sealed before may vouch for it
    seals = _seals(session, newest, [*rotated, *(group[0].index for group in found.values() if group)])
    sizes = session.scalars(select(Seal.size).where(Seal.size <= newest.size).order_by(Seal.size)).all()
    letter = (notice.text_sha256, notice.pdf_sha256, notice.eml_sha256) if notice else ()
    return Contents(
        name=name,
        about=about,
        looks=looks,
        leaves=tuple(_leaf(session, entries[index], seals) for index in sorted(entries)),
        seals=tuple(_sealed(session, each) for each in seals),
        keys=tuple(session.scalars(select(Key.verifier).order_by(Key.id))),
        history=history(sizes, nodes(session)),
        letter=letter,
        erased=gone(session),
    )


def _entries(session: Session, visit: Visit, size: int) -> list[Entry]:
    """The entries that name VISIT and its exhibits: one, or many where it is older than the ledger."""
    names = [f'%"id":{visit.id},"listing_id":{visit.listing_id},%', f'%"visit_id":{visit.id}}}%']
    found = _like(session, names, size)
    mine = [each for each in found if _holds(each, "visit", "id", visit.id)]
    if not mine or mine[0].kind != BEFORE:
        return mine[:1]
    roles = [each for each in found if _holds(each, "visit_exhibit", "visit_id", visit.id)]
    of_listing = _like(session, [f'%"id":{visit.listing_id},"key":%'], size)
    hashes = session.scalars(select(VisitExhibit.sha256).where(VisitExhibit.visit_id == visit.id)).all()
    files = _like(session, [f'%"exhibit":[%"sha256":"{each}"%' for each in hashes], size) if hashes else []
    files = [each for each in files if any(_holds(each, "exhibit", "sha256", sha256) for sha256 in hashes)]
    return [*mine, *roles, *(each for each in of_listing if _holds(each, "listing", "id", visit.listing_id)), *files]


def _own(session: Session, size: int) -> list[Entry]:
    """The entries that say what this ledger is, and which keys seal it."""
    found = _like(session, ['%"key":[%', '%"origin":[%'], size)
    return [each for each in found if {"key", "origin"} & set(_rows(each))]


def _letter(session: Session, notice: Notice, size: int) -> list[Entry]:
    """The entries of NOTICE and of what it demands: one, or many where it is older than the ledger."""
    found = _like(session, ['%"notice":[%', '%"demand":[%'], size)
    return [
        each for each in found
        if _holds(each, "notice", "id", notice.id) or _holds(each, "demand", "notice_id", notice.id)
    ]  # fmt: skip


def _like(session: Session, patterns: Iterable[str], size: int) -> list[Entry]:
    wanted = select(Entry).where(or_(*(Entry.body.like(each) for each in patterns)), Entry.index < size)
    return list(session.scalars(wanted.order_by(Entry.index)))


def _rows(entry: Entry) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = json.loads(entry.body)["rows"]
    return rows


def _holds(entry: Entry, table: str, column: str, value: object) -> bool:
    return any(row[column] == value for row in _rows(entry).get(table, []))


def _look(session: Session, visit: Visit, entries: Sequence[Entry]) -> Look:
    listing = session.get_one(Listing, visit.listing_id)
    rows = session.execute(
        select(VisitExhibit, ExhibitRow)
        .join(ExhibitRow, ExhibitRow.sha256 == VisitExhibit.sha256)
        .where(VisitExhibit.visit_id == visit.id)
        .order_by(VisitExhibit.position)
    )
    return Look(
        visit=visit.id,
        platform=listing.platform,
        key=listing.key,
        canonical=listing.url,
        at=visit.at,
        url=visit.url,
        final_url=visit.final_url,
        status=visit.status,
        capture=str(visit.capture),
        missing=tuple(visit.missing),
        condition=str(visit.condition),
        title=visit.title,
        price=visit.price,
        environment=visit.environment,
        files=tuple(File(one.role, one.sha256, one.url, two.media_type, two.size) for one, two in rows),
        before=entries[0].kind == BEFORE,
    )


def _seals(session: Session, newest: Seal, indexes: Iterable[int]) -> list[Seal]:
    """The first checkpoint over each of INDEXES, and the newest; in order."""
    found = {newest.size: newest}
    for index in indexes:
        first = session.scalars(select(Seal).where(Seal.size > index).order_by(Seal.size)).first()
        if first is not None:
            found[first.size] = first
    return [found[size] for size in sorted(found)]


def _sealed(session: Session, seal: Seal) -> Sealed:
    if read(seal.note).size != seal.size:
        raise EvidenceError(f"checkpoint of {seal.size} entries: it was altered. See: wildfree verify")
    stamps = session.scalars(select(Stamp.file).where(Stamp.size == seal.size).order_by(Stamp.file))
    return Sealed(seal.size, seal.at, seal.note, tuple(dict.fromkeys(stamps)))


def _leaf(session: Session, entry: Entry, seals: Sequence[Seal]) -> ProvedEntry:
    covering = [seal.size for seal in seals if seal.size > entry.index]
    proofs = {size: tuple(each.hex() for each in inclusion(entry.index, size, nodes(session))) for size in covering}
    visits = [row["id"] for row in _rows(entry).get("visit", [])]
    visit = visits[0] if len(visits) == 1 else None
    shown = entry.private if visit else None  # who reviewed and who wrote stays with us
    return ProvedEntry(entry.index, entry.body, shown, visit, proofs)
