"""What Playwright saw a page ask for: it hears workers from their first moment on, and so tells what we missed."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request, Response

from crawler.chromium.hop import NOT_COME, Hop

LAST = 1.0  # s for the answer to one request
NO_HEADS = "the browser did not tell the heads of the request"
KINDS = {"xhr": "XHR", "eventsource": "EventSource"}


async def unheard(roster: Iterable[Request], known: Iterable[Hop]) -> list[Hop]:
    """Those of ROSTER that are not among the KNOWN; what went over no network is left out."""
    left = Counter((hop.request["method"], hop.url) for hop in known)
    found = []
    for request in roster:
        asked = (request.method, request.url)
        if left[asked]:
            left[asked] -= 1
        elif request.url.startswith(("http://", "https://")):
            found.append(request)
    return [hop for hop in await asyncio.gather(*map(_hop, found)) if hop is not None]


async def _hop(request: Request) -> Hop | None:
    kind = KINDS.get(request.resource_type, request.resource_type.capitalize())
    began = request.timing["startTime"] / 1000
    hop = Hop({"url": request.url, "method": request.method}, kind, began if began > 0 else time.time())
    try:
        async with asyncio.timeout(LAST):
            response = await request.response()
            if response is not None and response.from_service_worker:
                return None  # no network was asked
            if response is not None:
                await _answer(hop, response)
            hop.sent = _joined(await request.headers_array())
    except (PlaywrightError, TimeoutError):
        hop.missing = NOT_COME if hop.came is None else NO_HEADS
    return hop


async def _answer(hop: Hop, response: Response) -> None:
    """Put the RESPONSE into HOP."""
    hop.came = {"statusCode": response.status, "headers": _joined(await response.headers_array())}
    hop.answer = {"securityDetails": await response.security_details() or {}, "hasExtraInfo": True}
    with suppress(PlaywrightError):
        hop.body = await response.body()


def _joined(heads: Iterable[Any]) -> dict[str, str]:
    """Doubles in one, as CDP tells them."""
    found: dict[str, str] = {}
    for head in heads:
        name, value = head["name"], head["value"]
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found
