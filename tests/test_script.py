"""A zero is believed only in a script in which the site's search has been seen to find something."""

import pytest

from crawler.script import Proven, scripts, wanted


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("象牙", {"CJK"}),
        ("ivory", {"LATIN"}),
        ("ｉｖｏｒｙ", {"LATIN"}),
        ("虎骨 wine", {"CJK", "LATIN"}),
        ("слоновая", {"CYRILLIC"}),
        ("🐘 12", set()),
        ("", set()),
    ],
)
def test_a_text_has_the_scripts_of_its_letters(text: str, found: set[str]) -> None:
    assert scripts(text) == found


def test_a_canary_is_asked_for_each_script_that_is_searched_and_for_no_other() -> None:
    canaries = ("手机壳", "phone case", "чехол")
    assert wanted(canaries, ["象牙", "虎骨"]) == ["手机壳"]
    assert wanted(canaries, ["象牙", "ivory"]) == ["手机壳", "phone case"]
    assert wanted(canaries, ["бивень"]) == ["手机壳", "чехол"]


def test_nothing_is_believed_before_something_was_found() -> None:
    proven = Proven()
    assert not proven.believes("象牙")
    proven.hit("手机壳", ["透明手机壳 防摔"])
    assert proven.believes("象牙")
    assert not proven.believes("象牙 ivory")
    proven.hit("phone", ["Phone case"])
    assert proven.believes("象牙 ivory")


def test_a_search_for_whole_words_proves_nothing_where_words_are_not_parted() -> None:
    proven = Proven()
    proven.hit("犀角杯", ["犀角杯", "犀角杯 老料"])
    assert not proven.believes("穿山甲"), "it may have found 犀角杯 as one word between spaces"
