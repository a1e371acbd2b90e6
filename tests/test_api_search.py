"""A platform that is searched through its own API: what its JSON says, and where its key goes and never goes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Response

from archive.facts import Outcome
from config.errors import ConfigError
from config.platform import Condition, Part, Platform, Standing, platform
from config.reading import checked
from crawler.api_key import _granted
from crawler.page import page_of, reading, results
from crawler.unanswered import Unanswered
from desk import reviewing
from desk.context import desk
from tests import browse_api, site
from tests.browse_api import BrowseApi, error, summary, warned
from tests.conftest import PLATFORMS, Wildfree
from tests.spoiling import rows

EBAY = platform("ebay")
KEY = "WILDFREE_EBAY_TOKEN"
GOODS = {
    "110000010001": "Phone case, clear",
    "110000010002": 'Antique "ivory" netsuke 象牙, signed',
    "110000010003": "Old ivory bangle",
}
HEAD = (("Content-Type", "application/json"),)
STATE = {  # a page that holds its cards in a script
    "name": "site",
    "title": "Site",
    "base": "https://www.site.example",
    "read_on": "2026-11-21",
    "key": r"/item/(\d+)",
    "canonical": "/item/{key}",
    "search": {
        "url": "/s?q={term}",
        "canary": "x",
        "answer": {
            "where": "script#state",
            "each": "list.items",
            "url": "link",
            "title": "name",
            "price": "price",
            "image": "pictures[0]",
            "next": "list.more",
            "zero": {"where": "script#state", "path": "list.empty", "values": [True]},
            "banned": {"where": "script#state", "path": "code", "values": ["BANNED"]},
        },
    },
    "listing": {"answer": {"where": "script#state", "title": "item.name"}},
}


@pytest.fixture
def api() -> Iterator[BrowseApi]:
    with browse_api.opened(items=dict(GOODS)) as api:
        yield api


@pytest.fixture
def ebay(workspace: Path, api: BrowseApi, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace, in which the API stands for eBay's, and is asked without delay."""
    monkeypatch.setenv(KEY, "a-good-key")
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[bases]\nebay = "{api.base}"\n')
    rewritten(workspace, "delay    = 1.0", "delay    = 0.0")
    return workspace


def rewritten(workspace: Path, line: str, other: str) -> None:
    """The workspace's own file of eBay, with OTHER in the place of LINE."""
    own = workspace / "config" / "platforms" / "ebay.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    text = (own if own.exists() else PLATFORMS / "ebay.toml").read_text("utf-8")
    assert text.count(line) == 1
    own.write_text(text.replace(line, other), "utf-8")


def searched(body: Any, *, status: int = 200, number: int = 1, file: Platform = EBAY) -> Any:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    there = file.search_url("ivory", number)
    return results(file, page_of(text, url=there, status=status, headers=HEAD), "ivory", number)


def looked(body: Any, *, status: int = 200, key: str = "110000010001") -> Any:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    asked = EBAY.look_url(EBAY.url_of(key))
    return reading(EBAY, page_of(text, url=asked, status=status, headers=HEAD))


# What an answer says


