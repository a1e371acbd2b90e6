"""A listing of the practice market says in HTML what a platform file reads, and hides what a real one hides."""

from json import loads

import pytest

from config.errors import UsageError
from config.platform import Cause, Platform
from desk.practice.market import Market
from tests.market.visitor import LATE, PLAIN, REASON, WARES, get, search, words


def test_a_plain_listing_says_everything_in_its_html(market: Market, file: Platform) -> None:
    answer = get(market, f"/item/{PLAIN}?from=search")
    assert answer.status == 200
    assert answer.page.css(file.listing.title).getall() == [WARES[PLAIN].title]
    assert answer.page.css(file.listing.price or "").getall() == [WARES[PLAIN].price]
    assert answer.page.css(file.listing.seller or "").getall() == [f"店铺 {WARES[PLAIN].shop}"]
    assert len(answer.page.css(file.listing.images or "").getall()) == 2


def test_a_late_listing_says_nothing_of_its_goods_without_javascript(market: Market) -> None:
    text = get(market, f"/item/{LATE}").body.decode()
    assert WARES[LATE].title not in text
    assert WARES[LATE].price not in text
    assert "/picture/" not in text
    assert loads(get(market, f"/api/item/{LATE}").body)["title"] == WARES[LATE].title


@pytest.mark.parametrize("key", [PLAIN, LATE])
def test_a_removed_listing_gives_the_platforms_reason_and_hides_the_goods(
    market: Market, file: Platform, key: str
) -> None:
    market.remove(key, REASON)
    answer = get(market, f"/item/{key}")
    (sign,) = [sign for sign in file.signs if sign.cause is Cause.PLATFORM]
    assert answer.status == 200
    assert words(answer.page.css(sign.where or "")) == "该商品因违反平台规则已被下架"
    assert answer.page.css(sign.reason or "").getall() == [REASON]
    assert answer.page.css(file.listing.title).getall() == []
    assert WARES[key].title not in answer.body.decode()
    assert get(market, f"/api/item/{key}").status == 404


def test_a_live_listing_bears_no_sign_although_its_script_holds_the_words(market: Market, file: Platform) -> None:
    answer = get(market, f"/item/{PLAIN}")
    assert "该商品因违反平台规则已被下架" in answer.body.decode()
    assert [sign.where for sign in file.signs if sign.where and answer.page.css(sign.where)] == []


def test_a_deleted_listing_answers_as_one_that_never_was(market: Market) -> None:
    market.delete(PLAIN)
    assert get(market, f"/item/{PLAIN}") == get(market, "/item/99999")
    assert get(market, f"/item/{PLAIN}").status == 404
    assert words(get(market, f"/item/{PLAIN}").page.css("main .notice")) == "宝贝不存在"


def test_a_sold_listing_says_so_and_still_shows_its_goods(market: Market, file: Platform) -> None:
    market.sell(PLAIN)
    answer = get(market, f"/item/{PLAIN}")
    assert answer.status == 200
    assert words(answer.page.css("main.listing > .sold")) == "该宝贝已售出"
    assert answer.page.css(file.listing.title).get() == WARES[PLAIN].title


def test_an_edited_title_shows_on_the_page_and_in_searches(market: Market, file: Platform) -> None:
    market.edit(PLAIN, "料子圆珠 <b>懂的来</b>")
    assert get(market, f"/item/{PLAIN}").page.css(file.listing.title).get() == "料子圆珠 <b>懂的来</b>"
    assert len(search(market, "料子圆珠").css(file.search.card.each)) == 1


def test_a_listing_that_is_not_there_cannot_be_removed(market: Market) -> None:
    with pytest.raises(UsageError, match=r"no listing '1000x'\. Did you mean '10"):
        market.remove("1000x", REASON)


def test_the_platform_file_makes_one_listing_of_two_addresses(file: Platform) -> None:
    assert file.key_of(f"{file.base}/item/10007?from=search") == "10007"
    assert file.url_of("10007") == f"{file.base}/item/10007"
    assert file.key_of("http://127.0.0.1:1/item/10007") is None
