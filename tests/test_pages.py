"""Pages and what people agreed they say; and pages that are made to be misread."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from archive.facts import Outcome
from config.errors import UsageError
from config.platform import Cause, Condition, Part, Platform, Standing, platform, platforms
from crawler.page import page_of, reading, results
from crawler.signs import Page, found
from tests.shop.serve import Shop
from tests.shop.visitor import get
from tests.shop.wares import ware

SAVED = Path(__file__).parent / "platforms"
SEARCHES = sorted(SAVED.glob("*/search-*.html"))
ITEMS = sorted(SAVED.glob("*/item-*.html"))
STATUS = {"market/item-deleted": 404, "market/item-box": 429, "market/item-work": 401}  # what came with no 200
ASKED = {"item-live": "10002", "item-another": "10002", "item-sold": "10008"}  # those that are not 10001
ARTICLE = "/AbCdEfGhIjKlMnOpQrStUv"
LIVE = {"oscar", "spirit"}  # read from the real site, as it runs, instead of from saved pages
SHOP = "http://shop.example"  # stands in the agreed files for wherever the shop runs
MARKET = platform("market")
OSCAR = platform("oscar", base=SHOP)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def agree(said: dict[str, Any], agreed: Path) -> None:
    """Hold SAID against the file AGREED; without one, write it and fail, so that a person reads it."""
    if not agreed.exists():
        agreed.parent.mkdir(parents=True, exist_ok=True)
        agreed.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"wrote {agreed.name}: read it, and commit it if a person would agree")
    assert said == json.loads(agreed.read_text("utf-8"))


def head(saved: Path) -> dict[str, Any]:
    """What `wildfree platform save` kept beside a page: address, status and head; {} where it came otherwise."""
    beside = saved.with_suffix(".head.json")
    return dict(json.loads(beside.read_text("utf-8"))) if beside.exists() else {}


def saved_page(saved: Path, url: str, status: int) -> Page:
    """The page as it came: URL and STATUS where no head was kept."""
    came: dict[str, Any] = {"url": url, "status": status} | head(saved)
    heads = tuple((name, value) for name, value in came.get("headers", ()))
    final_url = came.get("final_url", "")
    return page_of(saved.read_bytes(), url=came["url"], final_url=final_url, status=came["status"], headers=heads)


def searched(site: Platform, page: Page, number: int = 1, term: str = "象牙") -> dict[str, Any]:
    seen = results(site, page, term, number)
    facts = json.dumps(asdict(seen), ensure_ascii=False)
    return dict(json.loads(facts.replace(site.base, SHOP) if site.name in LIVE else facts))


def read(site: Platform, page: Page) -> dict[str, Any]:
    facts = json.dumps(asdict(reading(site, page)), ensure_ascii=False)
    return dict(json.loads(facts.replace(site.base, SHOP) if site.name in LIVE else facts))


@pytest.mark.parametrize("saved", SEARCHES, ids=named)
def test_a_saved_search_gives_the_agreed_leads(saved: Path) -> None:
    site = platform(saved.parent.name)
    term = head(saved).get("term") or "象牙"
    page = saved_page(saved, site.search_url(term, 1), 200)
    agree(searched(site, page, term=term), saved.with_suffix(".json"))


@pytest.mark.parametrize("saved", ITEMS, ids=named)
def test_a_saved_listing_gives_the_agreed_reading(saved: Path) -> None:
    site = platform(saved.parent.name)
    key = ARTICLE if site.name == "weixin" else ASKED.get(saved.stem, "10001")
    page = saved_page(saved, site.url_of(key), STATUS.get(named(saved), 200))
    agree(read(site, page), saved.with_suffix(".json"))


@pytest.fixture
def oscar(shop: Shop) -> Platform:
    return platform("oscar", base=shop.base)


def fresh(site: Platform, url: str) -> Page:
    """The page at URL as the shop gives it now."""
    answer = get(url)
    return page_of(answer.body, url=url, final_url=answer.url, status=answer.status)


@pytest.mark.parametrize(
    ("term", "number", "name"),
    [
        ("象牙", 1, "ivory-1"),
        ("象牙", 2, "ivory-2"),
        ("象牙", 3, "past-end"),
        ("ivory", 1, "latin"),
        ("没有", 1, "zero"),
    ],
)
def test_a_search_in_the_real_shop_gives_the_agreed_leads(oscar: Platform, term: str, number: int, name: str) -> None:
    page = fresh(oscar, oscar.search_url(term, number))
    agree(searched(oscar, page, number), SAVED / "oscar" / f"search-{name}.json")


@pytest.mark.parametrize(
    ("words", "name"), [("象牙手镯", "live"), ("Salt & pepper", "marks"), ("虎骨酒", "sold"), ("犀角杯", "deleted")]
)
def test_a_listing_in_the_real_shop_gives_the_agreed_reading(
    oscar: Platform, shop: Shop, words: str, name: str
) -> None:
    if name == "sold":
        shop.sell_out(ware(words).title)
    if name == "deleted":
        shop.delete(ware(words).title)
    agree(read(oscar, fresh(oscar, shop.url(ware(words).title))), SAVED / "oscar" / f"item-{name}.json")


@pytest.mark.parametrize("site", tuple(platforms()), ids=lambda site: site.name)
def test_what_a_shipped_file_calls_verified_has_an_agreed_search_with_cards_and_an_agreed_live_listing(
    site: Platform,
) -> None:
    if site.searching and site.standing(Part.SEARCH) is Standing.READ:
        with pytest.raises(UsageError, match="unverified"):
            _ = site.swept
    folder = SAVED / site.name
    said = {
        path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json") if ".head" not in path.name
    }
    leads = [lead for name, each in said.items() if name.startswith("search-") for lead in each["leads"]]
    live = [each for name, each in said.items() if name.startswith("item-") and each["condition"] == "live"]
    if Part.SEARCH in site.verified:
        assert len(leads) >= 5
        assert all(lead["key"] and lead["title"] for lead in leads)
    if Part.LISTING in site.verified:
        assert live
    if Part.SIGNS in site.verified:
        assert any(each["condition"] != "live" for name, each in said.items() if name.startswith("item-"))
    assert all(each["title"] and (each["images"] or not site.listing.images) for each in live)
    pages = {path.stem for path in folder.glob("*.html")}
    assert site.name in LIVE or set(said) == pages, "an agreed file without its page proves nothing"


def market(inside: str, *, status: int = 200, url: str = "", final_url: str = "") -> Page:
    html = f"<!doctype html><html><body>{inside}</body></html>"
    return page_of(html.encode(), url=url or MARKET.url_of("10001"), final_url=final_url, status=status)


CARD = (
    '<li class="card"><a href="/item/10002"><span class="title">象牙手镯</span></a><span class="price">¥1</span></li>'
)
GOODS = '<main class="listing"><h1 class="title">象牙手镯</h1><p class="price">¥1</p></main>'
REMOVED = "该商品因违反平台规则已被下架"
EMPTY = '<p class="empty">没有找到相关宝贝</p>'


@pytest.mark.parametrize(
    "trap",
    [
        f"<script>var words = '{REMOVED}'</script>",
        f'<script type="text/json">{{"m": "<main class=removed><p class=notice>{REMOVED}</p></main>"}}</script>',
        f"<!-- <main class='removed'><p class='notice'>{REMOVED}</p></main> -->",
        f"<footer><p class='notice'>{REMOVED}</p></footer>",
        f"<section class='aside'><ul class='cards liked'><li class='card'><p class='sold'>该宝贝已售出</p>"
        f"<span class='title'>{REMOVED}</span></li></ul></section>",
        f"<style>.notice::after {{ content: '{REMOVED}' }}</style>",
        f'<p data-words="{REMOVED}">请登录</p>',
    ],
    ids=["script", "json", "comment", "footer", "recommended", "style", "attribute"],
)
def test_words_of_removal_count_only_where_they_are_said_to_stand(trap: str) -> None:
    for page in (market(trap + GOODS), market(GOODS + trap)):
        assert found(MARKET.signs, page) is None
        said = reading(MARKET, page)
        assert (said.condition, said.cause, said.title, said.reason) == (Condition.LIVE, None, "象牙手镯", "")


def test_words_of_removal_in_the_title_of_a_live_listing_leave_it_live() -> None:
    said = reading(MARKET, market(GOODS.replace("象牙手镯", f"{REMOVED} 已售出")))
    assert said.condition is Condition.LIVE
    assert said.title == f"{REMOVED} 已售出"


@pytest.mark.parametrize("after", ["</body></html>", "</BODY>\r\n</HTML >\r\n", "</html><!-- end -->"])
def test_what_stands_behind_the_end_of_the_html_is_read_as_browsers_read_it(after: str) -> None:
    notice = f'<main class="removed"><h1 class="notice">{REMOVED}</h1></main>'
    said = reading(MARKET, page_of(f"<html><body><p>x</p>{after}{notice}".encode(), url=MARKET.url_of("1")))
    assert (said.condition, said.cause) == (Condition.GONE, Cause.PLATFORM)
    late = page_of(f'<html><body>{after}<ul class="results">{CARD}</ul>'.encode(), url=MARKET.search_url("象牙", 1))
    assert [lead.key for lead in results(MARKET, late, "象牙", 1).leads] == ["10002"]


def test_the_platforms_own_reason_is_kept_word_for_word_and_only_where_it_speaks() -> None:
    removed = f'<main class="removed"><h1 class="notice">{REMOVED}</h1>'
    given = reading(MARKET, market(removed + '<span class="reason">涉嫌 出售 &amp; 展示</span></main>'))
    assert (given.condition, given.cause, given.reason) == (Condition.GONE, Cause.PLATFORM, "涉嫌 出售 & 展示")
    assert reading(MARKET, market(removed + "</main><span class='reason'>别的</span>")).reason == ""


def test_words_for_nothing_together_with_cards_are_hits() -> None:
    page = market(f'<main class="search"><ul class="cards results">{CARD}</ul>{EMPTY}</main>')
    seen = results(MARKET, page, "象牙", 1)
    assert (seen.outcome, [lead.key for lead in seen.leads]) == (Outcome.HITS, ["10002"])


def test_words_for_nothing_count_only_in_their_place() -> None:
    said = results(MARKET, market(f'<main class="search">{EMPTY}</main>'), "象牙", 1)
    assert said.outcome is Outcome.CONFIRMED_ZERO
    for trap in (EMPTY, "<main class='search'><h1>没有找到相关宝贝</h1></main>", f"<script>'{EMPTY}'</script>"):
        assert results(MARKET, market(trap), "象牙", 1).outcome is Outcome.UNREADABLE


def test_cards_that_the_shop_would_like_to_sell_besides_are_no_hits() -> None:
    page = market(f'<main class="search"><ul class="cards liked">{CARD}</ul>{EMPTY}</main>')
    assert results(MARKET, page, "象牙", 1).outcome is Outcome.CONFIRMED_ZERO


def test_cards_that_lead_to_no_listing_are_no_hits_and_no_zero() -> None:
    away = CARD.replace("/item/10002", "https://elsewhere.example/item/10002")
    page = market(f'<main class="search"><ul class="cards results">{away}{away}</ul></main>')
    assert results(MARKET, page, "象牙", 1).outcome is Outcome.UNREADABLE


def test_one_listing_on_two_cards_is_one_lead() -> None:
    page = market(f'<ul class="results">{CARD}{CARD.replace("10002", "10003")}{CARD}</ul>')
    leads = results(MARKET, page, "象牙", 1).leads
    assert [(lead.key, lead.rank) for lead in leads] == [("10002", 1), ("10003", 2)]


@pytest.mark.parametrize(
    ("number", "status", "outcome"),
    [(2, 404, Outcome.CONFIRMED_ZERO), (1, 404, Outcome.FAILED), (2, 410, Outcome.FAILED), (2, 500, Outcome.FAILED)],
)
def test_a_page_past_the_end_is_zero_only_with_the_status_that_the_file_names(
    number: int, status: int, outcome: Outcome
) -> None:
    page = page_of(b"<h1>Page not found</h1>", url=OSCAR.search_url("x", number), status=status)
    assert results(OSCAR, page, "x", number).outcome is outcome


def test_a_missing_second_page_is_no_zero_where_the_file_names_no_status_for_it() -> None:
    page = page_of(b"<h1>Page not found</h1>", url=MARKET.search_url("x", 2), status=404)
    assert results(MARKET, page, "x", 2).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"\x00", b"<html></html>", b"{}", b'{"code": 404}', b"null", b"[1]", b"<!doctype html>", b"\xff\xfe"],
)
@pytest.mark.parametrize("site", [MARKET, OSCAR], ids=lambda site: site.name)
def test_an_empty_body_is_unreadable(site: Platform, body: bytes) -> None:
    assert reading(site, page_of(body, url=site.url_of("1"))).condition is Condition.UNREADABLE
    assert results(site, page_of(body, url=site.search_url("x", 1)), "x", 1).outcome is Outcome.UNREADABLE


def test_a_page_that_led_elsewhere_is_redirected_whatever_it_shows() -> None:
    for elsewhere in (MARKET.base + "/", "https://elsewhere.example/item/10001", MARKET.base + "/search?q=x"):
        said = reading(MARKET, market(GOODS, final_url=elsewhere))
        assert (said.condition, said.cause) == (Condition.REDIRECTED, None)
        assert elsewhere in said.because


def test_another_listing_in_its_place_is_substituted() -> None:
    said = reading(MARKET, market(GOODS, final_url=MARKET.url_of("10002")))
    assert said.condition is Condition.SUBSTITUTED
    assert "10002" in said.because
    assert reading(MARKET, market(GOODS, final_url=MARKET.url_of("10001") + "?from=x")).condition is Condition.LIVE


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        (401, Condition.WALLED),
        (403, Condition.UNREADABLE),
        (404, Condition.GONE),
        (410, Condition.GONE),
        (418, Condition.UNREADABLE),
        (429, Condition.RATE_LIMITED),
        (500, Condition.UNREACHABLE),
        (503, Condition.UNREACHABLE),
        (302, Condition.UNREADABLE),
        (999, Condition.CHALLENGED),
    ],
)
def test_a_status_says_no_more_than_it_says_even_over_a_page_that_looks_live(
    status: int, condition: Condition
) -> None:
    said = reading(MARKET, market(GOODS, status=status))
    assert said.condition is condition
    assert str(status) in said.because
