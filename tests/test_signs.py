"""Signs: each fires where it stands and nowhere else, and none on any live page that we have."""

import json
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from archive.facts import Outcome
from config.errors import ConfigError
from config.platform import Cause, Condition, Sign, platform, platforms
from config.reading import checked
from config.sign import Walls, walls
from crawler.page import page_of, reading, results
from crawler.reading.css import chosen
from crawler.reading.heads import Headers
from crawler.reading.tags import MOST, MOST_IN_ONE
from crawler.reading.words import DEEPEST, texts
from crawler.signs import Led, Page, found
from desk.practice.market import Market
from tests.shop.serve import Shop
from tests.shop.visitor import get

SAVED = Path(__file__).parent / "platforms"
MARKET = platform("market")
ASKED = MARKET.url_of("10001")
GOODS = '<main class="listing"><h1 class="title">象牙手镯</h1><p class="price">¥1</p></main>'
REMOVED = '<main class="removed"><h1 class="notice">该商品因违反平台规则已被下架</h1></main>'
JSON = (("Content-Type", "application/json"),)


def page(html: str, *, url: str = ASKED, final_url: str = "", status: int = 200, headers: Headers = ()) -> Page:
    return page_of(html.encode(), url=url, final_url=final_url, status=status, headers=headers)


def sign(**told: Any) -> Sign:
    return checked({"means": "gone", "cause": "unknown"} | told, Sign, "config/platforms/x.toml")


def name(each: Sign) -> str:
    """What a sign goes by in these tests: all that tells it."""
    code = each.code and each.code.path
    parts = (
        each.means,
        each.status,
        each.where,
        "/".join(each.says),
        each.url,
        "/".join(each.header),
        code,
        each.key,
    )
    return " ".join(str(part) for part in parts if part)


# --- the file


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"says": ["x"]}, "needs where"),
        ({}, "needs where, status, url, header or code"),
        ({"key": "none"}, "needs where, status, url, header or code"),
        ({"means": "live", "status": 200}, "no sign"),
        ({"means": "gone", "cause": None, "status": 404}, "needs cause"),
        ({"where": "p", "language": "zh"}, "needs says"),
        ({"where": "p", "says": ["x"], "language": "中文"}, "language"),
        ({"url": "("}, "not a regular expression"),
        ({"header": {"server": "("}}, "not a regular expression"),
        ({"where": "p >"}, "not a CSS selector"),
        ({"code": {"path": "a..b", "values": [1]}}, "not a JMESPath"),
        ({"code": {"path": "a[*].start_with(@, 'x')", "values": [True]}}, "Did you mean 'starts_with'"),
        ({"code": {"path": "a"}}, "lacks the key 'values'"),
        ({"code": {"path": "a", "value": [1]}}, "Did you mean 'values'"),
        ({"key": "another", "status": 404}, "key = 'another'"),
        ({"headers": {}, "status": 404}, "Did you mean 'header'"),
    ],
)
def test_a_sign_that_cannot_be_meant_is_one_clear_line(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        sign(**told)
    assert words in str(error.value)
    assert str(error.value).startswith("config/platforms/x.toml: ")


def test_a_wall_says_nothing_of_a_listing_and_a_platform_has_none_of_its_own_walls(tmp_path: Path) -> None:
    for told in ({"means": "gone", "cause": "platform", "status": 404}, {"means": "sold_or_ended", "where": "p"}):
        with pytest.raises(ConfigError, match="belongs to a platform"):
            checked({"signs": [told]}, Walls, "config/walls.toml")
    (tmp_path / "platforms").mkdir()
    own = (Path(__file__).parents[1] / "config/platforms/oscar.toml").read_text("utf-8").replace('"oscar"', '"own"')
    (tmp_path / "platforms/own.toml").write_text(own + '\n[[walls]]\nmeans = "walled"\nwhere = "p"\n', "utf-8")
    with pytest.raises(ConfigError, match=r"\[\[walls\]\].*config/walls.toml"):
        platform("own", tmp_path)


def test_a_workspace_has_its_own_walls_in_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "walls.toml").write_text('[[signs]]\nmeans = "geo_blocked"\nwhere = "#abroad"\n', "utf-8")
    site = platform("market", tmp_path)
    assert len(walls()) >= 10
    assert [each.where for each in site.walls] == ["#abroad"]
    assert reading(site, page('<p id="abroad">x</p>')).condition is Condition.GEO_BLOCKED


