"""Sorts what a tab asks for by the document that wants it; of other sites' frames and workers nothing is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from config.platform import Platform
from crawler.beside.blackout import Own
from crawler.beside.frames import WEB, Frames, recorded
from crawler.beside.notes import Notes
from crawler.chromium.branch import Branch

MOST_EARLY = 1000  # requests of which something was told before they were
MOST_BEFORE = 8  # documents that are kept for the way back
MOST_COMING = 8  # documents that were asked for and never shown
EXTRA = ("Network.requestWillBeSentExtraInfo", "Network.responseReceivedExtraInfo")
Told = dict[str, Any]


@dataclass(eq=False)
class Paper:
    """One document of the tab, from its first request on."""

    notes: Notes
    asked: str = ""  # the platform's own address that led to it; "": none did
    answer: Told = field(default_factory=dict)  # to the request that brought it
    unheard: bool = False  # it was asked for before we heard of its tab
    cached: bool = False  # it came from the browser's own memory, and the site was not asked
    looked: bool = False
    within: bool = False  # its document went on to it by itself, without loading


class Traffic:
    """The requests of one tab, whose main frame is FRAME; a document may bring at most MOST bytes."""

    def __init__(self, site: Platform, frame: str, own: Own, most: int) -> None:
        self._site, self._frame, self._own, self._most = site, frame, own, most
        self.frames = Frames(site)
        self.branches: dict[str, Branch] = {}  # by session
        self._coming: dict[str, Paper] = {}  # by loader: asked for, and not shown yet
        self._before: dict[str, Paper] = {}  # by loader: shown before
        self._framed: dict[str, Frames] = {}  # by loader: a document to which the browser leads back tells no frames
        self._of: dict[str, Paper | None] = {}  # whose each request is; None: nobody's who is recorded
        self._early: dict[str, list[tuple[Branch, str, Told]]] = {}
        self.paper: Paper | None = None  # what is shown, if it is recorded
        self._loader = ""  # of what is shown

    def join(self, name: str, branch: Branch) -> None:
        """Hear BRANCH too, whose session is NAME."""
        self.branches[name] = branch
        for paper in self._papers():
            paper.notes.join(branch)

    def end(self) -> None:
        """Fetch nothing any more."""
        for paper in self._papers():
            paper.notes.end()

    def _papers(self) -> Iterable[Paper]:
        return (*self._coming.values(), *([self.paper] if self.paper else []))

    def arrived(self, loader: str, url: str) -> tuple[Paper | None, str]:
        """The document of LOADER, at URL, is shown: it, if it is to be recorded; or what of ours led abroad."""
        paper = self._coming.pop(loader, None) or self._before.get(loader)
        if paper is None and recorded(self._site, url):
            paper = Paper(Notes(self._most, self.branches.values()), asked=url, unheard=True)
        led = ""
        if paper is not None and not recorded(self._site, url):
            paper.notes.end()
            led, paper = paper.asked, None
        if paper is not None:
            self._before[loader] = paper  # the browser may lead back to it as it was
            if len(self._before) > MOST_BEFORE:
                del self._before[next(iter(self._before))]
        self.frames = self._framed.pop(loader, Frames(self._site))
        self._framed[loader] = self.frames
        if len(self._framed) > MOST_BEFORE:
            del self._framed[next(iter(self._framed))]
        self.paper, self._loader = paper, loader
        ours = set(self._papers())
        self._of = {number: each for number, each in self._of.items() if each in ours}
        return paper, led

    def again(self, url: str) -> Paper:
        """The document goes on to URL by itself, as a page of its own: the answer that brought it says nothing of it.

        Where it showed what is not recorded, what it asked for is not, either.
        """
        notes = self.paper.notes if self.paper else Notes(self._most, self.branches.values())
        self.paper = self._before[self._loader] = Paper(notes, asked=url, within=True)
        return self.paper

    def hear(self, branch: Branch, event: str, told: Told) -> None:
        """Take one event of the network."""
        number: str = told.get("requestId", "")
        if event == "Network.requestWillBeSent":
            paper = self._asked(branch, number, told)
            for each in self._early.pop(number, []):
                self._tell(paper, *each)
            self._tell(paper, branch, event, told)
        elif number in self._of:
            self._tell(self._of[number], branch, event, told)
        elif event == "Network.responseReceived" and self._is_document(number, told):
            self._of[number] = paper = self._opened(number, told["response"]["url"])
            paper.notes.hear_late(branch, told)
            for each in (*self._early.pop(number, []), (branch, event, told)):
                self._tell(paper, *each)
        elif event in EXTRA:
            self._early.setdefault(number, []).append((branch, event, told))
            if len(self._early) > MOST_EARLY:
                del self._early[next(iter(self._early))]

    def _is_document(self, number: str, told: Told) -> bool:
        """Whether the answer to the request NUMBER is a document of the tab's own, and to be recorded."""
        own = told.get("frameId") == self._frame and number == told.get("loaderId")
        return own and recorded(self._site, told["response"]["url"])

    def _tell(self, paper: Paper | None, branch: Branch, event: str, told: Told) -> None:
        if paper is None:
            return
        if event in EXTRA:
            self._own.proved(told.get("headers", {}))
        if self._coming.get(told.get("requestId", "")) is paper:
            if event == "Network.responseReceived":
                paper.answer = told["response"]
                paper.cached |= bool(told["response"].get("fromDiskCache"))
            paper.cached |= event == "Network.requestServedFromCache"
        paper.notes.hear(branch, event, told)

    def _asked(self, branch: Branch, number: str, told: Told) -> Paper | None:
        """Whose the request NUMBER is: its document's, or nobody's who is recorded."""
        frame, loader, url = told.get("frameId", ""), told.get("loaderId", ""), told["request"]["url"]
        if frame == self._frame and number == loader:
            self._of[number] = self._opened(number, url)
        elif number in self._of:
            return self._of[number]
        elif self._abroad(branch, frame, told.get("type", ""), url):
            self._of[number] = None
        else:
            self._of[number] = self._coming.get(loader, self.paper)
        return self._of[number]

    def _opened(self, number: str, url: str) -> Paper:
        """The document that the request NUMBER is to bring, which leads to URL now."""
        if number not in self._coming:
            self._coming[number] = Paper(Notes(self._most, self.branches.values()))
        paper = self._coming[number]
        if not paper.asked and recorded(self._site, url):
            paper.asked = url
        if len(self._coming) > MOST_COMING:
            self._coming.pop(next(iter(self._coming))).notes.end()
        return paper

    def _abroad(self, branch: Branch, frame: str, kind: str, url: str) -> bool:
        """Whether another site's frame or worker asks."""
        if kind == "Document" and frame and frame != self._frame and url.startswith(WEB):
            return not recorded(self._site, url)
        if branch.kind.endswith("worker"):
            return not recorded(self._site, branch.url.removeprefix("blob:"))
        return self.frames.another(frame)
