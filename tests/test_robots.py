"""robots.txt is obeyed by every request, also by those that came while it was still being fetched."""

import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from sqlalchemy import select, update
from twisted.python.failure import Failure

from archive import todo
from archive.facts import Outcome
from archive.lane import Lane
from archive.models import Sweep, Visit
from archive.vault import Vault
from config.errors import ConfigError
from config.platform import platform
from config.progress import nowhere
from config.settings import Settings
from crawler.guest import real_clock
from crawler.manners import Postponed
from crawler.meta import GAP
from crawler.robots import MOST, Forbidden, Robots, Unknown
from crawler.run import crawl
from tests.conftest import Wildfree
from tests.site import HTML, RESULTS, Answer, Site, admit, describe, opened

PATHS = tuple(f"/forbidden/{number}" for number in range(6))
REASON = "the shop's owner allowed us in writing on 2026-11-01"
FORBID = "User-agent: *\nDisallow: /forbidden\n"
BOUND = 10.0  # seconds that anything awaited here may take
arrived = threading.Semaphore(0)  # one for each request that has come as far as the middleware of robots.txt


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


class Doorbell:
    """Stands before the middleware of robots.txt and says that one more request is there."""

    async def process_request(self, request: Request) -> None:
        arrived.release()


class Tourist(Spider):
    """Asks for all its addresses at once, by our own settings, and notes what became of each."""

    name = "tourist"
    custom_settings = {  # noqa: RUF012  (Scrapy's way)
        "CONCURRENT_REQUESTS_PER_DOMAIN": 6,
        "DOWNLOADER_MIDDLEWARES": {Doorbell: 90, Robots: 100, "crawler.manners.Manners": 950},
    }

    def __init__(self, urls: list[str], vault: Vault, gap: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls, self.vault, self.gap = urls, vault, gap
        self.allow = tuple({urlsplit(url).netloc for url in urls})
        base = f"http://{urlsplit(urls[0]).netloc}"
        self.site, self.settings_here, self.step = platform("market", base=base), Settings(), nowhere
        self.ignored_robots = ""
        self.answered: dict[str, int] = {}
        self.refused: dict[str, BaseException | None] = {}

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            meta = {GAP: self.gap}
            yield Request(url, self.seen, errback=self.failed, meta=meta, dont_filter=True)

    def seen(self, response: Response) -> None:
        self.answered[response.request.url if response.request else ""] = response.status

    def failed(self, failure: Failure) -> None:
        self.refused[failure.request.url] = failure.value  # type: ignore[attr-defined]  # Scrapy sets it


class Trusting(Tourist):
    """The same, obeying by Scrapy's own middleware."""

    name = "trusting"
    custom_settings = {  # noqa: RUF012
        "CONCURRENT_REQUESTS_PER_DOMAIN": 6,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOADER_MIDDLEWARES": {Doorbell: 90, "crawler.robots.Robots": None, RobotsTxtMiddleware: 100},
    }


@pytest.fixture
def tour(workspace: Path, site: Site) -> Iterator[Callable[..., Tourist]]:
    """tour("/a", "/b") asks the site for these paths at once."""
    with Vault.open(workspace) as vault:

        def go(*paths: str, spider: type[Tourist] = Tourist, base: str = "", gap: float = 0.0) -> Tourist:
            while arrived.acquire(blocking=False):
                pass
            urls = [(base or site.base) + path for path in paths]
            (done,) = crawl(spider, [{"urls": urls, "vault": vault, "gap": gap}])
            assert isinstance(done, Tourist)
            assert len(done.answered) + len(done.refused) == len(paths)
            return done

        yield go


def slow(site: Site, text: str) -> None:
    """Let robots.txt be answered only when all requests wait for it."""

    def answer() -> Answer:
        for _ in PATHS:
            assert arrived.acquire(timeout=BOUND), "not all requests came as far as robots.txt"
        return Answer(text, kind="text/plain")

    site.answers["/robots.txt"] = answer


def test_no_request_slips_through_while_robots_txt_is_being_fetched(tour: Callable[..., Tourist], site: Site) -> None:
    slow(site, FORBID)
    done = tour(*PATHS)
    assert site.asked() == ["/robots.txt"], "one look-up, and not one of the six pages"
    assert done.answered == {}
    assert {type(why) for why in done.refused.values()} == {Forbidden}
    for path in PATHS:
        assert str(done.refused[site.base + path]) == f"{site.base}/robots.txt does not admit {path}"


def test_the_hole_is_real_scrapys_own_middleware_lets_some_through(tour: Callable[..., Tourist], site: Site) -> None:
    slow(site, FORBID)
    done = tour(*PATHS, spider=Trusting)
    slipped = site.asked("/forbidden")
    assert site.asked("/robots.txt") == ["/robots.txt"]
    assert slipped, "Scrapy has mended its middleware: crawler/robots.py may be no longer needed; see its docstring"
    assert len(slipped) == len(done.answered) < len(PATHS)


def test_all_who_waited_pass_where_the_rules_admit_them(tour: Callable[..., Tourist], site: Site) -> None:
    slow(site, "User-agent: *\nDisallow: /elsewhere\n")
    done = tour(*PATHS)
    assert sorted(site.asked("/forbidden")) == sorted(PATHS)
    assert len(site.asked("/robots.txt")) == 1
    assert len(done.answered) == 6


def test_rules_for_us_by_name_stand_before_rules_for_all(tour: Callable[..., Tourist], site: Site) -> None:
    site.robots("User-agent: *\nDisallow: /\n\nUser-agent: wildfree\nDisallow: /item/2\n")
    done = tour("/item/1", "/item/2")
    assert list(done.answered) == [f"{site.base}/item/1"]
    assert list(done.refused) == [f"{site.base}/item/2"]
    assert all(asked.agent.startswith("wildfree/") for asked in site.log), "robots.txt names us, so we must say it"


def test_crawl_delay_widens_the_gap_and_never_narrows_it(tour: Callable[..., Tourist], site: Site) -> None:
    paths = ("/item/1", "/item/2", "/item/3")
    site.robots("User-agent: *\nCrawl-delay: 0.4\n")
    tour(*paths, gap=0.0)
    assert len(site.asked("/item")) == 3
    assert min(site.gaps[1:]) >= 0.36, "robots.txt asked for 0.4 s"
    site.log.clear()
    site.robots("User-agent: *\nCrawl-delay: 0.01\n")
    tour(*paths, gap=0.3)
    assert min(site.gaps) >= 0.27, "our own delay was longer"


@pytest.mark.parametrize("status", [500, 503, 302])
def test_a_robots_txt_that_has_no_answer_now_forbids_everything(
    tour: Callable[..., Tourist], site: Site, status: int
) -> None:
    site.robots("User-agent: *\nAllow: /\n", status=status)
    done = tour("/item/1", "/item/2")
    assert site.asked("/item") == []
    assert [str(why) for why in done.refused.values()] == [f"{site.base}/robots.txt: HTTP {status}"] * 2
    assert {type(why) for why in done.refused.values()} == {Unknown}, "not 'forbidden': nobody said so"


def test_a_robots_txt_that_asks_us_to_wait_puts_everything_off(tour: Callable[..., Tourist], site: Site) -> None:
    site.robots("User-agent: *\nAllow: /\n", status=429)
    done = tour("/item/1", "/item/2")
    assert site.asked() == ["/robots.txt"]
    assert {type(why) for why in done.refused.values()} == {Postponed}


def test_a_host_that_does_not_answer_is_not_asked_and_not_said_to_forbid(tour: Callable[..., Tourist]) -> None:
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        done = tour("/item/1", base=f"http://127.0.0.1:{taken.getsockname()[1]}")
    (why,) = done.refused.values()
    assert isinstance(why, Unknown)
    assert isinstance(why, IgnoreRequest)
    assert "refused" in str(why)


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_site_without_robots_txt_admits_us(tour: Callable[..., Tourist], site: Site, status: int) -> None:
    site.robots("User-agent: *\nDisallow: /\n", status=status)  # what stands on the error page is no rule
    assert list(tour("/item/1").answered.values()) == [200]


def test_a_redirected_robots_txt_is_followed(tour: Callable[..., Tourist], site: Site) -> None:
    site.answers["/robots.txt"] = Answer(status=301, to="/rules/here.txt")
    site.answers["/rules/here.txt"] = Answer("User-agent: *\nDisallow: /item/1\n", kind="text/plain")
    done = tour("/item/1", "/item/2")
    assert site.asked() == ["/robots.txt", "/rules/here.txt", "/item/2"]
    assert list(done.refused) == [f"{site.base}/item/1"]


@pytest.mark.parametrize("hops", [5, 6])
def test_a_robots_txt_may_lead_through_five_redirects_each_a_request_of_its_own(
    tour: Callable[..., Tourist], site: Site, workspace: Path, hops: int
) -> None:
    site.answers["/robots.txt"] = Answer(status=301, to="/hop/1")
    for hop in range(1, hops):
        site.answers[f"/hop/{hop}"] = Answer(status=302, to=f"/hop/{hop + 1}")
    site.answers[f"/hop/{hops}"] = Answer("User-agent: *\nDisallow: /item/1\n", kind="text/plain")
    done = tour("/item/1", "/item/2")
    with Vault.open(workspace) as vault, vault.reading() as session:
        assert session.get_one(Lane, "market").requests == len(site.log)
    if hops == 5:
        assert list(done.refused) == [f"{site.base}/item/1"]
        assert len(site.log) == 1 + 5 + 1
    else:
        assert {type(why) for why in done.refused.values()} == {Unknown}
        assert site.asked("/item") == []
        assert site.asked(f"/hop/{hops}") == []


def test_a_page_that_leads_to_a_forbidden_one_is_not_followed_there(tour: Callable[..., Tourist], site: Site) -> None:
    site.robots(FORBID)
    site.answers["/item/1"] = Answer(status=302, to="/forbidden/door")
    done = tour("/item/1")
    assert site.asked() == ["/robots.txt", "/item/1"]
    assert [type(why) for why in done.refused.values()] == [Forbidden]


def test_of_an_endless_robots_txt_the_first_500_kib_count_and_no_half_line(
    tour: Callable[..., Tourist], site: Site
) -> None:
    head = b"User-agent: *\nDisallow: /item/1\n"
    tail = b"\nDisallow: /search\n"
    cut = b"\nDisallow: /item/3/long/way/off"
    filler = b"#" + b"x" * (MOST - len(head) - len(cut) - 1 + len(b"/3/long/way/off"))
    site.robots(head + filler + cut + tail)
    assert (head + filler + cut)[:MOST].endswith(b"Disallow: /item")
    assert MOST >= 500 * 1024
    done = tour("/item/1", "/item/2", "/search")
    assert sorted(site.asked()[1:]) == ["/item/2", "/search"]
    assert list(done.refused) == [f"{site.base}/item/1"]


@pytest.mark.parametrize(
    ("body", "kind", "admitted"),
    [
        (b"<!doctype html><title>Shop</title><p>Disallow: see our terms</p>", HTML, True),
        ("# 规则\nUser-agent: *\nDisallow: /item/1\n".encode("gb18030"), "text/plain; charset=gb18030", False),
        (b"\xff\xfe\x00\x80\x00\nUser-agent: *\nDisallow: /item/1\n", "application/octet-stream", False),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /item/1\n", "text/plain", False),
        (b"", "text/plain", True),
        (b"User-agent: *\r\nDisallow: /item/1\r\n", "text/html", False),
    ],
    ids=["a page", "gb18030", "bytes before it", "a byte order mark", "empty", "CRLF, said to be HTML"],
)
def test_whatever_a_robots_txt_is_made_of_its_rules_hold(
    tour: Callable[..., Tourist], site: Site, body: bytes, kind: str, admitted: bool
) -> None:
    site.robots(body, kind=kind)
    done = tour("/item/1")
    assert bool(done.answered) is admitted
    assert len(site.asked("/item")) == int(admitted)


def test_a_sweep_writes_down_that_it_was_forbidden_and_never_that_nothing_was_there(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=0.0)
    site.robots("User-agent: *\nDisallow: /search\n")
    ran = wildfree("sweep", "stall", "--term", "ivory", "--json")
    assert [(one["term"], one["outcome"]) for one in ran.objects] == [("case", str(Outcome.FORBIDDEN))]
    assert ran.objects[0]["because"] == f"{site.base}/robots.txt does not admit /search"
    assert ran.code == 7, "a platform that let us see nothing"
    assert site.asked() == ["/robots.txt"]


def test_a_sweep_whose_robots_txt_is_broken_has_failed_and_is_not_forbidden(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=0.0)
    site.robots("", status=503)
    ran = wildfree("sweep", "stall", "--term", "ivory", "--json")
    assert [one["outcome"] for one in ran.objects] == [str(Outcome.FAILED)]
    assert "HTTP 503" in ran.objects[0]["because"]
    assert site.asked("/search") == []


def test_a_first_look_by_browser_obeys_too(workspace: Path, site: Site, wildfree: Wildfree) -> None:
    describe(workspace, site.base, delay=0.0)
    site.robots("User-agent: *\nDisallow: /item/1\n")
    now = real_clock()
    with Vault.open(workspace) as vault:
        todo.plan(
            vault,
            [
                todo.Task(
                    todo.Kind.VISIT,
                    f"visit:stall:{key}",
                    "stall",
                    now,
                    {"key": key, "url": f"{site.base}/item/{key}"},
                )
                for key in ("1", "2")
            ],
        )
    looks = {look["key"]: look for look in wildfree("visit", "stall", "--json").objects}
    assert looks["1"]["condition"] == "unreadable"
    assert "does not admit /item/1" in looks["1"]["because"]
    assert looks["1"]["capture"] == "failed"
    assert looks["2"]["condition"] == "live"
    assert looks["2"]["capture"] == "complete"
    assert site.asked("/item/1") == []
    assert site.asked("/item/2") == ["/item/2"]
    assert site.asked("/robots.txt") == ["/robots.txt"]


# Where the browser is led on.


def leads(site: Site, path: str, how: str, to: str) -> None:
    """Let the page at PATH lead on to the address TO."""
    pages = {
        "redirect": Answer(status=302, to=to),
        "meta": Answer(f"<meta http-equiv=refresh content='0; url={to}'><h1>象牙手镯</h1>{RESULTS}"),
        "script": Answer(f"<h1>象牙手镯</h1>{RESULTS}<script>location.replace('{to}')</script>"),
    }
    site.answers[path] = pages[how]


def watch(workspace: Path, base: str, keys: str = "1") -> None:
    """Let first looks at the stall's listings KEYS be due."""
    now = real_clock()
    with Vault.open(workspace) as vault:
        details = ({"key": key, "url": f"{base}/item/{key}"} for key in keys)
        visit = todo.Kind.VISIT
        todo.plan(vault, [todo.Task(visit, f"visit:stall:{each['key']}", "stall", now, each) for each in details])


@pytest.mark.parametrize("how", ["redirect", "meta", "script"])
def test_the_browser_is_not_let_go_where_robots_txt_does_not_admit_us(
    workspace: Path, site: Site, wildfree: Wildfree, how: str
) -> None:
    describe(workspace, site.base, delay=0.0)
    site.robots(FORBID)
    leads(site, "/item/1", how, f"{site.base}/forbidden/door")
    site.answers["/forbidden/door"] = Answer("<h1>虎骨</h1>")
    watch(workspace, site.base, "12")
    looks = {look["key"]: look for look in wildfree("visit", "stall", "--json").objects}
    assert site.asked("/forbidden") == []
    assert looks["1"]["condition"] == "unreadable"
    said = looks["1"]["because"]
    assert said.startswith(f"the page led on to {site.base}/forbidden/door: ")
    assert said.endswith(f"{site.base}/robots.txt does not admit /forbidden/door")
    assert looks["1"]["capture"] == "failed"
    assert looks["2"]["condition"] == "live", "the next one is looked at"
    assert site.asked("/robots.txt") == ["/robots.txt"]


@pytest.mark.parametrize("how", ["redirect", "meta", "script"])
@pytest.mark.parametrize(
    ("rules", "outcome"),
    [("Disallow: /", "forbidden"), ("Disallow: /elsewhere", "hits"), (None, "failed")],
    ids=["forbids", "admits", "broken"],
)
def test_another_hosts_robots_txt_is_fetched_before_a_search_is_led_there(
    workspace: Path, site: Site, wildfree: Wildfree, how: str, rules: str | None, outcome: str
) -> None:
    with opened() as other:
        describe(workspace, site.base, delay=0.0)
        admit(workspace, other.base)
        file = workspace / "config" / "platforms" / "stall.toml"
        browser = f'browser = true\nhosts = ["{other.base[7:]}"]\n[search]'
        file.write_text(file.read_text("utf-8").replace("[search]", browser), "utf-8")
        other.answers["/robots.txt"] = Answer(f"User-agent: *\n{rules}\n", 200 if rules else 503, "text/plain")
        leads(site, "/search", how, f"{other.base}/found")
        other.answers["/found"] = Answer(RESULTS)
        ran = wildfree("sweep", "stall", "--term", "象牙", "--json")
        assert other.log[0].path == "/robots.txt"
        assert other.log[0].agent.startswith("wildfree/")
        assert ran.objects[0]["outcome"] == outcome
        assert bool(other.asked("/found")) is (outcome == "hits")
        if outcome != "hits":
            assert f"the page led on to {other.base}/found: {other.base}/robots.txt" in ran.objects[0]["because"]


# In writing.


def ignore(workspace: Path, name: str, reason: str) -> None:
    """Say in the settings why the robots.txt of platform NAME is not obeyed."""
    settings = workspace / "wildfree.toml"
    settings.write_text(f'ignore_robots = {{ {name} = "{reason}" }}\n' + settings.read_text("utf-8"), "utf-8")


def test_a_robots_txt_that_is_ignored_in_writing_is_not_asked_for_and_the_reason_is_kept(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=0.0)
    site.robots("User-agent: *\nDisallow: /\n")
    assert wildfree("sweep", "stall", "--term", "象牙").code == 7, "not without a reason"
    ignore(workspace, "stall", REASON)
    site.log.clear()
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    assert wildfree("visit", "stall").code == 0
    assert wildfree("check", "stall").code == 0
    assert site.asked("/robots.txt") == []
    with Vault.open(workspace) as vault, vault.reading() as session:
        assert list(session.scalars(select(Sweep.ignored_robots).order_by(Sweep.id))) == ["", REASON]
        looks = list(session.scalars(select(Visit)))
    assert [look.environment["robots"] for look in looks] == [REASON] * 6


def test_a_sweep_that_obeyed_is_not_gone_on_with_by_one_that_does_not(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=0.0)
    file = workspace / "config" / "platforms" / "stall.toml"
    with file.open("a", encoding="utf-8") as end:
        end.write("requests = 3\n")
    assert wildfree("sweep", "stall", "--term", "a", "--term", "b").code == 8
    with Vault.open(workspace) as vault, vault.writing() as session:
        session.execute(update(Lane).values(day=""))
    ignore(workspace, "stall", REASON)
    assert wildfree("sweep", "stall", "--term", "a", "--term", "b").code == 0
    with Vault.open(workspace) as vault, vault.reading() as session:
        assert list(session.scalars(select(Sweep.ignored_robots).order_by(Sweep.id))) == ["", REASON]


def test_the_reason_holds_for_the_platforms_own_hosts_and_for_no_other(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    with opened() as other:
        describe(workspace, site.base, delay=0.0)
        admit(workspace, other.base)
        ignore(workspace, "stall", REASON)
        other.robots("User-agent: *\nDisallow: /\n")
        leads(site, "/item/1", "script", f"{other.base}/item/1")
        watch(workspace, site.base)
        (look,) = wildfree("visit", "stall", "--json").objects
        assert look["condition"] == "unreadable"
        assert other.asked() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("name", "reason", "told"),
    [
        ("stal", REASON, "Did you mean 'stall'?"),
        ("stall", "because", "20 characters or more"),
    ],
)
def test_a_robots_txt_is_not_ignored_for_a_misspelt_name_or_without_a_reason(
    workspace: Path, site: Site, wildfree: Wildfree, name: str, reason: str, told: str
) -> None:
    describe(workspace, site.base, delay=0.0)
    ignore(workspace, name, reason)
    ran = wildfree("sweep", "stall", "--term", "象牙")
    assert ran.code == ConfigError.exit_code
    assert ran.err.count("\n") == 1
    assert told in ran.err
    assert site.log == []
