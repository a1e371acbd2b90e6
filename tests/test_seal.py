"""Entries, seals and segments of an archive that is filled as the spiders and the desk fill it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, update

from archive import entries, intake, key, seal
from archive.facts import Decision
from archive.leaves import Entry, Head, Node
from archive.ledger import leaf_hash, parent_hash, root
from archive.models import ClockStep, Sighting, Verdict
from archive.note import Checkpoint, Verifier, holds, read, signed, verifier
from archive.table import Kept, Row
from archive.vault import Vault
from config.errors import EvidenceError, WorkspaceError
from config.platform import Condition
from tests.field import START, Field

NAME = "wildfree-practice-0123456789ab"
NOW = datetime.now(UTC)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Field]:
    with Vault.create(tmp_path, "practice", START) as vault:
        yield Field(vault)


@pytest.fixture
def sealing() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(32))


def filled(here: Field) -> None:
    """A little of everything that is evidence."""
    here.sweep()
    here.search("象牙", "hits", k7="象牙手镯", k8="虎骨 13812345678")  # type: ignore[arg-type]
    here.end()
    here.look("7", Condition.LIVE, pictured=True)
    here.look("8", Condition.GONE)
    here.opinion("7", Decision.ILLEGAL, by="a reviewer")
    here.letter("PRACTICE-2026-0001", "7")


def every_row(vault: Vault) -> int:
    with vault.reading() as session:
        return sum(
            session.scalars(select(func.count()).select_from(kind.__table__)).one() for kind in Kept.__subclasses__()
        )


def bodies(vault: Vault) -> list[str]:
    with vault.reading() as session:
        return list(session.scalars(select(Entry.body).order_by(Entry.index)))


def test_every_row_of_evidence_stands_in_one_entry_with_every_column(here: Field) -> None:
    filled(here)
    told = [entries.bare(body) for body in bodies(here.vault)]
    assert [each["index"] for each in told] == list(range(len(told)))
    assert {each["kind"] for each in told} == {"origin", "sweep", "query", "sweep_end", "visit", "verdict", "notice"}
    named = [(table, json.dumps(row)) for each in told for table, rows in each["rows"].items() for row in rows]
    assert len(named) == len(set(named)) == every_row(here.vault) > 20
    for each in told:
        hidden = json.loads(here.vault.store.read(each["private"]))["rows"] if "private" in each else {}
        for table, rows in each["rows"].items():
            columns = {column.name for column in Row.metadata.tables[table].columns}
            for place, row in enumerate(rows):
                assert columns == set(row) | set(hidden.get(table, [{}] * len(rows))[place])


def test_no_private_word_stands_in_the_ledger_itself(here: Field) -> None:
    filled(here)
    text_of_all = "".join(bodies(here.vault))
    for word in ("a reviewer", "tester", "13812345678", "象牙手镯", "seen"):
        assert word not in text_of_all, word
    assert "Loxodonta africana" in text_of_all, "the test sees what is there"


def test_the_same_words_twice_are_not_recognised_by_their_hashes(here: Field) -> None:
    filled(here)
    here.opinion("7", Decision.ILLEGAL, by="a reviewer")
    told = [entries.bare(body) for body in bodies(here.vault)]
    one, two = (each for each in told if each["kind"] == "verdict")
    assert one["private"] != two["private"]
    assert one["salt"] != two["salt"]


def test_the_tree_is_that_of_the_bodies_and_grows_by_few_rows(here: Field) -> None:
    filled(here)
    leaves = [leaf_hash(body.encode()) for body in bodies(here.vault)]
    with here.vault.reading() as session:
        size = session.scalars(select(Head.size)).one()
        assert size == len(leaves)
        assert session.scalars(select(func.count()).select_from(Node)).one() < size

        def node(level: int, place: int) -> bytes:
            whole = leaves[place << level : (place + 1) << level]
            return root(len(whole), lambda _, at: whole[at]) if level == 0 else entries_root(whole)

        assert root(size, entries.nodes(session)) == root(size, node)


def entries_root(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        leaves = [parent_hash(left, right) for left, right in zip(leaves[::2], leaves[1::2], strict=True)]
    return leaves[0]


def test_evidence_is_neither_changed_nor_deleted_through_the_door(here: Field) -> None:
    filled(here)

    def change(session: object, _: object) -> None:
        row = session.scalars(select(Verdict)).first()  # type: ignore[attr-defined]
        row.decision = Decision.LAWFUL

    def delete(session: object, _: object) -> None:
        session.delete(session.scalars(select(Sighting)).first())  # type: ignore[attr-defined]

    before = bodies(here.vault)
    for act in (change, delete):
        with pytest.raises(RuntimeError, match="written once"):
            intake.take(here.vault, act)
    assert bodies(here.vault) == before
    with here.vault.reading() as session:
        assert session.scalars(select(Verdict.decision)).all() == [Decision.ILLEGAL]
        assert session.scalars(select(func.count()).select_from(Sighting)).one() == 2


def test_a_transaction_that_fails_leaves_no_entry(here: Field) -> None:
    filled(here)
    before = bodies(here.vault)

    def half(session: object, _: object) -> None:
        session.add(ClockStep(at=NOW, before=NOW))  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        raise EvidenceError("broken off")

    with pytest.raises(EvidenceError):
        intake.take(here.vault, half)
    assert bodies(here.vault) == before


def test_a_clock_that_steps_back_is_an_entry(here: Field) -> None:
    here.sweep()
    with here.vault.writing() as session:
        session.execute(update(Head).values(at=datetime.now(UTC) + timedelta(days=1)))
    here.end()
    here.look("7", Condition.LIVE)
    assert [entries.bare(body)["kind"] for body in bodies(here.vault)] == [
        "origin", "sweep", "clock_step", "sweep_end", "visit",
    ]  # fmt: skip


def test_a_seal_covers_everything_and_its_segment_holds_the_bodies(here: Field, sealing: Ed25519PrivateKey) -> None:
    filled(here)
    made = seal.seal(here.vault, NAME, sealing, NOW)
    assert made.size == len(bodies(here.vault)) > 5
    assert seal.waiting(here.vault) == 0
    store = here.vault.store
    segment, note = f"segment-{0:012}-{made.size:012}.jsonl", f"checkpoint-{made.size:012}.note"
    assert store.list_papers() == [note, segment]
    assert store.read_paper(segment).decode().splitlines() == bodies(here.vault)
    signed = store.read_paper(note).decode()
    assert read(signed) == made
    known = seal.signer(here.vault)
    assert known is not None
    assert holds(signed, known)


def test_a_second_seal_goes_on_from_the_first_and_one_without_anything_new_is_the_same(
    here: Field, sealing: Ed25519PrivateKey
) -> None:
    filled(here)
    first = seal.seal(here.vault, NAME, sealing, NOW)
    assert seal.seal(here.vault, NAME, sealing, NOW) == first
    here.look("7", Condition.GONE)
    assert seal.waiting(here.vault) == 1
    second = seal.seal(here.vault, NAME, sealing, NOW)
    assert second.size == first.size + 1
    papers = here.vault.store.list_papers()
    assert len(papers) == 4
    (body,) = here.vault.store.read_paper(papers[-1]).decode().splitlines()
    assert entries.bare(body)["kind"] == "visit"


def test_a_ledger_that_was_rewritten_is_not_sealed_again(here: Field, sealing: Ed25519PrivateKey) -> None:
    filled(here)
    seal.seal(here.vault, NAME, sealing, NOW)
    with here.vault.writing() as session:
        session.execute(update(Node).values(hash="0" * 64))
    here.look("7", Condition.GONE)
    with pytest.raises(EvidenceError, match="rewritten"):
        seal.seal(here.vault, NAME, sealing, NOW)


def test_another_key_becomes_an_entry_before_it_seals(here: Field, sealing: Ed25519PrivateKey) -> None:
    filled(here)
    seal.seal(here.vault, NAME, sealing, NOW)
    other = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    made = seal.seal(here.vault, NAME, other, NOW)
    assert [entries.bare(body)["kind"] for body in bodies(here.vault)].count("key") == 2
    note = here.vault.store.read_paper(f"checkpoint-{made.size:012}.note").decode()
    known = seal.signer(here.vault)
    assert known is not None
    assert holds(note, known)
    assert not holds(note, verifier(NAME, sealing))


# --- notes and keys


def test_a_note_says_one_thing_and_no_changed_letter_of_it_holds(sealing: Ed25519PrivateKey) -> None:
    made = Checkpoint(NAME, 7, bytes(range(32)))
    note = signed(made, sealing)
    by = verifier(NAME, sealing)
    assert read(note) == made
    assert holds(note, by)
    assert Verifier.read(str(by)) == by
    for place in range(len(note)):
        for sign in ("x", ""):
            changed = note[:place] + sign + note[place + 1 :]
            if changed != note:
                assert not holds(changed, by), place


@pytest.mark.parametrize(
    "note",
    ["", "\n\n", "a\n1\n", "a\n01\nAAAA\n\n", "a\n1\nAAAA\n\n", "a b\n1\n" + "A" * 43 + "=\n\n", "a\n-1\nx\n\n"],
)
def test_what_is_no_checkpoint_is_none(note: str) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        read(note)


@pytest.mark.parametrize("written", ["", "a", "a+b+c", "a+00000000+AAAA", "a+00000000+" + "A" * 44])
def test_what_is_no_verifiers_key_is_none(written: str) -> None:
    with pytest.raises(ValueError, match="verifier"):
        Verifier.read(written)


def test_a_key_is_made_once_for_its_owner_alone_and_found_again(tmp_path: Path) -> None:
    made = key.made(tmp_path, "practice")
    file = tmp_path / "keys" / "sealing.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.name.startswith("wildfree-practice-")
    again = key.made(tmp_path, "practice")
    assert (again.verifier, again.where) == (made.verifier, str(file))
    assert [path.name for path in file.parent.iterdir()] == ["sealing.key"]


def test_a_key_is_taken_from_the_environment_or_the_systems_credentials_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    mine = key.made(tmp_path / "one", "real")
    written = (tmp_path / "one" / "keys" / "sealing.key").read_text()
    assert key.found(tmp_path) is None
    (tmp_path / "wildfree-sealing-key").write_text(written)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    credential = key.found(tmp_path)
    assert credential is not None
    assert credential.verifier == mine.verifier
    (tmp_path / "two").mkdir()
    key.made(tmp_path / "two", "real")
    monkeypatch.setenv("WILDFREE_SEALING_KEY", written)
    named = key.found(tmp_path / "two")
    assert named is not None
    assert (named.verifier, named.where) == (mine.verifier, "WILDFREE_SEALING_KEY")


@pytest.mark.parametrize("written", ["", "x", "PRIVATE+KEY+a+00000000+AAAA", "PRIVATE+KEY+a+b"])
def test_a_damaged_key_is_said_with_its_place(tmp_path: Path, written: str) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "sealing.key").write_text(written)
    with pytest.raises(WorkspaceError, match=r"sealing\.key: .*Put back your copy"):
        key.found(tmp_path)
