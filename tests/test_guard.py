"""The guard, asked from plain threads: where it goes, where it does not, what it says, what it leaves behind."""

import asyncio
import gc
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener, urlopen

import psutil
import pytest

from crawler import guard
from crawler.guard import open_way
from crawler.ways.public import closed, whereabouts
from crawler.ways.way import Way
from tests.site import Answer, Site, opened
from tests.tripwire import Canary, knocked

THIS_MACHINE = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0X7F000001", "0177.0.0.1",
    "0x7f.0.0.1", "0x7f.1", "127.0x1", "0177.0x1", "localhost", "LOCALHOST", "0.0.0.0", "0", "0x0", "00",
    "１２７.０.０.１", "127。0。0。1", "::1", "0:0:0:0:0:0:0:1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::ffff:0:0",
)  # fmt: skip
ELSEWHERE = {  # where no test can go, and no guard may: the address and what it must say
    "10.0.0.1": "private", "10.255.255.255": "private", "172.16.0.1": "private", "172.31.255.255": "private",
    "192.168.1.1": "private", "100.64.0.1": "provider", "100.127.255.255": "provider", "169.254.169.254": "wire",
    "0.1.2.3": "no machine", "192.0.0.8": "protocols", "192.0.0.170": "protocols", "192.0.2.1": "examples",
    "198.51.100.7": "examples", "203.0.113.7": "examples", "198.18.0.1": "VPN", "198.19.255.255": "VPN",
    "192.88.99.1": "relay", "224.0.0.1": "group", "239.255.255.250": "group", "240.0.0.1": "reserved",
    "255.255.255.255": "reserved", "192.31.196.1": "sink", "192.175.48.1": "sink", "192.52.193.1": "relay",
    "167772161": "private", "0xa9fea9fe": "wire", "0251.0376.0251.0376": "wire", "10.1": "private",
    "fd00::1": "private", "fc00::1": "private", "fec0::1": "private", "fe80::1": "wire", "ff02::1": "group",
    "ff0e::1": "group", "2001:db8::1": "examples", "3fff::1": "examples", "100::1": "outside", "5f00::1": "outside",
    "4000::1": "outside", "e000::1": "outside", "2001::1": "tunnel", "2001:0:7f00:1::": "tunnel",
    "2001:10::1": "protocols", "2001:20::1": "protocols", "2620:4f:8000::1": "sink",
    "::10.0.0.1": "disguise", "::127.0.0.1": "disguise", "::ffff:10.0.0.1": "private", "::ffff:0:10.0.0.1": "outside",
    "64:ff9b::10.0.0.1": "10.0.0.1 in disguise", "64:ff9b::7f00:1": "127.0.0.1 in disguise",
    "64:ff9b:1::808:808": "translator", "2002:a00:1::": "10.0.0.1 in disguise", "2002:7f00:1::1": "in disguise",
    "2600:1::5efe:10.0.0.1": "10.0.0.1 in disguise", "2600:1::200:5efe:7f00:1": "127.0.0.1 in disguise",
}  # fmt: skip
UNFIT = (
    "256.1.1.1",
    "1.2.3.4.5",
    "08.0.0.1",
    "4294967296",
    "a b",
    "例子.example",
    "fe80::1%eth0",
    "fe80::1%25eth0",
    "-x",
    "",
)
OPEN = ("1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2600::1", "2001:4860:4860::8888",
        "64:ff9b::8.8.8.8", "2002:808:808::1", "::ffff:8.8.8.8", "134744072")  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as canary:
        yield canary


def place(site: Site) -> str:
    return site.base.removeprefix("http://")


def fetched(way: Way, url: str) -> bytes:
    """What an ordinary client is given for URL through WAY."""
    body: bytes = build_opener(ProxyHandler({"http": way.url, "https": way.url})).open(url, timeout=10).read()
    return body


def in_vain(way: Way, url: str) -> bool:
    """Whether the same client is given nothing."""
    try:
        fetched(way, url)
    except HTTPError:
        return False
    except OSError:
        return True
    return False


