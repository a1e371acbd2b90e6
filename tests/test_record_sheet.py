"""Record sheets: true, whole in each language, laid out for readers, and never a seller's markup."""

import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pypdf import PdfReader

from archive import capture, seal, stamped, todo
from archive.bundle import collect
from archive.bundle.contents import Contents
from archive.facts import Capture, Exchange, Exhibit, Outcome, Reading, Role, Snapshot
from archive.vault import Vault
from config.errors import LetterError
from config.platform import Condition
from crawler import environment
from crawler.chromium.load import Loaded
from crawler.spiders.visit import _of_the_load
from letters import circumstances, record
from letters.press.pdf import Sheet, printed
from letters.template import SHIPPED
from letters.worded import languages, words
from tests.field import DAY, PNG, Field, exchange, url
from tests.letters import case
from tests.packing import KEY, NAME, SEALED

MARKS = 2  # lines that stand on every page, after all others
ZONE = ZoneInfo("Asia/Shanghai")
FOLDER = SHIPPED / record.NAME
TITLE = "象牙手串 <b>7</b><script>alert(1)</script>"
OURS = {
    "tool": "wildfree 0.1.0",
    "code": "a checkout",
    "code_sha256": "ab" * 32,
    "vantage": "browser",
    "profile": "clean",
    "somebody's own": "kept as it is",
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Field]:
    (tmp_path / "ledger").mkdir()
    with Vault.create(tmp_path / "ledger", "practice", SEALED) as vault:
        field = Field(vault)
        field.sweep()
        field.search("象牙", Outcome.HITS, k7="象牙手镯")
        field.end()
        yield field


def looked(here: Field, *, title: str = TITLE, held: str = TITLE, **told: Any) -> None:
    """A look at listing 7 whose stored page holds HELD, and of which the page's TITLE was read."""
    here.at += DAY
    address = told.get("address", url("7"))
    page = f"<title>{held.replace('<', '&lt;')}</title>".encode()
    had: tuple[Exchange, ...] = (exchange(address, page, here.at),) if told.get("came", True) else ()
    derived = [Exhibit(Role.DOM, page, "text/html"), Exhibit(Role.MHTML, page + b"m", "multipart/related")]
    if shot := told.get("shot"):
        derived.append(Exhibit(Role.SCREENSHOT, shot, "image/png"))
    ours = OURS | {"clock": here.at.isoformat(), "address": "127.0.0.1"} | told.get("environment", {})
    kept, missing = tuple(derived) if had else (), told.get("missing", ())
    snapshot = Snapshot(address, address, 200 if had else None, here.at, ours, had, kept, missing)
    reading = Reading(told.get("condition", Condition.LIVE), "sign", title=title, price="¥1 <i>只</i>")
    detail = {"key": told.get("key", "7"), "url": url("7")}
    task = todo.Task(todo.Kind.CHECK, f"check:{here.at}", "market", here.at, detail | {"key": "7"})
    capture.take(here.vault, task, url("7"), snapshot, reading)


def sealed(here: Field) -> Contents:
    seal.seal(here.vault, NAME, KEY, SEALED + timedelta(days=400))
    return collect.of_listing(here.vault, 1)


def sheets(here: Field, contents: Contents, shelf: Path = SHIPPED) -> dict[str, bytes]:
    read = here.vault.store.read
    return record.sheets(contents, read, practice=False, zone=ZONE, author="a team", shelf=shelf)


def pages(sheet: bytes) -> list[list[str]]:
    """The lines of each page that say something."""
    texts = [page.extract_text().splitlines() for page in PdfReader(BytesIO(sheet)).pages]
    return [[line.strip() for line in text if line.strip()] for text in texts]


def told(sheet: bytes) -> str:
    """All of it, without white space: lines are broken anywhere."""
    return "".join("".join(line.split()) for page in pages(sheet) for line in page)


def keys(table: Any, place: str = "") -> Iterator[tuple[str, int]]:
    """Each place of a word in TABLE, and how much is filled in there."""
    if isinstance(table, str):
        assert table or place == ".after_question", place
        yield place, table.count("{}")
    else:
        for name, each in table.items() if isinstance(table, dict) else enumerate(table):
            yield from keys(each, f"{place}.{name}")


# Words


def test_every_language_has_the_same_words_with_the_same_gaps() -> None:
    tables = {each: tomllib.loads((FOLDER / f"words.{each}.toml").read_text("utf-8")) for each in languages(FOLDER)}
    assert set(tables) >= {"zh", "en"}
    first = dict(keys(tables["zh"]))
    assert len(first) > 150
    for table in tables.values():
        assert dict(keys(table)) == first
        for sentence, says in table["missing"].items():
            assert sentence.count("{}") == says.count("{}"), sentence


