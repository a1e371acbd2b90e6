"""Finds every link in what a person pasted, and says what each names: a listing, a platform, or an unknown site."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from config.errors import UsageError
from config.platform import Platform, platforms
from config.reading import did_you_mean
from config.share import Shares, Short, shares
from crawler.reading.heads import UNKEPT_IN_ADDRESS
from desk.context import Desk

SIGNS = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"  # of which an address is made (RFC 3986 §2); others end it
LONGEST = 2000  # characters of a link
TAIL = ".,;:!?'"  # what ends a sentence, and no address


@dataclass(frozen=True)
class Link:
    """One link as it was found, and what it names."""

    text: str
    platform: str = ""  # the name of its file; "": of none
    key: str = ""  # of the listing; "": it names none
    url: str = ""  # the listing's canonical address
    short: bool = False  # leads elsewhere: only its platform knows where

    @property
    def same(self) -> tuple[str, str]:
        """What makes two links one."""
        if self.key:
            return self.platform, self.key
        parts = urlsplit(self.text)
        bare = parts._replace(scheme="https", netloc=parts.netloc.lower(), fragment="")
        return self.platform, urlunsplit(bare._replace(query="", path=bare.path.rstrip("/")) if self.short else bare)


class Reader:
    """Reads links as this workspace knows platforms."""

    def __init__(self, here: Desk) -> None:
        bases = here.settings.bases if here.practice else {}
        known = platforms(here.overlay)
        self.sites = [
            each.model_copy(update={"base": bases[each.name]}) if each.name in bases else each for each in known
        ]
        self.shares: Shares = shares(here.overlay)
        hosts = {host for site in self.sites for host in (urlsplit(site.base).netloc, *site.hosts)}
        hosts |= {short.host for short in self.shares.short}
        bare = "|".join(sorted(map(re.escape, hosts), key=len, reverse=True))
        self._link = re.compile(rf"https?://{SIGNS}+|(?<![\w./@-])(?:{bare})/{SIGNS}+", re.IGNORECASE | re.ASCII)

    def site(self, name: str) -> Platform:
        """The platform NAME; UsageError where a share names one that has no file."""
        found = next((site for site in self.sites if site.name == name), None)
        if found is None:
            hint = did_you_mean(name, (site.name for site in self.sites))
            raise UsageError(f"config/shares.toml: no platform '{name}'.{hint}")
        return found

    def untold(self, text: str) -> str:
        """TEXT with the tokens of its links put by, those that each platform's file names: they are nobody's to keep.

        A short link stays whole: only its platform knows what its parts mean.
        """
        return self._link.sub(lambda found: self._without_tokens(found[0]), text)

    def _without_tokens(self, link: str) -> str:
        whole = link if "://" in link else f"https://{link}"
        tokens = next((site.tokens for site in self.sites if site.owns(whole)), ())
        if not tokens:
            return link
        given = rf"([?&](?:{'|'.join(map(re.escape, tokens))})=)[^&#]+"
        return re.sub(given, rf"\g<1>{UNKEPT_IN_ADDRESS}", link)

    def links(self, text: str) -> list[Link]:
        """Every link of TEXT once, in order."""
        found = (self._named(_trimmed(each[0]), text) for each in self._link.finditer(text))
        once: dict[tuple[str, str], Link] = {}
        for link in found:
            if link is not None:
                once.setdefault(link.same, link)
        return list(once.values())

    def _named(self, link: str, text: str) -> Link | None:
        """What LINK, found in TEXT, names; None where it is no address after all."""
        whole = link if "://" in link else f"https://{link}"
        try:
            parts = urlsplit(whole)
        except ValueError:  # as http://[x
            return None
        if len(whole) > LONGEST or not re.fullmatch(
            r"[\w.-]*\w(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?", parts.netloc, re.IGNORECASE
        ):
            return None
        for site in self.sites:
            bare, _ = site.parted(whole)
            if key := site.key_of(bare):
                return Link(whole, site.name, key, site.url_of(key))
        short = _short(parts.netloc.lower(), self.shares.short)
        if short is not None:
            return Link(whole, self.site(short.of(text)).name, short=True)
        owner = next((site.name for site in self.sites if site.owns(whole)), "")
        return Link(whole, owner)


def _short(host: str, known: Iterable[Short]) -> Short | None:
    return next((each for each in known if host == each.host), None)


def _trimmed(link: str) -> str:
    """LINK without what ends the sentence around it, and brackets that opened before it."""
    while link and (
        link[-1] in TAIL or any(link[-1] == end and link.count(end) > link.count(begun) for begun, end in _PAIRS)
    ):
        link = link[:-1]
    return link


_PAIRS: Sequence[tuple[str, str]] = (("(", ")"), ("[", "]"))
