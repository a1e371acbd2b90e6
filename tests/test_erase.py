"""What must not be kept goes for good; that it went, by whom and why, stays; and every proof still holds."""
# ruff: noqa: F401, F811  (fixtures are found by being named)

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import erase
from archive.models import Act
from archive.questions import review
from archive.store import FolderStore
from archive.vault import DATABASE, EVIDENCE, Vault
from archive.verify.fault import Found, Kind, Means
from archive.verify.whole import verify
from config.errors import UsageError
from config.platform import Condition
from tests.conftest import Wildfree
from tests.field import START, Field
from tests.spoiling import changed, rows
from tests.test_rebuild import everything, lost
from tests.test_verify import kept, sealed

WHY = ("--why", "the court's order of 2026-11-20", "--by", "the custodian")


def anywhere(folder: Path, words: str) -> list[str]:
    """Every file under FOLDER that holds WORDS, the database and its journal among them."""
    coded = (words.encode(), json.dumps(words)[1:-1].encode())
    return [
        path.name for path in folder.rglob("*") if path.is_file() and any(each in path.read_bytes() for each in coded)
    ]


def files_of(folder: Path, listing: int) -> set[str]:
    looks = {row["id"] for row in rows(folder, "visit") if row["listing_id"] == listing}
    return {row["sha256"] for row in rows(folder, "visit_exhibit") if row["visit_id"] in looks}


@pytest.fixture
def erased(kept: Path, wildfree: Wildfree) -> Path:
    """The archive after listing 1 was erased."""
    assert wildfree("archive", "erase", "1", *WHY).code == 0
    return kept


def test_an_erased_listing_leaves_no_word_and_no_file_of_its_own(kept: Path, wildfree: Wildfree) -> None:
    mine, other = files_of(kept, 1), files_of(kept, 2)
    assert mine - other
    assert other
    assert anywhere(kept / EVIDENCE, "象牙手串 7")
    ran = wildfree("archive", "erase", "1", *WHY)
    assert ran.code == 0, ran.err
    assert "Files 3," in ran.out
    there = {path.name for path in (kept / EVIDENCE).glob("??/*")}
    assert there & mine == mine & other
    assert there >= other
    for table in ("visit", "sighting", "verdict"):
        (row, *_) = [row for row in rows(kept, table) if row["listing_id"] == 1]
        assert {row[name] for name in ("title", "price", "because", "reason", "why", "by") if name in row} == {""}
    assert anywhere(kept / EVIDENCE, "象牙手串 7") == []
    assert "their search pages" in ran.out.lower(), "that others' titles went with theirs is said"


def test_what_was_erased_waits_for_nobody_until_it_is_found_again(erased: Path, wildfree: Wildfree) -> None:
    def waiting() -> set[int]:
        return {each["listing_id"] for each in wildfree("review", "--list", "--json").objects}

    assert wildfree("review", "1", "--list").code == 0, "who names it may still see that it was there"
    with Vault.open(erased) as vault:
        assert {each.listing_id for each in review.cases(vault)} == {2}
        assert {each.listing_id for each in review.cases(vault, listings=[1])} == {1}
        here = Field(vault, datetime.now(UTC))
        here.look("7", Condition.LIVE, pictured=True)
        assert {each.listing_id for each in review.cases(vault)} == {1, 2}
    assert 1 in waiting()


def test_verify_says_erased_and_never_missing(erased: Path, wildfree: Wildfree) -> None:
    ran = wildfree("verify")
    assert ran.code == 0, ran.out
    assert "missing" not in ran.out
    assert "erased: act 1, entry 8: listing 1: " in ran.out


def test_the_act_names_each_file_and_its_reason_stays_private(erased: Path) -> None:
    with Vault.open(erased) as vault, vault.reading() as session:
        act = session.scalars(select(Act)).one()
    assert (act.what, act.by, act.why) == ("erased", "the custodian", WHY[1])
    first, *gone = act.subject.split("\n")
    assert first == "listing 1"
    assert len(gone) == len(set(gone)) >= 5
    assert not any(FolderStore(erased / EVIDENCE).path(each).exists() for each in gone)
    assert anywhere(erased / EVIDENCE / "ledger", "the custodian") == []


def test_an_erasing_that_nobody_recorded_is_a_fault(kept: Path) -> None:
    gone = sorted(files_of(kept, 1) - files_of(kept, 2))
    for sha256 in gone:
        (kept / EVIDENCE / sha256[:2] / sha256).unlink()
    found = verify(kept, Found())
    assert len([fault for fault in found.faults if fault.what == "the file is missing"]) == len(gone)
    changed(
        kept, "INSERT INTO act VALUES (1, '2026-11-20 00:00:00.000000', '', 'erased', ?, '')", "\n".join(["x", *gone])
    )
    found = verify(kept, Found())
    assert [fault.where for fault in found.faults] == ["act 1"], "who forges the act is found by the act"


def test_a_rebuilt_archive_stays_erased(erased: Path, wildfree: Wildfree) -> None:
    before = everything(erased)
    lost(erased)
    ran = wildfree("archive", "rebuild")
    assert (ran.code, "are not there" in ran.out) == (0, False), "what was erased is not missed"
    assert everything(erased) == before
    assert wildfree("verify").code == 0


