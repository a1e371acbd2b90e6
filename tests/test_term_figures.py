"""What terms were worth, and what confirmed titles suggest: counted as told, with honest error bars."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from archive.facts import Decision
from archive.questions import review
from archive.questions import terms as questions
from archive.questions.terms import Title
from archive.vault import Vault
from config.term import Kind, terms
from desk.report.rates import wilson
from desk.terms import slang
from tests.conftest import Wildfree
from tests.wording import card, said, written

SLANG = "云顶骨片"


@pytest.fixture
def vault(workspace: Path) -> Iterator[Vault]:
    with Vault.open(workspace) as opened:
        yield opened


def stats(wildfree: Wildfree, *words: str) -> dict[str, dict[str, Any]]:
    return {each["term"]: each for each in wildfree("term", "stats", *words, "--json").objects}


def test_a_term_is_worth_what_reviewers_agreed_on_and_no_more(
    workspace: Path, vault: Vault, wildfree: Wildfree
) -> None:
    for key in range(1, 7):
        card(vault, str(key), f"象牙 {key}", "象牙")
    card(vault, "1", "象牙 1, seen again", "象牙", "虎骨")
    for key, decision in enumerate((Decision.ILLEGAL, Decision.SUSPECT, Decision.REFER, Decision.LAWFUL), start=1):
        said(vault, key, decision)
    said(vault, 5, Decision.ILLEGAL, by=("one",))
    said(vault, 5, Decision.LAWFUL, by=("another",))
    found = stats(wildfree)
    ivory, tiger = found["象牙"], found["虎骨"]
    assert (ivory["hits"], ivory["sightings"], ivory["listings"]) == (7, 7, 6)
    assert (ivory["confirmed"], ivory["refuted"], ivory["n"]) == (3, 1, 4), "two who differ have settled nothing"
    low, high = wilson(3, 4) or (0, 0)
    assert (ivory["precision"], ivory["low"], ivory["high"]) == (0.75, round(low, 4), round(high, 4))
    assert (tiger["hits"], tiger["confirmed"], tiger["refuted"]) == (1, 1, 0)
    out = wildfree("term", "stats", "象牙").out
    assert "75% (30% to 95%), n = 4" in out


def test_a_later_verdict_of_the_same_person_takes_the_place_of_the_earlier(vault: Vault, wildfree: Wildfree) -> None:
    card(vault, "1", "象牙 1", "象牙")
    said(vault, 1, Decision.ILLEGAL)
    said(vault, 1, Decision.UNRELATED)
    assert (stats(wildfree)["象牙"]["confirmed"], stats(wildfree)["象牙"]["refuted"]) == (0, 1)


@pytest.mark.parametrize("reviewers", [1, 2])
def test_what_is_settled_is_what_a_case_says_is_settled(vault: Vault, reviewers: int) -> None:
    for key in range(1, 6):
        card(vault, str(key), f"象牙 {key}", "象牙")
    said(vault, 1, Decision.ILLEGAL, by=("a", "b"))
    said(vault, 2, Decision.ILLEGAL, by=("a",))
    said(vault, 3, Decision.ILLEGAL, by=("a", "b"))
    said(vault, 3, Decision.LAWFUL, by=("b",))
    said(vault, 4, Decision.LAWFUL, by=("a", "b", "c"))
    cases = {case.listing_id: case.settled(reviewers) for case in review.cases(vault)}
    assert questions.settled(vault, reviewers) == {key: each for key, each in cases.items() if each}
    assert len(questions.settled(vault, reviewers)) == (3 if reviewers == 1 else 2)


def test_zero_is_told_with_how_many_sightings_it_is_a_zero_of(
    workspace: Path, vault: Vault, wildfree: Wildfree
) -> None:
    day = "2026-11-20"
    heading = "term\tlanguage\tkind\tsince\n"
    written(workspace, f"甲乙丙\tzh\tproduct\t{day}\n丁戊己\tzh\tproduct\t2026-11-23\n", heading=heading)
    card(vault, "1", "象牙", "象牙", at=datetime(2026, 11, 19, 3, tzinfo=UTC))
    card(vault, "2", "象牙", "象牙", at=datetime(2026, 11, 19, 17, tzinfo=UTC))  # the 20th already in Shanghai
    card(vault, "3", "象牙", "象牙", "庚辛壬", at=datetime(2026, 11, 21, 3, tzinfo=UTC))
    found = stats(wildfree)
    assert (found["虎骨"]["hits"], found["虎骨"]["sightings"], found["虎骨"]["precision"]) == (0, 3, None)
    assert (found["甲乙丙"]["hits"], found["甲乙丙"]["sightings"]) == (0, 2), "of those since it was taken in"
    assert (found["丁戊己"]["hits"], found["丁戊己"]["sightings"]) == (0, 0)
    assert (found["庚辛壬"]["hits"], found["庚辛壬"]["status"]) == (1, None), "it stands in no file any more"
    out = wildfree("term", "stats").out
    assert "1 terms: 0 hits in 2 sightings" in out
    assert "0 hits in 3 sightings" in out
    assert "1 terms: no sighting yet" in out


def test_words_that_only_raise_or_lower_are_not_said_to_have_found_nothing(vault: Vault, wildfree: Wildfree) -> None:
    card(vault, "1", "象牙 手串", "象牙")
    cues = {term.term for term in terms() if term.kind is Kind.FORM}
    assert "手串" in cues
    assert not cues & stats(wildfree).keys()
    card(vault, "2", "手串", "手串")
    found = stats(wildfree)
    assert cues & found.keys() == {"手串"}
    assert found["手串"]["status"] is not None, "it stands in a file"


def test_terms_that_only_ever_gave_noise_come_first_on_demand(vault: Vault, wildfree: Wildfree) -> None:
    for key in range(1, 4):
        card(vault, str(key), f"象牙 {key}", "象牙", "象牙雕")
    card(vault, "4", "虎骨", "虎骨", "象牙")
    for key in range(1, 4):
        said(vault, key, Decision.UNRELATED)
    said(vault, 4, Decision.ILLEGAL)
    assert next(iter(stats(wildfree))) == "象牙", "by hits: 4"
    assert next(iter(stats(wildfree, "--noise"))) == "象牙雕", "3 listings, none confirmed"


# --- suggestions


def suggested(wildfree: Wildfree, *words: object) -> dict[str, dict[str, Any]]:
    ran = wildfree("term", "suggest", *words, "--json")
    assert ran.code == 0, ran.err
    return {each["word"]: each for each in ran.objects if each["is_a"] == "candidate"}


@pytest.fixture
def trade(vault: Vault) -> Vault:
    """Five confirmed titles that share a word which no term is, three refuted and twelve that nobody marked."""
    for key in range(1, 6):
        card(vault, str(key), f"{'甲乙丙丁戊'[key - 1]}家 {SLANG} 象牙穗串 moon bone No{key}", "象牙")
        said(vault, key, Decision.ILLEGAL)
    for key in range(6, 9):
        card(vault, str(key), f"{'己庚辛'[key - 6]}家 塑料穗串 象牙白 bone {key}", "象牙")
        said(vault, key, Decision.UNRELATED)
    for key in range(9, 21):
        card(vault, str(key), f"手机壳 {key} 家用", "手机")
    return vault


def test_a_word_of_confirmed_titles_is_suggested_whole_with_its_counts_and_titles(
    trade: Vault, wildfree: Wildfree
) -> None:
    found = suggested(wildfree)
    first = found[SLANG]
    assert (first["confirmed"], first["of_confirmed"], first["others"], first["of_others"]) == (5, 5, 0, 15)
    assert len(first["examples"]) == 3
    assert all(SLANG in title for title in first["examples"])
    assert isclose(first["ratio"], 22.49, abs_tol=0.01), "2 (5 ln 4 + 15 ln 4/3), by hand"
    assert "moon bone" in found
    assert [word for word in found if word != SLANG and word in SLANG] == [], "its parts tell nothing more"
    assert "moon" not in found, "always in 'moon bone'"
    assert [word for word in found if "象牙" in word or "手机" in word] == [], "known, or never confirmed"


def test_the_same_title_a_hundred_times_is_one_title(vault: Vault, wildfree: Wildfree) -> None:
    for key in range(1, 11):
        card(vault, str(key), f"{SLANG} 一块" if key % 2 else f"{SLANG}　一块", "象牙")
        said(vault, key, Decision.ILLEGAL)
    for key in range(11, 21):
        card(vault, str(key), f"手机壳 {key}", "手机")
    assert suggested(wildfree) == {}
    assert SLANG not in wildfree("term", "suggest").out


def test_known_words_are_not_suggested_whatever_became_of_them(trade: Vault, wildfree: Wildfree) -> None:
    assert SLANG in suggested(wildfree)
    assert wildfree("term", "suggest", SLANG, "--why", "it came up").code == 0
    assert SLANG not in suggested(wildfree)
    assert wildfree("term", "retire", SLANG, "--why", "no").code == 0
    assert SLANG not in suggested(wildfree)


def test_without_a_confirmed_title_nothing_is_suggested_and_that_is_said(vault: Vault, wildfree: Wildfree) -> None:
    card(vault, "1", "象牙 1", "象牙")
    assert suggested(wildfree) == {}
    assert "No title is confirmed yet" in wildfree("term", "suggest").out


def test_a_word_that_is_as_common_elsewhere_is_left_to_chance() -> None:
    titles = [Title(f"云顶 {number}号", (number,), number % 2 == 0, refuted=False) for number in range(20)]
    assert slang.candidates(titles, frozenset(), lambda text: text, 3) == []
    assert slang.ratio(10, 10, 10, 10) == 0
    assert slang.ratio(0, 10, 10, 10) == 0
    assert slang.ratio(5, 5, 0, 0) == 0


def test_candidates_are_runs_of_two_to_six_characters_and_words_and_pairs() -> None:
    assert slang.words("甲乙丙 x moon bone, дом") == {
        "甲乙",
        "乙丙",
        "甲乙丙",
        "moon",
        "bone",
        "x moon",
        "moon bone",
        "дом",
    }
    assert max(map(len, slang.words("甲乙丙丁戊己庚辛"))) == 6
