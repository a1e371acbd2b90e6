"""What is kept of a search that the platform refuses: the page as it came, and its picture where one was drawn."""

from scrapy.http import Response

from archive.facts import Exhibit, Role
from crawler.guest import loaded_by
from crawler.reading.heads import without_secrets

UNSAID = "application/octet-stream"  # where the answer does not say what it is


def notice(url: str, *, screenshot: bytes, payload: bytes, media_type: str, dom: str) -> tuple[Exhibit, ...]:
    """The exhibits of a refusal that a browser showed at URL; all of them without secrets."""
    made = (
        Exhibit(Role.SCREENSHOT, screenshot, "image/png", url),
        Exhibit(Role.PAYLOAD, payload, media_type or UNSAID, url),
        Exhibit(Role.DOM, dom.encode(), "text/html; charset=utf-8", url),
    )
    return tuple(each for each in made if each.body)


def kept(response: Response) -> tuple[Exhibit, ...]:
    """The exhibits of RESPONSE. Nothing is asked for twice: by plain HTTP no picture was drawn, so there is none."""
    url = without_secrets(response.url)
    loaded = loaded_by(response)
    if loaded is None:
        media_type = (response.headers.get("Content-Type") or UNSAID.encode()).decode("latin-1")
        return (Exhibit(Role.PAYLOAD, response.body, media_type, url),)
    dom, kind = without_secrets(loaded.dom), loaded.media_type
    return notice(url, screenshot=loaded.screenshot, payload=loaded.payload, media_type=kind, dom=dom)
