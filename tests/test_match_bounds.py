"""Whatever stands in a text, judging it takes time that grows with its length, and nothing in it hides a match."""

import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.species import species
from config.term import NAMING, Kind, terms
from crawler import ready
from crawler.match import Matcher
from crawler.ready import matcher

ROOT = Path(__file__).parents[1]
MATCHER = Matcher(terms(), species())
EVERY = [term.term for term in terms()]
PLAIN = [term.term for term in terms() if term.kind in NAMING and re.fullmatch("[\u3400-\u9fff]{3,}", term.term)]
MARKS = st.text(".·* _/|~-☆★,，、\u200b\ufe0f\u0301🔥", max_size=3)
SIGNS = [*EVERY, *"象牙x1·.,🐘\u0301\u200b\n ", "象牙白", "仿", "\ud800"]


def shuffled() -> str:
    luck = random.Random(7)
    return "".join(luck.choice(EVERY) + luck.choice((" ", "，", "", "\n")) for _ in range(160_000))


@pytest.mark.parametrize(
    "piece",
    [
        "象牙手镯 ",
        "·",
        "象·",
        "xiangya",
        "xiang ya ",
        "x.",
        "\u0301",
        "象\u0336",
        "e\u0301",
        "🐘",
        "🐘🦷象牙",
        "穿山",
        "1v0ry ",
        "1v",
        "象牙 xiangya 🐘 i.v.o.r.y \u0301象.牙 穿山甲, 私聊 1v0ry\n",
        "ΙVОRУ ",
        "\n",
        "象牙\n",
        "象牙白手机壳，",
        "㎝",
        "川山甲",
        "a's ",
        "\u1100\u1161",
        "tiger, tooth, ",
        "\ud800",
        "象" + "·" * 2000 + "牙",
    ],
    ids=ascii,
)
def test_a_megabyte_of_anything_takes_less_than_a_second(piece: str) -> None:
    text = piece * (1_000_000 // len(piece.encode("utf-8", "surrogatepass")))
    began = time.process_time()
    MATCHER.judge(text)
    assert time.process_time() - began < 1


def test_a_megabyte_of_all_terms_takes_less_than_two_seconds_and_says_what_was_not_weighed() -> None:
    text = shuffled()[:650_000]
    began = time.process_time()
    judged = MATCHER.judge(text)
    assert time.process_time() - began < 2
    assert judged.suspect
    assert judged.reasons[-1].code == "cut"


def test_a_match_at_the_end_of_a_long_text_is_found() -> None:
    text = "手机壳 新款 包邮 " * 50_000 + "盔犀鸟头骨 私聊"
    judged = MATCHER.judge(text)
    assert judged.suspect
    assert text[judged.matches[0].start : judged.matches[-1].end].startswith("盔犀鸟头骨")


def test_many_decoys_do_not_hide_a_match_among_them() -> None:
    judged = MATCHER.judge("象牙白手机壳，" * 20_000 + "虎骨酒一坛 私聊 " + "象牙白手机壳，" * 20_000)
    assert judged.suspect
    assert "虎骨酒" in {match.term for match in judged.matches}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=30).map("".join))
def test_every_span_of_any_mixture_lies_in_the_text(text: str) -> None:
    judged = MATCHER.judge(text)
    assert judged.text == text
    assert all(0 <= match.start < match.end <= len(text) for match in judged.matches)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLAIN), st.lists(MARKS, min_size=12, max_size=12))
@example("穿山甲", ["", " . ", ",,"] * 4)
@example("藏羚羊绒围巾", [","] + [""] * 11)
def test_inserting_marks_never_loses_a_match(term: str, marks: list[str]) -> None:
    held = "".join(letter + mark for letter, mark in zip(term[:-1], marks, strict=False)) + term[-1]
    before, after = "今天找到", "放在桌上"
    plain = MATCHER.judge(before + term + after).matches
    parted = MATCHER.judge(before + held + after).matches
    assert plain
    covered = {at for match in parted for at in range(match.start, match.end)}
    assert covered & {len(before), len(before + held) - 1}
    if not set(held) & set(" ,，、|"):  # these may part it into words that are terms themselves: 象牙，制品
        assert {len(before), len(before + held) - 1} <= covered


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["象牙白手机壳", "豹纹连衣裙", "虎牙直播 代充", "faux ivory buttons", "仿玳瑁 梳子"]),
    st.sampled_from(["盔犀鸟头骨", "犀角杯", "穿山甲片 一斤", "carved elephant ivory bangle"]),
    st.booleans(),
)
def test_what_is_excluded_never_hides_a_second_match(decoy: str, real: str, first: bool) -> None:
    alone = {match.term for match in MATCHER.judge(real).matches}
    both = MATCHER.judge(f"{decoy}，另有{real}" if first else f"{real}，另有{decoy}")
    assert alone
    assert alone & {match.term for match in both.matches}
    assert both.suspect


