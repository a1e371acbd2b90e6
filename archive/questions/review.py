"""What a reviewer is to look at: each suspect listing with what was found, what was seen, and what was said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.erase import forgotten
from archive.facts import Capture, Decision, Reason, Role
from archive.models import Listing, Sighting, Verdict, Visit, VisitExhibit
from archive.questions.clues import Clue, Suspect, clues
from archive.vault import Vault
from config.platform import Condition
from config.term import Kind

OFFERING = frozenset({Kind.PRODUCT, Kind.FORM, Kind.SALE, Kind.MEASURE, Kind.SIGNAL})  # a thing, and that it is sold


@dataclass(frozen=True)
class Said:
    """One person's standing verdict on a listing: the latest of theirs."""

    by: str
    at: datetime  # UTC
    decision: Decision
    species: str
    product_form: str
    sufficiency: int
    legality: int
    why: str
    title: str | None  # of the page as the reviewer saw it; None: no page was seen


@dataclass(frozen=True)
class Case:
    """One listing as a reviewer sees it."""

    listing_id: int
    platform: str
    key: str
    url: str
    title: str
    price: str
    score: float
    reasons: tuple[Reason | str, ...]  # the strongest match's first; older sightings kept sentences
    matches: tuple[dict[str, Any], ...]  # in the title; behind them those elsewhere: in a picture, which names it
    telling: tuple[str, ...]  # the words of the title, as they stood there, that the terms found; else of a clue
    visit_id: int | None  # the look to judge by: the latest live one with a screenshot; None: there is none
    capture: Capture | None  # of that look
    at: datetime | None  # UTC, of that look
    screenshot: str | None  # SHA-256, of that look
    condition: Condition | None  # what the latest look found; None: not looked at yet
    said: tuple[Said, ...]

    def settled(self, reviewers: int) -> Decision | None:
        """What REVIEWERS different people agree on; None while they do not."""
        tally: dict[Decision, int] = {}
        for each in self.said:
            tally[each.decision] = tally.get(each.decision, 0) + 1
        agreed = [decision for decision, count in tally.items() if count >= reviewers]
        return agreed[0] if len(agreed) == 1 and len(tally) == 1 else None


def cases(
    vault: Vault, platforms: Sequence[str] = (), listings: Sequence[int] = (), suspect: Suspect | None = None
) -> list[Case]:
    """Every suspect listing, the highest score first, of equal ones the plainest offer; none that was erased.

    Of PLATFORMS only, or LISTINGS only, if any are named. A listing is suspect by a title under which it was found,
    by what else speaks for it (its SUSPECT texts: archive/questions/clues.py), or by a person's tip.
    """
    found = clues(vault, suspect or {})
    with vault.reading() as session:
        rows = _named(session, listings) if listings else _suspect(session, platforms, found)
        told = [_case(session, listing, found.get(listing.id, ())) for listing in rows]
    return sorted(told, key=lambda case: (-case.score, -_offered(case), case.listing_id))


def _named(session: Session, listings: Sequence[int]) -> Sequence[Listing]:
    return session.scalars(select(Listing).where(Listing.id.in_(listings)).order_by(Listing.id)).all()


def _suspect(session: Session, platforms: Sequence[str], others: Iterable[int]) -> list[Listing]:
    """The listings that are suspect by a card, and OTHERS."""
    by_card = select(Listing).where(Listing.id.in_(select(Sighting.listing_id).where(Sighting.suspect)))
    found = {each.id: each for each in session.scalars(by_card)}
    found |= {number: session.get_one(Listing, number) for number in others if number not in found}
    passed_over = forgotten(session)
    of_them = (each for number, each in found.items() if number not in passed_over)
    return [each for each in of_them if not platforms or each.platform in platforms]


def _case(session: Session, listing: Listing, told: Sequence[Clue]) -> Case:
    seen = session.scalars(
        select(Sighting).where(Sighting.listing_id == listing.id).order_by(Sighting.at.desc(), Sighting.id.desc())
    ).first()
    looks = session.scalars(select(Visit).where(Visit.listing_id == listing.id).order_by(Visit.id.desc())).all()
    look = _look(session, looks)
    titles, others = [each for each in told if each.title], [each for each in told if not each.title]
    card = seen if seen and not titles else None  # the page's whole title says more than a card that was not suspect
    reasons = (*map(_reason, card.reasons if card else ()), *(each for clue in titles[:1] for each in clue.reasons))
    return Case(
        listing_id=listing.id,
        platform=listing.platform,
        key=listing.key,
        url=listing.url,
        title=(look.title if look else "") or (seen.title if seen else ""),
        price=(look.price if look else "") or (seen.price if seen else ""),
        score=max([seen.score if seen else 0.0, *(each.score for each in told)]),
        reasons=(*reasons, *dict.fromkeys(each for clue in others for each in clue.reasons)),
        matches=(*(card.matches if card else ()), *(each for clue in (*titles, *others) for each in clue.matches)),
        telling=(_telling(card) if card else ())
        or next((each.words for each in (*titles, *others) if each.words), ()),
        visit_id=look.id if look else None,
        capture=look.capture if look else None,
        at=look.at if look else None,
        condition=looks[0].condition if looks else None,
        screenshot=exhibit(session, look.id, Role.SCREENSHOT) if look else None,
        said=standing(session, listing.id),
    )


def _reason(kept: list[str] | str) -> Reason | str:
    """A reason as it was kept; older sightings kept sentences, which are shown as they are."""
    return kept if isinstance(kept, str) else Reason(kept[0], tuple(kept[1:]))


def _offered(case: Case) -> int:
    """How many words of the text offer something: what is sold by word stands before what is only named."""
    codes = {reason.code for reason in case.reasons if isinstance(reason, Reason)}
    return len(codes & OFFERING)


def _telling(seen: Sighting) -> tuple[str, ...]:
    return tuple(dict.fromkeys(seen.title[match["start"] : match["end"]] for match in seen.matches))


def _look(session: Session, looks: Sequence[Visit]) -> Visit | None:
    """The look to judge by, of LOOKS with the latest first."""
    live = (look for look in looks if look.condition is Condition.LIVE)
    return next((look for look in live if exhibit(session, look.id, Role.SCREENSHOT)), None)


def exhibit(session: Session, visit_id: int, role: Role) -> str | None:
    """The SHA-256 of the visit's first exhibit in ROLE; None if it has none."""
    wanted = select(VisitExhibit.sha256).where(VisitExhibit.visit_id == visit_id, VisitExhibit.role == role)
    return session.scalars(wanted.order_by(VisitExhibit.position)).first()


def standing(session: Session, listing_id: int) -> tuple[Said, ...]:
    """The latest verdict of each person on the listing, in order of time."""
    latest: dict[str, Verdict] = {}
    for row in session.scalars(select(Verdict).where(Verdict.listing_id == listing_id).order_by(Verdict.id)):
        latest[row.by] = row
    return tuple(
        Said(
            row.by,
            row.at,
            row.decision,
            row.species,
            row.product_form,
            row.sufficiency,
            row.legality,
            row.why,
            _title(session, row),
        )
        for row in latest.values()
    )


def _title(session: Session, verdict: Verdict) -> str | None:
    look = session.get(Visit, verdict.visit_id) if verdict.visit_id else None
    return look.title if look else None