def said(way: Way, request: bytes) -> bytes:
    """All that WAY answers to REQUEST."""
    with socket.create_connection(("127.0.0.1", int(way.url.rpartition(":")[2])), 10) as line:
        line.sendall(request)
        heard = b""
        try:
            while piece := line.recv(65536):
                heard += piece
        except ConnectionResetError:
            pass
    return heard


def in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def test_every_disguise_of_this_machine_would_reach_it_and_none_does_through_the_guard(canary: Canary) -> None:
    port = canary.port("this machine")
    asleep = [host for host in THIS_MACHINE if not knocked(host, port)]
    assert asleep == [], "these prove nothing: no C library takes them for this machine"
    assert canary.awake({"this machine"}, 5)
    time.sleep(0.1)
    canary.hits.clear()
    with open_way() as way:
        for host in THIS_MACHINE:
            there = f"{in_brackets(host)}:{port}".encode()
            for user in (b"", b"u:p@"):
                assert said(way, b"GET http://%s%s/ HTTP/1.1\r\nHost: %s\r\n\r\n" % (user, there, there)) == b""
                answer = said(way, b"CONNECT %s%s HTTP/1.1\r\nHost: %s\r\n\r\n" % (user, there, there))
                assert answer.startswith(b"HTTP/1.1 502 ")
        assert way.count == 4 * len(THIS_MACHINE)
        assert way.received == 0
    assert canary.hits == {}


def test_no_address_outside_the_open_internet_is_asked_and_the_reason_names_its_net() -> None:
    with open_way() as way:
        for host, words in ELSEWHERE.items():
            there = f"{in_brackets(host)}:81"
            assert said(way, f"CONNECT {there} HTTP/1.1\r\n\r\n".encode()).startswith(b"HTTP/1.1 502 "), host
            why = way.why(f"http://{there}/")
            assert why.startswith("the guard refused ")
            assert words in why, host
            assert "/" in why, "it names the net"
            assert "\n" not in why
            assert way.refuses(f"http://{there}/")
        assert len(way.refused) == way.count == len(ELSEWHERE)
        assert "redir-host" in way.why("http://198.18.0.1:81/"), "how to mend a VPN that lies"


def test_what_is_open_is_open() -> None:
    for host in OPEN:
        address = whereabouts(host)
        assert not isinstance(address, str)
        assert closed(address) == "", host
    assert closed(ipaddress.ip_address("8.8.8.8"), {ipaddress.ip_address("8.8.8.8")}) == "this machine"


def test_what_is_neither_a_name_nor_an_address_is_refused_without_being_looked_up() -> None:
    def never(name: str, port: int) -> Sequence[str]:
        pytest.fail(f"{name!r} was looked up")

    with open_way(resolve=never) as way:
        for host in UNFIT:
            assert b" 200 " not in said(way, f"CONNECT {in_brackets(host)}:81 HTTP/1.1\r\n\r\n".encode())
        assert {refusal.why for refusal in way.refused} == {
            "neither a name nor an address",
            "an address on one network card",
        }


def test_a_plain_thread_reads_an_allowed_site_through_it_and_learns_its_address(site: Site) -> None:
    with open_way([place(site)]) as way:
        assert way.address(site.base) == ""
        assert fetched(way, site.base + "/item/1") == urlopen(site.base + "/item/1").read()
        assert way.address(site.base) == way.address(site.base + "/other") == "127.0.0.1"
        assert way.why(site.base) == ""
        assert (way.count, way.refused) == (0, ())
        assert way.received > 100


def test_without_being_allowed_the_same_site_is_not_asked(site: Site) -> None:
    with open_way(["127.0.0.1:1"]) as way:
        assert in_vain(way, site.base)
        assert way.refuses(site.base)
    assert site.log == []


def test_a_way_that_is_shut_refuses_and_counts_even_what_is_public() -> None:
    with open_way(shut=True) as way:
        for _ in range(3):
            said(way, b"CONNECT 1.1.1.1:443 HTTP/1.1\r\n\r\n")
        assert way.count == 3


