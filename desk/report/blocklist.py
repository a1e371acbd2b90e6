"""The report on what platforms refuse to search: as a page, as a sheet, as tables and as objects."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from io import StringIO
from pathlib import Path
from shlex import quote

from config.settings import Language
from config.term import terms
from desk.context import Desk
from desk.reasons import words_of
from desk.report.blocked import Blocked, Brought, Variant, blocked
from desk.report.file import searched, title, written
from desk.report.page import rendered
from desk.show import line, local, objects, table

NEXT = 6  # variants that are proposed in one line; the page has all
BOM = "\ufeff"  # without it spreadsheets take UTF-8 for something else
RUN = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # what a spreadsheet takes for a formula's beginning
COLUMNS = (
    "platform", "refused_term", "species", "since", "last", "times", "still_refused", "said", "kept", "variant",
    "language", "kind", "ambiguity", "brought", "cards", "tried_at",
)  # fmt: skip
NONE = "No search was refused so far: that is no finding that nothing would be."
HEADS = ("platform", "refused", "since", "last", "still", "kept", *Brought)


def reported(here: Desk, platforms: Sequence[str], language: Language) -> tuple[list[Blocked], list[Path]]:
    """What PLATFORMS (none: all) refuse and what slips through, and the files it was written to: page and sheet."""
    found, now = blocked(here.vault, platforms, terms(here.overlay)), here.clock()
    titles = {each.platform: title(here, each.platform) for each in found}
    page = rendered(
        "blocklist.html",
        language,
        report={"at": now, "zone": here.settings.zone, "practice": here.practice},
        titles=titles,
        blocked=found,
        brought=Brought,
        kinds=words_of(language).called,
    )
    texts = (("html", page), ("csv", sheet(found)))
    return found, [written(here, "blocklist", suffix, now, text) for suffix, text in texts]


def sheet(found: Iterable[Blocked]) -> str:
    """FOUND as CSV, a line for each variant; no cell can start a formula."""
    text = StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows([cell(value) for value in row] for each in found for row in _rows(each))
    return BOM + text.getvalue()


def cell(value: object) -> str:
    """VALUE as a cell; what a spreadsheet would run is marked as text."""
    text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(RUN) else text


def _rows(each: Blocked) -> Iterator[tuple[object, ...]]:
    first = (each.platform, each.term, ", ".join(each.species), each.since, each.last, each.times)
    said = (*first, "yes" if each.still else "no", each.said, kept(each))
    for variant in each.variants or (None,):
        yield (*said, *(_variant(variant) if variant else [""] * 7))


def _variant(each: Variant) -> tuple[object, ...]:
    cards = each.cards if each.brought is Brought.HITS else ""
    return each.term, each.language, each.kind, each.ambiguity, each.brought, cards, each.at


def kept(each: Blocked) -> str:
    """What was kept of the latest refusal."""
    return "screenshot" if each.pictured else "page only" if each.kept else "nothing"


def objects_of(found: Iterable[Blocked], paths: Iterable[Path]) -> None:
    """Print everything as one JSON object a line; `kind` says of what."""
    for each in found:
        facts = asdict(each) | {"kept": [{"role": role, "sha256": sha256} for role, sha256 in each.kept]}
        objects([facts | {"gaps": each.that(Brought.HITS), "next": each.that(Brought.NEVER)}], kind="refused")
    objects([{"kind": "file", "path": str(path)} for path in paths])


def tables_of(here: Desk, found: Sequence[Blocked], paths: Iterable[Path]) -> None:
    """Print which terms are refused, what their variants brought, and which to try next."""
    if here.practice:
        line("演练 PRACTICE: nothing here is real.\n")
    rows = [_line(here, each) for each in found]
    table(HEADS, rows, title="What platforms refuse to search, and what their other words brought" if rows else NONE)
    if any(each.kept and not each.pictured for each in found):
        line("\nPage only: it came by plain HTTP as it is kept; no screenshot, since nothing is asked for twice.")
    for each in found:
        _gaps(here, each)
    line("")
    for path in paths:
        line(f"The report: {path}")


def _line(here: Desk, each: Blocked) -> tuple[object, ...]:
    since, last = (local(moment, here.settings.zone) for moment in (each.since, each.last))
    still = "yes" if each.still else "no"
    return each.platform, each.term, since, last, still, kept(each), *(each.count(brought) for brought in Brought)


def _next(here: Desk, platform: str, words: Sequence[str]) -> str:
    """How WORDS are searched on PLATFORM: by the robot, or where none may search, by a person."""
    if searched(here, platform):
        return f"wildfree sweep {platform} {' '.join(f'--term {quote(word)}' for word in words)}"
    return f"wildfree browse {platform}, and there: {', '.join(words)}"


def _gaps(here: Desk, each: Blocked) -> None:
    """Say what slips through, and what to try next."""
    if gaps := [f"{variant.term} ({variant.cards})" for variant in each.variants if variant.brought is Brought.HITS]:
        line(f"\n{each.platform} refuses '{each.term}', but brings cards for: {', '.join(gaps)}")
    if untried := each.that(Brought.NEVER):
        line(f"\nTo try next, of {len(untried)}: {_next(here, each.platform, untried[:NEXT])}")
    if not each.species:
        line(f"\nNo term of this workspace says which species '{each.term}' means: see wildfree term add")
