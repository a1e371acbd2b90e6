"""What is the volunteer's own is found quickly in bytes, however spelt, and nothing else is: without a window."""

import asyncio
import json
import time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.facts import Exhibit, Lead, Outcome, Role
from config.platform import platform
from crawler.beside.blackout import MARK, MOST, NAME, Own, addressed, portraits
from crawler.beside.goods import platforms
from crawler.beside.late import coded
from crawler.beside.sayings import Sayings
from crawler.beside.spellings import ENCODINGS
from crawler.chromium.branch import Branch
from crawler.chromium.journal import REMADE, Journal
from crawler.page import Results
from crawler.reading.decode import decoded

LETTERS = st.sampled_from("柠檬燈七象牙éß🍋 &+%LanB7")
PATIENCE = 10.0  # s; where it grew with the square, it took a minute


def own(*words: str, pictures: tuple[str, ...] = ()) -> Own:
    """Somebody's own WORDS and PICTURES."""
    made = Own()
    made.shown(words, pictures)
    return made


def spelt(letter: str, how: int, encoding: str) -> bytes:
    """LETTER as a page in ENCODING may have it."""
    code, units = ord(letter), letter.encode("utf-16-be")
    escaped = "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    forms = [letter, f"&#{code};", f"&#x{code:X};", escaped, escaped.replace("\\", "\\\\"), f"\\u{{{code:x}}}"]
    return forms[how].encode(encoding, "xmlcharrefreplace")


@given(st.data(), st.text(LETTERS, min_size=2, max_size=12), st.sampled_from([*ENCODINGS, "utf-16-le"]))
def test_a_name_is_found_however_each_of_its_letters_is_spelt(data: st.DataObject, name: str, page: str) -> None:
    name = f"七{' '.join(name.split())}人"
    styles = st.just(0) if page == "utf-16-le" else st.integers(0, 5)
    written = [spelt(letter, data.draw(styles), page) for letter in name]
    before, behind = "<p>before <".encode(page), "> behind".encode(page)
    assert own(name).out_of(before + b"".join(written) + behind) == (before + MARK + behind, 1)


@given(st.text(LETTERS, min_size=2, max_size=12), st.sampled_from(ENCODINGS), st.integers(1, 3))
def test_a_name_is_found_in_an_address_however_often_it_is_coded(name: str, page: str, times: int) -> None:
    name = f"七{' '.join(name.encode(page, 'ignore').decode(page).split())}人"
    coded = quote(name.encode(page), safe="")
    for _ in range(times - 1):
        coded = quote(coded, safe="")
    assert own(name).out_of(f"/u?n={coded}&x".encode()) == (b"/u?n=" + MARK + b"&x", 1)


