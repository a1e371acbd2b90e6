"""What `python3 verify.py` does: reads its words, has the bundle checked, tells what came of it."""

from __future__ import annotations

import hashlib
import locale
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from archive.bundle.stranger.check import examined
from archive.bundle.stranger.words import Findings, Said


def main(words: list[str]) -> int:
    """Check the bundle that WORDS name and return the exit code."""
    own = Path(__file__).resolve()
    (path, *more) = [word for word in words if word not in {"--en", "--zh"}] or [str(own.parent)]
    language = "zh" if "--zh" in words or ("--en" not in words and _chinese()) else "en"
    getattr(sys.stdout, "reconfigure", lambda **_: None)(encoding="utf-8", errors="replace")
    if more or path.startswith("-") or {"--en", "--zh"} <= {*words}:
        print(Said("", "usage").told(language))
        return 0 if words in (["--help"], ["-h"]) else 2
    if not os.path.exists(path):  # noqa: PTH110  (Path's raises for a name that is too long)
        print(Said(path, "nowhere").told(language))
        return 2
    found, program = examined(path), hashlib.sha256(own.read_bytes()).hexdigest()
    for said in report(found, program):
        print(said.told(language))
    return found.code


def report(found: Findings, program: str) -> Iterator[Said]:
    """FOUND as it is told, line by line; PROGRAM: the SHA-256 of the file that checked it, "" where none did."""
    if found.code == 2:  # no bundle: nothing to be proved or not
        yield from found.faults
        return
    if found.practice:
        yield Said("", "practice")
    yield from found.looks
    yield from found.notes
    yield from found.lacks
    yield from found.faults
    if found.faults:
        yield Said("", "wrong", (len(found.faults),))
        return
    yield Said("", "lacks") if found.lacks else Said("", "holds", found.head)
    yield Said("", "proves", (found.key,))
    yield Said("", "proves_not")
    if program:
        yield Said("", "program", (program,))


def _chinese() -> bool:
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return told.lower().startswith("zh") or "Chinese" in str(locale.getlocale())  # as Windows calls it


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
