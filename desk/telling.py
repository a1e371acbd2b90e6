"""Says in short lines what is known of a species: its protection, what it is sold as, what to look at."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.exemption import Basis
from config.protection import Statement, Verified, in_doubt, said_on, standing
from config.settings import Language
from config.species import Species
from desk.knowing import Known, knowledge

GLANCE = 2  # lines under one heading for somebody who is about to say what a listing is
FEW = 6  # members of a group, or names, that are told one by one
HEADS = {
    "protection": ("保护", "protection"),
    "farmed": ("养殖", "farmed"),
    "members": ("包括", "holds"),
    "names": ("其他语言", "other languages"),
    "sold_as": ("售卖用语", "sold as"),
    "looks": ("看什么", "look for"),
    "alikes": ("易混", "look-alikes"),
    "goods": ("为何不收", "why it is refused"),
}
FARMED = {
    Basis.LIVESTOCK: ("养殖个体属畜禽，不是野生动物", "when farmed it is livestock, no wildlife"),
    Basis.FUR: ("养殖个体只可取皮或入药，不可食用", "when farmed it may serve for fur or medicine, not for food"),
    Basis.CAPTIVE: (
        "列入人工繁育名录：凭许可证和专用标识可售，请求核验",
        "on the captive-breeding list: may be sold with licence and special mark, so ask for them",
    ),
}
WILD_STAYS = ("野外个体保护不变", "the wild animal stays protected")
DOUBT = (
    "两者不一致：引用前请查名录原文",
    "the newer note says otherwise: look into the list itself before you rely on either",
)
UNVERIFIED = ("未核实", "UNVERIFIED")
SURE = {"high": ("可信度高", "sure"), "medium": ("可信度中", "fairly sure"), "low": ("可信度低", "unsure")}


def known_about(species_name: str, overlay: Path | None, language: Language) -> tuple[str, ...]:
    """Short lines for a reviewer: protection, farming, features, look-alikes of the species or group SPECIES_NAME.

    Nothing for a name that config/ does not know.
    """
    known = knowledge(overlay).about(species_name)
    if known is None:
        return ()
    told = ("protection", "members", "farmed", "looks", "alikes")
    return tuple(f"{head}: {said}" for head, key in _heads(language, told) for said in lines(known, key, language))


def reminder(names: Iterable[str], overlay: Path | None, language: Language) -> Iterator[str]:
    """The few lines of known_about that a reviewer has an eye for, of each of NAMES."""
    for name in names:
        seen: dict[str, int] = {}
        for said in known_about(name, overlay, language):
            head = said.partition(":")[0]
            seen[head] = seen.get(head, 0) + 1
            if seen[head] <= GLANCE:
                yield said


def paragraphs(known: Known, language: Language) -> Iterator[tuple[str, list[str]]]:
    """Each heading with its lines, of everything known; headings without a line are left out."""
    for head, key in _heads(language, HEADS):
        if said := lines(known, key, language):
            yield head, said


def _heads(language: Language, keys: Any) -> Iterator[tuple[str, str]]:
    yield from ((HEADS[key][language == "en"], key) for key in keys)


def in_short(known: Known, language: Language) -> str:
    """Its names, and of a group what it holds, in one line."""
    names = [(member.zh_name if language == "zh" else member.en_name) or member.latin for member in known.members]
    more = ("、…" if language == "zh" else ", ...") if len(names) > FEW else ""
    holds = ("、" if language == "zh" else ", ").join(names[:FEW]) + more
    return f"{title(known, language)}  ({holds})" if names else title(known, language)


def title(known: Known, language: Language) -> str:
    """Its names in one line: scientific, Chinese, English; the reader's own language before the other."""
    zh, en = ("、".join(known.zh), ", ".join(known.en))
    names = (known.latin, zh, en) if language == "zh" else (known.latin, en, zh)
    return "  ".join(name for name in names if name)


def lines(known: Known, key: str, language: Language) -> list[str]:
    """What stands under the heading KEY."""
    return list(
        {
            "protection": _protection,
            "farmed": _farmed,
            "members": _members,
            "names": _names,
            "sold_as": _sold_as,
            "looks": _looks,
            "alikes": _alikes,
            "goods": _goods,
        }[key](known, language)
    )


def _protection(known: Known, language: Language) -> Iterator[str]:
    yield from _said(known.kind.statements, language) if known.kind else ()


def _said(statements: Iterable[Statement], language: Language) -> list[str]:
    """Each of STATEMENTS that still stands, in words; what two files say alike is said once."""
    known = tuple(statements)
    said = [each.says(language) for each in standing(known)]
    return list(dict.fromkeys([*said, *([DOUBT[language == "en"]] if in_doubt(known) else [])]))


def _members(known: Known, language: Language) -> Iterator[str]:
    """Each member with its protection; of many, how many of them the lists name."""
    for member in known.members[:FEW]:
        name = (member.zh_name if language == "zh" else member.en_name) or member.latin
        says = "; ".join(_said(member.statements, language))
        yield f"{name} ({member.latin}): {says}" if says else f"{name} ({member.latin})"
    if len(known.members) > FEW:
        more = len(known.members) - FEW
        yield f"另有{more}种" if language == "zh" else f"and {more} more"


def _farmed(known: Known, language: Language) -> Iterator[str]:
    nth = language == "en"
    for each in known.farmed:
        doubt = "" if each.verified else f"; {UNVERIFIED[nth]}"
        yield f"{each.name}: {FARMED[each.basis][nth]}; {WILD_STAYS[nth]} ({each.instrument}, {each.edition}{doubt})"


def _names(known: Known, _: Language) -> Iterator[str]:
    for named in known.kind.others if known.kind else ():
        yield f"{named.language}: {', '.join(named.names)}"


def _sold_as(known: Known, _: Language) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for term in known.sold_as:
        found.setdefault(term.language, []).append(term.term)
    yield from (f"{spoken}: {', '.join(words)}" for spoken, words in found.items())


def _looks(known: Known, language: Language) -> Iterator[str]:
    for trade in known.trades:
        for look in trade.looks:
            yield f"[{look.form}] {getattr(look, language)} ({_sure(look.confidence, language)})"


def _alikes(known: Known, language: Language) -> Iterator[str]:
    for trade in known.trades:
        for alike in trade.alikes:
            name, tell = getattr(alike.name, language), getattr(alike, language)
            yield f"{name}: {tell} ({_sure(alike.confidence, language)})"


def _goods(known: Known, language: Language) -> Iterator[str]:
    if good := known.good:
        ground = f"; {good.ground}" if good.ground else ""
        yield f"{getattr(good, language)} ({_sure(good.confidence, language)}{ground})"
        yield ", ".join(good.terms)


def _sure(confidence: str, language: Language) -> str:
    return SURE[confidence][language == "en"]


def facts(known: Known) -> dict[str, object]:
    """KNOWN as one JSON object; a statement says whether it was verified."""
    kind = known.kind
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
