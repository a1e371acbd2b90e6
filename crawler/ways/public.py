"""Which addresses lie in the open internet, where anyone may ask; knows no network and no clock.

`ipaddress.is_global` lets through IPv4 addresses inside IPv6 ones (64:ff9b::10.0.0.1, 2002:a00:1::), multicast,
site-local and all that lies outside 2000::/3: these tables follow the registries themselves (RFC 6890, IANA).
"""

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Iterator
from urllib.parse import unquote

from config.allow import FIGURE, NAME, Address, Network

FAKE = (
    "for tests of networks. A VPN in 'fake-ip' mode gives such an address for every name: "
    "set it to give the real ones ('redir-host' or 'real-ip'), or to leave wildfree out"
)
V4 = {
    "0.0.0.0/8": "no machine",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "inside a provider's network",
    "127.0.0.0/8": "this machine",
    "169.254.0.0/16": "on the same wire, where clouds keep their machines' secrets",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "for examples",
    "192.31.196.0/24": "a sink",
    "192.52.193.0/24": "a relay",
    "192.88.99.0/24": "a relay",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "a sink",
    "198.18.0.0/15": FAKE,
    "198.51.100.0/24": "for examples",
    "203.0.113.0/24": "for examples",
    "224.0.0.0/4": "a group of machines",
    "240.0.0.0/4": "reserved",
}
V6 = {
    "::1/128": "this machine",
    "::/96": "no machine, or an IPv4 address in an old disguise",
    "64:ff9b:1::/48": "a translator of a private network",
    "2001::/32": "a tunnel",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "for examples",
    "2620:4f:8000::/48": "a sink",
    "3fff::/20": "for examples",
    "fc00::/7": "private",
    "fe80::/10": "on the same wire",
    "fec0::/10": "private",
    "ff00::/8": "a group of machines",
}
CLOSED: dict[Network, str] = {ipaddress.ip_network(written): why for written, why in (V4 | V6).items()}
OPEN = ipaddress.IPv6Network("2000::/3")
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # how a network without IPv4 of its own reaches IPv4 (RFC 6052)
BY_SITE = (0x00005EFE, 0x02005EFE)  # ISATAP: bits 64 to 95 of an address whose last 32 are an IPv4 one (RFC 5214)


def whereabouts(host: str) -> Address | str:
    """The address that HOST is, in whatever form browsers and C libraries take for one; else the name it is.

    ValueError where it is neither. An IPv4 address told as an IPv6 one (::ffff:1.2.3.4) is the IPv4 one.
    """
    plain = unicodedata.normalize("NFKC", unquote(host)).lower().replace("。", ".").removesuffix(".")
    plain = plain.removeprefix("[").removesuffix("]")
    if ":" in plain:
        return _sixth(plain)
    if FIGURE.fullmatch(plain.rpartition(".")[2]):
        return _fourth(plain)
    if not NAME.fullmatch(plain):
        raise ValueError("neither a name nor an address")
    return plain


def closed(address: Address, own: Collection[Address] = ()) -> str:
    """Why ADDRESS is not in the open internet, or "". OWN: this machine's own addresses."""
    for each in (address, *_inside(address)):
        for network, why in CLOSED.items():
            if each in network:
                hidden = "" if each == address else f"{each} in disguise: "
                return f"{hidden}{why} ({network})"
    if isinstance(address, ipaddress.IPv6Address) and address not in OPEN and address not in TRANSLATED:
        return f"outside the open internet ({OPEN})"
    return "this machine" if address in own else ""


def _sixth(plain: str) -> Address:
    try:
        address = ipaddress.IPv6Address(plain)
    except ValueError:
        raise ValueError("neither a name nor an address") from None
    if address.scope_id:
        raise ValueError("an address on one network card")
    return address.ipv4_mapped or address


def _fourth(plain: str) -> ipaddress.IPv4Address:
    """The IPv4 address of one to four figures, each decimal, octal or hexadecimal, the last filling what is left."""
    *first, last = [_figure(part) for part in plain.split(".")]
    room = 256 ** (4 - len(first))
    if len(first) > 3 or any(each > 255 for each in first) or last >= room:
        raise ValueError("neither a name nor an address")
    return ipaddress.IPv4Address(sum(each << (24 - 8 * place) for place, each in enumerate(first)) + last)


def _figure(part: str) -> int:
    if re.fullmatch(r"0x[0-9a-f]*", part):
        return int(part[2:] or "0", 16)
    if re.fullmatch(r"0[0-7]*", part):
        return int(part, 8)
    if re.fullmatch(r"[1-9][0-9]*", part) and len(part) <= 10:
        return int(part)
    raise ValueError("neither a name nor an address")


def _inside(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 one carries, to which some gateway would pass us on."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    whole = int(address)
    if address in TRANSLATED or whole >> 32 & 0xFFFFFFFF in BY_SITE:
        yield ipaddress.IPv4Address(whole & 0xFFFFFFFF)
    if address.sixtofour is not None:
        yield address.sixtofour
