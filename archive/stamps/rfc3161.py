"""Timestamps of RFC 3161: asks an authority for one, and reads one against the roots that we know.

Authorities often send their certificates in no order, which rfc3161-client takes for a broken answer. The set of
certificates lies outside everything signed, so it is put in DER's order for the reader's eyes; the raw answer is
what is kept.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from rfc3161_client import (
    PKIStatus,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.stamps.asking import Reach, Unanswered
from archive.stamps.der import Piece, inside, whole, written
from archive.stamps.told import Says, Told, plain

SEQUENCE, INTEGER, OCTETS, BOOLEAN = 0x30, 0x02, 0x04, 0x01
CERTIFICATES = 0xA0  # SignedData's [0] (RFC 5652 §5.1)
SHA256_OID = "2.16.840.1.101.3.4.2.1"
SHA256 = bytes.fromhex("300d06096086480165030402010500")  # its AlgorithmIdentifier
HEADS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
LOOSE_END = ("unable to get local issuer certificate", "unable to get issuer certificate", "self-signed certificate")
UNREADABLE = (
    ValueError,  # what the parsers say of broken bytes
    KeyError,  # of a kind of string that cryptography does not know in a name,
    TypeError,  # and of one that it knows but not there
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def question(digest: bytes, nonce: int) -> bytes:
    """A TimeStampReq (RFC 3161 §2.4.1) for a SHA-256 DIGEST that asks for the certificates too; NONCE is positive."""
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    imprint = written(SEQUENCE, SHA256 + written(OCTETS, digest))
    version, certificates = written(INTEGER, b"\x01"), written(BOOLEAN, b"\xff")
    return written(SEQUENCE, version + imprint + written(INTEGER, number) + certificates)


def ask(reach: Reach, url: str, digest: bytes, nonce: int) -> bytes | Unanswered:
    """The answer (TimeStampResp, DER) of the authority at URL for DIGEST, as it came.

    One that our parser cannot read is handed back too: others may. One that is refused, or is an answer to another
    question (digest or NONCE), is Unanswered.
    """
    raw = reach.ask(url, question(digest, nonce), HEADS)
    if isinstance(raw, Unanswered):
        return raw
    why = _unfit(raw, digest, nonce)
    return Unanswered(url, why, 200) if why else raw


def read(raw: bytes, digest: bytes, roots: Sequence[bytes]) -> Told:
    """What the answer RAW tells of DIGEST, by the ROOTS (each one certificate, PEM or DER).

    Its chain is judged as of the time it names: a certificate that has run out since takes nothing from it.
    No RAW makes it raise; a root that is no certificate does (ValueError).
    """
    try:
        response = decode_timestamp_response(_in_order(raw))
        if why := _other(response, digest):
            return Told(Says.WRONG, why)
        named = Told(Says.NOT_CHECKED, "", _time(response), (_signer(response),), response.tst_info.serial_number)
    except UNREADABLE as problem:
        return Told(Says.NOT_CHECKED, f"our parser cannot read it ({plain(str(problem))}); {_by_hand(digest)}")
    verdict, because = _judged(response, digest, [_root(each) for each in roots])
    return Told(verdict, because, named.at, named.by, named.serial)


def certificates(raw: bytes) -> tuple[bytes, ...]:
    """The certificates (DER) that the answer RAW carries, in DER's order; none where it carries none."""
    try:
        return tuple(sorted(raw[each.begin : each.end] for each in _certificates(raw)))
    except ValueError:
        return ()


def _judged(response: TimeStampResponse, digest: bytes, roots: list[x509.Certificate]) -> tuple[Says, str]:
    if not roots:
        return Says.NOT_CHECKED, f"no root certificate is known; {_by_hand(digest)}"
    if response.status != PKIStatus.GRANTED:
        return Says.NOT_CHECKED, f"granted with changes, which our parser does not judge; {_by_hand(digest)}"
    try:
        VerifierBuilder(roots=roots).build().verify(response, digest)
    except UNREADABLE as problem:
        return Says.NOT_CHECKED, f"our parser cannot read its certificate ({plain(str(problem))}); {_by_hand(digest)}"
    except VerificationError as problem:
        said = str(problem)
        if any(each in said for each in LOOSE_END):
            return Says.NOT_CHECKED, f"its chain ends at no root that we know; {_by_hand(digest)}"
        return Says.WRONG, f"signature or chain do not hold: {_reason(said)}"
    return Says.PROVED, "digest, signature and chain hold, as of the time it names"


def _reason(said: str) -> str:
    """What OpenSSL found, out of all it SAID."""
    for mark in ("Verify error: ", 'reason: "'):
        if mark in said:
            return plain(said.rpartition(mark)[2].partition('"')[0])
    return plain(said)


def _by_hand(digest: bytes) -> str:
    return f"by hand: openssl ts -verify -digest {digest.hex()} -in THIS.tsr -CAfile ROOT.pem"


def _unfit(raw: bytes, digest: bytes, nonce: int) -> str:
    """Why RAW cannot be the answer to what was asked, or ""."""
    try:
        whole(raw)
    except ValueError:
        return "what came is no timestamp"
    try:
        response = decode_timestamp_response(_in_order(raw))
        return _other(response, digest) or ("" if response.tst_info.nonce == nonce else "it answers another question")
    except UNREADABLE:
        return ""  # read() says so, and how to check it by hand


def _other(response: TimeStampResponse, digest: bytes) -> str:
    """Why RESPONSE is no timestamp of DIGEST, whoever signed it, or ""."""
    if response.status not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
        said = "; ".join(response.status_string)
        return plain(f"not granted: status {response.status} {said}").rstrip()
    imprint = response.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string != SHA256_OID or imprint.message != digest:
        return "it is for another digest"
    return ""


def _time(response: TimeStampResponse) -> datetime:
    return response.tst_info.gen_time.astimezone(UTC)


def _signer(response: TimeStampResponse) -> str:
    """The name in the certificate that signed. ValueError where the answer does not carry it."""
    signer = next(iter(response.signed_data.signer_infos), None)
    for each in map(x509.load_der_x509_certificate, response.signed_data.certificates):
        if signer and (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number):
            return plain(each.subject.rfc4514_string())
    raise ValueError("the certificate that signed it is missing")


def _root(encoded: bytes) -> x509.Certificate:
    pem = encoded.lstrip().startswith(b"-----BEGIN")
    return (x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate)(encoded)


def _in_order(raw: bytes) -> bytes:
    """RAW with its certificates in the order that DER wants of a set (X.690 §11.6). ValueError if it is not DER."""
    found = _certificates(raw)
    if not found:
        return raw
    ordered = b"".join(sorted(raw[each.begin : each.end] for each in found))
    return raw[: found[0].begin] + ordered + raw[found[-1].end :]


def _certificates(raw: bytes) -> list[Piece]:
    """Where TimeStampResp . timeStampToken . content . SignedData . certificates lie, if there are any."""
    parts = inside(raw, whole(raw))
    if len(parts) < 2:
        return []  # refused: there is no token
    _, content = inside(raw, parts[1])  # ValueError, too, where these are not two and one
    (signed,) = inside(raw, content)
    return next((inside(raw, each) for each in inside(raw, signed) if each.tag == CERTIFICATES), [])
