"""Keeps every request that a page, its frames and its workers send, and what came of it, while there is room."""

import asyncio
import base64
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request

from archive.facts import Exchange
from crawler.chromium.branch import Branch
from crawler.chromium.hop import Hop
from crawler.chromium.roster import unheard

DRAIN = 1.5  # s to wait for what is still on its way when all was seen
LAST = 1.0  # s for what can still be had of it then
EVENTS = (
    "requestWillBeSent", "requestWillBeSentExtraInfo", "responseReceived", "responseReceivedExtraInfo",
    "dataReceived", "loadingFinished", "loadingFailed", "requestServedFromCache",
)  # fmt: skip
VERSION = "ServiceWorker.workerVersionUpdated"
BEGINNING = frozenset({"new", "installing"})  # a service worker that has yet to ask for what it wants
OWN_SCRIPT = "the browser tells of a service worker's own script no more than its address"
REMADE = "its bytes as delivered: the browser told its text, which is put into UTF-8 here"
Told = dict[str, Any]


class _Chain:
    """The hops of one request, and what was told of their heads, each in its order."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.hops: list[Hop] = []
        self.sent: list[Told] = []
        self.came: list[Told] = []
        self.cached = False

    def matched(self) -> list[Hop]:
        """The hops with their heads: those without any were answered by no network."""
        sent, came = iter(self.sent), iter(self.came)
        for hop in self.hops:
            if hop.answer and not hop.answer.get("hasExtraInfo") and not hop.given:
                continue
            hop.sent = next(sent, {}).get("headers")
            hop.came = next(came, None)
        return [] if self.cached else [hop for hop in self.hops if hop.told and (hop.sent or not hop.answer)]


@dataclass(frozen=True)
class _Had:
    """A body that was had while its request was held up."""

    body: bytes | None
    missing: str
    given: bool


class Journal:
    """What one page asked for. Of what is too long, or comes when there is no more room, all but the body is kept."""

    def __init__(self, most: int) -> None:
        self._room = most  # bytes of bodies that may still be had
        self._most = most
        self._chains: dict[str, _Chain] = {}
        self._had: dict[str, _Had] = {}
        self._getting: dict[str, asyncio.Task[None]] = {}
        self._stirred = asyncio.Event()
        self._branches: list[Branch] = []
        self._scripts: dict[str, tuple[str, str]] = {}  # of service workers: address, and how far they are
        self._others: list[Hop] = []  # what we did not hear ourselves
        self.roster: list[Request] = []  # what Playwright saw go
        self._left = False

    @property
    def events(self) -> tuple[str, ...]:
        """The events of CDP that it is to hear."""
        return (*(f"Network.{event}" for event in EVENTS), VERSION)

    async def begin(self, branch: Branch) -> None:
        """Have BRANCH tell what it asks for, and keep bodies for us outside of the page's own process."""
        self._branches.append(branch)
        room = {"maxTotalBufferSize": 2 * self._most, "maxResourceBufferSize": self._most}
        await branch.send("Network.enable", room)
        with suppress(PlaywrightError):  # a target that knows no such thing keeps them itself
            await branch.send("Network.configureDurableMessages", room)
        if branch.kind == "page":
            await branch.send("ServiceWorker.enable")
        if branch.kind.endswith("worker"):  # its script is there, or it would not be; who heard that, we do not know
            for number in [number for number in self._open() if self._chains[number].hops[-1].url == branch.url]:
                self._ended(branch, number, "")

    def hear(self, branch: Branch, event: str, told: Told) -> None:
        """Note one event."""
        if event == VERSION:
            self._scripts |= {each["versionId"]: (each["scriptURL"], each["status"]) for each in told["versions"]}
            self._stirred.set()
            return
        number: str = told.get("requestId", "")
        match event.removeprefix("Network."):
            case "requestWillBeSent":
                self._asked(branch, number, told)
            case "requestWillBeSentExtraInfo":
                self._chain(branch, number).sent.append(told)
            case "responseReceivedExtraInfo":
                self._chain(branch, number).came.append(told)
            case "requestServedFromCache":
                self._chain(branch, number).cached = True
            case "responseReceived":
                self._answered(number, told)
            case "dataReceived":
                self._came(number, told["dataLength"])
            case "loadingFinished":
                self._ended(branch, number, "")
            case "loadingFailed":
                self._ended(branch, number, told.get("blockedReason", "") or told["errorText"])

    def keep(self, number: str, body: bytes | None, missing: str = "", *, given: bool = False) -> None:
        """Keep BODY, which was had otherwise, of the request NUMBER; or say why it is MISSING.

        GIVEN: its answer was held up and handed on by us, so that the page does not know where it came from.
        """
        self._had[number] = _Had(body, missing, given)

    async def drain(self) -> None:
        """Wait until all that was asked for has come, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                while self._open() or any(status in BEGINNING for _, status in self._scripts.values()):
                    self._stirred.clear()
                    await self._stirred.wait()
                await asyncio.gather(*self._getting.values(), return_exceptions=True)

    async def leave(self) -> None:
        """Take what can still be had: the certificates, and the bodies that have come to their end."""
        with suppress(TimeoutError, PlaywrightError):
            async with asyncio.timeout(LAST):
                await asyncio.gather(*map(_caught_up, self._branches))  # what was told before has been heard by then
                self._left = True
                await asyncio.gather(*self._getting.values(), return_exceptions=True)
                await self._certified()
        for number, had in self._had.items():
            if (chain := self._chains.get(number)) and chain.hops:
                hop = chain.hops[-1]
                hop.body, hop.missing, hop.given = had.body, had.missing, had.given
        known = [hop for chain in self._chains.values() for hop in chain.hops]
        _lent(known)
        self._others = await unheard(self.roster, known)
        went = (hop for chain in self._chains.values() for hop in chain.matched())
        heard = {hop.url for hop in (*went, *self._others)}
        for url in {url for url, _ in self._scripts.values()} - heard:
            own = {"url": url, "method": "GET"}
            self._others.append(Hop(own, "Script", time.time(), missing=OWN_SCRIPT))
        for task in self._getting.values():
            task.cancel()
        await asyncio.gather(*self._getting.values(), return_exceptions=True)

    def exchanges(self) -> tuple[Exchange, ...]:
        """All that was asked for, in the order in which it was."""
        hops = [hop for chain in self._chains.values() for hop in chain.matched()] + self._others
        return tuple(hop.exchange() for hop in sorted(hops, key=lambda hop: hop.at))

    def _chain(self, branch: Branch, number: str) -> _Chain:
        return self._chains.setdefault(number, _Chain(branch))

    def _asked(self, branch: Branch, number: str, told: Told) -> None:
        chain = self._chain(branch, number)
        chain.branch = branch
        if chain.hops and (answer := told.get("redirectResponse")):
            before = chain.hops[-1]
            before.answer = answer | {"hasExtraInfo": told.get("redirectHasExtraInfo", False)}
            before.ended = before.redirected = True
        elif chain.hops:
            return  # a second target tells of the same request
        kind = "Preflight" if told["initiator"]["type"] == "preflight" else told.get("type", "Other")
        chain.hops.append(Hop(told["request"], kind, told["wallTime"]))

    def _answered(self, number: str, told: Told) -> None:
        chain = self._chains.get(number)
        if chain and chain.hops:
            chain.hops[-1].answer = told["response"] | {"hasExtraInfo": told["hasExtraInfo"]}

    def _came(self, number: str, size: int) -> None:
        chain = self._chains.get(number)
        if chain and chain.hops:
            chain.hops[-1].size += size

    def _ended(self, branch: Branch, number: str, failed: str) -> None:
        chain = self._chain(branch, number)
        if chain.hops and not chain.hops[-1].ended:
            hop = chain.hops[-1]
            hop.ended, hop.failed = True, failed
            chain.matched()
            if number not in self._had and hop.told and hop.status:
                self._get(branch, number, hop)
        self._stirred.set()

    def _get(self, branch: Branch, number: str, hop: Hop) -> None:
        if hop.bodiless or self._left:
            return
        if hop.heads.get("content-length") == "0":
            hop.body = b""
            return
        if hop.size > self._room:
            hop.missing = f"beyond the {self._most} bytes of what a page loads"
            return
        self._room -= hop.size
        task = self._getting[number] = asyncio.ensure_future(self._got(branch, number, hop))
        task.add_done_callback(lambda _: self._getting.pop(number, None))

    async def _got(self, branch: Branch, number: str, hop: Hop) -> None:
        """Have the body of HOP from BRANCH, or from whichever target it went on to."""
        said = ""
        for each in dict.fromkeys((branch, self._chains[number].branch, *self._branches)):
            try:
                told = await each.send("Network.getResponseBody", {"requestId": number})
            except PlaywrightError as problem:
                said = said or _in_words(problem)
            else:
                hop.body = base64.b64decode(told["body"]) if told["base64Encoded"] else told["body"].encode()
                if not told["base64Encoded"] and len(hop.body) != hop.size:
                    hop.missing = REMADE
                return
        hop.missing = hop.missing or hop.failed or f"its body: {said}"

    def _open(self) -> list[str]:
        return [number for number, chain in self._chains.items() if chain.hops and not chain.hops[-1].ended]

    async def _certified(self) -> None:
        """The certificates of each place, as the target that saw them tells; none that does not fit its TLS."""
        places: dict[tuple[Branch, str], list[Hop]] = {}
        for chain in self._chains.values():
            for hop in chain.hops:
                if hop.answer.get("securityDetails"):
                    places.setdefault((chain.branch, _origin(hop)), []).append(hop)
        for (branch, origin), hops in places.items():
            with suppress(PlaywrightError):
                told = (await branch.send("Network.getCertificate", {"origin": origin}))["tableNames"]
                chain_of = tuple(base64.b64decode(each) for each in told)
                for hop in hops:
                    hop.certificates = chain_of if _fits(chain_of, hop.answer["securityDetails"]) else ()


def _origin(hop: Hop) -> str:
    parts = urlsplit(hop.url)
    return f"{parts.scheme}://{parts.netloc}"


def _fits(chain: tuple[bytes, ...], said: Told) -> bool:
    """Whether the first certificate of CHAIN is the one that was SAID to have been shown."""
    if not chain:
        return False
    first = x509.load_der_x509_certificate(chain[0])
    begins, ends = first.not_valid_before_utc.timestamp(), first.not_valid_after_utc.timestamp()
    return bool(begins == said["validFrom"] and ends == said["validTo"])


def _lent(hops: list[Hop]) -> None:
    """Give what was handed on by us the TLS of the first connection to its place: the browser tells none of it."""
    safe = sorted((hop for hop in hops if hop.certificates), key=lambda hop: hop.answer.get("connectionId", 0))
    first = {_origin(hop): hop for hop in reversed(safe)}
    for hop in hops:
        if hop.given and not hop.certificates and (other := first.get(_origin(hop))):
            hop.answer = hop.answer | {"securityDetails": other.answer["securityDetails"], "lent": True}
            hop.certificates = other.certificates


async def _caught_up(branch: Branch) -> None:
    """Have BRANCH answer anything, unless it is gone."""
    with suppress(PlaywrightError):
        await branch.send("Target.setAutoAttach", {"autoAttach": False, "waitForDebuggerOnStart": False})


def _in_words(problem: PlaywrightError) -> str:
    return problem.message.splitlines()[0].rpartition("): ")[2]
