"""Lets many files take their places at once: what was begun when the program was killed is finished, or undone.

The files lie whole in config/.taking first. Then the ledger says that they were taken; that decides. Then they are
moved. Whoever comes next and finds config/.taking asks the ledger: it moves what is left, or throws all of it away.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from filelock import Timeout

from archive.lock import lock
from archive.pin import PackPin, was_taken
from archive.vault import TERMS, Vault
from config.errors import MachineError, why
from config.settings import PENDING, overlay
from config.system import sync_folder
from desk.whole import write_whole

FILES, ACT = "files", "act.json"


def lay(config: Path, writes: Mapping[str, bytes], pin: PackPin, at: datetime) -> None:
    """Lay WRITES (path in CONFIG -> bytes) beside what is there, to be moved once the ledger has PIN taken AT."""
    folder = config / PENDING
    try:
        for path, body in writes.items():
            place = folder / FILES / path
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, body)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / ACT, json.dumps({"subject": pin.subject, "at": at.isoformat()}).encode())
        _synced([folder, *(each for each in folder.rglob("*") if each.is_dir()), config])
    except OSError as problem:
        raise MachineError(f"{config}: cannot be written: {why(problem)}") from None


def settle(vault: Vault, config: Path) -> None:
    """Finish what lies in CONFIG's journal if the ledger has it, else throw it away; who does so must be alone."""
    folder = config / PENDING
    if not folder.is_dir():
        return
    try:
        if _decided(vault, folder):
            _move(folder / FILES, config)
        shutil.rmtree(folder)
    except OSError as problem:
        raise MachineError(f"{folder}: a pack cannot be taken to its end: {why(problem)}") from None


def finish(vault: Vault) -> None:
    """Do so for a workspace that is just being opened, unless another command is about it."""
    config = overlay(vault.workspace)
    if (config / PENDING).is_dir():
        try:
            with lock(vault.workspace, TERMS).acquire(timeout=0):
                settle(vault, config)
        except Timeout:
            return


def _decided(vault: Vault, folder: Path) -> bool:
    try:
        said = json.loads((folder / ACT).read_bytes())
    except (FileNotFoundError, ValueError):  # killed before it was whole
        return False
    return was_taken(vault, PackPin.read(said["subject"]), datetime.fromisoformat(said["at"]))


def _move(files: Path, config: Path) -> None:
    moved = []
    for file in sorted(each for each in files.rglob("*") if each.is_file()) if files.is_dir() else ():
        place = config / file.relative_to(files)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        moved.append(place)
    _synced({each for place in moved for each in (place.parent, place.parent.parent)})


def _synced(folders: Iterable[Path]) -> None:
    for folder in folders:
        sync_folder(folder)
