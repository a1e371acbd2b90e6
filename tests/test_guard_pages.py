"""No page wakes a canary, whichever of some sixty ways it tries; without the guard every one of them would."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright

from config.settings import Limits
from crawler import browser
from crawler.chromium.find import chromium
from crawler.chromium.load import Ask, Loaded
from crawler.chromium.sight import VIEW
from crawler.guard import open_way
from crawler.unanswered import Unanswered
from crawler.ways.way import Way
from tests import lures
from tests.tripwire import HOME, Canary

HTML = ("Content-Type", "text/html; charset=utf-8")
LOOK = 3.0  # s for which a page that never shows its mark is looked at here
Page = tuple[int, list[tuple[str, str]], bytes]


@pytest.fixture(scope="module")
def one_canary() -> Iterator[Canary]:
    with Canary() as canary:
        yield canary


@pytest.fixture
def canary(one_canary: Canary) -> Canary:
    """The canary, asleep."""
    one_canary.hits.clear()
    return one_canary


class Stall:
    """A site that a test writes; /to?ADDRESS sends on to ADDRESS."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.heads: list[tuple[str, ...]] = []  # of every request: its first line, and the others in their order
        self.base = ""

    def page(self, html: str, path: str = "/") -> None:
        self.pages[path] = (200, [HTML], f'<!doctype html><link rel="icon" href="data:,">{html}'.encode())

    @property
    def place(self) -> str:
        return urlsplit(self.base).netloc


@contextmanager
def opened() -> Iterator[Stall]:
    stall = Stall()

    class Clerk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            stall.asked.append(self.path)
            named = (f"{name}: {value}" for name, value in self.headers.items())
            stall.heads.append((self.requestline, *named))
            path, _, query = self.path.partition("?")
            there: Page = (302, [("Location", query)], b"")
            status, heads, body = there if path == "/to" else stall.pages.get(path, (404, [HTML], b"nothing here"))
            self.send_response(status)
            for name, value in (*heads, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Clerk) as server:
        server.daemon_threads = True
        stall.base = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield stall
        server.shutdown()


@pytest.fixture
def stall() -> Iterator[Stall]:
    with opened() as stall:
        yield stall


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[Way]:
    """The ways that the browser opens, in order: what they refused can be read when they are closed."""
    seen: list[Way] = []

    def opening(*words: object, **more: object) -> Way:
        seen.append(open_way(*words, **more))  # type: ignore[arg-type]  # handed on as they came
        return seen[-1]

    monkeypatch.setattr(browser, "open_way", opening)
    return seen


def load(stall: Stall, path: str = "/", **how: object) -> Loaded:
    ask = Ask(stall.base + path, limits=Limits(seconds=30), allow=(stall.place,), **how)  # type: ignore[arg-type]
    return asyncio.run(browser.shared().load(ask))


def unguarded(canary: Canary, birds: dict[str, set[str]]) -> None:
    """Open addresses in a Chromium that goes where it likes; fail unless each wakes its BIRDS within 20 s."""

    async def opened() -> None:
        async with async_playwright() as playwright:
            running = await playwright.chromium.launch(executable_path=chromium())
            context = await running.new_context(service_workers="block")
            for url, these in birds.items():
                await (await context.new_page()).goto(url, wait_until="commit")
                await asyncio.to_thread(canary.awake, these, 20)
            await running.close()

    asyncio.run(opened())
    asleep = set().union(*birds.values()) - set(canary.hits)
    assert asleep == set(), "these prove nothing: they wake no canary without the guard either"
    canary.hits.clear()


