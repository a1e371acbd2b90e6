"""A ledger with looks of every sort, and bundles of it, for the tests of bundles."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import capture, seal, todo
from archive.bundle import collect
from archive.bundle.folder import Bundle, laid_out
from archive.bundle.stranger.package import zipped
from archive.bundle.stranger.words import Findings
from archive.facts import Exchange, Exhibit, Outcome, Reading, Role, Snapshot
from archive.vault import Vault
from config.platform import Condition
from tests.field import PNG, START, Field, exchange, url

NAME = "wildfree-practice-0123456789ab"
NUMBER = "PRACTICE-2026-0001"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
SEALED = datetime(2026, 11, 20, tzinfo=UTC)
SHEETS = {"record.en.pdf": b"%PDF-1.7 a sheet", "record.zh.pdf": b"%PDF-1.7 another"}
MARK = "演练 PRACTICE"


def made(folder: Path) -> Vault:
    """A ledger that has been sealed twice: listing 7 looked at three times, listing 8 once, and a letter on both."""
    vault = Vault.create(folder, "practice", START)
    here = Field(vault)
    here.sweep()
    here.search("象牙", Outcome.HITS, k7="象牙手镯", k8="虎骨")
    here.end()
    rich(here)
    seal.seal(vault, NAME, KEY, SEALED)
    here.look("8", Condition.LIVE, pictured=True)
    here.look("7", Condition.UNREACHABLE)
    here.look("7", Condition.LIVE, pictured=True)
    here.opinion("7", by="王某某")
    here.letter(NUMBER, "7", "8")
    seal.seal(vault, NAME, KEY, SEALED + timedelta(days=1))
    return vault


def rich(here: Field) -> int:
    """A look at listing 7 as a browser records one: packed, missing, redirected and failed exchanges among them."""
    here.at += timedelta(days=1)
    page = f"<h1>象牙手串 7</h1><img src='/7.png'>{url('7')}".encode()
    document = exchange(url("7"), page, here.at)
    packed = "HTTP/2 200\r\nContent-Encoding: br\r\nContent-Length: 3\r\nX-Twice: 1\r\nX-Twice: 2\r\n"
    image = f"HTTP/1.1 200 OK\r\nContent-Length: {len(PNG)}\r\nTransfer-Encoding: chunked\r\n"
    moved = "HTTP/1.1 302 Found\r\nLocation: /item/7\r\n"
    certificate = (b"not a real one",)
    exchanges = (
        replace(document, url=url("7?from=s"), status=302, response=moved, payload=None),
        replace(document, response=packed, protocol="HTTP/2", decoded="br", certificates=certificate),
        replace(exchange(url("7.png"), PNG, here.at, kind="Image", media_type="image/png"), response=image),
        replace(document, url=url("象牙 7.js"), payload=None, missing="its body: too long", media_type="text/js"),
        Exchange(url("never"), "GET", "Image", here.at, "GET /never HTTP/1.1\r\n", None, missing="refused"),
    )
    derived = (
        Exhibit(Role.DOM, page, "text/html; charset=utf-8"),
        Exhibit(Role.TEXT, "象牙手串 7".encode(), "text/plain; charset=utf-8"),
        Exhibit(Role.SCREENSHOT, PNG + b"\0", "image/png"),
    )
    reading = Reading(Condition.LIVE, "sign", title="象牙手串 7", price="¥1", images=(url("7.png"),))
    snapshot = Snapshot(url("7?from=s"), url("7"), 200, here.at, {"tool": "test"}, exchanges, derived)
    task = todo.Task(todo.Kind.CHECK, "rich", "market", here.at, {"key": "7", "url": url("7")})
    return capture.take(here.vault, task, url("7"), snapshot, reading)


def bundle(vault: Vault, out: Path, subject: str = "1") -> Bundle:
    """The bundle of listing 7 (number 1 of the archive), or of the letter."""
    listing = subject.isdecimal()
    contents = collect.of_listing(vault, int(subject)) if listing else collect.of_notice(vault, subject)
    return laid_out(contents, vault.store, SHEETS, out, mark=MARK)


@dataclass(frozen=True)
class Copy:
    """A copy of a bundle's folder, to tamper with."""

    folder: Path

    @property
    def names(self) -> list[str]:
        return sorted(each.relative_to(self.folder).as_posix() for each in self.folder.rglob("*") if each.is_file())

    def relisted(self) -> None:
        """Make the list of files anew, as a careful forger would."""
        index = json.loads((self.folder / "bundle.json").read_bytes())
        files = {name: (self.folder / name).read_bytes() for name in self.names if name != "bundle.json"}
        index["files"] = {
            name: {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)} for name, body in files.items()
        }
        (self.folder / "bundle.json").write_text(json.dumps(index), "utf-8")

    def rezipped(self, name: str, change: Callable[[dict[str, bytes]], None]) -> None:
        """Change the files of the WACZ NAME, and make its own lists and ours anew."""
        with zipfile.ZipFile(self.folder / name) as package:
            files = {each: package.read(each) for each in package.namelist()}
        change(files)
        told = json.loads(files["datapackage.json"])
        told["resources"] = [
            each
            | {"hash": f"sha256:{hashlib.sha256(files[each['path']]).hexdigest()}", "bytes": len(files[each["path"]])}
            for each in told["resources"]
        ]
        files["datapackage.json"] = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        digest = hashlib.sha256(files["datapackage.json"]).hexdigest()
        fresh = {"path": "datapackage.json", "hash": f"sha256:{digest}"}
        files["datapackage-digest.json"] = json.dumps(fresh, separators=(",", ":")).encode()
        (self.folder / name).write_bytes(zipped(files))
        self.relisted()


def copied(source: Path, to: Path) -> Copy:
    """A copy of the bundle in SOURCE, at TO."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(source, to)
    return Copy(to)


def told(found: Findings) -> str:
    """Every fault, in English."""
    return "\n".join(each.told("en") for each in found.faults)
