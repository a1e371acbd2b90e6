"""What is too long, unseen, a pattern or of everyday becomes no term by mistake, nor does one go silently."""

from pathlib import Path

import pytest

from archive import intake
from archive.facts import How, Judged, Lead, Match, Outcome, Round, Searched
from archive.rows import sweep
from archive.vault import Vault
from config.errors import ConfigError
from config.term import terms
from tests.conftest import Ran, Wildfree
from tests.wording import NOON, card, changes, written

WHY = ("--why", "met")


def refused(ran: Ran, *words: str) -> None:
    """RAN refused what was typed, in one short line that holds WORDS."""
    assert ran.code == 2, ran.out
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert len(ran.err) < 500, "nobody reads more"
    assert [word for word in words if word not in ran.err] == [], ran.err


def test_a_word_has_at_most_64_characters_wherever_it_comes_from(workspace: Path, wildfree: Wildfree) -> None:
    assert wildfree("term", "add", "象" * 64, "--kind", "code", *WHY).code == 0
    for command in (("add", "--kind", "code"), ("suggest",), ("change", "--ambiguity", "3"), ("retire",)):
        refused(wildfree("term", command[0], "象" * 10_000, *command[1:], *WHY), "10000 characters", "64")
    for option in ("--raises", "--lowers"):
        refused(wildfree("term", "add", "云顶片", "--kind", "code", option, "象" * 65, *WHY), option[2:], "64")
    assert len(changes(workspace)) == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{'象' * 10_000}\tzh\tcode\t\t2\t\t\t\tours\tdraft\n", "64"),
        (f"云顶片\tzh\tcode\t\t2\t私聊,{'象' * 65}\t\t\tours\tdraft\n", "64"),
        (f"云顶片\tzh\tcode\t\t2\t\t{'象' * 65}\t\tours\tdraft\n", "64"),
        (f"{'㎝' * 33}\tzh\tcode\t\t2\t\t\t\tours\tdraft\n", "64"),
        ("云\u200b白\tzh\tcode\t\t2\t\t\t\tours\tdraft\n", "U+200B"),
    ],
)
def test_a_row_that_no_term_can_be_made_of_is_named_with_its_file_and_line(
    row: str, told: str, tmp_path: Path
) -> None:
    overlay = written(tmp_path, f"云顶骨\tzh\tcode\t\t2\t\t\t\tours\tdraft\n{row}")
    with pytest.raises(ConfigError, match=r"config/terms/own\.tsv:3: ") as problem:
        terms(overlay)
    assert told in str(problem.value)
    assert len(str(problem.value)) < 400


@pytest.mark.parametrize("word", ['=HYPERLINK("http://x")', "象.*牙(", "a|b", "＝云顶", "[象]牙", "象\\w"])
def test_a_formula_or_a_pattern_is_no_word(word: str, workspace: Path, wildfree: Wildfree) -> None:
    refused(wildfree("term", "add", word, "--kind", "code", *WHY), "Write the word")
    assert changes(workspace) == []


def test_what_nobody_sees_is_taken_out_of_a_word_and_that_is_said(workspace: Path, wildfree: Wildfree) -> None:
    ran = wildfree("term", "add", "云\u200b白\u202e", "--kind", "code", *WHY)
    assert ran.code == 0, ran.err
    assert "U+200B, U+202E" in ran.err
    assert "云白" in {term.term for term in terms(workspace / "config")}
    family = "👨\u200d👩\u200d👧"
    assert wildfree("term", "add", family, "--kind", "emoji", *WHY).err == ""
    assert family in {term.term for term in terms(workspace / "config")}, "what holds emoji together stays"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "我们", "--kind", "product"], "everyday"),
        (["add", "to", "--kind", "code", "--language", "en"], "2 letters"),
        (["change", "包邮", "--kind", "product", "--species", "Elephantidae"], "kind sale, and would be so no more"),
        (["add", "包邮", "--kind", "product", "--language", "en"], "kind sale in config/terms/zh_context.tsv"),
        (["add", "手串", "--kind", "product", "--language", "en"], "terms have it beside them"),
    ],
)
def test_a_word_that_means_something_else_becomes_a_term_only_by_yes(
    words: list[str], told: str, workspace: Path, wildfree: Wildfree
) -> None:
    refused(wildfree("term", *words, *WHY), told, "--yes")
    assert changes(workspace) == []
    assert wildfree("term", *words, *WHY, "--yes").code == 0
    assert len(changes(workspace)) == 1


