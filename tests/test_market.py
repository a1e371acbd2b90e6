"""The practice market over real HTTP and in a real Chromium."""

import gc
import io
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from json import loads
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import imagehash
import pytest
from parsel import Selector, SelectorList
from PIL import Image
from playwright.sync_api import Page, Route, sync_playwright

from config.errors import MachineError, UsageError
from config.platform import Platform, platform
from crawler.chromium import chromium
from desk.practice.market import Market
from desk.practice.pages import BATCH
from desk.practice.wares import Label, Ware, wares

SAVED = Path(__file__).parent / "platforms" / "market"
PLAIN, LATE = "10002", "10001"  # one is HTML at once, one fills itself by JavaScript
REASON = "涉嫌出售国家重点保护野生动物制品"
WARES = {ware.key: ware for ware in wares()}


class Answer(NamedTuple):
    status: int
    body: bytes

    @property
    def page(self) -> Selector:
        return Selector(self.body.decode("utf-8"))


@pytest.fixture(scope="module")
def opened() -> Iterator[Market]:
    with Market(wares()) as market:
        yield market


@pytest.fixture
def market(opened: Market) -> Market:
    opened.reset()
    return opened


@pytest.fixture
def file(market: Market) -> Platform:
    return platform("market", base=market.base)


def get(market: Market, path: str) -> Answer:
    try:
        with urllib.request.urlopen(market.base + path, timeout=10) as answer:
            return Answer(answer.status, answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read())


def search(market: Market, term: str) -> Selector:
    return get(market, f"/search?q={quote(term)}").page


def words(found: SelectorList[Selector]) -> str:
    return "".join(found.xpath(".//text()").getall()).strip()


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
    sign = file.signs[0]
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


@pytest.mark.parametrize("vanish", [Market.delete, Market.sell, lambda m, key: m.remove(key, REASON)])
def test_what_is_no_longer_on_sale_is_not_found(
    market: Market, file: Platform, vanish: Callable[[Market, str], None]
) -> None:
    assert len(search(market, "平安扣").css(file.search.card.each)) == 1
    vanish(market, "10006")
    assert len(search(market, "平安扣").css(file.search.card.each)) == 0
    market.reset()
    assert len(search(market, "平安扣").css(file.search.card.each)) == 1


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
    for each in search(market, "手机壳").css(card.each):
        ware = WARES[file.key_of(file.base + (each.css(card.url).get() or "")) or ""]
        assert each.css(card.title).get() == ware.title
        assert each.css(card.price or "").get() == ware.price
        assert each.css(card.seller or "").get() == f"店铺 {ware.shop}"
        assert each.css(card.image or "").get() == f"/picture/{ware.key}-1.jpg"


def test_an_empty_search_says_so_in_the_sites_own_words_beside_goods_that_are_no_results(
    market: Market, file: Platform
) -> None:
    assert file.search.zero
    page = search(market, "独角兽")
    assert words(page.css(file.search.zero.where)) == file.search.zero.says[0]
    assert page.css(file.search.card.each).getall() == []
    assert len(page.css("ul.liked > li.card")) == 6


def test_a_search_in_latin_letters_is_neither_hits_nor_zero_before_javascript_ran(
    market: Market, file: Platform
) -> None:
    assert file.search.zero
    for term in ("ivory", "unicorn"):
        page = search(market, term)
        assert page.css(file.search.card.each).getall() == []
        assert page.css(file.search.zero.where).getall() == []


def test_the_canary_sells_more_than_one_batch(market: Market, file: Platform) -> None:
    assert len(market.found(file.search.canary)) > BATCH


def test_robots_may_go_everywhere_but_to_the_shops_own_pages(market: Market) -> None:
    lines = get(market, "/robots.txt").body.decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /seller/"]
    shop = get(market, f"/seller/{WARES[PLAIN].shop}").page
    assert WARES[PLAIN].title in shop.css(".card .title::text").getall()
    assert get(market, "/seller/999").status == 404


def test_every_page_says_practice_and_loads_nothing_from_outside(market: Market) -> None:
    market.remove("10004", REASON)
    market.sell("10006")
    for path in ("/", "/search?q=ivory", "/search?q=%E8%99%8E", "/item/10002", "/item/10001"):
        assert_practice(get(market, path).page)
    for path in ("/item/10004", "/item/10006", "/item/1", "/seller/005", "/nowhere"):
        assert_practice(get(market, path).page)


