"""Which sign a page bears: of removal, sale, a wall. A sign counts only where the platform's file says it stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from parsel import Selector

from config.pattern import LONGEST, holds
from config.sign import READ, Code, Json, Sign, Words
from crawler.answers import BLANK, at, documents
from crawler.reading.decode import lost
from crawler.reading.heads import Headers
from crawler.reading.tags import fit
from crawler.reading.words import DEEPEST, first, standing

ENDS = re.compile(r"</(?:body|html)\b[^>]*>", re.IGNORECASE)
EMPTY = "<html/>"
SHOWN = 200  # characters of a header that a finding repeats
TOO_DEEP = f"boolean(//*[count(ancestor::*) >= {DEEPEST}])"


class Led(StrEnum):
    """Where the address that was asked for led."""

    HERE = "here"  # to the page asked for
    OTHER = "other"  # to another listing
    NONE = "none"  # to a page of the platform that is no listing
    ABROAD = "abroad"  # to another site
    UNSURE = "unsure"  # to a listing whose key has another form: the same or another


@dataclass(frozen=True)
class Page:
    """An answered page, decoded: what signs and readers look at."""

    url: str  # asked for
    final_url: str  # that answered, after redirects
    status: int
    html: str
    headers: Headers = ()  # of the answer, as delivered
    misread: bool = False  # by a browser, which believed an encoding that the page's bytes are not in

    @cached_property
    def root(self) -> Selector:
        """The page as a tree; an empty one where it is no page that a person could read.

        Scripts are data here: nothing of it runs. What stands behind `</html>` belongs to the page, as it does in a
        browser; lxml's parser would drop it.
        """
        return Selector(text=EMPTY, type="html") if self._tree is None else self._tree

    @cached_property
    def _tree(self) -> Selector | None:
        if not fit(self.html):
            return None
        last = self.html.rfind(">") + 1  # behind it no tag ends: not looked for there, or each would be looked for
        text = ENDS.sub("", self.html[:last]) + self.html[last:]
        tree = Selector(text=text or EMPTY, type="html")  # JSON too: then a page of text
        return None if tree.root is None or tree.root.xpath(TOO_DEEP) else tree

    @cached_property
    def unfit(self) -> str:
        """Why nothing can be said to stand in this page, or to stand nowhere in it; "" where it can be read."""
        if not self.html.strip(BLANK):
            return "the answer is empty"
        if self.misread or lost(self.html):
            return "its letters cannot be read: the page is not in the encoding that it is said to be in"
        if self._tree is None:
            return f"too many tags or attributes, or more than {DEEPEST} elements within each other"
        return ""

    @cached_property
    def language(self) -> str:
        """The language that the page declares, as `zh`; "" where it declares none."""
        heads = [value for name, value in self.headers if name.lower() == "content-language"]
        declared = first(self.root, "html::attr(lang)") or "".join(heads)
        return re.split(r"[-_,;\s]", declared.strip(), maxsplit=1)[0].lower()


@dataclass(frozen=True)
class Found:
    """A sign that a page bears."""

    sign: Sign
    because: str  # what told us, and where it stood
    reason: str = ""  # the platform's own words


def found(signs: Iterable[Sign], page: Page, led: Led = Led.HERE) -> Found | None:
    """The first of SIGNS that PAGE bears, or None. LED: where the address asked for led."""
    return next((hit for sign in signs if (hit := _borne(sign, page, led))), None)


def _borne(sign: Sign, page: Page, led: Led) -> Found | None:
    if not _may(sign, led):
        return None
    told: list[str] = []
    for said in _said(sign, page, led):
        if said is None:
            return None
        told.append(said)
    return Found(sign, "; ".join(filter(None, told)), first(page.root, sign.reason))


def _may(sign: Sign, led: Led) -> bool:
    """Whether a page to which we were LED can say this of the listing asked for. A wall may stand anywhere."""
    if sign.means not in READ or sign.url or led is Led.HERE:
        return True
    if sign.key:
        return led is not Led.ABROAD
    return led is Led.NONE and sign.placed


def _said(sign: Sign, page: Page, led: Led) -> Iterator[str | None]:
    """What tells each condition of SIGN; None for one that does not hold."""
    if sign.status is not None:
        yield f"HTTP {page.status}" if page.status == sign.status else None
    if sign.key is not None:
        there = {"other": (Led.OTHER,), "none": (Led.NONE, Led.ABROAD)}[sign.key]
        yield f"led to {page.final_url[:LONGEST]}" if led in there else None
    if sign.url is not None:
        yield f"the final address matches {sign.url}" if holds(sign.url, page.final_url) else None
    for name, pattern in sign.header.items():
        yield _header(name, pattern, page)
    if sign.language is not None:
        yield "" if page.language in {"", sign.language} else None
    if sign.where is not None:
        yield standing(Words(where=sign.where, says=sign.says or ("",)), page.root)
    if sign.code is not None:
        yield coded(page, sign.code)


def coded(page: Page, code: Code) -> str | None:
    """'「VALUE」 is the code at PATH' for the first value of CODE that PAGE's JSON has there, or None."""
    hit = next((value for value in told(page, code) if (type(value), value) in _typed(code.values)), None)
    return None if hit is None else f"「{hit}」 is the code at {code.path}"


def _header(name: str, pattern: str, page: Page) -> str | None:
    values = (value for header, value in page.headers if header.lower() == name)
    hit = next((value for value in values if holds(pattern, value)), None)
    return None if hit is None else f"the header {name} says 「{hit[:SHOWN]}」"


def _typed(values: Iterable[bool | int | str]) -> set[tuple[type, bool | int | str]]:
    return {(type(value), value) for value in values}


def told(page: Page, place: Json) -> list[bool | int | str]:
    """What PLACE gives in the JSON that PAGE holds: each value that is one word or figure."""
    values = (at(document, place.path) for document in documents(page, place.where))
    return [value for value in values if isinstance(value, bool | int | str)]
