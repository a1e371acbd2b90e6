"""`wildfree platform check`: what changed on a site is named, a wall changes nothing, and a file keeps its layout."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.models import Exhibit, Listing, Query, Sweep, Visit
from archive.vault import Vault
from config.platform import Part, platform
from crawler.example import ExampleSpider
from crawler.run import crawl
from desk.context import desk
from desk.practice.market import Market
from tests.conftest import PLATFORMS, Ran, Wildfree
from tests.site import Answer, Site, describe, opened

GONE = "<html><body><h1>Nothing here</h1></body></html>"
FILE = """\
# Ours, by hand.
name      = "stall"                  # the stall
title     = "Stall"
base      = "BASE"
read_on   = 2020-02-02   # a day of ours
key       = '/item/(\\d+)'
canonical = "/item/{key}"

[search]
url    = "/search?q={term}"
canary = "case"                      # always sells
[search.card]
each   = "li.card"
url    = "a::attr(href)"
title  = "a::text"
price  = ".price::text"

[listing]
title = "h1::text"

[[signs]]      # gone
means  = "gone"
cause  = "unknown"
status = 404
[[signs]]
means  = "walled"
where  = ".login .notice"
says   = ["Log in"]

[manners]
delay = 0.0
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


@pytest.fixture
def stall(workspace: Path, site: Site) -> Path:
    """The workspace's own file of SITE, which was never held against it."""
    describe(workspace, site.base, 0.0)
    file = workspace / "config" / "platforms" / "stall.toml"
    file.write_text(FILE.replace("BASE", site.base), "utf-8")
    return file


def told(ran: Ran) -> dict[str, dict[str, Any]]:
    """What was said of each line; a sign by its meaning."""
    return {each["line"]: each for each in ran.objects}


def test_a_file_that_reads_its_site_is_borne_out_and_written_with_its_layout(
    stall: Path, site: Site, wildfree: Wildfree
) -> None:
    before = stall.read_text("utf-8")
    cards = '<li class="card"><a href="/item/1">象牙手镯</a><b class="price">¥5</b></li>'
    site.answers["/search"] = Answer(f"<html><body><ul>{cards * 2}</ul></body></html>")
    assert wildfree("sweep", "stall", "--term", "象牙").code == 2, "unverified"
    ran = wildfree("platform", "check", "stall")
    assert ran.code == 0, ran.err
    assert f"search: {site.base}/search?q=case" in ran.out
    assert re.search(r"made-up key: .*/item/\d+", ran.out)
    assert "-read_on   = 2020-02-02" in ran.out
    assert '+verified  = ["search", "listing", "signs"]' in ran.out
    assert "Nothing was written" in ran.out
    assert stall.read_text("utf-8") == before

    assert "config/platforms/stall.toml: written" in wildfree("platform", "check", "stall", "--write").out
    after = stall.read_text("utf-8")
    today = f"{datetime.now(UTC):%Y-%m}"
    (line,) = [each for each in after.splitlines() if each.startswith("read_on")]
    assert re.fullmatch(rf"read_on   = {today}-\d\d   # a day of ours", line)
    same = after.replace(line, "read_on   = 2020-02-02   # a day of ours")
    assert same.replace('verified  = ["search", "listing", "signs"]\n', "") == before
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    assert "written" not in wildfree("platform", "check", "stall", "--write").out, "nothing changed since"


def test_each_line_of_a_file_says_how_often_it_matched(stall: Path, site: Site, wildfree: Wildfree) -> None:
    said = told(wildfree("platform", "check", "stall", "--json"))
    found = {line: (each["said"], each["count"]) for line, each in said.items()}
    assert found == {
        "[search.card] each": ("matched", 3),
        "[search.card] url": ("matched", 3),
        "[search.card] title": ("matched", 3),
        "[search.card] price": ("nothing", 0),
        "[listing] title": ("matched", 1),
        "[[signs]] gone": ("matched", 1),
        "[[signs]] walled": ("unknown", 0),
        "a made-up key": ("matched", 1),
    }
    assert said["[search.card] price"]["near"].startswith(".price is nowhere")
    assert said["[[signs]] walled"]["because"] == "no page of that kind was shown"
    assert len(site.asked("/search")) == 1
    assert len(site.asked("/item")) == 2


