"""Outside witnesses: what a timestamp proves, what it does not, and that no answer of theirs leads us astray."""

import hashlib
import random
import re
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation  # type: ignore[import-untyped]  # ships no types
from opentimestamps.core.op import OpKECCAK256, OpSHA256  # type: ignore[import-untyped]  # ships no types
from opentimestamps.core.serialize import (  # type: ignore[import-untyped]  # ships no types
    BytesDeserializationContext,
)
from opentimestamps.core.timestamp import DetachedTimestampFile  # type: ignore[import-untyped]  # ships no types

from archive.stamps import calendars, der, rfc3161
from archive.stamps.asking import Reach, Unanswered
from archive.stamps.told import Says, Told, plain
from config.errors import EvidenceError
from config.proof import Witness
from tests.certificate import signed_by_itself
from tests.stamping.authority import Authority, Papers, accepted, made, openssl, paper, signed
from tests.stamping.calendar import Calendar

DIGEST = hashlib.sha256(b"a checkpoint").digest()
ANOTHER = hashlib.sha256(b"another").digest()
NONCE = 0xF1E2D3C4B5A69788  # its first bit set: as a number of DER it needs an octet more
OLD = Path(__file__).parent / "stamping" / "run_out"
LINE = 300  # letters of a reason

Start = Callable[..., Authority]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return made(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def start(papers: Papers) -> Iterator[Start]:
    """Start an authority that answers as told: start("chained")."""
    running: list[Authority] = []

    def one(how: str = "honest", **more: Path) -> Authority:
        running.append(Authority(papers, how, **more).__enter__())
        return running[-1]

    yield one
    for each in running:
        each.__exit__(None, None, None)


@pytest.fixture
def calendar() -> Iterator[Calendar]:
    with Calendar() as running:
        yield running


def asked(authority: Authority, digest: bytes = DIGEST) -> bytes:
    """The token that an authority hands out when asked over the line."""
    raw = rfc3161.ask(authority.reach, authority.url, digest, NONCE)
    assert isinstance(raw, bytes), raw
    return raw


def refused(authority: Authority, patience: float = 20.0) -> str:
    """Why an authority gave nothing of use."""
    reach = Reach(authority.reach.named, practice=True, patience=patience)
    said = rfc3161.ask(reach, authority.url, DIGEST, NONCE)
    assert isinstance(said, Unanswered)
    assert said.url == authority.url
    return said.why


def promised(calendar: Calendar, digest: bytes = DIGEST) -> bytes:
    """The proof that a calendar hands out at once."""
    proof = calendars.ask(calendar.reach, calendar.url, digest)
    assert isinstance(proof, bytes), proof
    return proof


def test_openssl_reads_our_question_as_we_mean_it(papers: Papers) -> None:
    (papers.folder / "ours.tsq").write_bytes(rfc3161.question(DIGEST, NONCE))
    said = openssl(papers.folder, "-query", "-in", "ours.tsq", "-text").stdout
    assert "Hash Algorithm: sha256" in said
    assert f"Nonce: 0x{NONCE:X}" in said
    assert "Certificate required: yes" in said
    octets = [line.split(" - ")[1][:48] for line in said.splitlines() if line.strip().startswith("00")]
    assert bytes.fromhex("".join(octets).replace("-", "").replace(" ", "")) == DIGEST


@pytest.mark.parametrize(("how", "carried"), [("honest", 1), ("chained", 2), ("whole chain", 3)])
def test_a_token_that_openssl_accepts_is_proved_with_its_time_name_and_number(
    start: Start, papers: Papers, how: str, carried: int
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    raw = asked(start(how))
    told = rfc3161.read(raw, DIGEST, [papers.root.pem])
    assert accepted(papers, raw, DIGEST)
    assert told.verdict == Says.PROVED, told
    assert told.at is not None
    assert told.at.tzinfo is UTC
    assert before <= told.at <= datetime.now(UTC)
    assert told.by == ("CN=Test Authority" if how == "honest" else "CN=Test Authority Below",)
    assert told.serial == int((papers.folder / "serial").read_text().strip(), 16)
    assert len(rfc3161.certificates(raw)) == carried
    assert rfc3161.read(raw, DIGEST, [papers.middle.der, papers.root.der]).verdict == Says.PROVED


def test_the_certificates_of_a_token_are_those_that_signed_it(start: Start, papers: Papers) -> None:
    carried = rfc3161.certificates(asked(start("whole chain")))
    assert set(carried) == {each.der for each in (papers.under_middle, papers.middle, papers.root)}
    assert list(carried) == sorted(carried)


def test_of_all_certificates_in_a_token_the_one_that_signed_gives_the_name(papers: Papers) -> None:
    query = rfc3161.question(DIGEST, NONCE)
    one = signed(papers, query, papers.signer, (papers.under_middle, papers.middle))
    other = signed(papers, query, papers.under_middle, (papers.signer, papers.middle))
    assert rfc3161.certificates(one) == rfc3161.certificates(other)
    assert rfc3161.read(one, DIGEST, [papers.root.pem]).by == ("CN=Test Authority",)
    assert rfc3161.read(other, DIGEST, [papers.root.pem]).by == ("CN=Test Authority Below",)


def test_a_token_stays_proved_when_its_certificates_have_run_out(papers: Papers) -> None:
    """Its authority lived for a minute. OpenSSL agrees as of that minute, and no longer as of today."""
    raw, root = (OLD / "token.tsr").read_bytes(), (OLD / "root.pem").read_bytes()
    told = rfc3161.read(raw, DIGEST, [root])
    assert told.verdict == Says.PROVED, told
    assert told.at is not None
    words = ["-verify", "-digest", DIGEST.hex(), "-in", OLD / "token.tsr", "-CAfile", OLD / "root.pem"]
    assert openssl(papers.folder, *words).returncode != 0
    assert openssl(papers.folder, *words, "-attime", int(told.at.timestamp())).returncode == 0


def test_a_token_for_another_digest_is_wrong(start: Start, papers: Papers) -> None:
    raw = asked(start())
    told = rfc3161.read(raw, ANOTHER, [papers.root.pem])
    assert (told.verdict, told.because) == (Says.WRONG, "it is for another digest")
    assert not accepted(papers, raw, ANOTHER)


def test_a_token_for_the_same_octets_by_another_kind_of_digest_is_wrong(papers: Papers) -> None:
    sha3 = rfc3161.question(DIGEST, NONCE).replace(rfc3161.SHA256, rfc3161.SHA256[:-3] + b"\x08\x05\x00")
    raw = signed(papers, sha3, papers.signer)
    assert DIGEST in raw
    told = rfc3161.read(raw, DIGEST, [papers.root.pem])
    assert (told.verdict, told.because) == (Says.WRONG, "it is for another digest")


def test_a_token_whose_certificate_only_openssl_can_read_is_not_checked(papers: Papers) -> None:
    """It bears a name of a kind (x400Address) that our parser does not know."""
    odd = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes.fromhex("3004a3023000"))
    signer = paper(papers.folder, "Test Authority Odd", papers.root, signs=True, odd=odd)
    raw = signed(papers, rfc3161.question(DIGEST, NONCE), signer)
    told = rfc3161.read(raw, DIGEST, [papers.root.pem])
    assert accepted(papers, raw, DIGEST)
    assert told.verdict == Says.NOT_CHECKED, told
    assert "cannot read its certificate" in told.because


def test_a_token_signed_after_its_certificate_ran_out_is_wrong(start: Start, papers: Papers) -> None:
    raw = asked(start("expired"))
    told = rfc3161.read(raw, DIGEST, [papers.root.pem])
    assert told.verdict == Says.WRONG
    assert "expired" in told.because
    assert not accepted(papers, raw, DIGEST)


def test_a_token_under_no_root_that_we_know_is_not_checked_and_says_how_to(start: Start, papers: Papers) -> None:
    for how in ("honest", "chained", "whole chain"):
        raw = asked(start(how))
        for roots in ([], [papers.expired.pem]):
            told = rfc3161.read(raw, DIGEST, roots)
            assert told.verdict == Says.NOT_CHECKED
            assert f"openssl ts -verify -digest {DIGEST.hex()}" in told.because
            assert told.at is not None
            assert told.by[0].startswith("CN=Test Authority")


def test_a_token_that_only_openssl_can_read_is_kept_and_not_checked(start: Start, papers: Papers) -> None:
    raw = asked(start())
    outer = der.whole(raw)
    loose = b"\x30\x84" + (outer.end - outer.content).to_bytes(4, "big") + raw[outer.content :]  # BER, no longer DER
    assert accepted(papers, loose, DIGEST)
    told = rfc3161.read(loose, DIGEST, [papers.root.pem])
    assert told.verdict == Says.NOT_CHECKED
    assert "cannot read" in told.because
    assert "openssl ts -verify" in told.because
    assert rfc3161.certificates(loose) == (papers.signer.der,)


def test_a_root_that_is_no_certificate_is_an_error_of_ours(start: Start) -> None:
    with pytest.raises(ValueError, match=r"(?i)pem|parse"):
        rfc3161.read(asked(start()), DIGEST, [b"nothing"])


def signed_places(raw: bytes) -> set[int]:
    """The places in a token that the signature covers, those of the signature itself, and the certificates'."""
    _, content = der.inside(raw, der.inside(raw, der.whole(raw))[1])
    (signed,) = der.inside(raw, content)
    _, _, said, carried, signers = der.inside(raw, signed)
    (signer,) = der.inside(raw, signers)
    _, _, _, attributes, _, signature = der.inside(raw, signer)
    (stamped,) = der.inside(raw, der.inside(raw, said)[1])
    covered = (stamped, attributes, signature, *der.inside(raw, carried))
    return {place for each in covered for place in range(each.content, each.end)}


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x1f\x81\x00",
        b"\x30\x80\x00\x00",
        b"\x30\x02\x05",
        b"\x30\x82\x00",
        b"\x05\x00\x00",
    ],
    ids=[
        "nothing",
        "no length",
        "open",
        "a long tag",
        "an open end",
        "cut off",
        "cut off in its length",
        "something behind",
    ],
)
def test_what_is_no_piece_of_der_is_none(broken: bytes) -> None:
    with pytest.raises(ValueError, match="octet"):
        der.whole(broken)
    assert der.inside(b"\x30\x03\x02\x01\x07", der.whole(b"\x30\x03\x02\x01\x07")) == [der.Piece(2, 2, 4, 5)]


