"""A copy of a photo is known again, however it was made; another photo is not; and what is no photo has no hashes."""

import io
import struct
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from archive import prints
from archive.alignment import overlay
from archive.likeness import METHODS, hashes, small
from archive.prints import Prints
from archive.questions.hash_index import ALIKE, NEAR
from desk.practice.pictures import picture
from desk.practice.wares import Kind
from tests.likenesses import bordered, cut, encoded, photo, turned, written

PHOTOS = range(4)
PAIRS = [
    *((one, other) for one in range(prints.VIEWS) for other in (prints.BARE, prints.AS_IS)),
    *((prints.BARE, other) for other in range(2, prints.VIEWS)),
]


def seen(body: bytes) -> Image.Image:
    grey = small(body)
    assert grey is not None
    return grey


def taken(body: bytes) -> Prints:
    found = prints.taken(seen(body))
    assert found is not None
    return found


def likely(one: Prints, other: Prints) -> tuple[tuple[int, int], bool] | None:
    """The views by which one is likely a copy of the other, and whether in a mirror: said the slow way."""
    found = []
    for mirrored, asked in ((False, one), (True, one.mirrored())):
        for views in PAIRS:
            bits = np.bitwise_count(asked.phash[views[0]] ^ other.phash[views[1]])
            if bits[0] <= NEAR and bits.sum() <= ALIKE:
                found.append((int(bits.sum()), views, mirrored))
    return min(found)[1:] if found else None


def same(one: bytes, other: bytes) -> bool:
    how = likely(taken(one), taken(other))
    return how is not None and overlay(seen(one), seen(other), how[0], mirrored=how[1]).same


COPIES: dict[str, Callable[[Image.Image], bytes]] = {
    "written anew": lambda image: encoded(image, quality=30),
    "as PNG": lambda image: encoded(image, "PNG"),
    "as WebP": lambda image: encoded(image, "WEBP", quality=60),
    "smaller": lambda image: encoded(image.resize((200, 150))),
    "out of shape": lambda image: encoded(image.resize((600, 600))),
    "in a white border": lambda image: encoded(bordered(image)),
    "in a border in a border": lambda image: encoded(bordered(bordered(image, 20, "red"), 40, "black")),
    "in a letterbox": lambda image: encoded(bordered(image, 200, "black").crop((200, 0, 840, 880))),
    "with words": lambda image: encoded(written(image)),
    "in a mirror": lambda image: encoded(turned(image)),
    "cut on two sides": lambda image: encoded(cut(image, 0.1, 0.1, 0, 0)),
    "cut on all sides": lambda image: encoded(cut(image, 0.07, 0.03, 0.02, 0.09)),
    "cut in a mirror": lambda image: encoded(cut(turned(image), 0.0, 0.09, 0.08, 0.02)),
    "with border and words": lambda image: encoded(bordered(written(image))),
}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_a_photo_is_known_again_either_way_round(how: str) -> None:
    for image in map(photo, PHOTOS):
        original, copy = encoded(image), COPIES[how](image)
        assert same(original, copy)
        assert same(copy, original)


def test_another_photo_is_not_known_again() -> None:
    bodies = [encoded(photo(seed)) for seed in PHOTOS]
    assert not any(same(one, other) for one, other in combinations(bodies, 2))


@pytest.mark.parametrize("kind", [Kind.RING, Kind.BEADS, Kind.HORN])
def test_two_photos_of_two_things_of_a_kind_are_not_one(kind: Kind) -> None:
    bodies = [picture(f"{number}", 1, kind) for number in range(7)]
    tried = [likely(taken(one), taken(other)) for one, other in combinations(bodies, 2)]
    assert any(tried), "the hashes alone would take some for copies"
    assert not any(same(one, other) for one, other in combinations(bodies, 2))
    assert all(same(one, encoded(Image.open(io.BytesIO(one)), quality=50)) for one in bodies)


def test_every_method_is_named_with_its_version_and_read_back() -> None:
    found = hashes(encoded(photo(1)))
    assert tuple(found) == METHODS
    assert {method: len(value) for method, value in found.items()} == {
        "phash64/1": prints.VIEWS * 16, "phash256/1": prints.VIEWS * 64, "dhash64/1": prints.VIEWS * 16,
    }  # fmt: skip
    read, again = Prints.read(found["phash256/1"], found["dhash64/1"]), taken(encoded(photo(1)))
    assert (read.phash == again.phash).all()
    assert (read.dhash == again.dhash).all()
    assert found["phash64/1"][:16] == found["phash256/1"][:16]
    with pytest.raises(ValueError, match="reshape"):
        Prints.read(found["phash256/1"][:-64], found["dhash64/1"])


