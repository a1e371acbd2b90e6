"""Asks a witness that the settings name one question over HTTP, and nobody else, within bounds."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, IncompleteRead
from ipaddress import ip_address
from threading import Event, Timer
from time import monotonic
from urllib.parse import SplitResult, urlsplit

import certifi

from archive.stamps.told import plain
from config.proof import Witness

LARGEST = 1 << 20  # bytes of an answer
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Unanswered:
    """A witness that gave no answer of use, and the one reason."""

    url: str
    why: str
    status: int | None = None  # of the answer it did give, over HTTP


@dataclass(frozen=True)
class Reach:
    """Whom we may ask, and how long we wait."""

    named: tuple[Witness, ...]
    practice: bool  # then only this machine is asked, whoever is named
    patience: float = 20.0  # s for one whole answer, once the name is looked up

    def ask(self, url: str, body: bytes | None = None, heads: Mapping[str, str] | None = None) -> bytes | Unanswered:
        """What URL answers with status 200 to a GET, or to a POST of BODY. No redirect is followed."""
        try:
            place = urlsplit(url)
            why = self._forbidden(place)
            return Unanswered(url, why) if why else self._answer(place, body, heads or {})
        except (OSError, HTTPException, ValueError) as problem:
            return Unanswered(url, plain(str(problem)) or type(problem).__name__)

    def _forbidden(self, place: SplitResult) -> str:
        """Why PLACE is not to be asked, or ""."""
        if place.scheme not in PORTS or "@" in place.netloc:
            return "only plain http and https addresses are asked"
        if _origin(place) not in {_origin(urlsplit(each.url)) for each in self.named}:
            return "not among the witnesses named in proof.toml"
        return ""

    def _answer(self, place: SplitResult, body: bytes | None, heads: Mapping[str, str]) -> bytes | Unanswered:
        deadline = monotonic() + self.patience
        with self._line(place) as line, _cut(line, deadline) as late:
            try:
                status, answer = _heard(line, place, body, heads)
            except (OSError, HTTPException, ValueError):
                if not late.is_set():
                    raise
            if late.is_set():
                return Unanswered(place.geturl(), f"no whole answer within {self.patience:g} s")
        if status != 200:
            return Unanswered(place.geturl(), f"it answered {status}", status)
        if len(answer) > LARGEST:
            return Unanswered(place.geturl(), f"its answer is larger than {LARGEST} bytes", status)
        return answer

    @contextmanager
    def _line(self, place: SplitResult) -> Iterator[socket.socket]:
        """An open line to PLACE, not yet spoken on."""
        _, host, port = _origin(place)
        found = [each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if self.practice and not all(ip_address(each).is_loopback for each in found):
            raise ValueError("a practice workspace asks nobody outside this machine")
        raw = socket.create_connection((str(found[0]), port) if self.practice else (host, port), self.patience)
        if place.scheme == "http":
            with closing(raw):
                yield raw
            return
        with _trusting().wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False) as line:
            yield line


def _origin(place: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port: what makes two addresses one witness. ValueError for a port that is none."""
    return place.scheme, (place.hostname or "").lower(), place.port or PORTS.get(place.scheme, 0)


def _trusting() -> ssl.SSLContext:
    """The roots of this system and certifi's: a bare system has none of its own."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@contextmanager
def _cut(line: socket.socket, deadline: float) -> Iterator[Event]:
    """Cut LINE at DEADLINE (monotonic), so that one who answers by drops holds nobody up; says whether it was."""
    late = Event()

    def cut() -> None:
        late.set()
        try:
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # SSLSocket's own would let later reads pass undeciphered
        except OSError:
            """The other side was faster."""

    timer = Timer(max(0.0, deadline - monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()


def _heard(
    line: socket.socket, place: SplitResult, body: bytes | None, heads: Mapping[str, str]
) -> tuple[int, bytes]:
    """Status and body, at most one byte more than LARGEST."""
    if isinstance(line, ssl.SSLSocket):
        line.do_handshake()
    with closing(HTTPConnection(place.hostname or "", place.port)) as connection:
        connection.sock = line
        own = {"Host": place.netloc, "User-Agent": "wildfree", "Connection": "close"}
        connection.request("GET" if body is None else "POST", place.path or "/", body, {**own, **heads})
        with connection.getresponse() as answer:
            said = answer.read(LARGEST + 1)
            if len(said) <= LARGEST and answer.length:
                raise IncompleteRead(said, answer.length)
            return answer.status, said
