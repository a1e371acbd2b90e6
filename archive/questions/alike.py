"""Where else in the archive a photo or a text stands: under which listings, in which tips, how changed, since when.

Hashes find what may be the same photo (archive/questions/shelf.py), and the pictures themselves, laid over each
other, decide (archive/overlay.py). A picture on a large part of a platform's listings is part of its pages, not of a
listing: it makes nothing alike, and is named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import prints
from archive.erase import forgotten
from archive.facts import Decision, Role
from archive.guests import guests
from archive.likeness import METHODS, small
from archive.models import Listing, Sighting, Tip, TipExhibit, Verdict, Visit, VisitExhibit
from archive.overlay import overlay
from archive.pictures import Likeness
from archive.questions import titles
from archive.questions.shelf import Near, Shelf, opened
from archive.vault import Vault
from config.errors import EvidenceError, UsageError
from config.platform import AWAY, READ, Condition

FEW, LARGE = 5, 0.2  # listings, and part of a platform's: a picture on more is part of the pages
MOST = 400  # likely pictures that are laid over one, the likeliest first
BAD = (Decision.ILLEGAL, Decision.SUSPECT)


@dataclass(frozen=True)
class Photo:
    """One picture that shows what another shows."""

    picture: str  # SHA-256 of the one asked for
    other: str  # SHA-256
    how: tuple[str, ...]  # identical; or any of mirrored, cropped, bordered; (): only written anew, or resized
    distance: int  # bits of phash256 that differ, of 256
    agreeing: float  # part of the detail that agrees, 0-1


@dataclass(frozen=True)
class Place:
    """Where a photo, or a text, stands."""

    kind: str  # listing, tip, bundle (of another team)
    number: int  # of the listing or the tip; 0: a bundle that looks at several listings
    platform: str = ""
    key: str = ""
    url: str = ""
    title: str = ""
    first_seen: datetime | None = None  # UTC
    condition: Condition | None = None  # the latest that was read; None: none was
    last_live: datetime | None = None  # UTC
    photos: tuple[Photo, ...] = ()
    text: float = 0.0  # how like the titles are, 0-1; 0: not alike
    relisting: str = ""  # later: first seen after the one asked for, now gone, was last live; earlier: the reverse


@dataclass(frozen=True)
class Furniture:
    """A picture that stands on so many listings of a platform that it is taken for part of its pages."""

    picture: str  # SHA-256
    platform: str
    listings: int
    of: int  # the platform's listings with pictures


@dataclass(frozen=True)
class Answer:
    """Everything that is like one listing, or one picture."""

    pictures: int  # that were asked for, without the furniture
    places: tuple[Place, ...]  # those with photos first, then the earliest first
    furniture: tuple[Furniture, ...]
    unchecked: int  # likely pictures, that were too many to be laid over
    asked: Place | None = None  # the listing that was asked for; None: a picture was


def like_listing(vault: Vault, number: int) -> Answer:
    """What is like the listing NUMBER, by its own pictures and its title. UsageError where there is none."""
    with opened(vault) as shelf, vault.reading() as session:
        listing = session.get(Listing, number)
        if listing is None or number in forgotten(session):
            raise UsageError(f"no listing {number}. See: wildfree review --list")
        asked = _Asked(vault, session, shelf)
        asked.pictures(_own(session, number))
        texts = titles.alike(session, titles.title(session, listing), number)
        return asked.answer(_place(session, number), texts)


def like_picture(vault: Vault, picture: bytes) -> Answer:
    """Where the photo PICTURE stands. UsageError where it is none that can be told from others."""
    grey = small(picture)
    taken = prints.taken(grey) if grey else None
    if grey is None or taken is None:
        raise UsageError(
            "no picture that can be compared: not one at all, too small, too large, or all of one colour"
        )
    with opened(vault) as shelf, vault.reading() as session:
        asked = _Asked(vault, session, shelf)
        asked.picture("", grey, taken)
        return asked.answer(None, {})


def listings_like(vault: Vault, numbers: Iterable[int]) -> dict[int, tuple[Place, ...]]:
    """For each of the listings NUMBERS the other places with a photo of its own, for a line at its review."""
    found: dict[int, tuple[Place, ...]] = {}
    with opened(vault) as shelf, vault.reading() as session:
        for number in numbers:
            asked = _Asked(vault, session, shelf)
            asked.pictures(_own(session, number))
            found[number] = asked.answer(_place(session, number), {}).places
    return found


class _Asked:
    """One question: the pictures asked for so far, and where they were found."""

    def __init__(self, vault: Vault, session: Session, shelf: Shelf) -> None:
        self._vault, self._session, self._shelf = vault, session, shelf
        self._found: dict[str, list[Photo]] = {}  # by the other picture
        self._furniture: dict[str, list[Furniture]] = {}  # by picture; empty where it is none
        self._count = 0
        self._unchecked = 0

    def pictures(self, names: Sequence[str]) -> None:
        """Ask for the exhibits of those NAMES."""
        self._look_up(names)
        for name in names:
            taken = _prints(self._session, name)
            if self._furniture[name] or taken is None:
                continue
            grey = small(self._vault.store.read(name))
            if grey is not None:
                self.picture(name, grey, taken)

    def picture(self, name: str, grey: Image.Image, taken: prints.Prints) -> None:
        """Ask for one picture; NAME "": it is no exhibit."""
        self._count += 1
        near = self._shelf.near(taken)
        self._look_up([each.sha256 for each in near])
        likely = [each for each in near if not self._furniture[each.sha256]]
        self._unchecked += len(likely[MOST:])
        for each in likely[:MOST]:
            if (photo := self._compared(name, grey, each)) is not None:
                self._found.setdefault(each.sha256, []).append(photo)

    def _compared(self, name: str, grey: Image.Image, near: Near) -> Photo | None:
        if near.sha256 == name:
            return Photo(name, name, ("identical",), 0, 1.0)
        try:
            other = small(self._vault.store.read(near.sha256))
        except EvidenceError:  # `verify` says so
            return None
        laid = other and overlay(grey, other, near.views, mirrored=near.mirrored)
        if not other or not laid or not laid.same:
            return None
        signs = {
            "mirrored": near.mirrored,
            "cropped": max(near.views) > prints.AS_IS,
            "bordered": _bordered(grey) != _bordered(other),
        }
        how = tuple(sign for sign, there in signs.items() if there)
        return Photo(name, near.sha256, how, near.distance, round(laid.share, 3))

    def _look_up(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._furniture:
                self._furniture[name] = _furniture(self._session, name)

    def answer(self, asked: Place | None, texts: dict[int, float]) -> Answer:
        """What was found, but for the place that was ASKED for; TEXTS: the listings with like titles."""
        places: dict[tuple[str, int], Place] = {}
        for other, photos in self._found.items():
            for kind, number in _standing(self._vault, self._session, other):
                there = places.get((kind, number)) or self._place(kind, number)
                places[kind, number] = replace(there, photos=(*there.photos, *photos))
        for number, share in texts.items():
            there = places.get(("listing", number)) or self._place("listing", number)
            places["listing", number] = replace(there, text=round(share, 3))
        if asked is not None:
            places.pop(("listing", asked.number), None)
            places = {key: replace(each, relisting=_relisting(asked, each)) for key, each in places.items()}
        ordered = sorted(places.values(), key=lambda each: (not each.photos, str(each.first_seen), each.number))
        furniture = tuple(each for some in self._furniture.values() for each in some)
        return Answer(self._count, tuple(ordered), furniture, self._unchecked, asked)

    def _place(self, kind: str, number: int) -> Place:
        if kind == "listing":
            return _place(self._session, number)
        tip = self._session.get(Tip, number) if kind == "tip" else None
        return Place(kind, number, tip.platform if tip else "", first_seen=tip.at if tip else None)


def _bordered(grey: Image.Image) -> bool:
    return prints.inner(grey) != (0, 0, *grey.size)


def _own(session: Session, number: int) -> list[str]:
    """The pictures of listing NUMBER's own, as looks found them."""
    looks = select(Visit.id).where(Visit.listing_id == number)
    wanted = select(VisitExhibit.sha256).where(VisitExhibit.visit_id.in_(looks), VisitExhibit.role == Role.PICTURE)
    return list(dict.fromkeys(session.scalars(wanted.order_by(VisitExhibit.visit_id, VisitExhibit.position))))


