"""What a report is made of: asked of the archive once, then shown as a page, a table or JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from archive.questions import report as questions
from archive.questions.expected import Odd, odd
from archive.questions.report import Away, Counts, Unseen
from archive.vault import Vault
from config.expect import Expect
from config.platform import Condition


@dataclass(frozen=True)
class Report:
    """The state of the archive at one moment."""

    at: datetime  # UTC
    zone: ZoneInfo  # of local times
    practice: bool
    titles: Mapping[str, str]  # of platforms, by name
    counts: tuple[Counts, ...]
    away: tuple[Away, ...]
    unseen: tuple[Unseen, ...]  # newest first
    odd: tuple[Odd, ...]  # searches that brought far fewer or more cards than usual, newest first

    @cached_property
    def not_seen_since(self) -> tuple[Away, ...]:
        """The listings that are gone."""
        return tuple(each for each in self.away if each.condition is Condition.GONE)

    @cached_property
    def no_longer_live(self) -> tuple[Away, ...]:
        """The listings that are sold, limited or elsewhere: not live any more, and not gone."""
        return tuple(each for each in self.away if each.condition is not Condition.GONE)


def gathered(
    vault: Vault,
    platforms: Sequence[str],
    *,
    at: datetime,
    zone: ZoneInfo,
    title: Callable[[str], str],
    expect: Callable[[str], Expect],
) -> Report:
    """The report on PLATFORMS (none: all that the archive knows) as things stand.

    TITLE of a platform, and what its file says to EXPECT of searches, by its name.
    """
    counts = tuple(questions.counts(vault, platforms))
    return Report(
        at=at,
        zone=zone,
        practice=vault.kind == "practice",
        titles={each.platform: title(each.platform) for each in counts},
        counts=counts,
        away=tuple(questions.away(vault, platforms)),
        unseen=tuple(questions.unseen(vault, platforms)),
        odd=tuple(reversed(odd(vault, {each.platform: expect(each.platform) for each in counts}))),
    )
