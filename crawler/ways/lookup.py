"""Finds the addresses of a place, and says of every one whether it may be asked."""

import asyncio
import socket
from collections.abc import Callable, Sequence

import psutil

from config.allow import Address, Allowed
from crawler.ways.place import NoWay, Place, Refused
from crawler.ways.public import closed, whereabouts

SECONDS = 15.0  # for a name
MOST = 6  # addresses of one name that are tried
NO_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
Resolve = Callable[[str, int], Sequence[str]]  # name, port -> addresses in the order to try them; may block


def look_up(name: str, port: int) -> Sequence[str]:
    """The addresses of NAME as this machine knows them; OSError where it knows none."""
    return [str(each[4][0]) for each in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]


async def checked(place: Place, allow: Sequence[Allowed], resolve: Resolve) -> list[str]:
    """The addresses of PLACE, if every one of them may be asked; else Refused, or NoWay where there are none."""
    found = found_at(place)
    addresses = [found] if not isinstance(found, str) else await _answers(found, place.port, resolve)
    own = set() if all(closed(each) for each in addresses) else await asyncio.to_thread(_own)
    for address in addresses:
        why = closed(address, own)
        if why and not any(entry.admits(str(found), address, place.port, own) for entry in allow):
            raise Refused(f"it leads to {address}, {why}" if isinstance(found, str) else why)
    return list(dict.fromkeys(str(each) for each in addresses))[:MOST]


def found_at(place: Place) -> Address | str:
    """The address or name that PLACE is; Refused where it is neither."""
    try:
        return whereabouts(place.host)
    except ValueError as why:
        raise Refused(str(why)) from None


async def _answers(name: str, port: int, resolve: Resolve) -> list[Address]:
    try:
        async with asyncio.timeout(SECONDS):
            answers = await asyncio.to_thread(resolve, name, port)
    except TimeoutError:
        raise NoWay(f"no name server answered for {name} within {SECONDS:g} s") from None
    except socket.gaierror as problem:
        raise NoWay(f"no such name: {name}" if problem.errno in NO_NAME else f"{name}: {problem.strerror}") from None
    except OSError as problem:
        raise NoWay(f"{name}: {problem.strerror}") from None
    if not answers:
        raise NoWay(f"no such name: {name}")
    return [_address(answer) for answer in answers]


def _address(answer: str) -> Address:
    found = found_at(Place(answer, 0))
    if isinstance(found, str):
        raise Refused(f"it leads to {answer!r}, which is no address")
    return found


def _own() -> set[Address]:
    """The addresses of this machine's network cards."""
    found = set()
    for each in (each for card in psutil.net_if_addrs().values() for each in card):
        if each.family in {socket.AF_INET, socket.AF_INET6}:
            address = whereabouts(each.address.partition("%")[0])
            found |= set() if isinstance(address, str) else {address}
    return found
