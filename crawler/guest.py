"""A spider as a guest on one platform: its archive, its clock, its platform's file and manners."""

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from scrapy import Request, Spider
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from archive import todo
from archive.vault import Vault
from config.errors import UsageError, WorkspaceError
from config.platform import element
from config.settings import platform_in, settings
from crawler.handler import ASK, LOADED
from crawler.load import Ask, Loaded
from crawler.page import Headers, page_of
from crawler.robots import Forbidden
from crawler.signs import Page
from crawler.unanswered import NO_ANSWER

LOCKS = ".locks"
MOST_FAILURES = 3  # in a row; then the site is left in peace
TOOL = f"wildfree {version('wildfree')}"

Clock = Callable[[], datetime]  # UTC
Step = Callable[[int, int], None]


def real_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def nowhere(done: int, more: int) -> None:
    """A Step for a crawl that nobody watches."""


class Guest(Spider):
    """What both spiders share. `workspace` is a folder, by default the one WILDFREE_WORKSPACE names."""

    def __init__(
        self,
        platform: str = "",
        workspace: str | Path | None = None,
        clock: Clock = real_clock,
        step: Step = nowhere,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        workspace = workspace or os.environ.get("WILDFREE_WORKSPACE")
        if not platform or not workspace:
            raise UsageError("needs -a platform=NAME, and WILDFREE_WORKSPACE or -a workspace=DIR")
        self.vault = Vault.open(Path(workspace))
        self.settings_here = settings(Path(workspace))
        self.site = platform_in(Path(workspace), platform, practice=self.vault.kind == "practice")
        self._lock = _held(Path(workspace), platform)
        self.clock = clock
        self.failures = 0  # in a row
        self.step = step  # tells whoever waits how many steps are done, and how many more came up

    def closed(self, reason: str) -> None:
        """Let go of the archive and the platform when the crawl is over."""
        self.vault.close()
        self._lock.release()

    def due(self, kind: todo.Kind, prefix: str) -> list[todo.Task]:
        """The tasks of this platform whose key begins with PREFIX, in their order."""
        tasks = todo.due(self.vault, kind, self.clock(), self.site.name)
        return [task for task in tasks if task.key.startswith(prefix)]

    def ask(self, url: str, marks: Iterable[str], **more: Any) -> Ask:
        """How the browser is to load URL: any of MARKS, or of the signs' places, shows that the page is there."""
        signs = (sign.where for sign in self.site.signs if sign.where)
        return Ask(url, tuple(element(css) for css in (*marks, *signs)), seconds=self.patience, **more)

    def request(self, url: str, ask: Ask | None, **kwargs: Any) -> Request:
        """A request in this platform's lane; by browser if there is an ASK."""
        meta = {"lane": self.site.name, "gap": self.site.manners.delay, "download_timeout": self.patience}
        if ask is not None:
            meta[ASK] = ask
        return Request(url, meta=meta, dont_filter=True, **kwargs)

    @property
    def patience(self) -> float:
        """Seconds that one page may take."""
        return self.settings_here.limits.seconds


def _held(workspace: Path, platform: str) -> FileLock:
    """The lock that keeps a second crawl off PLATFORM; the system lets go of it even if we are killed."""
    folder = workspace / LOCKS
    folder.mkdir(exist_ok=True)
    lock = FileLock(folder / f"{platform}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise WorkspaceError(
            f"{workspace}: another crawl of {platform} is under way; wait for it or stop it"
        ) from None
    return lock


def page_from(response: Response, asked: str) -> Page:
    """The answered page, decoded, as the reader wants it; ASKED is the address before redirects."""
    if loaded := loaded_by(response):
        return Page(asked, response.url, response.status, response.text, loaded.headers)
    charset = response._declared_encoding() if isinstance(response, TextResponse) else None  # noqa: SLF001
    return page_of(
        response.body,
        url=asked,
        final_url=response.url,
        status=response.status,
        charset=charset or "",
        headers=_headers(response),
    )


def _headers(response: Response) -> Headers:
    """The head as it came, name by name."""
    named = ((name, value) for name, values in response.headers.items() for value in values)
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in named)


def loaded_by(response: Response) -> Loaded | None:
    """What the browser loaded for this response; None if it came by plain HTTP."""
    loaded: Loaded | None = response.meta.get(LOADED)
    return loaded


def failed(failure: Failure) -> tuple[bool, str]:
    """Whether the site's rules forbade the request, and why it failed, in one line.

    What no site can have caused (a machine without a browser, a fault of ours) is raised instead.
    """
    error = failure.value
    if not isinstance(error, NO_ANSWER):
        failure.raiseException()
    words = str(error).splitlines() or [type(error).__name__]
    return isinstance(error, Forbidden), words[0]
