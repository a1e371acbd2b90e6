"""Checkpoints of the ledger as signed notes (C2SP signed-note and tlog-checkpoint), Ed25519. Pure.

A checkpoint's text is three lines: the ledger's name, its size, its root in base64. Then an empty line and a line for
each signature: an em dash, the signer's name, and base64 of four bytes that name the key and the signature.
"""

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"  # how C2SP calls that algorithm
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
NAME = re.compile(r"[^\s+\u2014]+")


@dataclass(frozen=True)
class Checkpoint:
    """What the ledger was at one moment."""

    origin: str  # the ledger's name
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The signed text."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """A public key under a name: NAME+HASH+KEY, as it is handed to whoever checks."""

    name: str
    key: bytes  # 32 bytes

    @classmethod
    def read(cls, written: str) -> "Verifier":
        """The key as WRITTEN; ValueError where it is none."""
        try:
            name, figure, coded = written.strip().split("+", 2)
            body = b64decode(coded, validate=True)
        except (ValueError, binascii.Error):
            raise ValueError("a verifier's key is written NAME+HASH+KEY") from None
        found = cls(name, body[1:])
        if body[:1] != ED25519 or len(found.key) != 32 or not NAME.fullmatch(name) or found.id.hex() != figure:
            raise ValueError("a verifier's key that does not hold together")
        return found

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names this key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.key).decode()}"


def verifier(name: str, key: Ed25519PrivateKey) -> Verifier:
    """The public half of KEY, under NAME."""
    return Verifier(name, key.public_key().public_bytes_raw())


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The note that says CHECKPOINT, signed with KEY under the ledger's own name."""
    return signed_text(checkpoint.text, checkpoint.origin, key)


def signed_text(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The note that says TEXT, lines without an empty one among them, signed with KEY under NAME."""
    signature = verifier(name, key).id + key.sign(text.encode())
    return f"{text}\n\u2014 {name} {b64encode(signature).decode()}\n"


def read(note: str) -> Checkpoint:
    """What NOTE says, whoever signed it; ValueError where it is no checkpoint."""
    text, _, _ = note.partition("\n\n")
    lines = text.split("\n")
    if len(lines) != 3 or not NAME.fullmatch(lines[0]) or not SIZE.fullmatch(lines[1]):
        raise ValueError("no checkpoint: name, size and root are wanted")
    try:
        root = b64decode(lines[2], validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("no checkpoint: its root is no base64") from None
    found = Checkpoint(lines[0], int(lines[1]), root)
    if len(root) != 32 or not note.startswith(f"{found.text}\n"):
        raise ValueError("no checkpoint: its root is no SHA-256, or it is written otherwise")
    return found


def holds(note: str, by: Verifier) -> bool:
    """Whether NOTE bears a good signature BY that key."""
    text, parted, signatures = note.partition("\n\n")
    if not parted or not signatures.endswith("\n"):
        return False
    return any(_good(line, f"{text}\n".encode(), by) for line in signatures[:-1].split("\n"))


def _good(line: str, text: bytes, by: Verifier) -> bool:
    words = line.split(" ")
    if len(words) != 3 or words[:2] != ["\u2014", by.name]:
        return False
    try:
        signature = b64decode(words[2], validate=True)
        Ed25519PublicKey.from_public_bytes(by.key).verify(signature[4:], text)
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return signature[:4] == by.id and b64encode(signature).decode() == words[2]
