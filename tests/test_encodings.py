"""Encodings: a page is decoded as what its bytes are, or it is said to be unreadable; no sign is lost by mojibake."""

import codecs
from itertools import product

import pytest

from archive.facts import Outcome
from config.platform import Condition, platform
from crawler.page import page_of, page_shown, reading, results
from crawler.reading.decode import decoded, lost
from crawler.reading.heads import Headers

MARKET = platform("market")
ASKED = MARKET.url_of("10001")
TITLE = "老料象牙手镯，包浆厚重，懂的私聊"
GOODS = f'<main class="listing"><h1 class="title">{TITLE}</h1><p class="price">1280</p></main>'
SOLD = GOODS.replace("</main>", '<p class="sold">该宝贝已售出</p></main>')
CARDS = f'<ul class="results"><li class="card"><a href="/item/7"><b class="title">{TITLE}</b></a></li></ul>'
ZERO = '<main class="search"><p class="empty">没有找到相关宝贝</p></main>'
TRUE = ("utf-8", "gbk", "gb18030")
SAID = ("", "utf-8", "UTF8", "gbk", "gb2312", "GB18030", "iso-8859-1", "windows-1252", "us-ascii", "no-such", "utf-7")


def html(inside: str, meta: str = "") -> str:
    mark = f'<meta charset="{meta}">' if meta else ""
    return f"<!doctype html><html><head>{mark}</head><body>{inside}</body></html>"


def head(charset: str) -> Headers:
    return (("Content-Type", f"text/html; charset={charset}" if charset else "text/html"),)


@pytest.mark.parametrize("true", TRUE)
def test_a_page_is_read_as_what_its_bytes_are_whatever_its_head_and_the_page_say(true: str) -> None:
    for said, meta in product(SAID, SAID):
        live, sold, cards, zero = (html(each, meta).encode(true) for each in (GOODS, SOLD, CARDS, ZERO))
        told = (said, meta)
        seen = reading(MARKET, page_of(live, url=ASKED, headers=head(said)))
        assert (seen.condition, seen.title) == (Condition.LIVE, TITLE), told
        assert reading(MARKET, page_of(sold, url=ASKED, headers=head(said))).condition is Condition.SOLD_OR_ENDED, (
            told
        )
        (lead,) = results(MARKET, page_of(cards, url=ASKED, headers=head(said)), "x", 1).leads
        assert lead.title == TITLE, told
        found = results(MARKET, page_of(zero, url=MARKET.search_url("x", 1), headers=head(said)), "x", 1)
        assert found.outcome is Outcome.CONFIRMED_ZERO, told