def test_the_entries_of_an_answer_are_leads_with_the_addresses_of_their_pages() -> None:
    one, other = summary("110000010001", "Old  ivory\nbangle"), summary("110000010002", "Netsuke")
    other |= {"price": None, "currentBidPrice": {"value": "3.00", "currency": "EUR"}, "image": None}
    del other["legacyItemId"]
    seen = searched({"total": 3, "next": "https://x", "itemSummaries": [one, other, one, {"title": "no item"}]})
    assert (seen.outcome, seen.more, seen.because) == (Outcome.HITS, True, "2 cards, 1 without a listing's address")
    first, second = seen.leads
    assert (first.key, first.url) == ("110000010001", "https://www.ebay.com/itm/110000010001")
    assert (first.title, first.price, first.rank) == ("Old ivory bangle", "12.50 USD", 1)
    assert first.image == "https://pictures.example/110000010001.jpg"
    assert (second.key, second.price, second.image, second.rank) == ("110000010002", "3.00 EUR", "", 2)
    assert searched({"total": 1, "itemSummaries": [one]}).more is False


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        ({"total": 0, "limit": 200, "offset": 0}, 200, Outcome.CONFIRMED_ZERO),
        ({"total": 0, "itemSummaries": []}, 200, Outcome.CONFIRMED_ZERO),
        ({"total": 0, "warnings": []}, 200, Outcome.CONFIRMED_ZERO),
        ({"total": 0, "warnings": None}, 200, Outcome.CONFIRMED_ZERO),
        ({"total": 0, **warned(12000, "The request was not understood as a whole")}, 200, Outcome.UNREADABLE),
        ({"total": 3, "limit": 200, "offset": 0}, 200, Outcome.UNREADABLE),
        ({"total": False}, 200, Outcome.UNREADABLE),
        ({"total": "0"}, 200, Outcome.UNREADABLE),
        ({"itemSummaries": []}, 200, Outcome.UNREADABLE),
        ({"itemSummaries": {"title": "x"}}, 200, Outcome.UNREADABLE),
        ({}, 200, Outcome.UNREADABLE),
        ([], 200, Outcome.UNREADABLE),
        (b"", 200, Outcome.UNREADABLE),
        (b'{"total": 0', 200, Outcome.UNREADABLE),
        (b'{"total": 3, "itemSummaries": [{"legacyItemId": "110000010001", "title": "Iv', 200, Outcome.UNREADABLE),
        (b"<html><body>total: 0</body></html>", 200, Outcome.UNREADABLE),
        (b"[" * 100_000, 200, Outcome.UNREADABLE),
        (error(1001, "Invalid access token"), 401, Outcome.LOGIN_WALL),
        (error(1100, "Access denied"), 403, Outcome.LOGIN_WALL),
        (error(2001, "Too many"), 429, Outcome.POSTPONED),
        (error(12000, "Internal error"), 500, Outcome.FAILED),
        (error(12001, "The 'q' value is invalid"), 400, Outcome.FAILED),
    ],
)
def test_an_answer_without_entries_is_zero_only_where_it_says_so(body: Any, status: int, outcome: Outcome) -> None:
    seen = searched(body, status=status)
    assert (seen.outcome, seen.leads) == (outcome, ()), seen.because


def test_an_item_is_read_from_the_answer_as_a_page_is() -> None:
    said = looked(summary("110000010001", "Old ivory bangle") | {"additionalImages": [{"imageUrl": "/2.jpg"}]})
    assert (said.condition, said.title, said.price) == (Condition.LIVE, "Old ivory bangle", "12.50 USD")
    assert [image.rpartition("/")[2] for image in said.images] == ["110000010001.jpg", "2.jpg"]
    out = {"estimatedAvailabilities": [{"estimatedAvailabilityStatus": "OUT_OF_STOCK"}]}
    assert looked(summary("110000010001", "x") | out).condition is Condition.SOLD_OR_ENDED
    assert looked(summary("110000010009", "x")).condition is Condition.SUBSTITUTED


@pytest.mark.parametrize(
    ("body", "status", "condition"),
    [
        (error(11001, "The specified item Id was not found."), 404, Condition.GONE),
        (error(11006, "The legacy Id is invalid."), 400, Condition.UNREADABLE),
        (error(1001, "Invalid access token"), 401, Condition.WALLED),
        (error(2001, "Too many"), 429, Condition.RATE_LIMITED),
        (error(12000, "Internal error"), 500, Condition.UNREACHABLE),
        ({"legacyItemId": "110000010001"}, 200, Condition.UNREADABLE),
        (b'{"legacyItemId": "110000010001", "title": "Old', 200, Condition.UNREADABLE),
        (b"null", 200, Condition.UNREADABLE),
        (b"", 200, Condition.UNREADABLE),
    ],
)
def test_an_item_is_gone_only_where_the_api_says_so(body: Any, status: int, condition: Condition) -> None:
    said = looked(body, status=status)
    assert (said.condition, said.title) == (condition, ""), said.because
    assert said.cause == ("unknown" if condition is Condition.GONE else None)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.ebay.com/itm/110000010001",
        "https://www.ebay.de/itm/old-bangle/110000010001?var=5",
        "https://www.ebay.com/itm/v1%7C110000010001%7C0",
        "https://api.ebay.com/buy/browse/v1/item/v1%7C110000010001%7C0",
        "https://api.ebay.com/buy/browse/v1/item/v1|110000010001|4711?fieldgroups=PRODUCT",
        "https://api.ebay.com/buy/browse/v1/item/get_item_by_legacy_id?legacy_item_id=110000010001",
        "https://api.ebay.com/buy/browse/v1/item/get_item_by_legacy_id?x=1&legacy_item_id=110000010001&y=2",
    ],
)
def test_an_item_and_its_page_are_one_listing(url: str) -> None:
    key = EBAY.keyed(url)
    assert key == EBAY.keyed(EBAY.url_of("110000010001"))
    assert key
    assert EBAY.look_url(url).endswith("/get_item_by_legacy_id?legacy_item_id=110000010001")
    assert EBAY.look_url(EBAY.search_url("x", 1)) == EBAY.search_url("x", 1)


