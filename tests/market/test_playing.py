"""Tricks are switched on and off on a running market, where one says, and every one of them stands in the table."""

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from parsel import Selector

from archive.facts import Outcome
from config.errors import ConfigError, UsageError
from config.platform import Cause, Condition
from desk.practice.market import Market
from desk.practice.playing import BANNED, DEEDS, EDITED, EVERYWHERE, SAID
from desk.practice.trick import SHELF, tricks
from desk.practice.tricks import ACTS
from tests.conftest import Wildfree
from tests.market.visitor import LATE, PLAIN, WARES, addresses, get, outside, search, words

TRICKS = tricks()


def test_every_trick_of_the_table_can_be_played_and_no_other() -> None:
    assert set(TRICKS) == set(ACTS) | DEEDS
    assert not set(ACTS) & DEEDS
    assert len(TRICKS) >= 26
    assert [trick.name for trick in TRICKS.values() if not (trick.listing or trick.search)] == []


def test_the_table_never_lets_doubt_be_gone_or_zero() -> None:
    gone = {trick.name: trick.cause for trick in TRICKS.values() if trick.listing is Condition.GONE}
    assert gone == {"relisted": Cause.UNKNOWN}
    assert [trick.name for trick in TRICKS.values() if trick.cause and trick.name not in gone] == []
    assert {trick.search for trick in TRICKS.values()} & {Outcome.CONFIRMED_ZERO} == set()


def test_a_misspelt_truth_in_the_table_is_one_clear_error(tmp_path: Path) -> None:
    table = tmp_path / "tricks.tsv"
    table.write_text(SHELF.read_text("utf-8").replace("\twalled\t", "\twaled\t", 1), "utf-8")
    with pytest.raises(ConfigError, match=r"tricks\.tsv:\d+: listing = 'waled'"):
        tricks(table)


def test_a_trick_plays_where_it_is_told_to_and_nowhere_else(market: Market) -> None:
    market.play("private", PLAIN)
    assert words(get(market, f"/item/{PLAIN}").page.css("main.private > .notice"))
    assert not get(market, "/item/10004").page.css("main.private")
    assert len(search(market, "象牙").css("ul.results > li.card")) > 0
    market.play("private", "10004")
    assert market.playing() == {"private": {PLAIN, "10004"}}
    market.cease("private")
    assert words(get(market, f"/item/{PLAIN}").page.css("h1.title")) == WARES[PLAIN].title
    market.cease("private")  # off already: nothing happens
    assert market.playing() == {}


def test_a_trick_without_a_place_plays_on_every_listing_and_every_search(market: Market) -> None:
    market.play("app_only", PLAIN)
    market.play("app_only")
    market.play("app_only", PLAIN)  # everywhere stays everywhere
    assert market.playing() == {"app_only": EVERYWHERE}
    for path in (f"/item/{PLAIN}", f"/item/{LATE}", "/item/99999", "/search?q=ivory", "/search?q=%E8%B1%A1"):
        assert get(market, path).page.css("main.app"), path
    for path in ("/", "/robots.txt", "/login", f"/picture/{PLAIN}-1.jpg"):
        assert get(market, path).status == 200, path


def test_the_trick_switched_on_last_plays_and_a_deed_hides_none(market: Market) -> None:
    market.play("app_only")
    market.play("private", PLAIN)
    market.play("edited", PLAIN)
    assert get(market, f"/item/{PLAIN}").page.css("main.private")
    assert get(market, f"/item/{LATE}").page.css("main.app")
    market.play("app_only")
    assert get(market, f"/item/{PLAIN}").page.css("main.app")
    market.reset()
    assert words(get(market, f"/item/{PLAIN}").page.css("h1.title")) == WARES[PLAIN].title


def test_without_a_term_only_those_that_a_platform_bans_are_refused(market: Market) -> None:
    market.play("banned_term")
    for term in (*BANNED, "老象牙手镯", "Ivory bangle"):
        assert words(search(market, term).css("main.search > .refused")), term
    for term in ("手机壳", "phone case", "虎皮"):
        assert not search(market, term).css("main.search > .refused"), term
    market.play("banned_term")
    market.cease("banned_term")
    market.play("banned_term", "虎皮")
    assert search(market, "虎皮").css("main.search > .refused")
    assert not search(market, "象牙").css("main.search > .refused")


def test_an_edited_title_goes_back_to_what_it_was(market: Market) -> None:
    market.play("edited", PLAIN)
    assert words(get(market, f"/item/{PLAIN}").page.css("h1.title")) == EDITED
    market.play("title_words", PLAIN)
    assert words(get(market, f"/item/{PLAIN}").page.css("h1.title")) == f"{SAID} {WARES[PLAIN].title}"
    market.cease("title_words")
    assert market.known(PLAIN) == Market(WARES.values()).known(PLAIN)


@pytest.mark.parametrize("key", [PLAIN, LATE])
def test_a_relisted_thing_has_a_new_key_and_the_old_photos(market: Market, key: str) -> None:
    old = get(market, f"/picture/{key}-1.jpg").body
    again = market.relist(key)
    assert again not in WARES
    assert get(market, f"/item/{key}").status == 404
    assert get(market, f"/item/{again}").status == 200
    assert get(market, f"/picture/{again}-1.jpg").body == old
    ware, new = WARES[key], market.known(again).ware
    assert (new.shop, new.late, new.title) == (ware.shop, ware.late, ware.title)
    assert [good.ware.key for good in market.found(ware.title)] == [again]
    third = market.relist(again)
    assert get(market, f"/picture/{third}-2.jpg").body == get(market, f"/picture/{key}-2.jpg").body
    market.restore(key)
    assert [good.ware.key for good in market.found(ware.title)] == [key]
    assert get(market, f"/item/{third}").status == 404
    with pytest.raises(UsageError, match="no listing"):
        market.restore(third)


