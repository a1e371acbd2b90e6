"""A spider that asks a platform for one search and its first listing: examples to write or check its file by."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.facts import Outcome
from config.platform import SHUT, Condition, element
from crawler.control import made_up
from crawler.guest import Guest, failed, page_from
from crawler.meta import CLOSED
from crawler.page import reading, results
from crawler.signs import Page


@dataclass(frozen=True)
class Example:
    """One page as it answered, and what the platform's file makes of it today."""

    key: str  # of the listing; "" for the search
    never: bool  # a listing that never was: its key is made up
    page: Page
    said: Outcome | Condition
    because: str


class ExampleSpider(Guest):
    """Asks for `term` and opens the first listing found, and with `never` one that never was beside it.

    `examples` holds the pages. The archive is told nothing.
    """

    name = "example"

    def __init__(self, term: str = "", *, never: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._term = term
        self._never = never
        self.examples: list[Example] = []
        self.unanswered = ""  # why a page did not come
        self.step(0, 2 + never)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the search, unless the platform waits for a person."""
        if self.left_alone:
            return
        search = self.site.search
        url = self.site.search_url(self._term, 1)
        ask = self.ask(url, search.marks, grows=element(search.grows)) if self.site.browser else None
        yield self.request(url, ask, callback=self.parse_results, errback=self.no_answer)

    async def parse_results(self, response: Response) -> Any:
        """Take the search page, and go to the first listing on it."""
        page = page_from(response, self.site.search_url(self._term, 1))
        seen = results(self.site, page, self._term, 1)
        self.examples.append(Example("", False, page, seen.outcome, seen.because))
        self.step(1, 0)
        if seen.leads:
            yield self._look(seen.leads[0].key, never=False)

    async def parse_listing(self, response: Response, key: str, url: str, never: bool) -> Any:
        """Take the listing's page, and go to one that never was, if it is wanted and the site still lets us in."""
        page = page_from(response, url)
        said = reading(self.site, page)
        self.examples.append(Example(key, never, page, said.condition, said.because))
        self.step(1, 0)
        if self._never and not never and said.condition not in SHUT and CLOSED not in response.meta:
            yield self._look(made_up(key), never=True)

    def _look(self, key: str, *, never: bool) -> Request:
        url = self.site.look_url(self.site.url_of(key))
        ask = self.ask(url, self.site.listing.marks) if self.site.browser else None
        words = {"key": key, "url": url, "never": never}
        return self.request(url, ask, callback=self.parse_listing, errback=self.no_answer, cb_kwargs=words)

    async def no_answer(self, failure: Failure) -> None:
        """Remember why no page came."""
        outcome, because = failed(failure)
        self.unanswered = f"{outcome}: {because}"
