"""An API on the loopback that answers in the documented shape of eBay's Browse API, with invented items."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.site import Stand

SEARCH = "/buy/browse/v1/item_summary/search"
ITEM = "/buy/browse/v1/item/get_item_by_legacy_id"
TOKEN = "/identity/v1/oauth2/token"
Told = tuple[int, dict[str, Any]]


def summary(key: str, title: str, price: str = "12.50") -> dict[str, Any]:
    """One item as a search tells it."""
    return {
        "itemId": f"v1|{key}|0",
        "legacyItemId": key,
        "title": title,
        "price": {"value": price, "currency": "USD"},
        "image": {"imageUrl": f"https://pictures.example/{key}.jpg"},
        "seller": {"username": "bamboo-garden", "feedbackPercentage": "100.0", "feedbackScore": 7},
        "itemWebUrl": f"https://www.ebay.com/itm/{key}?hash=item1:g:1",
        "itemHref": f"https://api.ebay.com/buy/browse/v1/item/v1%7C{key}%7C0",
    }


def error(number: int, words: str) -> dict[str, Any]:
    """An answer of the API's that is none."""
    return {"errors": [{"errorId": number, "domain": "API_BROWSE", "category": "REQUEST", "message": words}]}


def warned(number: int, words: str) -> dict[str, Any]:
    """What an answer says beside itself where the API did not do all that was asked."""
    return {"warnings": error(number, words)["errors"]}


@dataclass
class BrowseApi:
    """Answers as the API does; `asked` has each request's method, path and what it showed as its key."""

    items: dict[str, str] = field(default_factory=dict)  # key -> title
    keys: set[str] = field(default_factory=lambda: {"a-good-key"})
    pair: str = "app-name:app-secret"
    lasts: int = 7200  # s of a key that it mints
    minted: int = 0
    groups: set[str] = field(default_factory=set)  # items with variations
    busy: bool = False
    leads_to: str = ""  # another host, to which searches are led on
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    base: str = ""

    def found(self, term: str) -> list[str]:
        """The keys of what TERM finds."""
        return [key for key, title in self.items.items() if term.lower() in title.lower()]

    def search(self, query: dict[str, list[str]]) -> Told:
        """A page of results, as documented: no itemSummaries where total is 0."""
        term, limit, offset = query["q"][0], int(query["limit"][0]), int(query["offset"][0])
        found = self.found(term)
        here = f"{self.base}{SEARCH}?q={term}&limit={limit}"
        answer: dict[str, Any] = {"href": here, "total": len(found), "limit": limit, "offset": offset}
        if found[offset + limit :]:
            answer["next"] = f"{here}&offset={offset + limit}"
        if cards := [summary(key, self.items[key]) for key in found[offset : offset + limit]]:
            answer["itemSummaries"] = cards
        return 200, answer

    def item(self, query: dict[str, list[str]]) -> Told:
        """One item; 404 with the API's own number where there is none."""
        key = query["legacy_item_id"][0]
        if key in self.groups:
            return 400, error(11006, "The legacy Id is invalid.")
        if key not in self.items:
            return 404, error(11001, "The specified item Id was not found.")
        more = {"additionalImages": [{"imageUrl": f"https://pictures.example/{key}-2.jpg"}]}
        stock = {"estimatedAvailabilities": [{"estimatedAvailabilityStatus": "IN_STOCK"}]}
        return 200, summary(key, self.items[key]) | more | stock

    def mint(self, shown: str) -> Told:
        """A new key for an application that names itself rightly."""
        if shown != "Basic " + b64encode(self.pair.encode()).decode():
            return 401, {"error": "invalid_client", "error_description": "client authentication failed"}
        self.minted += 1
        self.keys.add(f"minted-key-{self.minted}")
        kind = "Application Access Token"
        return 200, {"access_token": f"minted-key-{self.minted}", "expires_in": self.lasts, "token_type": kind}

    def answer(self, method: str, url: str, shown: str) -> Told:
        """What it says to one request that shows SHOWN as its key."""
        parts = urlsplit(url)
        self.asked.append((method, parts.path, shown))
        if parts.path == "/robots.txt":
            return 404, {}
        if (method, parts.path) == ("POST", TOKEN):
            return self.mint(shown)
        if self.busy:
            return 429, error(2001, "The request limit has been reached for the resource.")
        if shown.removeprefix("Bearer ") not in self.keys:
            return 401, error(1001, "Invalid access token")
        if parts.path == SEARCH:
            return self.search(parse_qs(parts.query))
        return self.item(parse_qs(parts.query))


@contextmanager
def opened(**told: Any) -> Iterator[BrowseApi]:
    """The API, open until the end of the `with`."""
    api = BrowseApi(**told)

    class Clerk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every answer waits 40 ms

        def do_GET(self) -> None:
            if api.leads_to and self.path.startswith(SEARCH):
                api.asked.append(("GET", SEARCH, self.headers["Authorization"] or ""))
                self._say(302, b"", ("Location", api.leads_to))
                return
            status, told = api.answer("GET", self.path, self.headers["Authorization"] or "")
            self._say(status, json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace"))

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if asked["grant_type"] != ["client_credentials"] or "api_scope" not in asked["scope"][0]:
                self._say(400, b'{"error": "invalid_scope"}')
                return
            status, told = api.answer("POST", self.path, self.headers["Authorization"] or "")
            self._say(status, json.dumps(told).encode())

        def _say(self, status: int, body: bytes, *heads: tuple[str, str]) -> None:
            self.send_response(status)
            for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *heads):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing: `asked` is the log."""

    with Stand(("127.0.0.1", 0), Clerk) as server:
        server.daemon_threads = True
        api.base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
