"""Makes a film that shows how many seconds it has run: WebM, of the very VP8 frames that WebP pictures hold."""

from functools import lru_cache
from io import BytesIO
from struct import pack

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 480, 270  # px
SECONDS = 20
A_SECOND = 2  # frames
CLUSTER = 10  # s
MEDIA_TYPE = "video/webm"


@lru_cache(maxsize=2)
def film(words: str = "PRACTICE") -> bytes:
    """A silent film of SECONDS, with WORDS and its own time in each frame; the same bytes for the same words."""
    frames = [_frame(words, number) for number in range(SECONDS * A_SECOND)]
    head = _element(0x1A45DFA3, _text(0x4282, "webm"), _number(0x4287, 2), _number(0x4285, 2))
    lasts = _element(0x4489, pack(">d", 1000.0 * SECONDS))
    made = _text(0x4D80, "wildfree") + _text(0x5741, "wildfree")
    info = _element(0x1549A966, _number(0x2AD7B1, 1_000_000), lasts, made)
    size = _element(0xE0, _number(0xB0, WIDTH), _number(0xBA, HEIGHT))
    track = _element(0xAE, _number(0xD7, 1), _number(0x73C5, 1), _number(0x83, 1), _text(0x86, "V_VP8"), size)
    starts = range(0, SECONDS, CLUSTER)
    clusters = [_cluster(start, frames[start * A_SECOND : (start + CLUSTER) * A_SECOND]) for start in starts]
    return head + _element(0x18538067, info, _element(0x1654AE6B, track), *clusters)


def _frame(words: str, number: int) -> bytes:
    """The VP8 frame of a picture that shows the time of frame NUMBER."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (30 + number * 4, 60, 110))
    draw = ImageDraw.Draw(picture)
    draw.text((WIDTH // 2, 90), words, "white", ImageFont.load_default(44), anchor="mm")
    draw.text((WIDTH // 2, 190), f"{number / A_SECOND:.1f} s", "white", ImageFont.load_default(72), anchor="mm")
    out = BytesIO()
    picture.save(out, "WEBP", quality=60)
    webp = out.getvalue()
    at = webp.index(b"VP8 ")
    return webp[at + 8 : at + 8 + int.from_bytes(webp[at + 4 : at + 8], "little")]


def _cluster(start: int, frames: list[bytes]) -> bytes:
    """FRAMES, all of them key frames, from START (s) on."""
    blocks = [
        _element(0xA3, b"\x81" + (1000 * number // A_SECOND).to_bytes(2) + b"\x80" + frame)
        for number, frame in enumerate(frames)
    ]
    return _element(0x1F43B675, _number(0xE7, 1000 * start), *blocks)


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8)))


def _text(name: int, value: str) -> bytes:
    return _element(name, value.encode())


def _element(name: int, *content: bytes) -> bytes:
    """An element of EBML (RFC 8794): its name, its length in eight bytes, its content."""
    body = b"".join(content)
    return name.to_bytes((name.bit_length() + 7) // 8) + (len(body) | 1 << 56).to_bytes(8) + body
