"""Which texts look like wildlife trade, by which words at which place, and why."""

import csv
import io
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.facts import Judged, Reason
from config.errors import UsageError, WorkspaceError
from config.fold import folded
from config.species import species
from config.term import HINTING, NAMING, Kind, Term, terms
from crawler.match import SUSPECT, Matcher
from crawler.matching.scene import Found
from crawler.matching.sorting import scene
from crawler.matching.weigh import weighed
from desk.commands.match import texts
from desk.main import main
from tests.conftest import Wildfree

MATCHER = Matcher(terms(), species())
LABELLED = (Path(__file__).parent / "titles.tsv").read_text("utf-8").splitlines()
TITLES = list(csv.DictReader(LABELLED, delimiter="\t"))
NAMED = sorted(term.term for term in terms() if term.kind in NAMING | HINTING)
NOISE = "手机壳新款的一个 \u200b\u3000ＡＢab12.·-é象牙白🐘ivory,，龜"


def judge(text: str) -> Judged:
    return MATCHER.judge(text)


def bare(text: str) -> str:
    """Folded, without what may part the characters of a term."""
    return re.sub(r"[\s\-_.,·•∙・*~☆★○●◆◇■□^`'’\"]", "", folded(text))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labelled_titles_are_told_apart(language: str) -> None:
    rows = [row for row in TITLES if row["lang"] == language]
    wanted = {row["title"] for row in rows if row["label"] == "pos"}
    called = {row["title"] for row in rows if judge(row["title"]).suspect}
    assert len(wanted) > 60
    assert len(rows) - len(wanted) > 60
    assert len(called & wanted) / len(called) >= 0.95, sorted(called - wanted)
    assert len(called & wanted) / len(wanted) >= 0.9, sorted(wanted - called)


def test_a_title_takes_less_than_five_milliseconds() -> None:
    began = time.process_time()
    for row in TITLES:
        judge(row["title"])
    assert (time.process_time() - began) / len(TITLES) < 0.005


def test_a_long_description_full_of_terms_takes_less_than_three_seconds() -> None:
    began = time.process_time()
    assert judge("象牙手镯 老料 不是树脂 tiger tooth pendant 仿象牙 plush toy 私聊 " * 100).suspect
    assert time.process_time() - began < 3


def test_suspect_is_the_score_at_the_threshold_and_always_has_a_reason() -> None:
    for row in TITLES:
        judged = judge(row["title"])
        assert judged.suspect is (judged.score >= SUSPECT)
        assert 0 <= judged.score <= 1
        assert judged.reasons or not judged.matches
        assert judged.matches or not judged.suspect


@settings(max_examples=300, deadline=None)
@given(st.text(NOISE, max_size=12), st.sampled_from(NAMED), st.text(NOISE, max_size=12))
def test_every_span_holds_its_term_in_the_original_text(before: str, term: str, after: str) -> None:
    text = before + term + after
    spelt = [match for match in judge(text).matches if match.view in {"plain", "folded", "marks"}]
    for match in spelt:
        held, meant = bare(text[match.start : match.end]), bare(match.term)
        assert held in {meant, meant + "s", meant + "es"} or held.replace("s", "") == meant.replace("s", "")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_at_all_is_judged(text: str) -> None:
    judged = judge(text)
    assert judged.text == text
    assert all(0 <= match.start < match.end <= len(text) for match in judged.matches)


@pytest.mark.parametrize(
    ("text", "held", "view"),
    [
        ("出售犀角杯一只", "犀角杯", "plain"),
        ("旧货 玳\u200b瑁\u200b 手镯", "玳\u200b瑁", "folded"),
        ("🙂老物件 盔犀鳥 頭骨", "盔犀鳥", "folded"),
        ("穿·山·甲·片 一斤", "穿·山·甲·片", "marks"),
        ("象☆牙手镯 老料", "象☆牙手镯", "marks"),
        ("Rare ＲＨＩＮＯ　ＨＯＲＮ cup", "ＲＨＩＮＯ　ＨＯＲＮ", "folded"),
        ("two tiger-teeth, real", "tiger-teeth", "marks"),
        ("IVƠRY, old and real", "IVƠRY", "alike"),
        ("iv\u01a1ry, old and real", "iv\u01a1ry", "alike"),
        ("carved i v o r y buddha", "i v o r y", "plain"),
    ],
)
def test_disguises_are_seen_through_and_shown_where_they_stand(text: str, held: str, view: str) -> None:
    judged = judge(text)
    assert (held, view) in {(text[match.start : match.end], match.view) for match in judged.matches}
    assert judged.suspect