def answering(*answers: Sequence[str] | OSError) -> tuple[list[str], Callable[[str, int], Sequence[str]]]:
    """A name server that gives ANSWERS one after the other, the last for ever; and what it was asked."""
    asked: list[str] = []

    def resolve(name: str, port: int) -> Sequence[str]:
        asked.append(name)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, OSError):
            raise answer
        return answer

    return asked, resolve


@pytest.mark.parametrize(
    "answer",
    [
        ["10.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["10.0.0.1", "1.1.1.1"], ["2600::1", "::1"],
        ["1.1.1.1", "fe80::1%eth0"], ["::ffff:192.168.0.1"], ["64:ff9b::a00:1"], ["1.1.1.1"] * 9 + ["127.0.0.1"],
        ["198.18.3.4"], ["shop.example"],
    ],
)  # fmt: skip
def test_a_name_of_which_one_answer_is_not_public_is_refused_whole(answer: list[str]) -> None:
    _, resolve = answering(answer)
    with open_way(resolve=resolve) as way:
        assert said(way, b"CONNECT shop.example:443 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 502 ")
        (refusal,) = way.refused
    assert (refusal.host, refusal.port) == ("shop.example", 443)
    assert refusal.why.startswith("it leads to ") or "network card" in refusal.why


def test_a_name_that_changes_between_check_and_connection_leads_where_it_was_checked(
    site: Site, canary: Canary
) -> None:
    """The canary sits at [::1] on a port where the site answers at 127.0.0.1."""
    port = canary.port("changed")
    asked, changing = answering(["127.0.0.1"], ["::1"])

    assert changing("shop.example", port) == ["127.0.0.1"]  # the check of a proxy that trusts the name
    assert knocked(changing("shop.example", port)[0], port)  # and its connection
    assert canary.awake({"changed"}, 5)
    canary.hits.clear()
    asked.clear()
    with opened() as shop, open_way([f"shop.example:{place(shop).rpartition(':')[2]}"], resolve=changing) as way:
        url = f"http://shop.example:{place(shop).rpartition(':')[2]}/item/1"
        for _ in range(20):
            fetched(way, url)  # each by a connection of its own
        assert way.address(url) == "127.0.0.1"
        assert len(shop.asked("/item/1")) == 20
    assert asked == ["shop.example"]
    assert canary.hits == {}


def test_an_address_that_takes_no_more_connections_is_let_go_of_and_the_next_one_is_checked() -> None:
    asked, resolve = answering(["127.0.0.1"], ["10.0.0.1"])
    with ExitStack() as stack, opened() as shop:
        port = place(shop).rpartition(":")[2]
        url = f"http://shop.example:{port}/item/1"
        way = stack.enter_context(open_way([f"127.0.0.1:{port}"], resolve=resolve))
        fetched(way, url)
        gone = stack.pop_all()
    with gone:
        for expected in (f"connection refused by 127.0.0.1:{port}", "it leads to 10.0.0.1, private (10.0.0.0/8)"):
            assert in_vain(way, url)
            assert expected in way.why(url)
    assert asked == ["shop.example"] * 2


def test_what_cannot_be_reached_is_said_in_plain_words_and_is_no_refusal() -> None:
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{taken.getsockname()[1]}"
        nobody = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        later = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        for answers, url, words in (
            ([[]], f"http://{dead}/", f"connection refused by {dead}"),
            ([nobody], "http://none.example/", "no such name: none.example"),
            ([[]], "http://empty.example/", "no such name: empty.example"),
            ([later], "https://later.example/", "later.example: Temporary failure in name resolution"),
        ):
            with open_way([dead], resolve=answering(*answers)[1]) as way:
                assert in_vain(way, url)
                assert way.why(url) == words
                assert not way.refuses(url)
                assert way.count == 0


def test_a_silent_address_is_given_up_in_time_and_said_to_be_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.ways.way.LAST", 0.3)
    with socket.socket() as full:  # its queue is full: the system answers nobody
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        there = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(there)
        url = f"https://127.0.0.1:{there[1]}/"
        with open_way([f"127.0.0.1:{there[1]}"]) as way:
            assert in_vain(way, url)
            assert way.why(url) == f"no answer from 127.0.0.1:{there[1]} within 0.3 s"
        for one in waiting:
            one.close()


def test_a_name_server_that_keeps_silent_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.ways.lookup.SECONDS", 0.3)
    let_go = threading.Event()

    def silent(name: str, port: int) -> Sequence[str]:
        let_go.wait(30)
        return []

    with open_way(resolve=silent) as way:
        assert in_vain(way, "https://slow.example/")
        assert way.why("https://slow.example/") == "no name server answered for slow.example within 0.3 s"
        let_go.set()


def test_a_trouble_is_forgotten_once_the_place_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        url = f"http://127.0.0.1:{port}/"
        with open_way([f"127.0.0.1:{port}"]) as way:
            assert in_vain(way, url)
            assert "refused by" in way.why(url)
            taken.listen()
            threading.Thread(target=_one_answer, args=(taken,)).start()
            assert fetched(way, url) == b"x"
            assert way.why(url) == ""


def _one_answer(listening: socket.socket) -> None:
    line, _ = listening.accept()
    with line:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")


def test_a_page_that_asks_for_ever_more_private_places_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.ways.way.MOST_NOTED", 20)
    with open_way() as way:
        for number in range(50):
            said(way, b"CONNECT 10.0.0.%d:80 HTTP/1.1\r\n\r\n" % number)
        assert way.count == 50
        assert len(way.refused) == 20
        assert way.why("http://10.0.0.49:80/"), "the last is known"
        assert way.why("http://10.0.0.0:80/") == "", "the first is let go of"


def test_two_ways_know_nothing_of_each_other(site: Site) -> None:
    with open_way([place(site)]) as one, open_way() as other:
        fetched(one, site.base + "/item/1")
        assert said(other, f"GET {site.base}/ HTTP/1.1\r\nHost: {place(site)}\r\n\r\n".encode()) == b""
        assert one.count == 0
        assert other.address(site.base) == ""


def test_a_way_that_is_closed_leaves_no_task_no_socket_and_no_thread(site: Site) -> None:
    hold = threading.Event()
    site.answers["/slow"] = lambda: Answer("x") if hold.wait(30) else Answer("late", 500)
    with open_way([place(site)]) as way:  # whatever is made once is made
        fetched(way, site.base + "/item/1")
    this = psutil.Process()
    before = (this.num_fds(), threading.active_count())
    (running,) = guard._guards  # noqa: SLF001  (what it leaves behind is not for others to see)
    ways = [open_way([place(site)]) for _ in range(5)]
    lines = []
    for way in ways:
        for request in (f"GET {site.base}/slow", f"CONNECT {place(site)}", "GET htt"):
            line = socket.create_connection(("127.0.0.1", int(way.url.rpartition(":")[2])), 10)
            line.sendall(f"{request} HTTP/1.1\r\n\r\n".encode() if "htt" not in request[-4:] else request.encode())
            lines.append(line)
    until = time.monotonic() + 10
    while len(site.asked("/slow")) < 5 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(site.asked("/slow")) == 5
    for way in ways:
        way.close()
        way.close()  # twice is once
    for line in lines:
        assert _ended(line), "the client is told"
        line.close()
    hold.set()
    tasks = asyncio.run_coroutine_threadsafe(_tasks(), running._loop).result(5)  # noqa: SLF001
    assert tasks == 0
    until = time.monotonic() + 10
    while (this.num_fds(), threading.active_count()) > before and time.monotonic() < until:
        gc.collect()
        time.sleep(0.05)  # the site lets go of its ends
    assert (this.num_fds(), threading.active_count()) <= before


def _ended(line: socket.socket) -> bool:
    line.settimeout(5)
    try:
        while line.recv(65536):
            pass
    except ConnectionResetError:
        return True
    return True


async def _tasks() -> int:
    return len(asyncio.all_tasks()) - 1


def test_the_guard_ends_with_what_it_opened_and_can_begin_anew(site: Site) -> None:
    way = open_way([place(site)])
    guard.close()
    assert not way.open
    assert "guard" not in {thread.name for thread in threading.enumerate()}
    way.close()
    with open_way([place(site)]) as anew:
        fetched(anew, site.base + "/item/1")
    assert "guard" in {thread.name for thread in threading.enumerate()}