@pytest.mark.parametrize("language", languages(FOLDER))
def test_every_name_of_the_archives_has_a_word(language: str) -> None:
    table = words(FOLDER, language).table
    assert table["conditions"].keys() == {str(each) for each in Condition}
    assert table["captures"].keys() == {str(each) for each in Capture}
    assert table["roles"].keys() == {str(each) for each in Role}
    page = Loaded("Chromium 1", 0, url("7"), 200, b"", "text/html", "", "", left_out=3, changed=True)
    of_load = _of_the_load(replace(page, exchanges=(Exchange(url("7"), "GET", "Image", SEALED, "", None),)))
    clock = environment.clock(SEALED, "Fri, 20 Nov 2026 00:00:01 GMT", ZONE)
    names = [*environment.program(), *environment.machine(), *clock, *of_load, "collector", "platform_file", "robots"]
    assert {"unanswered", "changed", "left out", "clock_ahead_s"} <= set(names)
    assert set(names) <= table["environment"].keys()
    for name in ("vantage", "profile", "changed", "unanswered"):
        said = words(FOLDER, language).sentence(of_load[name], table["values"][name])
        assert said != of_load[name], f"{name}: no word for {of_load[name]!r}"


def test_sentences_within_sentences_are_said_and_unknown_ones_are_left_as_they_are() -> None:
    zh = words(FOLDER, "zh")
    for said, meant in {
        "picture https://a.example/?a=1: it had not come when we left": "图片 https://a.example/?a=1：离开时尚未到达",
        "no whole page within 60 s: no text and no screenshot": "60 秒内未能取得完整页面：没有页面文字，也没有截图",
        "the screenshot shows the first 12000 of 90000 px": "截图只含上部 12000 像素（全高 90000 像素）",
        "what nobody foresaw {0}": "what nobody foresaw {0}",
    }.items():
        assert zh.sentence(said, zh.table["missing"]) == meant
    assert zh.sentence("picture a: " * 3000 + "x", zh.table["missing"]).endswith("picture a: x"), (
        "however deep it goes"
    )


def test_another_language_is_a_file_and_nothing_else(here: Field, tmp_path: Path) -> None:
    looked(here)
    shutil.copytree(SHIPPED, tmp_path / "shelf")
    own = (FOLDER / "words.en.toml").read_text("utf-8").replace('"Title as shown"', '"Titre affiché"')
    (tmp_path / "shelf" / record.NAME / "words.fr.toml").write_text(own, "utf-8")
    made = sheets(here, sealed(here), tmp_path / "shelf")
    assert made.keys() == {"record.en.pdf", "record.fr.pdf", "record.zh.pdf"}
    assert "Titreaffiché" in told(made["record.fr.pdf"])
    assert PdfReader(BytesIO(made["record.fr.pdf"])).trailer["/Root"]["/Lang"] == "fr"  # type: ignore[index]


def test_the_chinese_sheet_says_in_chinese_what_the_archive_names_in_english(here: Field) -> None:
    more = {"unanswered": "3 of 20 requests", "changed": "its text, while it was kept"}
    looked(here, condition=Condition.SOLD_OR_ENDED, environment=more, missing=("picture /a.png was not loaded",))
    made = sheets(here, sealed(here))
    zh, en = told(made["record.zh.pdf"]), told(made["record.en.pdf"])
    for words_of_it in (
        "已售出或结束（sold_or_ended）",
        "部分（partial）",
        "缺：图片/a.png：未载入",
        "3个（共20个）",
    ):
        assert words_of_it in zh
    for words_of_it in (
        "真实浏览器",
        "清洁：未登录",
        "源代码检出副本",
        "呈现后的页面结构（dom）",
        "清单（manifest）",
    ):
        assert words_of_it in zh
    assert "soldorended(sold_or_ended)" in en
    for sheet in (zh, en):
        assert "somebody'sownkeptasitis" in sheet
        assert "2026-11-0304:00:00+08:00(Asia/Shanghai)" in sheet
        assert "2026-11-0220:00:00UTC" in sheet
    for english in ("plainHTTP", "acheckout", "wasnotloaded", "requests", "whileitwaskept"):
        assert english not in zh


# What it claims


@pytest.mark.parametrize(
    ("told_of_it", "expected"),
    [
        ({}, ["title", "key"]),
        ({"missing": ("no screenshot: it broke",)}, ["title", "key"]),
        ({"title": "another"}, ["no_title", "key"]),
        ({"title": ""}, ["untitled", "key"]),
        ({"held": "x", "title": "x", "address": "https://market.example/other"}, ["title", "no_key"]),
        ({"came": False}, ["nothing"]),
    ],
)
def test_it_says_of_each_look_what_was_found_when_the_stored_page_was_opened_again(
    here: Field, told_of_it: dict[str, Any], expected: list[str]
) -> None:
    looked(here, **told_of_it)
    contents = sealed(here)
    assert list(record.checked(contents.looks[0])) == expected
    for language in ("zh", "en"):
        sheet, table = (
            told(sheets(here, contents)[f"record.{language}.pdf"]),
            words(FOLDER, language).table["checked"],
        )
        for name, sentence in table.items():
            assert ("".join(sentence.split()) in sheet) == (name in expected), name


