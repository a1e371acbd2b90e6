"""What a workspace's `allow` admits: private addresses, written one by one, that may be asked all the same."""

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LIKE = "write it like '10.1.2.3:8080', '10.1.2.0/24' or 'intranet.example:8080'"
LARGEST = {4: 24, 6: 120}  # bits of a network that all its addresses share, at least
NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
FIGURE = re.compile(r"(\d+|0x[0-9a-f]*)")  # a last label like this makes a name an address (WHATWG URL §3.5)
HIDING = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16", "2001::/32")))
BRACKETED = re.compile(r"\[([^]]*)\](?::(.*))?")


@dataclass(frozen=True)
class Allowed:
    """One entry: a network (of one address, mostly) or a name, on one port or on any."""

    written: str
    network: Network | None
    name: str  # where there is no network
    port: int | None

    def admits(self, host: str, address: Address, port: int, own: Collection[Address] = ()) -> bool:
        """Whether HOST, found at ADDRESS, may be asked on PORT. OWN: this machine's; their port must be named."""
        if self.port not in {None, port} or _nobody(address):
            return False
        if self.port is None and (_own(address) or address in own):
            return False
        return self.name == host if self.network is None else address in self.network


def allowed(written: str) -> Allowed:
    """The entry as WRITTEN; ValueError says what is wrong with it, and how to write it."""
    if "/" in written:
        return Allowed(written, _network(written), "", None)
    host, port = _split(written)
    if (address := _address(host)) is not None:
        _one(address, port)
        return Allowed(written, ipaddress.ip_network(address), "", port)
    name = host.lower().removesuffix(".")
    if not NAME.fullmatch(name) or FIGURE.fullmatch(name.rpartition(".")[2]):
        raise ValueError(f"{written!r} is neither an address nor a name; {LIKE}")
    return Allowed(written, None, name, port)


def all_allowed(written: Iterable[str]) -> tuple[Allowed, ...]:
    """Every entry as WRITTEN; ValueError where one is wrong."""
    return tuple(allowed(each) for each in written)


def _network(written: str) -> Network:
    try:
        network = ipaddress.ip_network(written)
    except ValueError:
        raise ValueError(f"{written!r} is no network; {LIKE}") from None
    if network.prefixlen < LARGEST[network.version]:
        raise ValueError(f"{written!r} is too wide: at most /{LARGEST[network.version]}, or name each address")
    ends = (network.network_address, network.broadcast_address)
    if any(_hides(each) for each in ends):
        raise ValueError(f"{written!r} hides IPv4 addresses: write the plain ones; {LIKE}")
    if any(_own(each) or _nobody(each) for each in ends):
        raise ValueError(f"{written!r} is the machine's own or no place to ask: name one address and port; {LIKE}")
    return network


def _one(address: Address, port: int | None) -> None:
    if _nobody(address):
        raise ValueError(f"'{address}' is no one machine's address; {LIKE}")
    if _hides(address) or getattr(address, "scope_id", None):
        raise ValueError(f"'{address}' hides another address or a network card: write the plain one; {LIKE}")
    if _own(address) and port is None:
        raise ValueError(f"'{address}' needs its port as well, since all this machine's services are there; {LIKE}")


def _split(written: str) -> tuple[str, int | None]:
    """Host and port; an IPv6 address stands in brackets where a port follows."""
    if bracketed := BRACKETED.fullmatch(written):
        host, port = bracketed[1], bracketed[2]
    elif written.count(":") > 1:
        return written, None
    else:
        host, colon, rest = written.partition(":")
        port = rest if colon else None
    if port is None:
        return host, None
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
        raise ValueError(f"{written!r}: the port is a number from 1 to 65535; {LIKE}")
    return host, int(port)


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _own(address: Address) -> bool:
    """Whether ADDRESS means this machine, or whatever is on the same wire (cloud machines keep secrets there)."""
    return address.is_loopback or address.is_link_local


def _hides(address: Address) -> bool:
    """Whether ADDRESS is an IPv4 one told as an IPv6 one: mapped, translated, or by a relay."""
    if isinstance(address, ipaddress.IPv4Address):
        return False
    return any(address in each for each in HIDING)


def _nobody(address: Address) -> bool:
    """Whether ADDRESS is no one machine's: none, all, or a group's."""
    return address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255"
