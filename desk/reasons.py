"""Says in a reader's language why a text was found suspect: one short line, or a sentence for each reason."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from pydantic import ConfigDict

from archive.facts import Code, Reason
from config.reading import Strict, read_toml
from config.term import HINTING, LOWERING, NAMING, Kind

WORDS = Path(__file__).parent / "words"
FOR, AGAINST = 3, 2  # words that are quoted in one line
MATCHES = NAMING | HINTING  # codes that begin the reasons of one match
RAISING = (Code.RAISES, Code.COMPANY, *(kind for kind in Kind if kind not in MATCHES | LOWERING))
LESSENING = (*LOWERING, Code.LOWERS)
BARS = (Code.HINT, Code.FAINT, Code.FARMED, Code.CUT)
APART = (Code.PICTURED, Code.SHARED, Code.OFFERED, Code.BROUGHT)  # not of the title: said as they are in the one line


class Wording(Strict):
    """Words with the blanks around them, which part them from the next."""

    model_config = ConfigDict(str_strip_whitespace=False)


class Line(Wording):
    """How the one line is put together."""

    quote: str
    joint: str  # between words
    part: str  # between parts
    match: str
    supports: str
    lessens: str


class Words(Wording):
    """What reasons are called in one language."""

    line: Line
    called: dict[str, str]  # by a match's kind: what it is, in a word or two
    bars: dict[str, str]  # by code: why it cannot alert, in a word or two
    of: str  # the species behind a match's sentence
    sentences: dict[str, str]  # by code


def said(reasons: Sequence[Reason | str], language: str) -> str:
    """One line for a volunteer: the strongest match, what bears it out, or not; what stands elsewhere."""
    words = words_of(language)
    of_text = [each for each in reasons if isinstance(each, str) or each.code not in APART]
    apart = [each for each in reasons if isinstance(each, Reason) and each.code in APART]
    parts = [_said(of_text, language, words), *sentences(apart, language)]
    return words.line.part.join(part for part in parts if part)


def _said(reasons: Sequence[Reason | str], language: str, words: "Words") -> str:
    """The one line of what was found in the text itself."""
    whole = [each for each in reasons if isinstance(each, Reason)]
    if not whole or whole[0].code not in MATCHES:
        return words.line.part.join(sentences(reasons, language)[:1])
    strongest, *beside = _of_strongest(whole)
    parts = [
        words.line.match.format(strongest.words[0], words.called[strongest.code]),
        _quoted(beside, RAISING, words.line.supports, FOR, words.line),
        _quoted(beside, LESSENING, words.line.lessens, AGAINST, words.line),
        *(words.bars[each.code].format(*each.words) for each in (*beside, *_cut(whole)) if each.code in BARS),
    ]
    return words.line.part.join(part for part in parts if part)


def sentences(reasons: Iterable[Reason | str], language: str) -> list[str]:
    """A sentence for each of REASONS, each said once; what an older archive kept as a sentence stays as it is."""
    words = words_of(language)
    return list(dict.fromkeys(each if isinstance(each, str) else _sentence(each, words) for each in reasons))


def languages() -> list[str]:
    """The languages that reasons can be said in; a file more is a language more."""
    return sorted(path.stem.removeprefix("reasons.") for path in WORDS.glob("reasons.*.toml"))


def _sentence(reason: Reason, words: Words) -> str:
    spoken = reason.words
    if reason.code in MATCHES:
        spoken = (spoken[0], words.of.format(spoken[1]) if spoken[1] else "")
    return words.sentences[reason.code].format(*spoken)


def _of_strongest(reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons of the first match alone: those before the next match begins."""
    ends = [at for at, reason in enumerate(reasons) if at and reason.code in MATCHES]
    return list(reasons[: ends[0]] if ends else reasons)


def _cut(reasons: Sequence[Reason]) -> list[Reason]:
    return [reason for reason in reasons[-1:] if reason.code == Code.CUT and reason not in _of_strongest(reasons)]


def _quoted(reasons: Iterable[Reason], codes: Iterable[str], sentence: str, most: int, line: Line) -> str:
    """The first MOST words of the reasons of CODES, each once, in SENTENCE; nothing where there are none."""
    found = dict.fromkeys(reason.words[0] for reason in reasons if reason.code in codes)
    return sentence.format(line.joint.join(line.quote.format(word) for word in list(found)[:most])) if found else ""


@cache
def words_of(language: str) -> Words:
    """What reasons are called in LANGUAGE; ConfigError if there is no file for it."""
    return read_toml(WORDS / f"reasons.{language}.toml", Words)
