"""Keeps what a person brings: each link and each file once, with who, when and why; and says what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import intake
from archive.erase import gone
from archive.facts import Brought, Exhibit
from archive.questions.tips import Told, tips
from archive.rows.tip import all_brought
from config.errors import UsageError
from desk.context import Desk
from desk.tips import files, lists
from desk.tips.links import Link, Reader

SHORT = "a short link, which no robot follows: open it yourself, beside wildfree browse {}"
PERSON = "a person looks there: wildfree browse {}"
ROBOT = "its first look is due: wildfree visit {}"
NO_LISTING = "names no listing: open it yourself, beside wildfree browse {}"
UNKNOWN = "a site that has no platform file: kept as it is, nobody looks at it"
LONGEST = 20_000  # characters of a text
KEPT = "what it says of itself (camera, time, place) is kept apart"


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
    of: str = ""  # the link of the listing that the files show
    skip: bool = False  # lines of a list that cannot be read


class Known:
    """The tips that are here, by what they brought."""

    def __init__(self, here: Desk, reader: Reader) -> None:
        self._reader = reader
        self._tips: dict[tuple[str, str], list[Told]] = {}
        for tip in tips(here.vault):
            for same in self._names(tip):
                self._tips.setdefault(same, []).append(tip)

    def _names(self, tip: Told) -> Iterator[tuple[str, str]]:
        """What makes other things the same as TIP; nothing where it was erased."""
        if not tip.said:
            return
        if tip.files:
            yield from (("file", sha256) for sha256 in tip.files)
        elif tip.listing_id is not None:
            yield tip.platform, tip.key
        else:
            yield from (link.same for link in self._reader.links(tip.said) if not link.key)

    def learn(self, names: Iterable[tuple[str, str]], tip: Told) -> None:
        """Remember that TIP brought what is called by NAMES."""
        for same in names:
            self._tips.setdefault(same, []).append(tip)

    def first(self, same: tuple[str, str], note: str) -> Told | None:
        """The first tip that brought the SAME; None where none did, or where NOTE says something new of it."""
        there = self._tips.get(same, [])
        return None if note and all(tip.note != note for tip in there) else next(iter(there), None)


def add(here: Desk, things: Sequence[str], giver: Giver) -> list[Added]:
    """Keep THINGS, each a link, a text with links, or a file; UsageError, before any is kept, where one is none."""
    reader = Reader(here)
    of = _of(reader, giver.of)
    read = [_read(here, reader, thing, giver, of) for thing in things]
    known = Known(here, reader)
    return [each for items in read for each in _kept(here, known, items, giver)]


@dataclass(frozen=True)
class Item:
    """One tip that may be new."""

    what: str
    names: tuple[tuple[str, str], ...]  # what makes others the same: it is new if one of them is
    said: str
    named: Link | None
    next: str  # what is to be done about it
    files: tuple[Exhibit, ...] = ()


def _of(reader: Reader, text: str) -> Link | None:
    """The listing that the link in TEXT names."""
    if not text:
        return None
    found = [link for link in reader.links(text) if link.key]
    if len(found) != 1:
        raise UsageError(
            f"--of {text[:100]}: names {len(found) or 'no'} listings of a platform that has a file; one is meant"
        )
    return found[0]


def _read(here: Desk, reader: Reader, thing: str, giver: Giver, of: Link | None) -> list[Item]:
    path = _path(thing)
    if path is None:
        if len(thing) > LONGEST:
            raise UsageError(
                f"{' '.join(thing[:60].split())}...: longer than {LONGEST} characters. Bring many links as a CSV"
            )
        found = _each(reader, thing, reader.links(thing))
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
        return [item for line in told.lines for item in _each(reader, line.said, line.links)]
    file = files.opened(path, here.settings.limits.megapixels)
    said = f"{file.name} ({giver.of})" if of else file.name
    return [Item(file.name, (("file", file.sha256),), said, of, KEPT, file.files)]


def _path(thing: str) -> Path | None:
    """The file that THING names; None where it is a text."""
    path = Path(thing)
    try:
        return path if path.exists() else None
    except (OSError, ValueError):  # too long for a name, or with a zero in it
        return None


def _each(reader: Reader, said: str, links: Iterable[Link]) -> list[Item]:
    """A tip for each listing that LINKS name, and one for the other links of each platform."""
    items: list[Item] = []
    others: dict[str, list[Link]] = {}
    for link in links:
        if link.key:
            items.append(Item(link.text, (link.same,), said, link, _next(reader, link)))
        else:
            others.setdefault(link.platform, []).append(link)
    for group in others.values():
        what, names = " ".join(each.text for each in group), tuple(each.same for each in group)
        items.append(Item(what, names, said, group[0], _next(reader, group[0])))
    return items


def _next(reader: Reader, link: Link) -> str:
    if not link.platform:
        return UNKNOWN
    if link.key:
        return (PERSON if reader.site(link.platform).unvisited else ROBOT).format(link.platform)
    return (SHORT if link.short else NO_LISTING).format(link.platform)


def _kept(here: Desk, known: Known, items: Sequence[Item], giver: Giver) -> list[Added]:
    """Keep those of ITEMS that are new, all of them in one transaction, and remember them."""
    _unerased(here, items)
    fresh: list[Item] = []
    told: list[tuple[Item, Told | int]] = []  # the tip that was first, or its place among those that are new
    place: dict[tuple[str, str], int] = {}
    for item in items:
        there = [known.first(same, giver.note) for same in item.names]
        if first := there[0] if all(there) else None:
            told.append((item, first))
        elif all(same in place for same in item.names):
            told.append((item, place[item.names[0]]))
        else:
            told.append((item, len(fresh)))
            place |= dict.fromkeys(item.names, len(fresh))
            fresh.append(item)
    tips_here = _written(here, fresh, giver)
    for item, tip in zip(fresh, tips_here, strict=True):
        known.learn(item.names, tip)
    said: set[int] = set()
    return [_added(item, tips_here[tip] if isinstance(tip, int) else tip, _once(said, tip)) for item, tip in told]


def _once(said: set[int], tip: Told | int) -> bool:
    """Whether TIP is a new one, of which nothing was SAID yet."""
    new = isinstance(tip, int) and tip not in said
    if isinstance(tip, int):
        said.add(tip)
    return new


def _written(here: Desk, fresh: Sequence[Item], giver: Giver) -> list[Told]:
    """Let the archive have what is FRESH."""
    now = here.clock()
    these = [(_brought(item, giver, now), item.files) for item in fresh]
    bodies = [file for item in fresh for file in item.files]
    numbers = set(intake.take(here.vault, all_brought(these), bodies, apart=len(fresh) > 1)) if fresh else set()
    return [tip for tip in tips(here.vault) if tip.id in numbers] if numbers else []


def _brought(item: Item, giver: Giver, now: datetime) -> Brought:
    link = item.named or Link("")
    return Brought(giver.by, now, item.said, giver.note, link.platform, link.key, link.url)


def _unerased(here: Desk, items: Sequence[Item]) -> None:
    """UsageError where one of ITEMS is a file that was erased here."""
    with here.vault.reading() as session:
        erased = gone(session)
    for item in items:
        if erased & {same for kind, same in item.names if kind == "file"}:
            raise UsageError(
                f"{item.what}: was erased here, and is not taken back. Who did it, and why: wildfree verify"
            )


def _added(item: Item, tip: Told, new: bool) -> Added:
    return Added(item.what, tip.id, tip.listing_id, tip.platform, new, tip.by, tip.at, item.next)
