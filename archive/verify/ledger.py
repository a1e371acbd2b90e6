"""Walks the ledger from its first entry to its last: bodies, leaves, tree, and what each entry says of rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from archive.entries import bare
from archive.ledger import leaf_hash
from archive.raw import Text, moment
from archive.verify.fault import Found, Kind, Means
from archive.verify.papers import Bodies
from archive.verify.tables import Tables

LOST = bytes(32)  # stands for the leaf of an entry that nothing tells of any more
MOST = 100_000  # missing entries in a row that are named one by one
FAULTY = (ValueError, TypeError, KeyError, RecursionError)
WANTED = {"at": str, "index": int, "kind": str, "rows": dict, "salt": str, "v": int}


@dataclass(frozen=True)
class Leaf:
    """One entry, as far as it can be believed."""

    index: int
    hash: bytes
    at: str  # as it is written: 2026-11-21T04:05:06.000007Z; "" unknown
    said: dict[str, Any] | None  # what its body says; None: nothing that can be read

    @property
    def where(self) -> str:
        """How it is called."""
        return f"entry {self.index}"


def leaves(tables: Tables, bodies: Bodies, found: Found) -> Iterator[Leaf]:
    """Every entry in order, checked for itself and against its segments; a gap is bridged by them."""
    at = ""
    index = 0
    for row in tables.ask('SELECT "index", "at", kind, body, leaf, private FROM main.entry ORDER BY "index"'):
        if not isinstance(row[0], int) or row[0] < index:
            found.fault(f"entry {row[0]!r}", "stands at an index that is none", Means.ENTRY)
            continue
        for lost in range(index, min(row[0], index + MOST)):
            yield _bridged(lost, bodies, found, at)
        index = row[0] + 1
        leaf = _checked(row, bodies.at(row[0]), found, at)
        at = leaf.at or at
        yield leaf
    for lost in range(index, min(_length(tables), index + MOST)):
        yield _bridged(lost, bodies, found, at, ", head")
        index = lost + 1
    bodies.rest(index)
    _head(tables, index, at, found)


def _bridged(index: int, bodies: Bodies, found: Found, before: str, also: str = "") -> Leaf:
    found.fault(f"entry {index}{also}", "is missing in the database", Means.ENTRY, before)
    for _, body in bodies.at(index):
        said = _said(body)
        if said is not None:
            return Leaf(index, leaf_hash(body), said["at"], said)
    return Leaf(index, LOST, before, None)


def _checked(row: tuple[Any, ...], copies: list[tuple[Any, bytes]], found: Found, before: str) -> Leaf:
    """The entry in ROW; where its body was damaged, what the store's copies of it still say."""
    index, _, _, body, leaf, _ = row
    body = bytes(body) if isinstance(body, Text) else b""
    whole = isinstance(leaf, Text) and leaf == leaf_hash(body).hex().encode()
    believed = body
    for segment, copy in copies:
        if copy != body:
            where = f"entry {index}, evidence/ledger/{segment.name} line {index - segment.begin + 1}"
            found.fault(where, "database and segment differ", Means.ENTRY, _time(_said(body), before))
            if not whole and isinstance(leaf, Text) and leaf == leaf_hash(copy).hex().encode():
                believed = copy
    said = _said(believed)
    if not whole:
        found.fault(f"entry {index}", "its body and its leaf hash do not fit", Means.ENTRY, _time(said, before))
    if said is None:
        found.fault(f"entry {index}", "its body is no entry in canonical JSON", Means.ENTRY, before)
    else:
        _columns(row, said, found)
    found.checked["entries"] += 1
    return Leaf(index, leaf_hash(believed), _time(said, before), said)


def _columns(row: tuple[Any, ...], said: dict[str, Any], found: Found) -> None:
    """Whether the entry's own columns repeat what its body says."""
    told = (said["index"], moment(said["at"]), said["kind"], None, None, said.get("private"))
    names = ("index", "at", "kind", "body", "leaf", "private")
    for name, value, right in zip(names, row, told, strict=True):
        plain = value.decode("utf-8", "replace") if isinstance(value, Text) else value
        if name not in {"body", "leaf"} and (
            plain != right or (isinstance(value, bytes) and not isinstance(value, Text))
        ):
            words = f"column {name} is not what its body says"
            found.fault(f"entry {row[0]}", words, Means.ENTRY, said["at"])


def _said(body: bytes) -> dict[str, Any] | None:
    """What BODY says, if it is an entry's."""
    try:
        said = bare(body)
    except FAULTY:
        return None
    fits = all(type(said.get(name)) is kind for name, kind in WANTED.items())
    return said if fits and isinstance(said.get("private"), str | None) else None


def _time(said: dict[str, Any] | None, before: str) -> str:
    return str(said["at"]) if said else before


def _length(tables: Tables) -> int:
    """How many entries the head speaks of."""
    row = tables.ask("SELECT max(size) FROM main.head WHERE typeof(size) = 'integer'").fetchone()
    return row[0] or 0


def _typed(row: tuple[Any, ...]) -> list[tuple[type, Any]]:
    return [(type(value), value) for value in row]


def _head(tables: Tables, size: int, at: str, found: Found) -> None:
    rows = tables.ask('SELECT id, size, "at" FROM main.head').fetchall()
    told = [(1, size, Text(moment(at).encode()))] if size else []
    if [*map(_typed, rows)] != [*map(_typed, told)]:
        found.fault(
            "head", f"says {[row[1] for row in rows]} entries or another time; there are {size}", Means.TREE, at
        )


def nodes(tables: Tables, made: Iterable[tuple[int, int, bytes]], found: Found, since: str) -> None:
    """Hold the subtrees that were MADE against the table of nodes."""
    for level, position, value in made:
        row = tables.ask("SELECT hash FROM main.node WHERE level = ? AND position = ?", level, position).fetchone()
        if row is None or row[0] != value.hex().encode() or not isinstance(row[0], Text):
            words = "is missing" if row is None else "is not what the leaves under it make"
            found.fault(f"node {level}/{position}", words, Means.TREE, since)
        found.checked["nodes"] += 1


def surplus(tables: Tables, size: int, found: Found) -> None:
    """Name the nodes that no SIZE entries make."""
    rows = tables.ask(
        "SELECT level, position FROM main.node WHERE typeof(level) != 'integer' OR typeof(position) != 'integer' "
        "OR level < 1 OR level > 62 OR position < 0 OR ((position + 1) << level) > ?",
        size,
    )
    for level, position in rows:
        found.fault(f"node {level}/{position}", "no entries make it", Means.TREE)


def before(leaf: Leaf, found: Found) -> None:
    """Count an entry for a row that is older than the ledger."""
    if leaf.said and leaf.said["kind"] == "before_the_ledger":
        found.checked["recorded before the ledger"] += 1
        if found.checked["recorded before the ledger"] == 1:
            words = f"this row, and others, are older than the ledger: proved only since {leaf.at}"
            found.remark(Kind.BEFORE, leaf.where, words)
