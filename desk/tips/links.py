"""Finds every link in what a person pasted, and says what each names: a listing, a platform, or an unknown site."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from config.errors import UsageError
from config.platform import Platform, platforms
from config.reading import did_you_mean
from config.share import Shares, Short, shares
from crawler.reading.heads import without_secrets
from desk.context import Desk
from desk.tips.untold import ADDRESS, untold

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
        begun = rf"(?<![\w./@-])(?:{bare})/"
        self._link = re.compile(rf"https?://{SIGNS}+|{begun}{SIGNS}+", re.IGNORECASE | re.ASCII)
        self._address = re.compile(rf"{ADDRESS}|{begun}[!-~]+", re.IGNORECASE | re.ASCII)
        self._tokens = frozenset(name.lower() for site in self.sites for name in site.tokens)

    def site(self, name: str) -> Platform:
        """The platform NAME; UsageError where a share names one that has no file."""
        found = next((site for site in self.sites if site.name == name), None)
        if found is None:
            hint = did_you_mean(name, (site.name for site in self.sites))
            raise UsageError(f"config/shares.toml: no platform '{name}'.{hint}")
        return found

    def untold(self, text: str) -> str:
        """TEXT with what its links say of its giver put by: secrets, platforms' tokens, their owner's tracking.

        A short link stays whole: only its platform knows what its parts mean.
        """
        if not any(sign in text for sign in "=@%"):
            return text
        told, end = "", 0
        for found in self._address.finditer(text):
            link = _trimmed(found[0])
            told += without_secrets(text[end : found.start()]) + self._untold(link)
            end = found.start() + len(link)
        return told + without_secrets(text[end:])

    def _untold(self, link: str) -> str:
        found = self._link.search(link)
        whole = _plain(found[0]) if found else ""
        keyed = any(site.key_of(whole) for site in self.sites)
        if found and not found.start() and not keyed and _short(_host(link).lower(), self.shares.short):
            return link
        tracking = (name.lower() for site in self.sites if site.owns(whole) for name in site.tracking)
        return untold(link, self._tokens.union(tracking))

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
        whole = _whole(link)
        try:
            parts = urlsplit(whole)
        except ValueError:  # as http://[x
            return None
        if len(whole) > LONGEST or not re.fullmatch(
            r"[\w.-]*\w(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?", parts.netloc, re.IGNORECASE
        ):
            return None
        plain = _plain(whole)
        for site in self.sites:
            bare, _ = site.parted(plain)
            if key := site.key_of(bare):
                return Link(whole, site.name, key, site.url_of(key))
        short = _short(parts.netloc.lower(), self.shares.short)
        if short is not None:
            return Link(whole, self.site(short.of(text)).name, short=True)
        owner = next((site.name for site in self.sites if site.owns(plain)), "")
        return Link(whole, owner)


def _whole(link: str) -> str:
    """LINK with its scheme."""
    return link if "://" in link else f"https://{link}"


def _plain(link: str) -> str:
    """LINK with its scheme, and without a name, a password, or a port that goes without saying."""
    whole = _whole(link)
    scheme, host = whole.partition("://")[0].lower(), _host(whole)
    bare = host.rpartition("@")[2].removesuffix({"http": ":80", "https": ":443"}.get(scheme, ""))
    return whole.replace(f"//{host}", f"//{bare}", 1)


def _host(link: str) -> str:
    """What stands in LINK, whole or not, where its host does."""
    return re.split(r"[/?#]", _whole(link).partition("://")[2], maxsplit=1)[0]


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
