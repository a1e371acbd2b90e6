"""A search of the practice market shows what is on sale, and is silent where only a script could tell."""

from collections.abc import Callable
from json import loads
from urllib.parse import quote

import pytest

from config.platform import Platform
from desk.practice.market import Market
from desk.practice.pages import BATCH
from tests.market.visitor import REASON, WARES, get, search, words


def test_a_search_has_its_first_cards_in_html_and_the_others_in_json_none_twice(
    market: Market, file: Platform
) -> None:
    cards = search(market, "象牙").css(file.search.card.each)
    keys = [file.key_of(file.base + url) for url in cards.css(file.search.card.url).getall()]
    assert len(keys) == BATCH
    start: int | None = BATCH
    while start is not None:
        told = loads(get(market, f"/api/search?q={quote('象牙')}&from={start}").body)
        keys += [card["key"] for card in told["cards"]]
        start = told["next"]
    assert sorted(key or "" for key in keys) == sorted(k for k, ware in WARES.items() if "象牙" in ware.title)


def test_every_card_of_the_html_is_read_whole_by_the_platform_file(market: Market, file: Platform) -> None:
    card = file.search.card
    cards = search(market, "手机壳").css(card.each)
    assert len(cards) == BATCH
    for each in cards:
        ware = WARES[file.key_of(file.base + (each.css(card.url).get() or "")) or ""]
        assert each.css(card.title).get() == ware.title
        assert each.css(card.price or "").get() == ware.price
        assert each.css(card.seller or "").get() == f"店铺 {ware.shop}"
        assert each.css(card.image or "").get() == f"/picture/{ware.key}-1.jpg"


@pytest.mark.parametrize("vanish", [Market.delete, Market.sell, lambda m, key: m.remove(key, REASON)])
def test_what_is_no_longer_on_sale_is_not_found(
    market: Market, file: Platform, vanish: Callable[[Market, str], None]
) -> None:
    assert len(search(market, "平安扣").css(file.search.card.each)) == 1
    vanish(market, "10006")
    assert len(search(market, "平安扣").css(file.search.card.each)) == 0
    market.reset()
    assert len(search(market, "平安扣").css(file.search.card.each)) == 1


def test_an_empty_search_says_so_in_the_sites_own_words_beside_goods_that_are_no_results(
    market: Market, file: Platform
) -> None:
    assert file.search.zero
    page = search(market, "独角兽")
    assert words(page.css(file.search.zero.where)) == file.search.zero.says[0]
    assert page.css(file.search.card.each).getall() == []
    assert len(page.css("ul.liked > li.card")) == 6


@pytest.mark.parametrize("term", ["ivory", "unicorn"])
def test_a_search_in_latin_letters_is_neither_hits_nor_zero_before_javascript_ran(
    market: Market, file: Platform, term: str
) -> None:
    assert file.search.zero
    page = search(market, term)
    assert words(page.css("main.search > .more"))
    assert page.css(file.search.card.each).getall() == []
    assert page.css(file.search.zero.where).getall() == []


def test_the_canary_sells_more_than_one_batch(market: Market, file: Platform) -> None:
    assert len(market.found(file.search.canary)) > BATCH
