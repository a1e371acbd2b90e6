"""A platform, its listings and their screenshots, all invented, for the tests of letters."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from archive.facts import Decision
from archive.note import Checkpoint
from archive.questions.letters import Demandable
from config.errors import EvidenceError
from config.platform import Contact, Listing, Platform, Search
from config.search import Card
from config.settings import Language, Sender
from letters.draft import Letter, compose
from letters.notice import Known, Occasion

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SELLER = "诚信收藏老铺"
KNOWN = {"Loxodonta africana": Known("非洲象", "African elephant")}
COLOURS = {1: (200, 30, 30), 2: (30, 160, 30), 3: (30, 30, 200)}
CONTACT = Contact(
    entity_zh="演练集市有限公司",
    entity_en="Practice Market Ltd",
    email="reports@market.example",
    source="invented",
    confidence="A",
)
MARKET = Platform(
    name="market",
    title="Practice Market 演练集市",
    base="https://market.example",
    read_on=date(2026, 11, 1),
    key=r"/item/(\d+)",
    canonical="/item/{key}",
    search=Search(url="/s?q={term}", canary="x", card=Card(each="li", url="a::attr(href)", title="a::text")),
    listing=Listing(title="h1"),
    contact=CONTACT,
)
SENDER = Sender(organisation="野生动物观察 Wildlife Watch", contact="Letters desk", email="desk@watch.example")
SEAL = Checkpoint("wildfree-practice-0123456789ab", 128, bytes(range(32)))
OCCASION = Occasion("WF-2026-0001", MARKET, "en", SENDER, True, NOW, ZoneInfo("Asia/Shanghai"), SEAL)


class Shelf:
    """Exhibits under their SHA-256, as the archive keeps them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keep(self, body: bytes) -> str:
        name = sha256(body).hexdigest()
        self.kept[name] = body
        return name

    def read(self, name: str) -> bytes:
        if name not in self.kept:
            raise EvidenceError(f"exhibit {name} is not in the store")
        return self.kept[name]


def screenshot(number: int, kind: str = "PNG") -> bytes:
    """A page taller than wide: a coloured field at its top, another below; the seller named in its metadata."""
    page = Image.new("RGB", (1280, 2400), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((100, 100, 1180, 700), fill=COLOURS[number % 3 + 1])
    draw.rectangle((0, 1000, 1280, 2400), fill="black")
    note, out = PngInfo(), BytesIO()
    note.add_text("Author", SELLER.encode().hex())
    extra: dict[str, Any] = {"pnginfo": note} if kind == "PNG" else {"comment": SELLER.encode().hex()}
    page.save(out, kind, **extra)
    return out.getvalue()


def listing(number: int, shelf: Shelf, **changes: object) -> Demandable:
    """A listing that a letter may be made of; CHANGES are the holes of a test."""
    key = str(100000 + number)
    sound = Demandable(
        listing_id=number,
        visit_id=1000 + number,
        platform="market",
        key=key,
        url=f"https://market.example/item/{key}?from=search&page=2&order=newest&session=none",
        final_url=f"https://market.example/item/{key}",
        title=f"老料象牙手串 108颗 no. {number}",
        price="¥1,280.00",
        first_seen=NOW - timedelta(days=3),
        last_seen=NOW - timedelta(hours=2),
        pictured_at=NOW - timedelta(hours=30),
        decision=Decision.SUSPECT,
        species="Loxodonta africana",
        product_form="worked",
        why="标题写明象牙，图片可见交叉纹理",
        sufficiency=2,
        legality=3,
        payload=shelf.keep(b"page %d" % number),
        screenshot=shelf.keep(screenshot(number)),
    )
    return replace(sound, **changes)  # type: ignore[arg-type]  # a test may plant what a type forbids


def letter(
    *listings: Demandable, exhibit: Callable[[str], bytes], language: Language = "en", practice: bool = True
) -> Letter:
    """The letter about LISTINGS."""
    return compose(listings, replace(OCCASION, language=language, practice=practice), exhibit=exhibit, species=KNOWN)
