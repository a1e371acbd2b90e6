"""Pages made to break the reader: each is read or said to be unread, and the next one is as well."""

import asyncio
import gzip
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from archive.facts import Outcome
from archive.likeness import hashes
from config.platform import Condition, platform
from config.settings import Limits
from config.species import species
from config.term import Kind, terms
from crawler import browser
from crawler.chromium.load import Ask, Loaded
from crawler.match import Matcher
from crawler.page import page_of, reading, results
from crawler.signs import Page
from crawler.unanswered import Unanswered

MARKET = platform("market")
WORDS = MARKET.model_copy(update={"key": "/item/([^?#]+)"})
MATCHER = Matcher(terms(), species())
CODE = next(term.term for term in terms() if term.kind is Kind.CODE)
GOODS = '<main class="listing"><h1 class="title">象牙手镯</h1><p class="price">¥1</p></main>'
HTML = {"Content-Type": "text/html; charset=utf-8"}
Answer = tuple[int, dict[str, str], bytes]


def dead() -> str:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}/"


@pytest.fixture
def pages() -> Iterator[dict[str, Any]]:
    """What a small site answers, by path; its address under `base`."""
    answers: dict[str, Any] = {}

    class Till(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, heads, body = answers.get(self.path, (404, {}, b"nothing here"))
            self.send_response(status)
            for name, value in ({} if status == 204 else {"Content-Length": str(len(body))} | heads).items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, *said: Any) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Till) as server:
        server.daemon_threads = True
        answers["base"] = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield answers
        server.shutdown()


def load(pages: dict[str, Any], path: str = "/", **how: Any) -> Loaded:
    known: dict[str, Any] = {"limits": Limits(seconds=20), "allow": (pages["base"][7:],)}
    return asyncio.run(browser.shared().load(Ask(pages["base"] + path, **(known | how))))


def page(html: str) -> Answer:
    return 200, HTML, f"<!doctype html><link rel=icon href='data:,'>{html}".encode()


@pytest.mark.parametrize("link", ["http://[bad", "//[x/item/1"])
def test_a_broken_address_is_no_address_and_the_cards_beside_it_are_read(link: str) -> None:
    card = '<li class="card"><a href="{}"><span class="title">x</span><img src="{}"></a></li>'
    html = f'<ul class="results">{card.format(link, link)}{card.format("/item/7", link)}</ul>'
    seen = results(MARKET, page_of(html.encode(), url=MARKET.search_url("x", 1)), "x", 1)
    assert (seen.outcome, [lead.key for lead in seen.leads]) == (Outcome.HITS, ["7"])
    assert MARKET.key_of(link) is None


@pytest.mark.parametrize("charset", ["hex", "undefined", "idna", "unicode_escape"])
def test_a_codec_that_is_no_encoding_of_pages_leaves_the_page_readable(charset: str) -> None:
    for html, head in ((GOODS, charset), (f"<meta charset={charset}>{GOODS}", "")):
        heads = (("Content-Type", f"text/html; charset={head}"),)
        said = reading(MARKET, page_of(html.encode(), url=MARKET.url_of("1"), headers=heads))
        assert (said.condition, said.title) == (Condition.LIVE, "象牙手镯")


def test_a_damaged_picture_of_a_rare_format_has_no_hash() -> None:
    dds = (
        b"DDS " + struct.pack("<7I44x", 124, 0x1007, 8, 8, 0, 0, 0) + struct.pack("<8I", 32, 4, 0x30315844, *[0] * 5)
    )
    assert hashes(dds + bytes(60)) == {}


def test_a_bare_status_of_another_address_does_not_make_a_listing_gone() -> None:
    for elsewhere in ("https://sso.example/login", MARKET.url_of("2")):
        led = page_of(b"<h1>404</h1>", url=MARKET.url_of("1"), final_url=elsewhere, status=404)
        assert reading(MARKET, led).condition is Condition.UNREADABLE


