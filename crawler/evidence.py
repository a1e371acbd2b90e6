"""What is kept of a page that a browser showed besides its requests, whoever sat before it. Pure."""

from collections.abc import Container, Iterable

from archive.facts import Exchange, Exhibit, Reading, Role
from crawler.reading.heads import value_of, without_secrets


def derived(*, dom: str, text: str, screenshot: bytes, mhtml: bytes) -> tuple[Exhibit, ...]:
    """What was made of the page. An empty tree or text is kept: that there was none is a finding."""
    made = (
        Exhibit(Role.DOM, without_secrets(dom).encode(), "text/html; charset=utf-8"),
        Exhibit(Role.TEXT, without_secrets(text).encode(), "text/plain; charset=utf-8"),
        Exhibit(Role.SCREENSHOT, screenshot, "image/png"),
        Exhibit(Role.MHTML, mhtml, "multipart/related"),
    )
    return tuple(each for each in made if each.body or each.role in {Role.DOM, Role.TEXT})


def lost(said: Reading, came: Container[str]) -> tuple[str, ...]:
    """The listing's own pictures whose addresses, without secrets, are not among those that CAME; in words."""
    named = (address for address in said.images if not address.startswith("data:"))  # those stand in the DOM
    return tuple(f"picture {each} was not loaded" for each in named if without_secrets(each) not in came)


def said_date(exchanges: Iterable[Exchange]) -> str:
    """What the server says that the time is; "" if nothing."""
    heads = [each.response for each in exchanges if each.kind == "Document" and each.response]
    return value_of(heads[-1], "date") if heads else ""


def unanswered(exchanges: Iterable[Exchange]) -> dict[str, str]:
    """How many requests had no answer, for the visit's environment; nothing where all had one."""
    status = [each.status for each in exchanges]
    return {"unanswered": f"{status.count(None)} of {len(status)} requests"} if None in status else {}
