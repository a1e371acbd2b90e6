"""What a letter says: reviewed listings become the Items of a Notice to one platform."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from archive.note import Checkpoint
from archive.questions.letters import Demandable
from config.errors import LetterError
from config.law import Ground
from config.platform import Contact, Platform
from config.protection import Verified, cited
from config.settings import Language, Sender
from letters.template import Template

JOINER = "\u200d"  # holds emoji together
ASKS_TO_VERIFY = 2  # L2: likely forbidden, unless the papers say otherwise


@dataclass(frozen=True)
class Occasion:
    """Who writes to whom, when, in which language: everything of a letter but its listings."""

    number: str
    platform: Platform
    language: Language
    sender: Sender
    practice: bool
    now: datetime  # UTC
    zone: ZoneInfo  # of local times
    seal: Checkpoint | None  # that covers every record the letter relies on; None: the key is locked away


@dataclass(frozen=True)
class Known:
    """What is known of a species: what it is called, and how it is protected."""

    zh: str  # "": no name in that language is known
    en: str
    protection: tuple[Verified, ...] = ()  # what nobody has held against its list is of another type


Species = Mapping[str, Known]  # by scientific name
NAMELESS = Known("", "")


@dataclass(frozen=True)
class Item:
    """What the letter says of one listing."""

    number: int  # from 1
    listing_id: int
    visit_id: int  # the look relied on
    url: str  # as it was opened
    final_url: str  # as it answered
    canonical: str  # as the platform's file writes it
    key: str  # the platform's own id
    title: str
    price: str  # "" where the page showed none
    first_seen: datetime  # UTC
    last_seen: datetime  # UTC
    pictured_at: datetime  # UTC, of the page and screenshot named
    species_zh: str
    species_en: str
    species: str  # scientific name; "" where the reviewer named none
    protection_zh: tuple[str, ...]  # each list's word on it, with the list's edition; none that nobody has verified
    protection_en: tuple[str, ...]
    product_form: str
    why: str
    verify: bool  # L2: we ask the platform to look at the papers first
    grounds: tuple[str, ...]  # ids
    payload: str  # SHA-256 of the page as delivered, "" if not kept
    screenshot: str  # SHA-256 of the full-size picture
    picture: bytes = field(default=b"", repr=False)  # its reduced copy, JPEG


@dataclass(frozen=True)
class Sealed:
    """The ledger as it was sealed before the letter was drafted."""

    ledger: str  # its name
    size: int  # entries
    root: str  # SHA-256, hexadecimal


@dataclass(frozen=True)
class Notice:
    """One letter to one platform, before it takes a form."""

    number: str
    template: str
    version: str
    subject: str
    platform: str  # the name of its file
    platform_title: str
    language: Language
    date: datetime  # UTC
    zone: ZoneInfo
    deadline: datetime  # UTC; our request, no limit of law
    items: tuple[Item, ...]
    grounds: tuple[Ground, ...]
    sender: Sender
    contact: Contact
    practice: bool
    seal: Sealed  # that covers every record the letter relies on


def plain(text: str) -> str:
    """TEXT on one line; what no reader could see (controls, turned direction, zero width) is spelt out."""
    line = " ".join(text.split())
    return "".join(_visible(sign) for sign in line)


def _visible(sign: str) -> str:
    return sign if sign.isprintable() or sign == JOINER else f"[U+{ord(sign):04X}]"


def notice(
    listings: Sequence[Demandable],
    occasion: Occasion,
    template: Template,
    *,
    grounds: Sequence[Ground],
    species: Species,
    picture: Callable[[str], bytes],
) -> Notice:
    """The letter that LISTINGS make, once the gates are passed; PICTURE gives a reduced copy by SHA-256."""
    if occasion.platform.contact is None:
        raise LetterError(f"config/platforms/{occasion.platform.name}.toml: no [contact] to write to. Add one")
    seal = occasion.seal
    if seal is None:
        raise LetterError("the ledger is not sealed, and the letter relies on it. See: wildfree doctor")
    items = (_item(listing, occasion, grounds, species, picture) for listing in listings)
    return Notice(
        number=occasion.number,
        template=template.name,
        version=template.version,
        subject=template.subjects[occasion.language],
        platform=occasion.platform.name,
        platform_title=plain(occasion.platform.title),
        language=occasion.language,
        date=occasion.now,
        zone=occasion.zone,
        deadline=_deadline(occasion, template.days),
        items=tuple(replace(item, number=number) for number, item in enumerate(items, 1)),
        grounds=tuple(grounds),
        sender=occasion.sender,
        contact=occasion.platform.contact,
        practice=occasion.practice,
        seal=Sealed(seal.origin, seal.size, seal.root.hex()),
    )


def _item(
    listing: Demandable,
    occasion: Occasion,
    grounds: Sequence[Ground],
    species: Species,
    picture: Callable[[str], bytes],
) -> Item:
    known = species.get(listing.species, NAMELESS)
    return Item(
        number=0,  # given by the letter
        listing_id=listing.listing_id,
        visit_id=listing.visit_id,
        url=plain(listing.url),
        final_url=plain(listing.final_url),
        canonical=plain(occasion.platform.url_of(listing.key)),
        key=plain(listing.key),
        title=plain(listing.title),
        price=plain(listing.price),
        first_seen=listing.first_seen,
        last_seen=listing.last_seen,
        pictured_at=listing.pictured_at,
        species_zh=plain(known.zh),
        species_en=plain(known.en),
        species=plain(listing.species),
        protection_zh=tuple(map(plain, cited(known.protection, "zh"))),
        protection_en=tuple(map(plain, cited(known.protection, "en"))),
        product_form=plain(listing.product_form),
        why=plain(listing.why),
        verify=listing.legality == ASKS_TO_VERIFY,
        grounds=tuple(ground.id for ground in grounds if ground.reaches(listing.product_form)),
        payload=listing.payload or "",
        screenshot=listing.screenshot or "",
        picture=picture(listing.screenshot or ""),
    )


def _deadline(occasion: Occasion, days: int) -> datetime:
    """The end of the day that is DAYS after today, as the clock stands where we write."""
    day = occasion.now.astimezone(occasion.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59), occasion.zone).astimezone(UTC)