def test_an_address_that_names_no_one_item_is_no_listing() -> None:
    base = "https://api.ebay.com/buy/browse/v1/item"
    for path in ("_summary/search?q=110000010001", "/get_items_by_item_group?item_group_id=110000010001", "/v1%7C0"):
        assert EBAY.key_of(base + path) is None, path


def test_cards_that_a_script_holds_are_read_where_the_file_says() -> None:
    file = checked(STATE, Platform, "config/platforms/site.toml")
    entry = {"link": "/item/5?x", "name": "象牙手镯", "price": 9.5, "pictures": ["/p.jpg"]}
    state = {"list": {"items": [entry, "none", {"link": ["/item/6"]}], "more": 2}}

    def page(held: str, place: str = "state") -> Any:
        body = f'<html><body><script id="{place}" type="application/json">{held}</script></body></html>'
        return searched(body.encode(), file=file)

    seen = page(json.dumps(state))
    (lead,) = seen.leads
    assert (lead.key, lead.title, lead.price, lead.image) == (
        "5",
        "象牙手镯",
        "9.5",
        "https://www.site.example/p.jpg",
    )
    assert (seen.more, seen.because) == (True, "1 cards, 2 without a listing's address")
    assert page(json.dumps(state), "other").outcome is Outcome.UNREADABLE
    assert page(json.dumps(state)[:-9]).outcome is Outcome.UNREADABLE
    assert page('{"list": {"empty": true}}').outcome is Outcome.CONFIRMED_ZERO
    assert page('{"list": {"empty": 1}}').outcome is Outcome.UNREADABLE
    assert page('{"code": "BANNED"}').outcome is Outcome.BANNED_TERM_NOTICE


