"""Why a text is suspect: structured, kept as lists, and said in one line in the reader's language."""

import csv
import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import intake
from archive.facts import Code, Judged, Lead, Match, Outcome, Reason, Searched
from archive.questions import review
from archive.rows import sweep
from config.errors import UsageError
from config.platform import Condition
from config.species import species
from config.term import Kind, terms
from crawler.match import Matcher
from desk import reasons, reviewing
from desk.context import Desk, desk
from desk.main import main
from tests.field import Field, url

MATCHER = Matcher(terms(), species())
TITLES = list(csv.DictReader((Path(__file__).parent / "titles.tsv").read_text("utf-8").splitlines(), delimiter="\t"))
OLDER = "'象牙' is a product term"  # as sightings kept it once
BANGLE = (
    Reason("product", ("象牙手镯", "Elephantidae")),
    Reason("genuine", ("老料", "象牙手镯")),
    Reason("sale", ("私聊", "象牙手镯")),
)


def test_every_language_has_the_same_keys_and_the_same_places_for_words() -> None:
    assert {"en", "zh"} <= set(reasons.languages())
    first = reasons.words_of("en")
    for language in reasons.languages():
        words = reasons.words_of(language)
        for table in ("called", "bars", "sentences"):
            said, wanted = getattr(words, table), getattr(first, table)
            assert said.keys() == wanted.keys(), (language, table)
            for key in wanted:
                assert set(re.findall(r"{\d}", said[key])) <= set(re.findall(r"{\d}", wanted[key])), (language, key)
        assert all(set(words.sentences) >= set(table) for table in (words.called, words.bars))


def test_whatever_can_be_a_reason_has_a_sentence_in_every_language_and_nothing_else_has() -> None:
    can_be = {*Code, *Kind} - {Kind.NEGATION}  # that one only takes back what others say
    for language in reasons.languages():
        words = reasons.words_of(language)
        assert words.sentences.keys() == can_be, language
        assert words.called.keys() == reasons.MATCHES, language
        assert words.bars.keys() == set(reasons.BARS), language


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_that_any_title_gives_is_said_whole_and_in_one_line(language: str) -> None:
    codes = set()
    for row in TITLES:
        judged = MATCHER.judge(row["title"])
        sentences = reasons.sentences(judged.reasons, language)
        line = reasons.said(judged.reasons, language)
        codes |= {reason.code for reason in judged.reasons}
        assert len(sentences) == len(set(sentences)) <= len(judged.reasons)
        assert bool(sentences) is bool(judged.reasons)
        assert bool(line) is bool(judged.reasons)
        assert not re.search(r"[{}\n]", line + "".join(sentences)), row["title"]
    assert {"product", "name", "sale", "live", "depiction", "awareness", "within", "hint", "farmed"} <= codes


def test_a_word_that_speaks_of_several_matches_is_said_once() -> None:
    many = MATCHER.judge("象牙手镯 虎骨酒 老料 私聊").reasons
    assert len([reason for reason in many if (reason.code, reason.words[0]) == (Kind.SALE, "私聊")]) > 1
    said = reasons.sentences(many, "en")
    assert len([line for line in said if "私聊" in line]) == 1
    assert {"虎骨酒", "象牙手镯"} <= set(re.findall("[虎象][骨牙][酒手]镯?", "".join(said)))


def test_the_line_names_the_strongest_match_then_what_bears_it_out() -> None:
    assert reasons.said(BANGLE, "zh") == "象牙手镯：制品词；『老料』『私聊』佐证"
    assert reasons.said(BANGLE, "en") == "象牙手镯: a product; borne out by '老料', '私聊'"


def test_the_line_is_short_whatever_was_found() -> None:
    many = [Reason("raises", (f"word{number}", "象牙手镯")) for number in range(20)]
    other = (Reason("name", ("大象", "Elephantidae")), Reason("depiction", ("玩具", "大象")))
    line = reasons.said((BANGLE[0], *many, Reason("awareness", ("新闻", "象牙手镯")), *other), "en")
    assert line == "象牙手镯: a product; borne out by 'word0', 'word1', 'word2'; weakened by '新闻'"


def test_what_cannot_alert_alone_and_what_is_another_thing_say_so() -> None:
    assert reasons.said(MATCHER.judge("果冻料 手串").reasons, "zh").endswith("还需第二个线索")
    assert reasons.said(MATCHER.judge("虎牙直播 代充").reasons, "en") == "'虎牙' stands in '虎牙直播', another thing"