def test_no_kind_of_string_in_a_name_makes_the_reader_raise(start: Start, papers: Papers) -> None:
    raw = asked(start("chained"))
    places = [found.start() for found in re.finditer(rb"\x0c.Test (Authority|Middle|Root)", raw)]
    honest = rfc3161.read(raw, DIGEST, [papers.root.pem])
    assert len(places) >= 5
    for place in places:
        for kind in range(256):
            told = rfc3161.read(raw[:place] + bytes([kind]) + raw[place + 1 :], DIGEST, [papers.root.pem])
            if (
                told.verdict == Says.PROVED
            ):  # unsigned, too: the signer's name as the reader's guide to the certificate
                assert told == honest
            assert told.verdict == Says.PROVED or kind != 0x0C


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@pytest.mark.parametrize("how", ["honest", "chained"])
def test_no_changed_byte_leaves_a_token_proved_unless_nobody_ever_signed_it(
    start: Start, papers: Papers, how: str
) -> None:
    """What stays proved was changed where CMS signs nothing (RFC 5652 §5.4): two version numbers and the name of the
    signature's algorithm. What the token says (time, number, name, digest) is then the same, and openssl agrees."""
    raw = asked(start(how))
    honest = rfc3161.read(raw, DIGEST, [papers.root.pem])
    chance = random.Random(how)
    covered = signed_places(raw)
    assert len(covered) > len(raw) * 0.7
    verdicts, still = [], {}
    for place in [each for each in range(len(raw)) for _ in range(3)]:
        changed = bytearray(raw)
        changed[place] ^= chance.randrange(1, 256)
        told = rfc3161.read(bytes(changed), DIGEST, [papers.root.pem])
        verdicts.append(told.verdict)
        assert len(told.because) < LINE
        if told.verdict == Says.PROVED:
            assert told == honest
            still[place] = bytes(changed)
    assert not still.keys() & covered
    assert 2 <= len(still) <= 20
    assert all(accepted(papers, each, DIGEST) for each in still.values())
    assert len(verdicts) > 3 * 1000
    assert verdicts.count(Says.WRONG) > len(verdicts) / 2


