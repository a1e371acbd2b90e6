"""What stands today where a selector of a platform's file chooses nothing any more. No network, no clock."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice

from cssselect import SelectorError
from parsel import Selector

from config.platform import Platform, element
from crawler.cards import address
from crawler.reading.css import chosen
from crawler.reading.words import DEEPEST, Element
from crawler.signs import Page

NAMED = re.compile(r"[.#]([A-Za-z_][\w-]*)")  # a class or an id in a selector
MOST = 2000  # links of a page that are looked at
ALIKE = 0.5  # of a name, for it to be the same one renamed


def near(root: Selector, css: str) -> str:
    """What of CSS is nowhere in ROOT any more, and what stands in its place; "" where nothing can be said."""
    names = _names(root)
    for lost in NAMED.finditer(element(css)):
        if lost[1] in names:
            continue
        others = [shape for shape, _ in _shapes(root, css.replace(lost[0], "", 1)).most_common(1)]
        others += [f".{name}" for name in get_close_matches(lost[1], names, n=1, cutoff=ALIKE)]
        there = f"; in its place may stand {others[0]}" if others else ""
        return f"{lost[0]} is nowhere{there}"
    return ""


def cards_near(site: Platform, page: Page) -> str:
    """The elements of PAGE that hold the link of one listing each, as cards do: the shape that most of them have."""
    links = linked(site, page)
    shapes = Counter(_shape(_card(link, links)) for link in links)
    shape, count = shapes.most_common(1)[0] if shapes else ("", 0)
    return f"{count} links to listings stand each in {shape}" if count else "no link to a listing is on the page"


def linked(site: Platform, page: Page) -> dict[Element, str]:
    """The links of PAGE that lead to listings, each with the listing's key."""
    links = islice(page.root.xpath("//a[@href]"), MOST)
    keyed = ((link.root, site.key_of(address(page, link.attrib["href"]))) for link in links)
    return {link: key for link, key in keyed if key}


def _card(link: Element, links: dict[Element, str]) -> Element:
    """The outermost element around LINK in which no other listing is linked to."""
    card = link
    for around in islice(link.iterancestors(), DEEPEST):
        if {links[each] for each in around.iter("a") if each in links} != {links[link]}:
            break
        card = around
    return card


def _shapes(root: Selector, css: str) -> Counter[str]:
    """The shapes of what CSS chooses; none where it is no selector, or one of everything."""
    bare = element(css).strip()
    if not re.search(r"[\w\])]\s*$", bare):
        return Counter()
    try:
        return Counter(_shape(each.root) for each in chosen(root, bare) if not isinstance(each.root, str))
    except SelectorError:
        return Counter()


def _shape(each: Element) -> str:
    """An element as a selector of its own: li.ware.new."""
    return ".".join([str(each.tag), *(each.get("class") or "").split()])


def _names(root: Selector) -> set[str]:
    return set(_named(root))


def _named(root: Selector) -> Iterator[str]:
    for classes in root.xpath(".//@class | .//@id | @class").getall():
        yield from classes.split()
