"""OpenTimestamps: asks calendars for a proof, has it completed once Bitcoin holds it, and reads one.

A proof is a detached .ots file as the reference tool `ots` opens it. We keep no Bitcoin node: a proof that points
to a block is told as "not checked", with the Merkle root that the block must have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opentimestamps.core.notary import (  # type: ignore[import-untyped]  # ships no types
    BitcoinBlockHeaderAttestation,
    PendingAttestation,
    TimeAttestation,
)
from opentimestamps.core.op import OpSHA256  # type: ignore[import-untyped]  # ships no types
from opentimestamps.core.serialize import (  # type: ignore[import-untyped]  # ships no types
    BytesDeserializationContext,
    BytesSerializationContext,
    DeserializationError,
)
from opentimestamps.core.timestamp import (  # type: ignore[import-untyped]  # ships no types
    DetachedTimestampFile,
    Timestamp,
)

from archive.stamps.asking import Reach, Unanswered
from archive.stamps.told import Says, Told, plain
from config.errors import EvidenceError

LARGEST_ANSWER = 10_000  # bytes, as the reference client has it
LARGEST = 64 * 1024  # bytes of a proof: its figures have no bound of their own
HIGHEST = 1 << 32  # no chain has more blocks
HEADS = {"Accept": "application/vnd.opentimestamps.v1", "Content-Type": "application/x-www-form-urlencoded"}
UNREADABLE = (DeserializationError, ValueError, RecursionError)


@dataclass(frozen=True)
class Upgrade:
    """What asking the calendars again has brought."""

    proof: bytes | None  # the proof with all that is new; None: nothing is
    silent: tuple[Unanswered, ...]  # who had nothing for us yet (status 404), could not be asked, or must not be


def ask(reach: Reach, url: str, digest: bytes) -> bytes | Unanswered:
    """A pending proof of DIGEST (SHA-256) by the calendar at URL: the bytes of an .ots file."""
    said = reach.ask(f"{url.rstrip('/')}/digest", digest, HEADS)
    stamp = said if isinstance(said, Unanswered) else _answered(url, said, digest)
    return stamp if isinstance(stamp, Unanswered) else _file(stamp)


def merged(proofs: Sequence[bytes]) -> bytes:
    """One proof with all that PROOFS of the same digest hold. EvidenceError where they do not fit together."""
    try:
        first, *rest = map(_opened, proofs)
        for each in rest:
            first.merge(each)
        return _file(first)
    except UNREADABLE as problem:
        raise EvidenceError(
            f"timestamp proofs: cannot be merged ({problem}): give readable ones of one digest"
        ) from None


def upgrade(reach: Reach, proof: bytes) -> Upgrade:
    """Ask each calendar on which PROOF waits, if it is named, for what it has now. EvidenceError for no proof."""
    try:
        whole = _opened(proof)
    except UNREADABLE as problem:
        raise EvidenceError(f"timestamp proof: cannot be read ({problem}): ask the calendars anew") from None
    silent = []
    for stamp, url in [(stamp, each.uri) for stamp, each in _ends(whole) if isinstance(each, PendingAttestation)]:
        if any(_is_block(each) for _, each in _ends(stamp)):
            continue  # this one has been completed
        said = reach.ask(f"{url.rstrip('/')}/timestamp/{stamp.msg.hex()}", heads=HEADS)
        found = said if isinstance(said, Unanswered) else _answered(url, said, stamp.msg)
        if isinstance(found, Unanswered):
            silent.append(found)
        else:
            stamp.merge(found)
    new = _file(whole)
    return Upgrade(None if new == _file(_opened(proof)) else new, tuple(silent))


def read(proof: bytes, digest: bytes) -> Told:
    """What the bytes of an .ots file tell of DIGEST. Raises on no PROOF."""
    try:
        whole = _opened(proof)
        ends = [(stamp.msg, each) for stamp, each in _ends(whole)]
    except UNREADABLE as problem:
        return Told(
            Says.NOT_CHECKED, f"our parser cannot read it ({plain(str(problem))}); by hand: ots info THIS.ots"
        )
    if whole.msg != digest:
        return Told(Says.WRONG, "it is for another digest")
    urls = tuple(sorted({each.uri for _, each in ends if isinstance(each, PendingAttestation)}))
    blocks = sorted({(each.height, message) for message, each in ends if _is_block(each)})
    if any(len(message) != 32 or height >= HIGHEST for height, message in blocks):
        return Told(Says.WRONG, "it points to a block that cannot be", by=urls)
    if blocks:
        return _in_blocks(blocks, urls)
    if urls:
        return Told(Says.PENDING, f"promised by {', '.join(urls)}, in no block yet", by=urls)
    return Told(Says.NOT_CHECKED, "it names no calendar and no Bitcoin block; by hand: ots info THIS.ots")


def _in_blocks(blocks: list[tuple[int, bytes]], urls: tuple[str, ...]) -> Told:
    height, message = blocks[0]
    because = (
        f"Bitcoin block {height} was not looked up: its Merkle root must be {message[::-1].hex()}, and its time is "
        "the stamp's; by hand: any block explorer, or ots verify with a node of your own"
    )
    return Told(Says.NOT_CHECKED, because, by=urls, blocks=tuple(height for height, _ in blocks))


def _is_block(attestation: TimeAttestation) -> bool:
    return isinstance(attestation, BitcoinBlockHeaderAttestation)


def _ends(stamp: Timestamp) -> Iterator[tuple[Timestamp, TimeAttestation]]:
    """Every attestation in or under STAMP, with the node it stands at."""
    for attestation in stamp.attestations:
        yield stamp, attestation
    for inner in stamp.ops.values():
        yield from _ends(inner)


def _answered(url: str, said: bytes, message: bytes) -> Timestamp | Unanswered:
    """What the calendar at URL SAID of MESSAGE."""
    if len(said) > LARGEST_ANSWER:
        return Unanswered(url, f"its answer is larger than {LARGEST_ANSWER} bytes", 200)
    try:
        context = BytesDeserializationContext(said)
        stamp = Timestamp.deserialize(context, message)
        context.assert_eof()
    except UNREADABLE:
        return Unanswered(url, "what came is no timestamp", 200)
    return stamp


def _opened(proof: bytes) -> Timestamp:
    """The tree in an .ots file for a SHA-256 digest. One of UNREADABLE for anything else."""
    if len(proof) > LARGEST:
        raise ValueError(f"larger than {LARGEST} bytes")
    detached = DetachedTimestampFile.deserialize(BytesDeserializationContext(proof))
    if detached.file_hash_op != OpSHA256():
        raise ValueError(f"a digest by {detached.file_hash_op}")
    return detached.timestamp


def _file(stamp: Timestamp) -> bytes:
    """The bytes of the .ots file around STAMP: for the same tree always the same."""
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), stamp).serialize(context)
    return bytes(context.getbytes())
