"""What a person does with one term: proposes, adds, changes, retires it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archive.questions import terms as questions
from archive.rows.term import Changed
from config.errors import UsageError
from config.fold import folded
from config.species import Watch, species_named
from config.term import LONGEST, Kind, Placed, Status, Term, languages, without_unseen
from desk.context import Desk
from desk.reviewing import known_species
from desk.terms.doubting import doubts
from desk.terms.own import Deed, by_key, found, keep, made, today, where

MET = "met by a volunteer"


@dataclass(frozen=True)
class Asked:
    """What is to be said of a term; None: nothing new."""

    kind: Kind | None = None
    species: str | None = None  # scientific or common
    ambiguity: int | None = None
    raises: str | None = None  # words with commas between
    lowers: str | None = None
    search: bool | None = None
    source: str | None = None

    def facts(self, here: Desk) -> dict[str, Any]:
        """What was given, species by their scientific names."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        for name in {"raises", "lowers"} & given.keys():
            given[name] = given[name] or ()
        if self.species:
            given["species"] = known_species(here, self.species.strip())
        return given


def add(here: Desk, word: str, language: str, asked: Asked, deed: Deed) -> list[Changed]:
    """Add WORD to the workspace's own terms; one that waits in the queue is accepted as it was proposed."""
    word = written(word)
    there = _there(here, word, language, asked)
    if there is None:
        if asked.kind is None:
            raise UsageError(f"--kind: say what '{word}' does in a text: {', '.join(Kind)}")
        new = {"term": word, "language": _language(here, language, asked), "since": today(here)}
    elif there.term.status is not Status.PROPOSED:
        raise _known(there)
    else:
        new = there.term.model_dump() | {"status": Status.DRAFT, "since": today(here)}
    now = made(new | asked.facts(here), languages(here.overlay), f"'{word}'")
    _sure(here, now, there, deed)
    return keep(here, [now], deed)


def propose(here: Desk, word: str, language: str, asked: Asked, deed: Deed) -> list[Changed]:
    """Put WORD into the queue of new slang, where it is neither matched nor searched."""
    word = written(word)
    if there := _there(here, word, language, asked):
        raise _known(there)
    new = {"term": word, "language": _language(here, language, asked), "since": today(here), "source": MET}
    row = made(new | asked.facts(here) | {"status": Status.PROPOSED}, languages(here.overlay), f"'{word}'")
    return keep(here, [row], deed)


def change(here: Desk, word: str, language: str, asked: Asked, status: Status | None, deed: Deed) -> list[Changed]:
    """Let the workspace's own row of WORD say what is ASKED, and the rest as before."""
    word = written(word)
    there = found(here, word, language)
    given = asked.facts(here) | ({"status": status} if status else {})
    if not given:
        raise UsageError(f"'{word}': nothing to change. Give what is to change, as --ambiguity 3")
    now = made(there.term.model_dump() | given, languages(here.overlay), f"'{word}'")
    if now == there.term:
        raise UsageError(f"'{word}' ({now.language}): says just that already ({where(there)})")
    _sure(here, now, there, deed)
    return keep(here, [now.model_copy(update={"since": there.since})], deed)


def written(word: str) -> str:
    """WORD without the signs that nobody sees; UsageError where it is too long for one."""
    if len(word) > LONGEST:
        raise UsageError(f"'{word[:20]}...': has {len(word)} characters; a term has at most {LONGEST}")
    return without_unseen(word) or word


def _sure(here: Desk, now: Term, before: Placed | None, deed: Deed) -> None:
    """UsageError where something speaks against the term NOW, and nobody said to take it all the same."""
    if not deed.sure and (against := doubts(here, [now.term]).of(now, before)):
        raise UsageError(f"'{now.term}': {'; '.join(against)}. To take it all the same: --yes")


def met(seen: str, why: str) -> str:
    """Where a word was met, and what it seems to mean; UsageError where neither is said."""
    if not seen.strip() and not why.strip():
        raise UsageError("--seen, --why: say where you met it (an address), or what it seems to mean")
    if seen and urlsplit(seen).scheme not in ("http", "https"):
        raise UsageError(f"--seen {seen}: write the address, like https://forum.example/t/81; or use --why")
    return "; ".join(filter(None, (why.strip(), seen and f"seen at {seen}")))


def history(here: Desk, each: Placed) -> list[questions.Change]:
    """What became of the term here, in order."""
    return [change for change in questions.changes(here.vault) if change.key == each.term.key]


def still_named(here: Desk, word: str) -> str:
    """The species whose name WORD is, so that it is found even when the term is retired; "" none."""
    kind = species_named(word, here.overlay)
    return kind.latin if kind and kind.watch is not Watch.NEVER else ""


def told(each: Changed) -> dict[str, Any]:
    """One change for a program."""
    row = each.now.model_dump(mode="json") if each.now else {}
    facts = {"what": each.what, "term": each.term, "language": each.language, "at": each.at}
    return facts | {"by": each.by, "why": each.why, "row": row}


def _there(here: Desk, word: str, language: str, asked: Asked) -> Placed | None:
    """The term WORD in LANGUAGE; where that is not said, the one in the queue, or the one of the default language."""
    if not word.strip():
        raise UsageError("an empty word: write the term")
    known = by_key(here)
    text = folded(word.strip())
    waiting = [each for each in known.values() if each.term.key[1] == text and each.term.status is Status.PROPOSED]
    if not language and len(waiting) == 1:
        return waiting[0]
    return known.get((_language(here, language, asked), text))


def _language(here: Desk, language: str, asked: Asked) -> str:
    return language or ("zxx" if asked.kind is Kind.EMOJI else here.settings.language)


def _known(there: Placed) -> UsageError:
    """That the term is there already, where, and what to do."""
    term = there.term
    do = {
        Status.RETIRED: f"Take it back: wildfree term change {term.term} --status draft",
        Status.PROPOSED: f"Take it into use: wildfree term add {term.term}",
    }.get(term.status, f"Change it: wildfree term change {term.term}")
    return UsageError(f"'{term.term}' ({term.language}) stands in {where(there)} already. {do}")
