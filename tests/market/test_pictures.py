"""The practice market's pictures can be told apart, stay the same, and bear its mark."""

import io

import imagehash
from PIL import Image

from desk.practice.market import Market
from tests.market.visitor import LATE, PLAIN, WARES, get


def test_every_listing_has_pictures_of_its_own_that_never_change(market: Market) -> None:
    first = {key: get(market, f"/picture/{key}-1.jpg").body for key in WARES}
    pictures = {key: Image.open(io.BytesIO(body)) for key, body in first.items()}
    assert {(one.format, one.size) for one in pictures.values()} == {("JPEG", (600, 600))}
    hashes = [imagehash.phash(one) for one in pictures.values()]
    assert min(a - b for i, a in enumerate(hashes) for b in hashes[:i]) >= 8
    assert get(market, f"/picture/{PLAIN}-2.jpg").body not in first.values()
    assert get(market, f"/picture/{PLAIN}-1.jpg").body == first[PLAIN]
    assert get(market, f"/picture/{PLAIN}-3.jpg").status == 404


def test_the_mark_is_in_every_picture_whatever_it_shows(market: Market) -> None:
    bands = []
    for key in (PLAIN, LATE, "10050"):
        picture = Image.open(io.BytesIO(get(market, f"/picture/{key}-1.jpg").body)).convert("L")
        bands.append(picture.crop((0, 540, 400, 590)).point(lambda grey: 255 * (grey > 128)))
    light = [sum(band.histogram()[128:]) for band in bands]
    assert min(light) > 1500
    assert max(light) - min(light) < 60
