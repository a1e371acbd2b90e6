"""Turns what was seen in the volunteer's browser into rows of the archive, without what is the volunteer's own."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from archive import capture, intake, pause, todo
from archive.facts import (
    Ended,
    Exchange,
    Exhibit,
    How,
    Judged,
    Lead,
    Outcome,
    Reading,
    Round,
    Searched,
    Snapshot,
)
from archive.manifest import document
from archive.questions import checks, crawl
from archive.questions.report import ANSWERED
from archive.rows import sweep
from archive.vault import Vault
from config.errors import UsageError
from config.platform import AWAY, READ, SHUT, Condition, Platform
from config.settings import Settings, overlay
from crawler import environment
from crawler.banned_notice import notice
from crawler.beside.address import Shows, same, shows
from crawler.beside.blackout import MOST, Own, blacked, portraits
from crawler.beside.frames import recorded
from crawler.beside.goods import titles
from crawler.beside.mhtml import cleaned
from crawler.beside.seen import Seen
from crawler.evidence import derived, lost, said_date, unanswered
from crawler.live import room
from crawler.page import WALLS, Results, page_shown, reading, results
from crawler.queries import with_terms
from crawler.reading.heads import without_secrets
from crawler.ready import matcher
from crawler.script import Proven
from crawler.signs import Led, Page, found

KEPT = (*crawl.WALLS, Outcome.BANNED_TERM_NOTICE)  # of pages that are no search
ALONE = "nothing else of the site read live before it while this person browsed"


class What(StrEnum):
    """What became known of a page."""

    SEARCH = "search"
    LISTING = "listing"
    WALL = "wall"
    LOST = "not recorded"
    GOES_ON = "goes on"
    SPARED = "left visible"


@dataclass(frozen=True)
class Noted:
    """One thing for the volunteer to know."""

    what: What
    words: str
    term: str = ""
    key: str = ""
    suspects: tuple[Lead, ...] = ()


class Keeper:
    """Keeps what one volunteer saw on one platform, from the beginning of a session to its end."""

    def __init__(
        self, vault: Vault, site: Platform, settings: Settings, own: Own, clock: Callable[[], datetime], by: str
    ) -> None:
        self._vault, self._site, self._settings, self._own, self._clock = vault, site, settings, own, clock
        self._matcher = matcher(overlay(vault.workspace))
        self._terms = lru_cache(MOST)(lambda word: {each.term for each in self._matcher.judge(word).matches})
        self._reader = reader(site)
        self._proven = Proven()
        self._cards: dict[str, set[str]] = {}  # of each search page: the keys that were kept
        self._outcomes: dict[str, Outcome] = {}
        self._live = ""  # the address that read live last
        self.term = ""  # that was searched last
        self.address: Callable[[str], str] = lambda _: ""  # from which an address was answered
        self.browser = ""  # its name and version
        self._here = environment.program() | environment.machine() | _asking(vault, site, by)
        told = hashlib.sha256(f"attended\n{site.model_dump_json()}".encode()).hexdigest()
        self._round = Round(site.name, How.ATTENDED, by, clock(), environment.TOOL, told)
        self.sweep_id = 0

    def begin(self) -> None:
        """Write that the session has begun."""
        self.sweep_id = intake.take(self._vault, sweep.begun(self._round, []))

    def end(self, how: Ended, because: str) -> None:
        """Write HOW the session has ended."""
        intake.take(self._vault, sweep.ended(self.sweep_id, how, because, self._clock()))

    def take(self, seen: Seen) -> list[Noted]:
        """Keep what was SEEN, if it is a search, a listing or a wall; what the volunteer is to know of it."""
        self._own.shown(seen.own.words, portraits(self._site, seen.own.pictures))
        what = shows(self._site, seen.asked)
        here = shows(self._site, seen.url)
        what = what if what.key or what.term else here
        spared = self._spared(seen, what)
        page, exchanges = self._read(seen)
        if what.key:
            return spared + self._listing(seen, what.key, page, exchanges)
        return spared + self._search(seen, what, page, exchanges)

    def _spared(self, seen: Seen, what: Shows) -> list[Noted]:
        """Leave words that name goods, which anybody may have written to the volunteer; which are left from now."""
        new = self._own.spare(titles(self._site, self._reader, seen, what.term), self._terms)
        return [Noted(What.SPARED, f"{word}: it names goods here. If it is yours: --own {word}") for word in new]

    def abroad(self, asked: str, url: str) -> list[Noted]:
        """Keep that ASKED led to URL of another site, if the platform's file knows that as a wall; nothing of it."""
        signs = [sign for sign in (*self._site.signs, *self._site.walls) if sign.url and sign.means in WALLS]
        hit = found(signs, Page(asked, url, 200, ""), Led.ABROAD)
        if hit is None:
            return []
        what = shows(self._site, asked)
        return self._searched(asked, what, Results(WALLS[hit.sign.means], hit.because), (), ())

    def _read(self, seen: Seen) -> tuple[Page, tuple[Exchange, ...]]:
        """The page without what is the volunteer's own, and what brought it."""
        ours = (each for each in seen.exchanges if each.kind != "Document" or recorded(self._site, each.url))
        exchanges = tuple(replace(each, address=self.address(each.url)) for each in ours)
        exchanges = blacked(exchanges, self._own, self._site)
        final = self._black(seen.url)
        brought = document(Snapshot(final, final, None, self._clock(), {}, exchanges))
        body = (brought.payload if brought else None) or b""
        asked = self._black(seen.asked)
        dom = self._black(seen.dom)
        return page_shown(dom, body, url=asked, final_url=final, status=seen.status, headers=seen.headers), exchanges

    def _black(self, text: str) -> str:
        return self._own.out_of_text(without_secrets(text))

    def _search(self, seen: Seen, what: Shows, page: Page, exchanges: Sequence[Exchange]) -> list[Noted]:
        told = self._results(page, what)
        if not what.term:
            if told.outcome not in KEPT:
                return []
            what = Shows(term=self.term)
        self.term = what.term
        files = _notice(seen, page, exchanges) if told.outcome is Outcome.BANNED_TERM_NOTICE else ()
        place = f"{same(self._site, seen.url)}\n{what.term}"
        before = self._cards.setdefault(place, set())
        new = [(lead, self._matcher.judge(lead.title)) for lead in told.leads if lead.key not in before]
        if not new and self._outcomes.get(place) is told.outcome:
            return []
        self._outcomes[place] = told.outcome
        before |= {lead.key for lead, _ in new}
        if told.outcome is Outcome.HITS:
            self._proven.hit(what.term, [lead.title for lead in told.leads])
        return self._searched(page.url, what, told, new, files)

    def _results(self, page: Page, what: Shows) -> Results:
        """What a page of a search turned out to be; without cards in the file, all but walls is unreadable."""
        if self._reader is not None:
            told = results(self._reader, page, what.term, what.page)
            if told.outcome is Outcome.CONFIRMED_ZERO and what.page == 1 and not self._proven.believes(what.term):
                because = f"no search in this script has found anything in this session: {told.because}"
                return Results(Outcome.UNREADABLE, because)
            return told
        signs = [sign for sign in (*self._site.signs, *self._site.walls) if sign.means in WALLS]
        if hit := found(signs, page):
            return Results(WALLS[hit.sign.means], hit.because)
        return Results(Outcome.UNREADABLE, f"the file of {self._site.name} does not say where cards stand")

    def _searched(
        self, url: str, what: Shows, told: Results, new: Sequence[tuple[Lead, Judged]], files: Sequence[Exhibit]
    ) -> list[Noted]:
        kept = tuple(with_terms(self._site, new)) if self._site.searching else tuple(new)
        this = Searched(self.sweep_id, what.term, what.page, self._black(url), told.outcome, told.because,
                        self._clock(), kept)  # fmt: skip
        intake.take(self._vault, sweep.searched(this, None, False, files), files)
        suspects = tuple(lead for lead, judged in kept if judged.suspect)
        words = f"{what.term}: {told.outcome}"
        if told.outcome is Outcome.HITS:
            words += f" {len(kept)} cards, {len(suspects)} suspect"
        else:
            words += f" ({told.because})"
        kind = What.WALL if told.outcome in crawl.WALLS else What.SEARCH
        noted = [Noted(kind, words, what.term, suspects=suspects)]
        return noted + (self._dealt_with() if told.outcome in ANSWERED else [])

    def _listing(self, seen: Seen, key: str, page: Page, exchanges: tuple[Exchange, ...]) -> list[Noted]:
        if seen.cached:
            because = "it came from the browser's own memory; to record it as it is now, load it again"
            return [Noted(What.LOST, f"{key}: {because}", key=key)]
        said = self._doubted(reading(self._site, page), key)
        snapshot = self._snapshot(seen, page, exchanges, said)
        url = self._site.url_of(key)
        shut = "" if said.condition in READ else said.because
        first = todo.Task(todo.Kind.CHECK, f"visit:{self._site.name}:{key}", self._site.name, snapshot.at,
                          {"key": key, "url": url})  # fmt: skip
        capture.take(self._vault, first, url, snapshot, said, shut)
        if said.condition is Condition.LIVE:
            self._live = url
        kind = What.WALL if said.condition in SHUT else What.LISTING
        words = f"{key}: {said.condition}" + (f" {said.title}" if said.title else f" ({said.because})")
        noted = [Noted(kind, words, key=key)]
        return noted + (self._dealt_with() if said.condition in READ else [])

    def _doubted(self, said: Reading, key: str) -> Reading:
        """SAID; but of what read live before, nothing is away while nothing of the site reads live."""
        known = next((each for each in checks.watched(self._vault, [self._site.name]) if each.key == key), None)
        if said.condition not in AWAY or self._live or known is None or known.last_live is None:
            return said
        because = f"{said.condition} by {said.because}, which is not believed: {ALONE}"
        return replace(said, condition=Condition.UNREADABLE, cause=None, because=because)

    def _snapshot(self, seen: Seen, page: Page, exchanges: tuple[Exchange, ...], said: Reading) -> Snapshot:
        pictures = {each.url: each for each in seen.remembered if each.url in said.images}
        came = _came(exchanges) | pictures.keys()
        return Snapshot(
            url=page.url,
            final_url=page.final_url,
            status=seen.status,
            at=self._clock(),
            environment=self._environment(seen, exchanges, page.final_url, len(pictures)),
            exchanges=exchanges,
            exhibits=(*self._derived(seen, page), *room(self._site, page), *pictures.values()),
            missing=tuple(map(self._black, (*seen.missing, *_undelivered(exchanges), *lost(said, came)))),
        )

    def _derived(self, seen: Seen, page: Page) -> tuple[Exhibit, ...]:
        mhtml = cleaned(seen.mhtml, self._own, self._site)
        return derived(dom=page.html, text=self._black(seen.text), screenshot=seen.screenshot, mhtml=mhtml)

    def _environment(self, seen: Seen, exchanges: Sequence[Exchange], url: str, remembered: int) -> dict[str, str]:
        told = self._here | environment.clock(datetime.now(UTC), said_date(exchanges), self._settings.zone)
        told |= {"vantage": "browser", "browser": self.browser, "profile": "attended", "view": seen.view}
        told |= {"own": self._kept_out()}
        told |= {"address": address} if (address := self.address(url)) else {}
        told |= {"control": f"{self._live} read live before"} if self._live else {}
        told |= {"remembered": f"{remembered} pictures as the browser had them in memory"} if remembered else {}
        return told | unanswered(exchanges)

    def _kept_out(self) -> str:
        if not (self._site.browsing and self._site.browsing.own):
            return "the file does not say where the volunteer's account stands"
        return f"blacked out: {len(self._own.words)} words, {len(self._own.pictures)} pictures"

    def _dealt_with(self) -> list[Noted]:
        """Let a sweep go on that waited for a person: a page of the platform could be read."""
        if not pause.dealt_with(self._vault, self._site.name):
            return []
        return [Noted(What.GOES_ON, f"{self._site.name} lets us read again: its sweep goes on at its next time")]


