"""What a letter may be made of: listings that reviewers agreed on, each with the live look it relies on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.facts import Decision, Role, Stage
from archive.models import Demand, Notice, Sighting, Step, Visit
from archive.questions.review import Case, Said, cases, exhibit
from archive.vault import Vault
from config.platform import Condition

DEMANDED = (Decision.ILLEGAL, Decision.SUSPECT)


@dataclass(frozen=True)
class Demandable:
    """One listing that a letter may demand the removal of."""

    listing_id: int
    visit_id: int  # the live look relied on
    platform: str
    key: str
    url: str  # as it was opened
    final_url: str  # as it answered
    title: str  # as shown
    price: str
    first_seen: datetime  # UTC, the first sighting or look
    last_seen: datetime  # UTC, the last look that read live
    pictured_at: datetime  # UTC, the look relied on, whose page and screenshot are named
    decision: Decision
    species: str  # scientific name, as the reviewer said; "" if none
    product_form: str  # live, raw, worked, powder, meat, egg, plant, tool; "" if not said
    why: str  # the reviewer's reason
    sufficiency: int  # E0-E3
    legality: int  # L0-L4
    payload: str | None  # SHA-256 of the page as delivered
    screenshot: str | None  # SHA-256 of the full-page picture


class Bar(StrEnum):
    """Why a listing cannot stand in a letter now."""

    NOT_AGREED = "not_agreed"  # too few reviewers hold it illegal or suspect
    NOT_LIVE = "not_live"  # at the last look
    UNPICTURED = "unpictured"  # no look that read live kept a screenshot
    EDITED = "edited"  # since it was reviewed
    DEMANDED = "demanded"  # in a letter of this language already


@dataclass(frozen=True)
class Written:
    """A letter as it stands."""

    number: str
    platform: str
    language: str
    stage: Stage
    listings: tuple[int, ...]
    text_sha256: str
    pdf_sha256: str
    eml_sha256: str


def demandable(vault: Vault, platform: str, language: str, reviewers: int) -> list[Demandable]:
    """The listings of PLATFORM that a letter in LANGUAGE may name, and none named yet.

    REVIEWERS different people hold each illegal or suspect, and it was read live; gates say what it lacks still.
    """
    found = _weighed(vault, platform, language, reviewers).values()
    return [each for each in found if isinstance(each, Demandable)]


def barred(vault: Vault, platform: str, language: str, reviewers: int) -> dict[int, Bar]:
    """The listings of PLATFORM that cannot stand in a letter in LANGUAGE now, and why; see demandable."""
    found = _weighed(vault, platform, language, reviewers).items()
    return {listing_id: each for listing_id, each in found if isinstance(each, Bar)}


def _weighed(vault: Vault, platform: str, language: str, reviewers: int) -> dict[int, Demandable | Bar]:
    with vault.reading() as session:
        asked = _asked(session, platform, language)
        return {
            case.listing_id: _demandable(session, case, reviewers, asked=case.listing_id in asked)
            for case in cases(vault, [platform])
        }


def _asked(session: Session, platform: str, language: str) -> set[int]:
    withdrawn = select(Step.notice_id).where(Step.what == Stage.WITHDRAWN)
    wanted = select(Demand.listing_id).join(Notice).where(Notice.id.not_in(withdrawn))
    return set(session.scalars(wanted.where(Notice.platform == platform, Notice.language == language)))


def _demandable(session: Session, case: Case, reviewers: int, *, asked: bool) -> Demandable | Bar:
    """CASE as a letter needs it, or what bars it: it must be live, and what the reviewers saw."""
    if case.settled(reviewers) not in DEMANDED:
        return Bar.NOT_AGREED
    if asked:
        return Bar.DEMANDED
    if case.condition is not Condition.LIVE:
        return Bar.NOT_LIVE
    look = session.get(Visit, case.visit_id) if case.visit_id else None
    if look is None:
        return Bar.UNPICTURED
    latest = session.scalars(
        select(Visit).where(Visit.listing_id == case.listing_id).order_by(Visit.id.desc())
    ).first()
    if latest is None or {said.title for said in case.said} != {latest.title}:
        return Bar.EDITED
    said = _fullest(case.said)
    seen = session.scalar(select(func.min(Sighting.at)).where(Sighting.listing_id == case.listing_id))
    first_look = session.scalar(select(func.min(Visit.at)).where(Visit.listing_id == case.listing_id))
    return Demandable(
        listing_id=case.listing_id,
        visit_id=look.id,
        platform=case.platform,
        key=case.key,
        url=look.url,
        final_url=look.final_url,
        title=look.title,
        price=look.price,
        first_seen=min(at for at in (seen, first_look, look.at) if at is not None),
        last_seen=latest.at,
        pictured_at=look.at,
        decision=said.decision,
        species=said.species,
        product_form=said.product_form,
        why=said.why,
        sufficiency=min(each.sufficiency for each in case.said),
        legality=min(each.legality for each in case.said),
        payload=exhibit(session, look.id, Role.PAYLOAD),
        screenshot=exhibit(session, look.id, Role.SCREENSHOT),
    )


def _fullest(said: Sequence[Said]) -> Said:
    """The verdict that a letter quotes: of those that agree, the one that says the most of the species."""
    return max(said, key=lambda each: (bool(each.species), bool(each.why), each.at))


def written(vault: Vault) -> list[Written]:
    """Every letter, in the order they were drafted."""
    with vault.reading() as session:
        return [_written(session, row) for row in session.scalars(select(Notice).order_by(Notice.id))]


def _written(session: Session, row: Notice) -> Written:
    step = session.scalars(select(Step).where(Step.notice_id == row.id).order_by(Step.id.desc())).first()
    demands = select(Demand.listing_id).where(Demand.notice_id == row.id).order_by(Demand.id)
    return Written(
        number=row.number,
        platform=row.platform,
        language=row.language,
        stage=step.what if step else Stage.DRAFT,
        listings=tuple(session.scalars(demands)),
        text_sha256=row.text_sha256,
        pdf_sha256=row.pdf_sha256,
        eml_sha256=row.eml_sha256,
    )
