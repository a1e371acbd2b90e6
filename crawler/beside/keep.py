"""Turns what was seen in the volunteer's browser into rows of the archive, without what is the volunteer's own."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
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
from archive.questions.beside import UNTRIED
from archive.questions.report import ANSWERED
from archive.rows import sweep
from archive.vault import Vault
from config.errors import UsageError
from config.platform import AWAY, READ, SHUT, Condition, Platform
from config.settings import Settings, overlay
from crawler import environment
from crawler.beside.address import Shows, led_to, same, shows
from crawler.beside.blackout import MOST, Own, blacked, portraits
from crawler.beside.brought import came, refusal, undelivered
from crawler.beside.frames import recorded
from crawler.beside.goods import platforms, titles
from crawler.beside.mhtml import cleaned
from crawler.beside.noted import Noted, What
from crawler.beside.sayings import Sayings
from crawler.beside.seen import Seen
from crawler.beside.trust import Trust
from crawler.evidence import derived, lost, said_date, unanswered
from crawler.live import room
from crawler.page import WALLS, Results, led, page_shown, reading, results
from crawler.queries import with_terms
from crawler.reading.heads import without_secrets
from crawler.ready import matcher
from crawler.script import Proven
from crawler.signs import Led, Page, found

ALONE = "no other listing read live before it while this person browsed, with no wall and no failure since"
MEMORY = "it came from the browser's own memory; to record it as it is now, load it again"
NO_PAGE = "no page came: the browser showed an error of its own"
KILLED = "it was killed, and could not write its end"


class Keeper:
    """Keeps what one volunteer saw on one platform, from the beginning of a session to its end."""

    def __init__(
        self, vault: Vault, site: Platform, settings: Settings, own: Own, clock: Callable[[], datetime], by: str
    ) -> None:
        self._vault, self._site, self._settings, self._own, self._clock = vault, site, settings, own, clock
        self._matcher = matcher(overlay(vault.workspace))
        self._terms = lru_cache(MOST)(lambda word: {each.term for each in self._matcher.judge(word).matches})
        self._reader = reader(site)
        self._sayings = Sayings(own, site)
        self._whole = platforms(site, self._reader)
        self._proven = Proven()
        self._cards: dict[str, set[str]] = {}  # of each search page: the keys that were kept
        self._outcomes: dict[str, Outcome] = {}
        self._trust = Trust()
        self.address: Callable[[str], str] = lambda _: ""  # from which an address was answered
        self.browser = ""  # its name and version
        self._here = environment.program() | environment.machine() | _asking(vault, site, by)
        told = hashlib.sha256(f"attended\n{site.model_dump_json()}".encode()).hexdigest()
        self._round = Round(site.name, How.ATTENDED, by, clock(), environment.TOOL, told)
        self.sweep_id = 0

    def begin(self) -> None:
        """Write that the session has begun, and that those have ended that were killed: the profile is ours alone."""
        for left in crawl.open_sweeps(self._vault, self._site.name, How.ATTENDED):
            intake.take(self._vault, sweep.ended(left.id, Ended.CUT_OFF, KILLED, self._clock()))
        self.sweep_id = intake.take(self._vault, sweep.begun(self._round, []))

    def end(self, how: Ended, because: str) -> None:
        """Write HOW the session has ended."""
        intake.take(self._vault, sweep.ended(self.sweep_id, how, because, self._clock()))

    def take(self, seen: Seen) -> list[Noted]:
        """Keep what was SEEN, if it is a search, a listing or a wall; what the volunteer is to know of it."""
        self._own.shown(seen.own.words, portraits(self._site, seen.own.pictures))
        what = led_to(self._site, seen.asked, seen.url)
        page = self._page(seen)  # judged as it came; what is kept of it is blacked out behind that
        spared = self._spared(page, what)
        exchanges = blacked(self._ours(seen), self._own, self._site)
        if what.key:
            return spared + self._listing(seen, what.key, page, exchanges)
        return spared + self._search(seen, what, page, exchanges)

    def _spared(self, page: Page, what: Shows) -> list[Noted]:
        """Leave words that name goods, which anybody may have written to the volunteer; which are left from now."""
        new = self._own.spare([*titles(self._site, self._reader, page, what), *self._whole], self._terms)
        return [Noted(What.SPARED, f"{word}: it names goods here. If it is yours: --own {word}") for word in new]

    def abroad(self, asked: str, url: str) -> list[Noted]:
        """Keep that ASKED led to URL of another site, if the platform's file knows that as a wall; nothing of it."""
        signs = [sign for sign in (*self._site.signs, *self._site.walls) if sign.url and sign.means in WALLS]
        hit = found(signs, Page(asked, url, 200, ""), Led.ABROAD)
        if hit is None:
            return []
        return self._not_shown(asked, hit.sign.means, self._sayings.text(hit.because))

    def unanswered(self, asked: str) -> list[Noted]:
        """Keep that at ASKED, an address of the platform's, no page came."""
        return self._not_shown(asked, Condition.UNREACHABLE, NO_PAGE)

    def _not_shown(self, asked: str, means: Condition, because: str) -> list[Noted]:
        """Keep that of what ASKED names nothing was to be seen; where it names nothing, a wall alone is kept."""
        what, told = shows(self._site, asked), Results(WALLS[means], because)
        if what.key:
            return self._looked(what.key, self._blank(asked), Reading(means, because))
        return self._searched(asked, what, told, (), ()) if what.term or told.outcome in crawl.WALLS else []

    def _blank(self, asked: str) -> Snapshot:
        """A look at ASKED that showed nothing."""
        url = self._sayings.address(asked)
        told = self._here | environment.clock(datetime.now(UTC), "", self._settings.zone)
        told |= {"vantage": "browser", "browser": self.browser, "profile": "attended"}
        return Snapshot(url, url, None, self._clock(), told)

    def _ours(self, seen: Seen) -> tuple[Exchange, ...]:
        """What brought the page that was SEEN, but for other sites' documents."""
        ours = (each for each in seen.exchanges if each.kind != "Document" or recorded(self._site, each.url))
        return tuple(replace(each, address=self.address(each.url)) for each in ours)

    def _page(self, seen: Seen) -> Page:
        """The page that was SEEN, as it came."""
        asked, final = without_secrets(seen.asked), without_secrets(seen.url)
        brought = document(Snapshot(final, final, None, self._clock(), {}, self._ours(seen)))
        body, told = (brought.payload if brought else None) or b"", seen.headers
        return page_shown(seen.dom, body, url=asked, final_url=final, status=seen.status, headers=told)

    def _search(self, seen: Seen, what: Shows, page: Page, exchanges: Sequence[Exchange]) -> list[Noted]:
        told = self._sayings.results(self._results(page, what))
        if not what.term and (told.outcome not in crawl.WALLS or seen.cached):
            return []
        place = f"{same(self._site, seen.url)}\n{what.term}"
        if seen.cached:
            return self._remembered(place, what.term, told)
        before = self._cards.setdefault(place, set())
        new = [(lead, self._matcher.judge(lead.title)) for lead in told.leads if lead.key not in before]
        if not new and self._outcomes.get(place) is told.outcome:
            return []
        self._outcomes[place] = told.outcome
        before |= {lead.key for lead, _ in new}
        if told.outcome is Outcome.HITS:
            self._proven.hit(what.term, [lead.title for lead in told.leads])
        banned = told.outcome is Outcome.BANNED_TERM_NOTICE
        files = refusal(seen, self._sayings.page(page), exchanges) if banned else ()
        return self._searched(page.url, what, told, new, files)

    def _remembered(self, place: str, term: str, told: Results) -> list[Noted]:
        """Keep nothing of a search for which the site was not asked, but what may come of scrolling; said once."""
        known = place in self._cards
        self._cards.setdefault(place, set()).update(lead.key for lead in told.leads)
        return [] if known else [Noted(What.LOST, f"{term}: {MEMORY}", term)]

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
        this = Searched(self.sweep_id, what.term, what.page, self._sayings.address(url), told.outcome, told.because,
                        self._clock(), kept)  # fmt: skip
        intake.take(self._vault, sweep.searched(this, None, False, files), files)
        suspects = tuple(lead for lead, judged in kept if judged.suspect)
        self._trust.searched(told.outcome)
        words = f"{what.term or this.url}: {told.outcome}"
        if told.outcome is Outcome.HITS:
            words += f" {len(kept)} cards, {len(suspects)} suspect"
        else:
            words += f" ({told.because})"
        missed = What.FAILED if told.outcome in UNTRIED else What.SEARCH
        kind = What.WALL if told.outcome in crawl.WALLS else missed
        noted = [Noted(kind, words, what.term, suspects=suspects)]
        return noted + (self._dealt_with() if told.outcome in ANSWERED else [])

    def _listing(self, seen: Seen, key: str, page: Page, exchanges: tuple[Exchange, ...]) -> list[Noted]:
        if seen.cached:
            return [Noted(What.LOST, f"{key}: {MEMORY}", key=key)]
        plain = reading(self._site, page)
        said = self._sayings.reading(self._doubted(plain, key))
        noted = self._looked(key, self._snapshot(seen, page, exchanges, said, self._trust.control(key)), said, plain)
        told = said.condition is Condition.LIVE or (said.condition in READ and self._by_itself(page))
        return noted + (self._dealt_with() if told else [])

    def _looked(self, key: str, snapshot: Snapshot, said: Reading, plain: Reading | None = None) -> list[Noted]:
        """Keep a look at the listing KEY; PLAIN: how it read, before that was doubted."""
        url = self._site.url_of(key)
        shut = "" if said.condition in READ else said.because
        first = todo.Task(todo.Kind.CHECK, f"visit:{self._site.name}:{key}", self._site.name, snapshot.at,
                          {"key": key, "url": url})  # fmt: skip
        capture.take(self._vault, first, url, snapshot, said, shut)
        self._trust.read(key, url, (plain or said).condition)
        missed = What.FAILED if said.condition is Condition.UNREACHABLE else What.LISTING
        kind = What.WALL if said.condition in SHUT else missed
        words = f"{key}: {said.condition}" + (f" {said.title}" if said.title else f" ({said.because})")
        return [Noted(kind, words, key=key)]

    def _by_itself(self, page: Page) -> bool:
        """Whether PAGE says by more than a status what became of its listing, and nothing failed before."""
        placed = [sign for sign in self._site.signs if sign.placed]
        return not self._trust.shut and found(placed, page, led(self._site, page)[0]) is not None

    def _doubted(self, said: Reading, key: str) -> Reading:
        """SAID; but of what read live before, nothing is away while nothing else of the site reads live."""
        known = next((each for each in checks.watched(self._vault, [self._site.name]) if each.key == key), None)
        if said.condition not in AWAY or self._trust.control(key) or known is None or known.last_live is None:
            return said
        because = f"{said.condition} by {said.because}, which is not believed: {ALONE}"
        return replace(said, condition=Condition.UNREADABLE, cause=None, because=because)

    def _snapshot(
        self, seen: Seen, page: Page, exchanges: tuple[Exchange, ...], said: Reading, control: str
    ) -> Snapshot:
        pictures = self._sayings.pictures(seen.remembered, said.images)
        there, shown = came(exchanges) | pictures.keys(), self._sayings.page(page)
        missing = (*seen.missing, *undelivered(exchanges), *lost(said, there))
        told = self._environment(seen, exchanges, page.final_url, len(pictures))
        return Snapshot(
            url=shown.url,
            final_url=shown.final_url,
            status=None if seen.within else seen.status,
            at=self._clock(),
            environment=told | ({"control": f"{control} read live before"} if control else {}),
            exchanges=exchanges,
            exhibits=(
                *self._derived(seen, shown),
                *map(self._sayings.room, room(self._site, page)),
                *pictures.values(),
            ),
            missing=tuple(map(self._sayings.text, missing)),
        )

    def _derived(self, seen: Seen, page: Page) -> tuple[Exhibit, ...]:
        mhtml = cleaned(seen.mhtml, self._own, self._site)
        return derived(dom=page.html, text=self._sayings.text(seen.text), screenshot=seen.screenshot, mhtml=mhtml)

    def _environment(self, seen: Seen, exchanges: Sequence[Exchange], url: str, remembered: int) -> dict[str, str]:
        told = self._here | environment.clock(datetime.now(UTC), said_date(exchanges), self._settings.zone)
        told |= {"vantage": "browser", "browser": self.browser, "profile": "attended", "view": seen.view}
        told |= {"own": self._kept_out()}
        told |= {"address": address} if (address := self.address(url)) else {}
        told |= {"within": "a document that went on to it by itself, without loading"} if seen.within else {}
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
