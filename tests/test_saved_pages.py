"""Real pages saved by others: no sign fires on a live one, and a foreign page is never zero, live or gone."""

import gzip
import json
import os
from base64 import b64decode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.facts import Outcome
from config.platform import Condition, Platform, platforms
from crawler.page import page_of, reading, results
from crawler.signs import Page, found

NAMED = os.environ.get("WILDFREE_SAVED_PAGES", "")
FOLDER = Path(NAMED) if NAMED else None
HTML = (".html", ".htm", ".php", ".html.gz")
NOT_LIVE = ("deleted_by_author", "violates_rules", "temporarily_unavailable", "article_detail_expired", "gzh-error")
SITES = tuple(platforms())

pytestmark = pytest.mark.skipif(FOLDER is None, reason="WILDFREE_SAVED_PAGES names no folder of saved pages")


@dataclass(frozen=True)
class Recorded:
    """A recorded response: a wall or a challenge."""

    url: str
    status: int
    body: bytes


def saved() -> list[Path]:
    if FOLDER is None:
        return []
    return sorted(path for path in FOLDER.rglob("*") if path.name.endswith(HTML))


def recorded() -> list[Path]:
    return sorted(FOLDER.rglob("*__failed.json")) if FOLDER else []


def body_of(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@cache
def page(path: Path, url: str) -> Page:
    return page_of(body_of(path), url=url)


def responses(path: Path) -> list[Recorded]:
    entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["log"]["entries"]
    return [
        Recorded(each["request"]["url"], each["response"]["status"], _content(each["response"]["content"]))
        for each in entries
    ]


def _content(content: dict[str, Any]) -> bytes:
    text: str = content.get("text", "")
    return b64decode(text) if content.get("encoding") == "base64" else text.encode()


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_the_folder_holds_live_pages_dead_ones_and_walls() -> None:
    dead = [path for path in saved() if any(word in path.name for word in NOT_LIVE)]
    assert len(saved()) - len(dead) >= 20
    assert len(dead) >= 6
    assert len(recorded()) >= 5


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
@pytest.mark.parametrize("path", saved(), ids=named)
def test_no_sign_fires_on_a_page_of_another_site(path: Path, site: Platform) -> None:
    hit = found(site.signs, page(path, site.url_of("1")))
    assert hit is None, hit and hit.because


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
@pytest.mark.parametrize("path", saved(), ids=named)
def test_a_foreign_page_in_place_of_a_listing_is_unreadable(path: Path, site: Platform) -> None:
    said = reading(site, page(path, site.url_of("1")))
    assert said.condition is Condition.UNREADABLE, said.because
    assert (said.cause, said.title) == (None, "")


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
@pytest.mark.parametrize("path", saved(), ids=named)
def test_a_foreign_page_in_place_of_a_search_is_never_zero_and_never_hits(path: Path, site: Platform) -> None:
    seen = results(site, page(path, site.url_of("1")), "象牙", 1)
    assert seen.outcome is Outcome.UNREADABLE, seen.because
    assert seen.leads == ()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.parent.name)
def test_a_recorded_wall_is_neither_live_nor_gone_nor_zero(path: Path, site: Platform) -> None:
    assert responses(path)
    for each in responses(path):
        asked = page_of(each.body, url=site.url_of("1"), status=each.status)
        said = reading(site, asked)
        assert said.condition not in {Condition.LIVE, Condition.GONE, Condition.SOLD_OR_ENDED}, said.because
        assert said.cause is None
        seen = results(site, asked, "象牙", 1)
        assert seen.outcome not in {Outcome.HITS, Outcome.CONFIRMED_ZERO, Outcome.BANNED_TERM_NOTICE}, seen.because


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.parent.name)
def test_a_wall_that_was_led_to_is_neither_live_nor_gone(path: Path, site: Platform) -> None:
    for each in responses(path):
        led = page_of(each.body, url=site.url_of("1"), final_url=each.url, status=each.status)
        assert reading(site, led).condition not in {Condition.LIVE, Condition.GONE, Condition.SOLD_OR_ENDED}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("taobao/Scrapy__taobao.html", "淘宝"),
        ("tieba/Scrapy__2.html", "贴吧"),
        ("yahoo_jp/jsoup__yahoo-jp.html.gz", "検索"),
    ],
)
def test_a_page_in_its_own_encoding_is_decoded(path: str, words: str) -> None:
    assert FOLDER is not None
    html = page(FOLDER / path, "https://site.example/").html
    assert words in html
    assert html.count("\ufffd") < 20


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "big5", "euc-jp", "euc-kr", "shift_jis", "utf-16"])
def test_a_real_page_in_another_encoding_reads_the_same(encoding: str) -> None:
    words = {"big5": "象牙手鐲", "euc-jp": "象牙の印鑑", "shift_jis": "象牙の印鑑", "euc-kr": "상아 도장"}.get(
        encoding, "象牙手镯"
    )
    html = f'<html><head><meta charset="{encoding}"></head><body><h1>{words}</h1></body></html>'
    assert words in page_of(html.encode(encoding), url="https://site.example/").html
    assert words in page_of(html.encode(encoding), url="https://site.example/", charset=encoding).html


@pytest.mark.parametrize("path", saved(), ids=named)
def test_words_of_removal_in_their_place_are_found_even_at_the_end_of_a_huge_page(path: Path) -> None:
    (market,) = [site for site in SITES if site.name == "market"]
    notice = '<main class="removed"><h1 class="notice">该商品因违反平台规则已被下架</h1></main>'
    real = page(path, market.url_of("1"))
    spliced = real.html + notice
    said = reading(market, Page(real.url, real.final_url, 200, spliced))
    assert said.condition is Condition.GONE
    assert said.cause == "platform"
