"""What became of a tip, in words for its giver."""

from dataclasses import dataclass
from datetime import datetime

from archive.questions.tips import Told
from desk.context import Desk

LONG = 60  # characters of what was said that a table shows


@dataclass(frozen=True)
class Became:
    """One tip as `wildfree add --list` shows it."""

    tip: int
    at: datetime  # UTC
    by: str
    what: str
    note: str
    platform: str
    listing: int | None
    url: str
    files: tuple[str, ...]  # SHA-256s
    became: str


def became(here: Desk, tip: Told) -> Became:
    """TIP, and what became of it."""
    files = tuple(each for each in tip.files if here.vault.store.path(each).exists())
    return Became(
        tip=tip.id,
        at=tip.at,
        by=tip.by,
        what=tip.said,
        note=tip.note,
        platform=tip.platform,
        listing=tip.listing_id,
        url=tip.url,
        files=files,
        became=_said(tip),
    )


def _said(tip: Told) -> str:
    if not tip.said:
        return "erased"
    if tip.decision:
        return f"reviewed: {tip.decision}"
    if tip.condition:
        return f"looked at: {tip.condition}"
    if tip.listing_id:
        return "waits for a first look"
    if tip.files:
        return "kept as a file"
    return "waits for a person: its link names no listing" if tip.platform else "kept: of no platform that has a file"


def rows(each: Became) -> tuple[object, ...]:
    """EACH as a line of a table."""
    what = " ".join(each.what.split())
    short = what if len(what) <= LONG else f"{what[:LONG]}..."
    return (
        each.tip,
        f"{each.at:%Y-%m-%d}",
        each.by,
        short,
        each.platform,
        each.listing or "",
        len(each.files),
        each.became,
    )