@pytest.mark.parametrize(
    "text",
    [
        "象牙白手机壳",
        "大象牙刷 软毛",
        "豹纹连衣裙",
        "虎牙直播 代充",
        "Tiger's eye bracelet, 8 mm, natural stone",
        "faux ivory chopsticks",
        "Rhino 8 licence",
        "merino turtleneck, real wool, antique white",
        "compare: trivory, ivoryx, giraffes",
        "仿 象牙 筷子",
    ],
)
def test_decoys_do_not_alert(text: str) -> None:
    assert not judge(text).suspect


@pytest.mark.parametrize(
    ("decoy", "real"),
    [
        ("象牙白手机壳", "象牙手镯 老料"),
        ("豹纹连衣裙", "豹骨 泡酒"),
        ("虎牙直播 代充", "虎骨胶 一块"),
        ("faux ivory buttons", "carved elephant ivory bangle"),
        ("tiger's eye bracelet", "real tiger claw set in gold"),
        ("tiger plush toy", "pangolin scales 1 kg"),
    ],
)
@pytest.mark.parametrize("between", [" ", " + ", ", ", "，另有"])
def test_a_decoy_never_hides_a_real_match_beside_it(decoy: str, real: str, between: str) -> None:
    assert not judge(decoy).suspect
    assert judge(real).suspect
    assert judge(f"{decoy}{between}{real}").suspect
    assert judge(f"{real}{between}{decoy}").suspect


@pytest.mark.parametrize("term", [term.term for term in terms() if term.kind in HINTING | {Kind.SIGNAL}])
def test_no_hint_and_no_signal_alerts_alone_or_with_a_price(term: str) -> None:
    for text in (term, f"{term} 包邮 现货", f"{term} for sale, best price"):
        assert not judge(text).suspect


@pytest.mark.parametrize(
    "text",
    [
        "果冻料 手串 血丝 懂的来",
        "白料 牌子 xy",
        "🐘🦷 手串 私聊发图",
        "white plastic, jelly 🐘 beads",
        "🐅 骨 一副 懂的来",
    ],
)
def test_a_hint_with_a_second_cue_alerts(text: str) -> None:
    assert judge(text).suspect


@pytest.mark.parametrize("text", ["猎夹 大号", "地枪 套件", "排铳", "wire snare x50", "leghold trap"])
def test_forbidden_hunting_tools_alert(text: str) -> None:
    judged = judge(text)
    assert judged.suspect
    assert {match.kind for match in judged.matches} == {"tool"}


@pytest.mark.parametrize(
    "text",
    [
        "海关查获走私象牙 嫌疑人被判刑",
        "科普 穿山甲鳞片没有药用价值 拒绝购买",
        "Rangers rescue pangolin from poachers, news",
    ],
)
def test_news_rescue_and_awareness_do_not_alert(text: str) -> None:
    judged = judge(text)
    assert not judged.suspect
    assert any(reason.code == "awareness" for reason in judged.reasons)


def test_a_denial_of_imitation_does_not_lower() -> None:
    assert judge("象牙手镯 不是树脂").score > judge("象牙手镯 是树脂").score
    assert judge("ivory bangle, not resin").suspect


def test_what_is_commonly_grown_counts_only_when_wild() -> None:
    assert not judge("铁皮石斛 干货 500克 包邮").suspect
    assert judge("野生铁皮石斛 山上挖 500克 无票").score > judge("铁皮石斛 500克").score


