"""What one load records: every request and answer as they went over the wire, once each, and no secret."""

import asyncio
import email
import gzip
import quopri
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError
from scrapy import Request
from scrapy.http import Response

from archive.facts import Exchange
from config.settings import Limits
from crawler import browser
from crawler.chromium.branch import Branch
from crawler.chromium.journal import OWN_SCRIPT, Journal
from crawler.chromium.load import Ask, Loaded
from crawler.guest import Guest
from crawler.reading.heads import without_secrets
from crawler.run import crawl
from crawler.spiders.visit import _derived, _of_the_load, _passed
from tests.certificate import signed_by_itself
from tests.recorded import SCRIPT, TEXT, Noting, noting, trusting
from tests.site import describe
from tests.test_load import picture

PNG = ("Content-Type", "image/png")
SOON = Limits(seconds=20)


@pytest.fixture
def site() -> Iterator[Noting]:
    with noting() as this:
        yield this


@pytest.fixture
def other() -> Iterator[Noting]:
    with noting() as this:
        this.base = this.base.replace("127.0.0.1", "localhost")
        yield this


Load = Callable[..., Loaded]


@pytest.fixture
def load(site: Noting, other: Noting) -> Load:
    def loaded(path: str = "/", **how: Any) -> Loaded:
        known: dict[str, Any] = {"keep": True, "limits": SOON, "allow": (site.place, other.place)}
        return asyncio.run(browser.shared().load(Ask(site.base + path, **(known | how))))

    return loaded


def asked(exchanges: tuple[Exchange, ...]) -> list[str]:
    """Method and target of what went over the wire, sorted."""
    went = (each for each in exchanges if not each.missing.startswith("it was not sent"))
    return sorted(f"{each.method} /{each.url.split('/', 3)[3]}" for each in went)


def by_path(loaded: Loaded) -> dict[str, Exchange]:
    return {f"/{each.url.split('/', 3)[3]}": each for each in loaded.exchanges if each.method != "OPTIONS"}


def lively(site: Noting, other: Noting) -> dict[str, bytes]:
    """A page with one of everything; the bodies by path."""
    frame = f'<iframe src="{other.base}/frame"></iframe><iframe src="/frame2"></iframe>'
    bodies = {
        "/": site.page(
            "/",
            f'<link rel="stylesheet" href="/a.css"><h1>象牙</h1><h2></h2><img src="/a.png"><img src="/to.png">{frame}'
            '<script src="/a.js"></script><p style="font-family: own">x</p><script>'
            'new Worker("/worker.js"); fetch("/posted", {method: "POST", body: "x=1"});'
            "navigator.serviceWorker.register('/service.js').then(() => fetch('/after'));"
            "navigator.serviceWorker.ready.then(() => document.querySelector('h2').textContent = 'ready');"
            f"fetch('{other.base}/preflown', {{method: 'PUT'}}).catch(() => 0)</script>",
        ),
        "/a.css": site.give("/a.css", b'@font-face { font-family: own; src: url("/own.woff2") } /* \xff */'),
        "/a.png": site.give("/a.png", picture("red"), PNG),
        "/there.png": site.give("/there.png", picture("blue"), PNG),
        "/a.js": site.give("/a.js", "var x = '象牙'".encode("gb18030"), SCRIPT),
        "/own.woff2": site.give("/own.woff2", b"no font at all \x00\xff"),
        "/worker.js": site.give("/worker.js", b"fetch('/worked')", SCRIPT),
        "/worked": site.give("/worked", b"\x80\x81", TEXT),
        "/posted": site.give("/posted", b"", TEXT),
        "/after": site.give("/after", b"after", TEXT),
        "/served": site.give("/served", b"served", TEXT),
        "/frame2": site.page("/frame2", "inside"),
    }
    site.give("/a.css", bodies["/a.css"], ("Content-Type", "text/css"))
    site.give("/to.png", b"", ("Location", "/there.png"), status=302)
    site.give("/service.js", b"oninstall = event => event.waitUntil(fetch('/served'))", SCRIPT)
    bodies["/frame"] = other.page("/frame", '<img src="/inner.png"><script>fetch("/inner")</script>')
    bodies["/inner.png"] = other.give("/inner.png", picture("green"), PNG)
    bodies["/inner"] = other.give("/inner", b"inner", TEXT)
    return bodies


