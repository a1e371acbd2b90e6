"""Has from an open page what passed before we heard of it, or what its browser had in memory; asks no site."""

import base64
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from playwright.async_api import Error as PlaywrightError

from archive.facts import Exchange, Exhibit, Role
from config.settings import Limits
from crawler.beside.seen import Beside
from crawler.beside.traffic import Paper
from crawler.beside.wire import Session
from crawler.chromium.held import MIB
from crawler.reading.heads import without_secrets

UNHEARD = "the heads: the request went, and its answer came, before the tab could be heard"
TIMING = """() => {
    const [told] = performance.getEntriesByType('navigation');
    return [told.responseStatus, told.deliveryType, performance.timeOrigin, document.contentType];
}"""


async def document(session: Session, frame: str, paper: Paper) -> Exchange:
    """What is known of how PAPER came, whose request was not heard; PlaywrightError where the page went on."""
    status, way, began, kind = await Beside(session, frame).run(TIMING)
    paper.answer = {"status": status}
    paper.cached = way == "cache"
    at = datetime.fromtimestamp(began / 1000, UTC)
    body, missing = None, UNHEARD
    try:
        body = await _content(session, frame, paper.asked)
    except PlaywrightError as problem:
        missing = f"{UNHEARD}; and its body: {problem.message.splitlines()[0]}"
    url = without_secrets(paper.asked)
    return Exchange(url, "GET", "Document", at, "", status or None, payload=body, media_type=kind, missing=missing)


async def pictures(session: Session, heard: Iterable[Exchange], limits: Limits) -> tuple[Exhibit, ...]:
    """The pictures that the page shows and that are not among those HEARD."""
    known = {each.url for each in heard if each.payload}
    tree = (await session.send("Page.getResourceTree"))["frameTree"]
    found, room = [], limits.document * MIB
    for each in tree["resources"]:
        url = without_secrets(each["url"])
        if each["type"] == "Image" and url not in known and url.startswith(("http://", "https://")):
            with suppress(PlaywrightError):
                body = await _content(session, tree["frame"]["id"], each["url"])
                room -= len(body)
                found += [Exhibit(Role.PICTURE, body, each["mimeType"], url)] if body and room > 0 else []
    return tuple(found)


async def _content(session: Session, frame: str, url: str) -> bytes:
    told = await session.send("Page.getResourceContent", {"frameId": frame, "url": url})
    return base64.b64decode(told["content"]) if told["base64Encoded"] else told["content"].encode()