@pytest.mark.parametrize(
    ("card", "line", "near"),
    [
        ('<li class="ware new"><a href="/item/{n}">x</a></li>', "each", "stand each in li.ware.new"),
        (
            '<div><p class="goods"><a href="/item/{n}">x</a></p></div>',
            "each",
            "3 links to listings stand each in div",
        ),
        ('<li class="card"><a href="/thing/{n}">x</a></li>', "url", "/thing/1 names no listing: see key and hosts"),
        (
            '<li class="card"><a href="/item/{n}">x</a><i class="price_new">1</i></li>',
            "price",
            ".price is nowhere; in its place may stand .price_new",
        ),
    ],
)
def test_a_renamed_class_is_named(
    stall: Path, site: Site, wildfree: Wildfree, card: str, line: str, near: str
) -> None:
    stall.write_text(stall.read_text("utf-8").replace("read_on", 'verified = ["search"]\nread_on', 1), "utf-8")
    cards = "".join(card.format(n=n) for n in (1, 2, 3))
    site.answers["/search"] = Answer(f"<html><body><ul>{cards}</ul></body></html>")
    ran = wildfree("platform", "check", "stall", "--json", "--write")
    assert ran.code == 0, ran.err
    said = told(ran)[f"[search.card] {line}"]
    assert said["said"] == "nothing"
    assert near in said["near"]
    verified = tomllib.loads(stall.read_text("utf-8"))["verified"]
    assert ("search" in verified) is (line == "price"), "what no longer reads is not swept"


@pytest.mark.parametrize(
    "wall",
    [
        Answer("<html><body><p>Log in</p></body></html>", 401),
        Answer("<html><body><div class='login'><p class='notice'>Log in, please</p></div></body></html>"),
        Answer("slow down", 429),
        Answer("busy", 503),
        Answer(b"", 200),
        Answer("<html><body><h1>Just a moment</h1><a href='/help'>help</a></body></html>"),
        Answer(to="http://127.0.0.1:9/", status=302),
    ],
    ids=["401", "login", "429", "503", "empty", "one that nobody knows", "led away"],
)
def test_a_wall_changes_nothing(stall: Path, site: Site, wildfree: Wildfree, wall: Answer) -> None:
    stall.write_text(before := stall.read_text("utf-8").replace("read_on", 'verified = ["search"]\nread_on', 1))
    site.answers["/search"] = wall
    ran = wildfree("platform", "check", "stall", "--json", "--write")
    assert stall.read_text("utf-8") == before
    said = {each["said"] for each in ran.objects if each["part"] in {"search", "listing"}}
    assert said == {"unknown"}
    assert len(ran.objects) >= 7
    assert all(each["because"] for each in ran.objects if each["said"] == "unknown")


def test_robots_are_obeyed_and_nothing_is_said_to_have_changed(stall: Path, site: Site, wildfree: Wildfree) -> None:
    site.robots("User-agent: *\nDisallow: /search\n")
    before = stall.read_text("utf-8")
    ran = wildfree("platform", "check", "stall", "--write")
    assert ran.code == 7
    assert "forbidden" in ran.err
    assert stall.read_text("utf-8") == before
    assert site.asked() == ["/robots.txt"]


def test_a_listing_that_never_was_and_reads_live_is_told(stall: Path, site: Site, wildfree: Wildfree) -> None:
    site.answers["/item/999999999"] = Answer("<html><body><h1>Our best goods</h1></body></html>")
    said = told(wildfree("platform", "check", "stall", "--json"))["a made-up key"]
    assert (said["said"], said["near"]) == ("nothing", "HTTP 200, headed 「Our best goods」")


@pytest.mark.parametrize("named", [True, False], ids=["calls itself so", "may be a wall"])
def test_a_title_that_moved_is_named_and_is_certain_only_on_the_listings_own_page(
    stall: Path, site: Site, wildfree: Wildfree, named: bool
) -> None:
    text = stall.read_text("utf-8").replace("read_on", 'verified = ["listing"]\nread_on', 1)
    stall.write_text(text.replace('title = "h1::text"', 'title = "h1.goods-title::text"'), "utf-8")
    link = '<link rel="canonical" href="/item/1">' if named else ""
    site.answers["/item/1"] = Answer(f"<html><head>{link}</head><body><h1 class='name'>象牙手镯</h1></body></html>")
    said = told(wildfree("platform", "check", "stall", "--json", "--write"))["[listing] title"]
    assert (said["said"], said["near"]) == ("nothing", ".goods-title is nowhere; in its place may stand h1.name")
    assert ("listing" in tomllib.loads(stall.read_text("utf-8"))["verified"]) is not named