@pytest.mark.parametrize("between", ["，", "、", "；", "！", "\n", "+"], ids=ascii)
@pytest.mark.parametrize(("one", "two"), [("盔犀鸟头骨", "faux ivory"), ("仿", "犀角杯")])
def test_a_word_of_imitation_takes_back_nothing_in_the_next_clause(one: str, two: str, between: str) -> None:
    beside, apart = MATCHER.judge(one + two), MATCHER.judge(one + between + two)
    taken, kept = ({match.term for match in judged.matches} & {"犀鸟头骨", "犀角杯"} for judged in (beside, apart))
    assert not taken
    assert kept
    assert "disowned" in {reason.code for reason in beside.reasons}
    assert "disowned" not in {reason.code for reason in apart.reasons}


def test_a_matcher_from_the_cache_judges_as_one_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    texts = [
        "象.牙手镯 老料 私聊",
        "xiangya手镯",
        "c山甲片",
        "1v0ry bangle",
        "🐘🦷 手串 私聊发图",
        "faux ivory chopsticks",
    ]
    first, again = matcher(None), matcher(None)
    for text in texts:
        assert first.judge(text) == again.judge(text) == MATCHER.judge(text)
    own = tmp_path / "config"
    (own / "terms").mkdir(parents=True)
    (own / "terms" / "ours.tsv").write_text("term\tlanguage\tkind\tambiguity\n云顶骨片\tzh\tproduct\t1\n", "utf-8")
    assert not again.judge("云顶骨片 私聊").matches
    assert matcher(own).judge("云顶骨片 私聊").suspect


def test_nothing_is_parsed_while_no_file_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    matcher(None)
    monkeypatch.setattr(ready, "placed", lambda _: pytest.fail("parsed"))
    assert matcher(None).judge("象牙手镯 老料").suspect
    monkeypatch.setattr(ready, "FORMAT", b"another")
    with pytest.raises(pytest.fail.Exception, match="parsed"):
        matcher(None)


def test_of_more_own_words_than_fit_the_first_are_seen_through_every_disguise_and_all_through_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(ready, "LISTED", 1)
    monkeypatch.setattr(ready, "MANY", 1_000_000)
    (tmp_path / "terms").mkdir()
    rows = "云顶骨片\tzh\tproduct\n月光尾牙\tzh\tproduct\n"
    (tmp_path / "terms" / "a.tsv").write_text(f"term\tlanguage\tkind\n{rows}", "utf-8")
    made = matcher(tmp_path)
    assert capsys.readouterr().err == ""

    def found(text: str) -> set[str]:
        return {match.term for match in made.judge(text).matches} & {"云顶骨片", "月光尾牙"}

    assert found("云ding骨片 月guang尾牙") == {"云顶骨片"}, "half in pinyin"
    assert found("云.顶.骨.片 月 光 尾 牙") == found("yundinggupian yueguangweiya") == {"云顶骨片", "月光尾牙"}
    assert found("穿shan甲 象牙手镯") == set()
    assert "穿山甲" in {match.term for match in made.judge("穿shan甲").matches}, "ours are never cut"
    monkeypatch.setattr(ready, "MANY", 1)
    monkeypatch.setattr(ready, "FORMAT", b"another")
    matcher(tmp_path)
    said = capsys.readouterr().err
    assert "words ready" in said
    assert "1 of your own, beyond the first 1, in fewer disguises" in said
    matcher(tmp_path)
    assert capsys.readouterr().err == "", "from the cache"


@pytest.mark.parametrize("name", ["config/reading.py", "config/term.py", "crawler/matching/forms.py"])
def test_a_lexicon_is_made_anew_once_the_code_that_reads_its_files_has_changed(name: str) -> None:
    assert ROOT / name in set(ready._files(None))  # noqa: SLF001  (what the key is made of)


def test_a_short_word_in_pinyin_is_seen_but_alerts_only_with_a_second_cue() -> None:
    for text in ("aka the best", "haima hotel", "she and hu gu", "damao restaurant"):
        assert not MATCHER.judge(text).suspect
    seen = MATCHER.judge("海 haima 干")
    assert "pinyin" in {match.view for match in seen.matches}


def test_code_words_by_sound_never_alert_alone() -> None:
    for term in (term for term in terms() if term.kind is Kind.CODE and term.language == "zh"):
        assert not MATCHER.judge(term.term).suspect


def test_without_any_term_nothing_is_found() -> None:
    judged = Matcher().judge("象牙手镯 老料 私聊")
    assert (judged.suspect, judged.score, judged.matches) == (False, 0.0, ())


def test_workspaces_share_a_lexicon_and_only_the_newest_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number in range(8):
        (tmp_path / str(number) / "terms").mkdir(parents=True)
        matcher(tmp_path / str(number))
    assert len(list((tmp_path / "cache").rglob("lexicon-*"))) == 1
    for number in range(8):
        own = tmp_path / str(number) / "terms" / "ours.tsv"
        own.write_text(f"term\tlanguage\tkind\n云顶骨片{number}\tzh\tproduct\n", "utf-8")
        matcher(tmp_path / str(number))
    assert len(list((tmp_path / "cache").rglob("lexicon-*"))) == 6
