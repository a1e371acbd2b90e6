"""Runs the spiders for a command, with a progress bar."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from archive import todo
from archive.questions import checks
from config.errors import UsageError
from desk.context import LEFT_OVER, Desk
from desk.show import progress

if TYPE_CHECKING:  # they are heavy: imported when a crawl begins
    from scrapy import Spider

    from crawler.spiders.sweep import SweepSpider
    from crawler.spiders.visit import VisitSpider


def sweep(desk: Desk, platforms: Sequence[str], terms: Sequence[str], by: str) -> "list[SweepSpider]":
    """Search PLATFORMS side by side for TERMS (default: the workspace's own), each from where it was cut off."""
    from crawler.spiders.sweep import SweepSpider  # noqa: PLC0415

    chosen = [desk.platform(name).name for name in dict.fromkeys(platforms)]
    if not all(term.strip() for term in terms):
        raise UsageError("--term: an empty word; leave it out to search the workspace's own terms")
    asked = {"terms": tuple(terms), "asked_by": by}
    return cast("list[SweepSpider]", _crawl(desk, f"Searching {', '.join(chosen)}", SweepSpider, chosen, asked))


def look(desk: Desk, kind: todo.Kind, platforms: Sequence[str]) -> "list[VisitSpider]":
    """Look at what is due of KIND on PLATFORMS (default: all), platforms side by side, each one by one."""
    from crawler.spiders.visit import VisitSpider  # noqa: PLC0415

    if kind is todo.Kind.VISIT:
        title, lanes = "First looks", {task.lane for task in todo.due(desk.vault, kind, desk.clock())}
    else:
        title, lanes = "Looking again", {each.platform for each in checks.watched(desk.vault)}
    chosen = [lane for lane in sorted(lanes) if not platforms or lane in platforms]
    return cast("list[VisitSpider]", _crawl(desk, title, VisitSpider, chosen, {"kind": str(kind)}))


def _crawl(
    desk: Desk, title: str, spider: "type[Spider]", platforms: Sequence[str], asked: dict[str, Any]
) -> "list[Spider]":
    from crawler.run import crawl  # noqa: PLC0415

    desk.vault.store.sweep_up(LEFT_OVER)
    with progress(title) as step:
        here: dict[str, Any] = {"workspace": desk.workspace, "clock": desk.clock, "step": step}
        return crawl(spider, [{"platform": platform} | here | asked for platform in platforms])
