"""Every line of a platform's file that says how a page is read is held against the site, none silently left out."""

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from config.platform import Part, Platform, platforms
from config.reading import Strict, checked
from config.sign import Code, Css, JmesPath, Json, Sign, Words
from crawler.drift.findings import Said, findings
from crawler.drift.pages import Kind, Shown
from crawler.page import page_of
from tests.test_platform_files import SITE

CARD = {"each": "li", "url": "a::attr(href)", "title": "a::text"}
EVERYTHING: dict[str, Any] = SITE | {
    "search": {
        "url": "/s?q={term}",
        "canary": "x",
        "next": "a.next",
        "older": "a.older::attr(href)",
        "zero": {"where": ".none", "says": ["nothing"]},
        "banned": {"where": ".no", "says": ["no"]},
        "card": CARD | {"price": ".price", "seller": ".who", "image": "img::attr(src)"},
        "answer": {
            "where": "script#state",
            "each": "items",
            "url": "link",
            "key": "id",
            "title": "name",
            "price": "cost",
            "seller": "who",
            "image": "picture",
            "next": "more",
            "zero": {"path": "total", "values": [0]},
            "banned": {"path": "code", "values": ["NO"]},
        },
    },
    "browse": {
        "card": {"each": "div", "url": "b::attr(href)", "title": "b::text"},
        "zero": {"where": ".empty", "says": ["nothing"]},
        "banned": {"where": ".refused", "says": ["no"]},
        "own": [".nickname", "img.avatar"],
    },
    "listing": {
        "title": "h1",
        "price": ".cost",
        "seller": ".shop",
        "images": ".pictures img::attr(src)",
        "video": "video",
        "key": "link::attr(href)",
        "key_json": {"where": "script#item", "path": "item.id"},
        "answer": {"where": "script#page", "title": "t", "price": "p", "seller": "s", "images": "i"},
    },
    "live": {
        "room": ".room::attr(id)",
        "room_json": {"path": "room.id"},
        "host": ".host::attr(id)",
        "host_json": {"path": "room.host"},
        "item": {"each": ".window li", "url": "i::attr(href)", "title": "i::text"},
    },
}


def chosen(model: Strict) -> Iterator[str]:
    """Whatever MODEL and what stands in it choose on a page, signs apart: they have findings of their own."""
    for name, hint in get_type_hints(type(model), include_extras=True).items():
        value = getattr(model, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Words):
                yield each.where
            elif isinstance(each, Json | Code):
                yield each.path
            elif isinstance(each, Strict) and not isinstance(each, Sign):
                yield from chosen(each)
            elif each and {Css, JmesPath} & {hint, *get_args(hint)}:
                yield each


def made(**other: Any) -> Platform:
    return checked(EVERYTHING | other, Platform, "config/platforms/site.toml")


@pytest.mark.parametrize("site", [made(), *platforms()], ids=lambda site: site.name)
def test_no_line_is_left_out(site: Platform) -> None:
    asked = list(chosen(site))
    held = [each for each in findings(site, []) if each.part is not Part.SIGNS]
    assert len(asked) >= (39 if site.name == "site" else 0)
    assert sorted(each.chooses for each in held) == sorted(asked)
    assert {each.said for each in held} <= {Said.UNKNOWN}
    assert all(each.because for each in held)


RESULTS = """<a class=nickname>us</a>
<li><a href=/item/1>x</a></li><li><a href=/item/2>y</a></li><div><p href=/item/1></p></div>
<script id=state>{"items": [{"link": "/item/1", "name": "x"}], "more": "/2"}</script>"""
ITEM = """<h1>bangle</h1><p class=room id=7></p>"""


def shown(kind: Kind, html: str, path: str) -> Shown:
    return Shown(kind, page_of(html.encode(), url=f"https://www.site.example{path}"), "x")


def test_what_a_page_has_is_counted_and_what_it_need_not_have_is_no_loss() -> None:
    pages = [shown(Kind.SEARCH, RESULTS, "/s?q=x"), shown(Kind.LISTING, ITEM, "/item/1")]
    told = {(each.line, each.chooses): each for each in findings(made(), pages)}
    found = {key: each.count for key, each in told.items() if each.said is Said.MATCHED}
    assert found == {
        ("[search.card] each", "li"): 2,
        ("[search.card] url", "a::attr(href)"): 2,
        ("[search.card] title", "a::text"): 2,
        ("[browse] card each", "div"): 1,
        ("[search.answer] where", "script#state"): 1,
        ("[search.answer] each", "items"): 1,
        ("[search.answer] url", "link"): 1,
        ("[search.answer] title", "name"): 1,
        ("[search.answer] next", "more"): 1,
        ("[listing] title", "h1"): 1,
        ("[live] room", ".room::attr(id)"): 1,
        ("[browse] own", ".nickname"): 1,
    }
    lost = {line for (line, _), each in told.items() if each.said is Said.NOTHING}
    assert {"[search.card] price", "[search.answer] key", "[listing] price", "[listing.answer] title"} <= lost
    need_not = {
        "[search] next",
        "[search.zero]",
        "[browse] own",
        "[browse] card url",
        "[live] host",
        "[live.item] each",
    }
    assert {line for (line, _), each in told.items() if each.said is Said.UNKNOWN} >= need_not
    assert not need_not & lost
