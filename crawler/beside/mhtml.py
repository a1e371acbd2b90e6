"""The page in one file (MHTML) without the volunteer's own, and without what other sites showed in it. Pure."""

import quopri
import re

from config.platform import Platform
from crawler.beside.blackout import Own
from crawler.beside.frames import WEB, recorded
from crawler.chromium.mhtml import BOUNDARY, QUOTED

SUBJECT = re.compile(rb"\r\nSubject: [^\r]*(?:\r\n[ \t][^\r]*)*")
FRAME = re.compile(rb"\r\nContent-ID: <frame-", re.IGNORECASE)
PLACE = re.compile(rb"\r\nContent-Location: (\S+)", re.IGNORECASE)
HTML = re.compile(rb"\r\nContent-Type: text/html", re.IGNORECASE)
WORDS = re.compile(rb"\r\nContent-Type: (?:text/|[^\r]*(?:json|xml|script))", re.IGNORECASE)


def cleaned(data: bytes, own: Own, site: Platform) -> bytes:
    """DATA with all of OWN blacked out, and without frames that are not SITE's and what these loaded."""
    found = BOUNDARY.search(data)
    if found is None:
        return b""
    mark = b"--" + found[1]
    head, *parts = data.split(mark)
    kept, ours = [], True
    for part in parts[:-1]:
        where = PLACE.search(part)
        place = where[1].decode("latin-1") if where else ""
        if FRAME.search(part) and HTML.search(part):  # what follows it is its own, up to the next frame
            ours = not place.startswith(WEB) or recorded(site, place)
        if ours and not _pictured(place, own):
            kept.append(_part(part, own))
    return mark.join([SUBJECT.sub(b"", own.out_of(head)[0]), *kept, parts[-1]])


def _pictured(place: str, own: Own) -> bool:
    return place.partition("#")[0] in {each.partition("#")[0] for each in own.pictures}


def _part(part: bytes, own: Own) -> bytes:
    head, empty, body = part.partition(b"\r\n\r\n")
    if QUOTED in head:
        body = own.out_of(quopri.decodestring(body))[0]
        body = quopri.encodestring(body).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    elif WORDS.search(head):
        body = own.out_of(body)[0]
    return own.out_of(head)[0] + empty + body
