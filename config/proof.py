"""Who can witness when something was kept: timestamp authorities (RFC 3161) and OpenTimestamps calendars."""

import warnings
from datetime import date
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.utils import CryptographyDeprecationWarning

from config.errors import ConfigError
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


def roots(overlay: Path | None = None) -> tuple[bytes, ...]:
    """The certificates (DER) that authorities are believed by: the usual ones, and OVERLAY's own in proof/*.pem."""
    own = sorted((overlay / "proof").glob("*.pem")) if overlay else []
    return tuple(root for path in (Path(certifi.where()), *own) for root in _certificates(path))


def _certificates(path: Path) -> list[bytes]:
    """The certificates in PATH, but for those whose serial number RFC 5280 does not allow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            found = x509.load_pem_x509_certificates(path.read_bytes())
        except ValueError as problem:
            raise ConfigError(f"{path}: holds no certificate in PEM: {problem}") from None
        return [each.public_bytes(serialization.Encoding.DER) for each in found if each.serial_number > 0]


def proof(overlay: Path | None = None) -> Proof:
    """The witnesses of OVERLAY's file, else of the shipped one."""
    own = overlay / FILE if overlay else None
    return read_toml(own if own and own.exists() else SHIPPED / FILE, Proof)
