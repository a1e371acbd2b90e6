"""What a file is by its first bytes, whatever its name says; nothing of it is run."""

from collections.abc import Iterator
from dataclasses import dataclass

MIB = 1 << 20
PICTURE, RECORDING, PAPER = 50 * MIB, 300 * MIB, 50 * MIB  # bytes of the largest that is kept


@dataclass(frozen=True)
class Kind:
    """One form of files that can be a tip."""

    media_type: str
    most: int  # bytes

    @property
    def pictured(self) -> bool:
        """Whether it is a picture."""
        return self.media_type.startswith("image/")


def _kinds() -> Iterator[tuple[int, bytes, Kind]]:
    """Where its mark stands, the mark, the kind."""
    yield 0, b"\xff\xd8\xff", Kind("image/jpeg", PICTURE)
    yield 0, b"\x89PNG\r\n\x1a\n", Kind("image/png", PICTURE)
    yield 0, b"GIF8", Kind("image/gif", PICTURE)
    yield 8, b"WEBP", Kind("image/webp", PICTURE)
    yield 0, b"II*\0", Kind("image/tiff", PICTURE)
    yield 0, b"MM\0*", Kind("image/tiff", PICTURE)
    for brand in (b"heic", b"heix", b"mif1", b"msf1"):
        yield 4, b"ftyp" + brand, Kind("image/heic", PICTURE)
    yield 4, b"ftypavif", Kind("image/avif", PICTURE)
    yield 4, b"ftypM4A", Kind("audio/mp4", RECORDING)
    yield 4, b"ftypqt", Kind("video/quicktime", RECORDING)
    yield 4, b"ftyp3g", Kind("video/3gpp", RECORDING)
    yield 4, b"ftyp", Kind("video/mp4", RECORDING)
    yield 0, b"\x1a\x45\xdf\xa3", Kind("video/webm", RECORDING)
    yield 8, b"AVI ", Kind("video/x-msvideo", RECORDING)
    yield 0, b"FLV\x01", Kind("video/x-flv", RECORDING)
    for frame in (b"ID3\x02", b"ID3\x03", b"ID3\x04", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        yield 0, frame, Kind("audio/mpeg", RECORDING)
    yield 0, b"\xff\xf1", Kind("audio/aac", RECORDING)
    yield 8, b"WAVE", Kind("audio/wav", RECORDING)
    yield 0, b"OggS", Kind("audio/ogg", RECORDING)
    yield 0, b"#!AMR", Kind("audio/amr", RECORDING)
    yield 0, b"fLaC", Kind("audio/flac", RECORDING)
    yield 0, b"%PDF-", Kind("application/pdf", PAPER)


KINDS = tuple(_kinds())
HEAD = 16  # bytes that tell


def kind_of(head: bytes) -> Kind | None:
    """What a file is that begins with HEAD; None where it is no picture, recording or PDF."""
    return next((kind for at, mark, kind in KINDS if head[at : at + len(mark)] == mark), None)