def assert_practice(page: Selector) -> None:
    assert "演练市场 PRACTICE" in words(page.css("body > .banner"))
    assert page.css("html::attr(lang)").get() == "zh-CN"
    assert "width=device-width" in (page.css("meta[name=viewport]::attr(content)").get() or "")
    addresses = page.xpath("//@src | //@href | //@action").getall()
    assert addresses
    assert [at for at in addresses if urlsplit(at).netloc or urlsplit(at).scheme not in ("", "data")] == []


def test_every_listing_has_pictures_of_its_own_that_never_change(market: Market) -> None:
    first = {key: get(market, f"/picture/{key}-1.jpg").body for key in WARES}
    pictures = {key: Image.open(io.BytesIO(body)) for key, body in first.items()}
    assert {(one.format, one.size) for one in pictures.values()} == {("JPEG", (600, 600))}
    hashes = [imagehash.phash(one) for one in pictures.values()]
    assert min(a - b for i, a in enumerate(hashes) for b in hashes[:i]) >= 8
    assert get(market, f"/picture/{PLAIN}-2.jpg").body not in first.values()
    assert get(market, f"/picture/{PLAIN}-1.jpg").body == first[PLAIN]
    assert get(market, f"/picture/{PLAIN}-3.jpg").status == 404


def test_the_mark_is_in_every_picture_whatever_it_shows(market: Market) -> None:
    bands = []
    for key in (PLAIN, LATE, "10050"):
        picture = Image.open(io.BytesIO(get(market, f"/picture/{key}-1.jpg").body)).convert("L")
        bands.append(picture.crop((0, 540, 400, 590)).point(lambda grey: 255 * (grey > 128)))
    light = [sum(band.histogram()[128:]) for band in bands]
    assert min(light) > 1500
    assert max(light) - min(light) < 60


def test_the_wares_hold_what_a_volunteer_must_tell_apart() -> None:
    by_label: dict[Label, list[Ware]] = {label: [] for label in Label}
    for ware in WARES.values():
        by_label[ware.label].append(ware)
    assert len(WARES) >= 60
    assert len(by_label[Label.SUSPECT]) >= 20
    assert {ware.late for ware in by_label[Label.SUSPECT]} == {True, False}
    assert [ware.title for ware in by_label[Label.SUSPECT] if not ware.species and "捕鸟网" not in ware.title] == []
    decoys = " ".join(ware.title for ware in by_label[Label.DECOY])
    for word in ("象牙白", "虎牙直播", "豹纹", "玳瑁猫", "Rhino 8", "turtleneck", "麝香葡萄"):
        assert word in decoys


def test_the_platform_file_makes_one_listing_of_two_addresses(file: Platform) -> None:
    assert file.key_of(f"{file.base}/item/10007?from=search") == "10007"
    assert file.url_of("10007") == f"{file.base}/item/10007"
    assert file.key_of("http://127.0.0.1:1/item/10007") is None


def test_a_listing_that_is_not_there_cannot_be_removed(market: Market) -> None:
    with pytest.raises(UsageError, match=r"no listing '1000x'\. Did you mean '10"):
        market.remove("1000x", REASON)


def test_many_hands_at_once_lose_no_change(market: Market) -> None:
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda key: market.remove(key, REASON), WARES))
    assert market.on_sale() == ()
    assert search(market, "象牙").css(".empty").getall()


def test_a_closed_market_leaves_no_thread_and_no_port_taken() -> None:
    before = threading.active_count()
    market = Market(wares())
    market.start()
    port = urlsplit(market.base).port or 0
    with pytest.raises(MachineError, match="open already"):
        market.start()
    with pytest.raises(MachineError, match=f"127.0.0.1:{port} cannot be used"):
        Market(wares()).start(port)
    assert get(market, "/").status == 200
    market.stop()
    market.stop()
    gc.collect()
    assert threading.active_count() == before
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
    market.start(port)
    assert get(market, "/item/10002").status == 200
    market.stop()


class Seen(NamedTuple):
    """What a browser with a small window saw of the market."""

    late_at_first: list[str | None]
    late: str  # the rendered page
    first_cards: int
    search: str
    latin: str
    zero: str
    outside: list[str]


@pytest.fixture(scope="module")
def seen(opened: Market) -> Seen:
    """One Chromium, in a thread of its own: its event loop must not meet another test's."""
    opened.reset()
    with ThreadPoolExecutor(1) as own:
        return own.submit(_look, opened.base).result(timeout=120)


