"""Erases what must not be kept: the bytes go, an entry stays that says who took them away, why, and which.

The one place where evidence is changed after it was written: private columns are blanked in the rows, as what stands
outside the entries' bodies is taken away. All proofs hold on, because the ledger knows only hashes of either.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, select, update
from sqlalchemy.orm import Session

from archive import entries, intake
from archive.guests import Guest, guests
from archive.leaves import Entry
from archive.models import Act, Listing, Notice, QueryExhibit, Sighting, Tip, Visit, VisitExhibit
from archive.pictures import Likeness, PictureText
from archive.questions import tips
from archive.raw import blank
from archive.store import named as files_named
from archive.table import Row
from archive.vault import CACHE, Vault
from config.errors import UsageError

ERASED, HELD, RELEASED = "erased", "held", "released"  # what an Act says
BRINGING = ("visit", "query", "tip")  # the entries that bring exhibits
OWN = {"sighting", "visit", "verdict", "tip"}  # the tables whose private words are about one listing


@dataclass(frozen=True)
class Erased:
    """What went."""

    subject: str
    files: int
    entries: int  # whose private words went
    others: tuple[int, ...]  # listings whose sightings stood in the same entries, and lost their words with them
    along: tuple[int, ...]  # listings in the same bundles of other teams, which went whole


@dataclass(frozen=True)
class _Going:
    """What is to go."""

    subject: str
    files: frozenset[str]  # exhibits
    bodies: tuple[str, ...]  # of the entries whose private words go
    listings: frozenset[int]  # whose it is
    along: tuple[int, ...] = ()  # those of them that nobody named


def named(vault: Vault, what: str, *, why: str, by: str, now: datetime) -> Erased:
    """Erase WHAT: a listing's number, a file's SHA-256, tip:NUMBER or entry:NUMBER."""
    if re.fullmatch(r"[0-9a-f]{64}", what):
        return file(vault, what, why=why, by=by, now=now)
    found = re.fullmatch(r"(entry:|tip:|)(\d{1,18})", what)
    if not found:
        raise UsageError(f"{what}: neither a listing's number, nor a file's SHA-256, nor tip:NUMBER or entry:NUMBER")
    kind = {"entry:": entry, "tip:": tip, "": listing}[found[1]]
    return kind(vault, int(found[2]), why=why, by=by, now=now)


def listing(vault: Vault, number: int, *, why: str, by: str, now: datetime) -> Erased:
    """Erase what is kept of listing NUMBER alone: the files of its looks, and its private words.

    A bundle of another team that looks at it goes whole, with what it shows of other listings.
    """
    with vault.reading() as session:
        known(session, number)
        theirs = list(guests(session, vault.store))
        going_too = [each for each in theirs if number in each.listings]
        looks = select(Visit.id).where(Visit.listing_id == number)
        mine = select(VisitExhibit.sha256).where(VisitExhibit.visit_id.in_(looks))
        others = select(VisitExhibit.sha256).where(VisitExhibit.visit_id.not_in(looks))
        of_letters = select(Notice.text_sha256, Notice.pdf_sha256, Notice.eml_sha256)
        letters = {sha256 for row in session.execute(of_letters) for sha256 in row}
        kept = {*session.scalars(others), *letters, *session.scalars(select(QueryExhibit.sha256))}
        kept |= {*_files(each for each in theirs if number not in each.listings)}
        brought, by_others = tips.of_listing(session, number)
        files = {*session.scalars(mine), *_files(going_too), *brought} - kept - by_others
        whose = frozenset({number}).union(*(each.listings for each in going_too))
        bodies = [body for body in _private(session) if number in _listings(body)]
    along = tuple(sorted(whose - {number}))
    going = _Going(f"listing {number}", frozenset(files), tuple(bodies), whose, along)
    return _erase(vault, going, why=why, by=by, now=now)


def file(vault: Vault, sha256: str, *, why: str, by: str, now: datetime) -> Erased:
    """Erase one exhibit, whoever's looks, searches or bundles name it."""
    with vault.reading() as session:
        looks = select(VisitExhibit.visit_id).where(VisitExhibit.sha256 == sha256)
        ours = session.scalars(select(Visit.listing_id).where(Visit.id.in_(looks))).all()
        theirs = (each.listings for each in guests(session, vault.store) if sha256 in each.files)
        brought, named = tips.whose(session, sha256)
        whose = frozenset(ours).union(named, *theirs)
        found = session.scalars(select(QueryExhibit.query_id).where(QueryExhibit.sha256 == sha256)).first()
    if not whose and not brought and found is None:
        raise UsageError(f"{sha256}: no look, no search and no tip names such an exhibit. See: wildfree verify")
    return _erase(vault, _Going(f"file {sha256}", frozenset({sha256}), (), whose), why=why, by=by, now=now)


