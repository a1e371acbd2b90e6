"""Terms over time: every change of the workspace's own is kept, whoever made it and however, and can be proved."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text

from archive.vault import DATABASE, REVISION, Vault
from archive.verify.fault import Found
from archive.verify.whole import verify
from config.errors import ConfigError
from config.fold import folded
from config.reading import read_tsv, tsv
from config.species import species
from config.term import Kind, Status, Term, placed, search_terms, terms
from crawler.match import Matcher
from desk.context import desk
from desk.terms import own
from tests.conftest import Ran, Wildfree
from tests.spoiling import of_columns, of_rows
from tests.test_tampering import undetected
from tests.wording import bodies, changes, written

CODE = "月光尾片"
ROW = f"{CODE}\tzh\tcode\t\t2\t私聊\t\t\tour own reviews\tdraft\n"


def used(folder: Path) -> set[str]:
    return {term.term for term in terms(folder / "config")}


def one_line(ran: Ran, *words: str) -> None:
    """RAN refused what was typed, in one line that holds WORDS."""
    assert ran.code == 2, ran.err
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert [word for word in words if word not in ran.err] == [], ran.err


def test_each_deed_is_one_entry_with_who_when_what_and_the_row_it_left(workspace: Path, wildfree: Wildfree) -> None:
    now = ("--now", "2026-12-01T08:00+08:00")
    assert wildfree("term", "suggest", CODE, "--seen", "https://forum.example/t/1", *now).code == 0
    assert wildfree("term", "add", CODE, "--why", "two of us met it", "--ambiguity", 3, "--by", "Li", *now).code == 0
    assert wildfree("term", "change", CODE, "--raises", "私聊,手串", "--why", "always beside it", *now).code == 0
    assert wildfree("term", "retire", CODE, "--why", "a game now", *now).code == 0
    said = changes(workspace)
    assert [each.what for each in said] == ["proposed", "accepted", "changed", "retired"]
    assert [each.by for each in said] == ["a reviewer", "Li", "a reviewer", "a reviewer"]
    assert {(each.language, each.term) for each in said} == {("zh", CODE)}
    assert said[0].why == "seen at https://forum.example/t/1"
    assert [each.content["status"] for each in said] == ["proposed", "draft", "draft", "retired"]
    assert [each.content["ambiguity"] for each in said] == [2, 3, 3, 3], "what is not given stays"
    assert said[3].content["raises"] == ["私聊", "手串"]
    assert said[3].content["since"] == "2026-12-01"
    assert {f"{each.at:%Y-%m-%d %H}" for each in said} == {"2026-12-01 00"}
    told = bodies(workspace)
    assert len(told) == 4, "one entry each"
    assert [
        word for word in ("a reviewer", "Li", "forum.example", "a game now", "手串") if word in "".join(told)
    ] == []
    history = wildfree("term", "show", CODE, "--json").objects
    assert [each.get("what") for each in history] == [None, "proposed", "accepted", "changed", "retired"]


def test_a_proposed_word_is_neither_matched_nor_searched_before_it_is_accepted(
    workspace: Path, wildfree: Wildfree
) -> None:
    own_config = workspace / "config"
    assert wildfree("term", "suggest", CODE, "--why", "new to me", "--kind", "product").code == 0
    (waiting,) = wildfree("term", "suggest", "--json").objects
    assert (waiting["is_a"], waiting["term"], waiting["by"], waiting["why"]) == (
        "proposed",
        CODE,
        "a reviewer",
        "new to me",
    )
    assert CODE in {each.term.term for each in placed(own_config)}
    assert CODE not in used(workspace)
    assert not Matcher(terms(own_config), species(own_config)).judge(CODE).matches
    assert wildfree("term", "add", CODE, "--search", "--why", "it is real").code == 0
    assert CODE in search_terms("zh", own_config)
    assert Matcher(terms(own_config), species(own_config)).judge(CODE).matches
    assert wildfree("term", "suggest", "--json").objects == []


def test_a_shipped_term_is_retired_and_taken_back_without_a_copy_of_its_file(
    workspace: Path, wildfree: Wildfree
) -> None:
    before = terms()
    assert wildfree("term", "retire", "虎骨酒", "--why", "too much noise here").code == 0
    assert used(workspace) == {term.term for term in before} - {"虎骨酒"}
    assert [path.name for path in (workspace / "config" / "terms").iterdir()] == ["own.tsv"]
    (row,) = wildfree("term", "list", "虎骨酒", "--status", "retired", "--json").objects
    assert row["file"] == "config/terms/own.tsv"
    assert row["since"] == "2026-11-21", "it was known since then, retired or not"
    assert wildfree("term", "change", "虎骨酒", "--status", "draft", "--why", "we were wrong").code == 0
    assert [term.term for term in terms(workspace / "config")] == [term.term for term in before], "in its old place"
    assert [each.what for each in changes(workspace)] == ["retired", "changed"]


def test_a_row_of_own_tsv_stands_in_for_a_shipped_one_however_it_is_written(tmp_path: Path) -> None:
    config = written(
        tmp_path, "虎骨酒\tzh\tproduct\t\t3\t\t\t\tours\tdraft\nＩＶＯＲＹ\ten\tproduct\t\t1\t\t\t\tours\tdraft\n"
    )
    known = {each.term.key: each for each in placed(config)}
    assert len(known) == len(placed(config)) == len(placed())
    assert known["zh", "虎骨酒"].term.ambiguity == 3
    assert known["en", "ivory"].term.lowers == ()
    assert not known["en", "ivory"].shipped


def test_a_term_twice_in_own_tsv_is_refused(tmp_path: Path, workspace: Path, wildfree: Wildfree) -> None:
    written(workspace, ROW + ROW)
    one_line(wildfree("term", "list"), "config/terms/own.tsv", CODE, "keep one")


def test_what_was_edited_by_hand_is_noticed_once_and_what_was_taken_out_too(
    workspace: Path, wildfree: Wildfree
) -> None:
    written(workspace, ROW)
    written(workspace, "云顶骨片\tzh\tproduct\t\t1\t\t\tyes\tours\tdraft\n", "partners.tsv")
    for _ in range(2):
        assert wildfree("term", "list", CODE, "--by", "who looked").code == 0
    said = changes(workspace)
    assert {(each.term, each.what, each.why) for each in said} == {
        ("云顶骨片", "added", "edited in the file"),
        (CODE, "added", "edited in the file"),
    }
    assert len(said) == 2
    assert {each.by for each in changes(workspace)} == {"who looked"}
    written(workspace, ROW.replace("draft", "retired").replace("私聊", "私聊,手串"))
    (workspace / "config/terms/partners.tsv").unlink()
    assert wildfree("term", "stats", CODE).code == 0
    assert {(each.term, each.what) for each in changes(workspace)[2:]} == {(CODE, "retired"), ("云顶骨片", "removed")}
    assert len(changes(workspace)) == 4
    assert len(bodies(workspace)) == 4
    assert wildfree("term", "suggest", "--json").code == 0
    assert len(changes(workspace)) == 4, "what was taken out is told once"


def test_a_hand_edit_is_told_before_what_a_command_does_to_the_same_term(workspace: Path, wildfree: Wildfree) -> None:
    written(workspace, ROW)
    assert wildfree("term", "retire", CODE, "--why", "noise").code == 0
    assert [(each.what, each.why) for each in changes(workspace)] == [
        ("added", "edited in the file"),
        ("retired", "noise"),
    ]


def test_a_sweep_notices_what_was_edited_before_it_searches(market_workspace: Path, wildfree: Wildfree) -> None:
    written(market_workspace, ROW)
    ran = wildfree("sweep", "market", "--term", CODE, "--by", "the sweeper")
    (noticed,) = changes(market_workspace)
    assert (noticed.term, noticed.by, noticed.why) == (CODE, "the sweeper", "edited in the file")
    assert ran.code == 0, ran.err


def test_a_row_that_only_the_files_order_changed_is_no_change(workspace: Path, wildfree: Wildfree) -> None:
    other = ROW.replace(CODE, "云顶骨片")
    written(workspace, ROW + other)
    assert wildfree("term", "list", CODE).code == 0
    columns = "source\tterm\tkind\tlanguage\traises\n"
    written(
        workspace,
        f"our own reviews\t云顶骨片\tcode\tzh\t私聊\nour own reviews\t{CODE}\tcode\tzh\t私聊\n",
        heading=columns,
    )
    assert wildfree("term", "list", CODE).code == 0
    assert len(changes(workspace)) == 2


def test_four_who_add_terms_at_once_lose_nothing_of_each_other(workspace: Path) -> None:
    together = Barrier(4)

    def add(who: str) -> None:
        with desk(workspace) as here:
            together.wait(60)
            for number in "一二三四五六":
                row = Term(term=f"{CODE}{who}{number}", language="zh", kind=Kind.CODE)
                own.keep(here, [row], own.Deed(who, "met"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, "甲乙丙丁"))
    said = changes(workspace)
    assert {(each.what, each.why) for each in said} == {("added", "met")}
    assert len(said) == len({each.term for each in said}) == 24
    assert {each.term for each in said} <= used(workspace)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "象牙", "--kind", "code", "--why", "x"], ["'象牙' (zh) stands in config/terms/zh.tsv already"]),
        (["suggest", "ＩＶＯＲＹ", "--language", "en", "--why", "x"], ["'ivory' (en) stands in config/terms/en.tsv"]),
        (["add", "髓", "--kind", "code", "--why", "x"], ["髓", "one Chinese character", "two or more"]),
        (["suggest", "髓", "--why", "x"], ["one Chinese character"]),
        (["add", "  ", "--kind", "code", "--why", "x"], ["an empty word"]),
        (["add", "\u200b", "--kind", "code", "--why", "x"], ["nothing of it can be seen"]),
        (["add", CODE, "--kind", "cod", "--why", "x"], ["'cod' is not one of", "Did you mean 'code'?"]),
        (["add", CODE, "--why", "x"], ["--kind", "say what", "product"]),
        (["add", CODE, "--kind", "code"], ["--why"]),
        (["add", CODE, "--kind", "code", "--why", " "], ["--why: say in a sentence why"]),
        (["add", CODE, "--kind", "code", "--language", "eng", "--why", "x"], ["'eng'", "Did you mean 'en'?"]),
        (["add", CODE, "--kind", "code", "--language", "Chinese", "--why", "x"], ["language = 'Chinese'", "zh, en"]),
        (["add", CODE, "--kind", "code", "--species", "Elephas maximsu", "--why", "x"], ["Elephas maximus"]),
        (["add", CODE, "--kind", "code", "--ambiguity", "4", "--why", "x"], ["--ambiguity", "equal to 3"]),
        (["retire", "虎骨酒酒", "--why", "x"], ["no term '虎骨酒酒'", "Did you mean '虎骨酒'?"]),
        (["retire", "虎骨酒"], ["--why"]),
        (["change", "虎骨酒", "--why", "x"], ["nothing to change"]),
        (["change", "虎骨酒", "--status", "draft", "--why", "x"], ["says just that already"]),
        (["suggest", CODE], ["--seen", "--why"]),
        (["suggest", CODE, "--seen", "forum"], ["--seen forum", "https://"]),
        (["suggest", "--why", "x"], ["of which word"]),
        (["list", "--language", "zz"], ["'zz'", "zxx"]),
        (["list", "--status", "old"], ["'old' is not one of"]),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line_and_nothing_is_written(
    words: list[str], told: list[str], workspace: Path, wildfree: Wildfree
) -> None:
    one_line(wildfree("term", *words), *told)
    assert changes(workspace) == []
    assert not (workspace / "config" / "terms").exists()


def test_a_word_of_several_languages_wants_to_know_which(workspace: Path, wildfree: Wildfree) -> None:
    written(workspace, "gading\ten\tproduct\t\t2\t\t\t\tours\tdraft\n")
    one_line(wildfree("term", "retire", "gading", "--why", "x"), "en and id", "--language")
    assert wildfree("term", "retire", "gading", "--language", "en", "--why", "x").code == 0


def test_a_retired_or_waiting_word_says_how_it_is_taken_up_again(workspace: Path, wildfree: Wildfree) -> None:
    assert wildfree("term", "suggest", CODE, "--why", "x").code == 0
    one_line(wildfree("term", "suggest", CODE, "--why", "x"), f"wildfree term add {CODE}")
    assert wildfree("term", "retire", CODE, "--why", "turned down").code == 0
    one_line(wildfree("term", "add", CODE, "--kind", "code", "--why", "x"), "retired", "--status draft")


@given(
    st.builds(
        Term,
        term=st.from_regex(r"[a-z象牙虎'\"= ]{2,9}", fullmatch=True).filter(
            lambda word: word.strip() and folded(word) and not word.strip().startswith("=")  # no formula
        ),
        language=st.sampled_from(["zh", "en", "pt-BR"]),
        kind=st.just(Kind.PART),
        species=st.sampled_from(["", "Panthera tigris"]),
        ambiguity=st.integers(1, 3),
        raises=st.lists(st.from_regex(r"[a-z\"虎]{1,5}", fullmatch=True), max_size=3).map(tuple),
        search=st.booleans(),
        source=st.sampled_from(['a "quoted" list', "ours"]),
        since=st.none() | st.dates(date(2000, 1, 1)),
        status=st.sampled_from(Status),
    )
)
def test_whatever_is_written_into_own_tsv_is_read_from_it_again(
    tmp_path_factory: pytest.TempPathFactory, row: Term
) -> None:
    file = tmp_path_factory.mktemp("own") / "own.tsv"
    file.write_bytes(tsv(Term, [row]))
    assert read_tsv(file, Term) == (row,)


@pytest.mark.parametrize("source", ["a list\tof theirs", "a list\nof theirs", "a list\rof theirs"])
def test_a_cell_that_would_end_its_cell_or_its_line_is_never_written(source: str) -> None:
    row = Term(term=CODE, language="zh", kind=Kind.CODE)
    assert tsv(Term, [row]).count(b"\n") == 2
    with pytest.raises(ConfigError, match=r"a list.*: a tab or the end of a line"):
        tsv(Term, [row.model_copy(update={"source": source})])


# --- the archive


@pytest.fixture
def changed(workspace: Path, wildfree: Wildfree) -> Path:
    """A workspace with two changes of terms."""
    assert wildfree("term", "add", CODE, "--kind", "code", "--why", "met twice").code == 0
    assert wildfree("term", "retire", "虎骨酒", "--why", "noise").code == 0
    return workspace


def test_a_tampered_change_is_named_with_its_row_and_column(changed: Path, tmp_path: Path) -> None:
    assert verify(changed, Found()).faults == []
    every = chain(of_columns(changed), of_rows(changed, random.Random(1)))
    ours = [each for each in every if each.what.startswith("term_change")]
    assert len(ours) > 40
    assert [fault for each in ours if (fault := undetected(changed, tmp_path / "copy", each))] == []


def test_a_change_whose_words_were_erased_still_proves_and_its_term_goes_on(
    changed: Path, wildfree: Wildfree
) -> None:
    index = json.loads(bodies(changed)[0])["index"]
    assert wildfree("archive", "erase", f"entry:{index}", "--why", "names a person").code == 0
    assert verify(changed, Found()).faults == []
    assert changes(changed)[0].why == ""
    assert wildfree("term", "show", CODE).code == 0
    assert [each.term for each in changes(changed)[2:]] == [CODE], "its row, as the file has it, is told anew"


def test_an_archive_of_the_ledgers_first_version_gets_the_table_and_no_entry_twice(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / DATABASE}")
    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(text("INSERT INTO origin VALUES (1, 'practice', '2026-03-01 08:00:00.000000')"))
        assert "term_change" not in inspect(connection).get_table_names()
    with Vault.open(tmp_path) as vault, vault.reading() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == REVISION == "0005"
        assert session.scalar(text("SELECT count(*) FROM term_change")) == 0
        assert session.scalar(text("SELECT count(*) FROM entry")) == 0
    engine.dispose()


def test_the_history_comes_back_from_the_store_alone(changed: Path, wildfree: Wildfree) -> None:
    assert wildfree("witness", "--out", changed / "checkpoint.txt").code == 0  # seals first
    before = changes(changed)
    assert len(before) == 2
    (changed / DATABASE).unlink()
    for end in ("-wal", "-shm"):
        (changed / f"{DATABASE}{end}").unlink(missing_ok=True)
    ran = wildfree("archive", "rebuild")
    assert ran.code == 0, ran.err
    assert changes(changed) == before