# --- what a sign looks at


def test_a_header_counts_by_its_name_in_any_case_and_by_a_pattern_in_its_value() -> None:
    wall = (sign(means="walled", cause=None, header={"X-Guard": "^(deny|ask)"}),)
    hit = found(wall, page(GOODS, headers=(("Server", "deny"), ("x-guard", "pass"), ("x-GUARD", "ask; level=2"))))
    assert hit
    assert "x-guard" in hit.because
    assert "ask; level=2" in hit.because
    for heads in ((), (("x-guard", "pass"),), (("server", "deny"),), (("x-guard", "no deny"),)):
        assert found(wall, page("deny x-guard: deny", headers=heads)) is None


@pytest.mark.parametrize(
    ("values", "html", "fires"),
    [
        (["DELETED"], '{"item": {"state": "DELETED"}}', True),
        (["DELETED"], '\ufeff \n{"item": {"state": "DELETED"}}', True),
        (["DELETED"], '{"item": {"state": "NOT DELETED"}}', False),
        (["DELETED"], '{"item": {"state": ["DELETED"]}}', False),
        (["DELETED"], '{"state": "DELETED"}', False),
        (["DELETED"], '{"item": null}', False),
        (["DELETED"], '{"item": {"state": "DELETED"}', False),
        (["DELETED"], "DELETED", False),
        (["DELETED"], '<p>{"item": {"state": "DELETED"}}</p>', False),
        (["DELETED"], "[" * 100_000, False),
        (["DELETED"], '{"item": ' * 100_000, False),
        ([1], '{"item": {"state": 1}}', True),
        ([1], '{"item": {"state": true}}', False),
        ([1], '{"item": {"state": "1"}}', False),
        ([1], '{"item": {"state": 1.0}}', False),
        ([True], '{"item": {"state": true}}', True),
        ([True], '{"item": {"state": 1}}', False),
        ([1], '{"item": {"state": 1' + "0" * 10_000 + "}}", False),
    ],
)
def test_a_code_counts_only_at_its_path_and_in_its_kind(values: list[Any], html: str, fires: bool) -> None:
    code = sign(code={"path": "item.state", "values": values})
    assert (found((code,), page(html)) is not None) is fires


def test_a_question_may_be_a_code_and_an_answer_of_another_form_is_no_answer() -> None:
    code = sign(code={"path": "starts_with(ret[0], 'FAIL_DELETED')", "values": [True]})
    assert found((code,), page('{"ret": ["FAIL_DELETED::已删除"]}'))
    for other in ('{"ret": ["SUCCESS"]}', '{"ret": [1]}', '{"ret": null}', "{}", "[]", "null"):
        assert found((code,), page(other)) is None


def test_a_code_may_stand_in_an_element_or_its_attribute_and_counts_nowhere_else() -> None:
    state = '{"item": {"id": 7, "state": "off"}}'
    inside = sign(code={"where": "script#state", "path": "item.state", "values": ["off"]})
    at = sign(code={"where": "main::attr(data-state)", "path": "item.state", "values": ["off"]})
    there = page(f'{GOODS}<script id="state" type="application/json">\n{state}</script>')
    assert found((inside,), there)
    assert found((at,), there) is None
    assert found((at,), page(f"<main data-state='{state}'>x</main>"))
    for trap in (f"<script>{state}</script>", f"<p id='state'>{state}</p>", state):
        assert found((inside,), page(trap)) is None


def test_json_is_read_as_a_browser_shows_it_only_where_its_head_says_that_it_is_json() -> None:
    shown = '<html><head></head><body><pre>{"item": {"state": "off"}}</pre></body></html>'
    code = sign(code={"path": "item.state", "values": ["off"]})
    assert found((code,), page(shown, headers=JSON))
    assert found((code,), page(shown)) is None
    assert found((code,), page(shown, headers=(("Content-Type", "text/html"),))) is None


