"""Keeps what a person brings: each link and each file once, with who, when and why; and says what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from archive import intake
from archive.erase import gone
from archive.facts import Brought, Exhibit
from archive.questions import review
from archive.questions.tips import Told, tips
from archive.rows.tip import all_brought
from config.errors import UsageError
from desk.context import Desk
from desk.tips import becoming, files, lists
from desk.tips.links import Link, Reader

SHORT = "a short link, which no robot follows: open it yourself, beside wildfree browse {}"
PERSON = "a person looks there: wildfree browse {}"
ROBOT = "its first look is due: wildfree visit {}"
NO_LISTING = "names no listing: open it yourself, beside wildfree browse {}"
UNKNOWN = "an address that no platform file knows: kept as it is, nobody looks at it"
LONGEST = 20_000  # characters of a text
KEPT = "what it says of itself (camera, time, place) is kept apart"
UNREAD = "what it says of itself (camera, time, place) could not be read, and stands in the file alone"


@dataclass(frozen=True)
class Added:
    """What became of one thing that was brought."""

    what: str  # the link, or the file's name
    tip: int  # the number of the tip
    listing: int | None
    platform: str
    new: bool
    by: str  # who brought it first
    at: datetime  # UTC, when
    next: str  # what is to be done about it


@dataclass(frozen=True)
class Giver:
    """Who brings it, and what is said of it."""

    by: str
    note: str = ""
    of: str = ""  # the listing that the files show: its link, or its number here
    skip: bool = False  # lines of a list that cannot be read


class Known:
    """The tips that are here, by what they brought."""

    def __init__(self, here: Desk, reader: Reader) -> None:
        self._reader = reader
        self._tips: dict[tuple[str, str], list[Told | Item]] = {}
        for tip in tips(here.vault):
            self.learn(self._names(tip), tip)

    def _names(self, tip: Told) -> Iterator[tuple[str, str]]:
        """What makes other things the same as TIP; nothing where it was erased."""
        if not tip.said:
            return
        if tip.files:
            for sha256 in tip.files:
                yield from _file(sha256, tip.platform, tip.key)
        elif tip.listing_id is not None:
            yield tip.platform, tip.key
        else:
            yield from (link.same for link in self._reader.links(tip.said) if not link.key)

    def learn(self, names: Iterable[tuple[str, str]], tip: "Told | Item") -> None:
        """Remember that TIP brought what is called by NAMES."""
        for same in names:
            self._tips.setdefault(same, []).append(tip)

    def first(self, item: "Item") -> "Told | Item | None":
        """The first tip that brought what ITEM brings; None where none did, or where its note says something new."""
        found = [self._first(same, item.note) for same in item.names]
        return found[0] if all(found) else None

    def _first(self, same: tuple[str, str], note: str) -> "Told | Item | None":
        there = self._tips.get(same, [])
        return None if note and all(tip.note != note for tip in there) else next(iter(there), None)


def add(here: Desk, things: Sequence[str], giver: Giver) -> list[Added]:
    """Keep THINGS, each a link, a text with links, or a file; UsageError, before any is kept, where one is none."""
    reader = Reader(here)
    of = _of(here, reader, reader.untold(giver.of))
    giver = replace(giver, note=reader.untold(" ".join(giver.note.split())))
    read = [_read(here, reader, thing, giver, of) for thing in things]
    _unerased(here, (item for items in read for item in items))
    known, kept = Known(here, reader), dict[int, Told]()
    told: list[tuple[Item, Told | Item]] = []
    for items in read:
        firsts = list(_firsts(known, items))
        fresh = [item for item, first in firsts if first is item]
        kept |= zip(map(id, fresh), _written(here, fresh, giver), strict=True)
        told += firsts
    tips_of = ((item, first, first if isinstance(first, Told) else kept[id(first)]) for item, first in told)
    return [_added(item, tip, new=first is item) for item, first, tip in tips_of]


def _firsts(known: Known, items: Iterable["Item"]) -> Iterator[tuple["Item", "Told | Item"]]:
    """Each of ITEMS with what brought the same first: a tip that is here, or one of them, which KNOWN learns."""
    for item in items:
        first = known.first(item)
        if first is None:
            known.learn(item.names, item)
        yield item, first or item


@dataclass(frozen=True)
class Item:
    """One tip that may be new."""

    what: str
    names: tuple[tuple[str, str], ...]  # what makes others the same: it is new if one of them is
    said: str
    note: str
    named: Link | None
    next: str  # what is to be done about it
    files: tuple[Exhibit, ...] = ()


def _of(here: Desk, reader: Reader, text: str) -> Link | None:
    """The listing that TEXT names: by its number here, or in a link."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        cases = review.cases(here.vault, listings=[int(text[:18])])
        if not cases:
            raise UsageError(f"--of {text[:100]}: no listing of that number. See: wildfree review --list")
        return Link(cases[0].url, cases[0].platform, cases[0].key, cases[0].url)
    found = [link for link in reader.links(text) if link.key]
    if len(found) != 1:
        raise UsageError(
            f"--of {text[:100]}: names {len(found) or 'no'} listings of a platform that has a file; one is meant"
        )
    return found[0]


