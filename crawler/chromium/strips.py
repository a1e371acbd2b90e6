"""Joins the strips of a page into one PNG (ISO/IEC 15948), strip by strip: the whole is never unpacked."""

import io
import struct
import zlib

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB = (8, 2, 0, 0, 0)  # bits, colour type; compression, filter and interlace methods
FAST = 1  # zlib's level


class Strips:
    """One picture that grows downwards."""

    def __init__(self, width: int) -> None:
        self.height = 0
        self._width = width
        self._packing = zlib.compressobj(FAST)
        self._png = io.BytesIO()
        self._head()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._png.tell()

    def add(self, strip: bytes) -> None:
        """Put STRIP, a PNG as wide as the whole, below the others."""
        with Image.open(io.BytesIO(strip), formats=("PNG",)) as opened:
            pixels = opened.convert("RGB").tobytes()
            self.height += opened.height
        width = 3 * self._width
        rows = (pixels[at : at + width] for at in range(0, len(pixels), width))
        self._write(b"IDAT", b"".join(self._packing.compress(b"\0" + row) for row in rows))  # 0: not filtered

    def png(self) -> bytes:
        """The whole picture; nothing can be added afterwards."""
        self._write(b"IDAT", self._packing.flush())
        self._write(b"IEND", b"")
        self._head()
        return self._png.getvalue()

    def _head(self) -> None:
        """Write how large the picture is, which only the last strip tells."""
        self._png.seek(0)
        self._png.write(SIGNATURE)
        self._write(b"IHDR", struct.pack(">2I5B", self._width, self.height, *RGB))

    def _write(self, kind: bytes, body: bytes) -> None:
        self._png.write(struct.pack(">I", len(body)) + kind)
        self._png.write(body)
        self._png.write(struct.pack(">I", zlib.crc32(body, zlib.crc32(kind))))
