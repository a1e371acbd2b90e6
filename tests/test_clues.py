"""What brings a listing before a reviewer without a suspect card: its page's title, a live room, a person's tip."""

import json
from datetime import UTC, datetime

import pytest

from archive import erase, intake, todo
from archive.facts import Brought, Exhibit, Judged, Lead, Outcome, Role, Searched
from archive.rows import sweep, tip
from archive.vault import Vault
from config.errors import EvidenceError
from config.platform import Condition
from desk import reviewing
from desk.context import Desk
from desk.reasons import said
from desk.suspicion import follow_rooms
from tests.conftest import Wildfree
from tests.field import Field, url

GOODS = {"501": "天然象牙手镯 老料", "502": "紫砂壶 一手泥", "503": "野生虎骨酒 懂的来"}


def bring(field: Field, key: str, note: str = "") -> int:
    this = Brought("Li", field.at, url(key), note, "market", key, url(key))
    return intake.take(field.vault, tip.brought(this))


def waiting(here: Desk) -> dict[str, str]:
    """What waits for a reviewer, by key, with the one line why."""
    return {case.key: said(case.reasons, "en") for case in reviewing.waiting(here, "a reviewer")}


def test_a_persons_tip_waits_for_review_whatever_its_title_says(field: Field, here: Desk) -> None:
    bring(field, "1", "a friend bought ivory there")
    bring(field, "2")
    assert waiting(here) == {}, "nobody has seen them live yet"
    for key in ("1", "2", "3"):
        field.look(key, Condition.LIVE, pictured=True, title=f"老物件 {key}")
    assert waiting(here) == {"1": "a tip (Li: a friend bought ivory there)", "2": "a tip (Li)"}


def test_a_tip_that_was_erased_speaks_for_nothing(field: Field, here: Desk) -> None:
    number = bring(field, "1")
    field.look("1", Condition.LIVE, pictured=True, title="老物件")
    assert set(waiting(here)) == {"1"}
    erase.named(here.vault, f"tip:{number}", why="asked for", by="Li", now=datetime.now(UTC))
    assert waiting(here) == {}


def test_a_suspect_title_of_a_page_that_no_card_led_to_waits_for_review_with_its_reasons(
    field: Field, here: Desk
) -> None:
    field.look("1", Condition.LIVE, pictured=True, title="天然象牙手镯 老料 私聊")
    field.look("2", Condition.LIVE, pictured=True, title="象牙白 陶瓷茶杯")
    (case,) = reviewing.waiting(here, "a reviewer")
    assert (case.key, case.telling[0], case.score > 0.5) == ("1", "象牙手镯", True)
    assert "象牙手镯" in {case.title[match["start"] : match["end"]] for match in case.matches}
    assert waiting(here)["1"].startswith("象牙")


def test_a_card_that_was_cut_short_gives_way_to_the_whole_title_of_the_page(field: Field, here: Desk) -> None:
    lead = Lead("market", "1", url("1"), "老物件 懂的来 ...", "老物件", 1)
    this = Searched(field.sweeps["market"], "x", 1, url("s"), Outcome.HITS, "", field.at,
                    ((lead, Judged("", False, 0.1)),))  # fmt: skip
    intake.take(field.vault, sweep.searched(this, None, False))
    field.look("1", Condition.LIVE, pictured=True, title="老物件 懂的来 天然象牙手镯")
    (case,) = reviewing.waiting(here, "a reviewer")
    assert case.score > 0.5
    assert "象牙手镯" in case.telling


def room(field: Field, key: str, goods: dict[str, str]) -> None:
    """A look at a live room with GOODS in its window, as a visit keeps it."""
    items = [{"key": each, "url": url(each), "title": title, "price": "1"} for each, title in goods.items()]
    look = field.look(key, Condition.LIVE, pictured=True, title="晚上八点见")
    body = json.dumps({"room": "r", "host": "h", "items": items}).encode()
    with field.vault.writing() as session:
        sha256 = field.vault.store.put(body)
        kept = {"sha": sha256, "size": len(body), "visit": look, "role": Role.METADATA}
        told = session.connection().exec_driver_sql
        told("INSERT INTO exhibit VALUES (:sha, :size, 'application/json')", kept)
        told("INSERT INTO visit_exhibit VALUES (:visit, 99, :sha, :role, '')", kept)


def due(vault: Vault) -> list[str]:
    return sorted(task.detail["key"] for task in todo.due(vault, todo.Kind.VISIT, datetime.now(UTC)))


def test_what_a_live_room_offers_brings_the_room_before_a_reviewer_and_its_suspect_goods_are_looked_at(
    field: Field, here: Desk
) -> None:
    room(field, "900", GOODS)
    room(field, "901", {"502": GOODS["502"]})
    assert due(here.vault) == []
    follow_rooms(here)
    follow_rooms(here)
    assert due(here.vault) == ["501", "503"]
    told = waiting(here)
    assert set(told) == {"900"}
    assert {f"offered in its live room: {GOODS[key]}" for key in ("501", "503")} <= set(told["900"].split("; "))
    assert GOODS["502"] not in told["900"]


def test_goods_that_were_looked_at_once_are_not_due_again(field: Field, here: Desk) -> None:
    room(field, "900", GOODS)
    follow_rooms(here)
    with here.vault.writing() as session:
        todo.finish(session, "visit:market:501", field.at)
    room(field, "900", GOODS | {"504": "犀角杯 清代"})
    follow_rooms(here)
    assert due(here.vault) == ["503", "504"]


def test_a_window_that_was_erased_is_followed_nowhere(field: Field, here: Desk) -> None:
    room(field, "900", GOODS)
    (listing,) = [case.listing_id for case in reviewing.waiting(here, "a reviewer")]
    erase.listing(here.vault, listing, why="asked for", by="Li", now=datetime.now(UTC))
    follow_rooms(here)
    assert due(here.vault) == []
    assert waiting(here) == {}


def test_a_tip_with_a_file_and_no_listing_brings_nothing_before_a_reviewer(field: Field, here: Desk) -> None:
    file = Exhibit(Role.TIP, b"no picture", "text/plain")
    intake.take(field.vault, tip.brought(Brought("Li", field.at, "note.txt"), [file]), [file])
    assert waiting(here) == {}


def test_a_window_that_was_damaged_stops_nothing_and_is_told_once(
    field: Field, here: Desk, wildfree: Wildfree, caplog: pytest.LogCaptureFixture
) -> None:
    room(field, "900", GOODS)
    room(field, "901", {"504": "犀角杯 清代"})
    field.vault.close()
    (window,) = [path for path in (here.workspace / "evidence").glob("*/*") if b'"503"' in path.read_bytes()]
    window.chmod(0o600)
    window.write_bytes(window.read_bytes().replace(b"503", b"505"))
    follow_rooms(here)
    follow_rooms(here)
    assert due(here.vault) == ["504"]
    assert set(waiting(here)) == {"901"}
    (told,) = [record.getMessage() for record in caplog.records if record.name.startswith("archive")]
    assert str(window) in told
    assert told.endswith("What a live room offered is left out. See: wildfree verify")
    listed = wildfree("review", "--list", "--workspace", here.workspace)
    assert listed.code == 0, listed.err
    verified = wildfree("verify", "--workspace", here.workspace)
    assert verified.code == EvidenceError.exit_code
    assert f"{window.name} (named by nothing): was altered" in verified.out
