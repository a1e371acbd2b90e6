"""Says which terms stand in a text, whether that makes it suspect, and why; no network, disk or clock."""

from collections.abc import Iterable

from archive.facts import Judged, Match
from config.fold import Folded, fold, folded
from config.species import Species, Watch, names
from config.term import HINTING, NAMING, Kind, Term
from crawler.matching.scan import MARKS, Vocabulary
from crawler.matching.scene import Found, Scene, scene
from crawler.matching.weigh import Weighed, weighed

LONGEST = 2_000  # characters of a text that are judged; weighing takes the square of them
SUSPECT = 0.5  # the score from which a text is put before a person


class Matcher:
    """Judges texts by the terms and species handed in; made once, used for many texts."""

    def __init__(self, terms: Iterable[Term], species: Iterable[Species] = ()) -> None:
        self._terms: dict[str, Term] = {}
        self._watch: dict[str, Watch] = {}
        for term in terms:
            self._terms.setdefault(folded(term.term), term)
        for kind in species:
            self._name(kind)
        anchors = {word for word, term in self._terms.items() if term.kind in NAMING | HINTING | {Kind.DECOY}}
        self._anchors = Vocabulary(anchors, marks=True)
        self._cues = Vocabulary(self._terms.keys() - anchors)

    def _name(self, kind: Species) -> None:
        """Add the names of one species; a word that is a term already stays that term."""
        for name in names(kind):
            word = folded(name.term)
            if word not in self._terms:
                self._terms[word] = name
                self._watch[word] = kind.watch

    def judge(self, text: str) -> Judged:
        """What the terms say of TEXT; the spans count code points of TEXT as it was given."""
        read = fold(text[:LONGEST])
        seen = scene(read.text, self._found(self._anchors, read.text), self._found(self._cues, read.text))
        weights = sorted((weighed(found, seen) for found in seen.kept), key=lambda each: -each.score)
        score = weights[0].score if weights else 0.0
        matches = tuple(_match(found, read, text) for found in _shown(seen))
        reasons = _reasons(weights, seen)
        if len(text) > LONGEST:
            reasons = (*reasons, f"only the first {LONGEST} of {len(text)} characters were judged")
        return Judged(text, score >= SUSPECT, score, matches, reasons)

    def _found(self, words: Vocabulary, text: str) -> list[Found]:
        return [
            Found(self._terms[word], place, self._watch.get(word, Watch.ALWAYS)) for word, place in words.find(text)
        ]


def _shown(seen: Scene) -> list[Found]:
    """The matches to print, in the order of the text: what counts, and the signals beside it."""
    signals = (cue for cue in seen.cues if cue.term.kind is Kind.SIGNAL)
    return sorted((*seen.kept, *signals), key=lambda found: found.place)


def _match(found: Found, read: Folded, text: str) -> Match:
    start, end = read.span(*found.place)
    term = found.term
    view = _view(read.text[slice(*found.place)], text[start:end], term)
    return Match(term.term, term.species, term.kind.value, start, end, view)


def _view(seen: str, original: str, term: Term) -> str:
    """Through which form of the text the term was found."""
    if original == term.term:
        return "plain"
    marked = any(letter in MARKS and letter not in term.term for letter in seen)
    return "marks" if marked else "folded"


def _reasons(weights: list[Weighed], seen: Scene) -> tuple[str, ...]:
    """The strongest match's reasons first; nothing twice."""
    said = [reason for each in weights for reason in each.reasons]
    return tuple(dict.fromkeys([*said, *(why for _, why in seen.excluded)]))