def test_words_of_a_language_do_not_count_on_a_page_that_declares_another() -> None:
    words = sign(where="p", says=["gift"], language="en")
    for lang in ("", ' lang="en"', ' lang="EN-gb"', ' lang="en_US"'):
        assert found((words,), page(f"<html{lang}><p>a gift</p>")), lang
    assert found((words,), page("<html lang='de'><p>ein gift</p>")) is None
    assert found((words,), page("<p>ein gift</p>", headers=(("content-language", "de-CH"),))) is None
    assert found((words,), page("<html lang='en'><p>a gift</p>", headers=(("content-language", "de"),)))


def test_the_final_address_may_name_another_listing_or_none() -> None:
    none = sign(means="limited", cause=None, key="none", where="p.off")
    other = sign(means="gone", cause="unknown", key="other", where="p.off")
    off = '<p class="off">x</p>'
    home, second = MARKET.base + "/", MARKET.url_of("10002")
    for led, fires in (
        (Led.HERE, None),
        (Led.OTHER, other),
        (Led.NONE, none),
        (Led.ABROAD, None),
        (Led.UNSURE, None),
    ):
        hit = found((none, other), page(off), led)
        assert (hit and hit.sign) == fires, led
    site = MARKET.model_copy(update={"signs": (none, other)})
    assert reading(site, page(off, final_url=home)).condition is Condition.LIMITED
    assert reading(site, page(off, final_url=second)).condition is Condition.GONE
    assert reading(site, page(off + GOODS)).condition is Condition.LIVE


def test_every_condition_that_a_sign_names_must_hold() -> None:
    both = sign(status=404, where="p", says=["off"], header={"x-a": "1"}, url="/item/", code=None)
    whole: dict[str, Any] = {"html": "<p>off</p>", "status": 404, "headers": (("X-A", "1"),)}
    assert found((both,), page(**whole))
    lacks = ({"status": 200}, {"html": "<p>on</p>"}, {"headers": ()}, {"final_url": MARKET.base + "/x"})
    for lack in lacks:
        assert found((both,), page(**(whole | lack))) is None


# --- where it may stand


@pytest.mark.parametrize(
    ("html", "stands"),
    [
        ("<p class='n'>已<b>下架</b></p>", True),
        ("<p class='n'>已<!-- x -->下<font>架</font></p>", True),
        ("<p class='n'>已下<wbr>架</p>", True),
        ("<div class='n'><p>已</p><p>下架</p></div>", False),
        ("<p class='n' hidden>已下架</p>", False),
        ("<p class='n' style='color: red; DISPLAY : none'>已下架</p>", False),
        ("<div style='display:none'><div><p class='n'>已下架</p></div></div>", False),
        ("<div class='n'><script>已下架</script><style>已下架</style><template>已下架</template></div>", False),
        ("<div class='n'><noscript>已下架</noscript>x</div>", False),
        ("<p class='n'>x</p><p class='n'>  已下架 </p>", True),
    ],
)
def test_words_stand_where_a_reader_sees_them(html: str, stands: bool) -> None:
    hit = found((sign(where=".n", says=["已下架"]),), page(html))
    assert (hit is not None) is stands


def test_words_on_another_site_say_nothing_of_a_listing_unless_the_sign_names_that_site() -> None:
    elsewhere = "https://elsewhere.example/item/10001"
    assert reading(MARKET, page(REMOVED)).condition is Condition.GONE
    assert reading(MARKET, page(REMOVED, final_url=elsewhere)).condition is Condition.REDIRECTED
    there = sign(cause="platform", where="main.removed > .notice", url=r"^https://elsewhere\.example/")
    site = MARKET.model_copy(update={"signs": (there,)})
    assert reading(site, page(REMOVED, final_url=elsewhere)).cause is Cause.PLATFORM


def test_what_another_listing_says_is_not_said_of_the_one_asked_for() -> None:
    sold = GOODS.replace("</main>", '<p class="sold">该宝贝已售出</p></main>')
    assert reading(MARKET, page(sold)).condition is Condition.SOLD_OR_ENDED
    second = MARKET.url_of("10002")
    for html in (sold, REMOVED):
        assert reading(MARKET, page(html, final_url=second)).condition is Condition.SUBSTITUTED
    canonical = f'<link rel="canonical" href="{second}">'
    assert reading(MARKET, page(canonical + sold)).condition is Condition.SUBSTITUTED
    assert reading(MARKET, page(canonical + sold, url=second)).condition is Condition.SOLD_OR_ENDED


