"""What a sign is: something that a page says of itself, bound to the place where it says so."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import jmespath  # type: ignore[import-untyped]  # ships no types
from cssselect import SelectorError
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # ships no types
from jmespath.functions import Functions  # type: ignore[import-untyped]  # ships no types
from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, Field, field_validator, model_validator

from config.pattern import Pattern
from config.reading import SHIPPED, Strict, did_you_mean, read_toml
from config.recourse import Sure

WALLS = "walls.toml"


class Condition(StrEnum):
    """What a page was found to be; stored and printed as spelt here (DESIGN 6)."""

    LIVE = "live"
    SOLD_OR_ENDED = "sold_or_ended"
    GONE = "gone"
    LIMITED = "limited"
    SUBSTITUTED = "substituted"
    REDIRECTED = "redirected"
    WALLED = "walled"
    CHALLENGED = "challenged"
    RATE_LIMITED = "rate_limited"
    GEO_BLOCKED = "geo_blocked"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"


# Read: the page itself was seen, and this is what it said. Of the other conditions nothing follows.
AWAY = frozenset(
    {Condition.GONE, Condition.SOLD_OR_ENDED, Condition.SUBSTITUTED, Condition.REDIRECTED, Condition.LIMITED}
)
READ = AWAY | {Condition.LIVE}
SHUT = frozenset({Condition.WALLED, Condition.CHALLENGED, Condition.RATE_LIMITED})  # these stop the robot at once


class Cause(StrEnum):
    """By whose hand a page went away; only a page that says so makes it the platform's."""

    PLATFORM = "platform"
    AUTHOR = "author"
    ACCOUNT = "account"
    UNKNOWN = "unknown"


def _selector(css: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(css)
    except SelectorError as problem:
        raise ValueError(f"not a CSS selector: {problem}") from None
    return css


def _path(text: str) -> str:
    try:
        parsed = jmespath.compile(text).parsed
    except JMESPathError as problem:
        raise ValueError(f"not a JMESPath: {str(problem).splitlines()[0]}") from None
    if unknown := sorted(set(_functions(parsed)) - set(Functions.FUNCTION_TABLE)):
        raise ValueError(
            f"JMESPath has no function '{unknown[0]}'.{did_you_mean(unknown[0], Functions.FUNCTION_TABLE)}"
        )
    return text


def _functions(node: dict[str, Any]) -> Iterator[str]:
    """The functions that a parsed JMESPath calls: that they are known is found out only when they are called."""
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        yield from _functions(child)


def element(css: str) -> str:
    """The selector of the elements themselves, as a browser understands it: CSS without ::text or ::attr()."""
    return re.sub(r"::(?:text|attr\([^()]*\))", "", css).strip()


Css = Annotated[str, AfterValidator(_selector)]  # may end in ::text or ::attr(name)
JmesPath = Annotated[str, AfterValidator(_path)]


class Words(Strict):
    """Words that count only where they are said to stand."""

    where: Css
    says: tuple[str, ...] = Field(min_length=1)


class Json(Strict):
    """A place in JSON: in the answer itself, or in what an element holds, as `script#state`."""

    where: Css | None = None  # the element, or ::attr() of it; without it the whole answer is JSON
    path: JmesPath


class Code(Json):
    """A code that means something. What a path gives must be one of the values, in kind too: 1 is not "1" or true.

    A path may be a question, with `values = [true]`: `starts_with(ret[0], 'FAIL_DELETED')`. What is not there is
    null, and null is no value: to read a null as an answer, ask that its key is there as well.
    """

    values: tuple[bool | int | str, ...] = Field(min_length=1)


class Sign(Strict):
    """What a page says of itself, and by whose hand. Each condition named must hold; within `says` any.

    What a page of another site says of a listing is not believed, unless `url` names that site. A status that
    stands alone is believed only of the address asked for, and only where no wall was recognised.
    """

    means: Condition
    cause: Cause | None = None
    where: Css | None = None  # an element that is there; with `says` it holds one of these words
    says: tuple[str, ...] = ()
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] | None = None  # of the words: a page that declares
    # another one does not bear the sign; one that declares none may
    status: int | None = None
    header: dict[str, Pattern] = Field({})  # its name -> a regular expression that is found in its value
    url: Pattern | None = None  # a regular expression that is found in the address that answered
    key: Literal["other", "none"] | None = None  # that address names another listing than the one asked for, or none
    code: Code | None = None  # what the page's JSON says
    reason: Css | None = None  # where the platform states its own reason, kept word for word
    source: str = ""  # where it was read, in general words
    confidence: Sure | None = None  # A to C, see config/recourse.py

    @field_validator("header")
    @classmethod
    def _names(cls, header: dict[str, str]) -> dict[str, str]:
        return {name.lower(): value for name, value in header.items()}

    @model_validator(mode="after")
    def _bound(self) -> "Sign":
        if self.says and self.where is None:
            raise ValueError("says = [...] needs where = '...': words count only where they are said to stand")
        if self.language and not self.says:
            raise ValueError("language = '...' needs says = [...]: it is the language of these words")
        if not self.placed and self.status is None:
            raise ValueError("a sign needs where, status, url, header or code")
        if self.means is Condition.LIVE:
            raise ValueError("means = 'live' is no sign: a page is live where its title stands and no sign does")
        if self.means is Condition.GONE and self.cause is None:
            raise ValueError("means = 'gone' needs cause = platform, author, account or unknown")
        return self

    @property
    def placed(self) -> bool:
        """Whether more than a status tells it."""
        return bool(self.where or self.url or self.header or self.code)


class Walls(Strict):
    """The walls that any site may put up before its pages, in the order in which they are looked for."""

    signs: tuple[Sign, ...]

    @model_validator(mode="after")
    def _only_walls(self) -> "Walls":
        for sign in self.signs:
            if sign.means in READ or sign.cause:
                raise ValueError(f"means = '{sign.means}' says something of a listing: that belongs to a platform")
        return self


def walls(overlay: Path | None = None) -> tuple[Sign, ...]:
    """The signs of config/walls.toml; a workspace's own file (in OVERLAY) takes the shipped one's place."""
    own = overlay / WALLS if overlay else None
    return read_toml(own if own and own.exists() else SHIPPED / WALLS, Walls).signs