def _look(base: str) -> Seen:
    flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        page = browser.new_page(viewport={"width": 390, "height": 700})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        seen = _walk(page, base, asked)
        browser.close()
    return seen


def _walk(page: Page, base: str, asked: list[str]) -> Seen:
    at_first = _titles_when_the_script_asks(page)
    page.goto(f"{base}/item/{LATE}")
    page.wait_for_selector("h1.title:has-text('象牙')")
    late = page.content()
    page.goto(f"{base}/search?q={quote('象牙')}", wait_until="networkidle")
    first = page.locator("ul.results > li.card").count()
    found = _to_the_end(page)
    page.goto(f"{base}/search?q=ivory")
    latin = _to_the_end(page)
    page.goto(f"{base}/search?q=unicorn")
    zero = _to_the_end(page)
    outside = [url for url in asked if not url.startswith((base, "data:"))]
    return Seen(at_first, late, first, found, latin, zero, outside)


def _titles_when_the_script_asks(page: Page) -> list[str | None]:
    """The title that stands on a late page at the moment its script asks for one; filled as that happens."""
    titles: list[str | None] = []

    def look(route: Route) -> None:
        titles.append(page.locator("h1.title").text_content())
        route.continue_()

    page.route("**/api/item/*", look)
    return titles


def _to_the_end(page: Page) -> str:
    """The page once it has been scrolled until it says no more that more is to come."""
    grown = "before => !document.querySelector('.more') || document.querySelectorAll('.results li').length > before"
    while page.locator(".more").count():
        before = page.locator(".results li").count()
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_function(grown, arg=before, timeout=10_000)
    return page.content()


def test_a_late_listing_has_its_title_only_after_javascript_ran(seen: Seen, file: Platform) -> None:
    page = Selector(seen.late)
    assert seen.late_at_first == [""]
    assert page.css(file.listing.title).getall() == [WARES[LATE].title]
    assert page.css(file.listing.price or "").getall() == [WARES[LATE].price]
    assert page.css(file.listing.seller or "").getall() == [f"店铺 {WARES[LATE].shop}"]
    assert len(page.css(file.listing.images or "").getall()) == 2


def test_scrolling_grows_the_cards_to_all_that_are_on_sale(seen: Seen, file: Platform) -> None:
    card = file.search.card
    cards = Selector(seen.search).css(card.each)
    titles = {title for each in cards for title in each.css(card.title).getall()}
    assert seen.first_cards == BATCH
    assert titles == {ware.title for ware in WARES.values() if "象牙" in ware.title}
    for css in (card.url, card.title, card.price, card.seller, card.image):
        assert all(each.css(css or "").get() for each in cards)


def test_a_search_in_latin_letters_is_hits_or_zero_once_javascript_ran(seen: Seen, file: Platform) -> None:
    assert file.search.zero
    assert len(Selector(seen.latin).css(file.search.card.each)) == sum(
        "ivory" in ware.title.casefold() for ware in WARES.values()
    )
    assert Selector(seen.latin).css(file.search.zero.where).getall() == []
    assert words(Selector(seen.zero).css(file.search.zero.where)) == file.search.zero.says[0]


def test_the_browser_asked_nobody_else(seen: Seen) -> None:
    assert seen.outside == []


@pytest.mark.parametrize(
    "name", ["search-ivory", "item-late", "item-live", "item-removed", "item-deleted", "item-sold"]
)
def test_the_saved_pages_are_still_what_the_market_serves(market: Market, seen: Seen, name: str) -> None:
    served = {"search-ivory": seen.search, "item-late": seen.late} | _plain(market)
    saved = SAVED / f"{name}.html"
    if not saved.exists():
        saved.write_text(served[name], "utf-8")
        pytest.fail(f"wrote {saved.name}: read it, and commit it if it is what the market should show")
    assert saved.read_text("utf-8") == served[name]


def _plain(market: Market) -> dict[str, str]:
    """The pages that need no JavaScript, each in a state of its own."""
    market.remove("10004", REASON)
    market.delete("10006")
    market.sell("10008")
    keys = {"item-live": PLAIN, "item-removed": "10004", "item-deleted": "10006", "item-sold": "10008"}
    return {name: get(market, f"/item/{key}").body.decode() for name, key in keys.items()}