def test_the_mirrors_hashes_follow_from_the_pictures() -> None:
    for seed in PHOTOS:
        ours, theirs = taken(encoded(photo(seed), "PNG")).mirrored(), taken(encoded(turned(photo(seed)), "PNG"))
        assert np.bitwise_count(ours.phash[0] ^ theirs.phash[0]).sum() <= 16
        assert np.bitwise_count(ours.dhash[0] ^ theirs.dhash[0]) <= 6
        assert np.bitwise_count(ours.phash[0] ^ taken(encoded(photo(seed))).phash[0]).sum() > 90


def test_a_nearly_black_photo_is_no_border() -> None:
    bodies = [encoded(photo(seed, dark=True), "PNG") for seed in PHOTOS]
    for body in bodies:
        grey = seen(body)
        left, top, right, bottom = prints.inner(grey)
        assert (right - left) * (bottom - top) > 0.8 * grey.width * grey.height
    assert all(same(body, encoded(Image.open(io.BytesIO(body)), quality=90)) for body in bodies)
    assert not any(same(one, other) for one, other in combinations(bodies, 2))


def test_a_border_is_taken_off_where_it_is() -> None:
    grey = seen(encoded(bordered(photo(1, 512, 512), 128, "black"), "PNG"))
    assert grey.size == (128, 128)
    for found, there in zip(prints.inner(grey), (21.3, 21.3, 106.7, 106.7), strict=True):
        assert abs(found - there) < 2.5


@pytest.mark.parametrize("body", [
    pytest.param(encoded(Image.new("RGB", (400, 300), "white")), id="one colour"),
    pytest.param(encoded(Image.new("RGB", (1, 1))), id="1x1"),
    pytest.param(encoded(photo(1).resize((40, 40))), id="icon"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
    pytest.param(encoded(photo(1))[:9000], id="cut short"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(50), id="damaged"),
])  # fmt: skip
def test_what_is_no_photo_has_no_hashes(body: bytes) -> None:
    assert hashes(body) == {}


def test_a_picture_that_is_damaged_anywhere_stops_nobody() -> None:
    whole = {kind: encoded(photo(2, 300, 200), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP")}
    assert all(hashes(body) for body in whole.values())
    luck = np.random.default_rng(3)
    for body in whole.values():
        for _ in range(20):
            spoilt = bytearray(body)
            for at in luck.integers(0, len(body), 30):
                spoilt[at] = int(luck.integers(0, 256))
            assert set(hashes(bytes(spoilt))) in (set(), set(METHODS))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_an_animation_is_its_first_picture_that_shows_something(kind: str) -> None:
    still, blank = photo(3), Image.new("RGB", photo(3).size, "white")
    for before in ([], [blank], [blank, Image.new("RGB", blank.size, "black")]):
        shown = [*before, still, photo(4), photo(5)]
        moving = encoded(shown[0], kind, save_all=True, append_images=shown[1:], duration=100)
        assert same(moving, encoded(still))
        assert not same(moving, encoded(photo(4)))


def test_an_animation_that_never_shows_anything_has_no_hashes() -> None:
    blank = [Image.new("RGB", (300, 200), (255, 255, 255 - number)) for number in range(12)]
    moving = encoded(blank[0], "GIF", save_all=True, append_images=blank[1:], duration=100)
    assert hashes(moving) == {}


@pytest.mark.parametrize("brightest", [65_535, 4_095])
def test_a_grey_picture_of_16_bits_is_the_same_picture(brightest: int) -> None:
    grey = np.asarray(photo(3).convert("L"))
    deep = Image.fromarray(grey.astype(np.uint16) * (brightest // 255))
    body = encoded(deep, "PNG")
    assert body[24:26] == bytes([16, 0]), "16 bits of grey"
    assert same(body, encoded(photo(3)))
    assert not same(body, encoded(photo(4)))
    assert hashes(encoded(deep, "PNG", transparency=brightest))


def test_a_phones_photo_is_looked_at_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise to look at it
    assert same(encoded(photo(3).transpose(Image.Transpose.ROTATE_90), exif=exif), encoded(photo(3)))


def test_a_printers_colours_are_no_other_picture() -> None:
    assert same(encoded(photo(3).convert("CMYK")), encoded(photo(3)))


def test_what_cannot_be_seen_through_is_what_counts() -> None:
    for seed in (1, 2):
        image = photo(3).convert("RGBA")
        hidden = photo(seed).convert("RGBA")
        hidden.putalpha(0)
        image.paste(hidden.crop((0, 0, 640, 200)), (0, 0))
        shown = encoded(image, "PNG")
        assert same(shown, encoded(cut(photo(3), 0, 200 / 480, 0, 0)))