@pytest.mark.parametrize(
    ("html", "condition"),
    [
        ('<link rel="canonical" href="/item/10001?from=x">', Condition.LIVE),
        ('<link rel="canonical" href="/item/10002">', Condition.SUBSTITUTED),
        ('<link rel="canonical" href="/item/10002"><link rel="canonical" href="/item/10001">', Condition.LIVE),
        ('<meta property="og:url" content="http://127.0.0.1:8765/item/10002">', Condition.SUBSTITUTED),
        ('<main data-key="10002"></main>', Condition.SUBSTITUTED),
        ('<main data-key="10001"></main>', Condition.LIVE),
        ('<main data-key=""></main>', Condition.LIVE),
        ('<script id="state">{"item": {"id": 10002}}</script>', Condition.SUBSTITUTED),
        ('<script id="state">{"item": {"id": "10001"}}</script>', Condition.LIVE),
        ('<script id="state">{"item": {"id": null}}</script>', Condition.LIVE),
        ('<script id="state">{"item"</script>', Condition.LIVE),
        ('<link rel="canonical" href="/">', Condition.UNREADABLE),
        ('<link rel="canonical" href="https://elsewhere.example/item/10001">', Condition.UNREADABLE),
        ('<link rel="canonical" href="http://[bad/">', Condition.UNREADABLE),
        ("", Condition.LIVE),
    ],
)
def test_a_page_that_calls_itself_another_listing_was_put_in_its_place(html: str, condition: Condition) -> None:
    css = "link[rel=canonical]::attr(href), meta[property='og:url']::attr(content), main::attr(data-key)"
    place = {"key": css, "key_json": {"where": "script#state", "path": "item.id"}}
    listing = MARKET.listing.model_validate(MARKET.listing.model_dump() | place)
    said = reading(MARKET.model_copy(update={"listing": listing}), page(html + GOODS))
    assert said.condition is condition, said.because


def test_a_bare_key_is_a_key_wherever_the_page_that_names_it_stands() -> None:
    listing = MARKET.listing.model_copy(update={"key": "main::attr(data-key)"})
    site = MARKET.model_copy(update={"listing": listing})
    said = reading(site, page(f'<main data-key="10002"></main>{GOODS}', url=ASKED + "/large/1"))
    assert said.condition is Condition.SUBSTITUTED


def test_a_card_within_a_card_is_a_part_of_it() -> None:
    inner = '<ul class="results"><li class="card"><a href="/item/8"><b class="title">还有</b></a></li></ul>'
    card = f'<li class="card"><a href="/item/7"><b class="title">象牙</b></a>{inner}</li>'
    seen = results(MARKET, page(f'<ul class="results">{card}{card.replace("/7", "/9")}</ul>'), "x", 1)
    assert [lead.key for lead in seen.leads] == ["7", "9"]


# --- walls

