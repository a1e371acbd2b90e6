"""What a listing's page is quoted with: its title, price, seller and pictures. No network, no clock."""

from dataclasses import dataclass

from config.platform import Platform
from config.search import JsonListing
from crawler.answers import at, documents, text
from crawler.cards import picture
from crawler.reading.words import first, texts
from crawler.signs import Page


@dataclass(frozen=True)
class Quoted:
    """The page's own words, where the platform's file says that they stand; "" where they do not."""

    title: str
    price: str
    seller: str
    images: tuple[str, ...]  # whole addresses


def quoted(platform: Platform, page: Page) -> Quoted:
    """What PAGE says of its listing: in its elements, or else in its JSON."""
    listing, root = platform.listing, page.root
    if listing.answer and not first(root, listing.title):
        return _told(page, listing.answer)
    return Quoted(
        title=first(root, listing.title),
        price=first(root, listing.price),
        seller=first(root, listing.seller),
        images=_whole(page, texts(root, listing.images) if listing.images else []),
    )


def titled(platform: Platform, page: Page) -> bool:
    """Whether a title stands in PAGE where the platform's file says."""
    return bool(quoted(platform, page).title)


def title_at(platform: Platform) -> str:
    """Where the file of PLATFORM says that a title stands."""
    listing = platform.listing
    places = [listing.title] if listing.title else []
    return " or ".join([*places, *([listing.answer.title] if listing.answer else [])])


def _told(page: Page, paths: JsonListing) -> Quoted:
    told = [each for each in documents(page, paths.where) if text(each, paths.title)]
    document = told[0] if told else None
    images = at(document, paths.images)
    return Quoted(
        title=text(document, paths.title),
        price=text(document, paths.price),
        seller=text(document, paths.seller),
        images=_whole(page, [each for each in images if isinstance(each, str)] if isinstance(images, list) else []),
    )


def _whole(page: Page, links: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (picture(page, link) for link in links))))
