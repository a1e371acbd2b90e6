"""Reads a page with its platform's file: the leads of a search, the reading of a listing. No network, no clock."""

from dataclasses import dataclass
from urllib.parse import urljoin

from parsel import Selector
from w3lib.encoding import html_body_declared_encoding, html_to_unicode, resolve_encoding

from archive.facts import Lead, Outcome, Reading
from config.platform import Cause, Condition, Platform
from crawler.signs import Found, Page, found, standing, texts

WALLS = {
    Condition.WALLED: Outcome.LOGIN_WALL,
    Condition.CHALLENGED: Outcome.CHALLENGE,
    Condition.UNREACHABLE: Outcome.FAILED,
    Condition.RATE_LIMITED: Outcome.POSTPONED,
    Condition.GEO_BLOCKED: Outcome.FAILED,
}
# What a status says by itself, where the platform's file has no sign for it.
PLAIN = {
    401: Condition.WALLED,
    404: Condition.GONE,
    410: Condition.GONE,
    429: Condition.RATE_LIMITED,
}
Headers = tuple[tuple[str, str], ...]
# Python's codecs that are no encoding of a page: what they make of one is nothing that a browser shows.
NO_TEXT = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})


@dataclass(frozen=True)
class Results:
    """What a search page turned out to be."""

    outcome: Outcome
    because: str
    leads: tuple[Lead, ...] = ()
    more: bool = False  # the page says, or lets us expect, that another follows


def page_of(
    body: bytes, *, url: str, final_url: str = "", status: int = 200, charset: str = "", headers: Headers = ()
) -> Page:
    """A Page from bytes as delivered: the encoding is the head's, else the page's own, else found by trying."""
    html = _decoded(body, charset).encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    return Page(url, final_url or url, status, html, headers)


def _decoded(body: bytes, charset: str) -> str:
    declared = charset or html_body_declared_encoding(body) or ""
    if (resolve_encoding(declared) or "") in NO_TEXT:
        return _tried(body)
    try:
        return html_to_unicode(f"text/html; charset={charset}" if charset else None, body)[1]
    except (LookupError, ValueError):  # a codec that gives no text, or that cannot be told to replace
        return _tried(body)


def _tried(body: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", "replace")


def results(platform: Platform, page: Page, term: str, number: int) -> Results:
    """What result page NUMBER for TERM shows. Without cards or the page's own words it is never zero."""
    root = page.root
    search = platform.search
    leads, unkeyed = _leads(platform, page, root, term)
    if leads:
        more = bool(texts(root, search.next)) if search.next else True
        because = f"{len(leads)} cards" + (f", {unkeyed} without a listing's address" if unkeyed else "")
        return Results(Outcome.HITS, because, leads, more)
    hit = found(platform.signs, page)
    if hit and hit.sign.means in WALLS:
        return Results(WALLS[hit.sign.means], hit.because)
    if search.banned and (words := standing(search.banned, root)):
        return Results(Outcome.BANNED_TERM_NOTICE, words)
    if number > 1 and page.status == search.past_end:
        return Results(Outcome.CONFIRMED_ZERO, f"HTTP {page.status} past the last page")
    if page.status >= 400:
        plainly = PLAIN.get(page.status, Condition.UNREACHABLE)
        return Results(WALLS.get(plainly, Outcome.FAILED), f"HTTP {page.status}")
    if search.zero and (words := standing(search.zero, root)):
        return Results(Outcome.CONFIRMED_ZERO, words)
    return Results(Outcome.UNREADABLE, "neither cards nor the page's own words for nothing found")


def _leads(platform: Platform, page: Page, root: Selector, term: str) -> tuple[tuple[Lead, ...], int]:
    """The cards with a listing's address, each listing once, and how many had none."""
    leads: dict[str, Lead] = {}
    unkeyed = 0
    cards = platform.search.card
    for card in root.css(cards.each):
        url = _address(page, _first(card, cards.url))
        key = platform.key_of(url)
        if key is None:
            unkeyed += 1
        elif key not in leads:
            image = _first(card, cards.image)
            leads[key] = Lead(
                platform=platform.name,
                key=key,
                url=platform.url_of(key),
                title=_first(card, cards.title),
                term=term,
                rank=len(leads) + 1,
                price=_first(card, cards.price),
                seller=_first(card, cards.seller),
                image=image and _address(page, image),
            )
    return tuple(leads.values()), unkeyed


def reading(platform: Platform, page: Page) -> Reading:
    """What a listing's page says of itself."""
    asked, answered = platform.key_of(page.url), platform.key_of(page.final_url)
    if hit := found(platform.signs, page, led_away=asked != answered):
        return _read(platform, page, hit.sign.means, hit.because, hit)
    if asked and answered is None:
        return _read(platform, page, Condition.REDIRECTED, f"led to {page.final_url}, which is no listing")
    if asked != answered:
        return _read(platform, page, Condition.SUBSTITUTED, f"led to listing {answered}")
    if page.status in PLAIN:
        return _read(platform, page, PLAIN[page.status], f"HTTP {page.status}")
    if page.status >= 400:
        because = f"HTTP {page.status}"
        return _read(platform, page, Condition.UNREACHABLE if page.status >= 500 else Condition.UNREADABLE, because)
    title = _first(page.root, platform.listing.title)
    if not title:
        return _read(platform, page, Condition.UNREADABLE, f"no title at {platform.listing.title}")
    return _read(platform, page, Condition.LIVE, f"the title stands at {platform.listing.title}")


def _read(platform: Platform, page: Page, condition: Condition, because: str, hit: Found | None = None) -> Reading:
    root, listing = page.root, platform.listing
    images = (_address(page, image) for image in (texts(root, listing.images) if listing.images else []))
    return Reading(
        condition=condition,
        because=because,
        cause=hit.sign.cause if hit else Cause.UNKNOWN if condition is Condition.GONE else None,
        title=_first(root, listing.title),
        price=_first(root, listing.price),
        seller=_first(root, listing.seller),
        images=tuple(dict.fromkeys(filter(None, images))),
        reason=hit.reason if hit else "",
    )


def _address(page: Page, link: str) -> str:
    """The whole address of LINK on PAGE; "" where it is none, as `http://[x`."""
    try:
        return urljoin(page.final_url, link)
    except ValueError:
        return ""


def _first(root: Selector, css: str | None) -> str:
    """The text of the first element that CSS names and that has any; "" where there is none."""
    return next((text for text in texts(root, css) if text), "") if css else ""
