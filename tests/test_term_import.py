"""Somebody's own list of terms is held against ours line by line, and counts only when it is taken."""

import csv
import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.worksheet.formula import ArrayFormula  # type: ignore[import-untyped]

from config.reading import read_tsv
from config.term import Kind, Status, Term, terms
from tests.conftest import Ran, Wildfree
from tests.wording import bodies, changes, written

HEADS = ["关键词", "Language", "类型", "物种", "排除词", "歧义", "搜索"]
ROWS: list[list[Any]] = [
    ["甲乙骨", "中文", "产品", "亚洲象", "楠木，金丝;树脂", 2, "是"],  # line 3
    ["虎骨酒", "zh", "product", None, None, 3, None],  # ours is of ambiguity 1
    ["云顶骨片", "zh", "code", None, None, 3, None],  # the workspace's own says 2
    ["moon bone", "English", "slang", None, None, None, None],
    ["虎骨", "zh", "product", None, None, None, None],  # as shipped
]


def workbook(path: Path, *rows: list[Any], title: str = "A partner's list") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([title], HEADS, *rows):
        sheet.append(row)
    book.save(path)
    return path


def repacked(method: int = ZIP_DEFLATED, more: bytes = b"") -> bytes:
    """A workbook, packed by METHOD, with MORE in its sheet."""
    whole, out = BytesIO(), BytesIO()
    Workbook().save(whole)
    with ZipFile(whole) as old, ZipFile(out, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (more if "sheet1" in name else b""))
    return out.getvalue()


def locked(body: bytes) -> bytes:
    """BODY, whose members all say that a password is wanted."""
    for head in (rb"(PK\x03\x04..)\0", rb"(PK\x01\x02....)\0"):
        body = re.sub(head, b"\\1\x01", body, flags=re.DOTALL)
    return body


def spoilt(body: bytes) -> bytes:
    """BODY with each member damaged at its beginning: packed in a way that there is not (RFC 1951 §3.2.3)."""
    damaged = bytearray(body)
    with ZipFile(BytesIO(body)) as packed:
        for member in packed.infolist():
            damaged[member.header_offset + 30 + len(member.filename)] |= 6
    return bytes(damaged)


