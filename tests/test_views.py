"""Every way in which a word may be disguised is seen through, for every Chinese term we have; and little else is."""

import random
from collections import defaultdict
from collections.abc import Iterable

import opencc
import pytest
from pypinyin import lazy_pinyin

from archive.facts import Judged
from config.fold import folded
from config.species import species
from config.term import Kind, terms
from crawler.match import Matcher

MATCHER = Matcher(terms(), species())
KINDS = {Kind.NAME, Kind.PRODUCT, Kind.CODE, Kind.EVASION, Kind.TOOL}
ZH = [term.term for term in terms() if term.language == "zh" and term.kind in KINDS]
HAN = [term for term in ZH if all("\u3400" <= letter <= "\u9fff" for letter in term)]
LONG = [term for term in HAN if len(term) >= 3]
NEUTRAL = [("今天收拾屋子，找到", "和一本旧书。"), ("这个", "放在桌上"), ("他说：", "！"), ("2024年", "三号仓")]
PARTING = [*". \u200b*·_/|,\ufe0f", "🔥", "🐘", "、", "--", " . ", "~~", "★", "\u3000", "🙂🙂", "\u00ad", "，", "\t"]
ALIKE = str.maketrans("aceopxyi", "асеорхуі")  # Cyrillic
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def judge(text: str) -> Judged:
    return MATCHER.judge(text)


def missed(forms: Iterable[tuple[str, str]], view: str = "") -> list[tuple[str, str]]:
    """The terms whose disguised form is not found, as a whole, in every neutral text around it."""
    lost = []
    for term, form in forms:
        lines = [before + form + after for before, after in NEUTRAL]
        found = judge("\n".join(lines)).matches
        spans = {(match.start, match.end) for match in found if not view or match.view == view}
        begin = 0
        for (before, _), line in zip(NEUTRAL, lines, strict=True):
            at = begin + len(before)
            if not any(begin <= start <= at + 1 and at + len(form) <= end for start, end in spans):
                lost.append((term, line))
            begin += len(line) + 1
    return lost


def test_every_term_is_found_as_it_is() -> None:
    assert len(ZH) > 250
    assert missed((term, term) for term in ZH) == []


@pytest.mark.parametrize("mark", PARTING, ids=ascii)
def test_every_term_is_found_with_marks_between_its_characters(mark: str) -> None:
    plain = [term for term in ZH if mark < "\U0001f000" or max(term) < "\U0001f000"]
    assert missed((term, mark.join(term.replace(" ", ""))) for term in plain) == []


@pytest.mark.parametrize("script", ["s2t", "s2tw", "s2hk"])
def test_every_term_is_found_in_traditional_characters(script: str) -> None:
    convert = opencc.OpenCC(script).convert
    forms = [(term, convert(term)) for term in HAN] + [(term, "".join(map(convert, term))) for term in HAN]
    assert sum(term != form for term, form in forms) > 150
    assert missed(forms) == []


@pytest.mark.parametrize("change", [WIDE, ALIKE], ids=["full width", "look-alike letters"])
def test_every_term_with_letters_is_found_in_others_that_look_alike(change: dict[int, int]) -> None:
    forms = [(term, term.translate(change)) for term in ZH if term.translate(change) != term]
    assert len(forms) > 10
    assert missed(forms) == []


@pytest.mark.parametrize("between", ["", " "], ids=["joined", "spaced"])
def test_every_term_is_found_in_pinyin(between: str) -> None:
    assert missed((term, between.join(lazy_pinyin(term))) for term in HAN) == []


def test_every_term_is_found_half_in_pinyin() -> None:
    forms = []
    for term in HAN:
        syllables = lazy_pinyin(term)
        forms += [(term, term[:-1] + syllables[-1]), (term, syllables[0] + term[1:])] if len(term) <= 4 else []
    assert len(forms) > 400
    assert missed(forms) == []


def same_sound() -> dict[str, list[str]]:
    """Everyday characters by how they sound."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in range(0xB0, 0xD8):  # the first level of GB 2312: 3,755 everyday characters
        for cell in range(0xA1, 0xFF):
            letter = bytes((row, cell)).decode("gb2312", "ignore")
            if letter and folded(letter) == letter:  # 乾 folds to 干, and sounds otherwise
                found[lazy_pinyin(letter)[0]].append(letter)
    return found


SOUND = same_sound()


def by_sound(word: str, luck: random.Random) -> str:
    """WORD with every character replaced by another of the same sound, where there is one."""
    return "".join(
        luck.choice([c for c in SOUND[way] if c != was] or [was])
        for was, way in zip(word, lazy_pinyin(word), strict=True)
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_term_of_three_and_more_is_found_by_its_sound(seed: int) -> None:
    luck = random.Random(seed)
    assert len(LONG) > 120
    assert missed((term, by_sound(term, luck)) for term in LONG) == []
