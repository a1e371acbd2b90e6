"""An archive from before the ledger: every row of it gets one entry, which says that it is older."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, select, text

from archive import entries, seal
from archive.leaves import Entry
from archive.questions import checks
from archive.vault import DATABASE, Vault

MOMENT = "2026-03-01 08:00:00.000000"
SHA = "a" * 64
ROWS = {
    "origin": {"id": 1, "kind": "practice", "at": MOMENT},
    "sweep": {
        "id": 1, "platform": "market", "how": "robot", "asked_by": "the first volunteer", "started": MOMENT,
        "code_version": "0", "config_hash": SHA, "ignored_robots": "",
    },
    "query": {
        "id": 1, "sweep_id": 1, "term": "象牙", "page": 1, "url": "https://m.example/s", "outcome": "hits",
        "because": "1 cards", "cards": 1, "at": MOMENT,
    },
    "listing": {"id": 1, "platform": "market", "key": "7", "url": "https://m.example/item/7"},
    "sighting": {
        "id": 1, "listing_id": 1, "query_id": 1, "at": MOMENT, "rank": 1, "title": "象牙手镯", "price": "1",
        "matches": "[]", "reasons": "[]", "score": 0.5, "suspect": 1,
    },
    "exhibit": {"sha256": SHA, "size": 3, "media_type": "text/html"},
    "visit": {
        "id": 1, "listing_id": 1, "at": MOMENT, "url": "https://m.example/item/7", "final_url": "", "status": 200,
        "capture": "complete", "missing": "[]", "condition": "live", "cause": None, "because": "title", "reason": "",
        "title": "象牙手镯", "price": "1", "environment": "{}",
    },
    "visit_exhibit": {"visit_id": 1, "position": 0, "sha256": SHA, "role": "payload", "url": ""},
}  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A workspace whose archive has the tables of revision 0002, and a row of most."""
    engine = create_engine(f"sqlite:///{tmp_path / DATABASE}")
    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for table, row in ROWS.items():
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
    engine.dispose()
    return tmp_path


def test_every_row_of_an_older_archive_gets_one_entry_that_says_so(old: Path) -> None:
    began = datetime.now(UTC)
    with Vault.open(old) as vault, vault.reading() as session:
        rows = session.scalars(select(Entry).order_by(Entry.index)).all()
        told = [entries.bare(row.body) for row in rows]
    assert {each["kind"] for each in told} == {entries.BEFORE}
    assert sorted(name for each in told for name in each["rows"]) == sorted(ROWS)
    assert all(len(rows) == 1 for each in told for rows in each["rows"].values())
    assert all(row.at >= began for row in rows), "proved since now, not since its own date"
    assert "the first volunteer" not in "".join(row.body for row in rows)


def test_it_is_read_and_sealed_like_any_other_and_adopted_once(old: Path) -> None:
    for _ in range(2):
        with Vault.open(old) as vault:
            (watched,) = checks.watched(vault)
            assert watched.looks[0].title == "象牙手镯"
            with vault.reading() as session:
                assert len(session.scalars(select(Entry.index)).all()) == len(ROWS)
    with Vault.open(old) as vault:
        made = seal.seal(vault, "wildfree-practice-0", Ed25519PrivateKey.generate(), datetime.now(UTC))
        assert made.size == len(ROWS) + 1, "and the key"


def test_a_migration_that_is_cut_off_leaves_the_archive_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(entries, "adopt", broken)
        with pytest.raises(KeyboardInterrupt):
            Vault.open(old)
    engine = create_engine(f"sqlite:///{old / DATABASE}")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0002"
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'entry'")) == 0
    engine.dispose()
    with Vault.open(old) as vault, vault.reading() as session:
        assert len(session.scalars(select(Entry.index)).all()) == len(ROWS)
