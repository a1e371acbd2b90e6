"""Tells what the requests of a page brought, and what they did not. Pure."""

from collections.abc import Sequence

from archive.facts import Exchange, Exhibit
from crawler.banned_notice import notice
from crawler.beside.seen import Seen
from crawler.signs import Page


def refusal(seen: Seen, page: Page, exchanges: Sequence[Exchange]) -> tuple[Exhibit, ...]:
    """What is kept of a search that the platform refuses: PAGE, and what of its EXCHANGES brought it."""
    body, kind = b"", ""
    for each in exchanges:
        if each.kind == "Document" and each.payload:
            body, kind = each.payload, each.media_type
    return notice(page.final_url, screenshot=seen.screenshot, payload=body, media_type=kind, dom=page.html)


def undelivered(exchanges: Sequence[Exchange]) -> list[str]:
    """That the document itself could not be had as it was delivered."""
    documents = [each for each in exchanges if each.kind == "Document"]
    if any(each.payload for each in documents):
        return []
    why = documents[-1].missing if documents else "the browser told nothing of it"
    return [f"the document as delivered: {why}"]


def came(exchanges: Sequence[Exchange]) -> set[str]:
    """The addresses at which a picture came, or that led on to one."""
    images = (each for each in exchanges if each.kind == "Image")
    return {each.url for each in images if each.payload or 300 <= (each.status or 0) < 400}
