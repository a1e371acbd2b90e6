"""What became of a tip, in words for its giver."""

from typing import Any
from zoneinfo import ZoneInfo

from archive.questions.tips import Told
from desk.context import Desk

LONG = 60  # characters of what was said that a table shows


def became(here: Desk, tip: Told) -> dict[str, Any]:
    """TIP, and what became of it, for a program; of its files those that are still here."""
    files = tuple(each for each in tip.files if here.vault.store.path(each).exists())
    return {
        "tip": tip.id, "at": tip.at, "by": tip.by, "what": tip.said, "note": tip.note, "platform": tip.platform,
        "listing": tip.listing_id, "url": tip.url, "files": files, "became": state(tip),
    }  # fmt: skip


def state(tip: Told) -> str:
    """What became of TIP."""
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
    return (
        "waits for a person: its link names no listing"
        if tip.platform
        else "kept: at an address that no platform file knows"
    )


def row(each: dict[str, Any], zone: ZoneInfo) -> tuple[object, ...]:
    """EACH as a line of a table, in the time of ZONE."""
    what = " ".join(each["what"].split())
    short = what if len(what) <= LONG else f"{what[:LONG]}..."
    day = f"{each['at'].astimezone(zone):%Y-%m-%d}"
    shown = (each["platform"], each["listing"] or "", len(each["files"]), each["became"])
    return each["tip"], day, each["by"], short, each["note"], *shown
