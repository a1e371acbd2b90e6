"""A real timestamp authority on the loopback: openssl signs every answer, with papers made for the run."""

import hashlib
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.stamping.served import Request, Served, Visitor

PEM = serialization.Encoding.PEM
DAY = timedelta(days=1)
REPLY = "application/timestamp-reply"
RULES = """
[authority]
serial = {folder}/serial
default_policy = 1.3.6.1.4.1.99999.1
digests = {digests}
signer_digest = sha256
ess_cert_id_alg = sha256
ess_cert_id_chain = no
"""


@dataclass(frozen=True)
class Paper:
    """A certificate, its key, and their files."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    file: Path  # the certificate alone, PEM
    key_file: Path

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True)
class Papers:
    """A root; under it a signer, an expired signer, and a middle one with a signer of its own."""

    folder: Path
    root: Paper
    middle: Paper
    signer: Paper
    under_middle: Paper
    expired: Paper


def made(folder: Path) -> Papers:
    """New papers in FOLDER, with the rules by which openssl answers."""
    (folder / "serial").write_text("01\n")
    for name, digests in (("rules", "sha256, sha3-256"), ("refusing", "sha512")):
        (folder / f"{name}.cnf").write_text(RULES.format(folder=folder, digests=digests))
    root = paper(folder, "Test Root")
    middle = paper(folder, "Test Middle", root)
    signer = paper(folder, "Test Authority", root, signs=True)
    under = paper(folder, "Test Authority Below", middle, signs=True)
    expired = paper(folder, "Test Authority Expired", root, signs=True, until=datetime.now(UTC) - DAY)
    return Papers(folder, root, middle, signer, under, expired)


def paper(
    folder: Path,
    name: str,
    issuer: Paper | None = None,
    *,
    signs: bool = False,
    until: datetime | None = None,
    odd: x509.ExtensionType | None = None,
) -> Paper:
    """A certificate by ISSUER (else by itself), of one that SIGNS timestamps or else certificates, good UNTIL."""
    key = rsa.generate_private_key(65537, 2048)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begun = datetime.now(UTC) - 30 * DAY
    building = (
        x509.CertificateBuilder(
            issuer.certificate.subject if issuer else called, called, key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(begun)
        .not_valid_after(until or begun + 60 * DAY)
        .add_extension(x509.BasicConstraints(ca=not signs, path_length=None), critical=True)
    )
    if signs:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        building = building.add_extension(usage, critical=True)
    if odd:
        building = building.add_extension(odd, critical=False)
    certificate = building.sign(issuer.key if issuer else key, hashes.SHA256())
    file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    file.write_bytes(certificate.public_bytes(PEM))
    key_file.write_bytes(
        key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return Paper(certificate, key, file, key_file)


def openssl(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """`openssl ts WORDS` in FOLDER."""
    return subprocess.run(
        ["openssl", "ts", *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def signed(papers: Papers, query: bytes, signer: Paper, chain: tuple[Paper, ...] = (), rules: str = "rules") -> bytes:
    """What openssl answers to QUERY as SIGNER, with CHAIN beside the signer's own certificate."""
    (papers.folder / "query.tsq").write_bytes(query)
    words: list[object] = ["-reply", "-config", f"{rules}.cnf", "-section", "authority", "-queryfile", "query.tsq"]
    if chain:
        (papers.folder / "chain.pem").write_bytes(b"".join(each.pem for each in chain))
        words += ["-chain", "chain.pem"]
    ran = openssl(papers.folder, *words, "-signer", signer.file, "-inkey", signer.key_file, "-out", "reply.tsr")
    assert ran.returncode == 0, ran.stderr
    return (papers.folder / "reply.tsr").read_bytes()


def accepted(papers: Papers, reply: bytes, digest: bytes, root: Paper | None = None) -> bool:
    """Whether openssl, asked for itself, takes REPLY for a timestamp of DIGEST."""
    (papers.folder / "checked.tsr").write_bytes(reply)
    known = (root or papers.root).file
    ran = openssl(papers.folder, "-verify", "-digest", digest.hex(), "-in", "checked.tsr", "-CAfile", known)
    assert ran.stdout.strip() in {"Verification: OK", ""} or "FAILED" in ran.stdout + ran.stderr, ran
    return ran.returncode == 0


class Authority(Served):
    """Answers as HOW says: honest, chained, expired, another digest, another nonce, refuses, garbage, ..."""

    def __init__(self, papers: Papers, how: str = "honest", tls: Path | None = None) -> None:
        super().__init__(tls)
        self.papers = papers
        self.how = how

    def answer(self, visitor: Visitor, asked: Request) -> None:
        match self.how:
            case "garbage":
                visitor.say(200, b"<html>Please log in to this network</html>")
            case "slow":
                visitor.drip(self.ended)
            case "huge":
                visitor.say(200, b"\x30" * ((1 << 20) + 1), REPLY)
            case "cut off":
                visitor.say(200, self.token(asked.body)[:-9], REPLY, len(self.token(asked.body)))
            case "redirects":
                visitor.say(302, b"", Location="/elsewhere")
            case "busy":
                visitor.say(503, b"later")
            case _:
                visitor.say(200, self.token(asked.body), REPLY)

    def token(self, query: bytes) -> bytes:
        """The answer to QUERY itself, as it would come over the line."""
        papers = self.papers
        match self.how:
            case "chained":
                return signed(papers, query, papers.under_middle, (papers.middle,))
            case "whole chain":
                return signed(papers, query, papers.under_middle, (papers.middle, papers.root))
            case "expired":
                return signed(papers, query, papers.expired)
            case "refuses":
                return signed(papers, query, papers.signer, rules="refusing")
            case "another digest":
                at = query.index(b"\x04\x20") + 2
                return signed(papers, query[:at] + hashlib.sha256(query).digest() + query[at + 32 :], papers.signer)
            case "another nonce":
                return signed(papers, query[:-4] + bytes([query[-4] ^ 1]) + query[-3:], papers.signer)
            case _:
                return signed(papers, query, papers.signer)