def test_reasons_name_the_words_that_decided() -> None:
    reasons = judge("虎牙直播 虎骨酒 未开封 仿玳瑁").reasons
    assert reasons[0] == Reason("product", ("虎骨酒", "Panthera tigris"))
    assert Reason("within", ("虎牙", "虎牙直播")) in reasons


@pytest.mark.parametrize(
    ("offer", "trap"),
    [
        ("熊掌两只 冰鲜", "熊掌 冰鲜"),  # a unit counts after a figure in words too
        ("sun bear claw", "sun bear and claw"),  # a name that overlaps a product is one word with it
        ("豹力 白犀牛 角 一支", "白犀牛 乐队 专辑"),  # what lowers one half of a name lowers the whole of it
        ("灰鹦鹉 宝宝 手养", "玄凤 鹦鹉 宝宝 手养"),  # beside an unwatched kind its group is that kind
        ("玳瑁 色泽好 手镯", "玳瑁 色 手镯"),  # a blank may part a harmless word
        ("shahtoosh scarf, 100% real", "shahtoosh scarf"),  # what is real and made into a thing is no picture
        ("野生天麻", "天麻 2斤 包邮"),  # what is commonly grown needs the word wild
        ("走私 象牙手镯 3公斤", "警方 查获 走私 象牙手镯 3公斤"),  # a second word of news weighs too
        ("猕猴 断奶 温顺", "猕猴桃 断奶 温顺"),
        ("拒绝还价 虎骨酒 一瓶", "拒绝虎骨酒 公益"),  # who refuses to bargain sells
        ("动物园旁边 出售 穿山甲活体 两只", "动物园 穿山甲 展览"),
        (
            "看见大象。象牙手镯 出 一对",
            "看见大象。给宝宝买的鞋,一对,包邮。",
        ),  # a loose name is raised in its sentence
        ("老虎 骨 皮毛", "看见老虎。骨汤好喝,皮毛护理也好。"),
        ("serval cat, tame", "serval printed cat bed"),
        ("baby spider monkey, bottle fed", "spider monkey teether, baby"),
        ("real lynx fur coat", "lynx deodorant gift set"),
    ],
)
def test_an_offer_alerts_and_the_trap_beside_it_does_not(offer: str, trap: str) -> None:
    assert judge(offer).suspect, judge(offer).reasons
    assert not judge(trap).suspect, judge(trap).reasons


OFFERS = ("象牙手镯 老料 私聊", "real tiger fang pendant for sale dm", "real leopard skin rug for sale")


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize(
    "decoy",
    [
        "塑料 玩具",
        "仿象牙 树脂 …",
        "树脂底座",
        "faux fur coat and",
        "nice cotton dress free shipping (x10) +",
        "游戏道具,",
        "动物园门口,",
    ],
)
def test_a_word_that_speaks_of_another_thing_never_sinks_a_plain_offer(decoy: str, offer: str) -> None:
    assert judge(f"{decoy} {offer}").suspect, judge(f"{decoy} {offer}").reasons


@pytest.mark.parametrize(
    ("offer", "report"),
    [
        ("象牙手镯 老料 私聊。新闻：海关查获", "新闻：海关查获一批象牙手镯 老料 私聊"),
        ("象牙手镯 老料 私聊 拒绝象牙 保护动物", "拒绝象牙 保护动物 象牙手镯 老料 私聊"),
        ("象牙手镯 老料 转让 警方别问", "男子转让象牙手镯老料 警方查获"),
        ("象牙手镯 老料 转让，新闻看过", "老象牙手镯网上转让，警方查获"),
        ("老象牙手镯 出售，警察勿扰", "两人 出售 老象牙手镯，警察抓获"),
        ("老象牙手镯.出售，警察勿扰", "老象牙手镯出售，警察抓获"),  # a full stop begins a phrase without a blank too
        (
            "genuine tiger skin rug for sale dm. Police news.",
            "He advertised a genuine tiger skin rug for sale. Police raided his house.",
        ),
        ("charity shop find, genuine ivory bracelet for sale", "charity: genuine ivory bracelet for sale no more"),
    ],
)
def test_an_offer_is_told_from_a_report_of_one_by_where_its_sale_stands(offer: str, report: str) -> None:
    assert judge(offer).suspect, judge(offer).reasons
    assert not judge(report).suspect, judge(report).reasons


