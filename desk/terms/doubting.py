"""Says why a term may be none that anybody wants, before it is taken, and what is lost by one that goes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from archive.questions import terms as questions
from config.fold import folded
from config.reading import SHIPPED, Strict, read_toml, shown
from config.term import HAN, HINTING, IN_USE, LOWERING, NAMING, Kind, Placed, Term
from crawler.matching.scan import Vocabulary
from desk.context import Desk
from desk.terms.own import by_key

FINDING = NAMING | HINTING  # a text is found by them
WEIGHED = FINDING | LOWERING | {Kind.DECOY}  # kinds that a common word must not be of: they find, or hide, too much
SHORT = 2  # letters of a word that stands everywhere
MANY, SHARE = 10, 0.05  # titles, and of all titles, from which a word is called common
BESIDE = 3  # terms that a word raises or lowers, from which it is a word of context
TOLD = 5  # other terms that are named


class Common(Strict):
    """The words that nobody means alone, by language."""

    zh: tuple[str, ...]
    en: tuple[str, ...]


@cache
def _common() -> frozenset[str]:
    words = read_toml(SHIPPED / "terms" / "common.toml", Common)
    return frozenset(map(folded, (*words.zh, *words.en)))


@dataclass(frozen=True)
class Doubts:
    """What speaks against terms, of the words that may be asked for."""

    here: Desk
    words: frozenset[str]  # folded

    def of(self, now: Term, before: Placed | None) -> list[str]:
        """Why somebody may not want the term NOW, which takes the place of BEFORE; nothing where little changes."""
        old = before.term if before and before.term.status in IN_USE else None
        if now.status not in IN_USE or now.kind not in WEIGHED or (old and old.kind is now.kind):
            return []
        word = now.key[1]
        return [*self._as_context(now, old), *_by_itself(word), *self._in_titles(word)]

    def _as_context(self, now: Term, old: Term | None) -> Iterator[str]:
        if old and old.kind not in FINDING:
            yield f"it is a word of the kind {old.kind}, and would be so no more"
        for each in self._cues.get(now.key[1], ()):
            if each.term.key != now.key and each.term.kind is not now.kind:
                yield f"it is a word of the kind {each.term.kind} in {shown(each.file)}"
        if (beside := self._beside[now.key[1]]) >= BESIDE and now.kind in FINDING:
            yield f"{beside} terms have it beside them, as a word that raises or lowers them"

    def _in_titles(self, word: str) -> Iterator[str]:
        held, confirmed, total = self._titles
        if held[word] >= MANY and held[word] >= SHARE * total:
            yield f"it stands in {held[word]} of {total} titles seen, {confirmed[word]} of them confirmed"

    @cached_property
    def _cues(self) -> dict[str, list[Placed]]:
        found: dict[str, list[Placed]] = defaultdict(list)
        for each in by_key(self.here).values():
            if each.term.kind not in FINDING and each.term.status in IN_USE:
                found[each.term.key[1]].append(each)
        return found

    @cached_property
    def _beside(self) -> Counter[str]:
        used = (each.term for each in by_key(self.here).values() if each.term.status in IN_USE)
        return Counter(folded(word) for term in used for word in {*term.raises, *term.lowers})

    @cached_property
    def _titles(self) -> tuple[Counter[str], Counter[str], int]:
        """In how many titles each word stands, in how many confirmed ones, and how many titles there are."""
        look, held, confirmed = Vocabulary(self.words), Counter[str](), Counter[str]()
        titles = questions.titles(self.here.vault, self.here.settings.reviewers)
        for title in titles:
            words = {word for word, _ in look.find(folded(title.text))}
            held.update(words)
            confirmed.update(words if title.confirmed else ())
        return held, confirmed, len(titles)


def doubts(here: Desk, words: Iterable[str]) -> Doubts:
    """What speaks against terms that are written as WORDS."""
    return Doubts(here, frozenset(map(folded, words)))


def _by_itself(word: str) -> Iterator[str]:
    if word in _common():
        yield "it is a word of everyday, which stands in harmless texts"
    if len(word) <= SHORT and word.isalnum() and not HAN.search(word):
        yield f"it has {len(word)} letters, and stands in harmless texts"


def lost(here: Desk, before: Placed, now: Term) -> list[str]:
    """What is no longer searched or found now that NOW stands in the place of BEFORE."""
    old = before.term
    if old.status not in IN_USE or (now.status in IN_USE and now.kind is old.kind):
        return []
    if old.kind not in FINDING:
        return [f"'{old.term}' is no word of the kind {old.kind} beside others any more."]
    searched = [f"Sweeps search '{old.term}' no more."] if old.search else []
    return [*searched, _found(here, old), *([_others(here, old)] if old.species else [])]


def _found(here: Desk, old: Term) -> str:
    hits, moments = questions.hits(here.vault)
    seen = hits[old.key[1]].sightings if old.key[1] in hits else 0
    return f"Texts are no longer found by '{old.term}'; so far it was found in {seen} of {len(moments)} sightings."


def _others(here: Desk, old: Term) -> str:
    """By what OLD's species is still found, in its language first."""
    used = [each.term for each in by_key(here).values() if each.term.status in IN_USE and each.term.kind in NAMING]
    same = [term for term in used if term.species == old.species and term.key != old.key]
    words = [term.term for term in sorted(same, key=lambda term: (term.language != old.language, not term.search))]
    if not words:
        return f"No other term finds {old.species}."
    more = f", and {len(words) - TOLD} more" if len(words) > TOLD else ""
    return f"{old.species} is still found by {', '.join(words[:TOLD])}{more}."
