"""Holds a pack against what a workspace has and what is shipped, file by file, and terms row by row."""

import difflib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.pin import packs
from archive.rows.term import Changed
from config.errors import EvidenceError
from config.reading import SHIPPED, read_tsv, tsv
from config.term import Key, Placed, Status, Term, placed
from desk.context import Desk
from desk.packs import form, proving
from desk.packs.places import FOLDERS
from desk.terms import own
from letters.template import SHIPPED as TEMPLATES

OWN = "terms/own.tsv"
LONGEST = 5000  # lines of a file whose differences are shown
APART = {"since", "source", "status"}  # what does not make a term another one


class Finding(StrEnum):
    """How a file of a pack stands to what is here."""

    NEW = "new"
    CHANGED = "changed"  # another than the shipped one, or than theirs of before
    SAME = "same"
    CONFLICTS = "conflicts"  # another than one of your own


class Clash(StrEnum):
    """What becomes of files that conflict."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True)
class Weighed:
    """One file of a pack."""

    path: str
    finding: Finding
    because: str
    diff: tuple[str, ...]  # lines, as `diff -u` writes them


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
        for path, body in pack.files.items():
            if path == OWN:
                found, written = _rows(here, theirs / path, clash)
            else:
                found, written = _file(here, path, body, theirs_before.get(path, frozenset()), clash)
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


def _before(here: Desk, pack: form.Pack) -> dict[str, frozenset[str]]:
    """The SHA-256s of each file in the packs of the same ledger that were taken before."""
    found: dict[str, frozenset[str]] = {}
    for pin in packs(here.vault, pack.manifest.origin):
        try:
            manifest = form.opened(here.vault.store.read(pin.sha256), pin.sha256).manifest
        except EvidenceError:  # it was erased, or is lost, as `verify` says
            continue
        for each in manifest.files:
            found[each.path] = found.get(each.path, frozenset()) | {each.sha256}
    return found


def _file(
    here: Desk, path: str, body: bytes, before: frozenset[str], clash: Clash | None
) -> tuple[Weighed, dict[str, bytes]]:
    """How the file PATH stands, and what is to be written."""
    mine, shipped = _read(here.overlay / path), _read(_shipped(path))
    if body in (mine, shipped if mine is None else None):
        return Weighed(path, Finding.SAME, "as yours" if mine else "as the one that comes with wildfree", ()), {}
    if mine is None:
        kind, because = (Finding.NEW, "") if shipped is None else (Finding.CHANGED, "stands before the shipped one")
    elif sha256(mine).hexdigest() in before:
        kind, because = Finding.CHANGED, "yours is theirs, of an earlier pack"
    else:
        kind, because = Finding.CONFLICTS, "yours is your own"
    found = Weighed(path, kind, because, _diff(path, mine if mine is not None else shipped, body))
    if kind is not Finding.CONFLICTS or mine is None:
        return found, {path: body}
    return found, {path: body, f"{path}.before": mine} if clash is Clash.THEIRS else {}


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


def _rows(here: Desk, theirs: Path, clash: Clash | None) -> tuple[Weighed, dict[str, bytes]]:
    """How the rows of their own terms stand, and our own terms with what of them is taken."""
    file = own.file_of(here)
    mine = {row.key: row for row in read_tsv(file, Term)} if file.exists() else {}
    known = {each.term.key: each for each in placed(here.overlay)}
    said: dict[Finding, list[Term]] = {each: [] for each in Finding}
    for row in read_tsv(theirs, Term):
        said[_stands(row, mine, known)].append(_unweighed(row))
    kind = next((each for each in (Finding.CONFLICTS, Finding.CHANGED, Finding.NEW) if said[each]), Finding.SAME)
    told = [f"{len(rows)} {each}" for each, rows in said.items() if rows]
    diff = [
        f"{sign}{row.language} {row.term}: {row.kind} {row.species} {row.status}".rstrip()
        for each in (Finding.NEW, Finding.CHANGED, Finding.CONFLICTS)
        for row in said[each]
        for sign, row in [*([("-", known[row.key].term)] if row.key in known else []), ("+", row)]
    ]
    found = Weighed(OWN, kind, f"terms: {', '.join(told)}", tuple(diff))
    kept = [*said[Finding.NEW], *said[Finding.CHANGED], *(said[Finding.CONFLICTS] if clash is Clash.THEIRS else ())]
    if not kept:
        return found, {}
    body = tsv(Term, {row.key: row for row in (*mine.values(), *kept)}.values())
    lost = any(row.key in mine for row in kept)
    return found, {OWN: body} | ({f"{OWN}.before": file.read_bytes()} if lost else {})


def _stands(row: Term, mine: Mapping[Key, Term], known: Mapping[Key, Placed]) -> Finding:
    there = known.get(row.key)
    if there is None:
        return Finding.NEW
    if row.model_dump(exclude=APART) == there.term.model_dump(exclude=APART) and _use(row) == _use(there.term):
        return Finding.SAME
    return Finding.CONFLICTS if row.key in mine else Finding.CHANGED


def _use(row: Term) -> bool:
    return row.status in (Status.RETIRED, Status.PROPOSED)


def _unweighed(row: Term) -> Term:
    """ROW as it comes in here, where nobody has reviewed it."""
    return row.model_copy(update={"status": Status.DRAFT}) if row.status is Status.REVIEWED else row


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _diff(path: str, before: bytes | None, after: bytes) -> tuple[str, ...]:
    old, new = (each.decode("utf-8", "replace").splitlines() for each in (before or b"", after))
    if before is None:
        return ()
    if max(len(old), len(new)) > LONGEST:
        return (f"{len(old)} lines -> {len(new)} lines",)
    return tuple(difflib.unified_diff(old, new, path, path, n=0, lineterm=""))[2:]
