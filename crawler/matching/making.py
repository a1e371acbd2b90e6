"""Makes the lexicon of terms and species: every word in every form that it takes, and what each of them means."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice, repeat
from operator import methodcaller
from typing import Any, NamedTuple

import daachorse
import numpy as np
from numpy.typing import NDArray

from config.fold import folded
from config.folding.table import Codes
from config.species import Species, Watch, names
from config.term import HINTING, NAMING, Kind, Term
from crawler.matching import sounds
from crawler.matching.automaton import COMPUTED, HOMOPHONE, PINYIN, WORDS, Shapes, how_found, shapes
from crawler.matching.disguise import disguise
from crawler.matching.forms import CHINESE, HEARD, Form, apart, half_in_pinyin, heard_as, in_pinyin, together
from crawler.matching.lexicon import WATCHES, Lexicon
from crawler.matching.spelling import pictures_of, spelled
from crawler.matching.stream import Bytes, Index

ANCHORS = NAMING | HINTING | {Kind.DECOY}
SPOKEN = NAMING | HINTING  # kinds that are looked for by their sound too
_BEYOND = 0x10000  # the first code point that cannot be a pattern alone without the automaton
_SOME, _MANY = 5_000, 50_000  # terms that are added at once, and patterns whose shapes are made at once
_TERM = 8  # the bits of a form's meaning from here on: its term; below, how it is found


class Entry(NamedTuple):
    """What is kept of a term while a lexicon is made; as terms, tens of thousands would take too much memory."""

    line: bytes  # the term as JSON
    kind: Kind
    chinese: bool
    ambiguity: int
    watch: Watch
    plain: bool  # it is written as its pattern is


@dataclass
class Making:
    """What a lexicon is gathered in."""

    pictures: Codes
    entries: list[Entry] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)  # the number of the entry of each word, by its pattern
    forms: dict[str, int] = field(default_factory=dict)  # of other forms that number, and how it is found by them
    heard: dict[str, int] = field(default_factory=dict)  # of sounds, likewise

    @cached_property
    def patterns(self) -> list[str]:
        """All words and forms, once everything is gathered; last those of one character."""
        several: list[str] = []
        alone: list[str] = []
        for pattern in chain(self.words, (form for form in self.forms if form not in self.words)):
            (alone if _single(pattern) else several).append(pattern)
        return [*sorted(several), *sorted(alone)]


def lexicon(terms: Sequence[Term], species: Iterable[Species] = (), more: Sequence[Term] = ()) -> Lexicon:
    """The lexicon of TERMS, of MORE, and of the names of SPECIES; of two that are written alike, the first.

    There may be many thousands of MORE and of names: they are looked for in fewer forms.
    """
    return finished(gathered(terms, species, more))


def gathered(terms: Sequence[Term], species: Iterable[Species] = (), more: Sequence[Term] = ()) -> Making:
    """Every word of TERMS, of MORE, and of SPECIES, and the forms it takes."""
    making = Making(pictures_of(term.term for term in chain(terms, more)))
    _add_words(making, zip(terms, repeat(Watch.ALWAYS)))
    listed = len(making.words)
    _add_words(making, zip(more, repeat(Watch.ALWAYS)))
    _add_words(making, ((name, kind.watch) for kind in species for name in names(kind)))
    for nth, (pattern, number) in enumerate(making.words.items()):
        _add_forms(making, pattern, number, listed=nth < listed)
    return making


def _add_words(making: Making, terms: Iterable[tuple[Term, Watch]]) -> None:
    """Add each of TERMS by its pattern, some thousands at a time."""
    rest = iter(terms)
    while some := list(islice(rest, _SOME)):
        patterns = spelled([term.term for term, _ in some], making.pictures)
        for pattern, (term, watch) in zip(patterns, some, strict=True):
            entry = _entry(term, watch, pattern)
            if pattern and (pattern not in making.words or _plainer(entry, making.entries[making.words[pattern]])):
                making.words[pattern] = len(making.entries)
                making.entries.append(entry)


def _entry(term: Term, watch: Watch, pattern: str) -> Entry:
    plain = folded(term.term) == pattern.lstrip()
    line = term.model_dump_json().encode()
    return Entry(line, term.kind, term.language.startswith("zh"), term.ambiguity, watch, plain)


def _plainer(one: Entry, other: Entry) -> bool:
    """Whether ONE is written as its pattern and OTHER is not, and both are of one kind: i v o r y, i.v.o.r.y."""
    return one.plain and not other.plain and one.kind is other.kind


def _add_forms(making: Making, pattern: str, number: int, *, listed: bool) -> None:
    """Add the other forms of one word: all of one that is LISTED, fewer of those of which there may be many."""
    entry = making.entries[number]
    meaning = number << _TERM | how_found(COMPUTED, 1)
    for form in (*together(pattern), *(apart(pattern) if listed else ())):
        making.forms.setdefault(form, meaning)
    spoken = entry.chinese and entry.kind in SPOKEN and CHINESE.fullmatch(pattern)
    if spoken and (listed or len(pattern) >= HEARD):
        _add_sounds(making, pattern, number, listed=listed)


def _add_sounds(making: Making, word: str, number: int, *, listed: bool) -> None:
    """Add the forms of a Chinese WORD that show how it sounds."""
    ways = sounds.readings(word)
    meanings = [number << _TERM | how_found(PINYIN, doubt) for doubt in range(4)]
    for form in _listed(word, ways) if listed else in_pinyin(ways):
        making.forms.setdefault(form.pattern, meanings[form.doubt])
    for form in heard_as(ways) if listed or len(word) > HEARD else ():
        making.heard.setdefault(form.pattern, number << _TERM | how_found(HOMOPHONE, form.doubt))


def _listed(word: str, ways: Sequence[sounds.Way]) -> Iterator[Form]:
    """The forms of a WORD that is listed: in pinyin, by single letters too, and half in pinyin."""
    for form in in_pinyin(ways):
        yield form
        if form.pattern.count(" ") == 1:
            yield from (Form(letters, form.doubt) for letters in apart(form.pattern))
    yield from half_in_pinyin(word, ways)


def finished(making: Making) -> Lexicon:
    """The lexicon of all that was gathered."""
    patterns = making.patterns
    alone = sum(map(_single, patterns))
    written = _automaton(patterns[: len(patterns) - alone])  # first, as it takes the most memory while it is made
    anchors, cues, hows = _meanings(making, patterns)
    heard = np.fromiter(making.heard.values(), np.int64, len(making.heard))
    lines = [entry.line for entry in making.entries]
    return Lexicon(
        written=written,
        heard=_automaton(list(making.heard)),
        shapes=_shapes(patterns),
        anchors=anchors,
        cues=cues,
        hows=hows,
        singles=_singles(patterns, alone),
        sounding=(heard >> _TERM).astype(np.int32),
        sounding_hows=heard.astype(np.uint8),
        pictures=making.pictures,
        readings=sounds.table(),
        disguise=disguise(),
        lines=b"".join(lines),
        begins=np.cumsum([0, *map(len, lines)], dtype=np.int64),
        watches=np.array([WATCHES.index(entry.watch) for entry in making.entries], np.uint8),
        ambiguities=np.array([entry.ambiguity for entry in making.entries], np.uint8),
        decoys=np.array([entry.kind is Kind.DECOY for entry in making.entries], np.uint8),
    )


def _automaton(patterns: list[str]) -> Any:
    return daachorse.CharwiseDoubleArrayAhoCorasick(patterns) if patterns else None


def _meanings(making: Making, patterns: Sequence[str]) -> tuple[Index, Index, Bytes]:
    """Of each of PATTERNS the term that may be a match, the one that says something of a match, and how it is found.

    What is a word means that word; only where a word is no match, and a form of the same letters is one, the form.
    """
    may_match = np.array([*(entry.kind in ANCHORS for entry in making.entries), False])  # the last: of no term
    words = _looked_up(making.words, patterns, -1)
    forms = _looked_up(making.forms, patterns, -1 << _TERM)
    others, word_may, form_may = forms >> _TERM, may_match[words], may_match[forms >> _TERM]
    of_word = (words >= 0) & (word_may | ~form_may)
    anchors = np.where(word_may, words, np.where(form_may, others, -1))
    cues = np.where((words >= 0) & ~word_may, words, np.where((words < 0) & ~form_may, others, -1))
    hows = np.where(of_word, how_found(COMPUTED, 1), forms)
    return anchors.astype(np.int32), cues.astype(np.int32), hows.astype(np.uint8)


def _looked_up(known: Mapping[str, int], patterns: Sequence[str], none: int) -> NDArray[np.int64]:
    return np.fromiter(map(known.get, patterns, repeat(none)), np.int64, len(patterns))


def _singles(patterns: Sequence[str], alone: int) -> Index:
    """By code point the number of the pattern that is it ALONE; these stand last."""
    found: Index = np.full(_BEYOND + 1, -1, np.int32)
    first = len(patterns) - alone
    found[[ord(pattern) for pattern in patterns[first:]]] = np.arange(first, len(patterns))
    return found


def _shapes(patterns: Sequence[str]) -> Shapes:
    """What must hold around each of PATTERNS; between single letters there may be more than between words."""
    parts = range(0, max(len(patterns), 1), _MANY)
    found: Shapes = np.concatenate([shapes(patterns[at : at + _MANY]) for at in parts])
    sizes = np.fromiter(map(len, patterns), np.int64, len(patterns))
    spaces = np.fromiter(map(methodcaller("count", " "), patterns), np.int64, len(patterns))
    found[np.flatnonzero((sizes > 3) & (2 * spaces == sizes))] &= np.uint8(255 - WORDS)
    return found


def _single(pattern: str) -> bool:
    """Whether PATTERN is one character, and no emoji."""
    return len(pattern) == 1 and ord(pattern) < _BEYOND
