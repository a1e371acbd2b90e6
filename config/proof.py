"""Who can witness when something was kept: timestamp authorities (RFC 3161) and OpenTimestamps calendars."""

from datetime import date
from pathlib import Path

from config.reading import SHIPPED, Strict, read_toml

FILE = "proof.toml"


class Witness(Strict):
    """One public service."""

    name: str
    url: str
    source: str  # where its address was read


class Proof(Strict):
    """Every witness that may be asked; a workspace's own file takes the shipped one's place."""

    read_on: date
    authorities: tuple[Witness, ...] = ()
    calendars: tuple[Witness, ...] = ()


def proof(overlay: Path | None = None) -> Proof:
    """The witnesses of OVERLAY's file, else of the shipped one."""
    own = overlay / FILE if overlay else None
    return read_toml(own if own and own.exists() else SHIPPED / FILE, Proof)
