"""What a reviewer does: sees the listings that wait, and says what each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from mimetypes import guess_extension
from pathlib import Path

from archive import intake
from archive.facts import Decision, Opinion
from archive.questions import review, tips
from archive.questions.letters import DEMANDED
from archive.rows import verdict
from config.errors import UsageError
from config.group import groups, holds
from config.platform import Condition
from config.reading import did_you_mean
from config.species import ProductForm
from desk.context import REVIEW, Desk
from desk.knowing import knowledge
from desk.suspicion import suspect
from desk.whole import write_whole


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says; an empty word means what the terms say."""

    decision: Decision
    species: str = ""
    form: ProductForm | None = None
    sufficiency: int = 2  # E0-E3
    legality: int = 2  # L0-L4
    why: str = ""


def named(here: Desk, listings: Sequence[int]) -> list[review.Case]:
    """The LISTINGS as cases, in that order; UsageError where there is none of that number."""
    cases = review.cases(here.vault, listings=listings, suspect=suspect(here)) if listings else []
    unknown = sorted(set(listings) - {case.listing_id for case in cases})
    if unknown:
        raise UsageError(f"no listing {unknown[0]} in this workspace; see: wildfree review --list")
    return sorted(cases, key=lambda case: listings.index(case.listing_id))


def waiting(here: Desk, by: str) -> list[review.Case]:
    """The suspect listings that were seen live and of which BY has said nothing yet, the highest score first."""
    cases = review.cases(here.vault, suspect=suspect(here))
    return [case for case in cases if case.visit_id and all(said.by != by for said in case.said)]


def unpictured(here: Desk, platforms: Sequence[str] = ()) -> list[review.Case]:
    """The suspect listings that read live, but of which no look kept a picture: an API's answer has none.

    Nobody can judge them before a person has opened them. Of PLATFORMS only, if any are named.
    """
    cases = review.cases(here.vault, platforms, suspect=suspect(here))
    return [case for case in cases if case.condition is Condition.LIVE and not case.visit_id]


def of_species(here: Desk, cases: Sequence[review.Case], name: str) -> list[review.Case]:
    """Those of CASES whose words mean the species, or one of the group, that NAME names in any of our languages."""
    meant, known = _meant(here, name), groups(here.overlay)
    return [
        case
        for case in cases
        if any(found in meant or any(holds(taxon, found, known) for taxon in meant) for found in _species_of(case))
    ]


def _species_of(case: review.Case) -> set[str]:
    return {match["species"] for match in case.matches if match["species"]}


def _meant(here: Desk, name: str) -> set[str]:
    """All scientific names that NAME stands for; UsageError with the nearest where it names nothing."""
    return {latin for tier in knowledge(here.overlay).bearers(name) for latin in tier} or {known_species(here, name)}


def pictured(here: Desk, listing: int, screenshot: str) -> Path:
    """A copy of SCREENSHOT (its SHA-256) that any program opens; the exhibit itself is nobody's to touch."""
    path = here.workspace / REVIEW / f"listing-{listing}.png"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_whole(path, here.vault.store.read(screenshot))
    return path


def brought(here: Desk, listing: int) -> list[Path]:
    """A copy, that any program opens, of each file that people brought of LISTING."""
    folder = here.workspace / REVIEW
    folder.mkdir(mode=0o700, exist_ok=True)
    found = []
    for number, (sha256, media_type) in enumerate(tips.shown(here.vault, listing), 1):
        found.append(folder / f"listing-{listing}-brought-{number}{guess_extension(media_type) or ''}")
        write_whole(found[-1], here.vault.store.read(sha256))
    return found


def judged(case: review.Case, decision: Decision) -> Decision:
    """DECISION, which the page of CASE can bear out; UsageError where none was seen live."""
    if decision in DEMANDED and not case.visit_id:
        raise UsageError(
            f"listing {case.listing_id}: was never seen live, so nobody can say that it is {decision}. Look at it "
            f"first: wildfree visit, or beside you in wildfree browse {case.platform}"
        )
    return decision


def keep(here: Desk, case: review.Case, said: Verdict, by: str) -> Opinion:
    """Keep what BY says of CASE, and return it as kept."""
    opinion = Opinion(
        listing_id=case.listing_id,
        visit_id=case.visit_id,
        by=by,
        at=here.clock(),
        decision=judged(case, said.decision),
        species=known_species(here, said.species) if said.species else found_species(case),
        product_form=said.form or "",
        sufficiency=said.sufficiency,
        legality=said.legality,
        why=said.why or "".join(f"「{words}」" for words in case.telling),
    )
    intake.take(here.vault, verdict.said(opinion))
    return opinion


def found_species(case: review.Case) -> str:
    """The scientific name that the terms found, if they found just one; a species before its family."""
    found = {match["species"] for match in case.matches if match["species"]}
    exact = {name for name in found if " " in name}
    one = exact if len(exact) == 1 else found
    return one.pop() if len(one) == 1 else ""


def likely_species(case: review.Case) -> tuple[str, ...]:
    """The species that the terms found, the one that a verdict would name alone; of several the first two."""
    one = found_species(case)
    found = dict.fromkeys(match["species"] for match in case.matches if match["species"])
    return (one,) if one else tuple(found)[:2]


def known_species(here: Desk, name: str) -> str:
    """The scientific name of the species or group that NAME names, or that is sold under it, in any of our languages.

    UsageError where nothing does (with the nearest), or several do.
    """
    known = knowledge(here.overlay)
    surest = next(iter(known.bearers(name)), ())
    if not surest:
        raise UsageError(f"species '{name}': not in config/species.{did_you_mean(name, known.written)}")
    if len(surest) > 1:
        raise UsageError(f"species '{name}': may be {' or '.join(sorted(surest))}. Say which")
    return surest[0]
