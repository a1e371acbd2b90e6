"""Whoever tampers with an archive is found out: what was done, and where."""

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from archive import intake, seal, stamped
from archive.leaves import Head
from archive.models import Act
from archive.vault import DATABASE, Vault
from archive.verify.fault import Found, Kind
from archive.verify.whole import verify
from config.platform import Condition
from tests.field import START, Field
from tests.spoiling import Spoilt, all_rows, copied, of_columns, of_files, of_rows, of_the_file
from tests.test_seal import NAME, filled

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SEED = 20261122


@pytest.fixture(scope="module")
def ripe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with everything in it: two seals, stamps, acts, a clock that stepped back, and an unsealed end."""
    folder = tmp_path_factory.mktemp("ripe")
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with Vault.create(folder, "practice", START) as vault:
        here = Field(vault)
        filled(here)
        seal.seal(vault, NAME, key, NOW)
        with vault.writing() as session:
            session.execute(update(Head).values(at=datetime.now(UTC) + timedelta(days=1)))
        here.look("7", Condition.GONE)
        intake.take(vault, lambda session, _: session.add(Act(at=NOW, by="me", what="held", subject="x", why="y")))
        made = seal.seal(vault, NAME, key, NOW)
        stamped.take(vault, made.size, "outside", "a notary", b"a notary's file", NOW)
        stamped.take(vault, made.size, "rfc3161", "https://tsa.example", b"no token", NOW)
        here.look("8", Condition.LIVE)
    with closing(sqlite3.connect(folder / DATABASE)) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")  # everything in one file
    return folder


def undetected(ripe: Path, copy: Path, tampering: Spoilt) -> str:
    """What is wrong with how TAMPERING was found; "" if it was named with its place."""
    copied(ripe, copy)
    tampering.do(copy)
    found = verify(copy, Found())
    unfinished = [remark for remark in found.remarks if remark.kind is Kind.UNFINISHED]
    places = [*(fault.where for fault in found.faults), *(remark.where for remark in unfinished)]
    if not tampering.places:  # a byte of the database file
        untouched = not places and all_rows(copy) == all_rows(ripe)
        return "" if places or untouched else f"{tampering.what}: rows differ, and nothing was found"
    if not places:
        return f"{tampering.what}: nothing was found"
    wanted = "|".join(map(re.escape, tampering.places))
    named = any(re.search(rf"(?<!\w)({wanted})(?!\w)", place) for place in places)
    return "" if named else f"{tampering.what}: found only at {places[:4]}"


def every(ripe: Path) -> Iterator[Spoilt]:
    luck = random.Random(SEED)
    return chain(of_files(ripe, luck, 4), of_columns(ripe), of_rows(ripe, luck), of_the_file(ripe, luck, 300))


def test_an_archive_that_nobody_touched_is_sound(ripe: Path, tmp_path: Path) -> None:
    found = verify(copied(ripe, tmp_path / "copy"), Found())
    assert found.faults == []
    assert found.checked["entries"] > 10
    assert found.checked["stamps"] == 2
    assert {remark.kind for remark in found.remarks} == {Kind.NOT_CHECKED, Kind.UNSEALED}


def test_some_of_all_tamperings_are_named_with_their_place(ripe: Path, tmp_path: Path) -> None:
    some = list({each.group: each for each in every(ripe)}.values())  # the last of each kind
    assert len(some) > 100
    assert [fault for each in some if (fault := undetected(ripe, tmp_path / "copy", each))] == []


@pytest.mark.slow
def test_all_tamperings_are_named_with_their_place(ripe: Path, tmp_path: Path) -> None:
    all_of_them = list(every(ripe))
    assert len(all_of_them) > 1000
    assert [fault for each in all_of_them if (fault := undetected(ripe, tmp_path / "copy", each))] == []
    print(f"{len(all_of_them)} tamperings, all named")