def test_a_page_that_tries_every_way_wakes_no_canary_though_without_the_guard_it_would(
    stall: Stall, canary: Canary, ways: list[Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(lure: str) -> str:
        return f"{HOME if lure == 'stun' else '127.0.0.1'}:{canary.port(lure)}"

    stall.pages["/"] = (200, [HTML, lures.head(at)], lures.page(at))
    expected = set(lures.LURES) - lures.UNTRIED - ({"stun"} if HOME == "127.0.0.1" else set())
    assert len(expected) >= 50
    stall.page(lures.ahead(at), "/ahead")
    unguarded(canary, {stall.base + "/ahead": {lures.AHEAD}, stall.base + "/": expected - {lures.AHEAD}})
    monkeypatch.setattr("crawler.chromium.world.SETTLE", LOOK)
    load(stall, "/ahead", marks=("#never",))
    loaded = load(stall, marks=("#never",))
    assert canary.hits == {}
    assert (loaded.status, loaded.address) == (200, "127.0.0.1")
    tried = {refusal.port for way in ways for refusal in way.refused}
    quiet = {lure for lure in expected - lures.BY_UDP if canary.ports[lure] not in tried}
    assert quiet <= {"pop-up"}, "the guard was not even asked for these: was the page given time?"


LED = {
    "redirect": "/to?{}",
    "redirect to a redirect": "/to?/to?{}",
    "redirect with a name before it": "/to?http://shop.example@{}",
    "meta": '<meta http-equiv="refresh" content="0;url={}">',
    "script": '<h1>x</h1><script>location = "{}"</script>',
    "late script": '<h1>x</h1><script>onload = () => setTimeout(() => location = "{}", 200)</script>',
    "form": '<form method="post" action="{}"></form><script>document.forms[0].submit()</script>',
    "link": '<a href="{}">x</a><script>document.links[0].click()</script>',
}


def test_a_page_that_leads_to_a_private_address_is_no_page_and_the_reason_is_the_guards(
    stall: Stall, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.chromium.world.SETTLE", LOOK / 2)
    paths = {}
    for how, lure in LED.items():
        there = f"http://127.0.0.1:{canary.port(how)}/"
        led = lure.format(there).replace("@http://", "@")
        paths[how] = led if led.startswith("/to?") else f"/{how.replace(' ', '-')}"
        stall.page(led, paths[how])
    unguarded(canary, {stall.base + path: {how} for how, path in paths.items()})
    for how, path in paths.items():
        with pytest.raises(Unanswered) as caught:
            load(stall, path, marks=("#never",))
        refused = f"the guard refused 127.0.0.1:{canary.port(how)}: this machine (127.0.0.0/8)"
        before, _, words = str(caught.value).rpartition("the guard refused")
        assert f"the guard refused{words}" == refused
        assert not before or re.fullmatch(r"the page led on to http://\S+: ", before), "one line, one reason"
    assert canary.hits == {}


FORMS = (
    "127.0.0.1", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.1",
    "0x7f.1", "0177.1", "127.0.0.1.", "localhost", "LOCALHOST", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "127.0x1", "0177.0x1", "１２７.０.０.１", "127。0。0。1", "%31%32%37.0.0.1", "①②⑦.0.0.1",
    "0x7F.0x0.0x0.0x1",
)  # fmt: skip


def test_however_a_page_writes_an_address_it_wakes_no_canary(stall: Stall, canary: Canary, ways: list[Way]) -> None:
    places = "".join(f'<img src="http://{form}:{canary.port(form)}/">' for form in FORMS)
    stall.page(f"<h1>x</h1>{places}")
    unguarded(canary, {stall.base + "/": set(FORMS)})
    load(stall, marks=("h1",))
    assert canary.hits == {}
    tried = {refusal.port for way in ways for refusal in way.refused}
    assert {form for form in FORMS if canary.port(form) not in tried} == set()


def test_a_name_that_changes_its_answer_under_a_page_is_asked_for_once(
    stall: Stall, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own host is the stall at first, and the canary for whoever looks it up again."""
    port = urlsplit(stall.base).port
    lookups: list[str] = []

    def changing(name: str, port: int) -> list[str]:
        lookups.append(name)
        return ["127.0.0.1"] if lookups.count(name) == 1 else ["::1"]

    monkeypatch.setattr(browser, "open_way", partial(open_way, resolve=changing))
    images = "".join(f'<img src="/{number}.png">' for number in range(30))  # more than one connection's worth
    stall.page(f'<h1>x</h1>{images}<img src="http://inner.example:{canary.port("inner")}/">')
    url = f"http://shop.example:{port}/"
    ask = Ask(url, marks=("h1",), limits=Limits(seconds=30), allow=(f"shop.example:{port}",))
    loaded = asyncio.run(browser.shared().load(ask))
    assert (loaded.status, loaded.final_url, loaded.address) == (200, url, "127.0.0.1")
    assert sorted(lookups) == ["inner.example", "shop.example"]
    assert len(stall.asked) == 31
    assert canary.hits == {}


def test_what_chromium_sends_and_is_given_is_the_same_with_the_guard_and_without(stall: Stall) -> None:
    strange = [("X-a", "1"), ("x-A", " 2"), ("X-a", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    html = (
        '<!doctype html><h1>象牙</h1><img src="/one.png"><script>fetch("/sent", {method: "POST", body: "x"})</script>'
    )
    stall.pages["/"] = (200, [HTML, *strange], html.encode())
    given: list[tuple[bytes, list[tuple[str, str]]]] = []

    async def plainly() -> None:
        async with async_playwright() as playwright:
            running = await playwright.chromium.launch(executable_path=chromium(), args=browser.FLAGS)
            page = await (await running.new_context(service_workers="block", viewport=VIEW)).new_page()
            answer = await page.goto(stall.base + "/", wait_until="networkidle")
            assert answer is not None
            heads = [(head["name"], head["value"]) for head in await answer.headers_array()]
            given.append((await answer.body(), heads))
            await running.close()

    asyncio.run(plainly())
    without = sorted(head for head in stall.heads if "favicon" not in head[0])
    assert [head[0] for head in without] == ["GET / HTTP/1.1", "GET /one.png HTTP/1.1", "POST /sent HTTP/1.1"]
    assert all("Connection: keep-alive" in head for head in without)
    stall.heads.clear()
    loaded = load(stall, marks=("#never",))
    assert sorted(head for head in stall.heads if "favicon" not in head[0]) == without
    ((body, heads),) = given
    assert loaded.payload == body == html.encode()
    others = {"Date", "Set-Cookie"}  # the one changes, the other is not kept
    assert sorted(head for head in heads if head[0] not in others) == sorted(
        head for head in loaded.headers if head[0] not in others
    )
    assert [head for head in loaded.headers if head[0].lower() == "x-a"] == [("X-a", "1"), ("x-A", "2"), ("X-a", "1")]


def test_chromium_opens_no_socket_but_to_the_guard_and_looks_no_name_up(
    stall: Stall, canary: Canary, ways: list[Way], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Told by Chromium's own log of its network. What it asks for by itself is refused, and counted."""
    log = tmp_path / "net.json"
    monkeypatch.setattr(browser, "FLAGS", [*browser.FLAGS, f"--log-net-log={log}"])

    def at(lure: str) -> str:
        return f"{lure.replace(' ', '-')}.example:{canary.port(lure)}"

    named = '<link rel="dns-prefetch" href="//a.example"><link rel="preconnect" href="http://b.example">'
    stall.pages["/"] = (200, [HTML, lures.head(at)], lures.page(at) + named.encode())
    one = browser.Browser()
    try:
        ask = Ask(f"{stall.base}/", marks=("#never",), limits=Limits(seconds=30), allow=(stall.place,))
        assert asyncio.run(one.load(ask)).status == 200
        (shut,) = [way for way in ways if way.open]
        assert one.own == shut.count > 0, "Chromium asks for nothing by itself any more: then say so here"
        assert {refusal.why for refusal in shut.refused} == {"nothing goes this way"}
    finally:
        one.stop()
    assert shut.received == 0
    assert not any(way.open for way in ways)
    assert canary.hits == {}
    told = json.loads(log.read_text("utf-8"))
    names = {number: name for name, number in told["constants"]["logEventTypes"].items()}
    events = [(names[event["type"]], event.get("params", {})) for event in told["events"]]
    reached = {params["address"] for name, params in events if name == "TCP_CONNECT_ATTEMPT" and "address" in params}
    assert reached, "the log says nothing of connections: has Chromium changed its words?"
    assert reached <= {urlsplit(way.url).netloc for way in ways}
    seen = {name for name, _ in events}
    assert {"HOST_RESOLVER_DNS_TASK", "HOST_RESOLVER_SYSTEM_TASK"} & set(names.values())
    assert not seen & {
        "HOST_RESOLVER_DNS_TASK",
        "HOST_RESOLVER_SYSTEM_TASK",
        "HOST_RESOLVER_MDNS_TASK",
        "UDP_BYTES_SENT",
    }
