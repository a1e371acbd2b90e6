"""The files of a bundle, out of a folder or a zip that may be hostile."""

from __future__ import annotations

import json
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LARGEST, MOST, ALL = 1 << 29, 20000, 1 << 33  # bytes of one file, files, bytes of all
HEX = re.compile(r"[0-9a-f]{64}")
JUNK = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what systems lay into folders by themselves
BROKEN = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, TypeError, LookupError, AttributeError,
    ArithmeticError, RuntimeError, struct.error,
)  # fmt: skip  # what hostile bytes make the parsers raise


class Files:
    """The files of a bundle, in a folder or a zip, each under its name; what may not be opened is refused."""

    def __init__(self, path: str) -> None:
        self.sizes: dict[str, int] = {}
        self.refused: list[str] = []
        self.junk: list[str] = []  # passed over
        self._zip: zipfile.ZipFile | None = None
        self._real: dict[str, Any] = {}
        self._folded: set[str] = set()  # names as disks take them that know no capitals
        self._all = 0  # bytes
        if Path(path).is_dir():
            self._walk(path)
        else:
            self._zip = zipfile.ZipFile(path)
            self._listed(self._zip.infolist())

    def _walk(self, path: str) -> None:
        for folder, folders, names in os.walk(path):
            for whole in map(Path(folder).joinpath, sorted([*names, *folders])):
                status = whole.lstat()
                if not stat.S_ISDIR(status.st_mode):
                    regular = stat.S_ISREG(status.st_mode)
                    self._note(whole.relative_to(path).as_posix(), status.st_size, whole, regular=regular)

    def _listed(self, members: list[zipfile.ZipInfo]) -> None:
        roots = {each.filename.partition("/")[0] for each in members if "/" in each.filename}
        alone = len(roots) == 1 and all("/" in each.filename for each in members)
        for each in members:
            name = each.filename.partition("/")[2] if alone else each.filename
            kind = stat.S_IFMT(each.external_attr >> 16)
            plain = kind in (0, stat.S_IFREG) and not each.flag_bits & 1 and each.compress_type in (0, 8)
            if not name.endswith("/") and name:
                self._note(name, each.file_size, each, regular=plain)
            elif each.file_size:  # a folder that holds bytes
                self.refused.append(each.filename)

    def _note(self, name: str, size: int, real: object, *, regular: bool) -> None:
        if name.rpartition("/")[2] in JUNK and self._zip is None:
            self.junk.append(name)
            return
        safe = not re.search(r"[\\:\x00-\x1f]", name) and not {"", ".", ".."} & set(name.split("/"))
        full = len(self.sizes) >= MOST or size > LARGEST or self._all + size > ALL
        if not regular or not safe or full or name.casefold() in self._folded:
            self.refused.append(name)
        else:
            self.sizes[name], self._real[name] = size, real
            self._folded.add(name.casefold())
            self._all += size

    def read(self, name: str, most: int = LARGEST) -> bytes:
        """The file NAME. KeyError where there is none; one of BROKEN if it has more than MOST bytes, or is broken."""
        if self.sizes[name] > most:
            raise ValueError(f"more than {most} bytes")
        real = self._real[name]
        if self._zip is not None:
            with self._zip.open(real) as file:
                return file.read(self.sizes[name])
        with real.open("rb") as file:
            return bytes(file.read(self.sizes[name]))

    def json(self, name: str) -> Any:
        """What the JSON of NAME says."""
        return json.loads(self.read(name).decode())

    def named(self, pattern: str) -> Iterator[tuple[str, str]]:
        """Name and number of the files whose name is PATTERN, in order."""
        for name in sorted(self.sizes):
            found = re.fullmatch(pattern, name, re.ASCII)
            if found:
                yield name, found[1]
