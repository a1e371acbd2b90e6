"""What an address shows, and how a word may be spelt: without a window."""

import base64
import json
from html import escape
from urllib.parse import quote

import pytest

from config.platform import Platform, platform, platforms
from crawler.beside.address import Shows, same, shows
from crawler.beside.blackout import MARK, Own
from crawler.beside.frames import recorded

REAL = [each for each in platforms() if each.browse_url("象牙")]
NAME = "柠檬 Lan&7号"
SPELT = {
    "plain": NAME.encode(),
    "GB 18030": NAME.encode("gb18030"),
    "HTML": escape(NAME).encode(),
    "HTML in figures": "".join(f"&#{ord(each)};" for each in NAME).encode(),
    "JSON": json.dumps(NAME)[1:-1].encode(),
    "JSON within JSON": json.dumps(json.dumps(NAME))[3:-3].encode(),
    "an address": quote(NAME, safe="").encode(),
    "an address of a page in GBK": quote(NAME.encode("gb18030"), safe="").encode(),
    "an address within one": quote(quote(NAME, safe=""), safe="").encode(),
    "capitals": NAME.upper().encode(),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + NAME.encode() + b"y" * 4) for n in range(3)},
}


@pytest.mark.parametrize("site", REAL, ids=lambda site: site.name)
def test_the_search_of_every_platform_is_known_by_its_address_and_may_be_recorded(site: Platform) -> None:
    address = site.browse_url("象牙 &x")
    assert address
    assert shows(site, address) == Shows(term="象牙 &x")
    assert recorded(site, address)
    assert not recorded(site, "https://elsewhere.example/search?q=x")


def test_a_listing_a_later_page_and_a_home_page_are_told_apart() -> None:
    market, spirit = platform("market"), platform("spirit")
    assert shows(market, f"{market.base}/item/10001?from=search") == Shows(key="10001")
    assert shows(market, f"{market.base}/") == shows(market, f"{market.base}/search?q=") == Shows()
    assert shows(spirit, f"{spirit.base}/search/?page=3&q=a+b") == Shows(term="a b", page=3)
    assert same(market, f"{market.base}/item/10001#photos") == same(market, f"{market.base}/item/10001?from=liked")
    assert same(market, f"{market.base}/a") != same(market, f"{market.base}/b")


@pytest.mark.parametrize("digits", [7, 20, 5000])
def test_a_page_whose_number_no_search_has_is_none(digits: int) -> None:
    spirit = platform("spirit")
    assert shows(spirit, f"{spirit.base}/search/?page=999999&q=a+b") == Shows(term="a b", page=999999)
    assert shows(spirit, f"{spirit.base}/search/?page={'9' * digits}&q=a+b").page == 1


@pytest.mark.parametrize("how", SPELT)
def test_a_name_is_found_however_it_is_spelt(how: str) -> None:
    own = Own()
    own.shown([NAME], [])
    black, count = own.out_of(b"before <" + SPELT[how] + b"> behind")
    assert count == 1
    assert MARK in black
    assert black.startswith(b"before <")
    assert black.endswith(b"> behind")


def test_short_names_and_counts_leave_other_words_alone() -> None:
    own = Own()
    own.shown(["li", "12", "七", "3 条"], [])
    text = "<li>list of 12, 七 and lilies; by LI</li>".encode()
    assert own.out_of(text)[0] == "<li>list of 12, 七 and lilies; by (blacked-out)</li>".encode()


def test_values_that_prove_an_account_are_found_and_a_listings_number_in_a_cookie_is_not() -> None:
    own = Own()
    own.proved({"Cookie": 'sessionid=abcd1234efgh; seen=100000123456; zone=Asia/Shanghai; dev="9f8e7d6c5b4a3f2e1d"'})
    own.proved({"Authorization": "Bearer zzzz-1111-yyyy"})
    assert set(own.values) == {"abcd1234efgh", "9f8e7d6c5b4a3f2e1d", "zzzz-1111-yyyy"}
    said = b'{"access_token": "q1w2e3r4", "author": "a seller", "n": 100000123456}'
    assert own.out_of(said) == (b'{"access_token": "(blacked-out)", "author": "a seller", "n": 100000123456}', 1)