def test_every_request_is_recorded_once_and_nothing_is_asked_for_twice(
    site: Noting, other: Noting, load: Load
) -> None:
    bodies = lively(site, other)
    loaded = load(marks=("h2",))
    sent = sorted(site.paths() + other.paths())
    assert len(sent) >= 16, "all of it was asked for"
    assert sent == sorted(set(sent)), "nothing twice"
    assert asked(loaded.exchanges) == sent
    found = by_path(loaded)
    late = {"/served"}  # a service worker may be heard too late for its bodies, and then that is said
    assert {path: found[path].payload for path in bodies.keys() - late} == {
        path: body for path, body in bodies.items() if path not in late
    }
    assert found["/served"].payload == b"served" or found["/served"].missing
    assert {each.address for each in loaded.exchanges if each.request} == {"127.0.0.1"}
    assert found["/to.png"].status == 302
    assert found["/there.png"].kind == "Image"


def test_a_service_workers_own_script_is_not_lost_where_the_browser_tells_no_heads_of_it() -> None:
    """Chromium does so now and then: an answer without a request's heads, as of what a cache answered."""
    page, url = cast("Branch", None), "https://shop.example/service.js"  # a branch is asked only for a body
    script = {"requestId": "1", "request": {"url": url, "method": "GET"}, "wallTime": 1.0, "type": "Script"}
    answer = {"requestId": "1", "response": {"url": url, "status": 200, "headers": {}}, "hasExtraInfo": False}
    version = {"versionId": "0", "scriptURL": url, "status": "activated"}
    journal = Journal(1000)
    journal.hear(page, "Network.requestWillBeSent", script | {"initiator": {"type": "other"}})
    journal.hear(page, "Network.responseReceived", answer)
    journal.hear(page, "ServiceWorker.workerVersionUpdated", {"versions": [version]})
    asyncio.run(journal.leave())
    assert [(each.url, each.missing) for each in journal.exchanges()] == [(url, OWN_SCRIPT)]


def test_heads_are_recorded_as_they_went_and_came_but_for_their_order_on_the_way_out(
    site: Noting, load: Load
) -> None:
    site.page("/", "x", ("x-B", "1"), ("X-b", "2"), ("x-B", "3"), ("Empty", ""), ("X-Name", "\u00e8\u00b1\u00a1"))
    (only,) = load().exchanges
    assert [only.response] == site.sent
    (sent,) = site.asked
    assert only.request.split("\r\n")[0] == sent.split("\r\n")[0]
    assert sorted(only.request.split("\r\n")) == sorted(sent.split("\r\n")), "the browser tells them sorted"
    assert (only.protocol, only.status, only.method, only.kind) == ("HTTP/1.1", 200, "GET", "Document")


