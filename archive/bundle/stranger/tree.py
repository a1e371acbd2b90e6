"""Inclusion in the ledger (RFC 9162 §2.1.3.2); its signed notes and keys (C2SP signed-note, tlog-checkpoint)."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode

from archive.bundle.stranger.curve import signed


def included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether PROOF shows that LEAF is number INDEX of the SIZE leaves under ROOT."""
    place, last, made = index, size - 1, leaf
    if not 0 <= index < size:
        return False
    for each in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            made = hashlib.sha256(b"\x01" + each + made).digest()
            while not place % 2 and place:
                place, last = place // 2, last // 2
        else:
            made = hashlib.sha256(b"\x01" + made + each).digest()
        place, last = place // 2, last // 2
    return last == 0 and made == root


def keyed(line: str) -> tuple[str, bytes, bytes]:
    """Name, figure and key of a verifier's key NAME+HASH+KEY. ValueError where it is none."""
    name, figure, coded = line.split("+", 2)
    body = b64decode(coded, validate=True)
    made = hashlib.sha256(name.encode() + b"\n" + body).digest()[:4]
    if body[:1] != b"\x01" or len(body) != 33 or made.hex() != figure:
        raise ValueError("no verifier's key")
    return name, made, body[1:]


def noted(note: str, keys: list[tuple[str, bytes, bytes]]) -> tuple[str, int, bytes, str]:
    """Origin, size, root and signer of NOTE; "" where none of KEYS has signed it. ValueError: no checkpoint."""
    text, _, signatures = note.partition("\n\n")
    origin, size, root = text.split("\n")
    found = b64decode(root, validate=True)
    if len(found) != 32 or not re.fullmatch(r"0|[1-9]\d{0,18}", size, re.ASCII) or not origin:
        raise ValueError("no checkpoint")
    for line in signatures.rstrip("\n").split("\n"):
        dash, name, coded = (*line.split(" "), "", "", "")[:3]
        signature = b64decode(coded, validate=True)
        for known, figure, key in keys:
            mine = dash == "\u2014" and (name, signature[:4]) == (known, figure) and known == origin
            if mine and signed(key, (text + "\n").encode(), signature[4:]):
                return origin, int(size), found, name
    return origin, int(size), found, ""
