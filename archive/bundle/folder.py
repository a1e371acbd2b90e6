"""Lays a bundle out as a folder and a zip of it, the same bytes every time, whole and checked or not at all.

Its name ends in figures of its list of files: the same bundle has the same name, and one with a stamp more another.
"""

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import rfc8785
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from archive.bundle.checks import passed
from archive.bundle.contents import Contents, Look
from archive.bundle.stranger import program
from archive.bundle.stranger.names import HISTORY, KEYS, LIST, NAME
from archive.bundle.wacz import wacz
from archive.bundle.zipped import zip_folder
from archive.facts import Role
from archive.stamped import named
from archive.stamps.rfc3161 import certificates
from archive.store import FolderStore
from config.errors import EvidenceError, MachineError, WorkspaceError, why

SUFFIX = {"rfc3161": "tsr", "opentimestamps": "ots", "outside": "outside"}
ROOM = 90  # signs of a name, percent-coded: ten of Chinese
README = """\
{mark}卖家页面原样：仅供平台、法院或主管机关使用。
The seller's page as it was: for platform, court or authority only.

record.zh.pdf, record.en.pdf   记录单：内容、方式、质疑与答复 / what was kept, how, and what may be asked of it
looks/*.wacz                   页面，可用 ReplayWeb.page 离线打开 / the pages; open them offline in ReplayWeb.page
exhibits/                      全部证据文件，以 SHA-256 命名 / every file, named by its SHA-256
ledger/                        账本记录及包含证明 / the ledger's entries and the proofs that they are in it
checkpoints/, verifier.keys    已签名的检查点与公钥 / signed checkpoints, and the keys to check them with
stamps/                        第三方时间戳（如有） / time-stamps of outsiders, if any
verify.py                      验证：python3 verify.py --zh / to check all of it: python3 verify.py --en

verify.py 只需 Python 3.8。公钥与 verify.py 请另行核对来源。
verify.py needs Python 3.8 and nothing else. Ask by another way whose key it is, and whether verify.py is ours.
"""


@dataclass(frozen=True)
class Bundle:
    """A bundle as it lies there, and what it tells."""

    folder: Path
    package: Path  # the zip
    sha256: str  # of the zip
    looks: int
    before: int  # looks that are older than the ledger: not proved since their date


def laid_out(
    contents: Contents, store: FolderStore, sheets: Mapping[str, bytes], out: Path, *, mark: str = ""
) -> Bundle:
    """Lay CONTENTS and the printed SHEETS (by file name) out in OUT. MARK: what its first line says before all else.

    EvidenceError, and nothing left behind, where an exhibit is not sound or the bundle passes not every check.
    WorkspaceError where something else has its name: a bundle that was altered.
    """
    if any(each in contents.erased and not store.path(each).exists() for each in contents.files()):
        raise EvidenceError(f"{contents.name}: files of it were erased, so no bundle proves it. See: wildfree verify")
    draft = out / f".wildfree-{contents.name}.{secrets.token_hex(4)}"
    try:
        try:
            (draft / "new").mkdir(parents=True)
            names = _written(draft / "new", contents, store, {**sheets, "README.txt": _readme(mark)}, bool(mark))
            name = f"wildfree-{contents.name}-{contents.seal.size}-{_hash(draft / 'new' / LIST)[:8]}"
            (draft / "new").replace(draft / name)
            zip_folder(draft / name, names, draft / f"{name}.zip")
            passed(draft / name, draft / f"{name}.zip")
            return _given(draft, out, name, contents)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as problem:
        raise MachineError(f"{problem.filename or out}: cannot be written: {why(problem)}") from None


def _given(draft: Path, out: Path, name: str, contents: Contents) -> Bundle:
    folder, package = out / name, out / f"{name}.zip"
    made = _hash(draft / package.name)
    if package.exists() and _hash(package) != made:
        raise WorkspaceError(f"{package}: is a bundle of this name that was altered. Move it away")
    if folder.exists():
        shutil.rmtree(draft / "old", ignore_errors=True)
        folder.replace(draft / "old")
    (draft / name).replace(folder)
    (draft / package.name).replace(package)
    return Bundle(folder, package, made, len(contents.looks), sum(look.before for look in contents.looks))


def _written(
    folder: Path, contents: Contents, store: FolderStore, extra: Mapping[str, bytes], practice: bool
) -> list[str]:
    """Write every file of the bundle to FOLDER, and answer their names in order, the index first."""
    listed = {}
    for name, body in _files(contents, store, extra):
        if name not in listed:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            listed[name] = {"sha256": sha256(body).hexdigest(), "size": len(body)}
    index: dict[str, Any] = {
        "v": 1,
        "about": contents.about,
        "practice": practice,
        "files": dict(sorted(listed.items())),
    }
    (folder / LIST).write_bytes(rfc8785.dumps(index))
    return [LIST, *sorted(listed)]


def _files(contents: Contents, store: FolderStore, extra: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    yield from extra.items()
    yield "verify.py", program()
    yield KEYS, "".join(f"{key}\n" for key in contents.keys).encode()
    for seal in contents.seals:
        place = NAME.format(seal.size)
        yield f"checkpoints/{place}.note", seal.note.encode()
        for paper in seal.stamps:
            yield from _stamp(f"stamps/{place}", paper, store.read_paper(paper))
    yield HISTORY, rfc8785.dumps([[size, list(hashes)] for size, hashes in contents.history])
    for leaf in contents.leaves:
        place = f"ledger/{NAME.format(leaf.index)}"
        yield f"{place}.json", leaf.body.encode()
        yield f"{place}.proof.json", rfc8785.dumps({str(size): list(proof) for size, proof in leaf.proofs.items()})
        if leaf.private:
            yield f"{place}.private.json", store.read(leaf.private)
    for each in contents.letter:
        yield f"exhibits/{each}", store.read(each)
    for look in contents.looks:
        for file in look.files:
            yield f"exhibits/{file.sha256}", store.read(file.sha256)
        yield f"looks/{NAME.format(look.visit)}.wacz", _wacz(look, store)


def _wacz(look: Look, store: FolderStore) -> bytes:
    sha256 = look.first(Role.MANIFEST)
    manifest = json.loads(store.read(sha256)) if sha256 else _remade(look)
    return wacz(manifest, sha256 or f"visit {look.visit}", look.title, store.read)


def _remade(look: Look) -> dict[str, Any]:
    """What stands in for the manifest of a look that is older than manifests."""
    return {
        "at": f"{look.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "final_url": look.final_url,
        "environment": look.environment,
        "exchanges": [],
        "exhibits": [
            {"role": str(each.role), "sha256": each.sha256, "url": each.url, "media_type": each.media_type}
            for each in look.files
        ],
    }


def _stamp(place: str, paper: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What an outsider said of a checkpoint, and the certificates that came with it."""
    told = named(paper)
    name = f"{place}/{told.id:06}-{_coded(told.witness)}.{SUFFIX[told.kind]}"
    yield name, body
    if chain := certificates(body) if told.kind == "rfc3161" else ():
        pem = (load_der_x509_certificate(each).public_bytes(Encoding.PEM) for each in chain)
        yield f"{name}.chain.pem", b"".join(pem)


def _coded(witness: str) -> str:
    """As much of the name WITNESS as a file's name has room for, percent-coded, and no sign cut in two."""
    return next(coded for end in range(len(witness), -1, -1) if len(coded := quote(witness[:end], safe="")) <= ROOM)


def _readme(mark: str) -> bytes:
    return README.format(mark=f"{mark}\n" if mark else "").encode()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
