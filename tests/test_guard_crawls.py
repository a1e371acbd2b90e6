"""Crawls and looks with the guard on: nothing private is asked, and what is refused is no answer of the site."""

import asyncio
import json
import os
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import build_opener, urlopen

import certifi
import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotSupported
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import browser
from crawler.chromium.load import Ask
from crawler.meta import ADDRESS
from crawler.run import crawl
from crawler.unanswered import NO_ANSWER, Unanswered
from tests.certificate import signed_by_itself
from tests.conftest import Wildfree
from tests.site import RESULTS, Answer, Site, admit, describe, opened
from tests.tripwire import Canary, knocked

FORMS = (
    "127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.1", "localhost", "0.0.0.0", "[::1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "user:word@127.0.0.1", "shop.example@127.0.0.1", "１２７.０.０.１",
    "%31%32%37.0.0.1",
)  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as canary:
        yield canary


class Wanderer(Spider):
    """Asks for all its addresses by plain HTTP, with our own settings, and notes what became of each."""

    name = "wanderer"
    custom_settings = {  # noqa: RUF012  (Scrapy's way)
        "DOWNLOADER_MIDDLEWARES": {"crawler.robots.Robots": None, "crawler.manners.Manners": None}
    }

    def __init__(self, urls: list[str], allow: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls, self.allow = urls, allow
        self.answered: dict[str, Response] = {}
        self.failed: dict[str, BaseException | None] = {}

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield Request(url, self.seen, errback=self.missed, cb_kwargs={"asked": url}, dont_filter=True)

    def seen(self, response: Response, asked: str) -> None:
        self.answered[asked] = response

    def missed(self, failure: Failure) -> None:
        self.failed[failure.request.cb_kwargs["asked"]] = failure.value  # type: ignore[attr-defined]  # Scrapy sets it


def wandered(*urls: str, allow: tuple[str, ...] = ()) -> Wanderer:
    (done,) = crawl(Wanderer, [{"urls": list(urls), "allow": allow}])
    assert isinstance(done, Wanderer)
    assert len(done.answered) + len(done.failed) == len(urls)
    return done


def place(site: Site) -> str:
    return site.base.rpartition("/")[2]


def test_however_a_plain_request_writes_an_address_it_wakes_no_canary(canary: Canary) -> None:
    port = canary.port("plain")
    written = [form.rpartition("@")[2].strip("[]") for form in FORMS if "%" not in form]
    assert all(knocked(form, port) for form in written)
    assert canary.woken("plain", len(written), 5), "each of them is heard before we begin to listen for ours"
    canary.hits.clear()
    urls = [f"{scheme}://{form}:{port}/" for form in FORMS for scheme in ("http", "https")]
    done = wandered(*urls)
    assert done.answered == {}
    for why in done.failed.values():
        assert isinstance(why, Unanswered)
        assert str(why).startswith("the guard refused ")
    assert canary.hits == {}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_wakes_no_canary(site: Site, canary: Canary, status: int) -> None:
    there = f"http://127.0.0.1:{canary.port('redirect')}/"
    site.answers["/there"] = Answer(status=status, to=there)
    site.answers["/long"] = Answer(status=status, to=f"{site.base}/there")
    with urlopen(site.base + "/long") as followed:
        assert followed.read() == b"awake"
    assert canary.hits.pop("redirect") > 0
    done = wandered(site.base + "/there", site.base + "/long", allow=(place(site),))
    refused = f"the guard refused 127.0.0.1:{canary.port('redirect')}: this machine (127.0.0.0/8)"
    assert [str(why) for why in done.failed.values()] == [refused] * 2
    assert canary.hits == {}


@pytest.mark.parametrize("to", ["file:///etc/hostname", "ftp://127.0.0.1:{}/x", "data:text/html,x", "s3://b/x"])
def test_a_redirect_out_of_http_leads_nowhere(site: Site, canary: Canary, to: str) -> None:
    site.answers["/there"] = Answer(status=302, to=to.format(canary.port("scheme")))
    done = wandered(site.base + "/there", allow=(place(site),))
    assert [response.status for response in done.answered.values()] == [302]
    assert canary.hits == {}


@pytest.mark.parametrize("url", ["file:///etc/hostname", "data:,x", "ftp://127.0.0.1/x", "s3://bucket/x"])
def test_nothing_but_http_is_asked_at_all(url: str) -> None:
    (why,) = wandered(url).failed.values()
    assert isinstance(why, NotSupported)


def test_a_proxy_that_the_environment_names_is_not_used(
    site: Site, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port('proxy')}")
    with build_opener().open(site.base) as answer:
        assert answer.read() == b"awake"
    canary.hits.clear()
    (answered,) = wandered(site.base + "/item/1", allow=(place(site),)).answered.values()
    assert answered.status == 200
    assert asyncio.run(browser.shared().load(Ask(site.base + "/item/1", allow=(place(site),)))).status == 200
    assert canary.hits == {}


@pytest.mark.parametrize("status", [403, 407, 502, 511])
def test_what_the_site_says_is_the_sites_and_what_the_guard_says_is_never_taken_for_it(
    site: Site, status: int
) -> None:
    """No status and no head tells a refusal: the site may send the very same."""
    heads = (("Proxy-Authenticate", "Basic"), ("X-Refused", "the guard refused 127.0.0.1"), ("Connection", "close"))
    site.answers["/said"] = Answer("the guard refused 127.0.0.1", status, heads=heads)
    with pytest.raises(HTTPError):
        urlopen(site.base + "/said")
    (answered,) = wandered(site.base + "/said", allow=(place(site),)).answered.values()
    assert (answered.status, answered.body) == (status, b"the guard refused 127.0.0.1")
    if status != 407:  # Chromium would ask its user for a password
        loaded = asyncio.run(browser.shared().load(Ask(site.base + "/said", allow=(place(site),))))
        assert (loaded.status, loaded.text) == (status, "the guard refused 127.0.0.1")


def test_a_sweep_of_a_private_place_that_is_not_allowed_fails_and_says_why(
    workspace: Path, site: Site, wildfree: Wildfree
) -> None:
    settings = (workspace / "wildfree.toml").read_text("utf-8")
    describe(workspace, site.base, delay=0.0)
    (workspace / "wildfree.toml").write_text(settings, "utf-8")
    (query,) = wildfree("sweep", "stall", "--term", "ivory", "--json").objects
    assert query["outcome"] == "failed"
    assert query["because"].endswith(f"the guard refused {place(site)}: this machine (127.0.0.0/8)")
    assert site.log == []
    admit(workspace, site.base)
    assert wildfree("sweep", "stall", "--term", "ivory", "--json").code == 0


def test_a_robots_txt_that_leads_to_a_private_address_is_not_followed_there(
    workspace: Path, site: Site, canary: Canary, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=0.0)
    site.answers["/robots.txt"] = Answer(status=302, to=f"http://127.0.0.1:{canary.port('robots')}/robots.txt")
    with urlopen(site.base + "/robots.txt") as followed:
        assert followed.read() == b"awake"
    canary.hits.clear()
    site.log.clear()
    (query,) = wildfree("sweep", "stall", "--term", "ivory", "--json").objects
    assert query["outcome"] == "failed"
    assert "the guard refused 127.0.0.1" in query["because"]
    assert site.asked() == ["/robots.txt"]
    assert canary.hits == {}


def test_a_search_that_leads_to_a_private_address_has_failed(
    workspace: Path, site: Site, canary: Canary, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=0.0)
    site.answers["/search"] = Answer(status=302, to=f"http://localhost:{canary.port('search')}/")
    with urlopen(site.base + "/search") as followed:
        assert followed.read() == b"awake"
    canary.hits.clear()
    (query,) = wildfree("sweep", "stall", "--term", "ivory", "--json").objects
    assert query["outcome"] == "failed"
    assert "the guard refused localhost" in query["because"]
    assert canary.hits == {}


def test_a_listing_that_leads_to_a_private_address_is_unreachable_and_never_gone(
    workspace: Path, site: Site, canary: Canary, wildfree: Wildfree
) -> None:
    describe(workspace, site.base, delay=0.0)
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    there = f"http://127.0.0.1:{canary.port('listing')}/"
    site.answers["/item/1"] = Answer(status=302, to=there)
    site.answers["/item/2"] = Answer(f'<meta http-equiv="refresh" content="0;url={there}">')
    first = {look["key"]: look for look in wildfree("visit", "stall", "--json").objects}
    assert [first[key]["condition"] for key in "123"] == ["unreachable", "unreachable", "live"]
    for key in "12":
        assert "the guard refused 127.0.0.1" in first[key]["because"]
    assert canary.hits == {}


def test_every_look_says_which_address_answered(workspace: Path, site: Site, wildfree: Wildfree) -> None:
    describe(workspace, site.base, delay=0.0)
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    assert wildfree("visit", "stall").code == 0
    wildfree("check", "stall")
    with closing(sqlite3.connect(workspace / "archive.sqlite")) as plain:
        told = [json.loads(row[0]) for row in plain.execute("SELECT environment FROM visit")]
    assert len(told) == 6
    assert {(each["vantage"], each["address"]) for each in told} == {
        ("browser", "127.0.0.1"),
        ("plain HTTP", "127.0.0.1"),
    }


@pytest.mark.parametrize(
    ("name", "days", "words", "browsers"),
    [
        ("127.0.0.1", 9, "certificate verify failed", "ERR_CERT_AUTHORITY_INVALID"),
        ("127.0.0.1", -1, "certificate verify failed", "ERR_CERT_"),
        ("shop.example", 9, "it is for another name", "ERR_CERT_"),
    ],
)
def test_a_certificate_that_nobody_vouches_for_is_no_answer_and_the_reason_is_clear(
    tmp_path: Path, name: str, days: int, words: str, browsers: str
) -> None:
    papers = signed_by_itself(tmp_path, name, days)
    with opened(papers.file) as site:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with urlopen(site.base + "/item/1", context=trusting) as answer:
            assert answer.status == 200, "else this proves nothing"
        (why,) = wandered(site.base + "/item/1", allow=(place(site),)).failed.values()
        assert isinstance(why, NO_ANSWER)
        assert str(why) == f"its certificate is not to be trusted ({words})"
        with pytest.raises(Unanswered) as caught:
            asyncio.run(browser.shared().load(Ask(site.base + "/item/1", allow=(place(site),))))
        assert str(caught.value).startswith(f"its certificate is not to be trusted ({browsers}")
        assert len(site.log) == 1


def test_a_site_with_a_good_certificate_is_read_through_the_guard_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = signed_by_itself(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(papers.file))
    monkeypatch.setattr(browser, "FLAGS", [*browser.FLAGS, f"--ignore-certificate-errors-spki-list={papers.pin}"])
    with opened(papers.file) as site:
        site.answers["/found"] = Answer(status=302, to="/search")
        (answered,) = wandered(site.base + "/found", allow=(place(site),)).answered.values()
        assert (answered.status, answered.text) == (200, RESULTS)
        assert answered.meta[ADDRESS] == "127.0.0.1"
        assert answered.certificate is not None
        one = browser.Browser()
        try:
            loaded = asyncio.run(one.load(Ask(site.base + "/found", allow=(place(site),))))
        finally:
            one.stop()
        assert (loaded.status, loaded.payload.decode()) == (200, RESULTS)
        assert (loaded.address, loaded.final_url) == ("127.0.0.1", site.base + "/search")


def test_where_the_system_keeps_no_authorities_for_openssl_ours_are_taken_unless_the_user_names_some() -> None:
    told = "import config.system as s; s.OPENSSL_FINDS_AUTHORITIES = False; import os, crawler.handler; "
    told += "print(os.environ['SSL_CERT_FILE'])"
    bare = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    for environment, expected in ((bare, certifi.where()), (bare | {"SSL_CERT_FILE": "/own.pem"}, "/own.pem")):
        said = subprocess.run(
            [sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        assert said.stdout.strip() == expected
    assert "BEGIN CERTIFICATE" in Path(certifi.where()).read_text("ascii", "replace")


def test_a_site_that_hangs_up_or_speaks_no_tls_is_said_in_clear_words(site: Site) -> None:
    (why,) = wandered(site.base.replace("http:", "https:") + "/", allow=(place(site),)).failed.values()
    assert isinstance(why, NO_ANSWER)
    assert str(why).startswith("no safe connection: ")
    assert "\n" not in str(why)
    assert "Failure" not in str(why)
