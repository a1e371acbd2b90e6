"""`platform read` with the head of an answer; and a platform that no robot searches."""

import json
from pathlib import Path

import pytest

from tests.conftest import Wildfree

PAGES = Path(__file__).parent / "platforms"
LIVE = PAGES / "market/item-live.html"
ASKED = ("--url", "http://127.0.0.1:8765/item/10002")
ARTICLE = ("--url", "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv")


def head(folder: Path, told: object) -> Path:
    path = folder / "head.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told), "utf-8")
    return path


def test_a_page_is_read_with_its_head_in_its_encoding_and_with_the_signs_of_its_head(
    wildfree: Wildfree, tmp_path: Path
) -> None:
    title = wildfree("platform", "read", "market", LIVE, *ASKED, "--json").objects[0]["title"]
    bare = LIVE.read_text("utf-8").replace('<meta charset="utf-8">', "")
    assert title
    assert bare != LIVE.read_text("utf-8")
    other = tmp_path / "big5.html"
    other.write_bytes(bare.replace(title, "象牙手鐲").encode("big5", "ignore"))
    named = head(tmp_path, [["Server", "x"], ["Content-Type", "text/html; charset=big5"]])
    (said,) = wildfree("platform", "read", "market", other, *ASKED, "--headers", named, "--json").objects
    assert (said["condition"], said["title"]) == ("live", "象牙手鐲")
    (without,) = wildfree("platform", "read", "market", other, *ASKED, "--json").objects
    assert without["title"] != "象牙手鐲"
    wall = head(tmp_path, [["CF-Mitigated", "challenge"]])
    (said,) = wildfree("platform", "read", "market", LIVE, *ASKED, "--headers", wall, "--json").objects
    assert said["condition"] == "challenged"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("not json", "it is none"),
        ("", "it is none"),
        ({"content-type": "text/html"}, "it is none"),
        ([["a", "b"], ["c"]], "pair 2 of it is none"),
        ([["a", 1]], "pair 1 of it is none"),
        ([["a", "b", "c"]], "pair 1 of it is none"),
        (["a: b"], "pair 1 of it is none"),
    ],
)
def test_a_file_that_is_no_head_is_one_line_that_shows_what_one_is(
    told: object, words: str, wildfree: Wildfree, tmp_path: Path
) -> None:
    path = head(tmp_path, told)
    ran = wildfree("platform", "read", "market", LIVE, *ASKED, "--headers", path)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert str(path) in ran.err
    assert words in ran.err
    assert '[["Content-Type", "text/html"]' in ran.err


def test_a_head_that_is_not_there_is_one_line(wildfree: Wildfree, tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        ran = wildfree("platform", "read", "market", LIVE, *ASKED, "--headers", path)
        assert ran.code == 2
        assert str(path) in ran.err


def test_an_article_is_read_with_the_reason_that_the_platform_gives(wildfree: Wildfree) -> None:
    (said,) = wildfree("platform", "read", "weixin", PAGES / "weixin/item-removed.html", *ARTICLE, "--json").objects
    assert (said["condition"], said["cause"]) == ("gone", "platform")
    assert said["reason"].startswith("由用户投诉并经平台审核")
    (said,) = wildfree("platform", "read", "weixin", PAGES / "weixin/item-live.html", *ARTICLE, "--json").objects
    assert (said["condition"], said["reason"]) == ("live", "")


def test_a_platform_that_no_robot_searches_is_listed_so_and_refused_in_one_line_with_why(
    wildfree: Wildfree, tmp_path: Path
) -> None:
    searched = {each["name"]: each["searched"] for each in wildfree("platform", "list", "--json").objects}
    assert (searched["weixin"], searched["market"]) == (False, True)
    assert wildfree("init", tmp_path / "w", "--practice").code == 0
    for words in (
        ("sweep", "weixin", "-w", tmp_path / "w"),
        ("sweep", "weixin", "--term", "象牙", "-w", tmp_path / "w"),
        ("platform", "try", "weixin", LIVE),
    ):
        ran = wildfree(*words)
        assert (ran.code, ran.out) == (2, "")
        assert len(ran.err.splitlines()) == 1
        assert "weixin is not searched: its articles are found through" in ran.err
    assert wildfree("visit", "weixin", "-w", tmp_path / "w").code == 0
    assert wildfree("check", "weixin", "-w", tmp_path / "w").code == 0
