"""Tells a platform's own frames from those of other sites, of which nothing is kept."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError

from config.pattern import holds
from config.platform import Platform
from crawler.beside.cdp import Session
from crawler.beside.own import Box

Told = dict[str, Any]
WEB = ("http://", "https://")


def recorded(site: Platform, url: str) -> bool:
    """Whether what stands at URL may be recorded: the platform's own, and nothing private."""
    searched = site.browse_url("x") or ""
    theirs = bool(searched) and urlsplit(searched).netloc.lower() == _host(url)
    return (site.owns(url) or theirs) and not private(site, url)


def private(site: Platform, url: str) -> bool:
    """Whether nothing is recorded of URL, as SITE's file says."""
    told = site.browsing.private if site.browsing else ()
    return any(holds(each, url) for each in told)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in {"http", "https"} else ""


class Frames:
    """The frames of one tab and what stands in them."""

    def __init__(self, site: Platform) -> None:
        self._site = site
        self._others: dict[str, str] = {}  # frames of other sites, and whose children they are
        self._ours: dict[str, None] = {}  # the platform's own within the page

    def went(self, frame: str, url: str, parent: str) -> None:
        """Note that FRAME, a child of PARENT, goes to URL."""
        url = url.removeprefix("blob:")
        theirs = parent in self._others  # whatever another site shows is its own
        if theirs or (url.startswith(WEB) and not recorded(self._site, url)):
            self._others[frame] = parent
            self._ours.pop(frame, None)
        elif url.startswith(WEB) or frame not in self._others:
            self._others.pop(frame, None)
            self._ours[frame] = None

    def gone(self, frame: str) -> None:
        """Note that FRAME is no more."""
        self._others.pop(frame, None)
        self._ours.pop(frame, None)

    @property
    def ours(self) -> tuple[str, ...]:
        """The platform's own frames within the page."""
        return tuple(self._ours)

    def another(self, frame: str) -> bool:
        """Whether FRAME is of another site."""
        return frame in self._others

    async def boxes(self, session: Session) -> list[Box]:
        """Where the frames of other sites stand in the window; PlaywrightError where one cannot be found."""
        outer = [frame for frame, parent in self._others.items() if parent not in self._others]
        return [box for frame in outer if (box := await box_of(session, frame))]


async def box_of(session: Session, frame: str, part: str = "border") -> Box | None:
    """Where FRAME stands, or its PART "content"; None where it is not drawn."""
    owner = await session.send("DOM.getFrameOwner", {"frameId": frame})
    with suppress(PlaywrightError):  # what is not drawn has no box
        model = await session.send("DOM.getBoxModel", {"backendNodeId": owner["backendNodeId"]})
        quad = model["model"][part]
        return min(quad[::2]), min(quad[1::2]), max(quad[::2]), max(quad[1::2])
    return None
