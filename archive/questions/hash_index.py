"""All perceptual hashes of the archive in files that are mapped into memory, and the exact search through them.

Derived from the table `likeness`, and made again from it where anything does not fit: what the files hold, how many
bytes they have, their CRC-32. New pictures are added at their ends; where one was erased, all are written anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from os import cpu_count
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from sqlalchemy import select

from archive.likeness import METHODS
from archive.pictures import Likeness
from archive.prints import AS_IS, BARE, VIEWS, Prints, Words
from archive.vault import CACHE, LOCKS, Vault
from config.errors import MachineError, why

FOLDER = Path(CACHE, "likeness")  # in the workspace
HEAD = "head.json"
LAYOUT = "1 " + " ".join(METHODS)
WHOLES = AS_IS + 1  # the views that are not cut come first
FILES = {  # words of 64 bits a picture
    "names": 4,  # the SHA-256
    "wholes": WHOLES,  # phash64
    "crops": VIEWS - WHOLES,  # phash64
    "deep": VIEWS * 5,  # phash256 and dhash64 of each view
}
NEAR, ALIKE = 18, 100  # bits of phash64, of phash256, that two views may differ in
AT_ONCE = 1 << 20  # hashes that are worth a thread of their own
SOME = 500  # pictures that are read from the database at once


@dataclass(frozen=True)
class Near:
    """A picture whose hashes are near to those that were asked for."""

    sha256: str
    views: tuple[int, int]  # of the picture that was asked for, and of this one
    mirrored: bool
    distance: int  # bits of phash256 that differ, of 256


@dataclass(frozen=True)
class Head:
    """What the files hold, as far as they are valid."""

    pictures: int
    known: str  # SHA-256 over their names in order
    sums: dict[str, int]  # file -> CRC-32


class HashIndex:
    """The hashes of all pictures, mapped into memory."""

    def __init__(self, folder: Path, head: Head) -> None:
        self.pictures = head.pictures
        self._folder = folder

    @property
    def hashes(self) -> int:
        """How many phash64 there are to search."""
        return self.pictures * VIEWS

    @cached_property
    def names(self) -> Words:
        """(pictures, 4): their SHA-256s."""
        return self._mapped("names")

    @cached_property
    def wholes(self) -> Words:
        """(pictures, 2): phash64 of the views that are not cut."""
        return self._mapped("wholes")

    @cached_property
    def crops(self) -> Words:
        """(pictures, crops): phash64 of those that are."""
        return self._mapped("crops")

    @cached_property
    def deep(self) -> Words:
        """(pictures, views, 5): phash256 and dhash64."""
        return self._mapped("deep").reshape(-1, VIEWS, 5)

    def near(self, prints: Prints) -> list[Near]:
        """Each picture that is near to one of PRINTS, at its nearest, the nearest first: all that there are.

        What was asked for may be a part of what is found, or the other way round; two parts are not compared.
        """
        best: dict[int, tuple[int, Near]] = {}
        for mirrored, seen in ((False, prints), (True, prints.mirrored())):
            for view, picture, other in self._candidates(seen):
                far, rank = self._distance(seen, view, picture, other)
                for at in np.flatnonzero(far <= ALIKE):
                    key, order = int(picture[at]), int(rank[at])
                    if key not in best or order < best[key][0]:
                        views = (view, int(other[at]))
                        best[key] = order, Near(self.name(key), views, mirrored, int(far[at]))
        return [near for _, near in sorted(best.values(), key=lambda each: (each[0], each[1].sha256))]

    def name(self, picture: int) -> str:
        """The SHA-256 of the picture at that place."""
        return _hex(self.names[picture])

    def _candidates(self, prints: Prints) -> Iterator[tuple[int, NDArray[Any], NDArray[Any]]]:
        """View asked for, pictures, and their views, near by phash64."""
        for view in range(VIEWS):
            found = within(prints.phash[view, :1], self.wholes, NEAR)
            yield view, found // WHOLES, found % WHOLES
        found = within(prints.phash[BARE, :1], self.crops, NEAR)
        yield BARE, found // (VIEWS - WHOLES), found % (VIEWS - WHOLES) + WHOLES

    def _distance(
        self, prints: Prints, view: int, picture: NDArray[Any], other: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """How far apart, by phash256; and that with what dhash64 says, to put the likeliest first."""
        there = self.deep[picture, other]
        far = np.bitwise_count(there[:, :4] ^ prints.phash[view]).sum(axis=1, dtype=np.int64)
        return far, far + np.bitwise_count(there[:, 4] ^ prints.dhash[view])

    def _mapped(self, name: str) -> Words:
        shape = (self.pictures, FILES[name])
        return (
            np.memmap(self._folder / name, np.uint64, "r", shape=shape)
            if self.pictures
            else np.zeros(shape, np.uint64)
        )


def within(asked: Words, hashes: Words, radius: int) -> NDArray[np.int64]:
    """The places of all HASHES that differ from the one ASKED in at most RADIUS bits, in no order."""
    flat = hashes.reshape(-1)
    parts = max(min(cpu_count() or 1, len(flat) // AT_ONCE), 1)
    ends = np.linspace(0, len(flat), parts + 1, dtype=np.int64)
    if parts == 1:
        return _within(asked, flat, radius, 0)
    with ThreadPoolExecutor(parts) as pool:
        found = [pool.submit(_within, asked, flat[start:stop], radius, int(start)) for start, stop in pairwise(ends)]
        return np.concatenate([each.result() for each in found])


def _within(asked: Words, hashes: Words, radius: int, first: int) -> NDArray[np.int64]:
    """The same in one thread, for hashes that begin at place FIRST."""
    import faiss  # noqa: PLC0415  (a fifth of a second)

    if not len(hashes):
        return np.zeros(0, np.int64)
    faiss.omp_set_num_threads(1)  # of this thread; its own would wait for each other
    found = faiss.RangeSearchResult(1)
    one, all_of_them = np.ascontiguousarray(asked).view(np.uint8), hashes.view(np.uint8)
    nearer_than = radius + 1  # faiss leaves out what is just as far
    faiss.hamming_range_search(  # type: ignore[attr-defined]  # made by SWIG: its stubs do not name it
        faiss.swig_ptr(one), faiss.swig_ptr(all_of_them), 1, len(hashes), nearer_than, 8, found
    )
    count = int(faiss.rev_swig_ptr(found.lims, 2)[1])
    return np.array(faiss.rev_swig_ptr(found.labels, count), np.int64) + first


@contextmanager
def opened(vault: Vault) -> Iterator[HashIndex]:
    """The index as the archive stands now; who asks meanwhile, waits. MachineError where it cannot be written."""
    folder = vault.workspace / FOLDER
    lock = FileLock(vault.workspace / LOCKS / "likeness.lock")
    try:
        for each in (folder, vault.workspace / LOCKS):
            each.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as problem:
        raise MachineError(f"{folder}: cannot be used: {why(problem)}") from None
    try:
        yield HashIndex(folder, current(vault, folder))
    finally:
        lock.release()


def current(vault: Vault, folder: Path) -> Head:
    """What the files in FOLDER hold, once that is what the archive holds."""
    with vault.reading() as session:
        wanted = select(Likeness.sha256).where(Likeness.method == METHODS[1]).order_by(Likeness.sha256)
        there = list(session.connection().execute(wanted).scalars())
    try:
        head = _sound(folder)
        if head is not None and head.known == _key(there):
            return head
        return _renewed(vault, folder, head, there)
    except OSError as problem:
        raise MachineError(f"{folder}: cannot be used: {why(problem)}") from None


def _renewed(vault: Vault, folder: Path, head: Head | None, there: Sequence[str]) -> Head:
    """The same, once the files hold the pictures that are THERE: added to them, or written anew."""
    known = set(_names(folder, head)) if head is not None else set()
    if head is None or not known <= set(there):
        (folder / HEAD).unlink(missing_ok=True)
        head, known = Head(0, "", dict.fromkeys(FILES, 0)), set()
    new = [each for each in there if each not in known]
    with ExitStack() as closing:
        files = {name: closing.enter_context((folder / name).open("ab")) for name in FILES}
        for name, file in files.items():
            file.truncate(head.pictures * FILES[name] * 8)
        for start in range(0, len(new), SOME):
            if pictures := _read(vault, new[start : start + SOME]):
                head = added(files, head, pictures)
    return _kept(folder, Head(head.pictures, _key(there), head.sums))


def _read(vault: Vault, names: Sequence[str]) -> dict[str, Prints]:
    """The hashes of the pictures of those NAMES."""
    wanted = select(Likeness.sha256, Likeness.method, Likeness.value).where(Likeness.sha256.in_(names))
    with vault.reading() as session:
        values = {(sha256, method): value for sha256, method, value in session.execute(wanted)}
    there = (each for each in names if (each, METHODS[1]) in values)  # one may have been erased meanwhile
    return {each: Prints.read(values[each, METHODS[1]], values[each, METHODS[2]]) for each in there}


def added(files: Mapping[str, BinaryIO], head: Head, pictures: dict[str, Prints]) -> Head:
    """The head once PICTURES stand at the files' ends."""
    firsts = np.stack([prints.phash[:, 0] for prints in pictures.values()])
    parts = {
        "names": np.frombuffer(bytes.fromhex("".join(pictures)), ">u8").astype(np.uint64),
        "wholes": firsts[:, :WHOLES],
        "crops": firsts[:, WHOLES:],
        "deep": np.stack([np.column_stack([prints.phash, prints.dhash]) for prints in pictures.values()]),
    }
    sums = {}
    for name, part in parts.items():
        content = part.tobytes()
        files[name].write(content)
        sums[name] = crc32(content, head.sums[name])
    return Head(head.pictures + len(pictures), head.known, sums)


