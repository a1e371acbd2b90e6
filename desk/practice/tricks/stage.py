"""Where a trick is played: what was asked, what the market would answer by itself, and what else it could show."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

UTF8 = "text/html; charset=utf-8"
Heads = tuple[tuple[str, str], ...]
KEPT = ("Cache-Control", "Content-Security-Policy")  # of the market's own answer, on whatever takes its place


@dataclass(frozen=True)
class Stage:
    """One request, before the curtain."""

    request: Request
    own: Response  # as it would be without the trick
    show: Callable[..., Response]  # a page from a template, its status, and what it tells
    beside: Callable[[], Response]  # another listing's page

    @property
    def html(self) -> str:
        """The market's own page."""
        return bytes(self.own.body).decode()

    def said(self, body: bytes, kind: str = UTF8, status: int = 0, heads: Heads = ()) -> Response:
        """An answer of BODY with HEADS, and with the market's own status unless another STATUS is given."""
        kept = {name: self.own.headers[name] for name in KEPT}
        return Response(body, status or self.own.status_code, kept | {"Content-Type": kind} | dict(heads))

    def written(self, html: str, heads: Heads = ()) -> Response:
        """The market's own answer with HTML in place of its page."""
        return self.said(html.encode(), heads=heads)


Act = Callable[[Stage], Response]
