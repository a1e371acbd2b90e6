"""Keeps one look at a listing whole: its files, its manifest, its rows; and says whether we kept what we saw.

A capture has succeeded only if what was stored has been opened again and holds the page.
"""

import html
import json
import re
from collections.abc import Iterator, Sequence

from archive import intake, likeness
from archive.facts import Capture, Exhibit, Reading, Role, Snapshot
from archive.manifest import MEDIA_TYPE, files, manifest
from archive.rows import visit
from archive.store import FolderStore
from archive.todo import Task
from archive.vault import Vault

TAG = re.compile(r"<[^>]*>")
SPACE = re.compile(r"\s+")
ESCAPED = re.compile(r'(?:\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))+')  # as JSON writes what it cannot write plainly
PAGE = (Role.DOM, Role.PAYLOAD, Role.TEXT)  # where the page's title and key can stand


def take(vault: Vault, task: Task, url: str, snapshot: Snapshot, reading: Reading, put_off: str = "") -> int:
    """Keep the look that TASK asked for (canonical address URL), and answer the visit's id.

    PUT_OFF: see archive/rows/visit.py.
    """
    looked = _Look({"platform": task.lane, "key": task.detail["key"], "url": url}, snapshot, reading)
    rows = visit.looked(task, url, looked, put_off)
    return intake.take(vault, rows, looked.files, looked.summed_up)


class _Look:
    """One look on its way into the archive."""

    def __init__(self, listing: dict[str, str], snapshot: Snapshot, reading: Reading) -> None:
        self.snapshot, self.reading = snapshot, reading
        self.files = files(snapshot, reading.images)
        self.capture = Capture.FAILED
        self.missing: tuple[str, ...] = snapshot.missing
        self._listing = listing

    def summed_up(self, store: FolderStore, hashes: Sequence[str]) -> Exhibit:
        """Open again what was stored, decide what it is worth, and write the manifest."""
        kept = tuple(zip(self.files, hashes, strict=True))
        if self.files:
            self.missing = (*self.snapshot.missing, *_lacking(store, kept, self._listing["key"], self.reading))
            self.capture = Capture.PARTIAL if self.missing else Capture.COMPLETE
        body = manifest(self._listing, self.snapshot, kept, capture=self.capture, missing=self.missing)
        return Exhibit(Role.MANIFEST, body, MEDIA_TYPE)


def _lacking(store: FolderStore, kept: Sequence[tuple[Exhibit, str]], key: str, reading: Reading) -> Iterator[str]:
    """What the stored page does not hold, though it was read there."""
    pages = [store.read(sha256).decode("utf-8", "replace") for file, sha256 in kept if file.role in PAGE]
    shown = [_plain(page) for page in pages]
    where = [*shown, *(_plain(file.url) for file, _ in kept)]
    if reading.title and not any(SPACE.sub("", reading.title) in page for page in shown):
        yield "the title that was read does not stand in what was stored"
    if not any(SPACE.sub("", key) in each for each in where):
        yield "the listing's key does not stand in what was stored"
    for file, sha256 in kept:
        if file.role is Role.SCREENSHOT and not likeness.pixels(store.read(sha256)):
            yield "the screenshot that was stored does not open"


def _plain(page: str) -> str:
    """PAGE without tags and white space, then with its tags, then as JSON: a title may stand in any of them."""
    told = ESCAPED.sub(lambda run: str(json.loads(f'"{run[0]}"')), page)
    read = (html.unescape(TAG.sub("", page)), html.unescape(page), told)
    return "\n".join(SPACE.sub("", each) for each in read)
