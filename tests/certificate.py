"""Certificates of our own making, for sites on the loopback that speak TLS."""

import base64
import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Papers:
    """A self-signed certificate with its key."""

    file: Path  # both, in PEM
    pin: str  # SHA-256 of its public key, as Chromium takes it


def signed_by_itself(folder: Path, name: str = "127.0.0.1", days: int = 9) -> Papers:
    """A certificate for NAME (an address, or a host's) that is good for DAYS from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoded = serialization.Encoding
    file = folder / f"{name}.pem"
    file.write_bytes(
        made.public_bytes(encoded.PEM)
        + key.private_bytes(encoded.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public = key.public_key().public_bytes(encoded.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Papers(file, base64.b64encode(hashlib.sha256(public).digest()).decode())
