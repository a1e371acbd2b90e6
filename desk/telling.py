"""Says in short lines what is known of a species: its protection, what it is sold as, what to look at."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from config.exemption import Basis
from config.feature import Confidence
from config.protection import Statement, Verified, in_doubt, said_on, standing
from config.reading import read_toml
from config.settings import Language
from config.species import ProductForm, Species
from desk.knowing import Known, knowledge
from desk.reasons import WORDS, Wording

GLANCE = 2  # lines under one heading for somebody who is about to say what a listing is
FEW = 6  # members of a group, or names, that are told one by one
GLANCED = ("protection", "members", "farmed", "looks", "alikes")  # headings for a reviewer


class Words(Wording):
    """What is known of a species, in the words of one language."""

    joint: str  # between names
    unfinished: str  # behind names, where there are more
    others: str  # how many members more
    wild: str
    doubt: str
    unverified: str
    heads: dict[str, str]  # by the names of PARTS
    farmed: dict[Basis, str]
    sure: dict[Confidence, str]
    forms: dict[ProductForm, str]


@cache
def words_of(language: str) -> Words:
    """The words of LANGUAGE; ConfigError if there is no file for it."""
    return read_toml(WORDS / f"telling.{language}.toml", Words)


def known_about(species_name: str, overlay: Path | None, language: Language) -> tuple[str, ...]:
    """Short lines for a reviewer: protection, farming, features, look-alikes of the species or group SPECIES_NAME.

    Nothing for a name that config/ does not know.
    """
    known = knowledge(overlay).about(species_name)
    return tuple(_told(known, language)) if known else ()


def reminder(names: Iterable[str], overlay: Path | None, language: Language) -> Iterator[str]:
    """The few lines of known_about that a reviewer has an eye for, of each of NAMES."""
    for name in names:
        if known := knowledge(overlay).about(name):
            yield from _told(known, language, GLANCE)


def _told(known: Known, language: Language, most: int | None = None) -> Iterator[str]:
    """What a reviewer is told of what is KNOWN, under each heading at MOST so many lines."""
    for key in GLANCED:
        for said in islice(PARTS[key](known, language), most):
            yield f"{words_of(language).heads[key]}: {said}"


def paragraphs(known: Known, language: Language) -> Iterator[tuple[str, list[str]]]:
    """Each heading with its lines, of everything known; headings without a line are left out."""
    for key, part in PARTS.items():
        if said := list(part(known, language)):
            yield words_of(language).heads[key], said


def in_short(known: Known, language: Language) -> str:
    """Its names, and of a group what it holds, in one line."""
    words, names = words_of(language), [member.called(language) for member in known.members]
    holds = words.joint.join(names[:FEW]) + (words.unfinished if len(names) > FEW else "")
    return f"{title(known, language)}  ({holds})" if names else title(known, language)


def title(known: Known, language: Language) -> str:
    """Its names in one line: scientific, Chinese, English; the reader's own language before the other."""
    zh, en = ("、".join(known.zh), ", ".join(known.en))
    names = (known.latin, zh, en) if language == "zh" else (known.latin, en, zh)
    return "  ".join(name for name in names if name)


def _protection(known: Known, language: Language) -> Iterator[str]:
    yield from _said(known.species.statements, language) if known.species else ()


def _said(statements: Iterable[Statement], language: Language) -> list[str]:
    """Each of STATEMENTS that still stands, in words; what two files say alike is said once."""
    known = tuple(statements)
    said = [each.says(language) for each in standing(known)]
    return list(dict.fromkeys([*said, *([words_of(language).doubt] if in_doubt(known) else [])]))


def _members(known: Known, language: Language) -> Iterator[str]:
    """Each member with its protection; of many, how many of them the lists name."""
    for member in known.members[:FEW]:
        name, says = f"{member.called(language)} ({member.latin})", "; ".join(_said(member.statements, language))
        yield f"{name}: {says}" if says else name
    if len(known.members) > FEW:
        yield words_of(language).others.format(len(known.members) - FEW)


def _farmed(known: Known, language: Language) -> Iterator[str]:
    words = words_of(language)
    for each in known.farmed:
        doubt = "" if each.verified else f"; {words.unverified}"
        yield f"{each.name}: {words.farmed[each.basis]}; {words.wild} ({each.instrument}, {each.edition}{doubt})"


def _names(known: Known, _: Language) -> Iterator[str]:
    for named in known.species.others if known.species else ():
        yield f"{named.language}: {', '.join(named.names)}"


def _sold_as(known: Known, _: Language) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for term in known.sold_as:
        found.setdefault(term.language, []).append(term.term)
    yield from (f"{spoken}: {', '.join(words)}" for spoken, words in found.items())


def _looks(known: Known, language: Language) -> Iterator[str]:
    words = words_of(language)
    for trade in known.trades:
        for look in trade.looks:
            yield f"[{words.forms[look.form]}] {getattr(look, language)} ({words.sure[look.confidence]})"


def _alikes(known: Known, language: Language) -> Iterator[str]:
    for trade in known.trades:
        for alike in trade.alikes:
            name, tell = getattr(alike.name, language), getattr(alike, language)
            yield f"{name}: {tell} ({words_of(language).sure[alike.confidence]})"


def _goods(known: Known, language: Language) -> Iterator[str]:
    if good := known.good:
        ground = f"; {good.ground}" if good.ground else ""
        yield f"{getattr(good, language)} ({words_of(language).sure[good.confidence]}{ground})"
        yield ", ".join(good.terms)


PARTS: dict[str, Callable[[Known, Language], Iterable[str]]] = {  # what stands under each heading, in this order
    "protection": _protection,
    "farmed": _farmed,
    "members": _members,
    "names": _names,
    "sold_as": _sold_as,
    "looks": _looks,
    "alikes": _alikes,
    "goods": _goods,
}


def facts(known: Known) -> dict[str, object]:
    """KNOWN as one JSON object; a statement says whether it was verified."""
    kind = known.species
    return {
        "latin": known.latin,
        "zh": known.zh,
        "en": known.en,
        "names": {named.language: named.names for named in kind.others} if kind else {},
        "protection": [_fact(each) for each in standing(kind.statements)] if kind else [],
        "members": [_member(member) for member in known.members],
        "farmed": [each.model_dump(mode="json") for each in known.farmed],
        "sold_as": [{"term": term.term, "language": term.language, "kind": term.kind} for term in known.sold_as],
        "looks": [look.model_dump(mode="json") for trade in known.trades for look in trade.looks],
        "alikes": [alike.model_dump(mode="json") for trade in known.trades for alike in trade.alikes],
        "goods": known.good.model_dump(mode="json") if known.good else None,
    }


def _member(member: Species) -> dict[str, object]:
    return {"latin": member.latin, "protection": [_fact(each) for each in standing(member.statements)]}


def _fact(statement: Statement) -> dict[str, object]:
    verified = isinstance(statement, Verified)
    return {
        "list": statement.register_,
        "level": statement.level,
        "scope": statement.scope,
        "edition" if verified else "noted": said_on(statement),
        "verified": verified,
        "source": statement.source,
    }