NAMES = (
    "柠檬 Lantern at the harbour 7",
    "eeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
    "七七七七七七七七七七七七七七七七七七七七",
)
PARTS = [
    "\\", " ", "%", "%25", "%2520", "&#0", "&amp;", "=e6", "\\u", "\\u4e03", "七\\n", "e\0", "\0e", "+", "\0",
    "&nbsp;", '"token"', "'token'\\", "token", "<input ", "<input name=token value=", "name=",
    *(name[:-1] for name in NAMES),
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_nothing_that_a_page_repeats_holds_anybody_up(part: str) -> None:
    filling = (part * (60_000 // len(part))).encode()
    begun = time.monotonic()
    black, count = own(*NAMES).out_of(filling + f"<p>{'</p><p>'.join(NAMES)}</p>".encode())
    assert black.count(MARK) == count >= len(NAMES)
    assert black.endswith(b"</p><p>".join([MARK] * len(NAMES)) + b"</p>")
    assert time.monotonic() - begun < PATIENCE


def test_many_messages_hold_nobody_up() -> None:
    account = own(*(f"第{n}条消息 " + "明天把那对镯子寄到老地方" * 4 for n in range(400)), "柠檬 Lantern")
    begun = time.monotonic()
    black, count = account.out_of(f"<p>柠檬 Lantern</p>{'象牙手镯 ' * 80_000}".encode())
    assert (black.count(MARK), count) == (1, 1)
    assert time.monotonic() - begun < PATIENCE


def test_of_ever_more_messages_the_oldest_are_forgotten_but_never_the_name() -> None:
    account = own("柠檬 Lantern")
    account.given(["given by hand"])
    account.shown((f"第{n}条消息 " * 9 for n in range(3 * MOST)), (f"https://a.example/{n}.png" for n in range(3000)))
    assert len(account.words) == MOST
    assert f"第{3 * MOST - 1}条消息 " * 8 in " ".join(account.words)
    assert account.out_of("柠檬 Lantern, given by hand".encode()) == (MARK + b", " + MARK, 2)
    assert account.names == ["柠檬 Lantern", "given by hand"]
    assert len(account.pictures) < MOST


def test_half_a_letter_at_the_end_of_a_name_is_left_off() -> None:
    account = own("ab柠檬\ud83c", "\ud83d", pictures=("https://a.example/\ud83d.png",))
    assert account.names == ["ab柠檬"]
    assert account.out_of_text("by ab柠檬\ud83c.") == "by (blacked-out)\ufffd\ufffd\ufffd."
    assert list(account.pictures) == ["https://a.example/.png"]


def test_neither_the_site_nor_a_listing_nor_a_search_is_anybodys_picture() -> None:
    market = platform("market")
    others = [market.base, f"{market.base}/", f"{market.base}/item/10001", market.browse_url("象牙") or "", "data:,x"]
    face = f"{market.base}/faces/7.png"
    assert portraits(market, [*others, "", "http://[", face]) == [face]


def test_a_pictures_address_that_begins_anothers_leaves_that_alone() -> None:
    account = own(pictures=("https://a.example/i", "https://a.example/me.png"))
    said = b'<img src="https://a.example/i"> <a href="https://a.example/item/1"> //a.example/me.png?x /me.pngs'
    black = b'<img src="(blacked-out)"> <a href="https://a.example/item/1"> (blacked-out)?x /me.pngs'
    assert account.out_of(said) == (black, 2)


def test_who_writes_the_goods_into_a_message_does_not_black_them_out() -> None:
    account = own("象牙手镯", "手镯", "Lucky", "象牙手镯 有货吗？", "虎骨")
    account.given(["名字虎骨"])
    new = account.spare(
        ["象牙手镯 1", "Lucky  bamboo", "名字虎骨酒"], lambda word: {"象牙", "虎骨"} & {word[:2], word[2:]}
    )
    assert new == ["象牙手镯", "虎骨"]  # one has a term and stands in a title, the other is a term
    said = '<h1>象牙手镯 1</h1> 象牙手镯, 手镯; Lucky bamboo by Lucky; "象牙手镯 有货吗？" 名字虎骨酒'
    kept = (
        '<h1>象牙手镯 1</h1> 象牙手镯, (blacked-out); Lucky bamboo by (blacked-out); "(blacked-out)" (blacked-out)酒'
    )
    assert account.out_of_text(said) == kept
    assert account.spare(["象牙手镯 1"], lambda word: {"象牙"} & {word[:2]}) == []
    assert account.names == ["手镯", "Lucky", "象牙手镯 有货吗？", "名字虎骨"]
    assert all(len(word) <= NAME for word in account.names)


def test_what_shows_a_listing_or_a_search_goes_on_showing_it_whatever_is_anybodys_own() -> None:
    market, account = platform("market"), own("柠檬 Lantern")
    account.given(["item", "10001", "search", "http", "127", "象牙"])
    listing, search = market.url_of("10001"), market.browse_url("象牙") or ""
    assert addressed(f"{listing}?me={quote('柠檬 Lantern')}", account, market) == listing
    assert addressed(search, account, market) == search
    assert "Lantern" not in addressed(f"{market.base}/u/Lantern", own("Lantern"), market)
    lead = Lead(
        market.name, "10001", listing, "柠檬 Lantern", "象牙", 1, seller="柠檬 Lantern", image=f"{listing}/1.png"
    )
    (kept,) = Sayings(account, market).results(Results(Outcome.HITS, "1 cards", (lead,))).leads
    assert (kept.key, kept.url, kept.title, kept.seller) == ("10001", listing, MARK.decode(), MARK.decode())


def test_words_of_the_platforms_own_stay_where_it_says_them() -> None:
    taobao, said = platform("taobao"), "您查看的宝贝不存在"
    account = own("taobao", "item", "https", said, "宝贝")
    assert account.spare(platforms(taobao, None), lambda _: ()) == []
    page = f'<a href="https://item.taobao.com/item.htm?id=1">Item</a> "\\/item.htm?id=2" {said}; 宝贝, taobao'
    black = page.replace(">Item<", ">(blacked-out)<").replace("; 宝贝, taobao", "; (blacked-out), (blacked-out)")
    assert account.out_of_text(page) == black


def test_of_a_live_room_only_the_words_are_blacked_out() -> None:
    account, market = own("77001122", "柠檬 Lantern"), platform("market")
    item = {"key": "77001122", "url": market.url_of("77001122"), "title": "象牙 by 柠檬 Lantern", "price": ""}
    told = {"room": "77001122", "host": "柠檬 Lantern", "items": [item]}
    kept = Sayings(account, market).room(Exhibit(Role.METADATA, json.dumps(told).encode(), "application/json"))
    black = told | {"host": MARK.decode(), "items": [item | {"title": f"象牙 by {MARK.decode()}"}]}
    assert json.loads(kept.body) == black


def test_the_accounts_own_picture_is_not_had_from_the_browsers_memory_either() -> None:
    account, market = own(pictures=("https://a.example/me.png",)), platform("market")
    shown = [
        Exhibit(Role.PICTURE, name.encode(), "image/png", f"https://a.example/{name}.png") for name in ("me", "item")
    ]
    assert list(Sayings(account, market).pictures(tuple(shown), (MARK.decode(), shown[1].url))) == [shown[1].url]


@pytest.mark.parametrize("charset", ["GBK", "Big5", "UTF-8", "no such one"])
def test_a_text_that_the_browser_has_is_put_into_the_encoding_that_its_page_says(charset: str) -> None:
    text = f'<meta charset="{charset}"><h1>象牙 1</h1>檬 \ud83c'
    body = coded(text, charset)
    assert decoded(body, "").as_declared
    assert "象牙 1</h1>檬" in decoded(body, "").text


class Old:
    """A browser that tells of a page no more than its text, as it understood it."""

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return {"body": "<h1>象牙</h1>", "base64Encoded": False} if method == "Network.getResponseBody" else {}


async def _told(size: int) -> list[str]:
    """What is said to be missing of a page of SIZE bytes."""
    journal, branch = Journal(1000), Branch(Old(), "page", "")
    asked = {"requestId": "1", "request": {"url": "https://a.example/", "method": "GET"}, "type": "Document"}
    answer = {"status": 200, "headers": {}}
    journal.hear(branch, "Network.requestWillBeSent", asked | {"wallTime": 1.0, "initiator": {"type": "other"}})
    journal.hear(branch, "Network.requestWillBeSentExtraInfo", {"requestId": "1", "headers": {"Accept": "*/*"}})
    journal.hear(branch, "Network.responseReceived", {"requestId": "1", "response": answer, "hasExtraInfo": True})
    journal.hear(branch, "Network.responseReceivedExtraInfo", {"requestId": "1", "headers": {}, "statusCode": 200})
    journal.hear(branch, "Network.dataReceived", {"requestId": "1", "dataLength": size})
    journal.hear(branch, "Network.loadingFinished", {"requestId": "1"})
    await journal.drain()
    return [each.missing for each in journal.exchanges()]


def test_a_body_that_is_not_what_was_delivered_says_so() -> None:
    assert asyncio.run(_told(len("<h1>象牙</h1>".encode("gbk")))) == [REMADE]
    assert asyncio.run(_told(len("<h1>象牙</h1>".encode()))) == [""]
