"""What is to be said of the stamps over a bundle's checkpoints, which need other tools to be checked."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote

from archive.bundle.stranger.files import Files
from archive.bundle.stranger.names import STAMPS
from archive.bundle.stranger.tree import LONGEST
from archive.bundle.stranger.words import Findings


def stamped(files: Files, found: Findings) -> None:
    """Note of every stamp which checkpoint it is over, and how it is checked; one over another is a fault."""
    stamps = [*files.named(STAMPS)]
    for name, size in stamps:
        _stamp(files, found, name, f"checkpoints/{size}.note", int(size))
    if all(name.endswith(".outside") for name, _ in stamps):
        found.note("", "no_stamp")


def _stamp(files: Files, found: Findings, name: str, note: str, size: int) -> None:
    chain = f" -untrusted {name}.chain.pem" if f"{name}.chain.pem" in files.sizes else ""
    way = {
        "tsr": f"openssl ts -verify -data {note} -in {name} -CAfile ROOT.pem{chain}",
        "ots": f"ots verify -f {note} {name}",
    }.get(name.rpartition(".")[2])
    if way is None:
        found.note(name, "outside", size, unquote(name.rpartition("/")[2][:-8].partition("-")[2]) or "?")
    elif note not in files.sizes or hashlib.sha256(files.read(note, LONGEST)).digest() not in files.read(name):
        found.fault(name, "other_stamp", size)
    else:
        found.note(name, "stamp", size, way)
