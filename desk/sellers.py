"""Says whether two listings are of one seller, by the pages that were kept; no seller is named, or kept by name."""

from enum import StrEnum

from archive.questions.recorded import live
from config.platform import platforms
from crawler.page import page_of
from crawler.quoted import quoted
from desk.context import Desk


class Seller(StrEnum):
    """How the sellers of two listings stand to each other, as far as their pages say."""

    SAME = "same"  # of one platform, under one name
    NAMESAKE = "namesake"  # under one name, on two platforms
    ANOTHER = "another"
    UNKNOWN = "unknown"  # no page of one of them was kept live, or its file does not say where the seller stands


class Sellers:
    """The sellers of listings, read from their kept pages as they are asked for."""

    def __init__(self, here: Desk) -> None:
        self._vault = here.vault
        self._sites = {site.name: site for site in platforms(here.overlay)}
        self._names: dict[int, str] = {}

    def compared(self, one: tuple[int, str], other: tuple[int, str]) -> Seller:
        """How the sellers of two listings, each a number and a platform's name, stand to each other."""
        mine, theirs = self._name(*one), self._name(*other)
        if not mine or not theirs:
            return Seller.UNKNOWN
        if mine != theirs:
            return Seller.ANOTHER
        return Seller.SAME if one[1] == other[1] else Seller.NAMESAKE

    def _name(self, listing: int, platform: str) -> str:
        if listing not in self._names:
            self._names[listing] = self._read(listing, platform)
        return self._names[listing]

    def _read(self, listing: int, platform: str) -> str:
        site = self._sites.get(platform)
        kept = live(self._vault, listing) if site else None
        if site is None or kept is None:
            return ""
        return quoted(site, page_of(kept.body, url=kept.url, final_url=kept.final_url)).seller
