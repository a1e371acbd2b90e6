"""Tells what of a page stays whole, though it was written to the volunteer: goods, and the platform's own. Pure."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from config.address import several
from config.platform import Platform
from crawler.beside.address import PLACE, Shows
from crawler.cards import leads
from crawler.quoted import quoted
from crawler.signs import Page

SCHEMES = ("http://", "https://")


def titles(site: Platform, reader: Platform | None, page: Page, what: Shows) -> list[str]:
    """What goods are called on PAGE, which shows WHAT: where the files say that titles stand, and by their keys."""
    cards = leads(reader, page, what.term)[0] if reader else ()
    called = [each for lead in cards for each in (lead.title, lead.key)]
    return [what.term, what.key, quoted(site, page).title, *called]


def platforms(site: Platform, reader: Platform | None) -> list[str]:
    """What is the platform's own, as the files tell it: of what its addresses are made, and what its signs say."""
    return [*_addresses(site), *_words(site, reader)]


def _addresses(site: Platform) -> Iterable[str]:
    """The parts of SITE's addresses that are the same in all; as JSON may have them, too."""
    forms = [
        *several(site.canonical),
        site.browsing.url if site.browsing else "",
        site.searching.url if site.searching else "",
    ]
    parts = [part for form in forms if form for part in PLACE.split(form)[::2]]
    plain = [*SCHEMES, urlsplit(site.base).netloc, *site.hosts, *parts]
    return dict.fromkeys(each for part in plain for each in (part, part.replace("/", "\\/")))


def _words(site: Platform, reader: Platform | None) -> Iterable[str]:
    """What the signs of SITE say, and the searches that find nothing or are refused."""
    for sign in (*site.signs, *site.walls):
        yield from sign.says
    search = reader.searching if reader else None
    for words in (search.zero, search.banned) if search else ():
        yield from words.says if words else ()