def test_a_word_that_stands_in_many_titles_seen_becomes_a_term_only_by_yes(
    workspace: Path, wildfree: Wildfree
) -> None:
    with Vault.open(workspace) as vault:
        for number in range(12):
            card(vault, str(number), f"云顶茶壶 第{number}款" if number else "别的东西")
    refused(wildfree("term", "add", "云顶茶壶", "--kind", "product", *WHY), "11 of 12 titles seen", "--yes")
    assert wildfree("term", "add", "云顶花瓶", "--kind", "product", *WHY).code == 0, "in no title"
    assert wildfree("term", "add", "云顶茶壶", "--kind", "product", *WHY, "--yes").code == 0
    assert wildfree("term", "change", "云顶茶壶", "--ambiguity", "3", *WHY).code == 0, "it was weighed once"


def test_a_term_that_goes_says_what_is_no_longer_searched_or_found(workspace: Path, wildfree: Wildfree) -> None:
    with Vault.open(workspace) as vault:
        card(vault, "1", "老象牙手镯", "象牙")
        card(vault, "2", "茶壶")
    told = wildfree("term", "retire", "象牙", *WHY).out
    assert "Sweeps search '象牙' no more" in told
    assert "1 of 2 sightings" in told
    assert "Elephantidae is still found by" in told
    told = wildfree("term", "change", "虎骨酒", "--kind", "sale", *WHY).out
    assert "no longer found by '虎骨酒'" in told
    assert "no word of the kind sale" in wildfree("term", "retire", "包邮", *WHY).out


@pytest.mark.parametrize(
    ("name", "latin"), [("大象", "Elephantidae"), ("象科", "Elephantidae"), ("tridacna", "Tridacna")]
)
def test_a_group_is_known_by_any_name_wherever_a_species_is_asked_for(
    name: str, latin: str, workspace: Path, wildfree: Wildfree
) -> None:
    assert wildfree("term", "add", "云顶片", "--kind", "code", "--species", name, *WHY).code == 0
    assert wildfree("term", "list", "云顶片", "--json").objects[0]["species"] == latin
    with Vault.open(workspace) as vault:
        card(vault, "1", "老象牙手镯", "象牙")
    (said,) = wildfree("review", "1", "--as", "lawful", "--species", name, "--json").objects
    assert said["species"] == latin


def test_a_name_of_several_species_asks_which(workspace: Path, wildfree: Wildfree) -> None:
    told = ("Aquilaria malaccensis or Aquilaria sinensis", "Say which")
    refused(wildfree("term", "add", "云顶片", "--kind", "code", "--species", "agarwood", *WHY), *told)


def test_a_reviewer_reads_what_is_known_of_the_species_beneath_the_reasons(
    workspace: Path, wildfree: Wildfree
) -> None:
    with Vault.open(workspace) as vault:
        began = intake.take(vault, sweep.begun(Round("market", How.ROBOT, "tester", NOON, "test", "0" * 64), []))
        lead = Lead("market", "1", "https://market.example/item/1", "老象牙手镯", "x", 1)
        judged = Judged(lead.title, True, 0.9, (Match("象牙", "Elephantidae", "product", 1, 3, "plain"),))
        page = Searched(began, "x", 1, lead.url, Outcome.HITS, "1 card", NOON, ((lead, judged),))
        intake.take(vault, sweep.searched(page, None, False))
    told = wildfree("review", "1", typed="q\n").out
    assert "亚洲象 (Elephas maximus): 国家一级保护" in told
    assert "施雷格纹" in told
    assert told.count("易混") == 2, "short: the whole of it is told by wildfree species"
    (workspace / "wildfree.toml").write_text('language = "en"\n', "utf-8")
    assert "Schreger" in wildfree("review", "1", typed="q\n").out
