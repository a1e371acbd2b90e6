"""Every word that is looked for, in every form it takes, as the automata need it; kept whole between runs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import daachorse
import numpy as np

from config.fold import fold, folded
from config.folding.table import EMOJI, KIND, VALUE, Codes
from config.species import Species, Watch, names
from config.term import HINTING, NAMING, Kind, Term
from crawler.matching import sounds
from crawler.matching.automaton import DOUBT, VIEW, WORDS, Shapes, shapes
from crawler.matching.disguise import Disguise, disguise
from crawler.matching.forms import HEARD, Form, heard_as, written
from crawler.matching.stream import Index, kinds_of, stream

ANCHORS = NAMING | HINTING | {Kind.DECOY}
COMPUTED, PINYIN, HOMOPHONE, ALIKE = range(4)  # a hit's view; computed: from what stands in the text
_WATCH = tuple(Watch)
_NO = np.zeros(0, np.uint32)
_BEYOND = 0x10000  # the first code point that cannot be a pattern alone without the automaton


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The automata, and what each of their patterns means; -1: nothing."""

    written: Any  # finds the patterns of `shapes` in a stream
    heard: Any  # finds those of `sounding` in a stream of sounds; None where there are none
    shapes: Shapes
    anchors: Index  # the term that each pattern stands for, if it is one that may be a match
    cues: Index  # or one that says something of a match
    hows: Shapes  # the view each shows, and the least ambiguity of a term in this form, as in Hits
    singles: Index  # by code point, up to 0xFFFF: the pattern that it is alone, which no automaton need find
    sounding: Index
    sounding_hows: Shapes
    pictures: Codes  # emoji that terms are written with
    readings: sounds.Readings
    disguise: Disguise
    lines: "Lines"
    watches: Shapes
    ambiguities: Shapes  # of each term
    decoys: Shapes  # 1 for each term that is one

    def term(self, number: int) -> Term:
        """The term of that number; read when first asked for."""
        return self.lines.term(number)

    def watch(self, number: int) -> Watch:
        """When the term of that number matters."""
        return _WATCH[int(self.watches[number])]

    def packed(self) -> bytes:
        """All of it as bytes."""
        heard = self.heard.serialize() if self.heard else b""
        parts = [self.written.serialize(), heard, self.lines.text, *(part.tobytes() for part in self._arrays())]
        sizes = np.array([len(part) for part in parts], np.uint64)
        return b"".join((sizes.tobytes(), *(part + bytes(-len(part) % 8) for part in parts)))

    def _arrays(self) -> tuple[Any, ...]:
        mine = (self.shapes, self.anchors, self.cues, self.hows, self.singles, self.sounding, self.sounding_hows)
        return (
            *mine,
            self.pictures,
            self.readings,
            *self.disguise,
            self.lines.begins,
            self.watches,
            self.ambiguities,
            self.decoys,
        )


_KINDS = ("u1", "i4", "i4", "u1", "i4", "i4", "u1", "u4", "u2", "u4", "u4", "u4", "i8", "u1", "u1", "u1")


def unpacked(held: memoryview) -> Lexicon:
    """What `packed` gave, without copying it."""
    count = len(_KINDS) + 3
    parts, at = [], 8 * count
    for size in np.frombuffer(held, np.uint64, count).tolist():
        parts.append(held[at : at + size])
        at += size + -size % 8
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick.deserialize
    arrays: list[Any] = [np.frombuffer(part, kind) for part, kind in zip(parts[3:], _KINDS, strict=True)]
    readings = arrays[8].reshape(2, -1)
    lines = Lines(parts[2], arrays[12])
    heard = automaton(bytes(parts[1])) if len(parts[1]) else None
    known = Disguise(*arrays[9:12])
    rest: list[Any] = [*arrays[:8], readings, known, lines, *arrays[13:]]
    return Lexicon(automaton(bytes(parts[0])), heard, *rest)


