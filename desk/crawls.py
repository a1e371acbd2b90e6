"""Runs the spiders for a command: one crawl at a time in a workspace, with a progress bar."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from filelock import FileLock, Timeout

from archive import todo
from config.errors import WorkspaceError
from crawler.run import crawl
from crawler.spiders.sweep import SweepSpider
from crawler.spiders.visit import VisitSpider
from desk.context import Desk
from desk.show import progress

LOCK = "crawl.lock"
LEFT_OVER = 600.0  # s after which a half-written exhibit is surely nobody's


@contextmanager
def alone(desk: Desk) -> Iterator[None]:
    """Hold the workspace's crawl lock, and sweep up what a killed crawl left half-written."""
    lock = FileLock(desk.workspace / LOCK)
    try:
        with lock.acquire(timeout=0):
            desk.vault.store.sweep_up(LEFT_OVER)
            yield
    except Timeout:
        raise WorkspaceError(f"{desk.workspace}: another crawl is under way here; wait for it, or stop it") from None


def sweep(desk: Desk, platforms: Sequence[str], terms: Sequence[str], by: str) -> list[SweepSpider]:
    """Search PLATFORMS side by side for TERMS (default: the workspace's own), each from where it was cut off."""
    chosen = [desk.platform(name).name for name in dict.fromkeys(platforms)]
    with alone(desk), progress(f"Searching {', '.join(chosen)}", None) as step:
        words = [_words(desk, name, step) | {"terms": ",".join(terms), "asked_by": by} for name in chosen]
        return cast("list[SweepSpider]", crawl(SweepSpider, words))


def look(desk: Desk, kind: todo.Kind, platforms: Sequence[str]) -> list[VisitSpider]:
    """Look at what is due of KIND on PLATFORMS (default: all), platforms side by side, each one by one."""
    tasks = [task for task in todo.due(desk.vault, kind, desk.clock()) if not platforms or task.lane in platforms]
    title = "First looks" if kind is todo.Kind.VISIT else "Looking again"
    with alone(desk), progress(title, len(tasks)) as step:
        lanes = sorted({task.lane for task in tasks})
        words = [_words(desk, name, step) | {"kind": str(kind)} for name in lanes]
        return cast("list[VisitSpider]", crawl(VisitSpider, words))


def _words(desk: Desk, platform: str, step: Callable[[str], None]) -> dict[str, object]:
    return {"platform": platform, "workspace": desk.workspace, "clock": desk.clock, "step": step}
