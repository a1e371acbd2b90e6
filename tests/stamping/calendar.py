"""An OpenTimestamps calendar on the loopback: promises at once, and points to a Bitcoin block when told to."""

from opentimestamps.core.notary import (  # type: ignore[import-untyped]  # ships no types
    BitcoinBlockHeaderAttestation,
    PendingAttestation,
    TimeAttestation,
)
from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256  # type: ignore[import-untyped]  # ships no types
from opentimestamps.core.serialize import BytesSerializationContext  # type: ignore[import-untyped]  # ships no types
from opentimestamps.core.timestamp import Timestamp  # type: ignore[import-untyped]  # ships no types

from tests.stamping.served import Request, Served, Visitor

KIND = "application/vnd.opentimestamps.v1"


class Calendar(Served):
    """POST /digest, GET /timestamp/HEX; what it promises hangs two steps below the digest, as with real ones."""

    def __init__(self) -> None:
        super().__init__()
        self.block: int | None = None  # the height of the block that holds all it has promised; None: none yet
        self.says: bytes | None = None  # in place of any honest answer
        self.points_to = self.url  # the calendar that it names in its promises
        self.promised: set[bytes] = set()

    def answer(self, visitor: Visitor, asked: Request) -> None:
        if self.says is not None:
            visitor.say(200, self.says, KIND)
        elif (asked.method, asked.path) == ("POST", "/digest"):
            visitor.say(200, self.promise(asked.body), KIND)
        elif asked.path.startswith("/timestamp/"):
            self._complete(visitor, bytes.fromhex(asked.path.rpartition("/")[2]))
        else:
            visitor.say(404, b"Not found")

    def promise(self, digest: bytes) -> bytes:
        """The steps from DIGEST to what this calendar keeps, and its own address."""
        top = Timestamp(digest)
        kept = top.ops.add(OpPrepend(b"at a time")).ops.add(OpSHA256()).ops.add(OpAppend(self.url.encode()))
        self.promised.add(kept.msg)
        return _bytes(top, kept, PendingAttestation(self.points_to))

    def _complete(self, visitor: Visitor, commitment: bytes) -> None:
        if commitment not in self.promised or self.block is None:
            visitor.say(404, b"Pending confirmation in Bitcoin blockchain")
            return
        top = Timestamp(commitment)
        root = top.ops.add(OpSHA256()).ops.add(OpAppend(b"a neighbour")).ops.add(OpSHA256()).ops.add(OpSHA256())
        visitor.say(200, _bytes(top, root, BitcoinBlockHeaderAttestation(self.block)), KIND)


def _bytes(top: Timestamp, end: Timestamp, attestation: TimeAttestation) -> bytes:
    end.attestations.add(attestation)
    context = BytesSerializationContext()
    top.serialize(context)
    return bytes(context.getbytes())
