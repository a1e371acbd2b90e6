"""Checkpoints in the hands of third parties: what they find out about a ledger that was rewritten."""

import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, select, update

from archive import key, seal, stamped
from archive.leaves import Entry, Node, Seal
from archive.ledger import grown, leaf_hash
from archive.note import Checkpoint, Verifier, holds, read, signed
from archive.vault import Vault
from archive.witness import compared, exported, since
from config.errors import EvidenceError
from config.platform import Condition
from tests.conftest import Wildfree
from tests.consistency import consistent
from tests.field import START, Field
from tests.packing import KEY, NAME, SEALED, made


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with made(tmp_path) as vault:
        yield vault


def grow(vault: Vault, looks: int) -> None:
    here = Field(vault)
    for _ in range(looks):
        here.look("7", Condition.LIVE)
    seal.seal(vault, NAME, KEY, SEALED)


def rewritten(vault: Vault, index: int, old: str, new: str) -> None:
    """Change entry INDEX as whoever owns database and store can, and knows how they are made: tree, seals and all."""
    shutil.rmtree(vault.store.papers)
    with vault.writing() as session:
        body = session.get_one(Entry, index).body
        assert old in body
        session.execute(update(Entry).where(Entry.index == index).values(body=body.replace(old, new)))
        bodies = list(session.scalars(select(Entry.body).order_by(Entry.index)))
        session.execute(delete(Node))
        session.execute(delete(Seal))
        made: dict[tuple[int, int], bytes] = {}
        for place, each in enumerate(bodies):
            for level, position, node in grown(place, leaf_hash(each.encode()), lambda *at: made[at]):
                made[level, position] = node
                if level:
                    session.add(Node(level=level, position=position, hash=node.hex()))
                else:
                    session.execute(update(Entry).where(Entry.index == place).values(leaf=node.hex()))


def add_checkpoint(written: str) -> tuple[int, list[bytes], Checkpoint]:
    """The parts of a request as a public witness reads it (C2SP tlog-witness)."""
    head, _, note = written.partition("\n\n")
    old, *proof = head.split("\n")
    assert old.startswith("old ")
    return int(old.removeprefix("old ")), [b64decode(each, validate=True) for each in proof], read(note)


@pytest.mark.parametrize("looks", [1, 4, 9])
def test_a_public_witness_is_given_the_proof_that_the_ledger_goes_on_from_what_it_signed(
    vault: Vault, looks: int
) -> None:
    before = exported(vault)
    known = read(before.partition("\n\n")[2])
    grow(vault, looks)
    old, proof, new = add_checkpoint(since(vault, before, "before.txt"))
    assert (old, new.size > old, bool(proof)) == (known.size, True, True)
    assert consistent(old, known.root, new.size, new.root, proof)
    assert not consistent(old, leaf_hash(b"other"), new.size, new.root, proof)
    assert add_checkpoint(since(vault, exported(vault), "now.txt"))[1] == [], "of the same size nothing needs proving"


def test_a_ledger_that_was_rewritten_proves_nothing_to_a_witness(vault: Vault) -> None:
    before = exported(vault)
    rewritten(vault, 1, '"how":"robot"', '"how":"other"')
    with pytest.raises(EvidenceError, match="rewritten since that checkpoint"):
        since(vault, before, "before.txt")


def test_what_is_handed_out_is_the_key_and_a_note_that_it_signed(vault: Vault) -> None:
    named, _, note = exported(vault).partition("\n\n")
    assert holds(note, Verifier.read(named))


def test_an_older_checkpoint_holds_however_far_the_ledger_has_gone_on(vault: Vault) -> None:
    handed = [exported(vault)]
    for looks in (1, 2, 5):
        grow(vault, looks)
        handed.append(exported(vault))
    found = [compared(vault, each, "w") for each in handed]
    assert [each.today for each in found] == [found[-1].entries] * 4
    assert len({each.entries for each in found}) == 4
    note = handed[0].partition("\n\n")[2]
    assert compared(vault, note, "w") == found[0], "the note alone will do"


