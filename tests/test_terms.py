"""The words we look for: complete, read strictly, and open to a workspace's own."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from time import process_time

import pytest

from config.errors import ConfigError
from config.fold import fold, folded
from config.reading import SHIPPED
from config.species import Watch, names, species, species_named
from config.term import LOWERING, NAMING, Kind, edition, placed, search_terms, terms
from crawler.match import Matcher

HEADING = "term\tlanguage\tkind\tspecies\tambiguity\traises\tlowers\tsearch\tsource\tstatus\n"


def overlay(folder: Path, lines: str, name: str = "ours.tsv", heading: str = HEADING) -> Path:
    path = folder / "config" / "terms" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(heading + lines, "utf-8")
    return folder / "config"


def test_all_218_taxa_have_a_chinese_and_an_english_name_to_print() -> None:
    known = species()
    assert len(known) == len({kind.latin for kind in known}) == 218
    assert [kind.latin for kind in known if not kind.zh_name or not kind.en_name] == []


def test_levels_of_china_are_dated_and_only_where_the_list_has_them() -> None:
    levels = Counter(kind.china for kind in species())
    assert levels == {None: 101, "I": 54, "II": 63}
    assert {kind.edition for kind in species() if kind.china} == {date(2021, 2, 1)}
    assert [kind.scope for kind in species() if kind.latin == "Cervus nippon"] == ["wild population only"]


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("玳瑁", "Eretmochelys imbricata"),
        ("HAWKSBILL", "Eretmochelys imbricata"),
        ("panthera tigris", "Panthera tigris"),
    ],
)
def test_a_species_is_found_by_any_of_its_names(name: str, latin: str) -> None:
    found = species_named(name)
    assert found is not None
    assert found.latin == latin


def test_a_name_that_nobody_bears_finds_no_species() -> None:
    assert species_named("手机壳") is None


def test_no_single_chinese_character_is_searched_alone() -> None:
    searched = [term for term in terms() if term.kind in NAMING] + [
        name for kind in species() for name in names(kind)
    ]
    assert [term.term for term in searched if len(term.term) == 1] == []
    matcher = Matcher(terms(), species())
    for character in "虎豹狗狼狮熊象鹿":
        assert matcher.judge(character).matches == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sweep_searches_unambiguous_names_and_products(language: str) -> None:
    searched = search_terms(language)
    known = {term.term: term for term in terms() if term.language == language}
    assert 20 <= len(searched) == len(set(searched)) <= 45
    assert {known[word].kind for word in searched} <= NAMING
    assert max(known[word].ambiguity for word in searched) <= 2


def test_a_sweep_searches_every_big_trade_in_both_languages() -> None:
    groups = {"Elephantidae", "Rhinocerotidae", "Manidae", "Panthera tigris", "Eretmochelys imbricata"}
    for language in ("zh", "en"):
        searched = set(search_terms(language))
        assert groups <= {term.species for term in terms() if term.term in searched}


def test_both_languages_have_words_of_every_lowering_kind() -> None:
    for language in ("zh", "en"):
        kinds = {term.kind for term in terms() if term.language == language}
        assert kinds >= LOWERING | {Kind.SIGNAL, Kind.CODE, Kind.TOOL, Kind.NEGATION}


def test_every_row_of_a_shipped_file_says_where_it_comes_from() -> None:
    files = sorted((SHIPPED / "terms").glob("*.tsv"))
    rows = [row for path in files for row in csv.DictReader(path.read_text("utf-8").splitlines(), delimiter="\t")]
    assert len(rows) > 1000
    assert [row["term"] for row in rows if not row["source"]] == []


def test_look_alikes_are_listed_only_to_be_told_apart() -> None:
    never = {kind.latin for kind in species() if kind.watch is Watch.NEVER}
    assert {"Melopsittacus undulatus", "Eublepharis macularius"} <= never


def test_a_workspace_file_adds_a_term_and_hides_none_of_ours(tmp_path: Path) -> None:
    own = overlay(tmp_path, "云顶骨片\tzh\tproduct\tPanthera tigris\t1\t\t\tyes\tour own reviews\tdraft\n")
    assert "云顶骨片" in search_terms("zh", own)
    assert "象牙" in search_terms("zh", own)
    assert not Matcher(terms(), species()).judge("云顶骨片 一块").suspect
    assert Matcher(terms(own), species(own)).judge("云顶骨片 一块").suspect


def test_a_workspace_file_of_the_same_name_stands_in_for_ours(tmp_path: Path) -> None:
    own = overlay(tmp_path, "云顶骨片\tzh\tproduct\t\t1\t\t\tyes\tour own\tdraft\n", "zh.tsv")
    assert search_terms("zh", own) == ["云顶骨片"]


def test_a_retired_term_is_not_used(tmp_path: Path) -> None:
    own = overlay(tmp_path, "云顶骨片\tzh\tproduct\t\t1\t\t\tyes\tour own\tretired\n")
    assert "云顶骨片" not in {term.term for term in terms(own)}


def test_a_misspelt_column_is_named_with_file_and_line(tmp_path: Path) -> None:
    own = overlay(tmp_path, "象骨片\tzh\tproduct\t象牙白\n", heading="term\tlanguage\tkind\tlowrs\n")
    with pytest.raises(ConfigError, match=r"config/terms/ours\.tsv:1: .*'lowrs'.*Did you mean 'lowers'"):
        terms(own)


def test_an_unknown_kind_is_named_with_file_and_line(tmp_path: Path) -> None:
    own = overlay(tmp_path, "甲乙\tzh\tproduct\t\t1\t\t\t\tx\tdraft\n丙丁\tzh\tthing\t\t1\t\t\t\tx\tdraft\n")
    with pytest.raises(ConfigError, match=r"config/terms/ours\.tsv:3: .*kind = 'thing'"):
        terms(own)


def test_a_term_given_twice_is_refused_even_if_written_otherwise(tmp_path: Path) -> None:
    own = overlay(tmp_path, "盔犀鳥\tzh\tname\t\t1\t\t\t\tour own\tdraft\n")
    with pytest.raises(ConfigError, match=r"'盔犀.*' \(zh\) stands in config/terms/.*keep one"):
        terms(own)


def test_folding_keeps_the_places_of_the_original() -> None:
    read = fold("\u200b鶴\u200b頂紅 Ｅ\u0301 ㎝")
    assert read.text == "鹤顶红 e cm"
    assert read.span(0, 3) == (1, 5)
    assert read.span(4, 5) == (6, 8)
    assert read.span(6, 8) == (9, 10)


def test_folding_makes_width_case_and_script_alike() -> None:
    assert folded("ＩＶＯＲＹ 玳瑁髮簪") == folded("ivory 玳瑁发簪")


def test_a_row_without_a_date_has_that_of_the_edition_where_we_ship_it_and_else_none(
    tmp_path: Path,
) -> None:
    own = overlay(tmp_path, "云顶骨片\tzh\tproduct\t\t1\t\t\t\tour own\tdraft\n")
    (mine,) = [each for each in placed(own) if not each.shipped]
    assert mine.since is None, "nobody has said"
    undated = [each.since for each in placed(own) if each.shipped and each.term.since is None]
    assert len(undated) > 1000
    assert set(undated) == {edition()}


@pytest.mark.parametrize("word", ["\u200b", "\u2060\ufe0f", "　"])
def test_a_word_of_which_nothing_can_be_seen_is_refused_wherever_it_stands(word: str, tmp_path: Path) -> None:
    own = overlay(tmp_path, f"{word}\tzh\tcode\t\t1\t\t\t\tx\tdraft\n")
    with pytest.raises(ConfigError, match=r"config/terms/ours\.tsv:2: "):
        terms(own)
    own = overlay(tmp_path, f"甲乙\tzh\tcode\t\t1\t私聊,{word}\t\t\tx\tdraft\n")
    with pytest.raises(ConfigError, match=r"config/terms/ours\.tsv:2: .*raises"):
        terms(own)


def test_one_chinese_character_is_refused_as_a_term_and_welcome_as_a_cue(tmp_path: Path) -> None:
    own = overlay(tmp_path, "髓\tzh\tcode\t\t1\t\t\t\tx\tdraft\n")
    with pytest.raises(ConfigError, match=r"ours\.tsv:2: kind = 'code': '髓' is one Chinese character.*two or more"):
        terms(own)
    assert "髓" in {term.term for term in terms(overlay(tmp_path, "髓\tzh\tpart\t\t1\t\t\t\tx\tdraft\n"))}


@pytest.mark.parametrize("language", ["chinese language", "ZH", "z", "中文"])
def test_a_language_is_written_as_a_tag(language: str, tmp_path: Path) -> None:
    own = overlay(tmp_path, f"甲乙\t{language}\tcode\t\t1\t\t\t\tx\tdraft\n")
    with pytest.raises(ConfigError, match=r"language = .*write it as zh, en or pt-BR"):
        terms(own)


def test_terms_are_loaded_in_no_time() -> None:
    started = process_time()
    for _ in range(10):
        assert len(terms()) > 1000
    assert process_time() - started < 5, "ten times; it takes 0.2 s on a slow machine"
