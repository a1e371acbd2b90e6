"""Holds a platform's file against its site as it is today, by pages that a robot may ask for or a person brought."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.questions import recorded
from config.errors import UsageError
from config.platform import Part, Platform
from config.reading import Strict, read_json
from config.reading import shown as named
from crawler.drift.findings import Finding, Said, findings
from crawler.drift.pages import Kind, Shown, borne_out, own_addresses
from crawler.page import page_of
from crawler.reading.heads import Headers
from desk import crawls
from desk.context import Desk
from desk.rewriting import Standing
from desk.show import line, table

SAVED_FROM = re.compile(rb"<!-- saved from url=\(\d+\)(\S+) -->")  # as browsers write it into a page that they save
HEAD = 2000  # bytes of a page in which that stands


class Head(Strict):
    """How a saved page came, as FILE.head.json beside it says."""

    url: str = ""
    final_url: str = ""
    status: int = 200
    headers: Headers = ()
    term: str = ""  # that was searched


@dataclass(frozen=True)
class Checked:
    """What was found of a platform's file."""

    findings: list[Finding]
    shown: list[str]  # which pages it was held against
    not_shown: str  # why a page did not come
    diff: list[str]  # of the file, by what today's pages bear out; none where they say nothing
    written: str  # the file that was written; "" where none was


def check(here: Desk, name: str, term: str, saved: Sequence[Path], *, write: bool) -> Checked:
    """Hold the file of platform NAME against its site: pages SAVED, or those that a robot gets, or recorded ones."""
    site = here.platform(name)
    if saved:
        pages, why = [_saved(site, file) for file in saved], ""
    elif site.searching:
        pages, why = _asked(here, site, term or site.search.canary)
    else:
        pages, why = _recorded(here, site), ""
    read = site.beside if site.searching is None and site.browsing and site.browsing.card else site
    parts = borne_out(read, pages)
    file = Standing(here.overlay, name)
    verified = [part for part in Part if parts.get(part, part in site.verified)]
    text = file.with_(here.clock().astimezone(here.settings.zone).date(), verified) if parts else ""
    diff = file.diff(text) if text else []
    if write and diff:
        file.write(text)
    told = [f"{each.kind}: {each.page.final_url}" for each in pages]
    return Checked(findings(read, pages), told, why, diff, named(file.file) if write and diff else "")


def tell(found: Checked) -> None:
    """Print what was FOUND, the lines that changed first; and how the file would change, or was changed."""
    for each in found.shown:
        line(each)
    order = (Said.NOTHING, Said.MATCHED, Said.UNKNOWN)
    rows = sorted(found.findings, key=lambda each: order.index(each.said))
    table(("said", "line", "chooses", "how"), ((r.said, r.line, r.chooses, _how(r)) for r in rows))
    for each in found.diff:
        line(each)
    if found.written:
        line(f"{found.written}: written")
    elif found.diff:
        line("Nothing was written. To write this into the workspace: the same with --write")


def _how(finding: Finding) -> str:
    count = f"{finding.count} times" if finding.count else ""
    return "; ".join(filter(None, (count, finding.because, finding.near)))


def _asked(here: Desk, site: Platform, term: str) -> tuple[list[Shown], str]:
    """A search, its first listing and one that never was, as a robot is shown them."""
    (spider,) = crawls.example(here, site.name, term, never=True)
    pages = [
        Shown(Kind.NEVER if each.never else Kind.LISTING if each.key else Kind.SEARCH, each.page, term)
        for each in spider.examples
    ]
    return pages, spider.put_off or spider.unanswered


def _recorded(here: Desk, site: Platform) -> list[Shown]:
    """What was recorded of the site last, beside a person who browsed it."""
    pages = [
        Shown(
            Kind.SEARCH if each.term else Kind.LISTING,
            page_of(each.body, url=each.url, final_url=each.final_url, status=each.status),
            each.term,
        )
        for each in recorded.latest(here.vault, site.name)
    ]
    if not pages:
        raise UsageError(
            f"{site.name}: a person looks there, no robot ({site.unsearched}), and no page of it was recorded here. "
            f"Save some in your browser (as HTML) and name them: wildfree platform check {site.name} --saved FILE"
        )
    return pages


def _saved(site: Platform, file: Path) -> Shown:
    """The page that a person saved: its address stands beside it, or in it."""
    body, beside = file.read_bytes(), file.with_suffix(".head.json")
    head = read_json(beside, Head) if beside.exists() else Head()
    url = head.url or _address(body)
    if not url or not site.owns(url):
        whose = f"is of {url}, which is no address of {site.name}" if url else "does not say which address it is of"
        raise UsageError(f"--saved {file}: {whose}. Save the page of {site.name} itself in your browser, as HTML")
    page = page_of(body, url=url, final_url=head.final_url, status=head.status, headers=head.headers)
    return Shown(Kind.LISTING if site.key_of(url) else Kind.SEARCH, page, head.term)


def _address(body: bytes) -> str:
    if saved := SAVED_FROM.search(body[:HEAD]):
        return saved[1].decode("utf-8", "replace")
    return next(iter(own_addresses(page_of(body, url=""))), "")
