"""A letter or record sheet as a PDF: A4, each page marked, pictures from memory only, the same bytes every time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from markupsafe import escape

from config.errors import LetterError, MachineError
from config.system import mend
from letters.notice import Notice
from letters.press.mark import mark

COMMON = "的中国不演练草稿象牙"  # what every Chinese font can draw
SCHEME = "exhibit:"  # exhibit:SHA256 is the reduced copy of that screenshot; nothing else is fetched
STYLE = Path(__file__).with_name("letter.css")


@dataclass(frozen=True)
class Sheet:
    """What a printed paper is, beside its body."""

    number: str  # stands on every page
    language: str
    date: datetime  # UTC: the paper's, never the machine's
    author: str
    mark: str  # stands on every page
    pictures: dict[str, bytes] = field(repr=False)  # SHA-256 of the exhibit -> its reduced copy, JPEG
    kind: str = "letter"  # what errors call it, before its number


def pdf(notice: Notice, body: str) -> bytes:
    """NOTICE printed from BODY, the HTML its template gave. LetterError names what could not be printed."""
    pictures = {item.screenshot: item.picture for item in notice.items}
    number, language, author = notice.number, notice.language, notice.sender.organisation
    return printed(Sheet(number, language, notice.date, author, mark(notice.practice), pictures), body)


def printed(sheet: Sheet, body: str) -> bytes:
    """BODY, as HTML, on paper of the house. LetterError names what could not be printed."""
    _can_print()
    from weasyprint import CSS, HTML  # type: ignore[import-untyped]  # noqa: PLC0415 - carries no types
    from weasyprint.urls import FatalURLFetchingError  # type: ignore[import-untyped]  # noqa: PLC0415 - as there

    page, identifier = _page(sheet, body), sha256(sheet.number.encode() + body.encode()).digest()[:16]
    fetcher = _fetcher(sheet.pictures)
    try:
        with _complaints() as said:
            document = HTML(string=page, url_fetcher=fetcher, base_url="sheet:")
            style = CSS(string=_style(sheet), url_fetcher=fetcher, base_url="sheet:")
            made: bytes = document.write_pdf(stylesheets=[style], pdf_identifier=identifier)
    except FatalURLFetchingError as problem:
        raise LetterError(f"{sheet.kind} {sheet.number}: {problem.__cause__ or problem}") from problem
    _heed(said, f"{sheet.kind} {sheet.number}")
    return made


def tried() -> None:
    """Print a page of Chinese and let go of it; MachineError says what this machine lacks to print."""
    _can_print()
    from weasyprint import HTML  # noqa: PLC0415 - as above

    with _complaints() as said:
        HTML(string=f"<p>{COMMON}</p>").write_pdf()
    _heed(said, "a page of Chinese")


def _can_print() -> None:
    """Import the printer: late, for it takes a second, and most commands print nothing. Or MachineError."""
    try:
        with redirect_stdout(StringIO()):  # it would say there, at length, what we say in a line
            import weasyprint  # noqa: F401, PLC0415
    except OSError as problem:  # a library of the system's is not there
        raise MachineError(f"nothing can be printed: {str(problem).split(':')[0]}. {mend('pango')}") from None


def _page(sheet: Sheet, body: str) -> str:
    """The whole document; its dates are the sheet's, never the machine's."""
    date = f"{sheet.date.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    language = "zh-Hans" if sheet.language == "zh" else sheet.language
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(sheet.number)}</title>"
        f'<meta name="author" content="{escape(sheet.author)}">'
        f'<meta name="dcterms.created" content="{date}"><meta name="dcterms.modified" content="{date}">'
        f"</head><body>{body}</body></html>"
    )


def _style(sheet: Sheet) -> str:
    return STYLE.read_text("utf-8").replace("MARK", sheet.mark)


@cache
def _fetcher_kind() -> Any:
    """A fetcher that knows our pictures alone; made late, since its parent is slow to import."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class Ours(URLFetcher):  # type: ignore[misc]  # weasyprint carries no types
        """Hands out pictures from memory; any other address stops the printing."""

        def __init__(self, pictures: dict[str, bytes]) -> None:
            super().__init__(fail_on_errors=True)
            self.pictures = pictures

        def fetch(self, url: str, headers: object = None) -> Any:
            """The picture of URL; LetterError for whatever is not ours."""
            picture = self.pictures.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
            if not picture:
                raise LetterError(f"it asks for {url!r}, which is no picture of a listing in it")
            return URLFetcherResponse(url, picture, {"Content-Type": "image/jpeg"})

    return Ours


def _fetcher(pictures: dict[str, bytes]) -> Any:
    return _fetcher_kind()(pictures)


class _Listener(logging.Handler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep RECORD."""
        self.said.append(record)


@contextmanager
def _complaints() -> Iterator[list[logging.LogRecord]]:
    """What the printer says to its log while it prints: it leaves things out and goes on."""
    listener = _Listener()
    log = logging.getLogger("weasyprint")
    log.addHandler(listener)
    try:
        yield listener.said
    finally:
        log.removeHandler(listener)


def _heed(said: list[logging.LogRecord], what: str) -> None:
    """Stop where something of WHAT was left out, or where this machine cannot draw Chinese."""
    left_out = [record.getMessage() for record in said if record.levelno >= logging.ERROR]
    if left_out:
        raise LetterError("\n".join(f"{what}: not printed: {line}" for line in left_out))
    boxes = "".join(record.getMessage() for record in said if ".notdef" in record.msg)
    if any(
        sign in boxes for sign in COMMON
    ):  # a rare sign of a seller's stands in the mail's text, whatever fonts know
        raise MachineError(f"no font here draws Chinese. {mend('font')}")
