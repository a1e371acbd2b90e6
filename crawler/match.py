"""Says which terms stand in a text, whether that makes it suspect, and why; no network, and no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.facts import Code, Judged, Match, Reason
from config.fold import Folded, fold
from config.species import Species
from config.term import Kind, Term
from crawler.matching.automaton import Hits
from crawler.matching.lexicon import Lexicon
from crawler.matching.making import lexicon
from crawler.matching.passages import passages, within, worth_weighing
from crawler.matching.scan import Place
from crawler.matching.scene import Found, Scene
from crawler.matching.sorting import scene
from crawler.matching.views import look, name_of
from crawler.matching.weigh import Weighed, weighed

SUSPECT = 0.5  # the score from which a text is put before a person


@dataclass(frozen=True, eq=False)
class Read:
    """A text, folded, and all that was found in it."""

    text: str
    folded: Folded
    matches: Hits
    cues: Hits


class Matcher:
    """Judges texts by the terms and species handed in, or by a lexicon of them; made once, used for many texts."""

    def __init__(
        self, terms: Sequence[Term] = (), species: Iterable[Species] = (), known: Lexicon | None = None
    ) -> None:
        self.known = known or lexicon(terms, species)
        self._doubted: dict[tuple[int, int], Term] = {}

    def judge(self, text: str) -> Judged:
        """What the terms say of TEXT; the spans count code points of TEXT as it was given.

        The time it takes grows with the length of TEXT: a long one is weighed in passages of bounded size, of which
        the strongest counts; where some are not weighed, that is said.
        """
        read = self._read(text)
        every = passages(read.matches, len(read.folded.entries))
        chosen = worth_weighing(every, read.matches, read.cues, self.known.ambiguities)
        scenes = [self._scene(place, read) for place in chosen]
        judged = [(_weights(each), each) for each in scenes]
        weights, best = max(judged, key=_score, default=([], Scene("", (), (), ())))
        matches = [self._match(found, place[0], read) for place, each in zip(chosen, scenes, strict=True)
                   for found in _shown(each)]  # fmt: skip
        reasons = _reasons(weights, best)
        if len(chosen) < len(every):
            reasons = (*reasons, Reason(Code.CUT, (str(len(chosen)), str(len(every)))))
        score = _score((weights, best))
        return Judged(text, score >= SUSPECT, score, tuple(matches), reasons)

    def _read(self, text: str) -> Read:
        folded = fold(text)
        return Read(text, folded, *look(self.known, folded, text))

    def _scene(self, place: Place, read: Read) -> Scene:
        """One passage, with what was found in it at places that count from its start."""
        matches = self._found(read.matches, place, read)
        return scene(read.folded.text[slice(*place)], matches, self._found(read.cues, place, read))

    def _found(self, hits: Hits, place: Place, read: Read) -> list[Found]:
        mine = hits.only(within(hits, place))
        columns = (mine.which, mine.starts, mine.ends, mine.views, mine.doubts)
        found = []
        for number, start, end, view, doubt in zip(*(column.tolist() for column in columns), strict=True):
            term = self._term(number, doubt)
            named = name_of(view, read.folded, read.text, (start, end), term.term)
            found.append(Found(term, (start - place[0], end - place[0]), self.known.watch(number), named))
        return found

    def _term(self, number: int, doubt: int) -> Term:
        """The term of that NUMBER, at least as ambiguous as DOUBT says."""
        term = self.known.term(number)
        if term.ambiguity >= doubt:
            return term
        if (number, doubt) not in self._doubted:
            self._doubted[number, doubt] = term.model_copy(update={"ambiguity": doubt})
        return self._doubted[number, doubt]

    def _match(self, found: Found, offset: int, read: Read) -> Match:
        start, end = read.folded.span(found.place[0] + offset, found.place[1] + offset)
        return Match(found.term.term, found.term.species, found.term.kind.value, start, end, found.view)


def _weights(seen: Scene) -> list[Weighed]:
    """What each match that counts is worth, the strongest first."""
    return sorted((weighed(found, seen) for found in seen.kept), key=lambda each: -each.score)


def _score(judged: tuple[list[Weighed], Scene]) -> float:
    return judged[0][0].score if judged[0] else 0.0


def _shown(seen: Scene) -> list[Found]:
    """The matches to print, in the order of the text: what counts, and the signals beside it."""
    signals = (cue for cue in seen.cues if cue.term.kind is Kind.SIGNAL)
    return sorted((*seen.kept, *signals), key=lambda found: found.place)


def _reasons(weights: list[Weighed], seen: Scene) -> tuple[Reason, ...]:
    """The strongest match's reasons first; nothing twice."""
    said = [reason for each in weights for reason in each.reasons]
    return tuple(dict.fromkeys([*said, *(why for _, why in seen.excluded)]))