BOX = '<form id="captcha-form"><div class="g-recaptcha"></div></form>'
# A page for each shared wall, made up here: as the recorded ones in what tells them, and in nothing else.
ALIKE: dict[str, dict[str, Any]] = {
    "challenged script#anubis_challenge": {
        "html": '<h1>One moment</h1><script id="anubis_challenge" type="application/json">{"rules": {}}</script>',
        "status": 401,
    },
    "challenged 429 form#captcha-form .g-recaptcha": {"html": BOX, "status": 429},
    r"challenged ^https?://(?:www|ipv4|ipv6)\.google\.[a-z.]+/sorry/": {
        "html": "x",
        "final_url": "https://www.google.co.uk/sorry/index?continue=x",
    },
    r"walled ^https?://consent\.(?:google|youtube)\.[a-z.]+/": {
        "html": "<h1>Before you go on</h1>",
        "final_url": "https://consent.youtube.com/m?continue=x",
    },
    "challenged body > script[src*='/visitor/mini_original.js']": {
        "html": "<body><span></span><script src='/js/visitor/mini_original.js?v=1'></script></body>"
    },
    r"challenged ^https?://passport\.weibo\.(?:com|cn)/visitor/": {
        "html": "x",
        "final_url": "https://passport.weibo.com/visitor/visitor?a=enter",
    },
    "challenged form#seccodeForm img#seccodeImage": {
        "html": '<form id="seccodeForm"><p><img id="seccodeImage" src="code.php"></p></form>'
    },
    "challenged 999": {"html": "", "status": 999},
    "rate_limited 429 x-ratelimit-remaining": {
        "html": "",
        "status": 429,
        "headers": (("X-Ratelimit-Remaining", "0.0"), ("X-Ratelimit-Reset", "247")),
    },
    "challenged cf-mitigated": {"html": GOODS, "status": 403, "headers": (("CF-Mitigated", "challenge"),)},
    "challenged /_____tmd_____/punish": {
        "html": GOODS,
        "final_url": "https://item.taobao.com/item.htm/_____tmd_____/punish?x5secdata=1",
    },
    r"challenged ^https?://wappass\.baidu\.com/static/captcha": {
        "html": "x",
        "final_url": "https://wappass.baidu.com/static/captcha/tuxing.html?ak=1",
    },
}
WALLS = {name(each): each for each in walls()}


def test_every_shared_wall_has_a_page_that_bears_it() -> None:
    assert len(WALLS) == len(walls())
    assert set(ALIKE) == set(WALLS)


@pytest.mark.parametrize("each", ALIKE)
def test_a_page_like_a_wall_is_that_wall_on_every_platform_whatever_status_it_comes_with(each: str) -> None:
    for site in platforms():
        asked = site.url_of("1")
        said = reading(site, page(**(ALIKE[each] | {"url": asked})))
        assert said.condition is WALLS[each].means, said.because
        assert said.cause is None
        hit = found(site.walls, page(**ALIKE[each]), Led.ABROAD)
        assert hit is not None
        assert hit.sign == WALLS[each]
        if site.searching:
            seen = results(site, page(**(ALIKE[each] | {"html": ALIKE[each]["html"].replace(GOODS, "")})), "x", 1)
            assert seen.outcome in {Outcome.CHALLENGE, Outcome.LOGIN_WALL, Outcome.POSTPONED}