def test_a_token_granted_with_changes_is_left_to_a_person(start: Start, papers: Papers) -> None:
    raw = asked(start())
    status = der.inside(raw, der.inside(raw, der.whole(raw))[0])[0].content
    mended = raw[:status] + b"\x01" + raw[status + 1 :]
    told = rfc3161.read(mended, DIGEST, [papers.root.pem])
    assert accepted(papers, mended, DIGEST)
    assert told.verdict == Says.NOT_CHECKED
    assert "granted with changes" in told.because


def test_no_bytes_whatever_make_the_reader_raise_or_believe(start: Start, papers: Papers) -> None:
    chance = random.Random(1)
    raw = asked(start("chained"))
    junk = [raw[:cut] for cut in range(0, len(raw), 7)]
    junk += [raw + b"\x00", raw + raw, b"", b"\x30\x80\x00\x00", b"\x30\xff" + b"\xff" * 200]
    junk += [chance.randbytes(size) for size in range(1, 200)]
    junk += [b"\x30" + der.written(0x30, chance.randbytes(size))[1:] for size in range(100)]
    for each in junk:
        assert rfc3161.read(each, DIGEST, [papers.root.pem]).verdict in {Says.WRONG, Says.NOT_CHECKED}
        assert rfc3161.certificates(each) in {(), rfc3161.certificates(raw)}


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("another digest", "it is for another digest"),
        ("another nonce", "it answers another question"),
        ("refuses", "not granted: status 2"),
        ("garbage", "no timestamp"),
        ("redirects", "302"),
        ("busy", "503"),
        ("huge", "larger than 1048576 bytes"),
        ("cut off", "9 more expected"),
    ],
)
def test_an_authority_that_gives_nothing_of_use_is_unanswered_with_the_reason(
    start: Start, how: str, why: str
) -> None:
    authority = start(how)
    assert why in refused(authority)
    assert [(each.method, each.path, each.kind) for each in authority.asked] == [
        ("POST", "/", "application/timestamp-query")
    ]