def _file(sha256: str, platform: str, key: str) -> Iterator[tuple[str, str]]:
    """What makes other files the same as one: its bytes, and the listing that it is said to show."""
    if key:
        yield "file of", f"{sha256} {platform} {key}"
    yield "file", sha256


def _read(here: Desk, reader: Reader, thing: str, giver: Giver, of: Link | None) -> list[Item]:
    path = _path(thing)
    if path is None:
        if len(thing) > LONGEST:
            raise UsageError(
                f"{' '.join(thing[:60].split())}...: longer than {LONGEST} characters. Bring many links as a CSV"
            )
        said = reader.untold(thing)
        found = _each(reader, said, reader.links(said), giver.note)
        if not found:
            raise UsageError(f"{' '.join(thing.split())[:100]}: no file of that name, and no link stands in it")
        return found
    if files.is_list(path):
        told = lists.lines(path, reader)
        if told.faulty and not giver.skip:
            raise UsageError(
                f"{path}: no link in {len(told.faulty)} of its lines: {', '.join(map(str, told.faulty[:20]))}. "
                "Mend them, or leave them out: --skip-unreadable; nothing was taken"
            )
        return [
            item
            for line in told.lines
            for item in _each(reader, line.said, line.links, "; ".join(filter(None, (giver.note, line.note))))
        ]
    file = files.opened(path, here.settings.limits.megapixels)
    said = f"{file.name} ({of.text})" if of else file.name
    names = tuple(_file(file.sha256, of.platform if of else "", of.key if of else ""))
    return [Item(file.name, names, said, giver.note, of, UNREAD if file.unread else KEPT, file.files)]


def _path(thing: str) -> Path | None:
    """The file that THING names; None where it is a text."""
    path = Path(thing)
    try:
        return path if path.exists() else None
    except (OSError, ValueError):  # too long for a name, or with a zero in it
        return None


def _each(reader: Reader, said: str, links: Iterable[Link], note: str) -> list[Item]:
    """A tip for each listing that LINKS name, and one for the other links of each platform."""
    items: list[Item] = []
    others: dict[str, list[Link]] = {}
    for link in links:
        if link.key:
            items.append(Item(link.text, (link.same,), said, note, link, _next(reader, link)))
        else:
            others.setdefault(link.platform, []).append(link)
    for group in others.values():
        what, names = " ".join(each.text for each in group), tuple(each.same for each in group)
        items.append(Item(what, names, said, note, group[0], _next(reader, group[0])))
    return items


def _next(reader: Reader, link: Link) -> str:
    if not link.platform:
        return UNKNOWN
    if link.key:
        return (PERSON if reader.site(link.platform).unvisited else ROBOT).format(link.platform)
    return (SHORT if link.short else NO_LISTING).format(link.platform)


def _written(here: Desk, fresh: Sequence[Item], giver: Giver) -> list[Told]:
    """Let the archive have what is FRESH, all of it in one transaction."""
    now = here.clock()
    these = [(_brought(item, giver, now), item.files) for item in fresh]
    bodies = [file for item in fresh for file in item.files]
    numbers = set(intake.take(here.vault, all_brought(these), bodies, apart=len(fresh) > 1)) if fresh else set()
    return [tip for tip in tips(here.vault) if tip.id in numbers] if numbers else []


def _brought(item: Item, giver: Giver, now: datetime) -> Brought:
    link = item.named or Link("")
    return Brought(giver.by, now, item.said, item.note, link.platform, link.key, link.url)


def _unerased(here: Desk, items: Iterable[Item]) -> None:
    """UsageError where one of ITEMS is a file that was erased here."""
    with here.vault.reading() as session:
        erased = gone(session)
    for item in items:
        if erased & {same for kind, same in item.names if kind == "file"}:
            raise UsageError(
                f"{item.what}: was erased here, and is not taken back. Who did it, and why: wildfree verify"
            )


def _added(item: Item, tip: Told, *, new: bool) -> Added:
    state = becoming.state(tip) if tip.condition or tip.decision else item.next
    return Added(item.what, tip.id, tip.listing_id, tip.platform, new, tip.by, tip.at, state)