@dataclass(frozen=True, eq=False)
class Lines:
    """Terms as lines of JSON, each read when first asked for."""

    text: bytes | memoryview
    begins: Any  # where each line begins; one more at the end
    known: dict[int, Term] = field(default_factory=dict)

    def term(self, number: int) -> Term:
        """The term of that line."""
        if number not in self.known:
            line = bytes(self.text[self.begins[number] : self.begins[number + 1]])
            self.known[number] = Term.model_validate_json(line)
        return self.known[number]


def lines_of(terms: Sequence[Term]) -> Lines:
    """TERMS as lines."""
    lines = [term.model_dump_json().encode() for term in terms]
    begins = np.zeros(len(lines) + 1, np.int64)
    np.cumsum([len(line) for line in lines], out=begins[1:])
    return Lines(b"".join(lines), begins, dict(enumerate(terms)))


def spelled(words: Sequence[str], pictures: Codes = _NO) -> list[str]:
    """WORDS as a stream has them; "" for one that is nothing but marks."""
    if not words:
        return []
    read = fold("\n\n".join(" ".join(word.split()) for word in words))  # a word may take the second as its space
    return stream(read.entries & VALUE, kinds_of(read.entries, pictures)).text.replace("\n\n", "\n").split("\n")


@lru_cache(maxsize=1 << 16)
def key(word: str) -> str:
    """One word as a stream has it, with every emoji of it."""
    return spelled([word], pictures_of([word]))[0]


def pictures_of(words: Iterable[str]) -> Codes:
    """The emoji that WORDS are written with."""
    entries = fold("".join(words)).entries
    return np.unique((entries & VALUE)[entries >> np.uint32(KIND) & np.uint32(7) == EMOJI])


@dataclass
class Making:
    """What a lexicon is gathered in."""

    pictures: Codes
    terms: list[Term] = field(default_factory=list)
    watches: list[int] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)  # the term of each word, by its pattern
    forms: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # other forms: term, view, doubt
    heard: dict[str, tuple[int, int]] = field(default_factory=dict)  # sounds: term, doubt

    @cached_property
    def patterns(self) -> list[str]:
        """All words and forms, once everything is gathered; last those of one character."""
        return sorted(self.words.keys() | self.forms.keys(), key=lambda pattern: (_single(pattern), pattern))


def lexicon(terms: Iterable[Term], species: Iterable[Species] = ()) -> Lexicon:
    """The lexicon of TERMS and the names of SPECIES; of two that are written alike, the first."""
    return finished(gathered(terms, species))


def gathered(terms: Iterable[Term], species: Iterable[Species] = ()) -> Making:
    """Every word of TERMS and SPECIES, and the forms it takes."""
    own = list(terms)
    named = [(name, kind.watch) for kind in species for name in names(kind)]
    every = [*((term, Watch.ALWAYS) for term in own), *named]
    pictures = pictures_of(term.term for term in own)
    making = Making(pictures=pictures)
    patterns = spelled([term.term for term, _ in every], pictures)
    for pattern, (term, watch) in zip(patterns, every, strict=True):
        if pattern and (pattern not in making.words or _plainer(term, making.terms[making.words[pattern]], pattern)):
            making.words[pattern] = len(making.terms)
            making.terms.append(term)
            making.watches.append(_WATCH.index(watch))
    listed = frozenset(patterns[: len(own)])
    for pattern, number in making.words.items():
        _add_forms(making, pattern, number, listed=pattern in listed)
    return making


def _plainer(one: Term, other: Term, pattern: str) -> bool:
    """Whether ONE is written as its PATTERN and OTHER is not, and both are of one kind: i v o r y, i.v.o.r.y."""
    plain = [folded(term.term) == pattern.lstrip() for term in (one, other)]
    return plain == [True, False] and one.kind is other.kind


