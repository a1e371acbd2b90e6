"""Runs the spiders for a command, with a progress bar."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import typer

from archive import todo
from archive.questions import checks
from config.errors import UsageError
from config.platform import Part, Standing
from crawler.queries import asked as asked_of
from desk import waiting
from desk.context import LEFT_OVER, PUT_OFF, Desk
from desk.sealing import seal_what_was_done
from desk.show import progress, visible
from desk.terms.own import notice

if TYPE_CHECKING:  # they are heavy: imported when a crawl begins
    from scrapy import Spider

    from crawler.example import ExampleSpider
    from crawler.spiders.sweep import SweepSpider
    from crawler.spiders.visit import VisitSpider

LONGEST = 200  # characters of a term
REFUSED = re.compile("connection[ _](was )?refused", re.IGNORECASE)  # as our browser, Scrapy and the guard say it


def sweep(desk: Desk, platforms: Sequence[str], terms: Sequence[str], by: str) -> "list[SweepSpider]":
    """Search PLATFORMS side by side for TERMS (default: the workspace's own), each from where it was cut off."""
    from crawler.spiders.sweep import SweepSpider  # noqa: PLC0415

    sites = [desk.platform(name) for name in dict.fromkeys(platforms)]
    chosen = [site.name for site in sites if site.swept]  # one that no robot searches says why
    for site in sites:
        if site.swept.walked:
            asked_of(site, desk.settings, terms, desk.overlay)  # no channel to walk: said before anything is begun
        if site.standing(Part.SEARCH) is Standing.DOCUMENTED:
            typer.echo(
                f"{site.name}: its file follows the API's documentation; no answer of it was read yet", err=True
            )
    if not all(term.strip() for term in terms):
        raise UsageError("--term: an empty word; leave it out to search the workspace's own terms")
    for term in terms:
        if len(term) > LONGEST:
            raise UsageError(f"--term {term[:20]}...: {len(term)} characters; no site searches more than {LONGEST}")
    notice(desk, by)
    asked = {"terms": tuple(terms), "asked_by": by}
    return cast("list[SweepSpider]", _crawl(desk, f"Searching {', '.join(chosen)}", SweepSpider, chosen, asked))


def look(desk: Desk, kind: todo.Kind, platforms: Sequence[str]) -> "list[VisitSpider]":
    """Look at what is due of KIND on PLATFORMS (default: all), platforms side by side, each one by one."""
    from crawler.spiders.visit import VisitSpider  # noqa: PLC0415

    if kind is todo.Kind.VISIT:
        title, lanes = "First looks", {task.lane for task in todo.due(desk.vault, kind, desk.clock())}
    else:
        title, lanes = "Looking again", {each.platform for each in checks.watched(desk.vault)}
    asked = [desk.platform(lane) for lane in sorted(lanes) if not platforms or lane in platforms]
    for site in asked:
        if site.unvisited:
            typer.echo(f"{site.name}: a person looks there, no robot ({site.unvisited}). Its listings wait", err=True)
        elif site.api and (lacks := site.api.lacks()):
            typer.echo(f"{site.name}: {lacks}. Its listings wait", err=True)
    chosen = [site.name for site in asked if not (site.unvisited or (site.api and site.api.lacks()))]
    return cast("list[VisitSpider]", _crawl(desk, title, VisitSpider, chosen, {"kind": str(kind)}))


def example(desk: Desk, platform: str, term: str, *, never: bool = False) -> "list[ExampleSpider]":
    """Ask PLATFORM for one search and its first listing, and with NEVER for one that never was.

    The archive is told nothing. One that waits for a person is left alone: that is said, and the command ends.
    """
    from crawler.example import ExampleSpider  # noqa: PLC0415

    asked = {"term": term, "never": never}
    spiders = cast("list[ExampleSpider]", _crawl(desk, f"Asking {platform}", ExampleSpider, [platform], asked))
    if waiting.told(desk, spiders):
        raise typer.Exit(PUT_OFF)
    return spiders


def put_off(spiders: "Iterable[SweepSpider | VisitSpider]") -> bool:
    """Say on standard error what the robots left for later; answer whether they left anything."""
    left = [spider.put_off for spider in spiders if spider.put_off]
    for why in left:
        typer.echo(visible(f"Put off. {why}. What is left stays due: the same command goes on then."), err=True)
    return bool(left)


def hint(desk: Desk, failures: Iterable[tuple[str, str]]) -> None:
    """Say on standard error how to open the practice market, if all FAILURES (platform, why) are its closed door."""
    told = list(failures)
    if not desk.practice or not told:
        return
    from desk.practice.opening import NAME  # noqa: PLC0415  (the market is heavy)

    shut = NAME not in desk.settings.bases or all(REFUSED.search(why) for _, why in told)
    if shut and {platform for platform, _ in told} == {NAME}:
        typer.echo("The practice market is closed. Open it in a window of its own: wildfree practice", err=True)


def _crawl(
    desk: Desk, title: str, spider: "type[Spider]", platforms: Sequence[str], asked: dict[str, Any]
) -> "list[Spider]":
    from crawler.run import crawl  # noqa: PLC0415

    desk.vault.store.sweep_up(LEFT_OVER)
    with progress(title) as step:
        here: dict[str, Any] = {"workspace": desk.workspace, "clock": desk.clock, "step": step}
        ended = crawl(spider, [{"platform": platform} | here | asked for platform in platforms])
    seal_what_was_done(desk)
    return ended