def reader(site: Platform) -> Platform | None:
    """SITE as its searches are read for a person; None where no file says where cards stand."""
    try:
        return site.beside
    except UsageError:
        return site if site.searching is not None and site.api is None else None


def _asking(vault: Vault, site: Platform, by: str) -> dict[str, str]:
    told = {"collector": environment.collector(vault.workspace, by)}
    return told | {"platform_file": hashlib.sha256(site.model_dump_json().encode()).hexdigest()}


def _notice(seen: Seen, page: Page, exchanges: Sequence[Exchange]) -> tuple[Exhibit, ...]:
    """What is kept of a search that the platform refuses: PAGE, and what of its EXCHANGES brought it."""
    body, kind = b"", ""
    for each in exchanges:
        if each.kind == "Document" and each.payload:
            body, kind = each.payload, each.media_type
    return notice(page.final_url, screenshot=seen.screenshot, payload=body, media_type=kind, dom=page.html)


def _undelivered(exchanges: Sequence[Exchange]) -> list[str]:
    """That the document itself could not be had as it was delivered."""
    documents = [each for each in exchanges if each.kind == "Document"]
    if any(each.payload for each in documents):
        return []
    why = documents[-1].missing if documents else "the browser told nothing of it"
    return [f"the document as delivered: {why}"]


def _came(exchanges: Sequence[Exchange]) -> set[str]:
    """The addresses at which a picture came, or that led on to one."""
    images = (each for each in exchanges if each.kind == "Image")
    return {each.url for each in images if each.payload or 300 <= (each.status or 0) < 400}