def _kept(folder: Path, head: Head) -> Head:
    """Say in the folder what its files hold; whoever reads half of that finds it unsound."""
    (folder / HEAD).write_text(json.dumps({"layout": LAYOUT, **asdict(head)}), "utf-8")
    return head


def _sound(folder: Path) -> Head | None:
    """What the files in FOLDER hold; None where they are not there, of another layout, or damaged."""
    try:
        said = json.loads((folder / HEAD).read_text("utf-8"))
        head = Head(said["pictures"], said["known"], said["sums"])
        sums = {name: _sum(folder / name, head.pictures * words * 8) for name, words in FILES.items()}
    except (FileNotFoundError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        return None
    return head if sums == head.sums and said["layout"] == LAYOUT else None


def _sum(path: Path, size: int) -> int:
    """The CRC-32 of the first SIZE bytes of a file. ValueError where it is shorter."""
    return crc32(np.memmap(path, np.uint8, "r", shape=(size,)).data) if size else 0


def _names(folder: Path, head: Head) -> list[str]:
    """The SHA-256s that the files hold."""
    named = _hex(HashIndex(folder, head).names)
    return [named[start : start + 64] for start in range(0, len(named), 64)]


def _hex(words: Words) -> str:
    return bytes(words.astype(">u8")).hex()


def _key(names: Sequence[str]) -> str:
    return sha256("".join(names).encode()).hexdigest()
