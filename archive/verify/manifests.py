"""Holds the manifest of every look against the rows of that look."""

from collections.abc import Iterator
from typing import Any

from archive.entries import BEFORE, bare, digest
from archive.raw import Text
from archive.store import FolderStore
from archive.verify.fault import Found, Means
from archive.verify.ledger import FAULTY, Leaf
from archive.verify.tables import Tables

SAME = ("url", "final_url", "status", "at", "capture", "missing", "environment")  # of manifest and row alike
KEYS = {"v", "listing", "exchanges", "exhibits", *SAME}


class Manifests:
    """The manifests, as entry after entry tells of looks."""

    def __init__(self, tables: Tables, store: FolderStore, found: Found) -> None:
        self._tables, self._store, self._found = tables, store, found

    def told(self, leaf: Leaf) -> None:
        """Check the manifest of each look that LEAF's entry tells of."""
        if leaf.said is None or leaf.said["kind"] == BEFORE:
            return
        try:
            for visit in leaf.said["rows"].get("visit", []):
                files = [row for row in leaf.said["rows"].get("visit_exhibit", []) if row["visit_id"] == visit["id"]]
                self._look(leaf, visit, sorted(files, key=lambda row: row["position"]))
        except (*FAULTY, AttributeError):
            self._found.fault(leaf.where, "tells of a look, but not as we write one", Means.ENTRY, leaf.at)

    def _look(self, leaf: Leaf, visit: dict[str, Any], files: list[dict[str, Any]]) -> None:
        listing = self._listing(visit["listing_id"])
        where = f"visit {visit['id']} of listing {visit['listing_id']} ({'/'.join(listing[:2])}), {leaf.where}"
        if not files or files[-1]["role"] != "manifest":
            self._found.fault(where, "has no manifest", Means.BINDING, leaf.at)
            return
        body = self._body(files[-1]["sha256"])
        if body is None:
            return  # erased, or named when files are hashed
        self._found.checked["manifests"] += 1
        for fault in self._faults(body, visit, files[:-1], listing):
            self._found.fault(
                f"{where}, evidence/{files[-1]['sha256'][:2]}/{files[-1]['sha256']}", fault, Means.BINDING, leaf.at
            )

    def _faults(
        self, body: bytes, visit: dict[str, Any], files: list[dict[str, Any]], listing: list[str]
    ) -> Iterator[str]:
        try:
            said = bare(body)
        except FAULTY:
            yield "is no canonical JSON"
            return
        if set(said) != KEYS:
            yield "has other parts than a manifest"
            return
        yield from (f"{name} is another than the row's" for name in SAME if said[name] != visit[name])
        if said["listing"] != dict(zip(("platform", "key", "url"), listing, strict=False)):
            yield "speaks of another listing"
        named = [(each["role"], each["sha256"], each["url"]) for each in said["exhibits"]]
        if named != [(each["role"], each["sha256"], each["url"]) for each in files]:
            yield "names other exhibits than the rows"
        sizes = {each["sha256"]: each["size"] for each in said["exhibits"]}
        yield from (
            f"says {size} bytes of {name}" for name, size in sizes.items() if self._size(name) not in {size, None}
        )
        loose = {name for each in said["exchanges"] for name in (each["payload"], *each["certificates"])} - {
            None,
            *sizes,
        }
        if loose:
            yield f"an exchange names what is no exhibit of this look: {', '.join(sorted(map(str, loose)))}"

    def _listing(self, number: Any) -> list[str]:
        row = self._tables.ask("SELECT platform, key, url FROM main.listing WHERE id = ?", number).fetchone()
        return [each.decode("utf-8", "replace") if isinstance(each, Text) else "?" for each in row or ("?",) * 3]

    def _size(self, sha256: str) -> int | None:
        row = self._tables.ask("SELECT size FROM named WHERE sha256 = ?", sha256).fetchone()
        return row[0] if row else None

    def _body(self, sha256: str) -> bytes | None:
        try:
            body = self._store.path(sha256).read_bytes()
        except OSError:
            return None
        return body if digest(body) == sha256 else None
