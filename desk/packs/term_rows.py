"""Holds the rows of a pack's own terms against those that are here: each may be taken, or stay, by itself."""

from collections.abc import Mapping
from pathlib import Path

from config.reading import read_tsv, tsv
from config.term import Key, Placed, Status, Term, placed
from desk.context import Desk
from desk.packs.finding import Clash, Finding, Weighed
from desk.packs.places import spare
from desk.terms import own

OWN = "terms/own.tsv"
APART = {"since", "source", "status"}  # what does not make a term another one


def rows(here: Desk, theirs: Path, clash: Clash | None) -> tuple[Weighed, dict[str, bytes]]:
    """How the rows of their own terms stand, and our own terms with what of them is taken."""
    file = own.file_of(here)
    mine = {row.key: row for row in read_tsv(file, Term)} if file.exists() else {}
    known = {each.term.key: each for each in placed(here.overlay)}
    said: dict[Finding, list[Term]] = {each: [] for each in Finding}
    for row in read_tsv(theirs, Term):
        said[_stands(row, mine, known)].append(_unweighed(row))
    kind = next((each for each in (Finding.CONFLICTS, Finding.CHANGED, Finding.NEW) if said[each]), Finding.SAME)
    told = [f"{len(rows)} {each}" for each, rows in said.items() if rows]
    diff = [
        f"{sign}{row.language} {row.term}: {row.kind} {row.species} {row.status}".rstrip()
        for each in (Finding.NEW, Finding.CHANGED, Finding.CONFLICTS)
        for row in said[each]
        for sign, row in [*([("-", known[row.key].term)] if row.key in known else []), ("+", row)]
    ]
    found = Weighed(OWN, kind, f"terms: {', '.join(told)}", tuple(diff))
    kept = [*said[Finding.NEW], *said[Finding.CHANGED], *(said[Finding.CONFLICTS] if clash is Clash.THEIRS else ())]
    if not kept:
        return found, {}
    body = tsv(Term, {row.key: row for row in (*mine.values(), *kept)}.values())
    lost = any(row.key in mine for row in kept)
    before = file.read_bytes() if lost else b""
    return found, {OWN: body} | ({spare(here.overlay, OWN, before): before} if lost else {})


def _stands(row: Term, mine: Mapping[Key, Term], known: Mapping[Key, Placed]) -> Finding:
    there = known.get(row.key)
    if there is None:
        return Finding.NEW
    if row.model_dump(exclude=APART) == there.term.model_dump(exclude=APART) and _unused(row) == _unused(there.term):
        return Finding.SAME
    return Finding.CONFLICTS if row.key in mine else Finding.CHANGED


def _unused(row: Term) -> bool:
    return row.status in (Status.RETIRED, Status.PROPOSED)


def _unweighed(row: Term) -> Term:
    """ROW as it comes in here, where nobody has reviewed it."""
    return row.model_copy(update={"status": Status.DRAFT}) if row.status is Status.REVIEWED else row
