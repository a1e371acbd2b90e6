"""What a reviewer does: sees the listings that wait, and says what each is."""

from collections.abc import Sequence
from dataclasses import dataclass

import typer

from archive import intake
from archive.facts import Decision, Opinion
from archive.questions import review
from archive.rows import verdict
from config.errors import UsageError
from config.species import ProductForm
from desk.context import Desk
from desk.show import line

KEYS = {
    "i": Decision.ILLEGAL,
    "s": Decision.SUSPECT,
    "l": Decision.LAWFUL,
    "u": Decision.UNRELATED,
    "r": Decision.REFER,
}
ASKED = "(i)llegal (s)uspect (l)awful (u)nrelated (r)efer to the authority, Enter = later, (q)uit"


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says; an empty word means what the terms say."""

    decision: Decision
    species: str = ""
    form: ProductForm | None = None
    sufficiency: int = 2  # E0-E3
    legality: int = 2  # L0-L4
    why: str = ""


def waiting(here: Desk, listings: Sequence[int], by: str) -> list[review.Case]:
    """The LISTINGS named, or all suspect ones that were seen live and of which BY has said nothing yet."""
    cases = review.cases(here.vault, listings=listings)
    if listings:
        unknown = sorted(set(listings) - {case.listing_id for case in cases})
        if unknown:
            raise UsageError(f"no listing {unknown[0]} in this workspace; see: wildfree review --list")
        return cases
    return [case for case in cases if case.visit_id and all(said.by != by for said in case.said)]


def keep(here: Desk, case: review.Case, said: Verdict, by: str) -> Opinion:
    """Keep what BY says of CASE, and return it as kept."""
    opinion = Opinion(
        listing_id=case.listing_id,
        visit_id=case.visit_id,
        by=by,
        at=here.clock(),
        decision=said.decision,
        species=said.species or _species(case),
        product_form=said.form or "",
        sufficiency=said.sufficiency,
        legality=said.legality,
        why=said.why or "".join(f"「{words}」" for words in case.telling),
    )
    intake.take(here.vault, verdict.said(opinion))
    return opinion


def _species(case: review.Case) -> str:
    """The scientific name that the terms found, if they found just one."""
    found = {match["species"] for match in case.matches if match["species"]}
    return found.pop() if len(found) == 1 else ""


def ask(here: Desk, cases: Sequence[review.Case], by: str) -> None:
    """Show CASES one by one and keep what the reviewer answers; each answer is kept at once."""
    for number, case in enumerate(cases, 1):
        line(f"\n[{number}/{len(cases)}] {case.title}  {case.price}")
        line(f"  {case.url}  listing {case.listing_id}, {case.condition}, score {case.score:.2f}")
        line(f"  {'; '.join(case.reasons)}")
        if case.screenshot:
            line(f"  screenshot: {here.vault.store.path(case.screenshot)}")
        answer = _answer()
        if answer == "q":
            return
        if answer:
            keep(here, case, Verdict(KEYS[answer]), by)
    line(f"\n{len(cases)} shown." if cases else "Nothing waits for review.")


def _answer() -> str:
    """A key of KEYS, "q", or "" for later; asks again until it is one."""
    while True:
        try:
            answer = str(typer.prompt(ASKED, default="", show_default=False)).strip().lower()[:1]
        except typer.Abort:
            return "q"
        if answer in ("", "q", *KEYS):
            return answer
        line(f"'{answer}' is none of them.")