@pytest.mark.parametrize(
    ("table", "told", "words"),
    [
        ("search", {"answer": {"each": "items", "title": "name"}}, "needs url or key"),
        ("search", {"answer": {"each": "items[", "url": "x", "title": "y"}}, "not a JMESPath"),
        ("search", {"answer": None}, "needs [search.card], or [search.answer]"),
        ("search", {"url": "/s?q={term}&from={offset}"}, "needs step"),
        ("search", {"url": "/s/{channel}?q={term}"}, "a channel is walked"),
        ("listing", {"look": "/item?embed=1"}, "is a path with {key}"),
        ("listing", {"look": "//evil.example/{key}"}, "is a path with {key}"),
        ("api", {"base": "http://api.site.example"}, "needs https://"),
        ("api", {"key": {"environment": "A_KEY", "header": "X-Shown", "get": "x"}}, "header"),
        ("api", {"key": {"environment": "the key itself", "get": "x"}}, "environment"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(table: str, told: dict[str, Any], words: str) -> None:
    given = {"base": "https://api.site.example", "key": {"environment": "A_KEY", "get": "x"}}
    given |= {"source": "documentation", "confidence": "B"}
    whole: dict[str, Any] = STATE | {"api": given}
    assert checked(whole, Platform, "x").api
    with pytest.raises(ConfigError) as refused:
        checked(whole | {table: whole[table] | told}, Platform, "x")
    assert words in str(refused.value)


def test_what_only_documentation_says_is_not_called_verified() -> None:
    assert {EBAY.standing(part) for part in Part} == {Standing.DOCUMENTED}
    with pytest.raises(ConfigError, match=r"documented is for an official \[api\]"):
        checked(STATE | {"documented": ["search"]}, Platform, "x")


# From end to end


def test_a_sweep_and_its_looks_go_through_the_api(ebay: Path, api: BrowseApi, wildfree: Wildfree) -> None:
    rewritten(ebay, "&limit=200&offset={offset}", "&limit=1&offset={offset}")
    rewritten(ebay, "step     = 200", "step     = 1")
    ran = wildfree("sweep", "ebay", "--term", "ivory", "--term", "pangolin", "--json")
    assert ran.code == 0, ran.err
    assert "no answer of it was read yet" in ran.err
    found = [(each["term"], each["page"], each["outcome"], each["cards"]) for each in ran.objects]
    assert found == [
        ("phone case", 1, "hits", 1),
        ("ivory", 1, "hits", 1),
        ("pangolin", 1, "confirmed_zero", 0),
        ("ivory", 2, "hits", 1),
    ]
    seen = {each["key"]: each for each in wildfree("visit", "--json").objects}
    assert {key: each["condition"] for key, each in seen.items()} == {"110000010002": "live", "110000010003": "live"}
    assert {each["capture"] for each in seen.values()} == {"complete"}
    assert seen["110000010003"]["url"] == f"{api.base}/itm/110000010003"
    del api.items["110000010003"]
    api.groups.add("110000010002")
    again = wildfree("check", "--json").objects
    assert {(each["key"], each["condition"], each["cause"]) for each in again} == {
        ("110000010003", "gone", "unknown"),
        ("110000010002", "unreadable", None),
    }
    assert wildfree("verify").code == 0
    assert {path for _, path, _ in api.asked} == {"/robots.txt", browse_api.SEARCH, browse_api.ITEM}
    assert {shown for _, path, shown in api.asked if path != "/robots.txt"} == {"Bearer a-good-key"}
    assert {shown for _, path, shown in api.asked if path == "/robots.txt"} == {""}


def test_what_an_api_told_without_a_picture_waits_for_a_person_and_review_says_so(
    ebay: Path, wildfree: Wildfree
) -> None:
    assert wildfree("sweep", "ebay", "--term", "ivory").code == 0
    assert "ebay: " not in wildfree("review", "--list").err, "nobody has looked yet"
    assert wildfree("visit", "ebay").code == 0
    listed = wildfree("review", "--list", "--json")
    assert listed.objects == []
    assert listed.err.count("without a picture. Open them: wildfree browse ebay") == 1
    with desk(ebay) as here:
        assert {case.key for case in reviewing.unpictured(here, ["ebay"])} == {"110000010002", "110000010003"}
        assert reviewing.unpictured(here, ["market"]) == []


def test_half_a_letter_in_a_title_stops_no_sweep(ebay: Path, api: BrowseApi, wildfree: Wildfree) -> None:
    api.items["110000010002"] = "Antique ivory \ud83d bangle 😀"
    ran = wildfree("sweep", "ebay", "--term", "ivory", "--term", "bangle", "--json")
    assert (ran.code, [each["outcome"] for each in ran.objects]) == (0, ["hits", "hits", "hits"]), ran.err
    assert wildfree("visit").code == 0
    for table in ("sighting", "visit"):
        assert "Antique ivory ? bangle 😀" in {row["title"] for row in rows(ebay, table)}
    assert wildfree("verify").code == 0


def test_the_key_stands_nowhere_in_the_workspace_nor_in_a_log(
    ebay: Path, api: BrowseApi, wildfree: Wildfree, caplog: pytest.LogCaptureFixture
) -> None:
    told = ""
    caplog.set_level("DEBUG")
    for words in (("sweep", "ebay", "--term", "ivory"), ("visit",), ("check",)):
        ran = wildfree(*words)
        told += ran.out + ran.err
    api.keys.clear()
    ran = wildfree("sweep", "ebay", "--term", "netsuke")
    assert ran.code == 7
    assert "login_wall" in ran.out
    told += ran.out + ran.err + caplog.text
    assert "netsuke" in told
    assert len([shown for _, _, shown in api.asked if shown == "Bearer a-good-key"]) >= 6, "the trap is set"
    files = [path for path in ebay.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path for path in files if b"a-good-key" in path.read_bytes()] == []
    assert "a-good-key" not in told


def test_a_missing_key_is_one_clear_line_and_nothing_is_asked(
    ebay: Path, api: BrowseApi, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wildfree("sweep", "ebay", "--term", "ivory").code == 0
    api.asked.clear()
    monkeypatch.delenv(KEY)
    ran = wildfree("sweep", "ebay", "--term", "bangle")
    assert ran.code == 2
    (line,) = [each for each in ran.err.splitlines() if "wants a key" in each]
    assert KEY in line
    assert "WILDFREE_EBAY_CLIENT_ID" in line
    assert "https://developer.ebay.com/" in line
    ran = wildfree("visit")
    assert ran.code == 0
    assert "Its listings wait" in ran.err
    assert api.asked == []


def test_an_application_mints_its_key_and_anew_when_it_runs_out(
    ebay: Path, api: BrowseApi, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY)
    monkeypatch.setenv("WILDFREE_EBAY_CLIENT_ID", "app-name")
    monkeypatch.setenv("WILDFREE_EBAY_CLIENT_SECRET", "app-secret")
    ran = wildfree("sweep", "ebay", "--term", "ivory", "--term", "bangle")
    assert ran.code == 0, ran.err
    assert api.minted == 1
    api.lasts = 30  # it has run out before it is used
    assert wildfree("sweep", "ebay", "--term", "netsuke").code == 0
    assert api.minted == 3
    assert [path for path in ebay.rglob("*") if path.is_file() and b"minted-key" in path.read_bytes()] == []
    assert [path for path in ebay.rglob("*") if path.is_file() and b"app-secret" in path.read_bytes()] == []


def test_a_key_that_is_refused_is_no_key_and_no_zero(
    ebay: Path, api: BrowseApi, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY)
    monkeypatch.setenv("WILDFREE_EBAY_CLIENT_ID", "app-name")
    monkeypatch.setenv("WILDFREE_EBAY_CLIENT_SECRET", "wrong-secret")
    ran = wildfree("sweep", "ebay", "--term", "ivory", "--json")
    assert ran.code == 7
    (only,) = ran.objects
    assert (only["outcome"], only["cards"]) == ("failed", 0)
    assert "gave no key: HTTP 401, invalid_client" in only["because"]
    assert "wrong-secret" not in ran.out + ran.err
    assert browse_api.SEARCH not in {path for _, path, _ in api.asked}


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"a":' * 200_000, b"", b"<html>", b"\xff", b'{"access_token": "x"}']
)
def test_an_answer_that_grants_no_key_is_said_to_give_none(body: bytes) -> None:
    url = "https://api.ebay.com/identity/v1/oauth2/token"
    with pytest.raises(Unanswered, match="gave no key: HTTP 200"):
        _granted(Response(url, body=body), url)


def test_too_many_requests_put_the_rest_off(ebay: Path, api: BrowseApi, wildfree: Wildfree) -> None:
    api.busy = True
    ran = wildfree("sweep", "ebay", "--term", "ivory", "--json")
    assert ran.code == 8
    assert [each["outcome"] for each in ran.objects] == ["postponed"]
    asked = len(api.asked)
    assert wildfree("sweep", "ebay", "--term", "ivory").code == 8
    assert len(api.asked) == asked


def test_a_check_asks_the_api_and_names_what_its_answers_no_longer_have(
    ebay: Path, api: BrowseApi, wildfree: Wildfree
) -> None:
    rewritten(ebay, 'image  = "image.imageUrl || thumbnailImages[0].imageUrl"', 'image  = "picture.address"')
    ran = wildfree("platform", "check", "ebay", "--json", "--write")
    assert ran.code == 0, ran.err
    assert "no answer of it was read" not in ran.err
    said = {each["line"]: (each["said"], each["count"]) for each in ran.objects if each["part"] != "signs"}
    assert said["[search.answer] each"] == said["[search.answer] title"] == ("matched", 1)
    assert said["[search.answer] image"] == ("nothing", 0)
    assert said["[listing.answer] title"] == said["[listing] key_json"] == ("matched", 1)
    assert platform("ebay", ebay / "config").standing(Part.SEARCH) == "verified"
    assert "no answer of it was read" not in wildfree("sweep", "ebay", "--term", "ivory").err


def test_answers_are_kept_as_examples_without_their_sellers(ebay: Path, wildfree: Wildfree) -> None:
    ran = wildfree("platform", "save", "ebay", "ivory")
    assert ran.code == 0, ran.err
    search, item = sorted((ebay / "config" / "platforms" / "ebay").glob("*.html"), reverse=True)
    assert "bamboo-garden" not in search.read_text("utf-8") + item.read_text("utf-8")
    assert [lead["key"] for lead in wildfree("platform", "try", "ebay", search, "--json").objects] == [*GOODS][1:]
    ran = wildfree("platform", "check", "ebay", "--saved", search, "--saved", item, "--json")
    said = {each["line"]: each["said"] for each in ran.objects}
    assert said["[search.answer] seller"] == said["[listing.answer] seller"] == "matched"


def test_no_key_goes_where_the_api_leads(ebay: Path, api: BrowseApi, wildfree: Wildfree) -> None:
    with browse_api.opened(items=dict(GOODS)) as other:
        site.admit(ebay, other.base)
        api.leads_to = f"{other.base}{browse_api.SEARCH}?q=phone&limit=1&offset=0"
        ran = wildfree("sweep", "ebay", "--term", "ivory", "--json")
        assert ran.code == 7
        assert {each["outcome"] for each in ran.objects} <= {"unreadable", "failed", "login_wall"}
        assert other.asked, "it was led there"
        assert {shown for _, _, shown in other.asked} == {""}
