"""A spider that asks a platform for one search and its first listing, as examples to write the platform's file by."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.facts import Outcome
from config.platform import Condition, element
from crawler.guest import Guest, failed, page_from
from crawler.page import reading, results
from crawler.signs import Page


@dataclass(frozen=True)
class Example:
    """One page as it answered, and what the platform's file makes of it today."""

    key: str  # of the listing; "" for the search
    page: Page
    said: Outcome | Condition
    because: str


class ExampleSpider(Guest):
    """Asks for `term` and opens the first listing found; `examples` holds the pages. The archive is told nothing."""

    name = "example"

    def __init__(self, term: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._term = term
        self.examples: list[Example] = []
        self.unanswered = ""  # why a page did not come
        self.step(0, 2)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the search."""
        search = self.site.search
        url = self.site.search_url(self._term, 1)
        marks = [search.card.each, *(words.where for words in (search.zero, search.banned) if words)]
        ask = self.ask(url, marks, grows=element(search.card.each)) if self.site.browser else None
        yield self.request(url, ask, callback=self.parse_results, errback=self.no_answer)

    async def parse_results(self, response: Response) -> Any:
        """Take the search page, and go to the first listing on it."""
        page = page_from(response, self.site.search_url(self._term, 1))
        seen = results(self.site, page, self._term, 1)
        self.examples.append(Example("", page, seen.outcome, seen.because))
        self.step(1, 0)
        if seen.leads:
            key, url = seen.leads[0].key, seen.leads[0].url
            ask = self.ask(url, [self.site.listing.title]) if self.site.browser else None
            more = {"callback": self.parse_listing, "errback": self.no_answer, "cb_kwargs": {"key": key, "url": url}}
            yield self.request(url, ask, **more)

    async def parse_listing(self, response: Response, key: str, url: str) -> None:
        """Take the listing's page."""
        page = page_from(response, url)
        said = reading(self.site, page)
        self.examples.append(Example(key, page, said.condition, said.because))
        self.step(1, 0)

    async def no_answer(self, failure: Failure) -> None:
        """Remember why no page came."""
        outcome, because = failed(failure)
        self.unanswered = f"{outcome}: {because}"
