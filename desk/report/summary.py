"""The report in short: tables for a reader, or objects for a program."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from archive.questions.report import ANSWERED, Away, Counts
from config.platform import Condition
from desk.expecting import in_words
from desk.report.facts import Report
from desk.report.rates import wilson
from desk.show import line, local, objects, table

MOST = 20  # things not seen that are shown; the page shows more, JSON all


def objects_of(report: Report, path: Path) -> None:
    """Print everything as one JSON object a line; `kind` says of what."""
    objects(report.counts, kind="platform")
    objects(report.unseen, kind="could_not_be_seen")
    objects(({**asdict(each), "warning": in_words(each)} for each in report.odd), kind="far_from_usual")
    objects(report.not_seen_since, kind="not_seen_since")
    objects(report.no_longer_live, kind="no_longer_live")
    objects([{"kind": "file", "path": str(path)}])


def tables_of(report: Report, path: Path) -> None:
    """Print the figures, what could not be seen, and what went away."""
    if report.practice:
        line("演练 PRACTICE: nothing here is real.\n")
    if any(counts.sweeps or counts.listings for counts in report.counts):
        _figures(report.counts)
        _odd(report)
        _unseen(report)
        _away(report, report.not_seen_since)
    else:
        line("Nothing was looked at yet: this is no finding of zero.")
    line(f"\nThe report: {path}")


def _figures(counts: Sequence[Counts]) -> None:
    looked = ("platform", "sweeps", "searches", "unseen", "refused", "cards", "suspects", "looks", "kept whole")
    table(looked, [_looked(each) for each in counts], title="What was looked at")
    line("")
    states = ("platform", "live", "gone", "other", "unknown", "demanded", "gone since approval")
    table(states, [_states(each) for each in counts], title="Listings at the last look")


def _looked(each: Counts) -> tuple[object, ...]:
    asked = sum(each.queries.values())
    unseen = asked - sum(each.queries.get(outcome, 0) for outcome in ANSWERED)
    seen = (each.sightings, each.suspects, each.looks, each.captures)
    return each.platform, each.sweeps, asked, unseen, each.refused, *seen


def _states(each: Counts) -> tuple[object, ...]:
    live, gone = each.states.get(Condition.LIVE, 0), each.states.get(Condition.GONE, 0)
    other = sum(each.states.values()) - live - gone
    return each.platform, live, gone, other, each.unknown, each.demanded, rate(each.gone_after, each.reread)


def rate(hits: int, n: int) -> str:
    """`3 of 8: 38 % (14-69 %)`; no rate where N is 0."""
    interval = wilson(hits, n)
    if interval is None:
        return "none read again"
    low, high = interval
    return f"{hits} of {n}: {hits / n:.0%} ({low:.0%} to {high:.0%})"


def _odd(report: Report) -> None:
    if report.odd:
        line("")
    for each in report.odd[:MOST]:
        line(f"{local(each.at, report.zone)}: {in_words(each)}")
    if len(report.odd) > MOST:
        line(f"... and {len(report.odd) - MOST} older ones")


def _unseen(report: Report) -> None:
    line("")
    if report.unseen:
        rows = [(each.platform, each.what, each.about, each.outcome, each.because) for each in report.unseen[:MOST]]
        table(("platform", "what", "about", "outcome", "because"), rows, title="What could not be seen")
    if len(report.unseen) > MOST:
        line(f"... and {len(report.unseen) - MOST} older ones")
    waiting = sum(each.waiting for each in report.counts)
    if waiting:
        line(f"Not looked at yet: {waiting} listings that are suspect or that people brought.")
    refused = sum(each.refused for each in report.counts)
    if refused:
        line(f"{refused} searches were refused by the platform itself. See: wildfree report blocklist")
    if not (report.unseen or waiting or refused):
        line("Everything that was asked for was seen.")


def _away(report: Report, rows: Sequence[Away]) -> None:
    if not rows:
        line("\nNo listing that was read live has been found gone.")
        return
    line("")
    cells = [
        (each.platform, each.title, local(each.last_live, report.zone), each.cause or "unknown") for each in rows
    ]
    table(("platform", "title", "not seen since", "by whose hand"), cells, title="Not seen since")
