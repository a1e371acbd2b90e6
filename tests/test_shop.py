"""The shop of the tests is a real one, and config/platforms/oscar.toml says the truth about it."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from urllib.parse import quote, urljoin

import pytest
from PIL import Image

from config.platform import Condition, Platform, platform
from tests.shop.serve import Shop
from tests.shop.visitor import every_page, found, get, looks_sold, says, says_zero, sign, titles, visitor
from tests.shop.wares import WARES, Ware, ware


@pytest.fixture
def file(shop: Shop) -> Platform:
    return platform("oscar", base=shop.base)


@pytest.mark.parametrize(("term", "pages"), [("象牙", 2), ("手机壳", 1), ("ivory", 1), ("虎牙", 1), ("case", 1)])
def test_search_finds_exactly_the_titles_that_hold_the_word(file: Platform, term: str, pages: int) -> None:
    answers = every_page(file, term)
    shown = [title for page in answers for title in titles(file, page)]
    assert len(answers) == pages
    assert sorted(shown) == sorted(ware.title for ware in WARES if term in ware.title.lower())
    assert len(shown) >= 2
    assert not any(says_zero(file, page) for page in answers)


def test_every_word_of_a_query_must_stand_in_the_title(file: Platform) -> None:
    assert found(file, "horn comb") == [ware("Cow horn comb").title]


def test_the_canary_always_sells(file: Platform) -> None:
    assert len(titles(file, get(file.search_url(file.search.canary, 1)))) >= 5


def test_the_second_page_holds_other_wares_than_the_first(file: Platform) -> None:
    first, second = every_page(file, "象牙")
    assert not set(titles(file, first)) & set(titles(file, second))


def test_a_page_past_the_last_is_the_status_that_the_file_names(file: Platform) -> None:
    past = get(file.search_url("象牙", 3))
    assert past.status == file.search.past_end == 404
    assert titles(file, past) == []


def test_an_empty_search_says_so_in_the_files_words_and_shows_no_card(file: Platform) -> None:
    empty = get(file.search_url("没有这种东西", 1))
    assert empty.status == 200
    assert titles(file, empty) == []
    assert says_zero(file, empty)


def test_the_words_for_nothing_do_not_count_where_a_visitor_typed_them(file: Platform) -> None:
    assert file.search.zero is not None
    page = get(file.search_url(file.search.zero.says[0], 1))
    heading = " ".join(page.root.css("h1::text").getall())
    assert file.search.zero.says[0] in heading, "the page no longer repeats what was typed: drop this trap"
    assert len(page.root.css(file.search.zero.where)) == 1


def test_a_card_gives_the_whole_title_and_the_key_of_the_page_it_leads_to(shop: Shop, file: Platform) -> None:
    card = file.search.card
    page = get(file.search_url("Pangolin", 1))
    (only,) = page.root.css(card.each)
    address = urljoin(page.url, only.css(card.url).get() or "")
    assert only.css(card.title).get() == ware("Pangolin").title
    assert "1,900" in (only.css(card.price or "").get() or "")
    assert file.key_of(address) is not None
    assert file.key_of(address) == file.key_of(shop.url(ware("Pangolin").title))


def test_two_wares_never_share_a_key_and_other_pages_have_none(shop: Shop, file: Platform) -> None:
    keys = {file.key_of(shop.url(ware.title)) for ware in WARES}
    assert None not in keys
    assert len(keys) == len(WARES)
    for other in ("/catalogue/", "/catalogue/category/home_1/", shop.url(WARES[0].title) + "reviews/"):
        assert file.key_of(urljoin(shop.base, other)) is None


def test_the_canonical_address_leads_to_the_same_listing(shop: Shop, file: Platform) -> None:
    url = shop.url(ware("盔犀鸟").title)
    answer = get(file.url_of(file.key_of(url) or ""))
    assert (answer.status, answer.url) == (200, url)


@pytest.mark.parametrize("one", WARES, ids=lambda ware: ware.title)
def test_a_listings_page_gives_its_title_its_price_and_real_pictures(shop: Shop, file: Platform, one: Ware) -> None:
    page = get(shop.url(one.title))
    assert page.status == 200
    assert page.root.css(file.listing.title).getall() == [one.title]
    assert page.root.css(file.listing.price or "").getall() == [f"CN¥{one.price:,.2f}"]
    images = page.root.css(file.listing.images or "").getall()
    assert len(images) in (1, 2)
    for image in images:
        with Image.open(BytesIO(get(urljoin(page.url, image)).body)) as picture:
            assert min(picture.size) >= 300
    assert not looks_sold(file, page)


def test_a_deleted_ware_is_a_404_and_its_neighbours_stay(shop: Shop, file: Platform) -> None:
    gone, neighbour = ware("象牙手镯").title, ware("象牙筷子").title
    shop.delete(gone)
    answer = get(shop.url(gone))
    assert answer.status == sign(file, Condition.GONE).status == 404
    assert gone.encode() not in answer.body
    assert get(file.url_of(file.key_of(shop.url(gone)) or "")).status == 404
    assert get(shop.url(neighbour)).root.css(file.listing.title).get() == neighbour
    left = found(file, "象牙")
    assert gone not in left
    assert len(left) == sum("象牙" in ware.title for ware in WARES) - 1


def test_a_sold_out_ware_keeps_its_page_and_says_so_in_its_own_place(shop: Shop, file: Platform) -> None:
    sold, neighbour = ware("虎骨酒").title, ware("虎牙吊坠").title
    shop.sell_out(sold)
    answer = get(shop.url(sold))
    assert answer.status == 200
    assert answer.root.css(file.listing.title).get() == sold
    assert looks_sold(file, answer)
    assert not looks_sold(file, get(shop.url(neighbour)))


def test_a_sold_ware_at_the_foot_of_anothers_page_does_not_make_that_one_sold(shop: Shop, file: Platform) -> None:
    sold, other = ware("虎骨酒").title, ware("虎牙吊坠").title
    shop.sell_out(sold)
    same = visitor()  # the shop shows a visitor again what they looked at before
    get(shop.url(sold), same)
    page = get(shop.url(other), same)
    assert sold in page.body.decode("utf-8")
    assert says(page.root, ".outofstock", ("Unavailable",)), "the trap is not set: no sold card on the page"
    assert not looks_sold(file, page)
    assert page.root.css(file.listing.price or "").getall() == ["CN¥5,600.00"]


def test_an_edited_ware_keeps_its_address(shop: Shop, file: Platform) -> None:
    old, new = ware("玳瑁手镯").title, "老手镯一只 懂的进"
    shop.edit(old, new)
    assert get(shop.url(old)).root.css(file.listing.title).get() == new
    assert shop.url(new) == shop.url(old)
    assert old not in found(file, "玳瑁")


def test_restore_brings_everything_back(shop: Shop, file: Platform) -> None:
    gone, sold, edited = (ware(words).title for words in ("犀角杯", "熊胆粉", "Turtleneck"))
    shop.delete(gone)
    shop.sell_out(sold)
    shop.edit(edited, "Something else")
    assert get(shop.url(gone)).status == 404
    shop.restore()
    assert [get(shop.url(title)).status for title in (gone, sold, edited)] == [200, 200, 200]
    assert not looks_sold(file, get(shop.url(sold)))
    assert get(shop.url(edited)).root.css(file.listing.title).get() == edited
    assert found(file, "犀角") == [gone]


def test_restore_while_visitors_are_in_the_shop_breaks_no_page(shop: Shop) -> None:
    addresses = [shop.url(ware.title) for ware in WARES[:24]]
    with ThreadPoolExecutor(4) as visitors:
        answers = [visitors.submit(get, address) for address in addresses]
        for _ in range(10):
            shop.restore()
        assert {answer.result().status for answer in answers} == {200}


def test_the_shop_writes_down_every_request_as_it_was_sent(shop: Shop, file: Platform) -> None:
    assert shop.log == []
    get(file.search_url("象牙", 1))
    get(shop.url(WARES[0].title))
    assert [method for method, _ in shop.log] == ["GET", "GET"]
    assert shop.log[0][1] == f"/search/?q={quote('象牙')}&page=1"
    assert shop.requests[0].at < shop.requests[1].at
    assert shop.requests[0].agent.startswith("Python-urllib")


def test_robots_are_told_where_not_to_go_and_their_favourite_pages_are_open(shop: Shop) -> None:
    lines = get(f"{shop.base}/robots.txt").body.decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /basket/", "Disallow: /accounts/", "Disallow: /dashboard/"]
    assert get(f"{shop.base}/basket/").status == 200


def test_a_page_of_the_shop_sends_a_browser_nowhere_else(shop: Shop, file: Platform) -> None:
    for page in (get(shop.url(WARES[0].title)), get(file.search_url("象牙", 1)), get(f"{shop.base}/nowhere")):
        parts = page.root.css("script::attr(src), link::attr(href), img::attr(src)").getall()
        assert len(parts) >= 3
        assert [part for part in parts if not part.startswith("/")] == []
        assert get(urljoin(page.url, parts[0])).status == 200
