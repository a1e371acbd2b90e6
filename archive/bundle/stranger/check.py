"""Checks a bundle: its files, its checkpoints, its entries, and every look against what the ledger says of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from zipfile import BadZipFile

from archive.bundle.stranger.files import BROKEN, HEX, Files
from archive.bundle.stranger.names import HISTORY, KEYS, LIST, NAME, strangers
from archive.bundle.stranger.stamps import stamped
from archive.bundle.stranger.tree import LONGEST, Key, included, keyed, noted, roots, spelt
from archive.bundle.stranger.wacz import differences
from archive.bundle.stranger.words import Findings


def examined(path: str) -> Findings:
    """What the bundle at PATH (a folder or a zip) proves, and everything that is wrong with it. Never raises."""
    found = Findings()
    try:
        files = Files(path)
    except BadZipFile:
        found.fault(path, "no_bundle")
        return found
    except BROKEN as problem:
        found.fault(path, "unreadable", problem)
        return found
    if not files.refused and not {LIST, KEYS} & {*files.sizes}:
        found.fault(path, "no_bundle")
        return found
    for name in files.refused:
        found.fault(name, "unsafe")
    for name in files.junk:
        found.note(name, "junk")
    _Check(files, found).all()
    return found


class _Check:
    """One bundle under examination."""

    def __init__(self, files: Files, found: Findings) -> None:
        self.files, self.found = files, found
        self.keys: list[Key] = []
        self.named: list[tuple[int, Key]] = []  # by which entry the ledger names which key; in order
        self.seals: dict[int, bytes] = {}  # entries -> root, of every checkpoint whose signature holds
        self.signers: dict[int, list[Key]] = {}  # entries -> who signed that checkpoint
        self.rows: dict[
            str, list[dict[str, Any]]
        ] = {}  # of every entry that is proved: table -> rows, private columns too
        self.late: dict[int, Any] = {}  # visits that are older than the ledger
        self.used: dict[str, int] = {}  # SHA-256 of exhibits that the ledger names
        self.broken: set[str] = set()  # and of those that are not as it names them: named once, and no more

    def all(self) -> None:
        """Check everything, in order: what stands first is what later checks stand on."""
        self._step(LIST, self._listed)
        self._step(KEYS, self._known)
        for name, _ in self.files.named(r"checkpoints/(\d{12})\.note"):
            self._step(name, self._sealed, name)
        for name, number in self.files.named(r"ledger/(\d{12})\.json"):
            self._step(name, self._entered, name, int(number))
        if not self.seals:
            self.found.fault("checkpoints/", "missing")
        self._step(HISTORY, self._grown)
        self._step(KEYS, self._owned)
        self._step("looks/", self._looked)
        self._step(LIST, self._about)
        self._leftover()
        self._step("stamps/", stamped, self.files, self.found)

    def _step(self, name: str, step: Callable[..., None], *facts: Any) -> None:
        try:
            step(*facts)
        except KeyError as problem:
            self.found.fault(name, "missing" if problem.args == (name,) else "unreadable", problem)
        except BROKEN as problem:
            self.found.fault(name, "unreadable", problem)

    def _listed(self) -> None:
        facts = self.files.json(LIST)
        for name, told in facts["files"].items():
            if name not in self.files.sizes:
                self.found.fault(name, "missing")
            else:
                self._step(name, self._same, name, told)
        for name in sorted({*self.files.sizes} - {LIST, *facts["files"]}):
            self.found.fault(name, "unlisted")
        self.found.facts, self.found.practice = facts["about"], facts["practice"] is not False

    def _same(self, name: str, told: dict[str, Any]) -> None:
        body = self.files.read(name)
        if (len(body), hashlib.sha256(body).hexdigest()) != (told["size"], told["sha256"]):
            self.found.fault(name, "altered")

    def _known(self) -> None:
        *lines, last = self.files.read(KEYS).decode().split("\n")
        if last:
            raise ValueError("its last line does not end")
        self.keys = [keyed(line) for line in dict.fromkeys(lines)]

    def _sealed(self, name: str) -> None:
        origin, size, root, signers = noted(self.files.read(name, LONGEST).decode(), self.keys)
        if not signers or f"checkpoints/{NAME.format(size)}.note" != name:
            self.found.fault(name, "signature")
            return
        if self.found.head and self.found.head[0] != origin:
            self.found.fault(name, "origin")
            return
        self.seals[size], self.signers[size] = root, signers
        if not self.found.head or size > self.found.head[1]:
            self.found.head = origin, size, root.hex()

    def _entered(self, name: str, number: int) -> None:
        body = self.files.read(name)
        proofs = self.files.json(name[:-5] + ".proof.json")
        leaf = hashlib.sha256(b"\x00" + body).digest()
        held = [self._in(name, (leaf, number), int(size), proof) for size, proof in proofs.items()]
        if not all(held) or not self.found.head or str(self.found.head[1]) not in proofs:
            if all(held):
                self.found.fault(name, "inclusion", self.found.head[1] if self.found.head else "?")
            return
        told = json.loads(body.decode())
        if self._private(name[:-5] + ".private.json", told):
            self._gather(number, told)

    def _in(self, name: str, leaf: tuple[bytes, int], size: int, proof: list[str]) -> bool:
        path = [bytes.fromhex(each) for each in proof]
        holds = size in self.seals and included(leaf[0], leaf[1], size, path, self.seals[size])
        if not holds:
            self.found.fault(name, "inclusion", size)
        return holds

    def _private(self, name: str, told: dict[str, Any]) -> bool:
        """Whether what stands outside the entry's body is what it names; its columns are put beside the others."""
        if name not in self.files.sizes:
            return True
        body = self.files.read(name)
        if hashlib.sha256(body).hexdigest() != told.get("private"):
            self.found.fault(name, "private")
            return False
        for table, rows in json.loads(body.decode())["rows"].items():
            for row, hidden in zip(told["rows"][table], rows):  # noqa: B905  (Python 3.8)
                row.update(hidden)
        return True

    def _gather(self, number: int, told: dict[str, Any]) -> None:
        self.named.extend((number, keyed(row["verifier"])) for row in told["rows"].get("key", []))
        for table, rows in told["rows"].items():
            self.rows.setdefault(table, []).extend(rows)
        if told["kind"] == "before_the_ledger":
            self.late.update((row["id"], row) for row in told["rows"].get("visit", []))

    def _grown(self) -> None:
        """See that each checkpoint begins the next, up to the newest."""
        grown = roots(self.files.json(HISTORY))
        for size, root in self.seals.items():
            if grown.get(size) != root:
                self.found.fault(HISTORY, "history", size)
        self.found.roots = {size: root.hex() for size, root in grown.items()}

    def _owned(self) -> None:
        """See that each checkpoint was signed by the key that the ledger, up to there, names as its newest."""
        named = [key for _, key in self.named]
        for key in (key for key in self.keys if key not in named):
            self.found.fault(KEYS, "unnamed_key", spelt(key))
        for size, signers in sorted(self.signers.items()):
            newest = [key for index, key in self.named if index < size][-1:]
            if not {*newest} & {*signers}:
                self.found.fault(f"checkpoints/{NAME.format(size)}.note", "not_newest", *map(spelt, signers[:1]))
            self.found.key = "".join(map(spelt, newest))
        self.found.signers = {size: [*map(spelt, signers)] for size, signers in self.signers.items()}
        self.found.named = [(index, spelt(key)) for index, key in self.named]
        kinds = [row["kind"] for row in self.rows.get("origin", [])]
        if kinds not in (["real"], ["practice"]) or self.found.practice != (kinds == ["practice"]):
            self.found.fault(LIST, "about", "practice")

    def _looked(self) -> None:
        visits = sorted(self.rows.get("visit", []), key=lambda row: int(row["id"]))
        if not visits:
            self.found.fault("ledger/", "no_look")
        for visit in visits:
            self._step("looks/" + NAME.format(visit["id"]), self._look, visit)

    def _look(self, visit: dict[str, Any]) -> None:
        number = visit["id"]
        mine = [row for row in self.rows.get("visit_exhibit", []) if row["visit_id"] == number]
        mine.sort(key=lambda row: int(row["position"]))
        whole = [self._exhibit(number, row["sha256"]) for row in mine]
        manifests = [row["sha256"] for row in mine if row["role"] == "manifest"]
        if not all(whole):
            return
        if number in self.late:
            self.found.lack("", "before", number)
            manifest, sha256 = self._remade(visit, mine), f"visit {number}"
        else:
            (sha256,) = manifests
            manifest = self.files.json("exhibits/" + sha256)
            for what in _unlike(manifest, visit, [row for row in mine if row["role"] != "manifest"], self.used):
                self.found.fault("exhibits/" + sha256, "manifest", number, what)
        self.found.look(number, visit["url"], visit["status"], visit["at"], visit["capture"], visit.get("title", "?"))
        self.found.manifests.append(manifest)
        self._paged(number, manifest, sha256, visit.get("title", ""))

    def _exhibit(self, number: int, sha256: str) -> bool:
        name = "exhibits/" + sha256
        there = sha256 not in self.used and name in self.files.sizes and HEX.fullmatch(sha256)
        if there and hashlib.sha256(self.files.read(name)).hexdigest() == sha256:
            self.used[sha256] = self.files.sizes[name]
        if sha256 not in self.used:
            self.found.fault(name, "exhibit", number)
            self.broken.add(sha256)
        return sha256 in self.used

    def _remade(self, visit: dict[str, Any], mine: list[dict[str, Any]]) -> dict[str, Any]:
        """What stands in for the manifest of a look that is older than manifests."""
        kinds = {row["sha256"]: row["media_type"] for row in self.rows.get("exhibit", [])}
        exhibits = [dict(row, media_type=kinds[row["sha256"]]) for row in mine]
        (listing,) = (row for row in self.rows["listing"] if row["id"] == visit["listing_id"])
        return dict(visit, exchanges=[], exhibits=exhibits, listing=listing)

    def _paged(self, number: int, manifest: dict[str, Any], look: str, title: str) -> None:
        name = f"looks/{NAME.format(number)}.wacz"
        try:
            body = self.files.read(name)
            for what in differences(body, manifest, look, title, lambda each: self.files.read("exhibits/" + each)):
                self.found.fault(name, "wacz", what)
        except BROKEN as problem:
            self.found.fault(name, "missing" if name not in self.files.sizes else "unreadable", problem)

    def _about(self) -> None:
        about = self.found.facts
        visits = {row["id"] for row in self.rows.get("visit", [])}
        if "notice" in about:
            asked = [row["visit_id"] for row in self.rows.get("demand", [])]
            numbers = [row["number"] for row in self.rows.get("notice", [])]
            if [about["notice"]] != numbers or visits != set(asked):
                self.found.fault(LIST, "about", "notice")
            row, names = self.rows["notice"][0], ("text_sha256", "pdf_sha256", "eml_sha256")
            for name in names:
                self._exhibit(0, row[name])
        else:
            named = about["listing"]
            ids = {row["listing_id"] for row in self.rows.get("visit", [])}
            keys = {(each["listing"]["platform"], each["listing"]["key"]) for each in self.found.manifests}
            if self.broken:  # then not every manifest was read
                keys.add((named["platform"], named["key"]))
            if ids != {named["id"]} or keys != {(named["platform"], named["key"])}:
                self.found.fault(LIST, "about", "listing")

    def _leftover(self) -> None:
        pages = {"looks/{}.wacz".format(NAME.format(row["id"])) for row in self.rows.get("visit", [])}
        for name, _ in self.files.named(r"(?:exhibits|looks)/(.*)"):
            if name not in pages and name.partition("/")[2] not in {*self.used, *self.broken}:
                self.found.fault(name, "foreign")
        for name in strangers(self.files.sizes):
            self.found.fault(name, "unsafe")


def _unlike(
    manifest: dict[str, Any], visit: dict[str, Any], mine: list[dict[str, Any]], sizes: dict[str, int]
) -> Iterator[str]:
    """In what MANIFEST differs from the rows of the ledger: the VISIT and its exhibits but the manifest."""
    for name in ("url", "final_url", "status", "at", "capture", "missing", "environment"):
        if manifest[name] != visit[name]:
            yield name
    told = [(each["role"], each["sha256"], each["url"], each["size"]) for each in manifest["exhibits"]]
    if told != [(row["role"], row["sha256"], row["url"], sizes[row["sha256"]]) for row in mine]:
        yield "exhibits"
    named = {each[1] for each in told}
    for each in manifest["exchanges"]:
        if each["payload"] not in {None, *named} or not {*each["certificates"]} <= named:
            yield "exchanges"
