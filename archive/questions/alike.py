"""Where else in the archive a photo or a text stands: under which listings, in which tips, how changed, since when.

Hashes find what may be the same photo (archive/questions/hash_index.py), and the pictures themselves, laid over each
other, decide (archive/alignment.py); of those that are mostly ground, as screenshots of chats are, the text that was
read in both decides too. A picture on a large part of a platform's listings is part of its pages, not of a listing:
it makes nothing alike, and is named (archive/questions/furniture.py).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import prints
from archive.alignment import Overlay, empty, overlay
from archive.erase import forgotten
from archive.facts import Role
from archive.likeness import METHODS, small
from archive.models import Exhibit, Listing, Tip, TipExhibit, Visit, VisitExhibit
from archive.pictures import Likeness, text_of
from archive.questions import titles
from archive.questions.furniture import Furniture, furniture
from archive.questions.hash_index import HashIndex, Near, opened
from archive.questions.places import Kind, Photo, Place, place, relisting, standing, tips
from archive.vault import Vault
from config.errors import EvidenceError, UsageError

MOST = 400  # likely pictures that are laid over one, the likeliest first
NEVER = datetime.max.replace(tzinfo=UTC)
PARTS = 12  # words, or pairs of Chinese characters, in each of two pictures, that make their texts comparable
_UNHASHED = (
    select(func.count())
    .select_from(Likeness)
    .join(Exhibit, Exhibit.sha256 == Likeness.sha256)
    .where(Likeness.method == METHODS[0], Likeness.value == "", Exhibit.media_type.startswith("image/"))
)
COPIED = 0.65  # of the shorter text: copies of one screenshot have 0.8 or more in common, others 0.4 or less


@dataclass(frozen=True)
class Answer:
    """Everything that is like one listing, or one picture."""

    pictures: int  # that were asked for, without the furniture
    places: tuple[Place, ...]  # those with photos first, then the earliest first
    furniture: tuple[Furniture, ...]
    unchecked: int  # likely pictures, that were too many to be laid over
    bare: int  # of those asked for, that show too little: only the very same file is found
    unhashed: int  # pictures of the archive that show too little, or are of a form that is not read
    asked: Place | None = None  # the listing that was asked for; None: a picture was


def like_listing(vault: Vault, number: int) -> Answer:
    """What is like the listing NUMBER, by its own pictures and its title. UsageError where there is none."""
    with opened(vault) as index, vault.reading() as session:
        listing = session.get(Listing, number)
        if listing is None or number in forgotten(session):
            raise UsageError(f"no listing {number}. See: wildfree review --list")
        asked = _Asked(vault, session, index)
        asked.pictures(_own(session, number))
        texts = titles.alike(session, titles.title(session, listing), number)
        return asked.answer(place(session, number), texts)


def like_picture(vault: Vault, picture: bytes, read: Callable[[], str | None]) -> Answer:
    """Where the photo PICTURE stands. UsageError where it can be told from no other, and is not here itself.

    READ reads the text in it, where that is needed to tell; None: it cannot be read.
    """
    grey = small(picture)
    taken = prints.taken(grey) if grey else None
    name = sha256(picture).hexdigest()
    with opened(vault) as index, vault.reading() as session:
        asked = _Asked(vault, session, index, name, read)
        if grey is not None and taken is not None:
            asked.picture(name, grey, taken)
        elif vault.store.path(name).exists() and standing(vault, session, name):
            asked.file(name)
        else:
            raise UsageError(
                "no picture that can be compared: not one at all, too small, too large, or all of one colour"
            )
        return asked.answer(None, {})


def listings_like(vault: Vault, numbers: Iterable[int]) -> dict[int, tuple[Place, ...]]:
    """For each of the listings NUMBERS the other places with a photo of its own, for a line at its review."""
    found: dict[int, tuple[Place, ...]] = {}
    with opened(vault) as index, vault.reading() as session:
        for number in numbers:
            asked = _Asked(vault, session, index)
            asked.pictures(_own(session, number))
            found[number] = asked.answer(place(session, number), {}).places
    return found


class _Asked:
    """One question: the pictures asked for so far, and where they were found."""

    def __init__(
        self,
        vault: Vault,
        session: Session,
        index: HashIndex,
        brought: str = "",  # SHA-256 of a file that may be no exhibit, and whose text READ reads
        read: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._vault, self._session, self._index, self._brought, self._read = vault, session, index, brought, read
        self._texts: dict[str, frozenset[str] | None] = {}  # by picture; None: unread
        self._found: dict[str, list[Photo]] = {}  # by the other picture
        self._furniture: dict[str, list[Furniture]] = {}  # by picture; empty where it is none
        self._count = 0
        self._unchecked = 0
        self._bare = 0

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
        """Ask for one picture, an exhibit or not."""
        self._count += 1
        self._bare += empty(grey)
        near = self._index.near(taken)
        self._look_up([each.sha256 for each in near])
        likely = [each for each in near if not self._furniture[each.sha256]]
        self._unchecked += len(likely[MOST:])
        for each in likely[:MOST]:
            if (photo := self._compared(name, grey, each)) is not None:
                self._found.setdefault(each.sha256, []).append(photo)

    def file(self, name: str) -> None:
        """Ask for a file that cannot be compared: where its very bytes stand."""
        self._count += 1
        self._bare += 1
        self._look_up([name])
        if not self._furniture[name]:
            self._found[name] = [_identical(name)]

    def _compared(self, name: str, grey: Image.Image, near: Near) -> Photo | None:
        if near.sha256 == name:
            return _identical(name)
        try:
            other = small(self._vault.store.read(near.sha256))
        except EvidenceError:  # `verify` says so
            return None
        laid = other and overlay(grey, other, near.views, mirrored=near.mirrored)
        if not other or not laid or not laid.same:
            return None
        told = self._told(name, near, laid)
        if told is False:
            return None
        signs = {
            "mirrored": near.mirrored,
            "cropped": max(near.views) > prints.AS_IS,
            "bordered": _bordered(grey) != _bordered(other),
        }
        how = tuple(sign for sign, there in signs.items() if there)
        return Photo(name, near.sha256, how, near.distance, round(laid.share, 3), layout=told is None)

    def _told(self, name: str, near: Near, laid: Overlay) -> bool | None:
        """Whether what is written in both lets them be one photo, if they are mostly ground; None: nobody read it."""
        if not laid.bare:
            return True
        one, other = self._text(name), self._text(near.sha256)
        if one is None or other is None:
            return None
        if near.mirrored or min(len(one), len(other)) < PARTS:  # nobody reads the text in a mirror
            return True
        return titles.contained(one, other) >= COPIED

    def _text(self, name: str) -> frozenset[str] | None:
        """What stands in the picture of that NAME, in parts; None: nobody has read it."""
        if name not in self._texts:
            text = text_of(self._session, name)
            text = self._read() if text is None and name == self._brought else text
            self._texts[name] = None if text is None else titles.parts(text)
        return self._texts[name]

    def _look_up(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._furniture:
                self._furniture[name] = furniture(self._session, name)

    def answer(self, asked: Place | None, texts: dict[int, float]) -> Answer:
        """What was found, but for the place that was ASKED for; TEXTS: the listings with like titles."""
        places: dict[tuple[Kind, int], Place] = {}
        for other, photos in self._found.items():
            for kind, number in standing(self._vault, self._session, other):
                there = places.get((kind, number)) or self._stands(kind, number)
                places[kind, number] = replace(there, photos=(*there.photos, *photos))
        for number, share in texts.items():
            there = places.get((Kind.LISTING, number)) or self._stands(Kind.LISTING, number)
            places[Kind.LISTING, number] = replace(there, text=round(share, 3))
        if asked is not None:
            own = ((Kind.TIP, each) for each in tips(self._session, asked.number))
            for each in ((Kind.LISTING, asked.number), *own):
                places.pop(each, None)
            places = {key: replace(each, relisting=relisting(asked, each)) for key, each in places.items()}
        ordered = sorted(places.values(), key=lambda each: (not each.photos, each.first_seen or NEVER, each.number))
        left_out = tuple(each for some in self._furniture.values() for each in some)
        unhashed = self._session.scalars(_UNHASHED).one()
        return Answer(self._count, tuple(ordered), left_out, self._unchecked, self._bare, unhashed, asked)

    def _stands(self, kind: Kind, number: int) -> Place:
        if kind is Kind.LISTING:
            return place(self._session, number)
        tip = self._session.get(Tip, number) if kind is Kind.TIP else None
        return Place(kind, number, tip.platform if tip else "", first_seen=tip.at if tip else None)


def _identical(name: str) -> Photo:
    return Photo(name, name, ("identical",), 0, 1.0)


def _bordered(grey: Image.Image) -> bool:
    return prints.inner(grey) != (0, 0, *grey.size)


def _own(session: Session, number: int) -> list[str]:
    """The pictures of listing NUMBER's own, as looks found them, and the files that people brought of it."""
    looks = select(Visit.id).where(Visit.listing_id == number)
    wanted = select(VisitExhibit.sha256).where(VisitExhibit.visit_id.in_(looks), VisitExhibit.role == Role.PICTURE)
    brought = select(TipExhibit.sha256).where(TipExhibit.tip_id.in_(tips(session, number)))
    brought = brought.where(TipExhibit.role == Role.TIP)
    seen = session.scalars(wanted.order_by(VisitExhibit.visit_id, VisitExhibit.position))
    return list(dict.fromkeys([*seen, *session.scalars(brought.order_by(TipExhibit.tip_id, TipExhibit.position))]))


def _prints(session: Session, name: str) -> prints.Prints | None:
    """The hashes of a picture; None where it has none."""
    deep, steps = (session.get(Likeness, (name, method)) for method in METHODS[1:])
    return prints.Prints.read(deep.value, steps.value) if deep and steps else None
