"""What an address of a platform shows, by its file alone: a listing, a page of a search, or something else. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from config.platform import Platform

ANY = {"term": r"(?P<term>[^/?#]+)", "page": r"(?P<page>\d{1,6})", "offset": r"\d+"}
ANY["channel"] = r"(?P<channel>[^/?#]+)"
PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Shows:
    """What an address shows."""

    key: str = ""  # of a listing
    term: str = ""  # of a search
    page: int = 1


def shows(site: Platform, url: str) -> Shows:
    """What URL shows on SITE."""
    if key := site.key_of(url):
        return Shows(key=key)
    told = (site.browsing.url if site.browsing else None, site.searching.url if site.searching else None)
    for form in told:
        if form and (found := _searched(urljoin(site.base, form), url)):
            return found
    return Shows()


def led_to(site: Platform, asked: str, url: str) -> Shows:
    """What is shown at URL, to which ASKED led: what was asked for, where that can be told."""
    what = shows(site, asked)
    return what if what.key or what.term else shows(site, url)


def same(site: Platform, url: str) -> str:
    """What is the same for two addresses that show the same."""
    what = shows(site, url)
    if what.key or what.term:
        return f"{what.key}\n{what.term}\n{what.page}"
    return urldefrag(site.parted(url)[0])[0]


def _searched(form: str, url: str) -> Shows | None:
    """The search that URL asks for in the FORM of such addresses; None where it asks for none."""
    try:
        asked, told = urlsplit(url), urlsplit(form)
    except ValueError:
        return None
    path = re.fullmatch(_pattern(told.path), asked.path.rstrip("/") or "/")
    if asked.netloc.lower() != told.netloc.lower() or path is None:
        return None
    found = path.groupdict()
    given = dict(parse_qsl(asked.query, keep_blank_values=True))
    for name, value in parse_qsl(told.query, keep_blank_values=True):
        held = re.fullmatch(_pattern(value, last=r"(?P<{}>.+)"), given.get(name, ""), re.DOTALL)
        if held is None and "{term}" in value:
            return None
        found |= held.groupdict() if held else {}
    term = unquote(found.get("term") or "") or ("@" + found["channel"] if found.get("channel") else "")
    return Shows(term=" ".join(term.split()), page=int(found.get("page") or 1)) if term.strip() else None


def _pattern(form: str, last: str = "") -> str:
    """FORM as a regular expression; LAST: how a place is written that may hold anything."""
    parts: Iterable[str] = PLACE.split(form.rstrip("/") or form)
    return "".join(
        re.escape(part) if at % 2 == 0 else last.format(part) if last and part == "term" else ANY[part]
        for at, part in enumerate(parts)
    )
