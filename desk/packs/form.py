"""A pack as it travels: a zip of files, with a signed list of them; its bytes follow from what it holds.

The first member, pack.note, is a signed note (C2SP signed-note) whose text is one line of canonical JSON (RFC 8785):
the Manifest. The others are the files, in the order of their paths.
"""

import io
import json
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import rfc8785
from pydantic import AfterValidator, Field, ValidationError

from archive.bundle.stranger.files import BROKEN
from archive.bundle.stranger.package import zipped
from archive.key import SealingKey
from archive.note import Verifier, holds, signed_text
from archive.pin import PackPin
from config.errors import EvidenceError
from config.reading import Strict, bounded
from desk.packs.places import ALL, MOST, lack

NOTE, LONGEST = "pack.note", 1 << 20  # bytes
LINE = 1000  # characters of what a pack says in words


def _line(text: str) -> str:
    if len(text) > LINE or len(text.splitlines()) > 1:  # it would pass for lines of our own
        raise ValueError(f"more than one line, or than {LINE} characters")
    return text


def _moment(at: str) -> str:
    datetime.fromisoformat(at)  # ValueError where there was none such
    return at


Line = Annotated[str, AfterValidator(_line)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Listed(Strict):
    """One file of a pack."""

    path: str
    sha256: Hash
    size: int = Field(ge=0)  # bytes


class Manifest(Strict):
    """What a pack says of itself."""

    v: Literal[1] = 1
    kind: Literal["wildfree config pack"] = "wildfree config pack"
    origin: str  # the ledger's name
    key: str  # NAME+HASH+KEY
    practice: bool
    by: Line
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"), AfterValidator(_moment)]
    why: Line
    tool: Line  # who wrote it, with its version
    files: tuple[Listed, ...] = Field(min_length=1, max_length=MOST)  # in the order of their paths


@dataclass(frozen=True)
class Pack:
    """A pack that holds: signed, and each file as it is listed."""

    sha256: str
    body: bytes
    manifest: Manifest
    files: Mapping[str, bytes]  # by path, in order

    @property
    def pin(self) -> PackPin:
        """What the ledger says of it."""
        return PackPin(self.sha256, self.manifest.origin, self.manifest.key)


@dataclass(frozen=True)
class Made:
    """Who makes a pack, when and why."""

    by: str
    at: str  # 2026-11-21T04:05:06Z
    why: str
    practice: bool
    tool: str


def packed(files: Mapping[str, bytes], key: SealingKey, made: Made) -> Pack:
    """The pack of FILES, signed with KEY; the same arguments give the same bytes."""
    listed = (Listed(path=path, sha256=_hash(files[path]), size=len(files[path])) for path in sorted(files))
    manifest = Manifest(origin=key.name, key=str(key.verifier), files=tuple(listed), **vars(made))
    note = signed_text(f"{_canonical(manifest)}\n", key.name, key.key)
    held = {each.path: files[each.path] for each in manifest.files}
    body = zipped({NOTE: note.encode()} | held)
    return Pack(_hash(body), body, manifest, held)


def read(path: Path) -> Pack:
    """The pack at PATH, checked in all but whose key it is; EvidenceError, in one line, where it does not hold."""
    return opened(bounded(path, 2 * ALL), str(path))


def opened(body: bytes, where: str) -> Pack:
    """The pack whose bytes are BODY, as `read` does; an error names it as WHERE."""
    try:
        if len(body) > 2 * ALL:
            raise ValueError(f"it has more than {2 * ALL} bytes")
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            return _held(body, package)
    except zipfile.BadZipFile as problem:
        raise EvidenceError(f"{where}: not taken: no pack of wildfree's, or damaged: {problem}") from None
    except BROKEN as problem:
        raise EvidenceError(f"{where}: not taken: {' '.join(str(problem).split())[:300]}") from None


def _held(body: bytes, package: zipfile.ZipFile) -> Pack:
    """The pack in PACKAGE; one of BROKEN, in words, where it does not hold."""
    members = package.infolist()
    if len(members) > MOST + 1:
        raise ValueError(f"it holds more than {MOST} files")
    for each in members:
        _plain(each)
    names = [each.filename for each in members]
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError("it holds two files of one name")
    if names[:1] != [NOTE]:
        raise ValueError(f"its first file is not {NOTE}: no pack of wildfree's")
    note = _bytes(package, members[0], LONGEST)
    manifest = _signed(note)
    listed = [each.path for each in manifest.files]
    if names[1:] != listed or listed != sorted(set(listed)):
        strange = sorted({*names[1:]} ^ {*listed}) or ["not in the order of their paths"]
        raise ValueError(f"its files are not those of its list: {strange[0][:100]!a}")
    if sum(each.size for each in manifest.files) > ALL:
        raise ValueError(f"its files have more than {ALL} bytes")
    files = {each.path: _listed(package, each) for each in manifest.files}
    if zipped({NOTE: note} | files) != body:
        raise ValueError("beside its files it holds bytes that nobody signed. Ask for it again")
    return Pack(_hash(body), body, manifest, files)


def _plain(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or member.is_dir() or member.filename != member.orig_filename:
        raise ValueError(f"{member.orig_filename[:100]!a} is no plain file")
    if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{member.filename[:100]!a} is locked, or packed in a way of its own")
    if member.filename != NOTE and (said := lack(member.filename, 0)):
        raise ValueError(f"{member.filename[:100]!a} {said}")


def _signed(note: bytes) -> Manifest:
    """What the NOTE says, if the key that it names has signed it."""
    text = note.decode().partition("\n\n")[0]
    try:
        manifest = Manifest.model_validate(json.loads(text))
    except ValidationError as problem:
        (first, *_) = problem.errors()
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"its list is none that this version knows ({place}: {first['msg']})") from None
    key = Verifier.read(manifest.key)
    alone = note.count(b"\n") == 3  # the list, an empty line, one signature
    if text != _canonical(manifest) or key.name != manifest.origin or not alone or not holds(note.decode(), key):
        raise ValueError("its signature is not good: it was altered, or is forged. Ask for it again")
    return manifest


def _listed(package: zipfile.ZipFile, each: Listed) -> bytes:
    if said := lack(each.path, each.size):
        raise ValueError(f"{each.path[:100]!a} {said}")
    body = _bytes(package, package.getinfo(each.path), each.size)
    if len(body) != each.size or _hash(body) != each.sha256:
        raise ValueError(f"{each.path} is not what was signed: it was altered")
    return body


def _bytes(package: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """What MEMBER holds, however much it would unpack to; ValueError for more than MOST bytes."""
    with package.open(member) as file:
        body = file.read(most + 1)
    if len(body) > most:
        raise ValueError(f"{member.filename} holds more than it may")
    return body


def _canonical(manifest: Manifest) -> str:
    return rfc8785.dumps(manifest.model_dump(mode="json")).decode()


def _hash(body: bytes) -> str:
    return sha256(body).hexdigest()