def test_a_file_that_somebody_attached_is_no_time_stamp(here: Field) -> None:
    looked(here)
    size = sealed(here).seal.size
    for number, kind in enumerate(("rfc3161", "outside", "outside")):
        stamped.take(here.vault, size, kind, f"witness {number}", bytes([number]), SEALED)
    contents = collect.of_listing(here.vault, 1)
    assert len(contents.seal.stamps) == 3
    made = sheets(here, contents)
    assert "Time-stamps1,instamps/Filesfromothers2,instamps/" in told(made["record.en.pdf"])
    assert "time-stamps:1;filesfromothers:2" in told(made["record.en.pdf"])
    assert "时间戳1份；他人所附文件2份" in told(made["record.zh.pdf"])


# How it looks


def busy(here: Field, looks: int) -> Contents:
    """A bundle of LOOKS looks of every length: with and without screenshot, long addresses, much that is missing."""
    for number in range(looks):
        long = f"?{'a' * 900}" if number % 5 == 1 else ""
        lost = tuple(f"picture https://img.example/{each}.png was not loaded" for each in range(number % 7 * 3))
        shot = case.screenshot(number) if number % 3 else b""
        title = TITLE * (40 if number % 6 == 2 else 1)
        vantage = {"vantage": "plain HTTP"} if number % 4 == 3 else {}
        looked(here, title=title, held=title, address=url("7") + long, missing=lost, shot=shot, environment=vantage)
    return sealed(here)


@pytest.mark.parametrize("looks", [1, 20])
def test_tables_go_on_under_their_heading_and_no_page_holds_a_line_or_two(here: Field, looks: int) -> None:
    contents = busy(here, looks)
    made = sheets(here, contents)
    for language in ("zh", "en"):
        table = words(FOLDER, language).table
        headings = {table[each].format(look.visit) for look in contents.looks for each in ("seen", "taken", "kept")}
        whole = (
            headings | {table["look"].format(look.visit) for look in contents.looks} | {table["how"], table["asked"]}
        )
        labels = tuple({*table["rows"].values(), *table["roles"].values(), *table["environment"].values()})
        every = [page[:-MARKS] for page in pages(made[f"record.{language}.pdf"])]
        assert sum(line in headings for page in every for line in page) >= 3 * looks
        for number, page in enumerate(every, 1):
            assert len(page) >= 10, f"{language} page {number}: {page}"
            assert number == 1 or not page[0].startswith(labels), f"{language} page {number} begins within a table"
            assert not whole & set(page[-2:]), (
                f"{language} page {number} ends with a lone row or heading: {page[-2:]}"
            )
            assert page[0] not in headings or page[2] not in whole, f"{language} page {number} begins with a lone row"


def test_why_no_screenshot_is_printed_is_said_in_the_readers_language(here: Field) -> None:
    blank = BytesIO()
    Image.new("RGB", (90, 90), "white").save(blank, "PNG")
    looked(here, shot=blank.getvalue())
    looked(here)
    made = sheets(here, sealed(here))
    zh, en = told(made["record.zh.pdf"]), told(made["record.en.pdf"])
    assert "上部只有一种颜色，没有内容" in zh
    assert "shows" not in zh
    assert "未印截图：未保存截图。" in zh
    assert "showsnothing:itstopisofonecolour." in en
    assert "Noscreenshotisprinted:nonewaskept." in en


def test_what_a_seller_wrote_is_printed_whole_and_as_text(here: Field) -> None:
    address = url("7") + "?" + "%3Cimg%20src=x%3E" * 60
    looked(here, address=address, shot=PNG)
    contents = sealed(here)
    made = sheets(here, contents)
    assert sheets(here, contents) == made, "the same bytes every time"
    for sheet in made.values():
        assert "".join(TITLE.split()) in told(sheet)
        assert "¥1<i>只</i>" in told(sheet)
        assert address in told(sheet)
        assert len({image.data for page in PdfReader(BytesIO(sheet)).pages for image in page.images}) == 1


def test_the_circumstances_that_all_looks_share_stand_once(here: Field) -> None:
    for _ in range(3):
        looked(here)
    sheet = told(sheets(here, sealed(here))["record.zh.pdf"])
    assert sheet.count("ab" * 32) == 1
    assert sheet.count("本机时钟（clock）") == 3
    assert circumstances.common([{"a": "1", "b": "1", "clock": "1"}, {"a": "1", "b": "2", "clock": "1"}]) == {
        "a": "1"
    }


def test_an_error_calls_the_sheet_by_its_name() -> None:
    sheet = Sheet("listing-1", "zh", datetime(2026, 11, 21, tzinfo=UTC), "", "", {}, "record sheet (zh)")
    with pytest.raises(LetterError, match=r"^record sheet \(zh\) listing-1: it asks for 'exhibit:00'") as said:
        printed(sheet, '<img src="exhibit:00">')
    assert "letter" not in str(said.value)