def test_a_held_listing_is_not_erased_by_any_name(kept: Path, wildfree: Wildfree) -> None:
    before = everything(kept)
    mine = sorted(files_of(kept, 1) - files_of(kept, 2))
    assert wildfree("archive", "hold", "1", "--why", "a court asked").code == 0
    for what in ("1", mine[0], "entry:4"):
        ran = wildfree("archive", "erase", what, *WHY)
        assert ran.code == UsageError.exit_code, what
        assert "listing 1: is held" in ran.err
    assert everything(kept)["visit"] == before["visit"]
    assert wildfree("archive", "hold", "1", "--why", "again").code == UsageError.exit_code
    assert wildfree("archive", "release", "1", "--why", "closed").code == 0
    assert wildfree("archive", "erase", mine[0], *WHY).code == 0
    assert wildfree("verify").code == 0


def test_one_file_or_one_entry_can_be_erased_alone(kept: Path, wildfree: Wildfree) -> None:
    mine = sorted(files_of(kept, 1) - files_of(kept, 2))
    assert wildfree("archive", "erase", mine[0], *WHY).code == 0
    assert wildfree("archive", "erase", "entry:6", *WHY).code == 0
    (said,) = rows(kept, "verdict")
    assert (said["why"], said["by"], said["decision"]) == ("", "", "illegal")
    assert rows(kept, "visit")[0]["title"] == "象牙手串 7"
    ran = wildfree("verify")
    assert ran.code == 0, ran.out
    assert ran.out.count("erased: act") == 2


@pytest.mark.parametrize("what", ["77", "entry:77", "entry:0", "f" * 64, "x", ""])
def test_what_is_not_there_is_not_erased(kept: Path, what: str, wildfree: Wildfree) -> None:
    assert wildfree("archive", "erase", what, *WHY).code == UsageError.exit_code
    assert rows(kept, "act") == []


@pytest.mark.parametrize(("number", "why"), [("PRACTICE-2026-0001", "'listing': a whole number is wanted. See: "),
                                              ("9" * 23, "less than or equal to 9223372036854775807")])  # fmt: skip
def test_what_is_no_listings_number_is_not_held(kept: Path, number: str, why: str, wildfree: Wildfree) -> None:
    ran = wildfree("archive", "hold", number, "--why", "a court asked")
    assert (ran.code, why in ran.err, len(ran.err.splitlines())) == (2, True, 1), ran.err
    assert rows(kept, "act") == []


def test_nothing_is_erased_without_a_reason(kept: Path, wildfree: Wildfree) -> None:
    ran = wildfree("archive", "erase", "1")
    assert (ran.code, "--why" in ran.err) == (UsageError.exit_code, True)
    assert rows(kept, "act") == []


def test_an_erasing_that_was_cut_off_is_named_and_the_same_command_finishes_it(
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
    wildfree: Wildfree,
) -> None:
    left = iter(range(2))

    def dying(store: FolderStore, sha256: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        store.path(sha256).unlink()

    with monkeypatch.context() as cut:
        cut.setattr(FolderStore, "erase", dying)
        assert wildfree("archive", "erase", "1", *WHY).code == 130
    found = verify(kept, Found())
    assert found.faults
    assert {fault.means for fault in found.faults} == {str(Means.ERASING)}
    assert wildfree("archive", "erase", "1", *WHY).code == 0
    assert verify(kept, Found()).faults == []
    assert len(rows(kept, "act")) == 1


def test_bytes_that_a_later_look_brings_again_are_kept_and_no_fault(kept: Path) -> None:
    with Vault.open(kept) as vault:
        here = Field(vault, START + timedelta(days=9))
        erase.listing(vault, 1, why="w", by="b", now=here.at)
        here.look("7", Condition.LIVE, pictured=True)
        erase.finish(vault)
    assert verify(kept, Found()).faults == []
    with Vault.open(kept) as vault:
        erase.listing(vault, 1, why="w", by="b", now=here.at)
    found = verify(kept, Found())
    assert found.faults == []
    assert len([remark for remark in found.remarks if remark.kind is Kind.ERASED]) == 2
    assert anywhere(kept / EVIDENCE, "象牙手串 7") == []


def test_what_was_kept_for_longer_than_the_settings_say_is_erased_on_demand(
    kept: Path,
    wildfree: Wildfree,
) -> None:
    ran = wildfree("archive", "erase", "--overdue", *WHY)
    assert (ran.code, "Nothing is overdue" in ran.out) == (0, True)
    with (kept / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write("\n[retention]\ndays = 15\n")
    assert wildfree("archive", "hold", "2", "--why", "a court asked").code == 0
    ran = wildfree("archive", "erase", "--overdue", *WHY)
    assert ran.code == 0, ran.err
    assert [row["title"] for row in rows(kept, "visit")] == ["", "象牙手串 8"]
    assert "Nothing is overdue" in wildfree("archive", "erase", "--overdue", *WHY).out
    assert wildfree("verify").code == 0
    assert DATABASE in {path.name for path in kept.iterdir()}


def test_a_seal_follows_at_once_so_that_the_store_knows(erased: Path) -> None:
    size = len(rows(erased, "entry"))
    assert max(row["size"] for row in rows(erased, "seal")) == size
    assert (erased / EVIDENCE / "ledger" / f"checkpoint-{size:012}.note").exists()


def test_copies_that_may_still_hold_what_was_erased_are_named(kept: Path, wildfree: Wildfree) -> None:
    assert wildfree("bundle", "1").code == 0
    changed(kept, "UPDATE visit SET condition = 'gone' WHERE id = 1")
    assert wildfree("archive", "rebuild").code == 0
    said = wildfree("archive", "erase", "1", *WHY).out
    for copy in (*(kept / "bundles").iterdir(), *kept.glob(f"{DATABASE}.before-*")):
        assert f"{copy}: a copy that may still hold it" in said
    assert said.count("a copy that may still hold it") >= 3