def test_other_words_at_a_signs_place_are_quoted(stall: Path, site: Site, wildfree: Wildfree) -> None:
    text = stall.read_text("utf-8").replace("status = 404", 'where = ".away"\nsays = ["Removed"]')
    stall.write_text(text, "utf-8")
    site.answers["/item/999999999"] = Answer("<p class='away'>No longer with us</p>")
    said = told(wildfree("platform", "check", "stall", "--json"))["[[signs]] gone"]
    assert said["said"] == "nothing"
    assert "says 「No longer with us」" in said["because"]


def test_nothing_of_a_check_is_told_the_archive(stall: Path, workspace: Path, wildfree: Wildfree) -> None:
    assert len(wildfree("platform", "check", "stall", "--json").objects) >= 7
    with Vault.open(workspace) as vault, vault.reading() as session:
        assert [session.query(kind).count() for kind in (Sweep, Query, Listing, Visit, Exhibit)] == [0] * 5


# Where only a person may look


def test_a_page_that_a_person_saved_bears_out_what_a_robot_may_not_see(
    workspace: Path, wildfree: Wildfree, tmp_path: Path
) -> None:
    ran = wildfree("platform", "check", "taobao")
    assert ran.code == 2
    assert "--saved FILE" in ran.err
    page = tmp_path / "a page.html"
    address = "https://item.taobao.com/item.htm?id=600000010001"
    html = f"<!DOCTYPE html>\n<!-- saved from url=({len(address):04})ADDRESS -->\n<html><body>TOLD</body></html>"
    gone = '<div class="error-notice-hd">很抱歉，您查看的宝贝不存在，可能已下架或者被转移</div>'
    page.write_text(html.replace("ADDRESS", address).replace("TOLD", gone), "utf-8")
    ran = wildfree("platform", "check", "taobao", "--saved", page, "--json")
    assert ran.code == 0, ran.err
    assert [each["said"] for each in ran.objects if each["line"] == "[[signs]] gone"] == ["matched", "unknown"]
    page.write_text(html.replace("ADDRESS", "https://evil.example/").replace("TOLD", gone), "utf-8")
    ran = wildfree("platform", "check", "taobao", "--saved", page)
    assert ran.code == 2
    assert "is of https://evil.example/, which is no address of taobao" in ran.err
    page.write_text(gone, "utf-8")
    assert "does not say which address" in wildfree("platform", "check", "taobao", "--saved", page).err


@pytest.mark.parametrize(
    "head",
    ['{"url": "https://item.taob', "[]", '{"url": 5}', '{"headers": [1]}', '{"status": "often"}', "[" * 99_999, "\0"],
    ids=["cut off", "a list", "no address", "no pairs", "no status", "too deep", "zeros"],
)
def test_a_head_that_cannot_be_read_is_said_in_a_line(
    workspace: Path, wildfree: Wildfree, tmp_path: Path, head: str
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body><h1>x</h1></body></html>", "utf-8")
    page.with_suffix(".head.json").write_text(head, "utf-8")
    ran = wildfree("platform", "check", "taobao", "--saved", page)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1), ran.err
    assert "page.head.json: " in ran.err


def test_the_progress_counts_the_made_up_listing_too(workspace: Path, stall: Path) -> None:
    steps: list[tuple[int, int]] = []
    with desk(workspace) as here:
        crawl(
            ExampleSpider,
            [
                {"platform": "stall", "workspace": here.workspace, "clock": here.clock, "term": "case", "never": True}
                | {"step": lambda done, more, *_: steps.append((done, more))}
            ],
        )
    assert sum(done for done, _ in steps) == sum(more for _, more in steps) == 3


def test_saved_examples_are_read_with_their_heads_and_a_shipped_file_is_laid_over(
    workspace: Path, wildfree: Wildfree
) -> None:
    own = workspace / "config" / "platforms" / "telegram.toml"
    pages = [
        PLATFORMS.parents[1] / "tests" / "platforms" / "telegram" / f"{stem}.html"
        for stem in ("search-channel", "item-live")
    ]
    words = [word for page in pages for word in ("--saved", page)]
    ran = wildfree("platform", "check", "telegram", *words, "--json", "--write")
    assert ran.code == 0, ran.err
    said = told(ran)
    assert (said["[search.card] each"]["count"], said["[search.card] title"]["count"]) == (6, 5)
    assert said["[search] older"]["said"] == "matched"
    assert said["[listing] title"]["said"] == "matched"
    text, shipped = own.read_text("utf-8"), (PLATFORMS / "telegram.toml").read_text("utf-8")
    assert 'verified  = ["search", "listing"]' in text
    assert len(text.splitlines()) == len(shipped.splitlines()) + 1
    assert platform("telegram", workspace / "config").standing(Part.LISTING) == "verified"


