"""Reads what a live room's page says of itself: room, host, and what its shop window offers. No network, no clock."""

import rfc8785

from archive.facts import Exhibit, Role
from config.platform import Platform
from config.search import Card
from config.sign import Css, Json
from crawler.cards import drawn, keyed
from crawler.reading.words import first
from crawler.signs import Page, told


def room(platform: Platform, page: Page) -> tuple[Exhibit, ...]:
    """What PAGE says of its live room, as canonical JSON (room, host, items); none where it is no room's."""
    live = platform.live
    named = live and _named(page, live.room, live.room_json)
    if not live or not named:
        return ()
    items = _window(platform, page, live.item) if live.item else []
    said = rfc8785.dumps({"room": named, "host": _named(page, live.host, live.host_json), "items": items})
    return (Exhibit(Role.METADATA, said, "application/json"),)


def _named(page: Page, css: Css | None, json: Json | None) -> str:
    """The id that stands at CSS, or else in JSON; "" where neither says one."""
    said = first(page.root, css) if css else ""
    return said or next((str(each) for each in (told(page, json) if json else ())), "")


def _window(platform: Platform, page: Page, item: Card) -> list[dict[str, str]]:
    """What the shop window offers, in its order, each listing once."""
    found, _ = keyed(platform, page, drawn(page.root, item), "")
    return [{"key": each.key, "url": each.url, "title": each.title, "price": each.price} for each in found]
