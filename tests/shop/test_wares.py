"""What the shop sells is what the other tests count on: kinds, titles, pictures."""

import hashlib
from collections import Counter
from io import BytesIO

from PIL import Image

from tests.shop.pictures import SIDE, draw
from tests.shop.wares import WARES, Label, Ware, ware


def test_the_wares_are_of_every_kind_and_no_title_stands_for_two() -> None:
    kinds = Counter(ware.label for ware in WARES)
    assert len(WARES) >= 50
    assert kinds[Label.SUSPECT] >= 18
    assert kinds[Label.LAWFUL] >= 10
    assert kinds[Label.DECOY] >= 20
    assert len({ware.title for ware in WARES}) == len(WARES)
    assert all(bool(ware.species) == (ware.label is Label.SUSPECT) for ware in WARES)


def pixels(ware: Ware, view: int) -> str:
    """The drawing without its caption, whose letters are the font library's."""
    with Image.open(BytesIO(draw(ware.title, view, "x"))) as picture:
        return hashlib.sha256(picture.crop((0, 0, SIDE, SIDE - 60)).tobytes()).hexdigest()


def test_pictures_are_the_same_in_every_process_and_differ_between_wares() -> None:
    assert len({pixels(ware, view) for ware in WARES for view in (0, 1)}) == 2 * len(WARES)
    assert pixels(ware("Pangolin"), 0).startswith("80b0c06be5e79133")
