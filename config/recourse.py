"""What can be held before a platform: whom to write to, its complaint routes, its own policies, its pledges.

Each fact says where it was read and how sure it is: A seen on a page or recording that was kept, B in several
independent sources or one much used, C in one or two, D general knowledge that nobody has verified. D can stand in
[[doubtful]] alone, and in [contact], where a letter's gates refuse it: so that it cannot reach a letter.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from config.reading import Strict


def _sure(letter: object) -> object:
    if letter == "D":
        raise ValueError("D is not verified: write it as [[doubtful]], which no letter reads")
    return letter


Sure = Annotated[Literal["A", "B", "C"], BeforeValidator(_sure)]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]  # as exact as is known: 2014, 2014-10-16
Web = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
Said = Annotated[str, Field(min_length=1)]


class Contact(Strict):
    """Whom a letter to this platform addresses, and where that was read."""

    entity_zh: str
    entity_en: str
    email: str | None = None
    address: str | None = None
    source: str
    confidence: Literal["A", "B", "C", "D"]
    verified_on: date | None = None


class Fact(Strict):
    """Something that may be held before a platform."""

    source: Said  # in general words, with its year: a person can look there
    confidence: Sure
    verified_on: date | None = None  # the day a person saw that it is so today; none: nobody has


class Way(StrEnum):
    """How a complaint is brought."""

    WEB = "web"
    MAIL = "mail"
    PHONE = "phone"
    PAGE = "page"  # on the listing's own page: `to` names the steps


class Route(Fact):
    """Where anybody may complain of a listing."""

    way: Way
    to: Said
    note: str = ""

    @model_validator(mode="after")
    def _addressed(self) -> "Route":
        if self.way is Way.WEB and not self.to.startswith(("https://", "http://")):
            raise ValueError("way = 'web' needs to = 'https://...'")
        if self.way is Way.MAIL and "@" not in self.to:
            raise ValueError("way = 'mail' needs to = 'somebody@...'")
        return self


class Policy(Fact):
    """A rule of the platform's own, which its listing breaks."""

    title: Said
    url: Web | None = None
    says: Said  # in our words


class Pledge(Fact):
    """What the company has promised in public."""

    title: Said
    by: Said  # the company that is named
    on: Day
    url: Web | None = None


class Doubtful(Strict):
    """What is said and not verified: to be looked at by a person, and read by no letter."""

    says: Said
    source: str = "general knowledge"
