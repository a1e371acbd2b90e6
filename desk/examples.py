"""Keeps pages of a platform's site as examples beside its file, with no person's name in them."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.facts import Outcome
from config.errors import UsageError
from config.platform import Condition, Platform
from crawler.page import reading, results
from crawler.reading.scrub import left, people, scrubbed
from crawler.signs import Page
from desk import crawls
from desk.context import Desk
from desk.newcomer import folder_of
from desk.whole import write_whole

if TYPE_CHECKING:  # it brings Scrapy along
    from crawler.example import Example

HEADS = {"content-type", "content-language", "server"}  # kept, and those that a sign looks at


@dataclass(frozen=True)
class Saved:
    """One example that was kept."""

    file: Path
    said: Outcome | Condition
    because: str


def save(here: Desk, name: str, term: str) -> tuple[list[Saved], str]:
    """Ask the site of platform NAME for TERM and keep the search and its first listing; and why one did not come."""
    site = here.platform(name)
    (spider,) = crawls.example(here, site.name, term)
    names = tuple(dict.fromkeys(name for each in spider.examples for name in people(site, each.page)))
    kept = [_cleaned(site, term, each, names) for each in spider.examples]
    return [_written(here, site, term, each) for each in kept], spider.put_off or spider.unanswered


def _cleaned(site: Platform, term: str, each: "Example", names: Iterable[str]) -> "Example":
    """EACH without people; UsageError, and nothing is kept, where it would then no longer read as it did."""
    keys = {lead.key for lead in results(site, each.page, term, 1).leads} | {each.key}
    told = HEADS | {name for sign in (*site.signs, *site.walls) for name in sign.header}
    head = [(name, scrubbed(value, names)) for name, value in each.page.headers if name.lower() in told]
    clean = replace(each.page, html=scrubbed(each.page.html, names, keys), headers=tuple(head))
    if still := left(clean.html, names):
        raise UsageError(f"{site.name}: {len(still)} names of sellers would be left in the page; nothing was kept")
    if list(_read(site, clean, term, each)) != list(_read(site, each.page, term, each)):
        raise UsageError(
            f"{site.name}: without its sellers' names a page no longer reads as it did; nothing was kept. "
            "See what [search.card] seller and [listing] seller choose"
        )
    return replace(each, page=clean)


def _read(site: Platform, page: Page, term: str, each: "Example") -> Iterator[object]:
    """What PAGE says, but for its sellers."""
    if each.key:
        said = reading(site, page)
        yield from (said.condition, said.cause, said.title, said.price, said.images, bool(said.seller))
        return
    found = results(site, page, term, 1)
    yield found.outcome
    yield from ((lead.key, lead.title, lead.price, lead.image, bool(lead.seller)) for lead in found.leads)


def _written(here: Desk, site: Platform, term: str, each: "Example") -> Saved:
    folder = folder_of(here, site.name)
    folder.mkdir(parents=True, exist_ok=True)
    kind = each.said if each.said not in (Outcome.HITS, Condition.LIVE) else ""
    stem = "-".join(_plain(part) for part in ("item" if each.key else "search", str(kind), each.key or term) if part)
    file = folder / f"{stem}.html"
    page = each.page
    head = {"url": page.url, "final_url": page.final_url, "status": page.status, "term": "" if each.key else term}
    head |= {"headers": [list(pair) for pair in page.headers]}
    write_whole(file, page.html.encode())
    write_whole(file.with_suffix(".head.json"), (json.dumps(head, ensure_ascii=False, indent=1) + "\n").encode())
    return Saved(file, each.said, each.because)


def _plain(part: str) -> str:
    """PART as a piece of a file's name on any system."""
    return re.sub(r"[^\w.-]+", "_", part)[:60].strip("._") or "page"
