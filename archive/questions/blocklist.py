"""Which terms a platform refuses to search, and what each term has brought there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from archive.facts import Outcome, Role
from archive.models import Query, QueryExhibit, Sweep
from archive.questions.report import ANSWERED
from archive.vault import Vault
from config.fold import folded

Key = tuple[str, str]  # platform, folded term


@dataclass(frozen=True)
class Tried:
    """What a term has brought on a platform, by its first page: the latest that could be read, else the latest."""

    term: str  # as it was asked
    outcome: Outcome
    cards: int
    at: datetime  # UTC

    @property
    def seen(self) -> bool:
        """Whether the answer could be read: else nothing is known of what stands behind it."""
        return self.outcome in ANSWERED

    @property
    def refuses(self) -> bool:
        """Whether the platform refused it."""
        return self.outcome is Outcome.BANNED_TERM_NOTICE


@dataclass(frozen=True)
class Refused:
    """A term that a platform has refused to search."""

    platform: str
    term: str
    since: datetime  # UTC: the first time
    last: datetime  # UTC: the latest time
    times: int
    said: str  # the platform's own words, at the latest time
    query: int  # that the latest time was
    url: str
    kept: tuple[tuple[Role, str], ...]  # what was kept of it: role and SHA-256


def tried(vault: Vault, platforms: Sequence[str] = ()) -> dict[Key, Tried]:
    """What every term that was ever asked has brought on PLATFORMS (none: all)."""
    wanted = select(Sweep.platform, Query.term, Query.outcome, Query.cards, Query.at).join(Sweep)
    asked = wanted.where(Query.page == 1, _of(platforms)).order_by(Query.id)
    found: dict[Key, Tried] = {}
    with vault.reading() as session:
        for platform, term, outcome, cards, at in session.execute(asked):
            key, now = (platform, folded(term)), Tried(term, outcome, cards, at)
            if now.seen or key not in found or not found[key].seen:
                found[key] = now
    return found


def refused(vault: Vault, platforms: Sequence[str] = ()) -> list[Refused]:
    """Every term that one of PLATFORMS (none: any) has refused, by platform, in the order of their first refusal."""
    wanted = select(Query, Sweep.platform).join(Sweep).where(_of(platforms))
    banned = wanted.where(Query.outcome == Outcome.BANNED_TERM_NOTICE).order_by(Query.id)
    found: dict[Key, Refused] = {}
    with vault.reading() as session:
        for row, platform in session.execute(banned):
            key = platform, folded(row.term)
            found[key] = _again(found.get(key), row, platform)
        told = [replace(each, kept=_kept(session, each.query)) for each in found.values()]
    return sorted(told, key=lambda each: each.platform)


def _again(before: Refused | None, row: Query, platform: str) -> Refused:
    """BEFORE with one more refusal, that of ROW."""
    first, times = (before.since, before.times) if before else (row.at, 0)
    return Refused(platform, row.term, first, row.at, times + 1, row.because, row.id, row.url, ())


def _kept(session: Session, query: int) -> tuple[tuple[Role, str], ...]:
    wanted = select(QueryExhibit.role, QueryExhibit.sha256).where(QueryExhibit.query_id == query)
    return tuple((role, sha256) for role, sha256 in session.execute(wanted.order_by(QueryExhibit.position)))


def _of(platforms: Sequence[str]) -> ColumnElement[bool]:
    """Of PLATFORMS; of any where none is named."""
    return Sweep.platform.in_(platforms) if platforms else true()
