"""The page in one file that browsers open (MHTML, RFC 2557), the same bytes for the same page."""

import asyncio
import hashlib
import quopri
import re

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from config.settings import Limits
from crawler.chromium.held import MIB
from crawler.chromium.sight import Sight
from crawler.reading.heads import without_secrets

PATIENCE = 10.0  # s for all tries
TRIES, PAUSE = 3, 0.2  # s between two of them
FAILED = "Failed to generate MHTML"  # in Chromium's words
BOUNDARY = re.compile(rb'boundary="([^"]+)"')
NUMBERED = re.compile(rb"(frame|css)-[0-9A-Fa-f-]{8,}(@mhtml\.blink)")
DATE = re.compile(rb"\r\nDate: [^\r]*")
QUOTED = b"Content-Transfer-Encoding: quoted-printable"


async def packed(session: CDPSession, limits: Limits, sight: Sight) -> bytes:
    """The page that SESSION has, packed; b"" where that cannot be had, which is said."""
    try:
        async with asyncio.timeout(PATIENCE):
            data = await _asked(session)
    except TimeoutError:
        sight.missing.append(f"the page in one file: not within {PATIENCE:g} s")
    except PlaywrightError as problem:
        sight.missing.append(f"the page in one file: {problem.message.splitlines()[0]}")
    else:
        if len(data) <= 4 * limits.document * MIB:
            return canonical(data.encode())
        sight.missing.append(f"the page in one file: {len(data)} bytes")
    return b""


async def _asked(session: CDPSession, tries: int = TRIES) -> str:
    """Chromium's own packing, asked for again where it FAILED: it does where a frame goes, or comes, meanwhile."""
    try:
        told = await session.send("Page.captureSnapshot", {"format": "mhtml"})
    except PlaywrightError as problem:
        if tries == 1 or FAILED not in problem.message:
            raise
    else:
        return str(told["data"])
    await asyncio.sleep(PAUSE)
    return await _asked(session, tries - 1)


def canonical(data: bytes) -> bytes:
    """DATA without what differs at each look (date, boundary, numbers of parts), and without secrets in addresses."""
    found = BOUNDARY.search(data)
    if found is None:
        return data
    mark = b"--" + found[1]
    head, *parts = data.split(mark)
    known: dict[bytes, bytes] = {}
    parts = [_part(part, known) for part in parts]
    head = without_secrets(DATE.sub(b"", _renamed(head, known)).decode("latin-1")).encode("latin-1")
    boundary = f"----wildfree-{hashlib.sha256(b''.join(parts)).hexdigest()[:40]}".encode()
    return (b"--" + boundary).join([head.replace(found[1], boundary), *parts])


def _part(part: bytes, known: dict[bytes, bytes]) -> bytes:
    """PART with its numbers put in order, and the addresses in it without secrets."""
    head, empty, body = part.partition(b"\r\n\r\n")
    head = without_secrets(_renamed(head, known).decode("latin-1")).encode("latin-1")
    if QUOTED in head:
        text = without_secrets(_renamed(quopri.decodestring(body), known).decode("latin-1"))
        body = quopri.encodestring(text.encode("latin-1")).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return head + empty + body


def _renamed(text: bytes, known: dict[bytes, bytes]) -> bytes:
    """TEXT with the parts' names counted in the order in which they come up."""

    def name(found: re.Match[bytes]) -> bytes:
        return known.setdefault(found[0], b"%b-%d%b" % (found[1], len(known) + 1, found[2]))

    return NUMBERED.sub(name, text)
