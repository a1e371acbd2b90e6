"""What a letter may be made of: listings that reviewers agreed on, each with the live look it relies on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    settled = [case for case in cases(vault, [platform]) if case.settled(reviewers) in DEMANDED]
    with vault.reading() as session:
        asked = _asked(session, platform, language)
        open_cases = [case for case in settled if case.listing_id not in asked]
        found = (_demandable(session, case) for case in open_cases)
        return [each for each in found if each is not None]


def _asked(session: Session, platform: str, language: str) -> set[int]:
    withdrawn = select(Step.notice_id).where(Step.what == Stage.WITHDRAWN)
    wanted = select(Demand.listing_id).join(Notice).where(Notice.id.not_in(withdrawn))
    return set(session.scalars(wanted.where(Notice.platform == platform, Notice.language == language)))


def _demandable(session: Session, case: Case) -> Demandable | None:
    """CASE as a letter needs it; None unless it was live when last looked at, and is what the reviewers saw."""
    look = session.get(Visit, case.visit_id) if case.visit_id else None
    if look is None or case.condition is not Condition.LIVE:
        return None
    latest = session.scalars(
        select(Visit).where(Visit.listing_id == case.listing_id).order_by(Visit.id.desc())
    ).first()
    if latest is None or {said.title for said in case.said} != {latest.title}:
        return None
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
