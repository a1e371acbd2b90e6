"""Inclusion in the ledger and its growth (RFC 9162 §2.1); its signed notes and keys (C2SP tlog-checkpoint)."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from typing import Tuple  # noqa: UP035  (Python 3.8)

from archive.bundle.stranger.curve import signed

SIGNATURES, LONGEST = 16, 1 << 14  # what a note may bear, and its bytes: each signature takes time
Key = Tuple[str, bytes, bytes]  # noqa: UP006  (Python 3.8) - name, figure, key


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


def roots(steps: list[tuple[int, list[str]]]) -> dict[int, bytes]:
    """The root at every size of STEPS, so that each is shown to begin the next. ValueError where they do not fit.

    A step is a size and the complete subtrees (hexadecimal) over the leaves since the size before it, in order.
    """
    found: dict[int, bytes] = {}
    stack: list[tuple[int, bytes]] = []  # complete subtrees from the left: leaves, hash
    done = 0
    for size, hashes in steps:
        for each in hashes:
            made, room = bytes.fromhex(each), 1 << (size - done).bit_length() - 1
            count = min(done & -done, room) if done else room
            done += count
            while stack and stack[-1][0] == count:
                count, made = count * 2, hashlib.sha256(b"\x01" + stack.pop()[1] + made).digest()
            stack.append((count, made))
        if done != size or not stack or any(len(each) != 64 for each in hashes):
            raise ValueError("no history of a ledger")
        found[size] = stack[-1][1]
        for _, left in reversed(stack[:-1]):
            found[size] = hashlib.sha256(b"\x01" + left + found[size]).digest()
    return found


def keyed(line: str) -> Key:
    """Name, figure and key of a verifier's key NAME+HASH+KEY. ValueError where it is none."""
    name, figure, coded = line.split("+", 2)
    body = b64decode(coded, validate=True)
    made = hashlib.sha256(name.encode() + b"\n" + body).digest()[:4]
    if body[:1] != b"\x01" or len(body) != 33 or made.hex() != figure or not re.fullmatch(r"[^\s+\u2014]+", name):
        raise ValueError("no verifier's key")
    return name, made, body[1:]


def spelt(key: Key) -> str:
    """KEY, the whole of it, as `keyed` reads it."""
    return f"{key[0]}+{key[1].hex()}+{b64encode(bytes([1]) + key[2]).decode()}"


def noted(note: str, keys: list[Key]) -> tuple[str, int, bytes, list[Key]]:
    """Origin, size, root of NOTE, and who of KEYS signed it: nobody, if one of them did not sign what stands there.

    ValueError where it is no checkpoint.
    """
    text, _, signatures = note.partition("\n\n")
    origin, size, root = text.split("\n")
    found, lines = b64decode(root, validate=True), signatures.rstrip("\n").split("\n")
    if len(found) != 32 or not re.fullmatch(r"0|[1-9]\d{0,18}", size, re.ASCII) or not origin:
        raise ValueError("no checkpoint")
    if len(lines) > SIGNATURES:
        raise ValueError(f"more than {SIGNATURES} signatures")
    signers = []
    for line in lines:
        dash, name, coded = (*line.split(" "), "", "", "")[:3]
        signature = b64decode(coded, validate=True)
        for each in keys:
            if dash != "\u2014" or (name, signature[:4]) != each[:2] or name != origin:
                continue
            if not signed(each[2], (text + "\n").encode(), signature[4:]):
                return origin, int(size), found, []
            signers.append(each)
    return origin, int(size), found, signers