@pytest.mark.parametrize("mark", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("said", ["", "gbk", "utf-8", "iso-8859-1"])
def test_a_mark_at_the_beginning_stands_before_what_the_head_says(mark: str, said: str) -> None:
    body = "\ufeff".encode(mark) + html(SOLD).encode(mark)
    seen = reading(MARKET, page_of(body, url=ASKED, headers=head(said)))
    assert (seen.condition, seen.title) == (Condition.SOLD_OR_ENDED, TITLE)


def test_a_mark_that_is_false_is_not_believed() -> None:
    seen = reading(MARKET, page_of(codecs.BOM_UTF8 + html(SOLD).encode("gbk"), url=ASKED))
    assert (seen.condition, seen.title) == (Condition.SOLD_OR_ENDED, TITLE)


@pytest.mark.parametrize(
    ("true", "words"),
    [
        ("big5", "象牙手鐲"),
        ("euc-jp", "象牙の印鑑"),
        ("shift_jis", "象牙の印鑑"),
        ("iso-2022-jp", "象牙の印鑑"),
        ("euc-kr", "상아 도장"),
        ("windows-1251", "Слоновая кость"),
        ("koi8-r", "Слоновая кость"),
        ("windows-1252", "Élfenbein für Lièvres"),
        ("iso-8859-1", "Éléphant, défense à vendre"),
        ("tis-620", "งาช้าง"),
        ("windows-1258", "nga voi"),
        ("utf-16", "象牙手镯"),
    ],
)
def test_a_page_in_an_encoding_of_its_own_that_it_names_is_read_in_it(true: str, words: str) -> None:
    server = () if true in {"utf-16", "iso-2022-jp"} else (("iso-8859-1", true),)  # of one that was never told
    for said, meta in ((true, ""), ("", true), (true, true), (true, "utf-8"), *server):
        seen = page_of(html(f"<h1>{words}</h1>", meta).encode(true), url=ASKED, headers=head(said))
        assert words in seen.html, (said, meta)
        assert not seen.unfit


def test_short_texts_in_a_named_encoding_are_not_taken_for_another() -> None:
    for words, true in (
        ("模通", "gbk"),
        ("象", "gbk"),
        ("é", "iso-8859-1"),
        ("Ça", "windows-1252"),
        ("象牙", "utf-8"),
    ):
        assert decoded(words.encode(true), true).text == words
        assert decoded(words.encode(true), true).as_declared


def test_a_western_page_in_utf_8_is_read_so_whatever_a_server_says_that_was_never_told() -> None:
    for said in ("iso-8859-1", "windows-1252", "us-ascii"):
        assert decoded("Élfenbein für Lièvres".encode(), said).text == "Élfenbein für Lièvres"
        assert not decoded("Élfenbein für Lièvres".encode(), said).as_declared


def test_a_letter_that_was_cut_through_does_not_change_the_encoding_of_its_page() -> None:
    whole = html(SOLD.replace(TITLE, TITLE + "X"), "utf-8").encode()
    cut = whole.replace(b"X", "🐘".encode()[:2])
    seen = reading(MARKET, page_of(cut, url=ASKED))
    assert (seen.condition, seen.title) == (Condition.SOLD_OR_ENDED, TITLE + "\ufffd")
    said = decoded("象牙".encode() + b"\xe8", "utf-8")
    assert said.text == "象牙\ufffd"
    gbk = html(SOLD.replace(TITLE, TITLE + "X"), "gbk").encode("gbk").replace(b"X", b"\xff\xff")
    assert reading(MARKET, page_of(gbk, url=ASKED)).title.startswith(TITLE)


def test_a_page_whose_letters_were_lost_before_it_came_is_unreadable_and_neither_live_nor_zero() -> None:
    gone = html(SOLD + CARDS + ZERO).encode("gbk").decode("utf-8", "replace")
    for body in (gone.encode(), gone.encode("gb18030")):
        assert reading(MARKET, page_of(body, url=ASKED)).condition is Condition.UNREADABLE
        assert results(MARKET, page_of(body, url=ASKED), "x", 1).outcome is Outcome.UNREADABLE
    assert lost(gone)
    assert not lost(TITLE + "\ufffd")
    assert not lost("")


@pytest.mark.parametrize(
    ("true", "said", "meta", "right"),
    [
        ("gbk", "gbk", "", True),
        ("gbk", "gb2312", "utf-8", True),
        ("gbk", "", "gb18030", True),
        ("gbk", "utf-8", "gbk", False),
        ("gbk", "", "utf-8", False),
        ("utf-8", "gbk", "utf-8", False),
        ("utf-8", "", "gb2312", False),
        ("utf-8", "iso-8859-1", "", False),
        ("utf-8", "utf-8", "gbk", True),
        ("utf-8", "", "", True),
        ("utf-8", "no-such", "utf-8", True),
    ],
)
def test_what_a_browser_drew_is_not_believed_where_it_was_told_a_false_encoding(
    true: str, said: str, meta: str, right: bool
) -> None:
    body = html(GOODS, meta).encode(true)
    believed = (said if said != "no-such" else "") or meta or true
    drawn = body.decode(believed, "replace")
    page = page_shown(drawn, body, url=ASKED, final_url=ASKED, status=200, headers=head(said))
    seen = reading(MARKET, page)
    assert seen.condition is (Condition.LIVE if right else Condition.UNREADABLE)
    assert (seen.title == TITLE) is right
    cards = page_shown(CARDS, body, url=ASKED, final_url=ASKED, status=200, headers=head(said))
    assert results(MARKET, cards, "x", 1).outcome is (Outcome.HITS if right else Outcome.UNREADABLE)


@pytest.mark.parametrize(
    "charset", ["hex", "base64", "rot13", "undefined", "idna", "unicode_escape", "charmap", "mbcs"]
)
def test_a_codec_that_is_no_encoding_of_pages_is_no_encoding(charset: str) -> None:
    for body, said in ((html(GOODS), charset), (html(GOODS, charset), "")):
        seen = reading(MARKET, page_of(body.encode(), url=ASKED, headers=head(said)))
        assert (seen.condition, seen.title) == (Condition.LIVE, TITLE)


@pytest.mark.parametrize(
    ("charset", "words"),
    [("utf-7", "1 +ADw-b+AD4- 2"), ("unicode_escape", r"\u4e0b\u67b6"), ("punycode", "a-b1c"), ("idna", "xn--fiq")],
)
def test_plain_letters_stay_what_they_are_in_what_browsers_do_not_know(charset: str, words: str) -> None:
    assert decoded(words.encode(), charset).text == words


def test_a_page_that_says_of_itself_in_plain_letters_that_it_is_utf_16_is_not() -> None:
    for body in (html(GOODS, "utf-16").encode(), html("<h1>ivory</h1>", "utf-16le").encode()):
        assert page_of(body, url=ASKED).html.encode() == body


def test_json_is_decoded_as_utf_8_and_is_no_page_of_a_listing() -> None:
    for charset in ("", "utf-8", "gbk"):
        heads = (("content-type", f"application/json; charset={charset}" if charset else "application/json"),)
        seen = page_of('{"title": "老料象牙手镯"}'.encode(), url=ASKED, headers=heads)
        assert "老料象牙手镯" in seen.html
        assert reading(MARKET, seen).condition is Condition.UNREADABLE
