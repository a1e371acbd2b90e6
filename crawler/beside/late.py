"""Has from an open page what passed before we heard of it, or what its browser had in memory; asks no site."""

import base64
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from playwright.async_api import Error as PlaywrightError
from w3lib.encoding import resolve_encoding

from archive.facts import Exchange, Exhibit, Role
from config.settings import Limits
from crawler.beside.cdp import Session
from crawler.beside.seen import Beside
from crawler.beside.traffic import Paper
from crawler.chromium.held import MIB
from crawler.reading.heads import without_secrets

REMADE = "its bytes as delivered: the browser told its text, which is put into {} here, as the page was"
UNHEARD = "the heads: the request went, and its answer came, before the tab could be heard"
TIMING = """() => {
    const [told] = performance.getEntriesByType('navigation');
    return [told.responseStatus, told.deliveryType, performance.timeOrigin, document.contentType,
        document.characterSet];
}"""


async def document(session: Session, frame: str, paper: Paper) -> Exchange:
    """What is known of how PAPER came, whose request was not heard; PlaywrightError where the page went on."""
    status, way, began, kind, charset = await Beside(session, frame).run(TIMING)
    paper.answer = {"status": status}
    paper.cached = way == "cache"
    at = datetime.fromtimestamp(began / 1000, UTC)
    body, missing = None, UNHEARD
    try:
        body = await _content(session, frame, paper.asked, charset)
        missing = f"{UNHEARD}; {REMADE.format(charset)}"
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


async def _content(session: Session, frame: str, url: str, charset: str = "utf-8") -> bytes:
    told = await session.send("Page.getResourceContent", {"frameId": frame, "url": url})
    if told["base64Encoded"]:
        return base64.b64decode(told["content"])
    return coded(told["content"], charset)


def coded(text: str, charset: str) -> bytes:
    """TEXT as a page in CHARSET has it: pages declare their encoding, and are read by it."""
    try:
        return text.encode(resolve_encoding(charset) or "utf-8", "xmlcharrefreplace")
    except UnicodeError:  # half a letter
        return text.encode("utf-8", "replace")
