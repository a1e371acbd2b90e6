"""Which sign a page bears: of removal, sale, a wall. A sign counts only where the platform's file says it stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from parsel import Selector

from config.platform import Sign, Words

ENDS = re.compile(r"</(?:body|html)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """An answered page, decoded: what signs and readers look at."""

    url: str  # asked for
    final_url: str  # that answered, after redirects
    status: int
    html: str
    headers: tuple[tuple[str, str], ...] = ()  # of the answer, as delivered

    @cached_property
    def root(self) -> Selector:
        """The page as a tree. Scripts are data here: nothing of it runs.

        What stands behind `</html>` belongs to the page, as it does in a browser; lxml's parser would drop it.
        """
        last = self.html.rfind(">") + 1  # behind it no tag ends: not looked for there, or each would be looked for
        text = ENDS.sub("", self.html[:last]) + self.html[last:]
        return Selector(text=text or "<html/>", type="html")  # JSON too: then a page of text


@dataclass(frozen=True)
class Found:
    """A sign that a page bears."""

    sign: Sign
    because: str  # what told us, and where it stood
    reason: str = ""  # the platform's own words


def found(signs: Iterable[Sign], page: Page, *, led_away: bool = False) -> Found | None:
    """The first of SIGNS that PAGE bears, or None. LED_AWAY: what answered is another: its bare status is no sign."""
    root = page.root
    return next((hit for sign in signs if (hit := _borne(sign, page, root, led_away))), None)


def _borne(sign: Sign, page: Page, root: Selector, led_away: bool) -> Found | None:
    told: list[str] = []
    if sign.status is not None:
        bare = sign.url is None and sign.where is None
        if page.status != sign.status or (bare and led_away):
            return None
        told.append(f"HTTP {page.status}")
    if sign.url is not None:
        if re.search(sign.url, page.final_url) is None:
            return None
        told.append(f"the final address matches {sign.url}")
    if sign.where is not None:
        words = standing(Words(where=sign.where, says=sign.says or ("",)), root)
        if words is None:
            return None
        told.append(words)
    reason = texts(root, sign.reason)[:1] if sign.reason else []
    return Found(sign, "; ".join(told), "".join(reason))


def standing(words: Words, root: Selector) -> str | None:
    """'「WORD」 stands in WHERE' for the first of the words that stands there, or None."""
    for text in texts(root, words.where):
        for says in words.says:
            if says in text:
                return f"「{says}」 stands in {words.where}" if says else f"{words.where} is there"
    return None


def texts(root: Selector, css: str) -> list[str]:
    """The text of each element that CSS names, its white space joined; ::text and ::attr() as they are."""
    chosen = root.css(css)
    if "::" in css:
        return [_joined(value) for value in chosen.getall()]
    return [_joined(" ".join(element.css("*::text").getall())) for element in chosen]


def _joined(text: str) -> str:
    return " ".join(text.split())
