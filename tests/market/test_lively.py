"""A trick on a live page really does what could mislead: else that it reads live would prove nothing."""

import asyncio

from playwright.async_api import Dialog, Page, async_playwright

from config.platform import Platform
from crawler.chromium.find import chromium
from desk.practice.market import Market
from desk.practice.tricks.wire import LONG, PIECE
from tests.market.visitor import PLAIN, get, search, words


def test_the_words_of_a_dead_page_stand_in_a_script_and_nowhere_else(market: Market) -> None:
    market.play("script_words", PLAIN)
    answer = get(market, f"/item/{PLAIN}")
    assert "Page not found" in "".join(answer.page.css("script::text").getall())
    assert "Page not found" not in "".join(answer.page.xpath("//body//text()[not(parent::script)]").getall())
    assert "'unsafe-inline'" in answer.policy, "the browser would not run it"


def test_other_goods_are_sold_out_in_the_very_words_of_a_sold_listing(market: Market, file: Platform) -> None:
    market.sell("10006")
    sold = words(get(market, "/item/10006").page.css("main.listing > .sold"))
    market.play("sold_beside", PLAIN)
    page = get(market, f"/item/{PLAIN}").page
    assert len(page.css("main.listing .card .sold")) == len(page.css("main.listing .card")) == 6
    assert words(page.css("main.listing .card .sold")[:1]) in sold
    assert page.css(file.listing.title).getall() == [market.known(PLAIN).title]


def test_a_page_in_gbk_is_no_utf8_whatever_it_says(market: Market) -> None:
    said = {}
    for name in ("gbk", "gbk_head_utf8", "gbk_meta_utf8"):
        market.play(name, PLAIN)
        body = get(market, f"/item/{PLAIN}").body
        assert market.known(PLAIN).title.encode("gbk") in body
        assert market.known(PLAIN).title.encode() not in body
        said[name] = b'<meta charset="utf-8">' in body
    assert said == {"gbk": False, "gbk_head_utf8": False, "gbk_meta_utf8": True}


def test_a_huge_page_has_100_megabytes_with_the_listing_before_them(market: Market) -> None:
    market.play("huge", PLAIN)
    body = get(market, f"/item/{PLAIN}").body
    assert len(body) > LONG - len(PIECE)
    assert LONG == 100 * 1024 * 1024
    assert market.known(PLAIN).title.encode() in body[:5000]


async def met(market: Market) -> tuple[list[str], dict[str, list[int]]]:
    """The kinds of dialog that a page opens, and how much the endless ones grow from screen to screen."""
    dialogs: list[str] = []
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium(), chromium_sandbox=False)
        page = await running.new_page()

        async def answered(dialog: Dialog) -> None:
            dialogs.append(dialog.type)
            await (dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())

        page.on("dialog", answered)
        market.play("dialogs", PLAIN)
        await page.goto(f"{market.base}/item/{PLAIN}")
        async with asyncio.timeout(20):
            while "prompt" not in dialogs:
                await page.wait_for_timeout(50)
        await page.locator("body").click()  # a page that nobody touched may not ask on leaving
        market.play("endless")
        await page.goto(f"{market.base}/item/10004")
        grown = {path: await growth(page, market.base + path) for path in ("/item/10004", "/search?q=象牙")}
        await running.close()
    return dialogs, grown


async def growth(page: Page, url: str) -> list[int]:
    """The heights of a page, each measured once it has become taller than before."""
    await page.goto(url)
    heights = [await page.evaluate("document.documentElement.scrollHeight")]
    for _ in range(3):
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        async with asyncio.timeout(20):
            while (height := await page.evaluate("document.documentElement.scrollHeight")) <= heights[-1]:
                await page.wait_for_timeout(50)
        heights.append(height)
    return heights


def test_dialogs_open_one_after_another_and_an_endless_page_goes_on_growing(market: Market) -> None:
    dialogs, grown = asyncio.run(met(market))
    assert dialogs == ["alert", "confirm", "prompt", "beforeunload"]
    for heights in grown.values():
        assert len(set(heights)) == 4


def test_an_endless_search_repeats_the_goods_that_are_there(market: Market) -> None:
    market.play("endless", "象牙")
    assert search(market, "象牙").css("script[src$='endless.js']")
    assert not search(market, "虎").css("script[src$='endless.js']")
