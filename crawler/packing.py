"""Refuses answers that are packed over and over: each layer may unpack to a page's full length, one after another."""

from scrapy import Request
from scrapy.http import Response

from crawler.unanswered import Unanswered

MOST = 4  # layers; honest servers use one


class Packing:
    """Downloader middleware that sees an answer before it is unpacked."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Let RESPONSE pass unless it has too many layers."""
        layers = b",".join(response.headers.getlist("Content-Encoding")).count(b",") + 1
        if layers > MOST:
            raise Unanswered(f"the page is packed {layers} times over, and {MOST} is the most", request.url)
        return response