def test_a_language_more_is_a_file_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in reasons.WORDS.glob("reasons.*.toml"):
        shutil.copy(path, tmp_path)
    portuguese = (tmp_path / "reasons.en.toml").read_text("utf-8").replace("a product", "um produto")
    (tmp_path / "reasons.pt.toml").write_text(portuguese, "utf-8")
    monkeypatch.setattr(reasons, "WORDS", tmp_path)
    assert reasons.languages() == ["en", "pt", "zh"]
    assert reasons.said(BANGLE, "pt").startswith("象牙手镯: um produto")


def answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("象牙手镯 老料 私聊\n".encode())))
    assert main(["match", *words]) == 0
    return capsys.readouterr().out


def test_json_says_reasons_in_english_unless_another_language_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = json.loads(answers(monkeypatch, capsys, "--json"))
    chinese = json.loads(answers(monkeypatch, capsys, "--json", "--language", "zh"))
    assert list(plain) == list(chinese) == ["text", "suspect", "score", "matches", "reasons"]
    assert plain["reasons"][0] == "'象牙手镯' is a product (Elephantidae)"
    assert chinese["reasons"][0] == "『象牙手镯』是制品词（Elephantidae）"


def test_a_person_reads_the_line_in_the_language_of_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = str(tmp_path / "here")
    assert main(["init", here, "--practice"]) == 0
    capsys.readouterr()
    (tmp_path / "here/wildfree.toml").write_text('language = "en"\n', "utf-8")
    assert "制品词" in answers(monkeypatch, capsys), "a new workspace speaks Chinese"
    assert "a product" in answers(monkeypatch, capsys, "--workspace", here)
    assert "制品词" in answers(monkeypatch, capsys, "--workspace", here, "--language", "zh")


def card(field: Field, key: str, *said: Reason, score: float = 0.9, found: str = "") -> None:
    matches = (Match("", found, "name", 0, 1, "plain"),) if found else ()
    lead = Lead("market", key, url(key), f"title {key}", "象牙", 1)
    judged = Judged("", True, score, matches, said)
    this = Searched(field.sweeps["market"], key, 1, url("s"), Outcome.HITS, "", field.at, ((lead, judged),))
    intake.take(field.vault, sweep.searched(this, None, False))


def test_reasons_are_kept_as_lists_and_read_again_as_reasons(field: Field) -> None:
    card(field, "1", *BANGLE)
    with field.vault.reading() as session:
        kept = session.execute(text("SELECT reasons FROM sighting")).scalar_one()
    assert json.loads(kept)[0] == ["product", "象牙手镯", "Elephantidae"]
    assert review.cases(field.vault)[0].reasons == BANGLE


def test_the_sentences_of_an_older_sighting_are_shown_as_they_are(field: Field) -> None:
    card(field, "1", *BANGLE)
    with field.vault.writing() as session:
        session.execute(text("UPDATE sighting SET reasons = :said"), {"said": json.dumps([OLDER])})
    (older,) = review.cases(field.vault)[0].reasons
    assert older == OLDER
    assert reasons.said([older], "zh") == OLDER
    assert reasons.sentences([older, BANGLE[2]], "en") == [OLDER, "'私聊' says it is for sale"]


def test_of_equal_scores_the_plainest_offer_comes_first(field: Field) -> None:
    card(field, "1", Reason("name", ("犀鸟", "Bucerotidae")))
    card(field, "2", *BANGLE)
    card(field, "3", Reason("name", ("犀鸟", "Bucerotidae")), score=0.95)
    assert [case.key for case in review.cases(field.vault)] == ["3", "2", "1"]


@pytest.mark.parametrize("name", ["大象", "Elephantidae", "Loxodonta africana", "African elephant"])
def test_the_queue_can_be_asked_for_one_species_or_its_group(field: Field, name: str) -> None:
    card(field, "1", found="Loxodonta africana")
    card(field, "2", found="Panthera tigris")
    with desk(field.vault.workspace) as here:
        assert keys(here, field, name) == ["1"]
        assert keys(here, field, "老虎") == ["2"]
        with pytest.raises(UsageError, match="nothing at all"):
            keys(here, field, "nothing at all")


def keys(here: Desk, field: Field, name: str) -> list[str]:
    return [case.key for case in reviewing.of_species(here, review.cases(field.vault), name)]


def test_the_list_shows_one_line_in_the_language_of_the_workspace_and_json_shows_sentences(
    field: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    card(field, "1", *BANGLE, found="Loxodonta africana")
    field.look("1", Condition.LIVE, pictured=True)
    where = ("--workspace", str(field.vault.workspace), "--list", "--by", "a reviewer")
    capsys.readouterr()
    assert main(["review", *where, "--species", "大象"]) == 0
    assert "象牙手镯：制品词；『老料』『私聊』佐证" in capsys.readouterr().out
    assert main(["review", *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reasons"][2] == "'私聊' says it is for sale"
    assert main(["review", *where, "--species", "老虎"]) == 0
    assert "0 without a verdict of " in capsys.readouterr().out
