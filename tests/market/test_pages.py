"""Every page of the practice market says that it is one, and leads and loads nowhere else."""

import pytest

from desk.practice.market import Market
from tests.market.visitor import PLAIN, REASON, WARES, addresses, get, outside, words

FOUND = [
    "/",
    "/search?q=ivory",
    "/search?q=%E8%99%8E",
    "/search?q=%E7%8B%AC",
    "/item/10002",
    "/item/10001",
    "/seller/005",
]
STATES = ["/item/10004", "/item/10006"]  # removed, sold
MISSING = ["/item/1", "/nowhere", "/seller/999"]


@pytest.mark.parametrize("path", FOUND + STATES + MISSING)
def test_every_page_says_practice_and_loads_nothing_from_outside(market: Market, path: str) -> None:
    market.remove("10004", REASON)
    market.sell("10006")
    answer = get(market, path)
    assert answer.status == (404 if path in MISSING else 200)
    assert "演练市场 PRACTICE" in words(answer.page.css("body > .banner"))
    assert answer.page.css("html::attr(lang)").get() == "zh-CN"
    assert "width=device-width" in (answer.page.css("meta[name=viewport]::attr(content)").get() or "")
    assert addresses(answer.page)
    assert outside(answer.page) == []
    assert answer.policy == "default-src 'self'; img-src 'self' data:"  # a browser holds scripts and styles to it


@pytest.mark.parametrize("name", ["market.css", "market.js"])
def test_no_style_or_script_names_an_address_outside(market: Market, name: str) -> None:
    assert f"/static/{name}" in addresses(get(market, "/").page)
    answer = get(market, f"/static/{name}")
    assert answer.status == 200
    assert len(answer.body) > 500
    assert b"://" not in answer.body
    assert b"@import" not in answer.body


def test_robots_may_go_everywhere_but_to_the_shops_own_pages(market: Market) -> None:
    lines = get(market, "/robots.txt").body.decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /seller/"]
    shop = get(market, f"/seller/{WARES[PLAIN].shop}").page
    assert WARES[PLAIN].title in shop.css(".card .title::text").getall()
    assert get(market, "/seller/999").status == 404
