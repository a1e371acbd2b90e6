"""Downloads one file so that a cut connection costs nothing: what has come stays, and the rest is asked for.

Standard library only, in the syntax of Python 3.9, because the set-up downloads before anything is installed.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PIECE = 64 * 1024  # bytes
SILENCE = 30.0  # s without a byte; then the connection counts as cut
CUTS = 5  # in a row that bring nothing; then we give up, and the next call goes on from there
GOES_ON = 206  # HTTP
Progress = Callable[[int, int], None]  # bytes that are there, bytes in all (0: unknown)


class Cut(Exception):  # noqa: N818 - what the network did
    """The file did not come; the words say why, and how much of it is kept for the next time."""


def fetch(url: str, place: Path, progress: Progress) -> None:
    """Bring the file at URL to PLACE, where it stands only when it is whole. Raises Cut.

    What has come lies beside it as PLACE.part, with the server's mark of the version as PLACE.tag: another version
    begins anew.
    """
    part, tag = place.with_name(place.name + ".part"), place.with_name(place.name + ".tag")
    place.parent.mkdir(parents=True, exist_ok=True)
    cuts, before = 0, _size(part)
    while why := _went_on(url, part, tag, progress):
        cuts, before = (cuts + 1 if _size(part) == before else 1), _size(part)
        if cuts >= CUTS or why.startswith("HTTP "):
            raise Cut(f"{url}: {why}; {_size(part)} bytes are kept, and the same command goes on from there")
    part.replace(place)
    tag.unlink(missing_ok=True)


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _went_on(url: str, part: Path, tag: Path, progress: Progress) -> str:
    """Ask for what PART still lacks; "" where it is whole now, else why not."""
    have = _size(part)
    heads = {"Accept-Encoding": "identity"}
    if have and tag.exists():
        heads |= {"Range": f"bytes={have}-", "If-Range": tag.read_text("utf-8")}
    try:
        with urlopen(Request(url, headers=heads), timeout=SILENCE) as answer:  # noqa: S310 - the address is the user's own
            return _taken(answer, part, tag, progress, asked="Range" in heads)
    except HTTPError as refused:
        with refused:
            return f"HTTP {refused.code}"
    except (URLError, http.client.HTTPException, OSError) as problem:
        return str(getattr(problem, "reason", None) or problem or type(problem).__name__)


def _taken(answer: http.client.HTTPResponse, part: Path, tag: Path, progress: Progress, *, asked: bool) -> str:
    """Add ANSWER to PART, or begin it anew where the answer is the whole file; "" only where all of it has come."""
    have, whole = 0, _figure(answer.headers.get("Content-Length", ""))
    if answer.status == GOES_ON:
        have = _size(part)
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""), re.ASCII)
        if not asked or told is None or int(told[1]) != have:
            return "HTTP 206 with another part than was asked for"
        whole = int(told[2])
    if whole is None:
        return "HTTP answer that does not say how long the file is"
    mark = answer.headers.get("ETag", "")
    if mark and not mark.startswith("W/"):
        tag.write_text(mark, "utf-8")
    elif have == 0:
        tag.unlink(missing_ok=True)
    with part.open("ab" if have else "wb") as file:
        while have < whole and (piece := answer.read(min(PIECE, whole - have))):
            file.write(piece)
            have += len(piece)
            progress(have, whole)
    return "" if have == whole else f"cut off at {have} of {whole} bytes"


def _figure(length: str) -> int | None:
    return int(length) if length.isascii() and length.isdecimal() else None