def test_another_listing_stands_at_the_same_address_under_its_own_canonical_link(market: Market) -> None:
    market.play("another_listing")
    market.delete(PLAIN)
    for key in (PLAIN, market.on_sale()[0].ware.key):
        answer = get(market, f"/item/{key}")
        assert answer.status == 200
        link = answer.page.css("link[rel=canonical]::attr(href)").get() or ""
        assert link.startswith("/item/")
        assert link != f"/item/{key}"
    for key in WARES:
        if market.known(key).state == "on_sale":
            market.delete(key)
    assert get(market, f"/item/{PLAIN}").status == 404  # nothing is left to show instead


@pytest.mark.parametrize(
    ("name", "status", "heads", "there"),
    [
        ("challenge_work", 401, ("set-cookie",), "script[type='application/json']#work"),
        ("challenge_box", 429, (), "form > .human-box[data-sitekey]"),
        ("challenge_pass", 200, (), "#pass:empty ~ script[src]"),
        ("wall_404", 404, ("set-cookie",), "script[type='application/json']#work"),
        ("rate_limit", 429, ("retry-after", "x-ratelimit-remaining"), ""),
        ("login_wall", 302, ("location",), ""),
        ("home", 302, ("location",), ""),
        ("loop", 302, ("location",), ""),
        ("download", 200, ("content-disposition",), ""),
        ("empty", 200, (), ""),
    ],
)
def test_walls_come_with_the_status_the_heads_and_the_parts_of_real_ones(
    market: Market, name: str, status: int, heads: tuple[str, ...], there: str
) -> None:
    market.play(name)
    at = urlsplit(market.base)
    line = HTTPConnection(at.hostname or "", at.port, timeout=10)
    line.request("GET", f"/item/{PLAIN}?from=search")
    answer = line.getresponse()
    body = answer.read().decode("utf-8", "replace")
    line.close()
    assert answer.status == status
    assert [head for head in heads if not answer.headers[head]] == []
    assert bool(there) == ("<html" in body)
    assert not there or Selector(body).css(there)


@pytest.mark.parametrize(
    ("name", "places", "said"),
    [
        ("login_wal", (), "no trick 'login_wal'. Did you mean 'login_wall'?"),
        ("xyz", (), "no trick 'xyz'. See: tricks"),
        ("private", ("象牙",), "no listing '象牙'"),
        ("private", ("1000x",), "no listing '1000x'. Did you mean '100"),
        ("app_only", ("99999",), "no listing '99999'"),
        ("banned_term", (PLAIN,), "banned_term plays on searches"),
    ],
)
def test_what_cannot_be_played_is_said_and_changes_nothing(
    market: Market, name: str, places: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        market.play(name, *places)
    assert said in str(refused.value)
    assert market.playing() == {}
    with pytest.raises(UsageError, match="no trick 'nothing'"):
        market.cease("nothing")


@pytest.mark.parametrize("name", [name for name in TRICKS if name not in {"huge", "drip", "loop", "download"}])
def test_a_page_that_plays_a_trick_says_practice_and_loads_nothing_from_outside(market: Market, name: str) -> None:
    market.play(name)
    path = f"/item/{PLAIN}" if TRICKS[name].listing else "/search?q=%E8%B1%A1%E7%89%99"
    answer = get(market, path)
    if name in {"rate_limit", "empty"}:
        assert answer.body == b""
        return
    html = answer.body.decode("gbk" if name.startswith("gbk") else "utf-8")
    assert "演练市场 PRACTICE" in html
    assert "width=device-width" in html
    assert addresses(Selector(html))
    assert outside(Selector(html)) == []


def test_tricks_are_switched_by_typing(workspace: Path, wildfree: Wildfree) -> None:
    typed = [
        "tricks",
        "trick login_wall on",
        f"trick private on {PLAIN} 10004",
        "trick banned_term on 玳瑁",
        "tricks",
        "trick login_wall off",
        "tricks",
        "relist 10006",
        "trick login_wal on",
        "trick private",
        "trick private on 1",
        "trick private sideways",
        "trick private off 10004",
        "list",
        "quit",
    ]
    ran = wildfree("practice", typed="\n".join(typed))
    assert ran.code == 0, ran.err
    before, first, second = ran.out.split("what a visitor meets")[1:]
    assert [name for name in TRICKS if before.count(f"\n{name} ") != 1] == []
    lines = {line.split()[0]: line for line in first.splitlines() if line.split()}
    assert "everywhere" in lines["login_wall"]
    assert "login_wall" in lines["login_wall"].partition("everywhere")[2], "the truth of a search stands beside it"
    assert f"{PLAIN} 10004" in lines["private"]
    assert "玳瑁" in lines["banned_term"]
    assert "everywhere" not in lines["home"]
    assert lines["download"].split()[1:3] == ["unreachable", "failed"], (
        "as a browser meets it, which the market's file uses"
    )
    assert " everywhere " not in second
    assert "done: relist 10006, now 36006" in second
    assert "\n  36006  " in second
    assert "\n  10006  " not in second
    for said in ("Did you mean 'login_wall'?", "'trick' needs to be one of these", "no listing '1'"):
        assert said in ran.out
    assert ran.out.count("type: trick private on, trick private on KEY") == 2
