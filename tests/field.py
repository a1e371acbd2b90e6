"""An archive that a test fills as the spiders and the desk do, on a clock of its own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from archive import capture, intake, todo
from archive.facts import (
    Asked,
    Brought,
    Decision,
    Drafted,
    Ended,
    Exchange,
    Exhibit,
    How,
    Judged,
    Lead,
    Opinion,
    Outcome,
    Reading,
    Role,
    Round,
    Searched,
    Snapshot,
    Stage,
)
from archive.questions import checks
from archive.rows import letter, sweep, tip, verdict
from archive.vault import Vault
from config.platform import READ, Condition
from tests.letters import case

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, 20, tzinfo=UTC)  # the next day already in Shanghai
SELLER = "诚信收藏老铺"
PNG = case.screenshot(1)


def url(key: str) -> str:
    return f"https://market.example/item/{key}"


def exchange(
    url: str, body: bytes, at: datetime, *, kind: str = "Document", media_type: str = "text/html"
) -> Exchange:
    """An answer as a plain server would give it."""
    request = f"GET {url} HTTP/1.1\r\n\r\n"
    response = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
    return Exchange(url, "GET", kind, at, request, 200, response, "HTTP/1.1", "127.0.0.1", body, media_type)


@dataclass
class Field:
    """An archive that a test fills as the spiders do, on a clock of its own."""

    vault: Vault
    at: datetime = START
    sweeps: dict[str, int] = field(default_factory=dict)

    def sweep(self, platform: str = "market") -> int:
        this = Round(platform, How.ROBOT, "tester", self.at, "test", "0" * 64)
        self.sweeps[platform] = intake.take(self.vault, sweep.begun(this, []))
        return self.sweeps[platform]

    def end(self, outcome: Ended = Ended.COMPLETE, because: str = "all answered", platform: str = "market") -> None:
        intake.take(self.vault, sweep.ended(self.sweeps[platform], outcome, because, self.at))

    def search(self, term: str, outcome: Outcome, because: str = "", platform: str = "market", **keys: str) -> None:
        """A search page that showed a suspect card for each KEY=title."""
        judged = Judged("", True, 0.9)
        cards = [
            (Lead(platform, key[1:], url(key[1:]), title, term, rank, "1", SELLER), judged)
            for rank, (key, title) in enumerate(keys.items(), 1)
        ]
        this = Searched(self.sweeps[platform], term, 1, url("s"), outcome, because, self.at, tuple(cards))
        intake.take(self.vault, sweep.searched(this, None, False))

    def look(
        self, key: str, condition: Condition, *, after: timedelta = DAY, pictured: bool = False, **said: Any
    ) -> int:
        """A look at listing KEY, AFTER the last thing that happened."""
        self.at += after
        facts = {"title": f"象牙手串 {key}", "because": f"sign of {condition}", "seller": SELLER} | said
        reading = Reading(condition, **facts)
        page = f"<h1>{reading.title}</h1>{url(key)}".encode()
        delivered = (exchange(url(key), page, self.at),) if condition in READ else ()
        shown = (Exhibit(Role.SCREENSHOT, PNG, "image/png"),) if pictured else ()
        snapshot = Snapshot(url(key), url(key), 200, self.at, {"tool": "test"}, delivered, shown)
        task = todo.Task(todo.Kind.CHECK, f"check:{key}:{self.at}", "market", self.at, {"key": key, "url": url(key)})
        return capture.take(self.vault, task, url(key), snapshot, reading)

    def letter(self, number: str, *keys: str) -> None:
        """A letter that names the listings KEYS, an hour after the last look."""
        self.at += timedelta(hours=1)
        watched = {each.key: each for each in checks.watched(self.vault)}
        asked = tuple(
            Asked(watched[key].listing_id, watched[key].looks[-1].id, ("law",), self.at + DAY) for key in keys
        )
        files = [Exhibit(Role.LETTER, number.encode(), "text/plain")] * 3
        this = Drafted(number, "removal", "1", "market", "zh", self.at, "tester", asked)
        intake.take(self.vault, letter.drafted(this), files)

    def step(self, number: str, what: Stage) -> None:
        """A further step of the letter NUMBER, an hour after the last thing that happened."""
        self.at += timedelta(hours=1)
        intake.take(self.vault, letter.stepped(number, what, self.at, "tester", "why"))

    def tip(self, key: str) -> int:
        """A link to listing KEY, as somebody brings it; answers the tip's id."""
        this = Brought("a visitor", self.at, url(key), "", "market", key, url(key))
        return intake.take(self.vault, tip.brought(this))

    def opinion(self, key: str, decision: Decision = Decision.ILLEGAL, by: str = "a reviewer") -> int:
        """What BY says of listing KEY, having seen the last look at it; answers the listing's id."""
        self.at += timedelta(hours=1)
        (each,) = [each for each in checks.watched(self.vault) if each.key == key]
        this = Opinion(each.listing_id, each.looks[-1].id, by, self.at, decision, "Loxodonta africana", why="seen")
        intake.take(self.vault, verdict.said(this))
        return each.listing_id
