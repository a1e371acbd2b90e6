"""The folded form: what looks or reads alike is alike, what differs stays apart, and every place is known."""

import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import cache
from config.fold import fold, folded
from config.folding import table as folding

ANY = st.text(st.characters(exclude_categories=()), max_size=60)  # halves of surrogate pairs too


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＩＶＯＲＹ ⓘⓥⓞⓡⓨ 𝐢𝓿𝔬𝚛𝗒 🅸🆅🅾🆁🆈 ΙVОRУ ívörý", "ivory ivory ivory ivory ivory ivory"),
        ("象\u200b牙 象\ufe0f牙 象\u0336牙 象\u00ad牙", "象牙 象牙 象牙 象牙"),
        ("龜鱗鶴頂紅 髮簪 玳瑁 鼈甲 亀", "龟鳞鹤顶红 发簪 玳瑁 鳖甲 龟"),
        ("ß ﬁ ㎝ İ ı Å", "ss fi cm i i a"),
        ("e\u0301 か\u3099 ｶﾞ 각 \u1100\u1161\u11a8 и\u0306", "e が ガ 각 각 й"),
        ("o\u0302\u0309 ổ Ổ", "ổ ổ ổ"),
        ("Tiger’s", "tiger's"),
    ],
)
def test_what_is_written_alike_is_folded_alike(written: str, read: str) -> None:
    assert folded(written) == read


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("cao hổ", "cao ho"),
        ("mật gấu", "mat gau"),
        ("が", "か"),
        ("й", "и"),
        ("เสือ", "เสอ"),
        ("हाथी", "हथ"),
        ("象", "像"),
    ],
)
def test_what_means_other_things_stays_apart(one: str, two: str) -> None:
    assert folded(one) != folded(two)


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_every_folded_character_knows_its_place(text: str) -> None:
    read = fold(text)
    spans = [read.span(at, at + 1) for at in range(len(read.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert folded(read.text) == read.text
    for at, (start, end) in enumerate(spans):
        assert read.text[at] in folded(text[start:end])


def test_every_code_point_is_folded_once_and_for_all() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}:
            once = fold(chr(code)).text
            assert fold(once).text == once
            if code < 0x80:
                assert folded(f"A{chr(code)}b") == fold(f"A{chr(code)}b").text


@pytest.mark.parametrize(
    "harm", [lambda held: held[:-9], lambda held: held[:99] + b"\xff" + held[100:], lambda held: b""]
)
def test_a_damaged_or_stale_table_is_made_again(harm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folding.table.cache_clear()
    whole = folding.table()
    (kept,) = (tmp_path / "wildfree").iterdir()
    good = kept.read_bytes()
    kept.write_bytes(harm(good))
    folding.table.cache_clear()
    assert np.array_equal(folding.table().codes, whole.codes)
    assert kept.read_bytes() == good
    monkeypatch.setattr(folding, "FORMAT", b"another")
    folding.table.cache_clear()
    assert np.array_equal(folding.table().codes, whole.codes)
    assert kept.read_bytes() != good
    monkeypatch.undo()
    folding.table.cache_clear()


def test_nothing_is_kept_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.keep("x", bytes(32), b"content")
    assert cache.kept("x", bytes(32)) is None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.keep("x", bytes(32), b"content")
    assert bytes(cache.kept("x", bytes(32)) or b"") == b"content"
    assert cache.kept("x", b"\1" * 32) is None