def tip(vault: Vault, number: int, *, why: str, by: str, now: datetime) -> Erased:
    """Erase one tip: the files that it alone brought, and its words."""
    with vault.reading() as session:
        row = session.get(Tip, number)
        if row is None:
            raise UsageError(f"tip:{number}: there is none. See: wildfree add --list")
        seen = {*session.scalars(select(VisitExhibit.sha256)), *session.scalars(select(QueryExhibit.sha256))}
        files = tips.alone(session, number) - seen
        bodies = tuple(body for body in _private(session) if any(each["id"] == number for each in _tips(body)))
    whose = frozenset({row.listing_id} if row.listing_id is not None else ())
    return _erase(vault, _Going(f"tip {number}", frozenset(files), bodies, whose), why=why, by=by, now=now)


def entry(vault: Vault, index: int, *, why: str, by: str, now: datetime) -> Erased:
    """Erase the private words of entry INDEX."""
    with vault.reading() as session:
        body = session.scalars(
            select(Entry.body).where(Entry.index == index, Entry.private.is_not(None))
        ).one_or_none()
    if body is None:
        raise UsageError(f"entry:{index}: there is none, or it has no private words")
    going = _Going(f"entry {index}", frozenset(), (body,), frozenset(_listings(body)))
    return _erase(vault, going, why=why, by=by, now=now)


def overdue(vault: Vault, days: int, now: datetime) -> list[str]:
    """What is older than DAYS, and neither held nor erased: listings, and tips that name none; nothing for 0.

    A listing's age is that of the last look at it; where nobody looked, of the last tip.
    """
    if not days:
        return []
    with vault.reading() as session:
        looks = select(Visit.listing_id, func.max(Visit.at)).group_by(Visit.listing_id)
        last = tips.last(session) | dict(session.execute(looks).all())
        done = {act.subject.partition("\n")[0] for act in session.scalars(select(Act).where(Act.what == ERASED))}
        old = sorted(each for each, at in last.items() if at < now - timedelta(days=days))
        listings = [str(each) for each in old if f"listing {each}" not in done and not held(session, each)]
        alone = select(Tip.id).where(Tip.listing_id.is_(None), Tip.at < now - timedelta(days=days)).order_by(Tip.id)
        return [*listings, *(f"tip:{each}" for each in session.scalars(alone) if f"tip {each}" not in done)]


def hold(vault: Vault, number: int, what: str, *, why: str, by: str, now: datetime) -> None:
    """Let nothing of listing NUMBER be erased (HELD), or let it be again (RELEASED)."""
    with vault.reading() as session:
        known(session, number)
        if held(session, number) == (what == HELD):
            raise UsageError(f"listing {number}: is {'held already' if what == HELD else 'not held'}")
    act = Act(at=now, by=by, what=what, subject=f"listing {number}", why=_reason(why))
    intake.take(vault, lambda session, _: session.add(act))


def held(session: Session, number: int) -> bool:
    """Whether listing NUMBER is held."""
    said = select(Act.what).where(Act.subject == f"listing {number}", Act.what.in_((HELD, RELEASED)))
    return session.scalars(said.order_by(Act.id.desc())).first() == HELD


def known(session: Session, number: int) -> None:
    """UsageError where there is no listing NUMBER."""
    if session.get(Listing, number) is None:
        raise UsageError(f"no listing {number}. See: wildfree review")


def gone(session: Session) -> frozenset[str]:
    """The SHA-256s of all files that an act says were erased."""
    acts = session.scalars(select(Act.subject).where(Act.what == ERASED))
    return frozenset(sha256 for act in acts for sha256 in files_named(act))


def forgotten(session: Session) -> set[int]:
    """The listings that were erased, and neither found nor looked at since."""
    acts = session.scalars(select(Act).where(Act.what == ERASED).order_by(Act.id))
    named = {act.subject.partition("\n")[0].partition(" "): act.at for act in acts}
    numbers = {int(number): at for (what, _, number), at in named.items() if what == "listing"}
    return {number for number, at in numbers.items() if not any(_since(session, number, at))}


