"""Asks a reviewer about one listing after the other; each answer is kept at once."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TypeVar

import typer

from archive.facts import Decision
from archive.questions import review
from archive.questions.letters import DEMANDED
from config.errors import UsageError
from config.reading import Strict, read_toml
from config.species import ProductForm
from desk.context import Desk
from desk.reasons import WORDS, said
from desk.reviewing import Verdict, brought, found_species, judged, keep, known_species, likely_species, pictured
from desk.show import line, visible
from desk.telling import reminder
from desk.telling import words_of as told_in

KEYS = {str(decision)[0]: decision for decision in Decision}

Answer = TypeVar("Answer")


class Words(Strict):
    """What is asked, in the words of one language."""

    nothing: str
    waiting: str  # how many
    later: str
    quit: str
    listing: str  # its number and score
    photo: str  # where the same one is
    screenshot: str
    brought: str  # a file, by a person
    what: str
    species: str
    form: str
    evidence: str
    law: str
    kept: str  # listing, decision, species
    unknown: str  # what was typed
    stopped: str
    decisions: dict[Decision, str]

    @property
    def choices(self) -> str:
        """What can be typed, a line each."""
        keys = [f"  {str(decision)[0]}  {self.decisions[decision]}" for decision in Decision]
        return "\n".join([*keys, f"  Enter  {self.later}", f"  q  {self.quit}"])


@cache
def words_of(language: str) -> Words:
    """The words of LANGUAGE; ConfigError if there is no file for it."""
    return read_toml(WORDS / f"asking.{language}.toml", Words)


class Stop(Exception):  # noqa: N818 - the reviewer's wish
    """The reviewer has had enough."""


def ask(here: Desk, cases: Sequence[review.Case], by: str) -> None:
    """Show CASES one by one and keep what BY answers, until all are shown or BY stops."""
    words = words_of(here.settings.language)
    if not cases:
        line(words.nothing)
        return
    line(f"{words.waiting.format(len(cases))}\n{words.choices}")
    try:
        for number, case in enumerate(cases, 1):
            _show(here, case, f"{number}/{len(cases)}")
            decision = _answered(words, f"{words.what} ", "", partial(_decision, case), words.choices)
            if decision is not None:
                said = keep(here, case, _verdict(here, case, decision), by)
                line(f"  {words.kept.format(said.listing_id, said.decision, said.species)}")
    except Stop:
        line(f"\n{words.stopped}")


def _show(here: Desk, case: review.Case, place: str) -> None:
    words = words_of(here.settings.language)
    line(f"\n[{place}] {case.title}  {case.price}")
    line(f"  {case.url}  ({words.listing.format(case.listing_id, f'{case.score:.2f}')})")
    line(f"  {said(case.reasons, here.settings.language)}")
    for known in reminder(likely_species(case), here.overlay, here.settings.language):
        line(f"    {known}")
    if alike := _alike(here, case.listing_id):
        line(f"  {words.photo.format(alike, case.listing_id)}")
    if case.screenshot:
        line(f"  {words.screenshot}: {pictured(here, case.listing_id, case.screenshot)}")
    for file in brought(here, case.listing_id):
        line(f"  {words.brought}: {file}")


def _alike(here: Desk, listing: int) -> str:
    """The other places of LISTING's photos in words; "" where there are none."""
    from archive.questions.alike import listings_like  # noqa: PLC0415  (numpy and the search are heavy)

    places = listings_like(here.vault, [listing])[listing]
    states = (f" ({each.condition})" if each.condition else "" for each in places)
    return ", ".join(f"{each.kind} {each.number}{state}" for each, state in zip(places, states, strict=True))


def _verdict(here: Desk, case: review.Case, decision: Decision) -> Verdict:
    """DECISION with what a letter would need, asked for only where a letter may follow."""
    if decision not in DEMANDED:
        return Verdict(decision)
    words, forms = words_of(here.settings.language), told_in(here.settings.language).forms
    return Verdict(
        decision,
        species=_answered(
            words, f"  {words.species}", found_species(case), lambda name: known_species(here, name) if name else ""
        ),
        form=_answered(words, f"  {words.form} ({', '.join(forms.values())})", "", lambda said: _form(forms, said)),
        sufficiency=_answered(words, f"  {words.evidence}", "2", lambda figure: _of(range(4), figure)),
        legality=_answered(words, f"  {words.law}", "2", lambda figure: _of(range(5), figure)),
    )


def _decision(case: review.Case, word: str) -> Decision | None:
    """The decision on CASE that WORD or its first letter names; None for later."""
    word = word.lower()
    if word in ("q", "quit"):
        raise Stop
    if word in ("", "later"):
        return None
    return judged(case, KEYS[word] if word in KEYS else Decision(word))


def _form(forms: Mapping[ProductForm, str], word: str) -> ProductForm | None:
    """The form that WORD names in English or as FORMS call it; None for none."""
    named = (form for form, called in forms.items() if word.lower() in (form, *called.split()))
    return (next(named, None) or ProductForm(word)) if word else None


def _of(known: range, figure: str) -> int:
    if figure.isascii() and figure.isdigit() and int(figure) in known:
        return int(figure)
    raise ValueError(figure)


def _answered(words: Words, question: str, default: str, read: Callable[[str], Answer], hint: str = "") -> Answer:
    """What READ makes of the answer; asked again, with a HINT, until it makes something of it."""
    while True:
        try:
            said = str(typer.prompt(question, default=default, show_default=bool(default), prompt_suffix=" ")).strip()
            return read(unicodedata.normalize("NFKC", said))  # ｑ is q to an input method
        except typer.Abort:
            raise Stop from None
        except ValueError:
            line(f"  {words.unknown.format(visible(said))}")
            if hint:
                line(hint)
        except UsageError as error:
            line(f"  {error}")
