"""The practice market fits a phone: nothing lies beside the screen, and a listing says what it is on the first."""

import asyncio

from playwright.async_api import Page, async_playwright

from crawler.chromium.find import chromium
from desk.practice.market import Market
from tests.market.visitor import LATE, PLAIN, REASON

NARROW, HIGH = 360, 740  # CSS px of a small phone
TRICKS = (
    "app_only", "private", "challenge_work", "challenge_box", "challenge_pass", "sold_beside", "gbk", "title_words"
)  # fmt: skip
PATHS = (
    "/", "/search?q=象牙", "/search?q=ivory", "/search?q=独角兽", f"/item/{PLAIN}", f"/item/{LATE}",
    "/item/10004", "/item/10006", "/item/1", "/seller/005", "/login",
)  # fmt: skip
LOOK = """() => {
    const all = [...document.querySelectorAll('body *')].filter(each => each.checkVisibility());
    return {
        wide: document.documentElement.scrollWidth,
        small: all.filter(each => parseFloat(getComputedStyle(each).fontSize) < 12).length,
        beside: all.filter(each => each.getBoundingClientRect().right > innerWidth + 1).length,
        words: document.body.innerText.trim().length,
        title: document.querySelector('main.listing h1.title')?.getBoundingClientRect().bottom ?? 0,
    };
}"""
WAITING = "ul.results[data-term]:not(:has(.card)), h1.title:empty, #pass:empty"  # for a script to fill it
Look = dict[str, float]


async def looks(market: Market) -> dict[str, Look]:
    """How every kind of page lies on a phone, by its path, or by the trick it plays."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium(), chromium_sandbox=False)
        context = await running.new_context(
            viewport={"width": NARROW, "height": HIGH}, is_mobile=True, bypass_csp=True
        )
        page = await context.new_page()
        found = {path: await looked(page, market.base + path) for path in PATHS}
        for name in TRICKS:
            market.play(name, "10010")
            found[name] = await looked(page, f"{market.base}/item/10010")
            market.cease(name)
        market.play("banned_term")
        found["banned_term"] = await looked(page, f"{market.base}/search?q=象牙")
        await running.close()
    return found


async def looked(page: Page, url: str) -> Look:
    await page.goto(url)
    await page.wait_for_function("css => !document.querySelector(css)", arg=WAITING)
    seen: Look = await page.evaluate(LOOK)
    return seen


def test_every_page_fits_a_phone(market: Market) -> None:
    market.remove("10004", REASON)
    market.sell("10006")
    found = asyncio.run(looks(market))
    assert len(found) == len(PATHS) + len(TRICKS) + 1
    assert min(look["words"] for look in found.values()) > 20
    assert {name: look["wide"] for name, look in found.items() if look["wide"] > NARROW} == {}
    assert {name: look["beside"] for name, look in found.items() if look["beside"]} == {}
    assert {name: look["small"] for name, look in found.items() if look["small"]} == {}
    titles = {name: look["title"] for name, look in found.items() if look["title"]}
    assert len(titles) >= 4
    assert {name: low for name, low in titles.items() if low > HIGH} == {}, "what it is stands below the first screen"
