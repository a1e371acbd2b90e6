"""What the practice market shows only once its scripts ran, seen in the Chromium of the run."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from parsel import Selector

from config.platform import Platform, element, platform
from crawler.browser import shared
from crawler.chromium.load import Ask, Loaded
from desk.practice.market import Market
from desk.practice.pages import BATCH
from tests.market.visitor import LATE, PLAIN, REASON, WARES, get, outside, titled, words

TRICKS = {  # each page that a trick shows in a listing's place
    "item-login": "login_wall",
    "item-app": "app_only",
    "item-private": "private",
    "item-work": "challenge_work",
    "item-box": "challenge_box",
    "item-pass": "challenge_pass",
    "item-another": "another_listing",
}
SAVED = Path(__file__).parent.parent / "platforms" / "market"


class Seen(NamedTuple):
    """The market as it opened, as the crawler's browser saw it."""

    late: Loaded
    first: Loaded  # the search, before anybody scrolled
    search: Loaded  # the same, scrolled to its end
    latin: Loaded
    zero: Loaded


@pytest.fixture(scope="module")
def seen(running_market: Market) -> Seen:
    """Five pages, loaded once for all tests of this file."""
    running_market.reset()
    file = platform("market", base=running_market.base)
    return Seen(
        late=_loaded(Ask(file.url_of(LATE), (element(file.listing.title),), keep=True)),
        first=_loaded(_searched(file, "象牙", scrolls=0)),
        search=_loaded(_searched(file, "象牙", scrolls=file.search.scrolls, keep=True)),
        latin=_loaded(_searched(file, "ivory", scrolls=file.search.scrolls)),
        zero=_loaded(_searched(file, "unicorn", scrolls=file.search.scrolls)),
    )


def _loaded(ask: Ask) -> Loaded:
    return asyncio.run(shared().load(replace(ask, allow=(urlsplit(ask.url).netloc,))))


def _searched(file: Platform, term: str, *, scrolls: int, keep: bool = False) -> Ask:
    assert file.search.zero
    cards = element(file.search.card.each)
    return Ask(file.search_url(term, 1), (cards, file.search.zero.where), grows=cards, scrolls=scrolls, keep=keep)


def delivered(page: Loaded) -> Selector:
    """The page before its scripts ran."""
    return Selector(page.payload.decode("utf-8"))


def rendered(page: Loaded) -> Selector:
    """The page after its scripts ran."""
    return Selector(page.dom)


def test_a_late_listing_has_its_title_only_after_javascript_ran(seen: Seen, file: Platform) -> None:
    before, after = delivered(seen.late), rendered(seen.late)
    assert len(before.css(element(file.listing.title))) == 1  # its place is there, and empty
    assert before.css(file.listing.title).getall() == []
    assert after.css(file.listing.title).getall() == [WARES[LATE].title]
    assert after.css(file.listing.price or "").getall() == [WARES[LATE].price]
    assert after.css(file.listing.seller or "").getall() == [f"店铺 {WARES[LATE].shop}"]
    assert WARES[LATE].title in seen.late.text


def test_a_late_listing_shows_both_its_pictures(seen: Seen, file: Platform) -> None:
    images = rendered(seen.late).css(file.listing.images or "").getall()
    assert images == [f"/picture/{LATE}-1.jpg", f"/picture/{LATE}-2.jpg"]
    assert {file.base + image for image in images} == set(seen.late.pictures)


def test_scrolling_grows_the_cards_to_all_that_are_on_sale(seen: Seen, file: Platform) -> None:
    card = file.search.card
    cards = rendered(seen.search).css(card.each)
    assert len(delivered(seen.search).css(card.each)) == len(rendered(seen.first).css(card.each)) == BATCH
    assert sorted(title for each in cards for title in each.css(card.title).getall()) == titled("象牙")
    for css in (card.url, card.title, card.price, card.seller, card.image):
        assert all(each.css(css or "").get() for each in cards)


def test_a_search_in_latin_letters_is_hits_or_zero_once_javascript_ran(seen: Seen, file: Platform) -> None:
    assert file.search.zero
    card, zero = file.search.card, file.search.zero
    titles = [title for each in rendered(seen.latin).css(card.each) for title in each.css(card.title).getall()]
    assert sorted(titles) == titled("ivory") != []
    assert rendered(seen.latin).css(zero.where).getall() == []
    assert words(rendered(seen.zero).css(zero.where)) == zero.says[0]
    assert rendered(seen.zero).css(card.each).getall() == []


def test_nothing_that_a_script_adds_comes_from_elsewhere(seen: Seen, file: Platform) -> None:
    assert [at for page in seen for at in outside(rendered(page))] == []
    pictures = {
        file.base + at for at in rendered(seen.search).css(f"{file.search.card.each} img::attr(src)").getall()
    }
    assert len(pictures) == len(titled("象牙"))
    assert pictures <= set(seen.search.pictures)
    assert [url for url in seen.search.pictures if not url.startswith(f"{file.base}/picture/")] == []


@pytest.mark.parametrize(
    "name",
    ["search-ivory", "item-late", "item-live", "item-removed", "item-deleted", "item-sold", "search-banned", *TRICKS],
)
def test_the_saved_pages_are_still_what_the_market_serves(market: Market, seen: Seen, name: str) -> None:
    served = {"search-ivory": seen.search.dom, "item-late": seen.late.dom} | _plain(market) | _tricked(market)
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


def _tricked(market: Market) -> dict[str, str]:
    """What stands in place of one listing, trick by trick, and of a search."""
    found = {}
    for name, trick in TRICKS.items():
        market.play(trick, PLAIN)
        found[name] = get(market, f"/item/{PLAIN}").body.decode()
        market.cease(trick)
    market.play("banned_term")
    return found | {"search-banned": get(market, "/search?q=%E8%B1%A1%E7%89%99").body.decode()}