def table(path: Path, *rows: list[Any], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def refused(ran: Ran, *words: str) -> None:
    """RAN refused what was typed, in one line that holds WORDS."""
    assert ran.code == 2, ran.err
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert [word for word in words if word not in ran.err] == [], ran.err


@pytest.fixture
def here(workspace: Path, wildfree: Wildfree) -> Path:
    """A workspace with a term of its own, noticed."""
    written(workspace, "云顶骨片\tzh\tcode\t\t2\t私聊\t\t\tours\treviewed\n")
    assert wildfree("term", "list", "云顶骨片").code == 0
    assert len(changes(workspace)) == 1
    return workspace


def test_a_list_is_shown_as_a_diff_and_nothing_counts_before_it_is_taken(
    here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    found = wildfree("term", "import", workbook(tmp_path / "n.xlsx", *ROWS), "--json").objects
    assert [(each["line"], each["finding"]) for each in found] == [
        (3, "new"),
        (4, "contradicts"),
        (5, "changed"),
        (6, "new"),
        (7, "same"),
    ]
    assert "config/terms/zh.tsv: ambiguity '1' -> '3'" in found[1]["because"]
    assert "config/terms/own.tsv: ambiguity '2' -> '3'" in found[2]["because"]
    assert len(changes(here)) == 1
    assert "甲乙骨" not in {term.term for term in terms(here / "config")}
    assert "Nothing of it counts before: --take" in wildfree("term", "import", tmp_path / "n.xlsx").out


def test_what_is_taken_stands_in_own_tsv_with_one_entry_each(here: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    file = workbook(tmp_path / "n.xlsx", *ROWS)
    ran = wildfree("term", "import", file, "--take", "--source", "a partner")
    assert ran.code == 0, ran.err
    assert "taken: 3" in ran.out
    rows = {row.term: row for row in read_tsv(here / "config/terms/own.tsv", Term)}
    assert set(rows) == {"云顶骨片", "甲乙骨", "moon bone"}, "what contradicts a shipped one is not taken by the way"
    first = rows["甲乙骨"]
    assert (first.kind, first.species, first.lowers) == (Kind.PRODUCT, "Elephas maximus", ("楠木", "金丝", "树脂"))
    assert (first.search, first.source, first.status) == (True, "a partner", Status.DRAFT)
    assert first.since is not None
    assert abs((date.today() - first.since).days) <= 1  # noqa: DTZ011  (the zone does not matter)
    own = rows["云顶骨片"]
    assert (own.ambiguity, own.raises, own.status) == (3, ("私聊",), Status.REVIEWED), "what they leave open stays"
    assert (rows["moon bone"].language, rows["moon bone"].kind) == ("en", Kind.CODE)
    said = changes(here)[1:]
    assert {(each.term, each.what) for each in said} == {
        ("甲乙骨", "added"),
        ("云顶骨片", "changed"),
        ("moon bone", "added"),
    }
    assert {each.why for each in said} == {"taken from n.xlsx (a partner)"}
    assert len(bodies(here)) == 1 + 3
    again = wildfree("term", "import", file, "--json", "--source", "a partner").objects
    assert [each["finding"] for each in again] == ["same", "contradicts", "same", "same", "same"]


def test_lines_that_cannot_be_read_are_named_by_number_and_stop_the_taking(
    here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    file = workbook(
        tmp_path / "n.xlsx",
        ["好词一", "zh", "code"],
        ["牙", "zh", "code"],
        ["甲乙", "zh", "cod"],
        ["甲乙", "zz", "code"],
        ["甲乙", "zh", "code", "Elephas maximsu"],
        ["甲乙", "zh", "code", None, None, 9],
        ["甲乙", "zh", "code", None, None, None, "perhaps"],
        [None, "zh", "code"],
        ["好词一", "zh", "name"],
        ["甲乙", None, "code"],
    )
    found = wildfree("term", "import", file, "--json").objects
    assert [each["line"] for each in found if each["finding"] == "unreadable"] == list(range(4, 12))
    told = {each["line"]: each["because"] for each in found}
    for line, words in {
        4: "one Chinese character",
        5: "Did you mean 'code'?",
        6: "language = 'zz'",
        7: "Elephas maximus",
        8: "ambiguity",
        9: "yes or no",
        10: "the word is missing",
        11: "stands in line 3 already",
    }.items():
        assert words in told[line], told[line]
    refused(wildfree("term", "import", file, "--take", "--source", "x"), "8 lines", "line 4", "nothing was taken")
    assert len(changes(here)) == 1
    assert (found[-1]["finding"], found[-1]["language"]) == ("new", "zh"), "the workspace's, where none is said"
    found = wildfree("term", "import", file, "--json", "--language", "en").objects
    assert found[-1]["language"] == "en", "said for all lines that leave it open"
    ran = wildfree("term", "import", file, "--take", "--source", "x", "--skip-unreadable")
    assert ran.code == 0, ran.err
    assert "taken: 2" in ran.out
    assert "one Chinese character" in ran.out, "what is left out is listed"
    assert {each.term for each in changes(here)[1:]} == {"好词一", "甲乙"}


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "tsv"])
def test_a_cell_that_starts_a_formula_is_never_worked_out(
    suffix: str, here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    formula = '=HYPERLINK("http://127.0.0.1/x","象牙")'
    rows: list[list[Any]] = [
        [formula, "zh", "code"],
        ["甲乙", "zh", "code", None, "=1+1"],
        ["+微信聊", "zh", "signal"],
    ]
    if suffix == "xlsx":
        file = workbook(tmp_path / "n.xlsx", *rows)
    else:
        cells = [HEADS, *([cell or "" for cell in row] for row in rows)]
        file = table(tmp_path / f"n.{suffix}", *cells, delimiter="\t" if suffix == "tsv" else ",")
    found = wildfree("term", "import", file, "--json").objects
    assert [each["finding"] for each in found] == ["unreadable", "unreadable", "new"]
    assert "a formula (=HYPERLINK" in found[0]["because"]
    assert "a formula (=1+1)" in found[1]["because"]
    assert found[2]["term"] == "+微信聊", "a text like any other"


def test_a_formula_over_several_cells_is_never_worked_out_either(
    here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    file = workbook(tmp_path / "n.xlsx", [ArrayFormula("A3:A4", "=B3:B4"), "zh", "code"])
    (found,) = wildfree("term", "import", file, "--json").objects
    assert found["finding"] == "unreadable"
    assert "a formula (=B3:B4)" in found["because"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_part_columns_and_quotes_hold_a_cell_together(
    delimiter: str, here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    file = table(
        tmp_path / "n.csv",
        ["KEYWORD", "language_", "kind", "lowers"],
        ["甲乙", "zh", "code", "a,b; c\nd"],
        delimiter=delimiter,
    )
    refused(wildfree("term", "import", file.with_name("no.csv")), "no.csv")
    (found,) = wildfree("term", "import", file, "--json").objects
    assert (found["finding"], found["row"]["lowers"]) == ("new", ["a", "b", "c d"])


def test_a_retired_term_does_not_come_back_by_the_way(here: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    assert wildfree("term", "retire", "云顶骨片", "--why", "a game").code == 0
    assert wildfree("term", "suggest", "甲乙骨", "--why", "met").code == 0
    file = workbook(tmp_path / "n.xlsx", ["云顶骨片", "zh", "code"], ["甲乙骨", "zh", "code"])
    found = wildfree("term", "import", file, "--json").objects
    assert [each["finding"] for each in found] == ["contradicts", "changed"]
    assert wildfree("term", "import", file, "--take", "--source", "x").code == 0
    assert changes(here)[-1].what == "accepted"
    used = {term.term for term in terms(here / "config")}
    assert "甲乙骨" in used
    assert "云顶骨片" not in used


def test_columns_are_found_under_many_names_and_an_unknown_one_is_never_skipped_silently(
    here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    file = table(tmp_path / "n.csv", ["词", "语言", "kind", "lowrs"], ["甲乙", "zh", "code", "x"])
    refused(wildfree("term", "import", file), "n.csv:1", "'lowrs'", "Did you mean 'lowers'?")
    file = table(tmp_path / "n.csv", ["词", "语言", "kind", "Our tally"], ["甲乙", "zh", "code", "x"])
    refused(wildfree("term", "import", file), "'Our tally'", "Known: term, language", "--leave-out")
    (found,) = wildfree("term", "import", file, "--leave-out", "our tally", "--json").objects
    assert found["finding"] == "new"
    file = table(tmp_path / "n.csv", ["词", "keyword"], ["甲乙", "丙丁"])
    refused(wildfree("term", "import", file), "two columns are the term", "'keyword'")
    file = table(tmp_path / "n.csv", ["trem", "language"], ["甲乙", "zh"])
    refused(wildfree("term", "import", file), "no column of terms", "Did you mean 'term'?")


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("n.csv", "词,语言\n象牙,zh\n".encode("gbk"), "not UTF-8"),
        ("n.tsv", "词\t语言\n".encode("utf-16"), "not UTF-8"),
        ("n.tsv", "词\t语言\n".encode("utf-16-le"), "not UTF-8"),
        ("n.xlsx", b"PK\x03\x04 nothing more", "no spreadsheet"),
        ("n.xlsx", b"", "no spreadsheet"),
        ("n.csv", b"", "nothing in it"),
        ("n.xls", b"\xd0\xcf\x11\xe0", "old Excel form"),
        ("n.xlsx", locked(repacked()), "is locked"),
        ("n.xlsx", repacked(ZIP_LZMA), "packed as no spreadsheet is"),
        ("n.xlsx", spoilt(repacked()), "no spreadsheet"),
        ("n.xlsx", repacked(more=bytes(61_000_000)), "more than 60 MB unpacked"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(
    name: str, body: bytes, told: str, here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    (tmp_path / name).write_bytes(body)
    refused(wildfree("term", "import", tmp_path / name), name, told)


def test_nothing_is_taken_from_nobody(here: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    file = workbook(tmp_path / "n.xlsx", ["甲乙骨", "zh", "code"])
    refused(wildfree("term", "import", file, "--take"), "--source", "nothing was taken")
    assert len(changes(here)) == 1


def test_the_list_of_a_partner_is_read_as_it_is_with_its_notes(
    here: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    file = table(
        tmp_path / "n.csv", ["物种", "关键词", "备注"], ["大象", "云顶\u200b白牙", "群里见过"], ["", "我们", ""]
    )
    refused(wildfree("term", "import", file), "--kind", "--source")
    refused(wildfree("term", "import", file, "--source", "x"), "--kind")
    words = ("term", "import", file, "--kind", "code", "--source", "a partner")
    first, second = wildfree(*words, "--json").objects
    assert (first["finding"], first["term"], first["language"]) == ("new", "云顶白牙", "zh")
    assert first["row"]["species"] == "Elephantidae"
    assert "U+200B" in first["because"]
    assert (second["finding"], second["term"]) == ("doubtful", "我们")
    assert "--yes" in second["because"]
    assert "taken: 1" in wildfree(*words, "--take").out
    assert changes(here)[-1].why == "taken from n.csv (a partner); 群里见过"
    assert "taken: 1" in wildfree(*words, "--take", "--yes").out
    assert changes(here)[-1].term == "我们"
