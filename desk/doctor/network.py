"""Who answers: platforms, timestamp authorities, calendars, each asked once; and what time they think it is."""

import http.client
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median
from urllib.parse import SplitResult, urljoin, urlsplit

from config.platform import Platform
from config.proof import Proof
from crawler.guard import open_way
from crawler.settings import USER_AGENT
from crawler.ways.way import Way
from desk.doctor.finding import Finding, missing, ok, unknown, warn

PATIENCE = 15.0  # s for one answer
AT_ONCE = 8
EXACT, WRONG = timedelta(seconds=5), timedelta(minutes=2)  # by how much a clock may be off
HERE = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Asked:
    """One host, and what came of asking it."""

    what: str
    url: str
    status: int | None  # None: no answer
    why: str  # there is none
    address: str  # that answered
    seconds: float
    ahead: timedelta | None  # its clock before ours; None: it told no time


def findings(platforms: Iterable[Platform], proof: Proof, allow: Sequence[str]) -> Iterator[Finding]:
    """Who answers, and how far our clock is from theirs. ALLOW: as in the settings."""
    hosts = [(f"platform {each.name}", each.base) for each in platforms if _asks(each, allow)]
    hosts += [(f"authority {each.name}", each.url) for each in proof.authorities]
    hosts += [(f"calendar {each.name}", each.url) for each in proof.calendars]
    with open_way(allow) as way, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda host: asked(way, *host), hosts))
    yield from map(_told, answers)
    others = (each for each in answers if urlsplit(each.url).hostname not in HERE)
    yield clock([each.ahead for each in others if each.ahead is not None])


def _asks(platform: Platform, allow: Sequence[str]) -> bool:
    """Whether a robot of ours ever asks PLATFORM: a practice site's file names this machine, where none may run."""
    parts = urlsplit(platform.base)
    return not platform.unvisited and (parts.hostname not in HERE or parts.netloc in allow)


def asked(way: Way, what: str, url: str) -> Asked:
    """Ask the host of URL for its robots.txt, and go nowhere that it points to: any answer is one."""
    began = datetime.now(UTC)
    try:
        status, date = _answer(way, urlsplit(urljoin(url, "/robots.txt")))
    except (http.client.HTTPException, OSError, ValueError) as problem:
        why = way.why(url) or str(problem) or type(problem).__name__
        return Asked(what, url, None, why, "", (datetime.now(UTC) - began).total_seconds(), None)
    ended = datetime.now(UTC)
    ahead = _ahead(date, began + (ended - began) / 2)
    return Asked(what, url, status, "", way.address(url), (ended - began).total_seconds(), ahead)


def _answer(way: Way, place: SplitResult) -> tuple[int, str | None]:
    """Status and date of the answer at PLACE, asked for through WAY whatever the environment says of proxies."""
    guard = urlsplit(way.url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(guard.hostname or "", guard.port, timeout=PATIENCE)
    target = place.geturl()
    if place.scheme == "https":
        connection.set_tunnel(place.hostname or "", place.port or 443)
        target = place.path
    with closing(connection):
        connection.request("GET", target, headers={"Host": place.netloc, "User-Agent": USER_AGENT})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Date")


def _ahead(date: str | None, now: datetime) -> timedelta | None:
    """How far DATE (RFC 9110 §5.6.7, whole seconds) is ahead of NOW."""
    try:
        told = parsedate_to_datetime(date or "")
    except (ValueError, OverflowError, TypeError):
        return None
    if told.tzinfo is None:
        return None
    return told + timedelta(seconds=0.5) - now


def _told(each: Asked) -> Finding:
    if each.status is None:
        return warn(each.what, f"no answer: {each.why}", f"see whether a browser opens {each.url}")
    return ok(each.what, f"{each.address} answered {each.status} in {each.seconds:.1f} s")


def clock(ahead: Sequence[timedelta]) -> Finding:
    """How far our clock is from those of others, by the middle one; its fault is ours where they agree."""
    if not ahead:
        return unknown("clock", "nobody told the time")
    off = timedelta(seconds=-median(each.total_seconds() for each in ahead))
    found = f"{off.total_seconds():+.1f} s against {len(ahead)} others"
    if abs(off) <= EXACT:
        return ok("clock", found)
    mend = "let the system set its clock from the network"
    return missing("clock", found, mend) if abs(off) > WRONG else warn("clock", found, mend)
