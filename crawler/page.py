"""Reads a page with its platform's file: the leads of a search, the reading of a listing. No network, no clock."""

from dataclasses import dataclass

from w3lib.encoding import http_content_type_encoding

from archive.facts import Lead, Outcome, Reading
from config.pattern import LONGEST
from config.platform import Cause, Condition, Platform, Sign
from crawler import cards
from crawler.quoted import quoted, title_at, titled
from crawler.reading.decode import decoded
from crawler.reading.heads import Headers
from crawler.reading.words import standing, texts
from crawler.signs import Found, Led, Page, found, told

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
LED = {
    Led.OTHER: Condition.SUBSTITUTED,
    Led.NONE: Condition.REDIRECTED,
    Led.ABROAD: Condition.REDIRECTED,
    Led.UNSURE: Condition.UNREADABLE,
}


@dataclass(frozen=True)
class Results:
    """What a search page turned out to be."""

    outcome: Outcome
    because: str
    leads: tuple[Lead, ...] = ()
    more: bool = False  # the page says, or lets us expect, that another follows


def page_of(body: bytes, *, url: str, final_url: str = "", status: int = 200, headers: Headers = ()) -> Page:
    """A Page from bytes as delivered."""
    html = decoded(body, _charset(headers)).text.encode("utf-8", "replace").decode()  # half a surrogate pair is none
    return Page(url, final_url or url, status, html, headers)


def page_shown(html: str, body: bytes, *, url: str, final_url: str, status: int, headers: Headers = ()) -> Page:
    """A Page as a browser drew it from BODY, believing the encoding that was declared."""
    misread = not decoded(body, _charset(headers)).as_declared
    return Page(url, final_url, status, html, headers, misread)


def _charset(headers: Headers) -> str:
    """The encoding that the head names; "" if none."""
    types = (value for name, value in headers if name.lower() == "content-type")
    return http_content_type_encoding(next(types, "")) or ""


def results(platform: Platform, page: Page, term: str, number: int) -> Results:
    """What result page NUMBER for TERM shows. Without cards or the page's own words it is never zero."""
    root = page.root
    search = platform.search
    leads, unkeyed = ((), 0) if page.unfit else cards.leads(platform, page, term)
    if leads:
        because = f"{len(leads)} cards" + (f", {unkeyed} without a listing's address" if unkeyed else "")
        return Results(Outcome.HITS, because, leads, cards.more(platform, page))
    home = platform.owns(page.final_url)
    walls = (sign for sign in _in_order(platform) if sign.means in WALLS)
    if hit := found(walls, page, Led.HERE if home else Led.ABROAD):
        return Results(WALLS[hit.sign.means], hit.because)
    if home and (words := (search.banned and standing(search.banned, root)) or cards.refused(platform, page)):
        return Results(Outcome.BANNED_TERM_NOTICE, words)
    if home and number > 1 and page.status == search.past_end:
        return Results(Outcome.CONFIRMED_ZERO, f"HTTP {page.status} past the last page")
    if page.status >= 400:
        plainly = PLAIN.get(page.status, Condition.UNREACHABLE)
        return Results(WALLS.get(plainly, Outcome.FAILED), f"HTTP {page.status}")
    if page.unfit or not home:
        return Results(Outcome.UNREADABLE, page.unfit or f"led to {page.final_url}, another site")
    if words := (search.zero and standing(search.zero, root)) or cards.none_found(platform, page):
        return Results(Outcome.CONFIRMED_ZERO, words)
    return Results(Outcome.UNREADABLE, "neither cards nor the page's own words for nothing found")


def reading(platform: Platform, page: Page) -> Reading:
    """What a listing's page says of itself."""
    led_, whither = led(platform, page)
    if hit := found(_in_order(platform), page, led_):
        return _read(platform, page, hit.sign.means, hit.because, hit)
    return _read(platform, page, *_plainly(platform, page, led_, whither))


def _in_order(platform: Platform) -> tuple[Sign, ...]:
    """The platform's own signs, then the walls of all sites; last what a status alone tells: walls send it too."""
    placed = [sign for sign in platform.signs if sign.placed]
    return (*placed, *platform.walls, *(sign for sign in platform.signs if not sign.placed))


def _plainly(platform: Platform, page: Page, led: Led, whither: str) -> tuple[Condition, str]:
    """What a page says that bears no sign, and how it says so."""
    if page.status >= 500:
        return Condition.UNREACHABLE, f"HTTP {page.status}"
    if not 200 <= page.status < 300:
        said = PLAIN.get(page.status, Condition.UNREADABLE)
        if led is Led.HERE:
            return said, f"HTTP {page.status}"
        return Condition.UNREADABLE if said is Condition.GONE else said, f"{whither}; it answered HTTP {page.status}"
    if page.unfit:
        return Condition.UNREADABLE, page.unfit
    if led in LED:
        return LED[led], whither
    names = _names_itself(platform, page)
    if names and all(platform.key_of(each) is None for each in names):
        return Condition.UNREADABLE, f"the page calls itself by what names no listing: {names[0][:LONGEST]}"
    if not platform.listing.told:
        return Condition.UNREADABLE, f"the file of {platform.name} does not say where a listing's title stands"
    if not titled(platform, page):
        return Condition.UNREADABLE, f"no title at {title_at(platform)}"
    return Condition.LIVE, f"the title stands at {title_at(platform)}"


def led(platform: Platform, page: Page) -> tuple[Led, str]:
    """Where the address asked for led, by the address that answered and by what the page calls itself."""
    if not platform.owns(page.final_url):
        return Led.ABROAD, f"led to {page.final_url}, which is no listing"
    asked, answered = platform.keyed(page.url), platform.keyed(page.final_url)
    if asked == answered:
        called = [key for each in _names_itself(platform, page) if (key := platform.keyed(each))]
        others = [key for key in called if asked and key.form == asked.form]
        if others and asked not in others:
            return Led.OTHER, f"the page itself says that it is listing {others[0].text}"
        return Led.HERE, ""
    if answered is None:
        return Led.NONE, f"led to {page.final_url}, which is no listing"
    if asked and asked.form != answered.form:
        return Led.UNSURE, f"led to {page.final_url}: the same listing or another"
    return Led.OTHER, f"led to listing {answered.text}"


def _names_itself(platform: Platform, page: Page) -> list[str]:
    """The addresses by which the page calls itself; a bare key becomes the address of its listing."""
    listing = platform.listing
    said = texts(page.root, listing.key) if listing.key else []
    said += [str(each) for each in told(page, listing.key_json)] if listing.key_json else []
    return [cards.address(page, each) if "/" in each else platform.url_of(each) for each in said if each]


def _read(platform: Platform, page: Page, condition: Condition, because: str, hit: Found | None = None) -> Reading:
    said = quoted(platform, page)
    return Reading(
        condition=condition,
        because=because,
        cause=hit.sign.cause if hit else Cause.UNKNOWN if condition is Condition.GONE else None,
        title=said.title,
        price=said.price,
        seller=said.seller,
        images=said.images,
        reason=hit.reason if hit else "",
    )
