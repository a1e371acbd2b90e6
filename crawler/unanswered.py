"""How it shows that a site gave no answer, in whichever of our parts asked it."""

from typing import cast

from scrapy.exceptions import IgnoreRequest
from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

UNTRUSTED = "its certificate is not to be trusted"


class Unanswered(Exception):  # noqa: N818 - what the world did, recorded where the look is
    """No page came: the words say why (a dead host, a time-out, a refused download)."""

    def __init__(self, why: str, url: str = "", received: int = 0) -> None:
        super().__init__(why)
        self.url = url  # the address that was asked for in vain, where it is known
        self.received = received  # bytes that came all the same


class NotAdmitted(Unanswered):
    """The page led on to where the site's rules do not admit us; the words say where and why."""


# Of our browser, of our middlewares, of Scrapy and its HTTP client. Whatever else is raised is no site's doing.
NO_ANSWER: tuple[type[Exception], ...] = (
    Unanswered,
    IgnoreRequest,
    *(load_object(cast("str | type[Exception]", error)) for error in default_settings.RETRY_EXCEPTIONS),
)
