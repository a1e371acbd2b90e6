"""Keeps what took long to make in the user's cache folder; anything stale, damaged or missing is made again."""

import os
import struct
import tempfile
import zlib
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from config.system import cache_folder

_HEAD = struct.Struct("<8s32sQI")  # our mark, the key, how long the content is, its CRC-32
_MARK = b"wildfre2"
_MOST = 6  # of a kind; those that were used least lately go first


def kept(name: str, key: bytes) -> memoryview | None:
    """What was kept as NAME under KEY (32 bytes); None if it is not there, of another key, or damaged."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        held = memoryview((folder / name).read_bytes())
    except OSError:
        return None
    content = held[_HEAD.size :]
    if held[: _HEAD.size] != _head(key, content):
        return None
    with suppress(OSError):
        os.utime(folder / name)
    return content


def keep(name: str, key: bytes, content: bytes) -> None:
    """Keep CONTENT as NAME under KEY, in place of what stood there; without a word where nothing can be written."""
    folder = cache_folder()
    if folder is None:
        return
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / name, _head(key, memoryview(content)), content)
        _thin_out(folder, name.partition("-")[0])


def _thin_out(folder: Path, kind: str) -> None:
    """Remove what was used least lately of KIND, the part of a name before its first dash."""
    there = sorted(folder.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in there[_MOST:]:
        path.unlink(missing_ok=True)


def release(package: str) -> str:
    """Which release of PACKAGE is installed, by the name of its record; importlib.metadata takes 20 ms to say it."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return ""
    folder = Path(found.origin).parent.parent
    records = sorted(path.name for path in folder.glob(f"{package}-*.dist-info"))
    return " ".join(records) or str(Path(found.origin).stat().st_mtime_ns)


def _head(key: bytes, content: memoryview) -> bytes:
    return _HEAD.pack(_MARK, key, len(content), zlib.crc32(content))


def _replace(place: Path, *parts: bytes) -> None:
    """Write PARTS beside PLACE and move them there, so that nobody reads half of them."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=place.name)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        draft.replace(place)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