def test_a_ledger_that_was_rewritten_with_everything_to_match_is_found_out_from_outside(vault: Vault) -> None:
    handed = exported(vault)
    rewritten(vault, 6, "https://market.example/item/8", "https://market.example/item/6")
    seal.seal(vault, NAME, KEY, SEALED)
    assert compared(vault, exported(vault), "w").entries, "of itself it fits"
    with pytest.raises(EvidenceError, match="was rewritten"):
        compared(vault, handed, "w")


def test_entries_that_were_taken_away_are_found_out(vault: Vault) -> None:
    handed = exported(vault)
    with vault.writing() as session:
        last = session.scalars(select(func.max(Entry.index))).one()
        session.execute(delete(Entry).where(Entry.index == last))
    with pytest.raises(EvidenceError, match=f"has {last} of its {last + 1} entries"):
        compared(vault, handed, "w")


def test_what_we_did_not_sign_is_no_witness(vault: Vault) -> None:
    handed = exported(vault)
    other = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    for forged, why in (
        (signed(Checkpoint(NAME, 3, bytes(32)), other), "no good signature"),
        (signed(Checkpoint("wildfree-real-0", 3, bytes(32)), other), "which is not this one"),
        (handed[:-9] + "\n", "no good signature"),
        ("", "no checkpoint"),
        ("x" * 70000, "no checkpoint"),
    ):
        with pytest.raises(EvidenceError, match=why):
            compared(vault, forged, "w")


def test_nothing_is_handed_out_of_what_was_never_sealed(tmp_path: Path) -> None:
    with Vault.create(tmp_path, "practice", START) as vault, pytest.raises(EvidenceError, match="sealed"):
        exported(vault)


def test_the_command_writes_one_and_checks_it_later(workspace: Path, wildfree: Wildfree) -> None:
    file = workspace / "witness.txt"
    assert wildfree("witness", "--out", file).code == 0
    with Vault.open(workspace) as vault:
        Field(vault).look("7", Condition.LIVE)
    shown = wildfree("witness")
    assert shown.out.rstrip("\n") != file.read_text("utf-8").rstrip("\n")
    assert "holds" in wildfree("witness", "--check", file).out
    (said,) = wildfree("witness", "--check", file, "--json").objects
    assert said["today"] == said["entries"] + 1
    assert wildfree("witness", "--check", file, "--out", file).code == 2
    assert wildfree("witness", "--check", workspace / "none").code == 2
    (workspace / "binary").write_bytes(b"\xff\xfe")
    assert wildfree("witness", "--check", workspace / "binary").code == 2
    (workspace / "other").write_text("x", "utf-8")
    assert wildfree("witness", "--check", workspace / "other").code == 4


def test_what_nobody_outside_said_is_not_kept_as_a_witness(workspace: Path, wildfree: Wildfree) -> None:
    ours, empty, word = workspace / "ours.txt", workspace / "empty.pdf", workspace / "word.pdf"
    assert wildfree("witness", "--out", ours).code == 0
    empty.write_bytes(b" \n")
    word.write_bytes(b"%PDF the notary's word")
    note = ours.read_text("utf-8").partition("\n\n")[2]
    (workspace / "ours.note").write_text(note, "utf-8")
    for file, why in ((empty, "is empty"), (ours, "our own"), (workspace / "ours.note", "our own")):
        ran = wildfree("witness", "--attach", file, "--from", "公证处")
        assert (ran.code, why in ran.err) == (2, True), ran.err
    assert wildfree("witness", "--attach", workspace, "--from", "公证处").err.count("is a folder") == 1
    assert doctors_word(wildfree) == ("unknown", "nobody outside has stamped the newest seal yet")
    (workspace / "signed.note").write_text(f"{note}\u2014 notary.example AAAA\n", "utf-8")
    for file in (word, workspace / "signed.note"):
        assert wildfree("witness", "--attach", file, "--from", "公证处").code == 0
    assert doctors_word(wildfree) == ("unknown", "handed in, not checkable here: 公证处")
    with Vault.open(workspace) as vault:
        newest = seal.latest(vault)
        assert newest
        stamped.take(vault, newest.size, "rfc3161", "Authority", b"a stamp", SEALED)
    assert doctors_word(wildfree)[0] == "ok"


