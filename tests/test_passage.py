"""What passes through a way passes byte for byte, as a stream; what could be read in two ways does not pass."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from crawler.guard import open_way
from crawler.ways.framing import AT_ONCE
from crawler.ways.lookup import look_up
from crawler.ways.passage import NOT_THROUGH
from crawler.ways.way import Way

Clerk = Callable[[socket.socket], None]
REQUEST = (
    b"Host: %s\r\nX-Twice: 1\r\nuser-AGENT: t\r\nX-Twice: 2\r\nX-Odd:   spaced \r\nProxy-Connection: keep-alive\r\n"
    b"Proxy-Authorization: Basic eA==\r\nX-Latin: \xe9\r\n\r\n"
)
AS_SENT = (
    b"Host: %s\r\nX-Twice: 1\r\nuser-AGENT: t\r\nX-Twice: 2\r\nX-Odd:   spaced \r\nConnection: keep-alive\r\n"
    b"X-Latin: \xe9\r\n\r\n"
)
BOUND = 20.0  # s that anything awaited here may take


class Far:
    """A server whose every byte a test writes. CLERK is given each connection, in a thread of its own."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.lines = 0  # connections
        self._threads: list[threading.Thread] = []
        self._door = threading.Thread(target=self._serve, daemon=True)
        self._door.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.lines += 1
            thread = threading.Thread(target=self._one, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _one(self, line: socket.socket) -> None:
        line.settimeout(BOUND)
        with line:
            try:
                self._clerk(line)
            except OSError:
                return

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._door.join(BOUND)  # else it may come to listen at the next one's, which takes its number
        self._listening.close()
        for thread in self._threads:
            thread.join(BOUND)


@contextmanager
def far(clerk: Clerk) -> Iterator[Far]:
    there = Far(clerk)
    try:
        yield there
    finally:
        there.close()


def head_of(line: socket.socket) -> bytes:
    """The next head, and not a byte more."""
    got = b""
    while not got.endswith((b"\r\n\r\n", b"\n\n")):
        piece = line.recv(1)
        if not piece:
            return got
        got += piece
    return got


def exactly(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size and (piece := line.recv(size - len(got))):
        got += piece
    return got


def rest_of(line: socket.socket) -> tuple[bytes, bool]:
    """All that still comes, and whether it ended in order."""
    got = b""
    try:
        while piece := line.recv(65536):
            got += piece
    except ConnectionResetError:
        return got, False
    return got, True


@contextmanager
def through(way: Way) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", int(way.url.rpartition(":")[2])), BOUND) as line:
        yield line


def answers(*said: bytes) -> Clerk:
    """A clerk that answers each request of a connection with the next of SAID, then closes."""

    def clerk(line: socket.socket) -> None:
        for each in said:
            if not head_of(line):
                return
            line.sendall(each)

    return clerk


def asked(line: socket.socket, place: str, method: bytes = b"GET", more: bytes = b"") -> None:
    line.sendall(b"%s http://%s/ HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (method, place.encode(), place.encode(), more))


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_the_site_is_sent_what_it_would_have_been_sent_without_the_guard() -> None:
    seen: list[bytes] = []

    def clerk(line: socket.socket) -> None:
        while request := head_of(line):
            seen.append(request)
            line.sendall(OK)

    with far(clerk) as there, open_way([there.place]) as way, through(way) as line:
        here = there.place.encode()
        for target in (b"", b"/", b"/a?b=c%20d", b"?q"):
            line.sendall(b"GET http://%s%s HTTP/1.1\r\n%s" % (here, target, REQUEST % here))
            assert exactly(line, len(OK)) == OK
    targets = [b"/", b"/", b"/a?b=c%20d", b"/?q"]
    assert seen == [b"GET %s HTTP/1.1\r\n%s" % (target, AS_SENT % here) for target in targets]
    assert there.lines == 1, "one connection served them all"


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        (b"GET", b"HTTP/1.1 200 OK\r\nX-a: 1\r\nx-A: 2\r\nX-a: 1\r\nContent-Length: 5\r\n\r\n\x00\xff\r\n\r"),
        (b"GET", b"HTTP/1.1 200\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
        (b"GET", b"HTTP/1.1 404 \xe6\xb2\xa1\xe6\x9c\x89\r\nContent-Length:0\r\n\r\n"),
        (b"GET", b"HTTP/1.0 200 OK\nContent-Length: 2\n\nok"),
        (b"GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nok\r\nA\r\n0123456789\r\n0\r\nT: 1"
         b"\r\n\r\n"),
        (b"GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        (b"GET", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK),
        (b"GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
        (b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        (b"HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ],
    ids=["length", "twice", "none", "old", "pieces", "both", "early", "204", "304", "head", "head of pieces"],
)  # fmt: skip
def test_an_answer_comes_byte_for_byte_and_the_next_one_after_it(method: bytes, answer: bytes) -> None:
    with far(answers(answer, OK)) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place, method)
        assert exactly(line, len(answer)) == answer
        asked(line, there.place)
        assert exactly(line, len(OK)) == OK
        assert there.lines == 1
        assert way.received == len(answer) + len(OK)


def test_an_answer_without_a_length_ends_with_its_connection_in_order_or_not() -> None:
    def broken(line: socket.socket) -> None:
        head_of(line)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf a pa")
        time.sleep(0.2)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    whole = b"HTTP/1.1 200 OK\r\n\r\nall of it"
    with far(answers(whole)) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place)
        assert rest_of(line) == (whole, True)
    with far(broken) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place)
        assert rest_of(line)[1] is False, "half a page must not be taken for the whole"
        assert there.place in way.why(f"http://{there.place}/")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk", "no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", "no length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", "two ways"),
        (b"HTTP/1.1 200 OK\r\n Content-Length: 2\r\n\r\nok", "two ways"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n 3\r\n\r\nok", "two ways"),
        (b"HTTP/1.1 200 OK\r\nX: 1\rContent-Length: 2\r\n\r\nok", "two ways"),
        (b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\nok", "two ways"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "transfer encoding"),
        (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "transfer encoding"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n", "length of a piece"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokk\r\n0\r\n\r\n", "longer than it says"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "broke off 7 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", "broke off"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "changes the protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, "without an end"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000, "a head of more than"),
        (b"ICY 200 OK\r\n\r\nok", "no HTTP/1.1 answer"),
        (b"<html>not HTTP at all</html>", "broke off"),
        (b"\r\n", "empty line"),
        (b"", "without an answer"),
    ],
    ids=[f"answer {number}" for number in range(21)],
)  # fmt: skip
def test_an_answer_that_can_be_read_in_two_ways_is_broken_off_and_the_reason_said(answer: bytes, why: str) -> None:
    with far(answers(answer)) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place)
        assert rest_of(line)[1] is False
        said = way.why(f"http://{there.place}/")
    assert said.startswith(f"{there.place}: ")
    assert why in said
    assert said.isascii()
    assert len(said) < 200


def test_what_a_site_says_unasked_is_never_taken_for_the_answer_of_another() -> None:
    """The first site ends its answer and, as if it knew what comes, goes on with one in the name of the second."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    with (
        far(answers(OK + forged)) as first,
        far(answers(OK)) as second,
        open_way([first.place, second.place]) as way,
        through(way) as line,
    ):
        asked(line, first.place)
        assert exactly(line, len(OK)) == OK
        asked(line, second.place)
        assert exactly(line, len(OK)) == OK
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(1)
    with far(answers(OK + forged, OK)) as first, open_way([first.place]) as way, through(way) as line:
        asked(line, first.place)
        assert exactly(line, len(OK)) == OK
        time.sleep(0.1)
        asked(line, first.place)
        assert exactly(line, len(OK)) == OK, "nor for its own next one"
        assert first.lines == 2


def test_each_request_of_a_connection_is_checked_for_itself() -> None:
    with far(answers(*[OK] * 9)) as there, far(answers(OK)) as forbidden:
        with open_way([there.place]) as way, through(way) as line:
            for _ in range(2):
                asked(line, there.place)
                assert exactly(line, len(OK)) == OK
            asked(line, forbidden.place)
            assert rest_of(line) == (b"", False)
            assert way.refuses(f"http://{forbidden.place}/")
        assert forbidden.lines == 0


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/1.1", b"GET * HTTP/1.1", b"GET {}/ HTTP/1.1", b"GET https://{}/ HTTP/1.1",
        b"GET ftp://{}/ HTTP/1.1", b"GET ws://{}/ HTTP/1.1", b"GET file:///etc/passwd HTTP/1.1",
        b"GET http:/{}/ HTTP/1.1", b"GET //{}/ HTTP/1.1", b"GET http://{}/", b"GET http://{}/ HTTP/2.0",
        b"GET http://{}\\@x/ HTTP/1.1", b"GET http://{}/a b HTTP/1.1",
        b"CONNECT {}", b"CONNECT {}/ HTTP/1.1", b"CONNECT http://{}/ HTTP/1.1", b"CONNECT 127.0.0.1 HTTP/1.1",
        b"CONNECT 127.0.0.1:0 HTTP/1.1", b"CONNECT 127.0.0.1:65536 HTTP/1.1", b"CONNECT 127.0.0.1:99999 HTTP/1.1",
        b"PRI * HTTP/2.0", b"\x16\x03\x01\x02\x00", b"G\rET http://{}/ HTTP/1.1", b"",
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_request_for_a_proxy_is_not_answered(request_line: bytes) -> None:
    with far(answers(OK)) as there, open_way([there.place]) as way, through(way) as line:
        here = there.place.encode()
        line.sendall(request_line.replace(b"{}", here) + b"\r\nHost: %s\r\n\r\n" % here)
        refused = NOT_THROUGH if request_line.startswith(b"CONNECT") else b""
        assert rest_of(line)[0] == refused
        assert there.lines == 0
        assert way.received == 0


@pytest.mark.parametrize(
    "more",
    [
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 2\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: x\r\n", b"Content-Length : 2\r\n",
    ],
    ids=str,
)  # fmt: skip
def test_a_request_that_could_carry_another_inside_is_not_passed_on(more: bytes) -> None:
    with far(answers(OK)) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place, b"POST", more)
        assert rest_of(line)[0] == b""
        assert there.lines == 0


@pytest.mark.parametrize("hosts", ["127.0.0.1:1", "other.example", "{}\r\nHost: {}", "{}\r\nHost: x", "", "a b"])
def test_a_request_that_names_another_site_to_the_site_than_to_us_is_not_passed_on(hosts: str) -> None:
    with far(answers(OK, OK)) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place)
        assert exactly(line, len(OK)) == OK, "with its own name it is"
        named = hosts.replace("{}", there.place)
        line.sendall(f"GET http://{there.place}/ HTTP/1.1\r\nHost: {named}\r\n\r\n".encode())
        assert rest_of(line)[0] == b""
        assert there.lines == 1


@pytest.mark.parametrize("tunnel", [False, True], ids=["plain", "tunnel"])
def test_no_more_comes_through_than_there_is_room_for(tunnel: bool) -> None:
    room = 1_000_000

    def flood(line: socket.socket) -> None:
        head_of(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
        with suppress(OSError):
            line.sendall(bytes(50_000_000))

    with far(flood) as there, open_way([there.place], room=room) as way, through(way) as line:
        if tunnel:
            line.sendall(f"CONNECT {there.place} HTTP/1.1\r\n\r\n".encode())
            assert head_of(line).startswith(b"HTTP/1.1 200 ")
            line.sendall(b"GET / HTTP/1.1\r\n\r\n")
        else:
            asked(line, there.place)
        rest_of(line)
        assert room < way.received < room + AT_ONCE
        assert way.full
        assert not way.refuses(f"http://{there.place}/")
        with through(way) as other:
            asked(other, there.place)
            assert rest_of(other)[0] == b"", "nor does anything else come this way"
        assert "megabytes" in way.why(f"http://{there.place}/")
        assert there.lines == 1


def test_bodies_go_up_as_streams_by_length_and_by_pieces() -> None:
    sent = os.urandom(200_000)
    pieces = b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
    seen: list[bytes] = []

    def clerk(line: socket.socket) -> None:
        for size in (len(sent), len(pieces)):
            head_of(line)
            seen.append(exactly(line, size))
            line.sendall(OK)

    with far(clerk) as there, open_way([there.place]) as way, through(way) as line:
        for more, body in ((b"Content-Length: 200000\r\n", sent), (b"Transfer-Encoding: chunked\r\n", pieces)):
            asked(line, there.place, b"POST", more)
            line.sendall(body)
            assert exactly(line, len(OK)) == OK
    assert seen == [sent, pieces]
    assert there.lines == 1


def test_an_answer_that_comes_before_the_body_is_sent_is_handed_back_and_ends_the_connection() -> None:
    with far(answers(OK)) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place, b"POST", b"Content-Length: 200000\r\n")
        assert rest_of(line)[0] == OK


def test_a_tunnel_carries_everything_both_ways_and_ends_with_either_side() -> None:
    def echo(line: socket.socket) -> None:
        while piece := line.recv(65536):
            line.sendall(piece[::-1])
            if piece == b"end":
                return

    with far(echo) as there, open_way([there.place]) as way, through(way) as line:
        line.sendall(b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % ((there.place.encode(),) * 2))
        assert head_of(line) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        for said in (b"\x00\x01GET / HTTP/1.1\r\n\r\n", b"abc"):
            line.sendall(said)
            assert exactly(line, len(said)) == said[::-1]
        assert way.address(f"https://{there.place}/") == "127.0.0.1"
        line.sendall(b"end")
        assert rest_of(line) == (b"dne", True)


def test_the_last_words_of_a_client_reach_the_site_though_it_closes_at_once() -> None:
    heard: list[bytes] = []
    done = threading.Event()

    def clerk(line: socket.socket) -> None:
        time.sleep(0.3)
        heard.append(rest_of(line)[0])
        done.set()

    with far(clerk) as there, open_way([there.place]) as way:
        with through(way) as line:
            line.sendall(b"CONNECT %s HTTP/1.1\r\n\r\n" % there.place.encode())
            head_of(line)
            line.sendall(bytes(3_000_000))
        assert done.wait(BOUND)
    assert len(heard[0]) == 3_000_000


def test_a_client_that_goes_away_ends_the_connection_to_the_site() -> None:
    gone = threading.Event()

    def clerk(line: socket.socket) -> None:
        head_of(line)
        try:
            if not line.recv(1):
                gone.set()
        except ConnectionResetError:
            gone.set()

    with far(clerk) as there, open_way([there.place]) as way:
        with through(way) as line:
            asked(line, there.place)
            time.sleep(0.2)
        assert gone.wait(BOUND)


def test_a_site_that_says_nothing_more_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.ways.passage.IDLE", 0.5)

    def clerk(line: socket.socket) -> None:
        head_of(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha")
        line.recv(1)

    with far(clerk) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place)
        assert rest_of(line)[1] is False
        assert way.why(f"http://{there.place}/") == f"{there.place}: silent for 0.5 s"


def test_a_drip_that_never_stops_for_long_is_passed_on_as_it_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.ways.passage.IDLE", 1.0)

    def clerk(line: socket.socket) -> None:
        head_of(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n")
        for _ in range(15):
            time.sleep(0.1)
            line.sendall(b"x")

    with far(clerk) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place)
        assert rest_of_length(line, 15) == b"x" * 15


def rest_of_length(line: socket.socket, size: int) -> bytes:
    head_of(line)
    return exactly(line, size)


@pytest.mark.parametrize("tunnel", [False, True])
def test_a_gigabyte_passes_and_our_memory_does_not_grow(tunnel: bool) -> None:
    piece = bytes(1024 * 1024)

    def clerk(line: socket.socket) -> None:
        head_of(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (1024 * len(piece)))
        for _ in range(1024):
            line.sendall(piece)

    this = psutil.Process()
    with far(clerk) as there, open_way([there.place]) as way, through(way) as line:
        if tunnel:
            line.sendall(b"CONNECT %s HTTP/1.1\r\n\r\n" % there.place.encode())
            head_of(line)
            line.sendall(b"GET / HTTP/1.1\r\n\r\n")
        else:
            asked(line, there.place)
        head_of(line)
        before, most, left = this.memory_info().rss, 0, 1024 * len(piece)
        room = bytearray(256 * 1024)
        while left:
            left -= line.recv_into(room, min(left, len(room)))
            most = max(most, this.memory_info().rss)
        assert way.received > 1024 * len(piece)
    assert most - before < 30 * 1024 * 1024


def test_a_client_that_reads_nothing_holds_the_site_up_and_not_our_memory() -> None:
    sent = 0

    def clerk(line: socket.socket) -> None:
        nonlocal sent
        head_of(line)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(bytes(65536))
            sent += 65536

    with far(clerk) as there, open_way([there.place]) as way, through(way) as line:
        asked(line, there.place)
        before = -1
        until = time.monotonic() + BOUND
        while before != sent and time.monotonic() < until:
            before = sent
            time.sleep(0.5)
        assert 0 < sent == before < 100 * 1024 * 1024, "what the systems' own buffers take, and no more"
        assert way.received < 20 * 1024 * 1024


def test_more_connections_than_a_page_needs_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.ways.way.MOST_AT_ONCE", 3)
    with far(answers(OK)) as there, open_way([there.place]) as way:
        lines = [socket.create_connection(("127.0.0.1", int(way.url.rpartition(":")[2])), BOUND) for _ in range(3)]
        for line in lines:
            line.sendall(b"GET")
        time.sleep(0.2)
        with through(way) as fourth:
            assert rest_of(fourth)[0] == b""
        for line in lines:
            line.close()
        until = time.monotonic() + BOUND
        while time.monotonic() < until:
            with through(way) as line:
                asked(line, there.place)
                if exactly_or_none(line, len(OK)) == OK:
                    return
        pytest.fail("the room was not given back")


@pytest.mark.parametrize("turns", [0, *range(2, 8)])  # at 1 asyncio itself leaves it to the garbage collector
def test_a_way_that_is_closed_while_somebody_arrives_leaves_no_connection_open(turns: int) -> None:
    async def closed_after() -> socket.socket:
        way = Way([], look_up, shut=True, room=0.0)
        await way.begin()
        line = socket.create_connection(("127.0.0.1", int(way.url.rpartition(":")[2])), BOUND)
        for _ in range(turns):
            await asyncio.sleep(0)
        await asyncio.wait_for(way.end(), BOUND)
        line.settimeout(1.0)
        with suppress(ConnectionResetError):
            assert await asyncio.to_thread(line.recv, 1) == b""
        return line

    asyncio.run(closed_after()).close()


def exactly_or_none(line: socket.socket, size: int) -> bytes:
    try:
        return exactly(line, size)
    except ConnectionResetError:
        return b""