def _add_forms(making: Making, pattern: str, number: int, *, listed: bool) -> None:
    """Add the other forms of one word; names of species, of which there may be many thousands, take fewer."""
    term = making.terms[number]
    for form in (*_together(pattern), *(_apart(pattern) if listed else ())):
        making.forms.setdefault(form, (number, COMPUTED, 1))
    if term.kind not in NAMING | HINTING or not term.language.startswith("zh"):
        return
    for other in _by_sound(pattern, listed=listed):
        making.forms.setdefault(other.pattern, (number, PINYIN, other.doubt))
        if listed and other.pattern.isascii() and other.pattern.count(" ") == 1:
            for apart in _apart(other.pattern):
                making.forms.setdefault(apart, (number, PINYIN, other.doubt))
    if listed or len(pattern) > HEARD:
        for other in heard_as(pattern):
            making.heard.setdefault(other.pattern, (number, other.doubt))


def _by_sound(pattern: str, *, listed: bool) -> Iterator[Form]:
    for form in written(pattern) if listed or len(pattern) >= HEARD else ():
        if listed or form.pattern.isascii():
            yield form


def _together(pattern: str) -> Iterator[str]:
    """A term of several words with one space, or all, left out: oxbone; never one of single letters."""
    words = pattern.split(" ")[1:]
    if len(words) > 1 and pattern.startswith(" ") and max(map(len, words)) > 1:
        yield " " + "".join(words)
        for at in range(1, len(words)) if len(words) > 2 else ():
            yield " " + " ".join((*words[: at - 1], words[at - 1] + words[at], *words[at + 1 :]))


def _apart(pattern: str) -> Iterator[str]:
    """A term with every letter by itself: i v o r y, 象 y a."""
    apart = re.sub(r"(?<=[^\W\d_\u3000-\uffff])(?=[^\W\d_\u3000-\uffff])", " ", pattern)
    if apart != pattern:
        yield apart


def finished(making: Making) -> Lexicon:
    """The lexicon of all that was gathered."""
    patterns = making.patterns
    forms = [making.forms.get(pattern, (-1, 0, 1)) for pattern in patterns]
    exact = [making.words.get(pattern, -1) for pattern in patterns]
    anchor = np.array([term.kind in ANCHORS for term in making.terms] + [False])
    words, others = np.array(exact, np.int32), np.array(forms, np.int32).reshape(-1, 3)
    is_anchor, form_is = anchor[words], anchor[others[:, 0]]
    shape = shapes(patterns)
    shape[[_letters_apart(pattern) for pattern in patterns]] &= np.uint8(255 - WORDS)
    alone = [pattern for pattern in patterns if _single(pattern)]
    singles = np.full(_BEYOND + 1, -1, np.int32)
    singles[[ord(pattern) for pattern in alone]] = np.arange(len(patterns) - len(alone), len(patterns))
    of_words = (words >= 0) & (is_anchor | ~form_is)
    return Lexicon(
        daachorse.CharwiseDoubleArrayAhoCorasick(patterns[: len(patterns) - len(alone)])
        if len(alone) < len(patterns)
        else None,
        daachorse.CharwiseDoubleArrayAhoCorasick(list(making.heard)) if making.heard else None,
        shape,
        np.where(is_anchor, words, np.where(form_is, others[:, 0], -1)).astype(np.int32),
        np.where((words >= 0) & ~is_anchor, words, np.where((words < 0) & ~form_is, others[:, 0], -1)).astype(
            np.int32
        ),
        np.where(of_words, 1 << DOUBT, others[:, 1] << VIEW | others[:, 2] << DOUBT).astype(np.uint8),
        singles,
        np.array([number for number, _ in making.heard.values()], np.int32),
        np.array([HOMOPHONE << VIEW | doubt << DOUBT for _, doubt in making.heard.values()], np.uint8),
        making.pictures,
        sounds.table(),
        disguise(),
        lines_of(making.terms),
        np.array(making.watches, np.uint8),
        np.array([term.ambiguity for term in making.terms], np.uint8),
        np.array([term.kind is Kind.DECOY for term in making.terms], np.uint8),
    )


def _single(pattern: str) -> bool:
    """Whether PATTERN is one character, and no emoji."""
    return len(pattern) == 1 and ord(pattern) < _BEYOND


def _letters_apart(pattern: str) -> bool:
    return len(pattern) > 3 and pattern.count(" ") * 2 == len(pattern)
