"""A search that a platform refuses is kept as it was seen; other words for it are proposed, gaps are a result."""

import csv
import io
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import cv2
import numpy
import pytest
from sqlalchemy import select

from archive import erase, intake
from archive.facts import Exhibit, Outcome, Role, Searched
from archive.models import Query, QueryExhibit
from archive.rows import sweep
from archive.vault import EVIDENCE, Vault
from archive.verify.fault import Found
from archive.verify.whole import verify
from config.errors import UsageError
from config.platform import Condition
from desk.main import main
from desk.practice.market import Market
from tests.conftest import Wildfree
from tests.field import Field
from tests.spoiling import changed, copied, of_columns, of_rows, place_of, rows
from tests.test_pause import plainly

WORDS = ("sweep", "market", "--term", "象牙", "--term", "牙雕", "--term", "xiangya", "--term", "象牙雕")
REFUSED = "拒绝非法野生动物交易"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, running_market: Market) -> Iterator[Path]:
    """A workspace whose market refused two terms of four, asked by browser; what came to light is sealed."""
    folder = tmp_path_factory.mktemp("refused") / "workspace"
    running_market.reset()
    running_market.play("banned_term", "象牙", "象牙雕")
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert main(["init", str(folder), "--practice"]) == 0
        (folder / "wildfree.toml").write_text(f'[bases]\nmarket = "{running_market.base}"\n', "utf-8")
        assert main([*WORDS, "--workspace", str(folder)]) == 0
    yield folder
    running_market.reset()