@pytest.mark.parametrize(
    ("offer", "trap"),
    [
        ("对象牙手镯感兴趣的私聊 老料", "对象牙疼 怎么办"),
        ("老虎骨头 一副 转让", "老虎骨头汤 餐馆 转让"),
        ("wolf tooth necklace, real", "wolf tooth chainring 32t"),
        ("hunter sells real tiger fang", "Monster Hunter tiger fang item guide"),
        ("象牙 老料 私聊", "我的世界 象牙 道具"),
        ("食蟹猴 奶瓶喂 宝宝 亲人", "长颈鹿 奶瓶 正品"),
        ("大象 皮毛 宝宝 正品", "大象 宝宝 正品"),
        ("rhino horn cup, old", "Rhino horn shoe? Rhino-Rack roof bars"),
        ("soft ivoryyy bangle", "soft ivoryyy dress"),
        ("real ambergris for sale dm. resin stand", "real ambergris for sale dm resin stand"),  # another clause
        ("real ambergris for sale dm, perfume", "real ambergris perfume for sale dm"),  # its own word, said elsewhere
        ("real whale tooth for sale dm, fossil", "real fossil whale tooth for sale dm"),
        ("🐯🦴 泡酒 老料 有货 加V", "🐯🦴 万圣节 贴纸"),
        ("象㸦手镯", "象棋手镯"),
        ("屖牛角 老角", "犀牛 角落 老"),
        ("盔西鸟头 鹤丁红手串", "鹤丁 手串"),
        ("paaangolin scaales", "pengolin scarves"),
        ("rinocerous horn", "rinocerous hornet"),
    ],
)
def test_a_word_of_another_trade_is_told_from_the_animal_and_its_misspelling(offer: str, trap: str) -> None:
    assert judge(offer).suspect, judge(offer).reasons
    assert not judge(trap).suspect, judge(trap).reasons


def found(word: str, text: str, kind: Kind, view: str = "plain", ambiguity: int = 1) -> Found:
    start = text.index(word)
    term = Term(term=word, language="zh", kind=kind, species="Moschus", ambiguity=ambiguity)
    return Found(term, (start, start + len(word)), view=view)


@pytest.mark.parametrize(
    ("word", "view", "alerts"),
    [
        ("麝香", "plain", True),
        ("麝香", "pinyin", False),
        ("麝香", "homophone", False),
        ("麝香仁", "homophone", False),
        ("麝香仁", "pinyin", True),
        ("毛壳麝香", "homophone", True),
    ],
)
def test_a_short_word_that_only_sounds_alike_needs_a_second_cue(word: str, view: str, alerts: bool) -> None:
    def score(text: str, *signals: str) -> float:
        anchor = found(word, text, Kind.PRODUCT, view)
        cues = [found(sale, text, Kind.SALE) for sale in ("包邮",)]
        cues += [found(signal, text, Kind.SIGNAL) for signal in signals]
        return weighed(anchor, scene(text, [anchor], cues)).score

    assert (score(f"{word} 包邮") >= SUSPECT) is alerts
    assert score(f"{word} 包邮 懂的来", "懂的来") >= SUSPECT
    assert (score(f"{word} 包邮,有人说懂的来", "懂的来") >= SUSPECT) is alerts, "the cue stands in another clause"


def test_two_short_words_that_only_sound_alike_do_not_prove_each_other() -> None:
    text = "麝香 林麝"
    anchors = [found("麝香", text, Kind.PRODUCT, "homophone"), found("林麝", text, Kind.NAME, "homophone")]
    seen = scene(text, anchors, [])
    assert {weighed(anchor, seen).score for anchor in anchors} == {0.3}
    anchors[1] = found("林麝", text, Kind.NAME)
    seen = scene(text, anchors, [])
    assert weighed(anchors[0], seen).score > 0.4


