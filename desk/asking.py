"""Asks a reviewer about one listing after the other; each answer is kept at once."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

import typer

from archive.facts import Decision
from archive.questions import review
from archive.questions.letters import DEMANDED
from config.errors import UsageError
from config.species import ProductForm
from desk.context import Desk
from desk.reasons import said
from desk.reviewing import Verdict, found_species, keep, known_species, likely_species, pictured
from desk.show import line, visible
from desk.telling import reminder

KEYS = {str(decision)[0]: decision for decision in Decision}
CHOICES = "\n".join(f"  {str(decision)[0]}  {decision}" for decision in Decision)
HELP = f"{CHOICES} (tell the authority first)\n  Enter  later\n  q  quit; what you answered is kept"
EVIDENCE = "How well does the page bear it out? 0 not, 1 a hint, 2 it shows the offer, 3 beyond doubt"
LAW = "Is it forbidden? 0 no, 1 hardly, 2 unless papers are shown, 3 very likely, 4 certainly"

Answer = TypeVar("Answer")


class Stop(Exception):  # noqa: N818 - the reviewer's wish
    """The reviewer has had enough."""


def ask(here: Desk, cases: Sequence[review.Case], by: str) -> None:
    """Show CASES one by one and keep what BY answers, until all are shown or BY stops."""
    if not cases:
        line("Nothing waits for review. New listings come from: wildfree sweep, wildfree visit")
        return
    line(f"{len(cases)} wait.\n{HELP}")
    try:
        for number, case in enumerate(cases, 1):
            _show(here, case, f"{number}/{len(cases)}")
            decision = _answered("What is it? ", "", _decision)
            if decision is not None:
                said = keep(here, case, _verdict(here, case, decision), by)
                line(f"  kept: listing {said.listing_id} is {said.decision} {said.species}")
    except Stop:
        line("\nStopped. What was answered is kept.")


def _show(here: Desk, case: review.Case, place: str) -> None:
    line(f"\n[{place}] {case.title}  {case.price}")
    line(f"  {case.url}  (listing {case.listing_id}, score {case.score:.2f})")
    line(f"  {said(case.reasons, here.settings.language)}")
    for known in reminder(likely_species(case), here.overlay, here.settings.language):
        line(f"    {known}")
    if alike := _alike(here, case.listing_id):
        line(f"  the same photo: {alike}. See: wildfree alike {case.listing_id}")
    if case.screenshot:
        line(f"  screenshot: {pictured(here, case.listing_id, case.screenshot)}")


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
    forms = ", ".join(ProductForm)
    return Verdict(
        decision,
        species=_answered("  Species", found_species(case), lambda name: known_species(here, name) if name else ""),
        form=_answered(f"  Form ({forms})", "", lambda form: ProductForm(form) if form else None),
        sufficiency=_answered(f"  {EVIDENCE}", "2", lambda figure: _of(range(4), figure)),
        legality=_answered(f"  {LAW}", "2", lambda figure: _of(range(5), figure)),
    )


def _decision(word: str) -> Decision | None:
    """The decision that WORD or its first letter names; None for later."""
    word = word.lower()
    if word in ("q", "quit"):
        raise Stop
    if word in ("", "later"):
        return None
    return KEYS[word] if word in KEYS else Decision(word)


def _of(known: range, figure: str) -> int:
    if figure.isascii() and figure.isdigit() and int(figure) in known:
        return int(figure)
    raise ValueError(figure)


def _answered(question: str, default: str, read: Callable[[str], Answer]) -> Answer:
    """What READ makes of the answer; asked again until it makes something of it."""
    while True:
        try:
            said = str(typer.prompt(question, default=default, show_default=bool(default), prompt_suffix=" ")).strip()
            return read(unicodedata.normalize("NFKC", said))  # ｑ is q to an input method
        except typer.Abort:
            raise Stop from None
        except ValueError:
            line(f"  '{visible(said)}' is none of these.")
            if read is _decision:
                line(HELP)
        except UsageError as error:
            line(f"  {error}")
