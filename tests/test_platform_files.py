"""The files of real platforms: which listing an address names, what each sign fires on, and what may be relied on."""

import ast
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive import todo
from archive.vault import Vault
from config.errors import ConfigError, UsageError
from config.platform import Condition, Part, Platform, Sign, Standing, platform, platforms
from config.reading import SHIPPED, checked
from config.recourse import Doubtful, Pledge, Policy, Route
from config.sign import walls
from crawler.page import page_of, reading, results
from crawler.signs import Page, found
from desk.practice.market import Market
from tests.conftest import Wildfree
from tests.site import Site, describe, opened
from tests.test_signs import name

PRACTICE = {"market", "oscar", "spirit"}  # run by whoever runs them: their facts are their own templates
WANTED = {"taobao", "xianyu", "alibaba1688", "jd", "pinduoduo", "weixin", "weibo", "baidu", "tieba", "douyin"}
WANTED |= {"kuaishou", "xiaohongshu", "bilibili", "7788", "ebay", "facebook_marketplace", "instagram", "tiktok"}
WANTED |= {"youtube", "x", "telegram"}
REAL = tuple(site for site in platforms() if site.name not in PRACTICE)
HERE = Path(__file__).parent
SITE: dict[str, Any] = {
    "name": "site",
    "title": "Site",
    "base": "https://www.site.example",
    "read_on": "2026-11-21",
    "key": r"/item/(\d+)",
    "canonical": "/item/{key}",
    "listing": {"title": "h1"},
}
SEARCH = {
    "url": "/s?q={term}",
    "canary": "x",
    "card": {"each": "li", "url": "a::attr(href)", "title": "a::text"},
}
FACT = {"source": "published declaration of 2014", "confidence": "B"}
ROUTE = FACT | {"way": "web", "to": "https://www.site.example/report"}
POLICY = FACT | {"title": "Animals", "says": "no protected animals"}
PLEDGE = FACT | {"title": "Declaration", "by": "Site Ltd", "on": "2014-10"}
SIGN = {"means": "walled", "where": "#login"}


def made(**other: Any) -> Platform:
    told = SITE | {"unsearched": "a trial"} | other
    return checked(
        {key: each for key, each in told.items() if each is not None}, Platform, "config/platforms/site.toml"
    )


def test_every_platform_that_was_asked_for_has_a_file() -> None:
    assert {site.name for site in REAL} == WANTED


# --- what may be relied on


@pytest.mark.parametrize(
    "told",
    [
        {"confidence": "D"},
        {"routes": [ROUTE | {"confidence": "D"}]},
        {"policies": [POLICY | {"confidence": "D"}]},
        {"pledges": [PLEDGE | {"confidence": "D"}]},
        {"signs": [SIGN | {"confidence": "D"}]},
        {"listing": {"title": "h1", "confidence": "D"}},
        {"browse": {"url": "/s?q={term}", "confidence": "D"}},
    ],
    ids=lambda told: next(iter(told)),
)
def test_what_nobody_has_verified_stands_nowhere_but_among_the_doubtful(told: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"D is not verified: write it as \[\[doubtful\]\]"):
        made(**told)
    good = re.sub("'D'", "'C'", repr(told))
    assert made(**ast.literal_eval(good))


def test_the_doubtful_has_no_confidence_and_no_letter_reads_it() -> None:
    assert "confidence" not in Doubtful.model_fields
    assert any(site.doubtful for site in REAL)
    for folder in ("letters", "archive"):
        for file in (SHIPPED.parent / folder).rglob("*"):
            if file.suffix == ".py":
                tree = ast.parse(file.read_text("utf-8"))
                assert not [node for node in ast.walk(tree) if getattr(node, "attr", "") == "doubtful"], file
            elif file.suffix in {".j2", ".toml"}:
                assert "doubtful" not in file.read_text("utf-8"), file


