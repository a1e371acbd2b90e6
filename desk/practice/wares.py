"""What the practice market sells: invented goods, each with what a reviewer ought to say of it."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from config.reading import Strict, read_tsv
from config.species import ProductForm

SHELF = Path(__file__).with_name("wares.tsv")
SHOPS = 13


class Label(StrEnum):
    """What a ware is in truth; the market's pages never say it."""

    SUSPECT = "suspect"
    LAWFUL = "lawful"
    DECOY = "decoy"  # shares words with the suspected ones and nothing else


class Kind(StrEnum):
    """What its pictures show."""

    RING = "ring"
    BEADS = "beads"
    FIGURE = "figure"
    STICKS = "sticks"
    BLOCK = "block"
    BOTTLE = "bottle"
    HORN = "horn"
    CLOTH = "cloth"
    SCALES = "scales"
    FRAME = "frame"
    COMB = "comb"
    PHONE = "phone"
    NET = "net"


class Ware(Strict):
    """One line of wares.tsv."""

    key: str
    title: str
    price: str  # as shown, currency sign included
    picture: Kind
    label: Label
    species: str = ""  # scientific name
    form: ProductForm | None = None  # what a reviewer ought to say of it

    @property
    def shop(self) -> str:
        """The number of the shop that sells it."""
        return f"{int(self.key) % SHOPS + 1:03}"

    @property
    def late(self) -> bool:
        """Whether its page shows title, price and pictures only once JavaScript has run."""
        return int(self.key) % 2 == 1


def wares(path: Path = SHELF) -> Sequence[Ware]:
    """The wares of the file at PATH; ConfigError names the line that cannot be read."""
    return read_tsv(path, Ware)