def _prints(session: Session, name: str) -> prints.Prints | None:
    """The hashes of a picture; None where it has none."""
    deep, steps = (session.get(Likeness, (name, method)) for method in METHODS[1:])
    return prints.Prints.read(deep.value, steps.value) if deep and steps else None


def _standing(vault: Vault, session: Session, name: str) -> set[tuple[str, int]]:
    """Kind and number of each place where the picture of that NAME stands."""
    looks = select(VisitExhibit.visit_id).where(VisitExhibit.sha256 == name, VisitExhibit.role == Role.PICTURE)
    listings = set(session.scalars(select(Visit.listing_id).where(Visit.id.in_(looks))))
    tips = set(session.scalars(select(TipExhibit.tip_id).where(TipExhibit.sha256 == name)))
    found = {*(("listing", each) for each in listings), *(("tip", each) for each in tips)}
    if found:
        return found
    theirs = (each.listings for each in guests(session, vault.store) if name in each.files)
    return {("bundle", next(iter(each)) if len(each) == 1 else 0) for each in theirs}


def _place(session: Session, number: int) -> Place:
    """What is known of listing NUMBER."""
    listing = session.get_one(Listing, number)
    firsts = [session.scalar(select(func.min(t.at)).where(t.listing_id == number)) for t in (Sighting, Visit)]
    looks = select(Visit).where(Visit.listing_id == number).order_by(Visit.at.desc(), Visit.id.desc())
    read = [look for look in session.scalars(looks) if look.condition in READ]
    return Place(
        kind="listing",
        number=number,
        platform=listing.platform,
        key=listing.key,
        url=listing.url,
        title=titles.title(session, listing),
        first_seen=min((each for each in firsts if each), default=None),
        condition=read[0].condition if read else None,
        last_live=next((look.at for look in read if look.condition is Condition.LIVE), None),
    )


