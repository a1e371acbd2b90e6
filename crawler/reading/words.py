"""What words stand in the elements of a page, as a reader sees them."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeAlias

from parsel import Selector

from config.sign import Words
from crawler.reading.css import chosen

MOST = 200_000  # steps through the elements that one selector chooses; only elements within each other take more
STEP = 64  # characters that take as long as a step
DEEPEST = 300  # elements within each other; see crawler/signs.py
# What a browser shows in the midst of a line: the words before and behind belong together.
INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "small"}
INLINE |= {"span", "strong", "sub", "sup", "time", "u", "var", "wbr"}
UNSEEN = {"script", "style", "template", "noscript"}
WAITING = {"template", "noscript", "option"}  # what they hold is shown later, or to others; a script may be a sign
Element: TypeAlias = Any  # lxml's, which ships no types


def standing(words: Words, root: Selector) -> str | None:
    """'「WORD」 stands in WHERE' for the first of the words that stands there to be seen, or None."""
    for text in _texts(root, words.where, seen=True):
        for says in words.says:
            if says in text:
                return f"「{says}」 stands in {words.where}" if says else f"{words.where} is there"
    return None


def texts(root: Selector, css: str) -> list[str]:
    """The text of each element that CSS names, its white space joined; ::text and ::attr() as they are."""
    return list(_texts(root, css, seen=False))


def first(root: Selector, css: str | None) -> str:
    """The text of the first element that CSS names and that has any; "" where there is none."""
    return next((text for text in _texts(root, css, seen=False) if text), "") if css else ""


def _texts(root: Selector, css: str, *, seen: bool) -> Iterator[str]:
    """SEEN: without the elements that the page itself keeps from sight, as a notice that waits for its occasion."""
    left = MOST
    for each in chosen(root, css):
        if isinstance(each.root, str):
            yield _joined(each.root)
            continue
        if seen and (_hidden(each.root) or any(map(_hidden, islice(each.root.iterancestors(), DEEPEST)))):
            continue
        pieces: list[str] = []
        for piece in _pieces(each.root):
            left -= 1 + len(piece) // STEP
            if left < 0:
                return
            pieces.append(piece)
        yield _joined("".join(pieces))


def _pieces(element: Element) -> Iterator[str]:
    """The text of ELEMENT in pieces, a space where a line ends; "" for a step that brings none."""
    yield element.text or ""
    open_ = [(element, iter(element))]
    while open_:
        parent, children = open_[-1]
        child = next(children, None)
        if child is None:
            open_.pop()
            yield _edge(parent) + (parent.tail or "") if open_ else ""
        elif isinstance(child.tag, str) and child.tag not in UNSEEN:
            open_.append((child, iter(child)))
            yield _edge(child) + (child.text or "")
        else:  # a comment, a script
            yield child.tail or ""


def _edge(element: Element) -> str:
    return "" if element.tag in INLINE else " "


def _hidden(element: Element) -> bool:
    """Whether a browser keeps ELEMENT from sight, as far as the page's HTML alone tells it."""
    style = "".join(element.get("style", "")[:MOST].lower().split())
    waits = element.tag in WAITING or (element.tag == "dialog" and element.get("open") is None)
    return waits or element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


def _joined(text: str) -> str:
    return " ".join(text.split())
