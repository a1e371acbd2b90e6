"""One request of a page and its answer, put together from what the browser tells of it, as an Exchange."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from archive.facts import Exchange
from crawler.reading.heads import BODILESS, head, head_kept, without_secrets

FIRST = {"h2": "HTTP/2", "h3": "HTTP/3"}  # these send no first line: it is ours
NOT_COME = "it had not come when we left"
TLS = {
    "protocol": "protocol", "keyExchange": "key exchange", "keyExchangeGroup": "group", "cipher": "cipher",
    "mac": "mac", "subjectName": "subject", "issuer": "issuer", "validFrom": "valid from", "validTo": "valid to",
}  # fmt: skip


@dataclass
class Hop:
    """One request, as far as it is known. `sent` and `came` are told apart from the rest, before it or after it."""

    request: dict[str, Any]
    kind: str
    at: float  # POSIX seconds
    sent: dict[str, str] | None = None  # the heads as they went; None: nothing did
    came: dict[str, Any] | None = None  # the heads as they came, and their status
    answer: dict[str, Any] = field(default_factory=dict)
    ended: bool = False
    failed: str = ""
    redirected: bool = False
    given: bool = False  # it was held up, and its answer handed on by us
    body: bytes | None = None
    missing: str = ""
    size: int = 0  # bytes of the body so far, unpacked
    certificates: tuple[bytes, ...] = ()

    @property
    def url(self) -> str:
        """Where it went."""
        return str(self.request["url"])

    @property
    def told(self) -> bool:
        """Whether the network, and not a worker of the page or a cache, was asked."""
        within = self.answer.get("fromServiceWorker") or self.answer.get("fromDiskCache")
        return self.url.startswith(("http://", "https://")) and (self.given or not within)

    @property
    def status(self) -> int | None:
        """The status that came; None where none did."""
        if self.came:
            return int(self.came["statusCode"])
        return self.answer.get("status") or None

    @property
    def bodiless(self) -> bool:
        """Whether no body can have come."""
        return self.status in BODILESS or self.request["method"] == "HEAD"

    @property
    def heads(self) -> dict[str, str]:
        """The answer's heads by their names in small letters, doubles in one."""
        told = self.came["headers"] if self.came else self.answer.get("headers", {})
        return {name.lower(): value for name, value in told.items()}

    def exchange(self) -> Exchange:
        """What is kept of it."""
        heads = self.heads
        return Exchange(
            url=without_secrets(self.url),
            method=self.request["method"],
            kind=self.kind,
            at=datetime.fromtimestamp(self.at, UTC),
            request=self._asked(),
            status=self.status,
            response=self._answered(),
            protocol=self._protocol,
            payload=self.body,
            media_type=heads.get("content-type", ""),
            decoded=heads.get("content-encoding", "") if self.body else "",
            tls=self._tls(),
            certificates=self.certificates,
            missing=without_secrets(self._lacking()),
        )

    @property
    def _protocol(self) -> str:
        if self.status is None:
            return ""
        if self.came and self.came.get("headersText"):
            return str(self.came["headersText"]).partition(" ")[0]
        told = "h2" if self.given else str(self.answer.get("protocol", "")) or "http/1.1"  # only h2 has no text
        return FIRST.get(told, told.upper())

    def _asked(self) -> str:
        """The head as it reached the site: our guard leaves out what is for proxies."""
        if self.sent is None:
            return ""
        parts = urlsplit(self.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = []
        for name, value in self.sent.items():
            plain = "Connection" if name.lower() == "proxy-connection" else name
            if not plain.startswith(":"):  # HTTP/2 says in these what stands in the first line
                lines += [(plain, each) for each in value.split("\n")]
        return _latin(head(f"{self.request['method']} {target} {self._protocol or 'HTTP/1.1'}", tuple(lines)))

    def _answered(self) -> str:
        if self.status is None:
            return ""
        if self.came and (text := self.came.get("headersText")):
            return _latin(head_kept(text))
        told = self.came["headers"] if self.came else self.answer.get("headers", {})
        lines = tuple((name, each) for name, value in told.items() for each in str(value).split("\n"))
        return _latin(head(f"{self._protocol} {self.status}", lines))

    def _tls(self) -> dict[str, str]:
        told = self.answer.get("securityDetails", {})
        found = {name: str(told[key]) for key, name in TLS.items() if told.get(key)}
        return found | ({"told of": "the first connection to this place"} if self.answer.get("lent") else {})

    def _lacking(self) -> str:
        if self.missing or self.body is not None:
            return self.missing
        if self.failed:
            return self.failed if self.sent is not None else f"it was not sent: {self.failed}"
        if self.bodiless:
            return ""
        if self.redirected:
            empty = self.heads.get("content-length", "") == "0"
            return "" if empty else "the browser hands out no body of an answer that leads elsewhere"
        return NOT_COME


def _latin(text: str) -> str:
    """TEXT with each of its bytes as one code point, as heads have them."""
    return text.encode("utf-8", "replace").decode("latin-1")