def _since(session: Session, number: int, at: datetime) -> Iterator[bool]:
    """Whether listing NUMBER was found, or looked at, after AT."""
    for table in (Sighting, Visit, Tip):
        wanted = select(table.id).where(table.listing_id == number, table.at > at)
        yield session.scalars(wanted).first() is not None


def finish(vault: Vault) -> int:
    """Take away the bytes that an erasing which was cut off left behind; answer how many files."""
    with vault.reading() as session:
        acts = session.execute(select(Entry.index, Entry.body).where(Entry.kind == "act").order_by(Entry.index))
        gone = {line: index for index, body in acts for line in _erased(body)}
        left = [sha256 for sha256 in gone if vault.store.path(sha256).exists()]
        left = [sha256 for sha256 in left if not _delivered(session, sha256, gone[sha256])]
    for sha256 in left:
        vault.store.erase(sha256)
    return len(left)


def _erase(vault: Vault, going: _Going, *, why: str, by: str, now: datetime) -> Erased:
    private = {_private_file(body) for body in going.bodies}
    finished = finish(vault)
    with vault.reading() as session:
        for number in going.listings:
            if held(session, number):
                raise UsageError(
                    f"listing {number}: is held. Let it go first: wildfree archive release {number} --why ..."
                )
    files = {sha256 for sha256 in going.files | private if vault.store.path(sha256).exists()}
    if finished and not files:
        return Erased(going.subject, finished, 0, (), going.along)
    if not files:
        raise UsageError(f"{going.subject}: nothing of it is left that only it names")
    subject = "\n".join([going.subject, *sorted(files)])

    def write(session: Session, _: object) -> None:
        session.add(Act(at=now, by=by, what=ERASED, subject=subject, why=_reason(why)))
        for body in going.bodies:
            _blank(session, body)
        for derived in (Likeness, PictureText):
            session.execute(delete(derived).where(derived.sha256.in_(files)))

    intake.take(vault, write)
    for sha256 in files:
        vault.store.erase(sha256)
    shutil.rmtree(vault.workspace / CACHE, ignore_errors=True)  # what is in use there goes when it is next used
    others = {number for body in going.bodies for number in _listings(body)} - going.listings
    return Erased(going.subject, len(files - private), len(private), tuple(sorted(others)), going.along)


def _files(theirs: Iterable[Guest]) -> set[str]:
    return {sha256 for each in theirs for sha256 in each.files}


def _blank(session: Session, body: str) -> None:
    """Blank the private columns of every row that BODY tells of."""
    for name, rows in _rows(body).items():
        table = Row.metadata.tables[name]
        private = [column for column in table.columns if column.info.get("private")]
        hidden: dict[str, ColumnElement[str]] = {
            column.name: literal_column(f"'{blank(column)}'") for column in private
        }
        for row in rows if hidden else ():
            keys: Iterable[ColumnElement[bool]] = (key == row[key.name] for key in table.primary_key)
            session.execute(update(table).where(and_(*keys)).values(hidden))


def _private(session: Session) -> list[str]:
    """The bodies of all entries that have private words, and speak of listings or of tips."""
    rows = session.scalars(select(Entry.body).where(Entry.private.is_not(None)).order_by(Entry.index))
    return [body for body in rows if _listings(body) or _tips(body)]


def _listings(body: str) -> set[int]:
    """The listings that BODY tells of in the tables whose private words are theirs."""
    rows = _rows(body)
    return {row["listing_id"] for name in OWN & set(rows) for row in rows[name] if row["listing_id"] is not None}


def _tips(body: str) -> list[dict[str, int]]:
    return _rows(body).get("tip", [])


def _rows(body: str) -> dict[str, list[dict[str, int]]]:
    rows: dict[str, list[dict[str, int]]] = json.loads(body)["rows"]
    return rows


def _private_file(body: str) -> str:
    return str(json.loads(body)["private"])


def _erased(body: str) -> list[str]:
    """The SHA-256s that the act in BODY says were erased."""
    acts: list[dict[str, str]] = entries.bare(body)["rows"]["act"]
    return [sha256 for act in acts if act["what"] == ERASED for sha256 in files_named(act["subject"])]


def _delivered(session: Session, sha256: str, index: int) -> bool:
    """Whether an entry after INDEX speaks of SHA256 again: a later look, search or tip has brought the same bytes."""
    later = select(Entry.index).where(Entry.index > index, Entry.kind.in_(BRINGING), Entry.body.contains(sha256))
    return session.scalars(later).first() is not None


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("--why: say in a sentence why")
    return why.strip()