def doctors_word(wildfree: Wildfree) -> tuple[str, str]:
    (said,) = [each for each in wildfree("doctor", "--json").objects if each["what"] == "witnesses"]
    assert (said["mend"] == "a practice asks nobody") is said["found"].startswith("nobody outside")
    return said["state"], said["found"]


def test_a_bundle_is_held_against_a_checkpoint_too(workspace: Path, wildfree: Wildfree, tmp_path: Path) -> None:
    handed, later, other = workspace / "handed.txt", workspace / "later.txt", workspace / "other.txt"
    with Vault.open(workspace) as vault:
        Field(vault).look("7", Condition.LIVE)
    assert wildfree("witness", "--out", handed).code == 0
    (made,) = wildfree("bundle", "1", "--json").objects
    with Vault.open(workspace) as vault:
        Field(vault).look("7", Condition.LIVE)
    assert wildfree("witness", "--out", later).code == 0
    ran = wildfree("verify", made["package"], "--against", handed)
    assert (ran.code, f"{handed}: holds" in ran.out) == (0, True), ran.err
    *told, summary = wildfree("verify", made["package"], "--json").objects
    assert [each["visit"] for each in told if each["kind"] == "look"] == [1]
    assert [each["what"][:16] for each in told if each["kind"] == "note"] == ["no time-stamp of"]
    assert (summary["sound"], summary["practice"], summary["looks"]) == (True, True, 1)
    assert "SHA-256 :" not in ran.out, "no figure is asked to be compared that is not there"
    ran = wildfree("verify", made["package"], "--against", later)
    assert (ran.code, "not compared" in ran.err) == (EvidenceError.exit_code, True), "it is older than that"
    origin, size, *_ = handed.read_text("utf-8").partition("\n\n")[2].split("\n")
    own = key.found(workspace)
    assert own
    other.write_text(signed(Checkpoint(origin, int(size), bytes(32)), own.key), "utf-8")
    ran = wildfree("verify", made["package"], "--against", other)
    assert (ran.code, "was rewritten" in ran.err) == (EvidenceError.exit_code, True)
    forged = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    other.write_text(signed(Checkpoint(origin, int(size), bytes(32)), forged), "utf-8")
    assert "no good signature" in wildfree("verify", made["package"], "--against", other).err
    for command in (("verify", made["package"], "--against"), ("verify", "--against"), ("witness", "--check")):
        ran = wildfree(*command, workspace / "none")
        assert (ran.code, "none: cannot be read" in ran.err) == (2, True), ran.err
        ran = wildfree(*command, tmp_path)
        assert (ran.code, "is a folder" in ran.err) == (2, True), "and nobody is told to move it away"


def test_a_folder_is_no_file_to_write_a_checkpoint_to(workspace: Path, wildfree: Wildfree) -> None:
    ran = wildfree("witness", "--out", workspace / "keys")
    assert (ran.code, "is a folder. Name a file" in ran.err) == (2, True)


def test_verify_takes_the_same_file_and_lets_nobody_accuse_us_without_our_signature(
    workspace: Path, wildfree: Wildfree
) -> None:
    file, fake = workspace / "witness.txt", workspace / "fake.note"
    assert wildfree("witness", "--out", file).code == 0
    with Vault.open(workspace) as vault:
        Field(vault).look("7", Condition.LIVE)
    ran = wildfree("verify", "--against", file)
    assert ran.code == 0, ran.out
    assert "1 checkpoints held outside" in ran.out
    verifier, _, note = file.read_text("utf-8").partition("\n\n")
    origin, size, *_ = note.split("\n")
    root = b64encode(bytes(32)).decode()
    other = signed(Checkpoint(origin, int(size), bytes(32)), Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
    for forged in (f"{origin}\n{size}\n{root}\n\n\u2014 {origin} AAAA\n", other, f"{verifier}\n\n{other}"):
        fake.write_text(forged, "utf-8")
        for told in (wildfree("verify", "--against", fake), wildfree("witness", "--check", fake)):
            assert told.code == EvidenceError.exit_code
            assert f"{fake}: bears no good signature" in told.out + told.err
            assert "the ledger was rewritten" not in told.out + told.err
    assert "checkpoints held outside" not in wildfree("verify", "--against", fake).out
