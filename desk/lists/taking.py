"""Compares a published list with what the workspace knows, and keeps it when a person says so."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from config.errors import UsageError
from config.exemption import Exemption, exemptions
from config.fold import folded
from config.protection import UNLISTED, Register, Statement, Unverified, Verified, said_on
from config.published import Published, published
from config.reading import FileName, did_you_mean, shelf, tsv
from config.species import Line, Species, species
from desk.lists.reading import Origin, Ours, Read, read_list
from desk.sheet import Row, rows
from desk.whole import spare, write_whole

SHOWN = 20  # lines of each heading for a reader; --json has all
NAME = TypeAdapter(FileName)


@dataclass(frozen=True)
class Change:
    """What taking a list in would change."""

    target: Path
    title: str
    body: bytes  # the file as it would be
    read: int  # lines that were understood
    new: tuple[str, ...]
    changed: tuple[str, ...]
    settled: tuple[str, ...]  # was unverified, and is now read
    gone: tuple[str, ...]  # known of this list, and not in the file
    unreadable: tuple[tuple[int, str], ...]

    def facts(self) -> dict[str, object]:
        """The change as one JSON object."""
        facts = asdict(self)
        del facts["body"]
        return facts

    def lines(self, *, taken: bool) -> Iterator[str]:
        """The change for a reader."""
        yield f"{self.title}: {self.read} read"
        unreadable = [f"line {number}: {why}" for number, why in self.unreadable]
        heads = {
            "new": self.new,
            "changed": self.changed,
            "was unverified, and is as noted": self.settled,
            "not in this file (stays known as it was)": self.gone,
            "unreadable (left out)": unreadable,
        }
        for head, said in heads.items():
            yield f"{head}: {len(said)}"
            yield from (f"  {one}" for one in said[:SHOWN])
            if len(said) > SHOWN:
                yield f"  ... and {len(said) - SHOWN} more: --json shows all"
        yield f"Kept: {self.target}" if taken else "Nothing was changed. To take it in: the same command with --take"


def compared(file: Path, overlay: Path, *, edition: date, source: str, name: str) -> Change:
    """What the list in FILE would change in OVERLAY (a workspace's config/); nothing is written."""
    if not source.strip():
        raise UsageError("--source: say in a few words where the list comes from")
    table = rows(file)
    how = _recognised(file, table, published(overlay))
    known = species(overlay)
    farmed = exemptions(overlay)
    read = read_list(how, table, Origin(edition, source.strip()), _ours(known, farmed))
    folder = overlay / ("exemptions" if how.kind == "exemptions" else "species")
    target = folder / f"{_free(name or _named_after(file), folder.name)}.tsv"
    if how.kind == "exemptions":
        return _farm_change(target, how, read, farmed)
    return _change(target, how, read, known, Register(how.kind))


def keep(change: Change) -> None:
    """Write CHANGE into the workspace; the file that it replaces stays beside it: NAME.tsv.before, .before.2 ..."""
    if not change.read:
        raise UsageError(f"{change.target.name}: no line could be read, so nothing is taken in")
    change.target.parent.mkdir(parents=True, exist_ok=True)
    if change.target.exists():
        earlier = change.target.read_bytes()
        write_whole(spare(change.target, earlier), earlier)
    write_whole(change.target, change.body)


def _recognised(file: Path, table: Sequence[Row], lists: Sequence[Published]) -> Published:
    """Which of LISTS the TABLE is: the one of whose columns its heading has the most."""
    heading = table[0].cells
    best = max(lists, key=lambda how: len(how.places(heading)))
    if not best.places(heading):
        columns = sorted({name for how in lists for names in how.columns.values() for name in names})
        near = next((said for cell in heading if cell and (said := did_you_mean(cell, columns))), "")
        wanted = "; ".join(map(_wanted, lists))
        raise UsageError(f"{file}:1: no list that we know. A heading must have, for {wanted}.{near}")
    return best


def _wanted(how: Published) -> str:
    """What the list is called, and a heading for each column that it needs."""
    return f"{how.title}: {', '.join(how.columns[need][0] for need in how.needs)}"


def _named_after(file: Path) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", file.stem.lower()).strip("-_") or "list"


def _free(name: str, folder: str) -> str:
    """NAME, if it is fit for a file and hides none that we ship."""
    try:
        NAME.validate_python(name)
    except ValidationError as problem:
        raise UsageError(f"--name {name}: {problem.errors()[0]['msg'].removeprefix('Value error, ')}") from None
    if name in shelf(folder, ".tsv", None):
        raise UsageError(f"--name {name}: would hide the file of that name that comes with wildfree. Choose another")
    return name


def _ours(known: Iterable[Species], farmed: Iterable[Exemption]) -> Ours:
    found: dict[str, set[str]] = {}
    for kind in known:
        for word in (*kind.zh, *kind.zh_loose, *kind.quiet) if kind.latin.isascii() else ():
            found.setdefault(folded(word), set()).add(kind.latin)
    for animal in farmed:
        found.setdefault(folded(animal.name), set()).add(animal.latin)
    return Ours(found, {kind.latin: kind.group for kind in known})


def _change(target: Path, how: Published, read: Read, known: Sequence[Species], register: Register) -> Change:
    """What READ changes of what REGISTER says: a taxon is new, or has another level, or is not there."""
    before = {kind.latin: said for kind in known if (said := _newest(kind, register)) is not None}
    groups = {kind.latin: kind.group for kind in known}
    there = {line.latin for line in read.lines}
    covered = {line.group for line in read.lines}
    now = [(line.latin, before.get(line.latin), line.statement) for line in read.lines]
    return Change(
        target,
        how.title,
        tsv(Line, read.lines),
        len(read.lines),
        new=tuple(f"{latin}: {_said(said)}" for latin, was, said in now if was is None),
        changed=tuple(f"{latin}: {_said(was)} -> {_said(said)}" for latin, was, said in now if _differ(was, said)),
        settled=tuple(f"{latin}: {_said(said)}" for latin, was, said in now if _settled(was, said)),
        gone=tuple(
            f"{latin}: {_said(was)}"
            for latin, was in before.items()
            if latin not in there and groups[latin] in covered and was.level not in UNLISTED
        ),
        unreadable=tuple(read.unreadable),
    )


def _newest(kind: Species, register: Register) -> Statement | None:
    said = [each for each in kind.statements if each.register_ is register]
    return max(said, key=said_on, default=None)


def _differ(was: Statement | None, said: Statement | None) -> bool:
    return was is not None and said is not None and was.level != said.level


def _settled(was: Statement | None, said: Statement | None) -> bool:
    """Whether a level that was only noted has now been read, and is the same."""
    return isinstance(was, Unverified) and isinstance(said, Verified) and was.level == said.level


def _said(statement: Statement | None) -> str:
    return statement.says("en") if statement else "nothing"


def _farm_change(target: Path, how: Published, read: Read, known: Sequence[Exemption]) -> Change:
    before = {(each.latin, each.basis): each for each in known}
    now = {(each.latin, each.basis): each for each in read.farmed}
    bases = {basis for _, basis in now}
    return Change(
        target,
        how.title,
        tsv(Exemption, read.farmed),
        len(read.farmed),
        new=tuple(f"{each.name} ({each.latin}): {each.basis}" for key, each in now.items() if key not in before),
        changed=(),
        settled=tuple(
            f"{each.name} ({each.latin}): {each.basis}, {each.instrument}"
            for key, each in now.items()
            if each.verified and key in before and not before[key].verified
        ),
        gone=tuple(
            f"{each.name} ({each.latin}): {each.basis}, {each.instrument}"
            for key, each in before.items()
            if key not in now and each.basis in bases
        ),
        unreadable=tuple(read.unreadable),
    )