@pytest.mark.parametrize("kind", [Route, Policy, Pledge])
def test_a_fact_without_its_source_or_confidence_is_refused(kind: Any) -> None:
    whole = {Route: ROUTE, Policy: POLICY, Pledge: PLEDGE}[kind]
    assert checked(whole, kind, "x")
    for lack in ("source", "confidence"):
        with pytest.raises(ConfigError, match=lack):
            checked({key: each for key, each in whole.items() if key != lack}, kind, "x")
        with pytest.raises(ConfigError, match=lack):
            checked(whole | {lack: ""}, kind, "x")


@pytest.mark.parametrize(
    ("kind", "told", "words"),
    [
        (Route, ROUTE | {"to": "www.site.example"}, "needs to = 'https://"),
        (Route, ROUTE | {"way": "mail"}, "needs to = 'somebody@"),
        (Route, ROUTE | {"way": "fax"}, "way = 'fax'"),
        (Pledge, PLEDGE | {"on": "October 2014"}, "on = 'October 2014'"),
        (Policy, POLICY | {"url": "javascript:1"}, "url"),
    ],
)
def test_a_fact_that_cannot_be_meant_is_refused(kind: Any, told: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        checked(told, kind, "x")
    assert words in str(error.value)


@pytest.mark.parametrize("site", REAL, ids=lambda site: site.name)
def test_every_fact_of_a_real_platform_says_where_it_was_read_and_how_sure_it_is(site: Platform) -> None:
    facts: list[Any] = [site, *site.signs, *site.walls, *site.routes, *site.policies, *site.pledges]
    facts += [site.browsing] if site.browsing else []
    facts += [site.listing] if site.listing.told else []
    facts += [site.api] if site.api else []
    assert len(facts) >= 2
    for fact in facts:
        assert fact.source, fact
        assert fact.confidence in {"A", "B", "C"}, fact
        assert not re.search(r"\w+/\w+@|github|https?:", fact.source), "a source is told in general words"
    for doubt in site.doubtful:
        assert len(doubt.says) > 20


def test_a_route_is_told_no_further_than_its_source_goes() -> None:
    routes = [route for site in REAL for route in site.routes if "endwildlifetraffickingonline" in route.to]
    assert len(routes) > 5
    for route in routes:
        assert "passes" not in route.note
        assert "own page" not in route.source


@pytest.mark.parametrize("site", REAL, ids=lambda site: site.name)
def test_a_file_says_what_its_day_is_the_day_of(site: Platform) -> None:
    head = (SHIPPED / "platforms" / f"{site.name}.toml").read_text("utf-8").split("name ", 1)[0]
    assert "`read_on` is the day its sources were read" in head


def test_pledges_stand_with_the_company_and_the_day_that_was_published() -> None:
    kept = {site.name: {(pledge.by, pledge.on) for pledge in site.pledges} for site in REAL}
    assert ("Alibaba", "2014-10") in kept["taobao"] & kept["xianyu"] & kept["alibaba1688"]
    assert ("Tencent", "2014-10") in kept["weixin"]
    assert ("Sina", "2014-10") in kept["weibo"]
    assert {("eBay", "2018-03-07"), ("Kuaishou", "2018-03-07")} <= kept["ebay"] | kept["kuaishou"]
    assert ("Sina Weibo", "2019-03-06") in kept["weibo"]
    assert not kept["douyin"] | kept["xiaohongshu"] | kept["pinduoduo"], "none is known: none is told"


# --- which listing an address names

SAME: dict[str, tuple[str, list[str]]] = {
    "taobao": (
        "https://item.taobao.com/item.htm?id=600000010001",
        [
            "https://item.taobao.com/item.htm?spm=a.1&id=600000010001&ns=1",
            "https://detail.tmall.com/item.htm?id=600000010001&skuId=5",
            "http://a.m.taobao.com/i600000010001.htm",
        ],
    ),
    "xianyu": (
        "https://www.goofish.com/item?id=700000010001",
        [
            "https://www.goofish.com/item?x=1&id=700000010001",
            "https://h5.m.goofish.com/item?forceFlush=1&id=700000010001",
        ],
    ),
    "alibaba1688": (
        "https://detail.1688.com/offer/600000010001.html",
        ["http://detail.m.1688.com/page/index.html?offerId=600000010001&spm=x"],
    ),
    "jd": ("https://item.jd.com/100000010001.html", ["http://item.jd.com/100000010001.html?cu=true#comment"]),
    "pinduoduo": (
        "https://mobile.yangkeduo.com/goods.html?goods_id=500000010001",
        ["https://p.pinduoduo.com/goods2.html?_x=1&goods_id=500000010001"],
    ),
    "weibo": ("https://weibo.com/1000000001/AbCdE1234", ["https://weibo.com/1000000001/AbCdE1234?from=x#comment"]),
    "tieba": ("https://tieba.baidu.com/p/7000010001", ["https://tieba.baidu.com/p/7000010001?pn=2"]),
    "douyin": (
        "https://www.douyin.com/video/7123456789012345678",
        [
            "https://www.douyin.com/note/7123456789012345678",
            "https://www.douyin.com/jingxuan?modal_id=7123456789012345678",
            "https://www.iesdouyin.com/share/video/7123456789012345678/?region=CN",
        ],
    ),
    "kuaishou": (
        "https://www.kuaishou.com/short-video/3xabcdefghijk",
        ["https://www.kuaishou.com/short-video/3xabcdefghijk?fid=1"],
    ),
    "xiaohongshu": (
        "https://www.xiaohongshu.com/explore/65f000000000000000010001",
        [
            "https://www.xiaohongshu.com/discovery/item/65f000000000000000010001?xsec_token=AB&type=video",
            "https://www.rednote.com/explore/65f000000000000000010001",
        ],
    ),
    "bilibili": (
        "https://www.bilibili.com/video/BV1ab411c7De",
        ["https://www.bilibili.com/video/BV1ab411c7De/?spm_id_from=333"],
    ),
    "ebay": (
        "https://www.ebay.com/itm/110000010001",
        ["https://www.ebay.co.uk/itm/old-bangle/110000010001?hash=x", "https://www.ebay.de/itm/110000010001"],
    ),
    "facebook_marketplace": (
        "https://www.facebook.com/marketplace/item/1000000000010001",
        ["https://www.facebook.com/marketplace/item/1000000000010001/?ref=search"],
    ),
    "instagram": (
        "https://www.instagram.com/p/AbCdEfGhIjK",
        [
            "https://www.instagram.com/reel/AbCdEfGhIjK/?igsh=x",
            "https://www.instagram.com/bamboo.garden/p/AbCdEfGhIjK/",
        ],
    ),
    "tiktok": (
        "https://www.tiktok.com/@bamboo_garden/video/7123456789012345678",
        ["https://www.tiktok.com/@bamboo_garden/video/7123456789012345678?is_copy_url=1"],
    ),
    "youtube": (
        "https://www.youtube.com/watch?v=AbCdEfGhIjK",
        [
            "https://m.youtube.com/watch?app=desktop&v=AbCdEfGhIjK",
            "https://www.youtube.com/shorts/AbCdEfGhIjK?feature=share",
            "https://www.youtube.com/live/AbCdEfGhIjK",
            "https://youtu.be/AbCdEfGhIjK?si=x",
        ],
    ),
    "x": (
        "https://x.com/i/status/1700000000000010001",
        ["https://twitter.com/bamboo/status/1700000000000010001?s=20"],
    ),
    "telegram": (
        "https://t.me/bamboo_garden/2351",
        ["https://t.me/s/bamboo_garden/2351", "https://t.me/bamboo_garden/2351?embed=1"],
    ),
    "baidu": (
        "https://www.baidu.com/link?url=AbCdEfGhIjKlMnOpQrStUvWx",
        ["http://www.baidu.com/link?url=AbCdEfGhIjKlMnOpQrStUvWx&wd=&eqid=1"],
    ),
}
NONE = {
    "taobao": ["https://item.taobao.com/item.htm?nid=600000010001", "https://s.taobao.com/search?q=id=600000010001"],
    "xianyu": [
        "https://www.goofish.com/personal?userId=700000010001",
        "https://www.goofish.com/item?itemid=700000010001",
    ],
    "jd": ["https://search.jd.com/Search?keyword=100000010001.html"],
    "weibo": [
        "https://m.weibo.cn/u/1000000001",
        "https://weibo.com/4900000000010001",
        "https://weibo.com/u/1000000001",
        "https://weibo.com/1000000001/followers",
    ],
    "douyin": ["https://www.douyin.com/user/MS4wLjABAAAA", "https://www.douyin.com/search/7123456789012345678"],
    "ebay": ["https://www.ebay.com/usr/110000010001", "https://www.ebay.com.evil.example/itm/110000010001"],
    "instagram": ["https://www.instagram.com/bamboo.garden/", "https://www.instagram.com/explore/tags/p/"],
    "tiktok": ["https://www.tiktok.com/@bamboo_garden", "https://www.tiktok.com/@bamboo_garden/live"],
    "youtube": [
        "https://www.youtube.com/watch?list=AbCdEfGhIjK",
        "https://www.youtube.com/channel/AbCdEfGhIjK",
        "https://www.youtube.com/AbCdEfGhIjK",
    ],
    "telegram": ["https://t.me/bamboo_garden", "https://t.me/s/bamboo_garden?before=5"],
    "7788": ["https://www.7788.com/search/?q=1", "https://www.7788.com/"],
}


def test_every_real_platform_that_knows_an_address_is_tried() -> None:
    assert set(SAME) | {"weixin", "7788"} == WANTED  # weixin: tests/test_keys.py


@pytest.mark.parametrize("each", SAME)
def test_a_listing_has_one_key_and_one_address_however_it_is_linked(each: str) -> None:
    site = platform(each)
    canonical, others = SAME[each]
    key = site.keyed(canonical)
    assert key
    assert site.url_of(key.text) == canonical
    for other in others:
        assert site.keyed(other) == key, other
    assert site.key_of(
        canonical.replace("1000", "1007").replace("Cd", "Ce").replace("2345", "2346").replace("abc", "abd")
    )


@pytest.mark.parametrize("each", NONE)
def test_an_address_of_something_else_names_no_listing(each: str) -> None:
    for address in NONE[each]:
        assert platform(each).key_of(address) is None, address


@pytest.mark.parametrize(
    ("each", "addresses"),
    [
        ("bilibili", ("https://www.bilibili.com/video/BV1ab411c7De", "https://www.bilibili.com/video/av170001")),
        ("weibo", ("https://weibo.com/1000000001/AbCdE1234", "https://weibo.com/detail/4900000000010001")),
    ],
)
def test_two_names_of_one_listing_are_two_forms_that_cannot_be_compared(each: str, addresses: Sequence[str]) -> None:
    site = platform(each)
    one, two = map(site.keyed, addresses)
    assert one
    assert two
    assert one.form != two.form
    assert (site.url_of(one.text), site.url_of(two.text)) == addresses
    said = reading(site, page_of(b"<p>x</p>", url=site.url_of(one.text), final_url=site.url_of(two.text)))
    assert said.condition is Condition.UNREADABLE


def test_a_post_of_weibo_has_one_number_however_a_phone_shares_it() -> None:
    site = platform("weibo")
    for shared in ("detail/4900000000010001", "status/4900000000010001?from=x"):
        assert site.key_of(f"https://m.weibo.cn/{shared}") == "4900000000010001"


def test_a_listing_that_another_was_put_in_place_of_is_substituted() -> None:
    site = platform("douyin")
    asked, other = (
        "https://www.douyin.com/video/7123456789012345678",
        "https://www.douyin.com/jingxuan?modal_id=7999999999999999999",
    )
    assert reading(site, page_of(b"<p>x</p>", url=asked, final_url=other)).condition is Condition.SUBSTITUTED


def test_tracking_goes_and_tokens_are_kept_apart() -> None:
    site = platform("xiaohongshu")
    address = "https://www.xiaohongshu.com/explore/65f000000000000000010001?xsec_token=AB%3D&xsec_source=pc&exSource=&page=2"
    bare, tokens = site.parted(address)
    assert bare == "https://www.xiaohongshu.com/explore/65f000000000000000010001?page=2"
    assert tokens == {"xsec_token": "AB=", "xsec_source": "pc"}
    assert site.parted("https://www.xiaohongshu.com/explore/1?a=%E8%B1%A1+x") == (
        "https://www.xiaohongshu.com/explore/1?a=%E8%B1%A1+x",
        {},
    )
    assert site.parted("http://[bad") == ("http://[bad", {})
    for each in REAL:
        key = each.keyed(SAME[each.name][0]) if each.name in SAME else None
        assert key is None or each.keyed(each.parted(each.url_of(key.text))[0]) == key, (
            f"{each.name} tracks by its key"
        )


def test_a_person_is_told_where_to_search_and_a_term_is_encoded() -> None:
    without = {site.name for site in REAL if site.browse_url("象牙 &x") is None}
    assert without == {"telegram"}, "a channel's name is needed besides"
    for site in REAL:
        address = site.browse_url("象牙 &x")
        assert address is None or "%E8%B1%A1%E7%89%99%20%26x" in address
    for url in ("/s?q={word}", "/s", "/s?q={term}&p={page}"):
        with pytest.raises(ConfigError, match=r"\[browse\]|needs \{term\}|place in braces"):
            made(browse={"url": url})


# --- signs

LISTING = "<main><h1>老料手串</h1></main>"
FIRES: dict[str, dict[str, dict[str, Any]]] = {
    "taobao": {
        "walled": {"final_url": "https://login.tmall.com/?redirectURL=x"},
        "gone div": {"html": '<div class="error-notice-hd">抱歉，您查看的宝贝不存在</div>'},
        "gone ^": {"final_url": "https://detail.tmall.com/auction/noitem.htm?type=1"},
        "unreadable": {"final_url": "https://www.taobao.com/market/sale/x.php"},
    },
    "xianyu": {
        "walled": {"final_url": "https://passport.goofish.com/mini_login.htm?lang=zh"},
    },
    "alibaba1688": {
        "walled": {"final_url": "https://login.1688.com/member/signin.htm"},
        "gone": {"final_url": "https://page.1688.com/shtml/static/wrongpage.html"},
        "unreadable": {"final_url": "https://www.1688.com/"},
    },
    "jd": {
        "walled": {"final_url": "https://passport.jd.com/new/login.aspx?ReturnUrl=x"},
        "challenged": {"final_url": "https://cfe.m.jd.com/privatedomain/risk_handler/03101900/"},
        "unreadable": {"final_url": "https://www.jd.com/?from=x"},
    },
    "pinduoduo": {"walled": {"final_url": "https://mobile.yangkeduo.com/login.html?from=x"}},
    "weibo": {"walled": {"final_url": "https://login.sina.com.cn/signup/signin.php"}},
    "xiaohongshu": {
        "challenged": {"final_url": "https://www.xiaohongshu.com/website-login/captcha?verifyType=102"},
        "unreadable": {"final_url": "https://www.xiaohongshu.com/website-login/error?x=1&error_code=300031"},
    },
    "bilibili": {
        "challenged": {"status": 412},
        "gone": {"html": '<div class="error-text">啊叻？视频不见了？</div>'},
    },
    "facebook_marketplace": {
        "walled": {"final_url": "https://m.facebook.com/login/?next=x"},
        "challenged": {"final_url": "https://www.facebook.com/checkpoint/1/"},
    },
    "instagram": {
        "walled": {"final_url": "https://www.instagram.com/accounts/login/?next=x"},
        "challenged": {"final_url": "https://www.instagram.com/challenge/?next=x"},
    },
    "tiktok": {
        "walled": {"final_url": "https://www.tiktok.com/login?redirect_url=x"},
        "limited": {
            "html": '<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">'
            '{"__DEFAULT_SCOPE__": {"webapp.video-detail": {"statusCode": 10216}}}</script>'
        },
        "unreadable": {
            "html": '<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">'
            '{"__DEFAULT_SCOPE__": {"webapp.video-detail": {"statusCode": 10204}}}</script>'
        },
    },
    "telegram": {
        "gone": {"html": '<div class="tgme_widget_message_error">Post not found</div>'},
        "unreadable": {"final_url": "https://t.me/bamboo_garden"},
    },
    "ebay": {
        "walled": {"html": '{"errors": [{"errorId": 1001}]}'},
        "gone": {"html": '{"errors": [{"errorId": 11001}]}'},
        "unreadable": {"html": '{"errors": [{"errorId": 11006}]}'},
        "sold_or_ended": {"html": '{"estimatedAvailabilities": [{"estimatedAvailabilityStatus": "OUT_OF_STOCK"}]}'},
    },
}
TRIED = [(site, sign) for site, signs in FIRES.items() for sign in signs]


def shown(site: Platform, told: dict[str, Any]) -> Page:
    asked = SAME[site.name][0]
    given = {"html": LISTING} | told
    body = given.pop("html").encode()
    return page_of(body, url=asked, **given)


def sign_of(site: Platform, begins: str) -> Sign:
    """The one sign of SITE whose name in these tests begins so: BEGINS names its condition, and what tells it."""
    means, _, rest = begins.partition(" ")
    told = [
        each for each in site.signs if each.means == means and name(each).removeprefix(means).strip().startswith(rest)
    ]
    assert len(told) == 1, (begins, [name(each) for each in told])
    return told[0]


def test_every_sign_of_a_real_platform_has_a_page_that_bears_it() -> None:
    for site in REAL:
        if site.name != "weixin":  # tests/platforms/weixin
            assert len(FIRES.get(site.name, {})) == len(site.signs), site.name


def test_no_sign_stands_there_for_what_only_answers_a_pages_own_requests() -> None:
    """Of pages, only the page itself is read: such a sign could never fire."""
    waiting = [(site.name, name(sign)) for site in REAL if not site.api for sign in site.signs if behind(sign)]
    assert waiting == []
    assert any(sign.code for site in REAL for sign in site.signs), "one that stands in a page's script, or in an API"


def behind(sign: Sign) -> bool:
    """Whether the answer that bears SIGN is JSON as a whole, or named by a head that no page has."""
    return bool(sign.header or (sign.code and not sign.code.where))


UNPLACED = {
    "taobao": ("您查看的商品找不到了", "商品已失效", "此宝贝已下架"),
    "xianyu": ("FAIL_BIZ_ITEM_DEL_NOT_FOUND", "RGV587_ERROR", "FAIL_SYS_SESSION_EXPIRED", "FAIL_SYS_TOKEN_EXOIRED"),
    "weibo": ("该账号因被投诉", "仅展示半年内微博", "暂时没有这条微博的查看权限", "此微博已被作者删除"),
    "xiaohongshu": ("461 and 471", "300011", "300012", "-510000", "-510001", "300031"),
    "bilibili": ("-352", "-101 and -401", "-404", "稿件不可见 (62002)"),
    "jd": ("该商品已下柜",),
}


@pytest.mark.parametrize("each", UNPLACED)
def test_what_is_known_of_removals_without_its_place_stands_among_the_doubtful(each: str) -> None:
    said = [doubt.says for doubt in platform(each).doubtful]
    assert [words for words in UNPLACED[each] if not any(words in one for one in said)] == []


@pytest.mark.parametrize(("each", "begins"), TRIED)
def test_a_sign_fires_on_its_page_and_is_silent_on_a_listing(each: str, begins: str) -> None:
    site = platform(each)
    sign = sign_of(site, begins)
    there = shown(site, FIRES[each][begins])
    hit = found((sign,), there)
    assert hit
    assert [found((other,), there) for other in site.signs if other != sign] == [None] * (len(site.signs) - 1)
    said = reading(site, there)
    assert (said.condition, said.cause) == (sign.means, sign.cause)
    quoted = there.html.replace("<", "&lt;")
    assert found((sign,), shown(site, {"html": f"<main><h1>老料手串</h1><p>{quoted}</p></main>"})) is None


def test_no_sign_of_a_real_platform_lays_a_removal_at_its_door_but_where_its_page_says_so() -> None:
    blamed = [(site.name, sign.says) for site in REAL for sign in site.signs if sign.cause == "platform"]
    assert len(blamed) >= 2
    assert {site for site, _ in blamed} == {"weixin"}
    assert all("违规" in word for _, says in blamed for word in says)


def test_walls_say_where_they_were_seen() -> None:
    assert all(each.source and each.confidence for each in walls())


# --- who may look


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"key": None}, "needs key and canonical, or neither"),
        ({"canonical": None}, "needs key and canonical, or neither"),
        ({"search": SEARCH, "unsearched": None, "listing": None}, "needs key, canonical and [listing] title"),
        (
            {"search": SEARCH, "unsearched": None, "key": None, "canonical": None},
            "needs key, canonical and [listing]",
        ),
        ({"verified": ["search"]}, "the file says nothing of it"),
        ({"verified": ["signs"]}, "the file says nothing of it"),
        ({"verified": ["listing"], "listing": None}, "the file says nothing of it"),
        ({"verified": ["all"]}, "verified"),
    ],
)
def test_a_file_that_claims_what_it_does_not_say_is_refused(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        made(**told)
    assert words in str(error.value)


def test_a_file_without_an_address_or_a_title_reads_nothing_and_claims_nothing() -> None:
    bare = made(key=None, canonical=None, listing=None)
    assert {bare.standing(part) for part in Part} == {Standing.MISSING}
    assert bare.key_of("https://www.site.example/item/5") is None
    said = reading(bare, page_of(LISTING.encode(), url="https://www.site.example/item/5"))
    assert (said.condition, said.title) == (Condition.UNREADABLE, "")
    assert "does not say where a listing's title stands" in said.because


def test_cards_that_a_person_sees_are_read_by_what_browse_says() -> None:
    card = {"each": "li", "url": "a::attr(href)", "title": "a::text"}
    site = made(browse={"url": "/s?q={term}", "card": card, "zero": {"where": ".none", "says": ["nothing"]}})
    assert site.standing(Part.SEARCH) is Standing.READ
    url = "https://www.site.example/s?q=x"
    page = page_of(b'<ul><li><a href="/item/5">bangle</a></li></ul>', url=url)
    assert [(lead.key, lead.title) for lead in results(site.beside, page, "x", 1).leads] == [("5", "bangle")]
    none = results(site.beside, page_of(b'<p class="none">nothing found</p>', url=url), "x", 1)
    assert str(none.outcome) == "confirmed_zero"
    for other in (made(), made(browse={"url": "/s?q={term}"})):
        with pytest.raises(UsageError, match="nobody has kept a page"):
            _ = other.beside


@pytest.mark.parametrize("each", sorted(WANTED))
def test_no_robot_searches_a_platform_where_a_person_must(each: str) -> None:
    site = platform(each)
    if each == "ebay":  # by its API: tests/test_api_search.py
        return
    with pytest.raises(UsageError, match=f"Search it yourself: wildfree browse {each}"):
        _ = site.swept
    if each not in {"weixin", "telegram"}:
        with pytest.raises(UsageError, match=f"Open its listings yourself: wildfree browse {each}"):
            site.admit()


def test_the_list_says_what_is_verified_what_was_read_of_and_where_a_person_looks(wildfree: Wildfree) -> None:
    told = {each["name"]: each for each in wildfree("platform", "list", "--json").objects}
    assert set(told) == WANTED | PRACTICE
    assert [told["market"][part] for part in Part] == ["verified"] * 3
    assert [told["weixin"][part] for part in Part] == ["missing", "verified", "verified"]
    assert [told["taobao"][part] for part in Part] == ["missing", "missing", "read of"]
    assert (told["taobao"]["searched"], told["taobao"]["visited"]) == (False, False)
    assert (told["weixin"]["searched"], told["weixin"]["visited"]) == (False, True)
    assert [told["ebay"][part] for part in Part] == ["documented"] * 3
    assert [told["telegram"][part] for part in Part] == ["read of"] * 3
    lines = wildfree("platform", "list").out.splitlines()
    row = {line.split()[0]: line for line in lines}
    assert "sources read" in lines[0]
    assert "2026-11-21" in row["taobao"]
    assert row["taobao"].count("a person") == 2
    assert row["weixin"].count("a person") == 1
    assert "a person" not in row["market"]
    assert "unverified" in row["telegram"]
    assert row["ebay"].count("plainly") == 2
    assert re.search(r"missing +missing +read of", row["taobao"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("淘宝", "taobao"), ("小红书", "xiaohongshu"), ("微信", "weixin"), ("1688", "alibaba1688"), ("taobo", "taobao")],
)
def test_a_platform_is_found_by_what_it_calls_itself(typed: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=f"Did you mean '{meant}'"):
        platform(typed)


def test_a_name_that_nothing_is_like_lists_what_is_known() -> None:
    for typed in ("", "集", "nowhere-at-all"):
        with pytest.raises(ConfigError, match="Known: 7788, alibaba1688,"):
            platform(typed)


def test_the_list_says_where_a_practice_workspace_finds_a_platform(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    told = {each["name"]: each for each in wildfree("platform", "list", "--json").objects}
    assert told["market"]["base"] == market.base != platform("market").base
    assert told["oscar"]["base"] == platform("oscar").base
    assert market.base in wildfree("platform", "list").out


@pytest.fixture
def site() -> Any:
    with opened() as site:
        yield site


def test_a_sweep_refuses_an_unverified_file_before_anything_is_asked(
    workspace: Path, wildfree: Wildfree, site: Site
) -> None:
    describe(workspace, site.base, 0.0)
    file = workspace / "config" / "platforms" / "stall.toml"
    text = file.read_text("utf-8")
    file.write_text(bare := text.replace('verified = ["search"]\n', ""), "utf-8")
    assert bare != text
    ran = wildfree("sweep", "stall", "--term", "象牙")
    assert ran.code == 2
    assert "stall is unverified" in ran.err
    assert "Search it yourself" in ran.err
    assert site.log == []
    listed = {each["name"]: each for each in wildfree("platform", "list", "--json", "-w", str(workspace)).objects}
    assert listed["stall"]["search"] == "read of"
    assert re.search(r"stall .*unverified", wildfree("platform", "list", "-w", str(workspace)).out)
    ran = wildfree("sweep", "taobao", "--term", "象牙")
    assert ran.code == 2
    assert "Search it yourself" in ran.err
    file.write_text(text, "utf-8")
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    assert "/search" in site.asked()


def test_a_listing_that_only_a_person_may_open_waits_until_a_robot_may(
    workspace: Path, wildfree: Wildfree, site: Site
) -> None:
    describe(workspace, site.base, 0.0)
    file = workspace / "config" / "platforms" / "stall.toml"
    shut = file.read_text("utf-8").replace("[search]", 'unvisited = "a trial"\n[search]', 1)
    file.write_text(shut, "utf-8")
    now = datetime.now(UTC)
    detail = {"key": "1", "url": f"{site.base}/item/1", "title": "x"}
    with Vault.open(workspace) as vault:
        todo.plan(vault, [todo.Task(todo.Kind.VISIT, "visit:stall:1", "stall", now, detail)])
        ran = wildfree("visit")
        assert "stall: a person looks there, no robot (a trial)" in ran.err
        assert "New listings: wildfree browse taobao" in wildfree("visit", "taobao").out
        assert site.log == []
        assert [task.key for task in todo.due(vault, todo.Kind.VISIT, datetime.now(UTC))] == ["visit:stall:1"]
    file.write_text(shut.replace('unvisited = "a trial"\n', ""), "utf-8")
    assert wildfree("visit").code == 0
    assert "/item/1" in site.asked()
