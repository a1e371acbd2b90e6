"""Takes people out of a page that is kept as an example: names, numbers, addresses; the page reads as before."""

import html
import re
from collections.abc import Iterable
from html.entities import codepoint2name
from urllib.parse import quote, urljoin, urlsplit

from config.platform import Platform, element
from crawler.cards import leads
from crawler.quoted import quoted
from crawler.reading.css import chosen
from crawler.reading.words import texts
from crawler.signs import Page

ONE, DIGIT = "[1１]", "[0-9０-９]"
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
MOBILE = re.compile(rf"(?<![0-9０-９.]){ONE}[3-9３-９]{DIGIT}(?:[ .-]?{DIGIT}{{4}}){{2}}(?!{DIGIT})")
ABROAD = re.compile(r"(?:\+|\b00|wa\.me/)\d{1,3}(?:[ .-]?\d){8,12}(?!\d)", re.ASCII)
LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)", re.ASCII)
IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)", re.ASCII)
LOOKS = {MAIL: "person@example.org", IDENTITY: "000000190001010000"}
LOOKS |= dict.fromkeys((ABROAD, MOBILE, LANDLINE), "00000000000")
# An account that stands behind the name of its service.
ACCOUNT = re.compile(
    r"(?i)(微信号?|weixin|wechat|[vｖ]信|vx|wx|qq号?|whatsapp|telegram|line)([:：\s号]{0,4})([a-z0-9][\w-]{4,19})"
)
PORTRAIT = re.compile(r"(?is)<img\b[^>]*(?:avatar|portrait|userhead|user-head|头像)[^>]*>")
SOURCE = re.compile(r"(?is)\b(?:src|srcset|data-[\w-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)")
SURE = 6  # characters of an account's name
SHORTEST = 2  # characters of a name that can be told from other words


def people(platform: Platform, page: Page) -> tuple[str, ...]:
    """The names and addresses of sellers on PAGE, where the platform's file says that they stand."""
    places = [(page.root, platform.listing.seller)]
    if platform.searching and platform.searching.drawn:
        card = platform.searching.card
        places += [(each, card.seller) for each in chosen(page.root, card.each)]
    found: list[str] = []
    for place, css in places:
        found += texts(place, css) if css else []
        for there in chosen(place, element(css)) if css else ():
            found += there.xpath("ancestor-or-self::a/@href | .//@href | .//@title | .//@alt | @title").getall()
    found += _told(platform, page)
    telling = [each.strip() for each in found if _tells(platform, page, each.strip())]
    return tuple(dict.fromkeys([*telling, *filter(None, map(_account, telling))]))


def _told(platform: Platform, page: Page) -> list[str]:
    """The sellers whom PAGE names in JSON."""
    told = platform.searching.answer if platform.searching else None
    sellers = [lead.seller for lead in leads(platform, page, "")[0]] if told else []
    return [*sellers, quoted(platform, page).seller] if platform.listing.answer else sellers


def _tells(platform: Platform, page: Page, name: str) -> bool:
    """Whether NAME tells a person: the link around a card leads to its listing, and tells none."""
    if len(name) < SHORTEST or name.lower().startswith(("#", "javascript:")):
        return False
    return platform.key_of(_whole(page.final_url, name)) is None


def _account(link: str) -> str:
    """The account that a seller's address ends in; "" where that is too plain to be told from other words."""
    last = _whole("http://x/", link).rpartition("/")[2] if "/" in link else ""
    last = urlsplit(last).path
    return last if len(last) >= SURE and re.search("[a-z]", last, re.IGNORECASE) and re.search(r"[\d_]", last) else ""


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
        text = _written(name).sub(f"person-{number}", text)
    kept = frozenset(keep)
    for looks, mark in LOOKS.items():
        found = {each[0] for each in looks.finditer(text)} - kept
        for each in sorted(found, key=len, reverse=True):
            text = text.replace(each, mark)
    text = ACCOUNT.sub(lambda account: f"{account[1]}{account[2]}person-x", text)
    return PORTRAIT.sub(lambda image: SOURCE.sub("", image[0]), text)


def left(text: str, names: Iterable[str]) -> list[str]:
    """Those of NAMES that a reader of TEXT still finds in it, however they are written."""
    read = " ".join(html.unescape(html.unescape(text)).split()).casefold()
    return [name for name in names if " ".join(name.split()).casefold() in read]


def _written(name: str) -> re.Pattern[str]:
    """NAME as a page may write it: plain, escaped for HTML, for JSON or for an address, broken over lines or tags."""
    letters = (SPACE if letter == " " else _letter(letter) for letter in " ".join(name.split()))
    return re.compile("".join(letters), re.IGNORECASE)


SPACE = r"(?:\s|&nbsp;|&#160;|&#xa0;|%20|\+|\\[nrt]|<[^<>]{0,200}>)+"


def _letter(letter: str) -> str:
    """LETTER in each of its spellings, as a regular expression."""
    code = ord(letter)
    forms = [re.escape(letter), f"&#0{{0,4}}{code};", f"&#x0{{0,4}}{code:x};", re.escape(quote(letter, safe=""))]
    units = letter.encode("utf-16-be")
    forms.append("".join(rf"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)))
    if code in codepoint2name:
        forms.append(f"&{codepoint2name[code]};")
    if letter == "'":
        forms.append("&apos;")
    return f"(?:{'|'.join(dict.fromkeys(forms))})"
