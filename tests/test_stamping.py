"""Outside witnesses stamp our seals: whoever is named, once, or again when they were away; and nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from archive import key, seal
from archive.questions import stamps
from archive.seal import CHECKPOINT
from archive.stamps import calendars, rfc3161
from archive.stamps.asking import Unanswered
from archive.stamps.told import Says
from archive.vault import Vault
from config.proof import roots
from desk.context import Desk, desk
from desk.sealing import sealed
from desk.stamping import stamp
from desk.workspaces import make
from tests.field import Field
from tests.stamping.authority import Authority, made
from tests.stamping.calendar import Calendar


@dataclass
class Witnesses:
    """A workspace that is sealed, with an authority and a calendar of its own on the loopback."""

    folder: Path
    authority: Authority
    calendar: Calendar

    @property
    def digest(self) -> bytes:
        with Vault.open(self.folder) as vault:
            newest = seal.latest(vault)
            assert newest is not None
            return sha256(vault.store.read_paper(CHECKPOINT.format(newest.size))).digest()

    def kept(self) -> list[stamps.Spoken]:
        with Vault.open(self.folder) as vault:
            return stamps.stamps(vault)

    def read(self, file: str) -> bytes:
        with Vault.open(self.folder) as vault:
            return vault.store.read_paper(file)


PROOF = """
read_on = 2026-11-21
[[authorities]]
name = "Authority"
url = "{authority}"
source = "the test"
[[calendars]]
name = "Calendar"
url = "{calendar}"
source = "the test"
[[calendars]]
name = "Far"
url = "https://calendar.example"
source = "the test"
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Witnesses]:
    papers = made(tmp_path)
    with Authority(papers) as authority, Calendar() as calendar:
        folder = tmp_path / "w"
        make(folder, "practice")
        text = PROOF.format(authority=authority.url, calendar=calendar.url)
        (folder / "config" / "proof.toml").write_text(text, "utf-8")
        (folder / "config" / "proof").mkdir()
        (folder / "config" / "proof" / "root.pem").write_bytes(papers.root.pem)
        with desk(folder) as at:
            sealed(at)
        yield Witnesses(folder, authority, calendar)


def stamped(here: Witnesses) -> dict[str, bool]:
    """Who was asked, and whether they answered."""
    with desk(here.folder) as at:
        return {each.witness.name: not isinstance(each.answer, Unanswered) for each in stamp(at)}


def test_each_witness_of_this_machine_stamps_the_newest_seal_once(here: Witnesses) -> None:
    assert stamped(here) == {"Authority": True, "Calendar": True}, "and a practice workspace asks nobody far away"
    token, promise = here.kept()
    told = rfc3161.read(here.read(token.file), here.digest, roots(here.folder / "config"))
    assert told.verdict is Says.PROVED, told.because
    assert rfc3161.read(here.read(token.file), bytes(32), roots(here.folder / "config")).verdict is Says.WRONG
    assert calendars.read(here.read(promise.file), here.digest).verdict is Says.PENDING
    assert stamped(here) == {}
    assert len(here.kept()) == 2


def test_whoever_was_away_is_asked_again(here: Witnesses) -> None:
    here.calendar.says = b""
    assert stamped(here) == {"Authority": True, "Calendar": False}
    here.calendar.says = None
    assert stamped(here) == {"Calendar": True}
    assert [each.witness for each in here.kept()] == ["Authority", "Calendar"]


def test_a_promise_is_asked_for_until_it_is_kept(here: Witnesses) -> None:
    stamped(here)
    stamped(here)
    assert len(here.kept()) == 2
    here.calendar.block = 900_001
    stamped(here)
    promise, proof = (each for each in here.kept() if each.kind == "opentimestamps")
    assert (promise.witness, promise.size) == (proof.witness, proof.size)
    assert calendars.read(here.read(proof.file), here.digest).blocks == (900_001,)
    stamped(here)
    assert len(here.kept()) == 3


def test_what_is_not_sealed_is_not_stamped(tmp_path: Path) -> None:
    make(tmp_path, "practice")
    (tmp_path / key.FILE).unlink()
    with desk(tmp_path) as at:
        assert sealed(at) is None
        assert stamp(at) == []


def test_with_a_new_seal_all_are_asked_again(here: Witnesses) -> None:
    stamped(here)
    with desk(here.folder) as at:
        grown(at)
        sealed(at)
    assert stamped(here) == {"Authority": True, "Calendar": True}
    assert len({each.size for each in here.kept()}) == 2


def grown(at: Desk) -> None:
    Field(at.vault, at.clock()).sweep()
