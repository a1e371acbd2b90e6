"""Keeps the workspace's own terms: in config/terms/own.tsv, and every change of one in the ledger."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive import intake, lock
from archive.questions import terms as questions
from archive.rows import term as rows
from archive.rows.term import Changed
from archive.vault import TERMS
from config.errors import UsageError
from config.fold import folded
from config.reading import checked, did_you_mean, read_tsv, shown, tsv
from config.term import OWN, Key, Kind, Placed, Status, Term, placed
from desk.context import Desk
from desk.whole import write_whole

BY_HAND = "edited in the file"
PATIENCE = 30.0  # s that one command waits for another which changes terms
BLANK = Term(term="x", language="zxx", kind=Kind.NAME).model_dump(mode="json")  # what a row says that says no more


@dataclass(frozen=True)
class Deed:
    """Who changes terms, and why."""

    by: str
    why: str
    sure: bool = False  # takes what is doubtful too

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise UsageError("--why: say in a sentence why")


def notice(here: Desk, by: str) -> int:
    """Write into the ledger what was edited by hand in the workspace's own files of terms; answer how many rows.

    BY: who noticed it; nobody knows who did it, or when.
    """
    with alone(here):
        return noticed(here, by)


def keep(here: Desk, terms: Sequence[Term], deed: Deed, notes: Mapping[Key, str] | None = None) -> list[Changed]:
    """Write TERMS into own.tsv in place of what any file said of them, with an entry of the ledger for each.

    NOTES: what is to be said of a term beside the reason of all.
    """
    with alone(here):
        noticed(here, deed.by)
        known = by_key(here)
        told = {
            term.key: Deed(deed.by, "; ".join(filter(None, (deed.why, (notes or {}).get(term.key)))))
            for term in terms
        }
        now = [_changed(here, term, known.get(term.key), told[term.key]) for term in terms]
        file = file_of(here)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, tsv(Term, {row.key: row for row in (*_own(here), *terms)}.values()))
        intake.take(here.vault, rows.changed(now), apart=True)
    return now


def by_key(here: Desk) -> dict[Key, Placed]:
    """Every term that this workspace knows, shipped or its own, in use or not."""
    return {each.term.key: each for each in placed(here.overlay)}


def found(here: Desk, word: str, language: str = "") -> Placed:
    """The term that is written WORD (in LANGUAGE, which only a word of several languages needs); else UsageError."""
    known = by_key(here)
    meant = [each for (spoken, text), each in known.items() if text == folded(word) and language in ("", spoken)]
    if len(meant) > 1:
        raise UsageError(f"'{word}' is a term of {_all(meant)}: say which with --language")
    if not meant:
        near = did_you_mean(word, (each.term.term for each in known.values()))
        raise UsageError(f"no term '{word}'{f' ({language})' if language else ''}.{near} See: wildfree term list")
    return meant[0]


def wanted(
    terms: Iterable[Placed], part: str, *, language: str = "", kind: Kind | None = None, status: Status | None = None
) -> list[Placed]:
    """Those of TERMS with PART in the word or its species, and of LANGUAGE, KIND and STATUS where these are said."""
    part = folded(part.strip())
    return [
        each
        for each in terms
        if part in folded(each.term.term) or part in folded(each.term.species)
        if language in ("", each.term.language) and kind in (None, each.term.kind)
        if status in (None, each.term.status)
    ]


def _all(terms: Iterable[Placed]) -> str:
    return " and ".join(sorted(each.term.language for each in terms))


def made(facts: dict[str, Any], known: Collection[str], where: str) -> Term:
    """The term of which FACTS speak, in a language of those KNOWN; else a ConfigError or UsageError names WHERE."""
    row = checked(facts, Term, where)
    spoken(row.language, known, where)
    return row


def spoken(language: str, known: Collection[str], where: str) -> None:
    """UsageError, which names WHERE, if LANGUAGE is none of those KNOWN."""
    if language not in known:
        meant = did_you_mean(language, known) or f" Known: {', '.join(known)}."
        raise UsageError(
            f"{where}: language = '{language}': no file of terms is in it.{meant} "
            f"A new one begins with a file: config/terms/{language}.tsv"
        )


def where(each: Placed) -> str:
    """The file that a term stands in, as a person knows it; its status where it is not in use."""
    aside = {Status.RETIRED: ", retired", Status.PROPOSED: ", proposed"}.get(each.term.status, "")
    return f"{shown(each.file)}{aside}"


def today(here: Desk) -> date:
    """The day that it is in the workspace's zone."""
    return here.clock().astimezone(here.settings.zone).date()


def file_of(here: Desk) -> Path:
    """The file of the workspace's own terms, which is there once it has one."""
    return here.overlay / "terms" / f"{OWN}.tsv"


def _own(here: Desk) -> tuple[Term, ...]:
    file = file_of(here)
    return read_tsv(file, Term) if file.exists() else ()


def _changed(here: Desk, now: Term, before: Placed | None, deed: Deed) -> Changed:
    was = before.term.status if before else None
    return Changed(now.language, now.term, was, now, deed.by, here.clock(), deed.why.strip())


def noticed(here: Desk, by: str) -> int:
    """What `notice` does, for who is alone already."""
    edited = edits(here, here.overlay, Deed(by, BY_HAND))
    if edited:
        intake.take(here.vault, rows.changed(edited), apart=True)
    return len(edited)


def edits(here: Desk, overlay: Path, deed: Deed) -> list[Changed]:
    """How the terms of OVERLAY, which is the workspace's config/ or is to take its place, differ from the ledger."""
    said = questions.standing(here.vault)
    now = {each.term.key: each.term for each in placed(overlay) if not each.shipped}
    return [
        _edited(here, said.get(key), now.get(key), deed)
        for key in dict.fromkeys([*now, *said])
        if not _same(said.get(key), now.get(key))
    ]


def _same(said: questions.Change | None, now: Term | None) -> bool:
    """Whether the newest change of a term, SAID, tells what the files say NOW (None: nothing)."""
    told = said.content if said else {}
    return not told if now is None else bool(told) and BLANK | told == now.model_dump(mode="json")


def _edited(here: Desk, said: questions.Change | None, now: Term | None, deed: Deed) -> Changed:
    language, term = (now.language, now.term) if now else (said.language, said.term) if said else ("", "")
    status = said.content.get("status") if said else None
    was = Status(status) if status in frozenset(Status) else None
    return Changed(language, term, was, now, deed.by, here.clock(), deed.why)


@contextmanager
def alone(here: Desk) -> Iterator[None]:
    """Nobody else changes terms of this workspace meanwhile; WorkspaceError where another command does not end."""
    with lock.alone(here.workspace, TERMS, "another command changes terms. Try again when it has ended", PATIENCE):
        yield
