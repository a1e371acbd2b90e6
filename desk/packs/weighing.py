"""Holds a pack against what a workspace has and what is shipped, file by file, and terms row by row."""

import difflib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.pin import packs
from archive.rows.term import Changed
from config.errors import EvidenceError
from config.reading import SHIPPED
from desk.context import Desk
from desk.packs import form, proving, term_rows
from desk.packs.finding import Clash, Finding, Weighed
from desk.packs.places import FOLDERS, spare
from desk.terms import own
from letters.template import SHIPPED as TEMPLATES

LONGEST = 5000  # lines of a file whose differences are shown


@dataclass(frozen=True)
class Weight:
    """A whole pack, and what taking it would do."""

    files: tuple[Weighed, ...]
    writes: Mapping[str, bytes]  # path in config/ -> what it would hold
    changes: tuple[Changed, ...]  # of terms

    @property
    def clashes(self) -> list[str]:
        """The files that conflict."""
        return [each.path for each in self.files if each.finding is Finding.CONFLICTS]

    def facts(self) -> list[dict[str, Any]]:
        """Each file for a program."""
        return [asdict(each) for each in self.files]


def weighed(here: Desk, pack: form.Pack, deed: own.Deed, clash: Clash | None) -> Weight:
    """What taking PACK would do, its files read strictly first (ConfigError); conflicts end as CLASH says."""
    theirs_before = _before(here, pack)
    with _apart(here.overlay) as (config, theirs):
        for path, body in pack.files.items():
            _write(theirs / path, body)
        proving.each(theirs, pack.files)
        files: list[Weighed] = []
        writes: dict[str, bytes] = {}
        for path in pack.files:
            if path == term_rows.OWN:
                found, written = term_rows.rows(here, theirs / path, clash)
            else:
                found, written = _file(here, pack, path, theirs_before.get(path, {}), clash)
            files.append(found)
            writes |= written
        writes |= _whole(here, pack, writes)
        for path, body in writes.items():
            _write(config / path, body)
        proving.together(config, writes)
        changes = own.edits(here, config, deed)
    return Weight(tuple(files), writes, tuple(changes))


def prove(files: Mapping[str, bytes]) -> None:
    """Read FILES strictly, each by itself; ConfigError in one line."""
    with tempfile.TemporaryDirectory(prefix="wildfree-") as folder:
        for path, body in files.items():
            _write(Path(folder) / "config" / path, body)
        proving.each(Path(folder) / "config", files)


@contextmanager
def _apart(overlay: Path) -> Iterator[tuple[Path, Path]]:
    """A copy of OVERLAY, and an empty one, both called config as errors show them."""
    with tempfile.TemporaryDirectory(prefix="wildfree-") as folder:
        config, theirs = Path(folder) / "config", Path(folder) / "theirs" / "config"
        hidden = shutil.ignore_patterns(".*")
        if overlay.is_dir():
            shutil.copytree(overlay, config, ignore=hidden)
        for each in FOLDERS:
            (config / each).mkdir(parents=True, exist_ok=True)
        yield config, theirs


def _write(place: Path, body: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        file.write(body)


def taken(here: Desk, origin: str) -> list[form.Manifest]:
    """The lists of the packs of the ledger ORIGIN that were taken, in order; not of those that were erased."""
    found = []
    for pin in packs(here.vault, origin):
        with suppress(EvidenceError):  # it was erased, or is lost, as `verify` says
            found.append(form.opened(here.vault.store.read(pin.sha256), pin.sha256).manifest)
    return found


def _before(here: Desk, pack: form.Pack) -> dict[str, dict[str, str]]:
    """Each file in the packs of the same ledger that were taken: its SHA-256s, and when each was packed last."""
    found: dict[str, dict[str, str]] = {}
    for manifest in taken(here, pack.manifest.origin):
        for each in manifest.files:
            known = found.setdefault(each.path, {})
            known[each.sha256] = max(known.get(each.sha256, ""), manifest.at)
    return found


def _file(
    here: Desk, pack: form.Pack, path: str, before: Mapping[str, str], clash: Clash | None
) -> tuple[Weighed, dict[str, bytes]]:
    """How the file PATH of PACK stands, and what is to be written; BEFORE: SHA-256s of theirs, and when packed."""
    body = pack.files[path]
    mine, shipped = _read(here.overlay / path), _read(_shipped(path))
    if body in (mine, shipped if mine is None else None):
        return Weighed(path, Finding.SAME, "as yours" if mine else "as the one that comes with wildfree", ()), {}
    if mine is None:
        kind, because = (Finding.NEW, "") if shipped is None else (Finding.CHANGED, "stands before the shipped one")
    elif at := before.get(sha256(mine).hexdigest()):
        age = "a later" if at > pack.manifest.at else "an earlier"
        kind, because = Finding.CHANGED, f"yours is theirs, of {age} pack"
    else:
        kind, because = Finding.CONFLICTS, "yours is your own"
    found = Weighed(path, kind, because, _diff(path, mine if mine is not None else shipped, body))
    if kind is not Finding.CONFLICTS or mine is None:
        return found, {path: body}
    return found, {path: body, spare(here.overlay, path, mine): mine} if clash is Clash.THEIRS else {}


def _whole(here: Desk, pack: form.Pack, writes: Mapping[str, bytes]) -> dict[str, bytes]:
    """The other files of each template of which one is written: a template of one's own stands alone."""
    letters = {path.rpartition("/")[0] for path in writes if path.startswith("templates/")}
    return {
        path: body
        for path, body in pack.files.items()
        if path.rpartition("/")[0] in letters and path not in writes and not (here.overlay / path).exists()
    }


def _shipped(path: str) -> Path:
    return TEMPLATES / path.partition("/")[2] if path.startswith("templates/") else SHIPPED / path


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _diff(path: str, before: bytes | None, after: bytes) -> tuple[str, ...]:
    old, new = (each.decode("utf-8", "replace").splitlines() for each in (before or b"", after))
    if before is None:
        return ()
    if max(len(old), len(new)) > LONGEST:
        return (f"{len(old)} lines -> {len(new)} lines",)
    return tuple(difflib.unified_diff(old, new, path, path, n=0, lineterm=""))[2:]