def test_a_refusal_kept_by_someone_is_wrong(start: Start, papers: Papers) -> None:
    reply = start("refuses").token(rfc3161.question(DIGEST, NONCE))
    told = rfc3161.read(reply, DIGEST, [papers.root.pem])
    assert told.verdict == Says.WRONG
    assert "not granted: status 2" in told.because


def test_an_authority_that_answers_by_drops_is_cut_off(start: Start) -> None:
    began = datetime.now(UTC)
    assert refused(start("slow"), patience=0.4) == "no whole answer within 0.4 s"
    assert datetime.now(UTC) - began < timedelta(seconds=20)


def test_an_authority_that_is_not_there_is_unanswered(start: Start) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        reach = Reach((Witness(name="gone", url=url, source="made"),), practice=True)
        said = rfc3161.ask(reach, url, DIGEST, NONCE)
    assert isinstance(said, Unanswered)
    assert "refused" in said.why


def test_nobody_is_asked_who_is_not_named(start: Start) -> None:
    named, stranger = start(), start()
    port = named.url.rpartition(":")[2]
    for url in (
        stranger.url,
        named.url.replace("http", "https"),
        named.url.replace("127.0.0.1", "localhost"),
        f"http://someone@127.0.0.1:{port}",
        f"file://127.0.0.1:{port}/etc/hostname",
        "http://[",
        "http://127.0.0.1:port",
    ):
        assert isinstance(rfc3161.ask(named.reach, url, DIGEST, NONCE), Unanswered), url
    assert named.asked == stranger.asked == []
    asked(named)
    assert len(named.asked) == 1


def test_a_practice_workspace_asks_nobody_outside_this_machine(start: Start) -> None:
    outside = "http://192.0.2.1"  # an address for examples: nobody is there
    named = (Witness(name="outside", url=outside, source="made"),)
    said = Reach(named, practice=True).ask(outside)
    assert said == Unanswered(outside, "a practice workspace asks nobody outside this machine")
    authority = start()
    assert isinstance(Reach(authority.reach.named, practice=False).ask(authority.url, b""), bytes)


