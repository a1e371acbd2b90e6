"""What is kept of a search that the platform refuses: the page as it came, and its picture where one was drawn."""

from scrapy.http import Response

from archive.facts import Exhibit, Role
from crawler.guest import loaded_by
from crawler.reading.heads import without_secrets

UNSAID = "application/octet-stream"  # where the answer does not say what it is


def kept(response: Response) -> tuple[Exhibit, ...]:
    """The exhibits of RESPONSE. Nothing is asked for twice: by plain HTTP no picture was drawn, so there is none."""
    url = without_secrets(response.url)
    loaded = loaded_by(response)
    if loaded is None:
        media_type = (response.headers.get("Content-Type") or UNSAID.encode()).decode("latin-1")
        return (Exhibit(Role.PAYLOAD, response.body, media_type, url),)
    made = (
        Exhibit(Role.SCREENSHOT, loaded.screenshot, "image/png", url),
        Exhibit(Role.PAYLOAD, loaded.payload, loaded.media_type, url),
        Exhibit(Role.DOM, without_secrets(loaded.dom).encode(), "text/html; charset=utf-8", url),
    )
    return tuple(each for each in made if each.body)
