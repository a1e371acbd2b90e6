"""Plain HTTP with each request and answer noted as it goes over the wire, before anybody sorts or spells it anew."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from OpenSSL import crypto
from OpenSSL.SSL import Connection
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from twisted.web._newclient import STATUS

from archive.facts import Exchange
from crawler.reading.heads import head_kept, value_of, without_secrets

NO_ANSWER = "no answer came"
DER = crypto.FILETYPE_ASN1


@dataclass
class Noted:
    """One request as it went, and what came of it so far."""

    url: str
    method: str
    at: datetime  # UTC
    sent: bytes
    lines: list[bytes] = field(default_factory=list)  # of the answer's head, with their ends
    tls: dict[str, str] = field(default_factory=dict)
    certificates: tuple[bytes, ...] = ()

    def exchange(self, address: str, payload: bytes | None, missing: str) -> Exchange:
        """What is kept of it; PAYLOAD as it came over the wire, or why it is MISSING."""
        came = head_kept(b"".join(self.lines).decode("latin-1")) if self.lines else ""
        words = came.split(" ", 2)
        return Exchange(
            url=without_secrets(self.url),
            method=self.method,
            kind="Document",
            at=self.at,
            request=head_kept(self._to_site().decode("latin-1")),
            status=int(words[1]) if came else None,
            response=came,
            protocol=words[0],
            address=address,
            payload=payload if came else None,
            media_type=value_of(came, "content-type"),
            tls=self.tls,
            certificates=self.certificates,
            missing=without_secrets(missing) if payload is None else "",
        )

    def _to_site(self) -> bytes:
        """What was sent as the guard hands it on: not addressed to a proxy."""
        method, target, rest = self.sent.split(b" ", 2)
        origin = target.partition(b"://")[2]
        return b" ".join((method, b"/" + origin.partition(b"/")[2] if origin else target, rest))


class Noting(HTTP11DownloadHandler):
    """Scrapy's own handler; `noted` has what passed, in order, until `taken`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.noted: list[Noted] = []
        noting = self.noted

        class Factory(_LenientHTTP11ClientFactory):
            def buildProtocol(self, addr: Any) -> "_Protocol":  # noqa: N802  (Twisted's name)
                protocol = _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
                protocol.noting = noting
                return protocol

        self._pool._factory = Factory  # noqa: SLF001  (Scrapy sets its own here)

    def taken(self, url: str) -> list[Noted]:
        """What was noted of requests for URL, which is forgotten here."""
        mine = [each for each in self.noted if each.url == url]
        self.noted[:] = [each for each in self.noted if each.url != url]
        return mine


class _Sink:
    """Takes the head that Twisted writes."""

    def __init__(self) -> None:
        self.written = b""

    def writeSequence(self, pieces: Iterable[bytes]) -> None:  # noqa: N802  (Twisted's name)
        self.written += b"".join(pieces)


class _Protocol(_LenientHTTP11ClientProtocol):
    """One connection, which notes what passes."""

    noting: list[Noted]

    def request(self, request: Any) -> Any:
        """Send REQUEST, and note it."""
        sink = _Sink()
        request._writeHeaders(sink, None)  # noqa: SLF001  (nothing else knows the lines)
        url = request.absoluteURI.decode("latin-1")
        noted = Noted(url, request.method.decode("ascii"), datetime.now(UTC), sink.written)
        self.noting.append(noted)
        answer = super().request(request)
        parser: Any = self._parser
        parser.__class__, parser.noted = _Parser, noted  # as Scrapy does with its own
        return answer


class _Parser(_LenientHTTPClientParser):
    """Reads an answer's head, and notes each of its lines."""

    noted: Noted

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  (Twisted's name)
        """Note LINE, and read it."""
        if self.state == STATUS:
            self.noted.lines.clear()  # what came before was only a word that we are to wait
            connection: Any = self.transport
            self.noted.tls, self.noted.certificates = _of_tls(connection._producer)  # noqa: SLF001
        if line.removesuffix(b"\r"):
            self.noted.lines.append(line + b"\n")
        super().lineReceived(line)


def _of_tls(transport: Any) -> tuple[dict[str, str], tuple[bytes, ...]]:
    """What this connection's TLS is like, and the certificates that the server showed on it."""
    handle = transport.getHandle() if hasattr(transport, "getHandle") else None
    if not isinstance(handle, Connection):
        return {}, ()
    chain = handle.get_peer_cert_chain() or []
    told = {
        "protocol": handle.get_protocol_version_name(),
        "cipher": handle.get_cipher_name() or "",
    }
    return told, tuple(crypto.dump_certificate(DER, each) for each in chain)