def test_over_tls_only_a_certificate_that_we_trust_is_spoken_to(
    start: Start, papers: Papers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = signed_by_itself(tmp_path).file
    authority = start("honest", tls=own)
    assert "certificate verify failed" in refused(authority)
    assert authority.asked == []
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    assert rfc3161.read(asked(authority), DIGEST, [papers.root.pem]).verdict == Says.PROVED


def test_an_answer_by_drops_over_tls_is_cut_off_too(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = signed_by_itself(tmp_path).file
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    assert refused(start("slow", tls=own), patience=0.7) == "no whole answer within 0.7 s"


def test_a_calendars_promise_is_pending_and_opens_with_the_reference_library(calendar: Calendar) -> None:
    proof = promised(calendar)
    told = calendars.read(proof, DIGEST)
    assert told == Told(Says.PENDING, f"promised by {calendar.url}, in no block yet", by=(calendar.url,))
    opened = DetachedTimestampFile.deserialize(BytesDeserializationContext(proof))
    assert opened.file_digest == DIGEST
    assert len(list(opened.timestamp.all_attestations())) == 1
    assert [(each.method, each.path, each.body) for each in calendar.asked] == [("POST", "/digest", DIGEST)]
    assert calendars.read(proof, ANOTHER).verdict == Says.WRONG


def test_a_proof_is_upgraded_once_the_block_is_there_and_says_what_to_look_up(calendar: Calendar) -> None:
    proof = promised(calendar)
    waiting = calendars.upgrade(calendar.reach, proof)
    assert waiting.proof is None
    assert [each.status for each in waiting.silent] == [404]
    calendar.block = 900_123
    upgraded = calendars.upgrade(calendar.reach, proof)
    assert upgraded.silent == ()
    assert upgraded.proof is not None
    told = calendars.read(upgraded.proof, DIGEST)
    (kept,) = calendar.promised
    root = hashlib.sha256(hashlib.sha256(hashlib.sha256(kept).digest() + b"a neighbour").digest()).digest()
    assert (told.verdict, told.blocks, told.by) == (Says.NOT_CHECKED, (900_123,), (calendar.url,))
    assert f"Bitcoin block 900123 was not looked up: its Merkle root must be {root[::-1].hex()}" in told.because
    before = len(calendar.asked)
    assert calendars.upgrade(calendar.reach, upgraded.proof) == calendars.Upgrade(None, ())
    assert len(calendar.asked) == before, "a completed proof asks nobody"


def test_proofs_of_two_calendars_merge_into_one_and_upgrade_by_whoever_answers(calendar: Calendar) -> None:
    with Calendar() as other:
        reach = Reach((*calendar.reach.named, *other.reach.named), practice=True)
        both = calendars.merged([promised(calendar), promised(other)])
        assert both == calendars.merged([promised(other), promised(calendar)])
        assert calendars.read(both, DIGEST).by == tuple(sorted((calendar.url, other.url)))
        other.block = 900_124
        upgraded = calendars.upgrade(reach, both)
        assert upgraded.proof is not None
        told = calendars.read(upgraded.proof, DIGEST)
        assert told.blocks == (900_124,)
        assert [(each.status, calendar.url in each.url) for each in upgraded.silent] == [(404, True)]
        with pytest.raises(EvidenceError, match="cannot be merged"):
            calendars.merged([promised(calendar), promised(other, ANOTHER)])


def test_a_proof_that_names_a_stranger_does_not_send_us_there(calendar: Calendar) -> None:
    with Calendar() as stranger:
        calendar.points_to = stranger.url
        upgraded = calendars.upgrade(calendar.reach, promised(calendar))
        assert stranger.asked == []
    assert upgraded.proof is None
    assert ["not among the witnesses" in each.why for each in upgraded.silent] == [True]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", "no timestamp"),
        (b"<html>", "no timestamp"),
        (b"\xff" * 9_000, "no timestamp"),
        (b"\x08" * 5_000, "no timestamp"),
        (b"\xf3" * 400, "no timestamp"),
        (b"\x00" * 20_000, "larger than 10000 bytes"),
    ],
    ids=["nothing", "html", "endless forks", "deep", "swelling", "large"],
)
def test_no_answer_of_a_calendar_leads_astray(calendar: Calendar, said: bytes, why: str) -> None:
    proof = promised(calendar)
    for answer in (said, calendar.promise(DIGEST) + (said or b"\x00")):  # alone, and behind an honest answer
        calendar.says = answer
        unanswered = calendars.ask(calendar.reach, calendar.url, DIGEST)
        assert isinstance(unanswered, Unanswered)
        assert why in unanswered.why
        upgraded = calendars.upgrade(calendar.reach, proof)
        assert upgraded.proof is None
        assert [why in each.why for each in upgraded.silent] == [True]