@pytest.fixture
def here(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test."""
    shutil.copytree(kept, tmp_path / "here")
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(tmp_path / "here"))
    return tmp_path / "here"


def exhibits(workspace: Path, term: str) -> dict[Role, bytes]:
    """What was kept of the search for TERM."""
    with Vault.open(workspace) as vault, vault.reading() as session:
        wanted = select(QueryExhibit.role, QueryExhibit.sha256).join(Query).where(Query.term == term)
        return {role: vault.store.read(sha256) for role, sha256 in session.execute(wanted)}


def test_a_refusal_in_the_browser_is_kept_with_its_picture_and_no_other_answer_is(kept: Path, here: Path) -> None:
    for term in ("象牙", "象牙雕"):
        found = exhibits(here, term)
        assert set(found) == {Role.SCREENSHOT, Role.PAYLOAD, Role.DOM}
        assert REFUSED in found[Role.DOM].decode()
        picture = cv2.imdecode(numpy.frombuffer(found[Role.SCREENSHOT], numpy.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape[1] == 1280
        assert picture.std() > 5, "a picture of nothing"
    assert exhibits(here, "牙雕") == exhibits(here, "手机壳") == {}


def test_by_plain_http_the_page_as_delivered_is_kept_and_nothing_is_asked_for_twice(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    plainly(market_workspace)
    market.play("banned_term", "象牙")
    ran = wildfree("sweep", "market", "--term", "象牙", "--json")
    assert [each["outcome"] for each in ran.objects] == ["hits", "banned_term_notice"]
    found = exhibits(market_workspace, "象牙")
    assert set(found) == {Role.PAYLOAD}
    assert REFUSED in found[Role.PAYLOAD].decode()
    told = wildfree("report", "blocklist")
    assert "Page only: it came by plain HTTP" in told.out


def objects(wildfree: Wildfree, *words: str) -> dict[str, dict[str, Any]]:
    lines = wildfree("report", "blocklist", *words, "--json").objects
    return {each["term"]: each for each in lines if each["kind"] == "refused"}


def test_the_gaps_of_a_block_list_and_what_to_try_next_are_told(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    told = objects(wildfree)
    assert set(told) == set(objects(wildfree, "market", "oscar")) == {"象牙", "象牙雕"}
    assert objects(wildfree, "oscar") == {}
    ivory = told["象牙"]
    assert ivory["species"] == ["Elephantidae"]
    assert ivory["still"] is True
    assert ivory["times"] == 1
    assert ivory["since"] == ivory["last"]
    assert ivory["said"] == REFUSED or REFUSED in ivory["said"]
    assert {each["role"] for each in ivory["kept"]} == {"screenshot", "payload", "dom"}
    brought = {each["term"]: each["brought"] for each in ivory["variants"]}
    assert brought["牙雕"] == "hits"
    assert brought["象牙雕"] == "banned"
    assert brought["果冻料"] == "never tried"
    assert "血丝" not in brought, "praise is no word that somebody types"
    assert "象牙" not in brought
    assert "虎骨" not in brought, "of another species"
    assert "牙雕" in ivory["gaps"]
    assert "果冻料" in ivory["next"]
    assert len(ivory["next"]) > 20
    clear = {each["term"]: (each["language"] != "zh", each["ambiguity"]) for each in ivory["variants"]}
    assert [clear[term] for term in ivory["next"]] == sorted(clear[term] for term in ivory["next"])


def test_a_term_that_is_let_through_again_and_one_that_could_not_be_seen_are_told_apart(
    here: Path, market: Market, wildfree: Wildfree
) -> None:
    plainly(here)
    market.reset()
    market.play("empty", "牙雕", "象牙制品")
    assert wildfree("sweep", "market", *(w for t in ("象牙", "牙雕", "象牙制品") for w in ("--term", t))).code == 0
    ivory = objects(wildfree)["象牙"]
    assert ivory["still"] is False
    brought = {each["term"]: each["brought"] for each in ivory["variants"]}
    assert brought["牙雕"] == "hits", "what was seen before outweighs what could not be seen now"
    assert brought["象牙制品"] == "not seen"


def test_page_and_sheet_say_the_same_and_no_cell_starts_a_formula(here: Path, wildfree: Wildfree) -> None:
    with Vault.open(here) as vault, vault.reading() as session:
        (first, *_) = session.scalars(select(Query).where(Query.outcome == Outcome.BANNED_TERM_NOTICE)).all()
    changed(here, "UPDATE query SET because = '=HYPERLINK(\"x\")<script>alert(1)</script>' WHERE id = ?", first.id)
    ran = wildfree("report", "blocklist", "market", "--language", "en")
    assert ran.code == 0
    assert "market refuses '象牙', but brings cards for: 牙雕 (" in ran.out
    assert "To try next, of " in ran.out
    assert "wildfree sweep market --term '" in ran.out
    (page,), (table,) = ((here / "reports").glob(f"blocklist-*.{suffix}") for suffix in ("html", "csv"))
    assert str(page) in ran.out
    assert str(table) in ran.out
    html = page.read_text("utf-8")
    assert "<script" not in html
    assert "PRACTICE" in html
    assert "cards found: a gap" in html
    lines = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"), newline="")))
    assert {line["refused_term"] for line in lines} == {"象牙", "象牙雕"}
    assert {line["brought"] for line in lines} >= {"hits", "banned", "never tried"}
    assert any(line["said"].startswith("'=HYPERLINK") for line in lines)
    assert not [value for line in lines for value in line.values() if value.startswith(("=", "+", "-", "@"))]


def test_the_chinese_page_has_no_english_word_of_ours(here: Path, wildfree: Wildfree) -> None:
    ran = wildfree("report", "blocklist", "--language", "zh")
    (path,) = re.findall(r"(\S+\.html)", ran.out)
    page = Path(path).read_text("utf-8")
    assert "平台拒绝搜索的词语" in page
    beside = re.findall(r'<span class="soft">([^<]*)</span>', page)
    assert {each.split(" ")[0] for each in beside} >= {
        "行话",
        "制品词",
        "变体写法",
        "截图",
        "收到的原文",
        "浏览器中的页面",
    }
    assert not [each for each in beside if re.match("[a-z]+", each)]


def test_the_sweep_itself_proposes_what_was_not_tried(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    plainly(market_workspace)
    market.play("banned_term", "虎骨")
    ran = wildfree("sweep", "market", "--term", "虎骨")
    (line,) = [
        line for line in ran.out.splitlines() if line.startswith("market refuses '虎骨'; not tried there yet: ")
    ]
    assert line.endswith("See: wildfree report blocklist market")
    assert "虎" in line.partition("yet: ")[2], "in the language of what was refused"


def test_where_nothing_was_refused_the_report_claims_nothing(workspace: Path, wildfree: Wildfree) -> None:
    ran = wildfree("report", "blocklist")
    assert ran.code == 0
    assert "no finding that nothing would be" in ran.out
    assert wildfree("report", "blocklist", "markt").code == 2
    assert wildfree("report").code == wildfree("report", "market").code == wildfree("report", "--json").code == 0


def test_a_refusal_on_a_later_page_alone_is_told_too(workspace: Path, wildfree: Wildfree) -> None:
    with Vault.open(workspace) as vault:
        here = Field(vault)
        here.sweep("taobao")
        here.search("象牙", Outcome.BANNED_TERM_NOTICE, "no", platform="taobao")
    changed(workspace, "UPDATE query SET page = 2 WHERE term = ?", "象牙")
    ivory = objects(wildfree)["象牙"]
    assert (ivory["still"], ivory["times"]) == (True, 1)
    assert {each["brought"] for each in ivory["variants"]} == {"never tried"}


def test_where_no_robot_may_search_the_next_words_are_for_a_person(workspace: Path, wildfree: Wildfree) -> None:
    with Vault.open(workspace) as vault:
        here = Field(vault)
        here.sweep("taobao")
        here.search("象牙", Outcome.BANNED_TERM_NOTICE, "no", platform="taobao")
    ran = wildfree("report", "blocklist", "taobao")
    assert "wildfree browse taobao, and there: 象牙制品, " in ran.out
    assert "wildfree sweep" not in ran.out


def test_what_is_kept_of_a_search_is_checked_like_every_exhibit(kept: Path, tmp_path: Path) -> None:
    assert verify(kept, Found()).faults == []
    luck = random.Random(7)
    named = rows(kept, "query_exhibit")
    assert len(named) == 6
    for row in named:
        copy = copied(kept, tmp_path / "copy")
        path = copy / EVIDENCE / row["sha256"][:2] / row["sha256"]
        body = bytearray(path.read_bytes())
        body[luck.randrange(len(body))] ^= 1 << luck.randrange(8)
        path.write_bytes(body)
        (fault,) = verify(copy, Found()).faults
        assert fault.where.startswith(f"{EVIDENCE}/{row['sha256'][:2]}/{row['sha256']} ({row['role']} of search ")
        assert "market 象牙" in fault.where
        assert "was altered" in fault.what


def test_a_row_of_what_was_kept_of_a_search_that_is_changed_deleted_or_made_up_is_named(
    kept: Path, tmp_path: Path
) -> None:
    (one, *_) = rows(kept, "query_exhibit")
    ways = [*of_columns(kept), *of_rows(kept, random.Random(7))]
    mine = [way for way in ways if way.what.startswith(place_of("query_exhibit", one))]
    assert len(mine) >= 10
    for way in mine:
        copy = copied(kept, tmp_path / "copy")
        way.do(copy)
        places = [fault.where for fault in verify(copy, Found()).faults]
        assert any(place in where for place in way.places for where in places), (way.what, places)


def test_what_was_kept_of_a_search_is_in_a_backup_and_in_a_rebuilt_archive(here: Path, wildfree: Wildfree) -> None:
    named = rows(here, "query_exhibit")
    assert wildfree("archive", "backup", here.parent / "copy").code == 0
    for row in named:
        assert (here.parent / "copy" / EVIDENCE / row["sha256"][:2] / row["sha256"]).exists()
    assert wildfree("archive", "rebuild").code == 0
    assert rows(here, "query_exhibit") == named
    assert verify(here, Found()).faults == []


def test_it_can_be_erased_and_comes_back_when_the_same_bytes_are_kept_again(here: Path, wildfree: Wildfree) -> None:
    why = ("--why", "a court's order", "--by", "the custodian")
    shot = next(row for row in rows(here, "query_exhibit") if row["role"] == "dom")
    path = here / EVIDENCE / shot["sha256"][:2] / shot["sha256"]
    body = path.read_bytes()
    assert wildfree("archive", "erase", shot["sha256"], *why).code == 0
    assert not path.exists()
    assert wildfree("verify").code == 0
    assert wildfree("archive", "erase", shot["sha256"], *why).code == UsageError.exit_code
    again(here, shot["query_id"], body)
    assert path.exists()
    assert verify(here, Found()).faults == []
    assert wildfree("archive", "erase", "f" * 64, *why).code == UsageError.exit_code
    with Vault.open(here) as vault:
        assert erase.finish(vault) == 0
    assert path.exists(), "what was brought again was taken for an erasing that was cut off"


def test_erasing_a_listing_leaves_what_a_search_shows_too(here: Path, wildfree: Wildfree) -> None:
    with Vault.open(here) as vault:
        field = Field(vault)
        number = field.look("7", Condition.LIVE)
    mine = {row["sha256"] for row in rows(here, "visit_exhibit") if row["role"] == "payload"}
    (shared,) = mine
    body = (here / EVIDENCE / shared[:2] / shared).read_bytes()
    again(here, rows(here, "query_exhibit")[0]["query_id"], body)
    listing = next(row["listing_id"] for row in rows(here, "visit") if row["id"] == number)
    assert wildfree("archive", "erase", listing, "--why", "a court's order", "--by", "the custodian").code == 0
    assert (here / EVIDENCE / shared[:2] / shared).exists(), "it belongs to a search as well"
    assert verify(here, Found()).faults == []


def again(workspace: Path, query: int, body: bytes) -> None:
    """Keep the same search once more, with BODY."""
    with Vault.open(workspace) as vault:
        with vault.reading() as session:
            row = session.get_one(Query, query)
            this = Searched(row.sweep_id, row.term, 1, row.url, row.outcome, row.because, row.at, ())
        files = (Exhibit(Role.DOM, body, "text/html; charset=utf-8", row.url),)
        intake.take(vault, sweep.searched(this, None, False, files), files)