def _relisting(asked: Place, other: Place) -> str:
    """Whether one of two listings on one platform may be the other again, that has gone away."""
    if other.kind != "listing" or asked.platform != other.platform:
        return ""
    return "later" if _followed(asked, other) else "earlier" if _followed(other, asked) else ""


def _followed(first: Place, then: Place) -> bool:
    gone = first.condition in AWAY and first.last_live is not None
    return gone and then.first_seen is not None and first.last_live is not None and then.first_seen > first.last_live


def _furniture(session: Session, name: str) -> list[Furniture]:
    """The platforms of whose pages the picture of that NAME is part.

    It stands on more than FEW of their listings, and a LARGE part of them, and not most of these were found bad.
    """
    pictured = (
        select(Listing.platform, Listing.id, VisitExhibit.sha256)
        .join(Visit, Visit.listing_id == Listing.id)
        .join(VisitExhibit, VisitExhibit.visit_id == Visit.id)
        .where(VisitExhibit.role == Role.PICTURE)
        .subquery()
    )
    count = func.count(func.distinct(pictured.c.id))
    mine = select(pictured.c.platform, count).where(pictured.c.sha256 == name).group_by(pictured.c.platform)
    found = []
    for platform, listings in session.execute(mine.having(count > FEW)):
        of = session.scalars(select(count).where(pictured.c.platform == platform)).one()
        numbers = select(pictured.c.id).where(pictured.c.sha256 == name, pictured.c.platform == platform)
        bad = select(func.count(func.distinct(Verdict.listing_id)))
        bad = bad.where(Verdict.listing_id.in_(numbers), Verdict.decision.in_(BAD))
        if listings >= LARGE * of and 2 * session.scalars(bad).one() <= listings:
            found.append(Furniture(name, platform, listings, of))
    return found