def test_what_came_packed_is_kept_unpacked_and_that_is_said(site: Noting, load: Load) -> None:
    html = "<link rel=icon href='data:,'><h1>象牙</h1><script src=/a.js></script>".encode()
    site.give("/", gzip.compress(html), ("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
    site.give("/a.js", gzip.compress(b"x = 1 // \xff"), SCRIPT, ("Content-Encoding", "gzip"))
    found = by_path(load())
    assert (found["/"].payload, found["/"].decoded) == (html, "gzip")
    assert (found["/a.js"].payload, found["/a.js"].decoded) == (b"x = 1 // \xff", "gzip")
    assert [found["/"].response, found["/a.js"].response] == site.sent


def test_who_asks_for_nothing_packed_says_so_to_the_site(site: Noting, load: Load) -> None:
    site.page("/", '<img src="/a.png">')
    load(identity=True)
    assert len(site.asked) == 2
    assert all("Accept-Encoding: identity\r\n" in head for head in site.asked)


def test_tls_and_the_certificate_are_those_of_the_connection(tmp_path: Path) -> None:
    papers = signed_by_itself(tmp_path)
    shown = ssl.PEM_cert_to_DER_cert(papers.file.read_text().partition("-----BEGIN PRIVATE")[0])
    with noting(papers.file) as safe, trusting(papers.pin) as own:
        packed = gzip.compress(b"<link rel=icon href='data:,'><h1>x</h1><img src=/a.png>")
        safe.give("/", packed, ("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
        safe.give("/a.png", picture("red"), PNG)
        loaded = asyncio.run(own.load(Ask(safe.base + "/", keep=True, limits=SOON, allow=(safe.place,))))
        assert asked(loaded.exchanges) == safe.paths() == ["GET /", "GET /a.png"]
    for each in loaded.exchanges:
        assert each.certificates == (shown,)
        assert each.tls["protocol"] == "TLS 1.3"
        assert each.tls["cipher"].startswith("AES_")
    assert ["told of" in each.tls for each in loaded.exchanges] == [True, False], "what we hand on ourselves says so"


def test_what_had_not_come_when_we_left_is_said(site: Noting, load: Load) -> None:
    site.page("/", "<h1>象牙</h1><script>fetch('/never')</script>")
    loaded = load(limits=Limits(seconds=6))
    found = by_path(loaded)
    assert _of_the_load(loaded)["unanswered"] == "1 of 2 requests"
    assert (found["/never"].status, found["/never"].payload) == (None, None)
    assert found["/never"].missing
    assert found["/never"].request.startswith("GET /never HTTP/1.1\r\n")


def test_a_page_that_changes_while_it_is_kept_is_said_to_have_changed(site: Noting, load: Load) -> None:
    ticking = "setInterval(() => document.querySelector('b').append('1'), 5)"
    site.page("/", f"<h1>象牙</h1><b></b><script>{ticking}</script>")
    assert _of_the_load(load())["changed"] == "its text, while it was kept"
    site.page("/", "<h1>象牙</h1>")
    assert {"changed", "unanswered"} & _of_the_load(load()).keys() == set()


def test_the_page_in_one_file_is_the_same_twice_and_holds_what_the_page_shows(
    site: Noting, other: Noting, load: Load
) -> None:
    lively(site, other)
    site.page(
        "/", f'<h1>象牙 = "</h1><img src="/a.png"><iframe src="{other.base}/frame"></iframe><style>p {{}}</style>'
    )
    first, second = (load().mhtml for _ in range(2))
    assert first == second
    told = email.message_from_bytes(first)
    parts = {part["Content-Location"]: part for part in told.walk() if not part.is_multipart()}
    assert parts[f"{site.base}/a.png"].get_payload(decode=True) == picture("red")
    page = parts[f"{site.base}/"].get_payload(decode=True)
    assert isinstance(page, bytes)
    assert '<h1>象牙 = "</h1>' in page.decode()
    (inner,) = (part for where, part in parts.items() if where.endswith("/frame"))
    assert inner["Content-ID"].strip("<>").encode() in page


@pytest.mark.parametrize(
    ("fails", "words", "tries", "missing"),
    [
        (0, "", 1, []),
        (2, "Failed to generate MHTML", 3, []),
        (3, "Failed to generate MHTML", 3, ["the page in one file: Failed to generate MHTML"]),
        (1, "Target closed", 1, ["the page in one file: Target closed"]),
    ],
)
def test_where_chromium_fails_to_pack_the_page_it_is_asked_again_but_not_for_ever(
    site: Noting,
    load: Load,
    monkeypatch: pytest.MonkeyPatch,
    fails: int,
    words: str,
    tries: int,
    missing: list[str],
) -> None:
    site.page("/", "<h1>packed</h1>")
    packings, send = [], CDPSession.send

    async def failing(self: CDPSession, method: str, params: Any = None) -> Any:
        if method == "Page.captureSnapshot":
            packings.append(method)
            if len(packings) <= fails:
                raise PlaywrightError(words)
        return await send(self, method, params)

    monkeypatch.setattr(CDPSession, "send", failing)
    seen = load()
    assert (len(packings), list(seen.missing)) == (tries, missing)
    assert (b"<h1>packed</h1>" in quopri.decodestring(seen.mhtml), seen.mhtml == b"") == (not missing, bool(missing))


def test_a_light_look_asks_for_no_pictures_but_the_listings_own(site: Noting, load: Load) -> None:
    own = site.give("/own.png", picture("red"), PNG)
    site.give("/other.png", picture("blue"), PNG)
    site.page(
        "/",
        '<style>@font-face { font-family: f; src: url("/f.woff2") } p { font-family: f }</style><p>象牙</p>'
        '<img src="/other.png"><div class="own"><img src="/own.png"></div><video src="/v.mp4" autoplay></video>',
    )
    light = load(light=True, pictures=".own img")
    assert site.paths() == ["GET /", "GET /own.png"]
    assert asked(light.exchanges) == site.paths()
    assert by_path(light)["/own.png"].payload == own
    assert (light.mhtml, light.left_out) == (b"", 3)
    assert light.screenshot
    site.asked.clear()
    load(pictures=".own img")
    assert len(site.asked) == 5, "a full look asks for all"


SECRETS = [f"sesame{number:02}open" for number in range(30)]


def secretive(site: Noting) -> None:
    """A page that hides the SECRETS wherever one is found in real life; no script spells one out."""
    one = SECRETS
    heads = (
        ("Set-Cookie", f"a={one[0]}; Path=/"), ("set-cookie", f"b={one[1]}; HttpOnly"), ("X-CSRF-Token", one[2]),
        ("Authorization", f"Bearer {one[3]}"), ("X-Session-Id", one[4]), ("X-Api-Key", one[5]),
        ("Proxy-Authenticate", one[6]), ("X-Secret", f"{one[7]}\r\n folded-{one[7]}"),
        ("Link", f"</x?token={one[8]}>; rel=x"), ("X-Access-Key", one[20]), ("X-Ticket", one[21]),
    )  # fmt: skip
    links = (
        f'<a href="/x?access_token={one[9]}&amp;y=1">x</a><a href="//me:{one[10]}@host/">x</a>'
        f'<a href="http://me:{one[10]}@host/">x</a><img src="/p.png?a=1&amp;sid={one[11]}">'
        f'<a href="/x#id_token={one[12]}">x</a><p>http://x/?api_key={one[13]}</p>'
        f'<script src="/s.js?jwt={one[14]}"></script>'
        f'<img src="/to.png"><a href="/x;jsessionid={one[15]}">x</a>'
        f'<a href="/go?to=http%3A%2F%2Fx%3Ftoken%3D{one[16]}">x</a>'
        f'<a href="/go?to=http%253A%252F%252Fx%253Ftoken%253D{one[22]}">x</a><a href="/x?PHPSESSID={one[23]}">x</a>'
        f'<a href="/x?sign={one[24]}&amp;pass_ticket={one[25]}">x</a><a href="/x?_m_h5_tk={one[26]}">x</a>'
        f'<a href="/x?pwd={one[27]}&amp;accessKey={one[28]}">x</a>'
        f'<img src="/p.png?data=%7B%22token%22%3A%22{one[29]}%22%7D">'
    )
    site.give("/p.png", picture("red"), PNG, ("Set-Cookie2", one[17]))
    site.give("/to.png", b"", ("Location", f"/p.png?signature={one[18]}"), status=302)
    site.give("/s.js", b"var x = 1", SCRIPT, ("Set-Cookie", f"c={one[19]}"))
    site.page("/", links, *heads)


def test_of_thirty_secrets_none_is_in_any_exchange_or_anything_derived(
    site: Noting, load: Load, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    secretive(site)
    loaded = load()
    assert any(f"a={SECRETS[0]}" in head for head in site.asked), "the browser did send its cookies"
    derived = b"".join(each.body for each in _derived(loaded)).decode("utf-8", "replace").replace("=\r\n", "")
    kept = "".join(repr(replace(each, payload=None)) for each in loaded.exchanges)
    written = "".join(capfd.readouterr()) + caplog.text
    assert len(loaded.exchanges) >= 5
    assert "(not kept)" in kept
    assert kept.count("Cookie: (not kept)") >= 3
    for secret in SECRETS:
        assert secret not in kept
        assert secret not in derived
        assert secret not in written
    assert loaded.payload == site.pages["/"][2], "a body is kept as it came, or not at all"


class Looker(Guest):
    """Looks at its address by plain HTTP."""

    name = "looker"

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.exchanges: tuple[Exchange, ...] = ()

    async def start(self) -> AsyncIterator[Request]:
        headers = {"Authorization": f"Bearer {SECRETS[0]}"}
        yield self.request(self.url, None, callback=self.seen, headers=headers)

    def seen(self, response: Response) -> None:
        self.exchanges = _passed(response)


def test_a_plain_look_records_what_it_sent_and_what_came_redirects_too(site: Noting, workspace: Path) -> None:
    html = "<h1>象牙</h1>".encode()
    site.give("/from", b"on", ("Location", "/item/1?token=x1y2z3"), ("x-B", "1"), ("X-b", "2"), status=302)
    site.give("/item/1", gzip.compress(html), ("Content-encoding", "gzip"), ("x-B", "1"), ("x-b", "2"), ("x-B", "3"))
    site.give("/robots.txt", b"", TEXT)
    describe(workspace, site.base, 0)
    (done,) = crawl(Looker, [{"url": f"{site.base}/from", "platform": "stall", "workspace": workspace}])
    assert isinstance(done, Looker)
    led, last = done.exchanges
    heads = [head for head in site.asked if "robots" not in head]
    assert len(heads) == 2, "nothing was asked for twice"
    sent = [head.replace(f"Bearer {SECRETS[0]}", "(not kept)").replace("x1y2z3", "(not%20kept)") for head in heads]
    assert [led.request, last.request] == sent
    came = [head.replace("x1y2z3", "(not%20kept)") for head in site.sent[-2:]]
    assert [led.response, last.response] == came
    assert (led.status, led.payload) == (302, b"on")
    assert (last.status, last.payload, last.decoded) == (200, html, "gzip")
    assert {led.address, last.address} == {"127.0.0.1"}
    assert last.url == f"{site.base}/item/1?token=(not%20kept)"


@pytest.mark.parametrize(
    "kept",
    ["/item?key=71&sku=sesame", "/x?design=oak&assign=me&compass=north", "/design?signal=1", "/p?bypassed=1&task=2"],
)
def test_what_is_no_secret_stays_in_an_address(kept: str) -> None:
    assert without_secrets(f"http://shop{kept}") == f"http://shop{kept}"
