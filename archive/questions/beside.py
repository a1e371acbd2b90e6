"""What a person who browses asks of the archive: which terms were tried when, and which listings to look at again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from archive import todo
from archive.facts import Outcome
from archive.models import Query, Sweep
from archive.questions import checks
from archive.vault import Vault

UNTRIED = (Outcome.FAILED, Outcome.FORBIDDEN, Outcome.POSTPONED)
AGAIN = timedelta(days=1)  # since the last look


def tried(vault: Vault, platform: str) -> dict[str, datetime]:
    """When each term was last searched on PLATFORM, by robot or person, and something was seen (UTC)."""
    wanted = select(Query.term, func.max(Query.at)).join(Sweep).where(Sweep.platform == platform)
    wanted = wanted.where(Query.outcome.not_in(UNTRIED)).group_by(Query.term)
    with vault.reading() as session:
        return {row[0]: row[1] for row in session.execute(wanted)}


def in_turn(terms: Iterable[str], tried_at: dict[str, datetime]) -> list[str]:
    """TERMS, those never tried first, then those whose last try is longest ago."""
    each = list(dict.fromkeys(terms))
    never = [term for term in each if term not in tried_at]
    return never + sorted((term for term in each if term in tried_at), key=lambda term: tried_at[term])


def to_look_at(vault: Vault, platform: str, now: datetime) -> tuple[list[todo.Task], list[checks.Watched]]:
    """The first looks that wait on PLATFORM, and the listings that nobody has looked at for a day."""
    first = todo.due(vault, todo.Kind.VISIT, now, platform)
    seen = [each for each in checks.watched(vault, [platform]) if each.latest]
    return first, [each for each in seen if now - each.looks[-1].at >= AGAIN]