def test_weighing_costs_no_more_than_the_number_of_words() -> None:
    """Twenty thousand words in one scene: by squares this takes many minutes."""
    text = "麝香包邮玩具" * 10_000
    one, sale, toy = (found(word, text, kind) for word, kind in
                      (("麝香", Kind.PRODUCT), ("包邮", Kind.SALE), ("玩具", Kind.DEPICTION)))  # fmt: skip

    def again(each: Found) -> list[Found]:
        start, end = each.place
        return [Found(each.term, (start + step, end + step)) for step in range(0, len(text), 6)]

    began = time.process_time()
    seen = scene(text, again(one), [*again(sale), *again(toy)])
    assert len([weighed(each, seen) for each in seen.kept]) == 10_000
    assert time.process_time() - began < 30


def run(monkeypatch: pytest.MonkeyPatch, given_bytes: bytes, *words: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given_bytes)))
    return main(["match", *words])


def test_match_answers_each_line_exactly_as_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given_bytes = " 象牙手镯 老料 \r\n\n手机壳\r\r\n\u2028 虎骨".encode()
    assert run(monkeypatch, given_bytes, "--json") == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]
    assert [answer["text"] for answer in answers] == [" 象牙手镯 老料 ", "", "手机壳\r", "\u2028 虎骨"]
    assert [answer["suspect"] for answer in answers] == [True, False, False, True]
    assert list(answers[0]) == ["text", "suspect", "score", "matches", "reasons"]
    first = answers[0]["matches"][0]
    assert first == {
        "term": "象牙手镯", "species": "Elephantidae", "kind": "product", "start": 1, "end": 5, "view": "plain",
    }  # fmt: skip


def test_match_shows_a_person_one_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "虎骨酒\n手机壳\n".encode()) == 0
    suspect, other = capsys.readouterr().out.splitlines()
    assert suspect.startswith("SUSPECT ")
    assert "虎骨酒" in suspect
    assert other == "-       0.00  手机壳"


def test_bytes_that_are_not_utf8_are_named_after_the_earlier_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "虎骨酒\n".encode() + "象牙".encode("gbk") + b"\n", "--json") == UsageError.exit_code
    said = capsys.readouterr()
    assert [json.loads(line)["text"] for line in said.out.splitlines()] == ["虎骨酒"]
    assert "line 2" in said.err
    assert "UTF-8" in said.err


def test_a_line_is_answered_before_the_next_is_read() -> None:
    def lines() -> Iterator[bytes]:
        yield b"one\n"
        pytest.fail("read ahead")

    assert next(texts(lines())) == "one"


def test_match_uses_the_terms_of_the_workspace(
    workspace: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WILDFREE_WORKSPACE")
    own = workspace / "config" / "terms" / "ours.tsv"
    own.parent.mkdir(parents=True)
    own.write_text("term\tlanguage\tkind\tambiguity\n云顶骨片\tzh\tproduct\t1\n", "utf-8")
    asked = ("match", "--json")
    assert wildfree(*asked, "-w", workspace, typed="云顶骨片\n").objects[0]["suspect"] is True
    assert wildfree(*asked, typed="云顶骨片\n").objects[0]["suspect"] is False
    monkeypatch.chdir(workspace)
    assert wildfree(*asked, typed="云顶骨片\n").objects[0]["suspect"] is True, "the one that we stand in"


@pytest.mark.parametrize("words", [("match",), ("term", "list"), ("species", "象牙")])
def test_what_needs_no_workspace_says_so_when_the_one_named_is_none(
    words: tuple[str, ...], tmp_path: Path, wildfree: Wildfree
) -> None:
    assert wildfree(*words, typed="象牙\n").out
    ran = wildfree(*words, "-w", tmp_path / "tyop", typed="象牙\n")
    assert (ran.code, ran.out) == (WorkspaceError.exit_code, "")
    assert f"{tmp_path / 'tyop'}: no workspace" in ran.err
