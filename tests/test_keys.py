"""Keys: which listing an address names, however it is written, and which address names none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.errors import ConfigError, UsageError
from config.pattern import LONGEST
from config.platform import Condition, Platform, platform
from config.reading import checked
from crawler.page import page_of, reading

MARKET = platform("market")
WEIXIN = platform("weixin")
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
LONG = "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMA==&mid=2247480001&idx=1&sn=0123456789abcdef0123456789abcdef"
ARTICLE = '<meta property="og:title" content="象牙手镯"><h1 id="activity-name">象牙手镯</h1>'
SITE: dict[str, Any] = {
    "name": "site",
    "title": "Site",
    "base": "https://www.site.example",
    "hosts": ["m.site.example", "site.example:8443"],
    "read_on": "2026-11-21",
    "key": r"/(?:item/|i)(\d+)",
    "canonical": "/item/{key}",
    "unsearched": "nothing is sold here",
    "listing": {"title": "h1"},
}


def site(**other: Any) -> Platform:
    return checked({key: each for key, each in (SITE | other).items() if each is not None}, Platform, "config/x.toml")


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.site.example/item/5", "5"),
        ("http://www.site.example/item/5?from=x#top", "5"),
        ("HTTPS://WWW.Site.example/item/5", "5"),
        ("https://m.site.example/i5.htm", "5"),
        ("https://site.example:8443/item/5", "5"),
        ("https://site.example/item/5", None),
        ("https://www.site.example:8443/item/5", None),
        ("https://www.site.example.evil.example/item/5", None),
        ("https://evil.example/https://www.site.example/item/5", None),
        ("https://x@www.site.example/item/5", None),
        ("ftp://www.site.example/item/5", None),
        ("//www.site.example/item/5", None),
        ("https://www.site.example/x?u=/item/5", None),
        ("https://www.site.example/x#/item/5", None),
        ("https://www.site.example/go/https://www.site.example/item/5", None),
        ("https://www.site.example/item/", None),
        ("https://www.site.example", None),
        ("https://www.site.example/item/" + "5" * LONGEST, None),
        ("http://[bad", None),
        ("", None),
    ],
)
def test_an_address_names_a_listing_by_its_path_on_a_host_of_the_platform(address: str, key: str | None) -> None:
    assert site().key_of(address) == key


def test_a_query_names_a_listing_only_where_the_pattern_says_so() -> None:
    asks = site(key=r"/item\.htm\?(?:.*&)?id=(\d+)", canonical="/item.htm?id={key}")
    there = "https://www.site.example/item.htm?spm=a.b&id=5&x=7"
    assert asks.key_of(there) == "5"
    assert asks.key_of(asks.url_of("5")) == "5"
    for other in ("/item.htm?sid=5", "/x?u=/item.htm?id=5", "/item.htm#?id=5", "/item.htm"):
        assert asks.key_of("https://www.site.example" + other) is None, other


def test_a_host_of_its_own_for_short_addresses_names_a_listing_where_the_pattern_says_so() -> None:
    short = site(key=r"//(?:m\.site\.example/|[^/]+/item/)(\d+)")
    for there in ("https://m.site.example/5", "https://M.site.example/item/5", "https://www.site.example/item/5"):
        assert short.keyed(there) == (0, "5"), there
    for other in ("www.site.example/5", "www.site.example//m.site.example/5", "evil.example/item/5"):
        assert short.key_of(f"https://{other}") is None, other


def test_each_form_of_address_has_the_canonical_one_that_reads_back() -> None:
    forms = site(key=[r"/(\d+/[a-z]+)$", r"/(?:item|i)/(\d+)$"], canonical=["/{key}", "/item/{key}"])
    assert forms.url_of("5/abc") == "https://www.site.example/5/abc"
    assert forms.url_of("5") == "https://www.site.example/item/5"
    assert forms.url_of("neither") == "https://www.site.example/neither"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"canonical": []}, "needs {key}"),
        ({"canonical": ["/item/{key}", "/item/"]}, "needs {key}"),
        ({"canonical": ["/item/{key}", "//m.site.example/{key}"]}, "begins with one /"),
        ({"key": r"item/(\d+)"}, "must begin with /"),
        ({"key": [r"/item/(\d+)", r"/i\d+"]}, "one pair of brackets"),
        ({"key": "/("}, "not a regular expression"),
        ({"key": r"/item/(\d+)(?!\d)"}, "for (?!x) write (?:[^x]|$)"),
        ({"key": r"/(\d+)/\1"}, "invalid escape sequence"),
        ({"key": r"/(\d{1,2000})"}, "invalid repetition size"),
        ({"key": []}, "at least one pattern"),
        ({"hosts": ["https://m.site.example"]}, "hosts"),
        ({"unsearched": None}, "needs [search], or unsearched"),
        (
            {"search": {"url": "/s?q={term}", "canary": "x", "card": {"each": "li", "url": "a", "title": "a"}}},
            "not both",
        ),
        ({"serch": {}}, "Did you mean 'search'"),
        ({"search": {"ulr": "x"}}, "[search] has no key 'ulr'. Did you mean 'url'"),
    ],
)
def test_a_platform_that_cannot_be_meant_is_said_in_words(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        site(**told)
    assert words in str(error.value)


HANGING = [
    (r"/item/(?:a+)+/(\d+)", "/item/" + "a" * 1900),
    (r"/x(?:[a-c]+d?)+=(\d)", "/x" + "abc" * 600),
    (r"/v(\d*)(?:\d*)(?:\d*)(?:\d*)(?:\d*)z", "/v" + "0" * 1900),
]
TRY = """
import sys
from config.pattern import begins, holds
assert begins(*sys.argv[1:]) is None and not holds(*sys.argv[1:])
"""


@pytest.mark.parametrize(("pattern", "path"), HANGING)
def test_no_pattern_takes_for_ever(pattern: str, path: str) -> None:
    assert site(key=pattern).name == "site", "such a file can be read"
    subprocess.run([sys.executable, "-c", TRY, pattern, path], check=True, cwd=Path(__file__).parents[1], timeout=60)


def test_a_platform_that_no_robot_searches_says_why() -> None:
    with pytest.raises(UsageError, match="site is not searched: nothing is sold here"):
        site().search_url("x", 1)


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        (SHORT, SHORT),
        (SHORT.replace("https", "http") + "?scene=21#wechat_redirect", SHORT),
        (LONG, LONG),
        (LONG + "&chksm=aa&scene=1#rd", LONG),
        (SHORT[:-1], None),
        (SHORT + "w", None),
        ("https://mp.weixin.qq.com/s?src=3&timestamp=1&ver=1&signature=AbCdEfGhIjKlMnOpQrStUv", None),
        ("https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMA==&mid=2247480001", None),
        ("https://mp.weixin.qq.com/profile?u=/s/AbCdEfGhIjKlMnOpQrStUv", None),
        ("https://weixin.sogou.com/s/AbCdEfGhIjKlMnOpQrStUv", None),
    ],
)
def test_an_article_has_two_forms_of_address_and_a_link_that_runs_out_is_neither(
    address: str, canonical: str | None
) -> None:
    key = WEIXIN.key_of(address)
    assert (key and WEIXIN.url_of(key)) == canonical
    assert key is None or WEIXIN.key_of(WEIXIN.url_of(key)) == key


def test_two_forms_of_one_article_are_neither_the_same_nor_another() -> None:
    def led(asked: str, answered: str) -> Condition:
        return reading(WEIXIN, page_of(ARTICLE.encode(), url=asked, final_url=answered)).condition

    assert led(SHORT, SHORT) is led(LONG, LONG + "&chksm=a") is Condition.LIVE
    assert (
        led(SHORT, SHORT.replace("AbC", "XyZ")) is led(LONG, LONG.replace("idx=1", "idx=2")) is Condition.SUBSTITUTED
    )
    assert led(SHORT, LONG) is led(LONG, SHORT) is Condition.UNREADABLE
    assert led(SHORT, "https://mp.weixin.qq.com/") is Condition.REDIRECTED


def test_a_page_that_calls_itself_by_the_other_form_is_not_taken_for_another() -> None:
    place = WEIXIN.listing.model_copy(update={"key": "meta[property='og:url']::attr(content)"})
    known = WEIXIN.model_copy(update={"listing": place})
    for asked, called, condition in (
        (LONG, SHORT, Condition.LIVE),
        (SHORT, SHORT, Condition.LIVE),
        (SHORT, SHORT.replace("AbC", "XyZ"), Condition.SUBSTITUTED),
    ):
        html = f'<meta property="og:url" content="{called}">{ARTICLE}'
        assert reading(known, page_of(html.encode(), url=asked)).condition is condition


def test_the_market_still_names_its_listings() -> None:
    assert MARKET.key_of(MARKET.url_of("10001")) == "10001"
    assert MARKET.owns(MARKET.base + "/anything")
    assert not MARKET.owns("https://elsewhere.example/item/10001")