def test_no_changed_byte_makes_a_proof_raise_or_more_than_it_is(calendar: Calendar) -> None:
    pending = promised(calendar)
    calendar.block = 900_125
    whole = calendars.upgrade(calendar.reach, pending).proof
    assert whole is not None
    chance, seen = random.Random(2), set()
    digest_at = whole.index(DIGEST)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= chance.randrange(1, 256)
        told = calendars.read(bytes(changed), DIGEST)
        seen.add(told.verdict)
        assert len(told.because) < LINE + len(told.by) * 100
        if digest_at <= place < digest_at + 32:
            assert told.verdict == Says.WRONG
        assert calendars.read(whole[:place], DIGEST).verdict == Says.NOT_CHECKED
    assert seen == {Says.WRONG, Says.NOT_CHECKED, Says.PENDING}
    assert calendars.read(whole + b"\x00", DIGEST).verdict == Says.NOT_CHECKED
    endless = calendars.read(whole[: digest_at + 32] + b"\xf0" + b"\xff" * (1 << 20), DIGEST)
    assert (endless.verdict, "larger than 65536 bytes" in endless.because) == (Says.NOT_CHECKED, True)


def test_a_block_at_what_is_no_merkle_root_is_wrong(calendar: Calendar) -> None:
    proof = promised(calendar)
    calendar.says = b"\x00" + BitcoinBlockHeaderAttestation.TAG + b"\x01\x05"  # block 5, right at what was promised
    upgraded = calendars.upgrade(calendar.reach, proof).proof
    assert upgraded is not None
    assert calendars.read(upgraded, DIGEST).verdict == Says.WRONG


def test_a_proof_for_another_kind_of_digest_is_not_taken_for_one_of_ours(calendar: Calendar) -> None:
    proof = promised(calendar)
    at = proof.index(DIGEST)
    told = calendars.read(proof[: at - 1] + OpKECCAK256.TAG + proof[at:], DIGEST)
    assert told.verdict == Says.NOT_CHECKED
    assert "a digest by keccak256" in told.because


def test_a_deep_proof_read_from_deep_within_a_program_does_not_raise(calendar: Calendar) -> None:
    proof = promised(calendar)
    at = proof.index(DIGEST) + 32
    deep = proof[:at] + OpSHA256.TAG * 240 + proof[at:]
    assert calendars.read(deep, DIGEST).verdict == Says.PENDING

    def below(floors: int) -> Told:
        return below(floors - 1) if floors else calendars.read(deep, DIGEST)

    assert below(sys.getrecursionlimit() // 2).verdict == Says.NOT_CHECKED


def test_a_strangers_words_stay_on_one_short_line_and_steer_no_terminal() -> None:
    assert plain("象牙 A\x1b[2J\nB\u202eC") == "象牙 A [2J B C"
    assert plain("long " * 100, 6) == "long l…"


def test_a_block_that_cannot_be_is_wrong_however_large_its_figure(calendar: Calendar) -> None:
    for calendar.block in (1 << 32, 1 << 30_000):
        top = promised(calendar)
        upgraded = calendars.upgrade(calendar.reach, top).proof
        assert upgraded is not None
        assert calendars.read(upgraded, DIGEST).verdict == Says.WRONG
    with pytest.raises(EvidenceError, match="cannot be read"):
        calendars.upgrade(calendar.reach, b"nothing")
