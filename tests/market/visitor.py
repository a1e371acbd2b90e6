"""A visitor of the practice market who runs no scripts, and what is known of its wares."""

import urllib.error
import urllib.request
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from parsel import Selector, SelectorList

from desk.practice.market import Market
from desk.practice.wares import wares

PLAIN, LATE = "10002", "10001"  # one is HTML at once, one fills itself by JavaScript
REASON = "涉嫌出售国家重点保护野生动物制品"
WARES = {ware.key: ware for ware in wares()}


class Answer(NamedTuple):
    """One answer, headers left out but for what the browser is allowed to load."""

    status: int
    body: bytes
    policy: str  # Content-Security-Policy

    @property
    def page(self) -> Selector:
        return Selector(self.body.decode("utf-8"))


def get(market: Market, path: str) -> Answer:
    """What the market answers to PATH, a refusal included."""
    try:
        with urllib.request.urlopen(market.base + path, timeout=10) as answer:
            return Answer(answer.status, answer.read(), answer.headers.get("Content-Security-Policy", ""))
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read(), refused.headers.get("Content-Security-Policy", ""))


def search(market: Market, term: str) -> Selector:
    """The result page for TERM, before any script ran."""
    return get(market, f"/search?q={quote(term)}").page


def words(found: SelectorList[Selector]) -> str:
    """All that stands in FOUND, as one text."""
    return "".join(found.xpath(".//text()").getall()).strip()


def titled(word: str) -> list[str]:
    """The titles of all wares that hold WORD, sorted."""
    return sorted(ware.title for ware in WARES.values() if word in ware.title.casefold())


def addresses(page: Selector) -> list[str]:
    """Every address that PAGE names, to load or to lead to."""
    return page.xpath("//@src | //@srcset | //@href | //@action").getall()


def outside(page: Selector) -> list[str]:
    """Those of its addresses that lead away from the market."""
    parts = ((at, urlsplit(at)) for at in addresses(page))
    return [at for at, part in parts if part.netloc or part.scheme not in ("", "data")]