def test_pages_that_were_recorded_here_are_read_where_no_robot_searches(
    stall: Path, site: Site, wildfree: Wildfree
) -> None:
    stall.write_text(stall.read_text("utf-8").replace("read_on", 'verified = ["search"]\nread_on', 1), "utf-8")
    wildfree("sweep", "stall", "--term", "象牙")
    assert [each["condition"] for each in wildfree("visit", "--json").objects] == ["live"] * 3
    text = stall.read_text("utf-8").replace('verified = ["search"]\n', "")
    start, end = text.index("[search]"), text.index("[listing]")
    text = text[:start] + text[end:]
    stall.write_text(text.replace("[listing]", 'unsearched = "a login"\n[listing]', 1), "utf-8")
    asked = len(site.log)
    ran = wildfree("platform", "check", "stall", "--json", "--write")
    assert ran.code == 0, ran.err
    assert told(ran)["[listing] title"]["said"] == "matched"
    assert len(site.log) == asked
    assert tomllib.loads(stall.read_text("utf-8"))["verified"] == ["listing"]


def test_a_file_whose_lines_cannot_be_found_is_not_touched(stall: Path, wildfree: Wildfree) -> None:
    text = stall.read_text("utf-8").replace("read_on   = 2020-02-02", '"read_on" = 2020-02-02')
    stall.write_text(text, "utf-8")
    ran = wildfree("platform", "check", "stall", "--write")
    assert ran.code == 2
    assert "write them yourself: read_on = " in ran.err
    assert stall.read_text("utf-8") == text


# On the practice market


def own(workspace: Path, *changed: tuple[str, str]) -> Path:
    """The workspace's own file of the market, as it would be had the market looked otherwise then."""
    file = workspace / "config" / "platforms" / "market.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = (PLATFORMS / "market.toml").read_text("utf-8")
    for line, other in changed:
        assert line in text
        text = text.replace(line, other)
    file.write_text(text, "utf-8")
    return file


def test_the_markets_changed_layout_is_named_and_its_file_no_longer_swept(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    file = own(
        market_workspace,
        ('each   = "ul.results > li.card"', 'each   = "ul.results > li.ware"'),
    )
    ran = wildfree("platform", "check", "market", "--json", "--write")
    assert ran.code == 0, ran.err
    said = told(ran)
    assert said["[search.card] each"]["said"] == "nothing"
    assert "li.card" in said["[search.card] each"]["near"]
    assert {said[f"[search.card] {name}"]["said"] for name in ("url", "title", "price", "seller")} == {"unknown"}
    assert tomllib.loads(file.read_text("utf-8"))["verified"] == ["listing", "signs"]
    assert wildfree("sweep", "market", "--term", "象牙").code == 2


def test_the_market_as_it_is_bears_its_file_out(market_workspace: Path, market: Market, wildfree: Wildfree) -> None:
    ran = wildfree("platform", "check", "market", "--json")
    assert ran.code == 0, ran.err
    assert [each["line"] for each in ran.objects if each["said"] == "nothing"] == []
    said = told(ran)
    assert said["[search.card] each"]["count"] >= 5
    assert said["[listing] title"]["count"] == 1
    assert said["a made-up key"]["because"].startswith("gone")


def test_a_wall_before_the_market_changes_nothing(market_workspace: Path, market: Market, wildfree: Wildfree) -> None:
    file = own(market_workspace, ('each   = "ul.results > li.card"', 'each   = "ul.results > li.ware"'))
    before = file.read_text("utf-8")
    market.play("login_wall", "手机壳")
    ran = wildfree("platform", "check", "market", "--json", "--write")
    assert {each["said"] for each in ran.objects if each["part"] == "search"} == {"unknown"}
    assert "login_wall" in told(ran)["[search.card] each"]["because"]
    assert file.read_text("utf-8") == before