@pytest.mark.parametrize(
    "wall",
    [
        {"html": ALIKE["challenged script#anubis_challenge"]["html"]},
        {"html": '<main class="login-page"><p class="notice">请登录后继续浏览</p></main>'},
        {"html": GOODS, "headers": (("cf-mitigated", "challenge"),)},
    ],
)
@pytest.mark.parametrize("status", [200, 403, 404, 410, 429, 500, 503])
def test_a_wall_is_a_wall_whatever_status_it_comes_with(wall: dict[str, Any], status: int) -> None:
    last = MARKET.model_copy(update={"signs": tuple(sorted(MARKET.signs, key=lambda each: each.status != 404))})
    assert last.signs[0].status == 404, "the bare status stands first in this file"
    for site in (MARKET, last):
        assert reading(site, page(**wall, status=status)).condition in {Condition.CHALLENGED, Condition.WALLED}
    assert reading(MARKET, page("<h1>x</h1>", status=404)).condition is Condition.GONE


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        (200, Condition.REDIRECTED),
        (302, Condition.UNREADABLE),
        (401, Condition.WALLED),
        (403, Condition.UNREADABLE),
        (404, Condition.UNREADABLE),
        (410, Condition.UNREADABLE),
        (429, Condition.RATE_LIMITED),
        (500, Condition.UNREACHABLE),
        (503, Condition.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("where", ["https://sso.example/login", MARKET.base + "/error"])
def test_a_failure_elsewhere_says_nothing_of_the_listing(status: int, condition: Condition, where: str) -> None:
    said = reading(MARKET, page("<h1>x</h1>", final_url=where, status=status))
    assert (said.condition, said.cause) == (condition, None)


def test_an_empty_answer_is_unreadable_wherever_it_led() -> None:
    for nothing, where in product(("", " \n", "\ufeff", "\x00"), ("", MARKET.base + "/", "https://x.example/")):
        assert reading(MARKET, page(nothing, final_url=where)).condition is Condition.UNREADABLE
        assert results(MARKET, page(nothing, final_url=where), "x", 1).outcome is Outcome.UNREADABLE


def test_a_search_that_led_to_another_site_is_no_zero_and_no_notice() -> None:
    html = '<main class="search"><p class="empty">没有找到相关宝贝</p></main>'
    here = MARKET.search_url("x", 1)
    assert results(MARKET, page(html, url=here), "x", 1).outcome is Outcome.CONFIRMED_ZERO
    led = page(html, url=here, final_url="https://elsewhere.example/")
    assert results(MARKET, led, "x", 1).outcome is Outcome.UNREADABLE


def test_what_a_site_says_of_listings_is_no_wall_before_its_search() -> None:
    removed = '<p class="x">off</p>'
    first = sign(where=".x")
    wall = sign(means="walled", cause=None, where=".x")
    site = MARKET.model_copy(update={"signs": (first, wall)})
    assert results(site, page(removed, url=MARKET.search_url("x", 1)), "x", 1).outcome is Outcome.LOGIN_WALL


# --- no false alarm on any live page of ours


def ours() -> Iterator[tuple[str, bytes]]:
    """The saved pages of ours that a person agreed to be live, or to show cards."""
    for path in sorted(SAVED.glob("*/*.html")):
        said = json.loads(path.with_suffix(".json").read_text("utf-8"))
        if said.get("condition") == "live" or said.get("outcome") == "hits":
            yield f"{path.parent.name}/{path.stem}", path.read_bytes()


def alarms(pages: dict[str, bytes], headers: Headers = ()) -> list[str]:
    """What any sign of any platform, and any wall, makes of live pages: nothing."""
    return [
        f"{site.name} on {which}: {hit.because}"
        for site in platforms()
        for which, body in pages.items()
        for each in (*site.signs, *site.walls)
        if (hit := found((each,), page_of(body, url=site.url_of("1"), headers=headers)))
    ]


def test_no_sign_of_any_platform_fires_on_a_saved_live_page_of_ours() -> None:
    pages = dict(ours())
    assert {which.split("/")[0] for which in pages} >= {"market", "weixin"}
    assert len(pages) >= 5
    assert alarms(pages) == []


def test_no_sign_of_any_platform_fires_on_a_live_page_of_the_market_as_it_runs(market: Market) -> None:
    site = platform("market", base=market.base)
    keys = [good.ware.key for good in market.on_sale()][:12]
    urls = [market.base + "/", site.search_url("象牙", 1), *(site.url_of(key) for key in keys)]
    answers = {url: get(url) for url in urls}
    assert len(answers) >= 10
    assert all(answer.status == 200 for answer in answers.values())
    assert alarms({url: answer.body for url, answer in answers.items()}) == []


def test_no_sign_of_any_platform_fires_on_a_live_page_of_the_shop_as_it_runs(shop: Shop) -> None:
    site = platform("oscar", base=shop.base)
    search = get(site.search_url("象牙", 1))
    leads = results(site, page_of(search.body, url=search.url), "象牙", 1).leads
    answers = [search, get(shop.base + "/"), *(get(lead.url) for lead in leads[:10])]
    assert len(answers) >= 10
    assert all(answer.status == 200 for answer in answers)
    assert alarms({answer.url: answer.body for answer in answers}) == []


# --- time


@pytest.mark.parametrize(
    "html",
    [
        '<main class="removed"><p class="notice">x</p>' * 40_000,
        ('<main class="removed"><main class="listing">' * 100 + "</main>" * 200) * 300,
        ('<ul class="results"><li class="card">' * 100 + "</li></ul>" * 100) * 300,
        '<main class="removed"><p class="notice">' * 100 + "象牙 " * 2_000_000,
        '<ul class="results">' + '<li class="card"><a href="/item/1">x</a></li>' * 20_000 + "</ul>",
        "<p>" * 3_000_000,
        "<b>" * 200_000,
        "<!--" * 500_000,
        '<p class="' + "x " * 2_000_000 + '">',
        '<script type="application/json">' + "[" * 5_000_000,
        "<p " + " ".join(f"a{n}" for n in range(300_000)) + ">",
        "<p a b c d e f g h i j k l m n>" * 200_000,
        "<script>" * 300_000,
        '<p a="' * 300_000,
        "<p a='\"" * 300_000,
        "<p =" * 300_000,
        "<p " + "/" * 5_000_000,
    ],
    ids=lambda html: f"{html[:16]} {len(html)}",
)
def test_a_page_made_to_take_long_is_read_in_time(html: str) -> None:
    sites = [MARKET, platform("weixin")]
    began = time.process_time()
    for site in sites:
        said = reading(site, page(html, url=site.url_of("1")))
        assert said.condition in {Condition.UNREADABLE, Condition.LIVE}
    results(MARKET, page(html), "x", 1)
    assert time.process_time() - began < 60


def test_only_elements_within_each_other_are_not_all_read() -> None:
    beside = page("<p>x</p>" * 100_000).root
    assert len(texts(beside, "p")) == 100_000
    within = page("<div>x" * 250 + "<i>x</i>" * 5000).root
    assert 0 < len(texts(within, "div")) < 100
    assert len(texts(within, "i")) == 5000
    long = page("<div>" * 250 + "x" * 1_000_000).root
    assert 0 < len(texts(long, "div")) < 100


def test_more_elements_than_can_be_read_are_unreadable_and_not_live() -> None:
    words = " ".join(f"a{n}" for n in range(MOST_IN_ONE + 1))
    for much in ("<br>" * (MOST + 1), "<br a b c>" * (MOST // 4), "<div>" * (DEEPEST + 1), f"<i {words}>"):
        said = reading(MARKET, page(GOODS + much))
        assert (said.condition, said.title) == (Condition.UNREADABLE, "")
        cards = '<ul class="results"><li class="card"><a href="/item/7">x</a></li></ul>'
        assert results(MARKET, page(cards + much), "x", 1).outcome is Outcome.UNREADABLE
    fine = [
        f"<SCRIPT>'<i {words}>'</SCRIPT>",
        f"<script>'<i {words}>'",
        f"<!-- <i {words}> -->",
        f"<textarea><i {words}></textarea>",
    ]
    fine += [f'<i a="{words}">', "<div>" * 200, f"<i a='{words}\"'>", f"<p>{words}"]
    for much in fine:
        assert reading(MARKET, page(GOODS + much)).condition is Condition.LIVE, much[:20]


HTML = """<div class="a"><p class="c" id="1">1</p><div class="b"><p class="c" id="2">2</p><b class="c">3</b></div>
<p class="c" id="4">4<i>x</i></p><p>5</p></div><section><p class="c">6</p>
<div class="a b"><i><b>7</b></i></div></section>"""
COMBINED = [".a .c", ".a > .c", ".a > .b > .c", ".a .b .c", "p + p", "p ~ p", ".b ~ p.c, .none .c", "div:not(.a) > p"]
COMBINED += [
    "section > :first-child",
    ".a .c::attr(id)",
    ".a i b::text",
    "p::text",
    ".a > .c:has(i)",
    "* > * b",
    ".b + p i",
]


@pytest.mark.parametrize("css", COMBINED)
def test_elements_are_chosen_as_ever(css: str) -> None:
    root = page(HTML).root
    assert root.css(css).getall()
    assert chosen(root, css).getall() == root.css(css).getall()


@pytest.mark.parametrize(
    "unseen",
    [
        "<template>{}</template>",
        "<noscript>{}</noscript>",
        "<dialog>{}</dialog>",
        '<div style="display:\tnone">{}</div>',
        '<div style="visibility: hidden">{}</div>',
        "<div hidden>{}</div>",
    ],
)
def test_a_notice_that_waits_out_of_sight_is_not_said(unseen: str) -> None:
    site = platform("market")
    notice = '<main class="removed"><p class="notice">该商品因违反平台规则已被下架</p></main>'
    goods = '<main class="listing"><h1 class="title">象牙手镯</h1></main>'
    seen, hidden = (f"<html><body>{goods}{each}</body></html>".encode() for each in (notice, unseen.format(notice)))
    url = site.url_of("10001")
    assert reading(site, page_of(seen, url=url)).condition is Condition.GONE, "the trap is set"
    assert reading(site, page_of(hidden, url=url)).condition is Condition.LIVE
