"""Takes people out of a page that is kept as an example: names, numbers, addresses; the page reads as before."""

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, urljoin

from config.platform import Platform, element
from crawler.css import chosen
from crawler.signs import Page
from crawler.words import texts

MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"(?<![\w./=-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![\w/-])|\+\d{1,3}(?:[ -]?\d){8,12}(?!\d)"
)
IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)")
LOOKS = {MAIL: "person@example.org", IDENTITY: "000000190001010000", PHONE: "00000000000"}
# An account that stands behind the name of its service.
ACCOUNT = re.compile(
    r"(?i)(微信号?|weixin|wechat|[vｖ]信|\bvx\b|\bwx\b|qq号?|whatsapp|telegram|line)([:：\s号]{0,4})([a-z0-9][\w-]{4,19})"
)
PORTRAIT = re.compile(r"(?is)<img\b[^>]*(?:avatar|portrait|userhead|user-head|头像)[^>]*>")
SOURCE = re.compile(r"(?is)\b(?:src|srcset|data-[\w-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)")
SHORTEST = 2  # characters of a name that can be told from other words


def people(platform: Platform, page: Page) -> tuple[str, ...]:
    """The names and addresses of sellers on PAGE, where the platform's file says that they stand."""
    places = [(page.root, platform.listing.seller)]
    if platform.searching:
        card = platform.searching.card
        places += [(each, card.seller) for each in chosen(page.root, card.each)]
    found: list[str] = []
    for place, css in places:
        found += texts(place, css) if css else []
        for there in chosen(place, element(css)) if css else ():
            found += there.xpath("ancestor-or-self::a/@href | .//@href | .//@title | .//@alt | @title").getall()
    return tuple(dict.fromkeys(each.strip() for each in found if _tells(platform, page, each.strip())))


def _tells(platform: Platform, page: Page, name: str) -> bool:
    """Whether NAME tells a person: the link around a card leads to its listing, and tells none."""
    if len(name) < SHORTEST or name.lower().startswith(("#", "javascript:")):
        return False
    return platform.key_of(_whole(page.final_url, name)) is None


def _whole(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def scrubbed(text: str, names: Iterable[str], keep: Iterable[str] = ()) -> str:
    """TEXT with each of NAMES, and whatever looks like a person's number or address, put by an invented mark.

    The same person has the same mark everywhere: in words, attributes, addresses and scripts. What KEEP holds (the
    keys of listings) stays, though it may look like a number of a person's.
    """
    for number, name in enumerate(sorted(dict.fromkeys(names), key=len, reverse=True), 1):
        for form in _forms(name):
            text = text.replace(form, f"person-{number}")
    kept = frozenset(keep)
    for looks, mark in LOOKS.items():
        found = {each[0] for each in looks.finditer(text)} - kept
        for each in sorted(found, key=len, reverse=True):
            text = text.replace(each, mark)
    text = ACCOUNT.sub(lambda account: f"{account[1]}{account[2]}person-x", text)
    return PORTRAIT.sub(lambda image: SOURCE.sub("", image[0]), text)


def _forms(name: str) -> list[str]:
    """NAME as it may be written in a page: plain, escaped for HTML, for JSON, for an address; the longest first."""
    escaped = json.dumps(name)[1:-1]
    entities = "".join(f"&#{ord(letter)};" if ord(letter) > 127 else html.escape(letter) for letter in name)
    hexed = "".join(f"&#x{ord(letter):x};" if ord(letter) > 127 else html.escape(letter) for letter in name)
    forms = {
        name,
        html.escape(name),
        escaped,
        escaped.upper().replace("\\U", "\\u"),
        quote(name),
        quote(name).lower(),
    }
    return sorted(forms | {entities, hexed, hexed.upper().replace("&#X", "&#x")}, key=len, reverse=True)
