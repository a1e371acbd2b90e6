"""One page in the real Chromium: what is kept of it, and what is said when it cannot be."""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from PIL import Image

from archive.facts import Reading
from config.platform import Condition
from config.settings import Limits
from crawler import browser
from crawler.chromium.load import Ask, Loaded
from crawler.chromium.sight import TALLEST, VIEW
from crawler.spiders.visit import _missing
from crawler.unanswered import Unanswered

SOON = Limits(seconds=20)


def picture(colour: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (400, 300), colour).save(written, "PNG")
    return written.getvalue()


Answer = tuple[int, str, bytes]


@dataclass
class Shop:
    """A site whose pages a test writes; it notes every request."""

    base: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    def page(self, html: str, path: str = "/", status: int = 200) -> None:
        whole = f'<!doctype html><html><head><link rel="icon" href="data:,"></head><body>{html}</body></html>'
        self.pages[path] = (status, "text/html; charset=utf-8", whole.encode())

    def show(self, path: str, colour: str) -> bytes:
        self.pages[path] = (200, "image/png", picture(colour))
        return self.pages[path][2]


@pytest.fixture
def shop() -> Iterator[Shop]:
    this = Shop()

    class Till(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            this.asked.append(self.path)
            this.cookies.append(self.headers.get("Cookie", ""))
            if self.path == "/never":
                this.closing.wait()
                return
            status, kind, body = this.pages.get(self.path, (404, "text/plain", b"nothing here"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Till)
    server.daemon_threads = True
    this.base = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield this
    this.closing.set()
    server.shutdown()
    server.server_close()


Load = Callable[..., Loaded]


@pytest.fixture
def load(shop: Shop) -> Load:
    """Load a path of the shop in the browser that all tests share."""

    def loaded(path: str = "/", **how: Any) -> Loaded:
        known: dict[str, Any] = {"keep": True, "limits": SOON, "allow": (shop.base[7:],)}
        ask = Ask(shop.base + path, **(known | how))
        return asyncio.run(browser.shared().load(ask))

    return loaded


def size(shot: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(shot)) as opened:
        return opened.size


def test_the_payload_is_what_was_served_while_the_dom_is_what_scripts_made_of_it(shop: Shop, load: Load) -> None:
    shop.page('<h1>象牙</h1><script>document.querySelector("h1").textContent = "虎骨"</script>')
    loaded = load(marks=("h1",))
    assert loaded.payload == shop.pages["/"][2]
    assert "<h1>虎骨</h1>" in loaded.dom
    assert "<h1>象牙</h1>" not in loaded.dom
    assert loaded.text.strip() == "虎骨"
    assert (loaded.status, loaded.final_url, loaded.missing) == (200, shop.base + "/", ())
    assert loaded.browser.startswith("Chromium ")


def test_what_a_script_brings_late_is_waited_for_by_its_mark(shop: Shop, load: Load) -> None:
    shop.page('<h1></h1><script>setTimeout(() => document.querySelector("h1").textContent = "虎骨", 700)</script>')
    assert load(marks=("h1",)).text.strip() == "虎骨"


def test_a_page_too_tall_for_a_picture_is_cut_and_said_to_be(shop: Shop, load: Load) -> None:
    shop.page('<div style="height:30000px">象牙</div>')
    loaded = load()
    assert size(loaded.screenshot) == (VIEW["width"], TALLEST)
    (said,) = loaded.missing
    assert str(TALLEST) in said
    assert "300" in said, "it says how tall the page is"


def test_a_short_page_is_shown_from_top_to_bottom_and_nothing_is_said_to_be_missing(shop: Shop, load: Load) -> None:
    shop.page(
        '<body style="margin:0"><div style="height:1500px;background:red"></div>'
        '<div style="height:1500px;background:blue"></div>'
    )
    loaded = load()
    assert loaded.missing == ()
    assert size(loaded.screenshot) == (VIEW["width"], 3000)
    with Image.open(BytesIO(loaded.screenshot)) as shot:
        rgb = shot.convert("RGB")
        assert rgb.getpixel((600, 100)) == (255, 0, 0)
        assert rgb.getpixel((600, 2900)) == (0, 0, 255)


def test_a_lazy_picture_far_below_is_kept_as_it_was_served(shop: Shop, load: Load) -> None:
    below = shop.show("/below.png", "green")
    shop.page('<div style="height:9000px">象牙</div><img loading="lazy" src="/below.png" width="400" height="300">')
    loaded = load()
    assert loaded.pictures == {f"{shop.base}/below.png": ("image/png", below)}
    assert shop.asked == ["/", "/below.png"]


def test_nothing_is_asked_for_twice_and_nothing_else_is_asked_for(shop: Shop, load: Load) -> None:
    for number in range(3):
        shop.show(f"/{number}.png", "red")
    shop.pages["/late.json"] = (200, "application/json", json.dumps({"title": "象牙"}).encode())
    shop.page(
        "".join(f'<img src="/{number}.png">' for number in range(3))
        + '<img src="/0.png"><h1></h1><script>fetch("/late.json").then(answer => answer.json())'
        '.then(told => document.querySelector("h1").textContent = told.title)</script>'
    )
    loaded = load(marks=("h1",))
    assert loaded.text.strip() == "象牙"
    assert Counter(shop.asked) == Counter(["/", "/0.png", "/1.png", "/2.png", "/late.json"])
    assert len(loaded.pictures) == 3


def test_a_picture_that_the_listing_names_and_that_did_not_come_is_said_to_be_missing(shop: Shop, load: Load) -> None:
    here = shop.show("/here.png", "red")
    shop.page('<h1>象牙</h1><img src="/here.png"><img src="/lost.png">')
    loaded = load()
    named = (f"{shop.base}/here.png", f"{shop.base}/lost.png")
    (said,) = _missing(loaded, Reading(Condition.LIVE, "", images=named))
    assert [body for _, body in loaded.pictures.values()] == [here]
    assert "/lost.png" in said


def test_a_page_that_never_answers_is_given_up_within_the_bound(shop: Shop, load: Load) -> None:
    began = monotonic()
    with pytest.raises(Unanswered, match="within 1 s"):
        load("/never", limits=Limits(seconds=1))
    assert 0.9 < monotonic() - began < 4


def test_a_page_whose_picture_never_comes_is_kept_without_it_within_the_bound(shop: Shop, load: Load) -> None:
    shop.page('<h1>象牙</h1><img src="/never">')
    began = monotonic()
    loaded = load(limits=Limits(seconds=3))
    assert monotonic() - began < 8
    assert loaded.payload == shop.pages["/"][2]
    assert loaded.text.strip() == "象牙"
    assert loaded.missing[0] == "what was still to be loaded after 1.5 s"


def test_a_script_that_never_ends_is_cut_off_within_the_bound_and_the_next_page_loads(shop: Shop, load: Load) -> None:
    shop.page("<h1>象牙</h1><script>setTimeout(() => { for (;;) {} }, 50)</script>", "/busy")
    shop.page("<h1>虎骨</h1>")
    began = monotonic()
    cut = load("/busy", limits=Limits(seconds=2))
    assert monotonic() - began < 10
    assert cut.payload == shop.pages["/busy"][2]
    assert cut.text.strip() == "象牙" or "no whole page within 2 s" in cut.missing[-1]
    assert cut.missing
    assert load().text.strip() == "虎骨"


def test_a_dead_port_is_no_answer_and_the_words_say_why() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{bound.getsockname()[1]}/"
    with pytest.raises(Unanswered, match="connection refused"):
        asyncio.run(browser.shared().load(Ask(dead, allow=(dead[7:-1],))))


@pytest.mark.parametrize("asked", ["alert('x')", "confirm('x')", "prompt('x')", "print()"])
def test_a_dialog_holds_nothing_up(shop: Shop, load: Load, asked: str) -> None:
    shop.page(f"<h1>象牙</h1><script>{asked}</script>")
    began = monotonic()
    assert load(marks=("h1",)).text.strip() == "象牙"
    assert monotonic() - began < 5


def test_a_page_that_asks_before_it_is_left_is_left(shop: Shop, load: Load) -> None:
    shop.page("<h1>象牙</h1><script>addEventListener('beforeunload', event => event.preventDefault())</script>")
    began = monotonic()
    assert load().text.strip() == "象牙"
    assert load().text.strip() == "象牙"
    assert monotonic() - began < 8


def test_two_loads_share_no_cookie_and_no_storage(shop: Shop, load: Load) -> None:
    shop.page(
        "<h1></h1><script>document.querySelector('h1').textContent = "
        "`[${document.cookie}][${localStorage.getItem('seen')}]`;"
        "document.cookie = 'who=me'; localStorage.setItem('seen', 'yes')</script>"
    )
    assert [load(marks=("h1",)).text.strip() for _ in range(2)] == ["[][null]"] * 2
    assert shop.cookies == ["", ""]


def test_a_removed_page_with_its_own_words_is_a_page_and_no_failure(shop: Shop, load: Load) -> None:
    shop.page("<h1>宝贝不存在</h1>", "/gone", 404)
    loaded = load("/gone")
    assert (loaded.status, loaded.text.strip()) == (404, "宝贝不存在")
    assert size(loaded.screenshot)[0] == VIEW["width"]


def test_a_page_that_leads_on_by_script_is_read_where_it_led(shop: Shop, load: Load) -> None:
    shop.page('<script>location.replace("/there")</script>')
    shop.page("<h1>虎骨</h1>", "/there")
    loaded = load(marks=("h1",))
    assert loaded.final_url.endswith("/there")
    assert loaded.text.strip() == "虎骨"
    assert loaded.payload == shop.pages["/there"][2], "payload and DOM are of one page"


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02", "象牙".encode()])
def test_strange_bytes_are_kept_as_they_came(shop: Shop, load: Load, body: bytes) -> None:
    shop.pages["/"] = (200, "text/html; charset=utf-8", body)
    loaded = load()
    assert loaded.payload == body
    assert loaded.status == 200


def test_a_page_in_gbk_is_shown_as_it_reads(shop: Shop, load: Load) -> None:
    shop.pages["/"] = (200, "text/html; charset=gb18030", "<h1>象牙</h1>".encode("gb18030"))
    assert load().text.strip() == "象牙"


def test_a_page_in_gbk_is_kept_as_it_came(shop: Shop, load: Load) -> None:
    shop.pages["/"] = (200, "text/html; charset=gb18030", "<h1>象牙</h1>".encode("gb18030"))
    assert load().payload == shop.pages["/"][2]


def test_a_download_is_no_page(shop: Shop, load: Load) -> None:
    shop.pages["/"] = (200, "application/octet-stream", b"x" * 1000)
    with pytest.raises(Unanswered):
        load(limits=Limits(seconds=5))


def test_a_frameset_and_a_page_without_a_body_are_looked_at_as_they_are(shop: Shop, load: Load) -> None:
    shop.pages["/"] = (200, "text/html", b"<html><frameset><frame src='/a'></frameset></html>")
    shop.page("inside", "/a")
    assert load(limits=Limits(seconds=2)).payload == shop.pages["/"][2]


def test_an_image_alone_and_plain_text_are_pages(shop: Shop, load: Load) -> None:
    body = shop.show("/one.png", "red")
    shop.pages["/text"] = (200, "text/plain; charset=utf-8", "象牙".encode())
    assert load("/one.png").payload == body
    assert load("/text").text.strip() == "象牙"
