"""Writes a file whole or not at all, so that a full disk leaves what stood there before."""

import os
import shutil
from itertools import count
from pathlib import Path

from config.errors import MachineError, why
from config.system import sync


def spare(path: Path, body: bytes) -> Path:
    """Where BODY, which PATH holds, stays when another replaces it: PATH.before, or .before.2 ...; none is lost."""
    names = (path.with_name(f"{path.name}.before{'' if number == 1 else f'.{number}'}") for number in count(1))
    return next(name for name in names if not name.exists() or name.read_bytes() == body)


def write_whole(path: Path, body: bytes) -> None:
    """Let the file PATH (or what it links to) hold BODY; where it cannot, MachineError, and it holds what it held."""
    place = path.resolve()
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(body)
            file.flush()
            sync(file.fileno())
        if place.exists():
            shutil.copymode(place, draft)
        draft.replace(place)
    except OSError as problem:
        raise MachineError(f"{path}: cannot be written: {why(problem)}") from None
    finally:
        draft.unlink(missing_ok=True)