@pytest.mark.parametrize("key", ["象牙", "a b", '5"q'])
def test_a_listing_is_itself_however_its_address_is_encoded(key: str) -> None:
    asked, plain = WORDS.url_of(key), f"{WORDS.base}/item/{key}"
    assert asked.isascii()
    assert not set(' "') & set(asked)
    assert WORDS.key_of(asked) == WORDS.key_of(plain) == key


@pytest.mark.parametrize("key", ["..", "%2e%2e", "a/../b", "a%00b", "."])
def test_a_key_that_leads_elsewhere_is_no_key(key: str) -> None:
    assert WORDS.key_of(f"{WORDS.base}/item/{key}") is None


@pytest.mark.parametrize("word", ["象牙手镯 ", "象象象", CODE])
def test_a_megabyte_of_terms_is_judged_within_two_seconds(word: str) -> None:
    text = "象牙手镯 私聊 " + word * (340_000 // len(word))
    began = time.monotonic()
    said = MATCHER.judge(text)
    assert time.monotonic() - began < 2
    assert said.matches[0].start == 0


def test_ends_of_a_page_that_do_not_end_are_read_in_time() -> None:
    began = time.monotonic()
    shut = Page(MARKET.url_of("1"), MARKET.url_of("1"), 200, GOODS + "</html " * 60_000)
    assert shut.root is shut.root
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("to", ["dead", "attachment", "empty"])
def test_a_script_that_leads_on_to_no_page_makes_no_false_finding(pages: dict[str, Any], to: str) -> None:
    pages["/attachment"] = (200, HTML | {"Content-Disposition": "attachment"}, b"x")
    pages["/empty"] = (204, {}, b"")
    where = dead() if to == "dead" else f"/{to}"
    pages["/"] = page(f"{GOODS}<script>onload = () => setTimeout(() => location = '{where}', 50)</script>")
    if to == "dead":
        with pytest.raises(Unanswered, match="connection refused"):
            load(pages, marks=("h2",), allow=(pages["base"][7:], where[7:-1]))
        return
    loaded = load(pages, marks=("h2",))
    assert (loaded.status, loaded.payload, loaded.final_url) == (200, pages["/"][2], pages["base"] + "/")


def test_half_a_surrogate_pair_is_replaced(pages: dict[str, Any]) -> None:
    pages["/"] = page("<h1></h1><script>document.querySelector('h1').textContent = '😀'.slice(0, 1) + '象'</script>")
    loaded = load(pages)
    assert loaded.text.encode().decode().strip() == "\ufffd象"
    assert loaded.dom.encode()


def test_a_page_that_breaks_the_tools_it_is_read_with_is_read(pages: dict[str, Any]) -> None:
    pages["/"] = page(
        f"{GOODS}<script>document.querySelectorAll = window.scrollTo = () => {{ throw 1 }};"
        "Object.defineProperty(HTMLElement.prototype, 'innerText', {get() { throw 1 }})</script>"
    )
    assert "象牙手镯" in load(pages, marks=("h1",), grows="h1", scrolls=1, keep=True).text


def test_a_bomb_is_no_page_and_the_next_page_loads(pages: dict[str, Any]) -> None:
    packed = gzip.compress(bytes(60_000_000), 1)
    pages["/bomb"] = (200, HTML | {"Content-Encoding": "gzip"}, packed)
    small = gzip.compress("<h1>象牙</h1>".encode("gb18030"))
    pages["/"] = (200, {"Content-Type": "text/html; charset=gb18030", "Content-Encoding": "gzip"}, small)
    with pytest.raises(Unanswered, match="longer than"):
        load(pages, "/bomb")
    loaded = load(pages)
    assert (loaded.text.strip(), loaded.payload) == ("象牙", "<h1>象牙</h1>".encode("gb18030"))


def test_a_driver_that_died_is_started_anew(pages: dict[str, Any]) -> None:
    pages["/"] = page(GOODS)
    load(pages)
    for child in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for pid in child.read_text().split():
            if b"node" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(int(pid), signal.SIGKILL)
    assert "象牙手镯" in load(pages).text
