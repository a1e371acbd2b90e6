"""The report: what it must not claim, what it must not hide, and that a shop's words stay words."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal, get_args

import pytest

from archive import capture, erase, todo
from archive.facts import (
    Ended,
    Outcome,
    Reading,
    Snapshot,
    Stage,
)
from archive.questions.report import OPEN, away, counts, unseen
from archive.vault import Vault
from config.platform import Cause, Condition
from config.settings import Language
from desk import report, workspaces
from desk.main import main
from desk.report.rates import wilson
from tests.field import DAY, SELLER, Field, url

NOW = "2026-11-21T08:00:00Z"
HOSTILE = "</h4><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}} 象\u202e牙"
WORDS = Path(report.__file__).parent / "words"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    workspaces.make(tmp_path / "w", "practice")
    return tmp_path / "w"


@pytest.fixture
def here(workspace: Path) -> Iterator[Field]:
    with Vault.open(workspace) as vault:
        yield Field(vault)


class Page(HTMLParser):
    """The report as a reader has it: its text, its tags, what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.words = html, ""
        self.inside: list[str] = []
        self.sections: dict[str, str] = {}  # the text under each heading h3
        self.heading = ""
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = [*self.inside, tag]
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")
        if tag == "h3":
            self.heading = ""

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass
        if tag == "h3":
            self.sections.setdefault(self.heading, "")

    def handle_data(self, data: str) -> None:
        if "style" in self.inside:
            return
        self.words += data
        if "h3" in self.inside:
            self.heading += data
        elif self.heading:
            self.sections[self.heading] = self.sections.get(self.heading, "") + data


@dataclass(frozen=True)
class Told:
    """What the command said and wrote."""

    page: Page
    objects: list[dict[str, Any]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.objects if each["kind"] == kind]

    def under(self, heading: str) -> str:
        return " ".join(self.page.sections[heading].split())


def told(workspace: Path, capsys: pytest.CaptureFixture[str], *words: str, language: Language = "en") -> Told:
    argv = ["report", *words, "--json", "--now", NOW, "--language", language, "--workspace", str(workspace)]
    capsys.readouterr()
    assert main(argv) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (file,) = [each["path"] for each in objects if each["kind"] == "file"]
    return Told(Page(Path(file).read_text("utf-8")), objects)


SINCE, UNSEEN, STATES, AFTER, OTHER = (
    "Not seen since",
    "What could not be seen, and why",
    "The listings, at the last look",
    "After a letter was approved",
    "Not live any more, but not gone",
)
WALLS = sorted(set(Condition) - {Condition.LIVE, Condition.GONE, Condition.SOLD_OR_ENDED, Condition.LIMITED,
                                 Condition.SUBSTITUTED, Condition.REDIRECTED})  # fmt: skip


def test_a_gone_listing_is_listed_with_its_times_its_page_and_its_letter(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.look("7", Condition.LIVE, title="老料象牙手串")
    here.letter("WF-1", "7")
    here.step("WF-1", Stage.APPROVED)
    here.look("7", Condition.CHALLENGED, title="")
    here.look("7", Condition.GONE, cause=Cause.PLATFORM, reason="涉嫌出售野生动物制品", title="")
    here.look("7", Condition.GONE, cause=Cause.PLATFORM, reason="涉嫌出售野生动物制品", title="")
    said = told(workspace, capsys)
    (gone,) = said.of("not_seen_since")
    assert (gone["title"], gone["url"], gone["cause"], gone["letters"]) == (
        "老料象牙手串",
        url("7"),
        "platform",
        [{"number": "WF-1", "stage": "approved"}],
    )
    assert (gone["last_live"], gone["found"]) == ("2026-11-02T20:00:00+00:00", "2026-11-04T22:00:00+00:00")
    text = said.under(SINCE)
    for words in (
        "老料象牙手串",
        url("7"),
        "2026-11-02 20:00 UTC",
        "2026-11-03 04:00 +08:00",
        "2026-11-04 22:00 UTC",
    ):
        assert words in text
    assert "the platform, in its own words: 涉嫌出售野生动物制品" in text
    assert "WF-1 (approved)" in text
    assert text.startswith("老料象牙手串")
    assert "Not seen since2026-11-02 20:00 UTC" in text
    assert "removed" not in said.page.words.casefold()


@pytest.mark.parametrize("wall", WALLS)
def test_a_page_that_cannot_be_seen_after_live_is_unknown_and_never_gone(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str], wall: Condition
) -> None:
    here.look("7", Condition.LIVE)
    here.look("7", wall, title="", because="THE WALL")
    said = told(workspace, capsys)
    (market,) = said.of("platform")
    assert said.of("not_seen_since") == said.of("no_longer_live") == []
    assert (market["states"], market["unknown"]) == ({}, 1)
    assert "象牙手串 7" in said.under(UNSEEN)
    assert "THE WALL" in said.under(UNSEEN)
    assert "象牙手串 7" not in said.under(SINCE)
    assert "unknown: the page could not be seen1" in said.under(STATES)
    assert "never as gone" in said.under(STATES)


@pytest.mark.parametrize(
    "other", [Condition.SOLD_OR_ENDED, Condition.LIMITED, Condition.SUBSTITUTED, Condition.REDIRECTED]
)
def test_what_is_sold_or_elsewhere_is_not_counted_as_gone(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str], other: Condition
) -> None:
    here.look("7", Condition.LIVE)
    here.letter("WF-1", "7")
    here.step("WF-1", Stage.APPROVED)
    here.look("7", other)
    said = told(workspace, capsys)
    assert said.of("not_seen_since") == []
    assert [each["condition"] for each in said.of("no_longer_live")] == [other]
    assert said.of("platform")[0]["gone_after"] == 0
    assert "象牙手串 7" not in said.under(SINCE)
    assert "象牙手串 7" in said.under(OTHER)
    assert "read again since, 0 are not seen any more: 0 % (95 % Wilson interval 0–79 %, n = 1)" in said.under(AFTER)


def test_a_listing_that_came_back_is_live(here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here.look("7", Condition.LIVE)
    here.look("7", Condition.GONE, cause=Cause.UNKNOWN)
    here.look("7", Condition.LIVE)
    said = told(workspace, capsys)
    assert said.of("not_seen_since") == []
    assert said.of("platform")[0]["states"] == {"live": 1}


def test_a_wall_after_gone_leaves_the_listing_unknown_and_says_so_where_it_is_listed(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.look("7", Condition.LIVE)
    here.letter("WF-1", "7")
    here.step("WF-1", Stage.APPROVED)
    here.look("7", Condition.GONE, cause=Cause.UNKNOWN)
    here.look("7", Condition.WALLED)
    said = told(workspace, capsys)
    (market,) = said.of("platform")
    assert (market["states"], market["unknown"], market["reread"], market["gone_after"]) == ({}, 1, 0, 0)
    assert said.of("not_seen_since")[0]["unread_at"] == "2026-11-04T22:00:00+00:00"
    assert "A later look, at 2026-11-04 22:00 UTC, could not see the page: the listing may be back." in said.under(
        SINCE
    )
    assert "no rate is given" in said.under(AFTER)


def test_a_listing_gone_at_its_first_look_is_counted_but_no_claim_is_made_of_it(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.look("7", Condition.GONE, cause=Cause.UNKNOWN)
    said = told(workspace, capsys)
    assert said.of("platform")[0]["states"] == {"gone": 1}
    assert said.of("not_seen_since") == []
    assert "No listing that was read live has been found gone." in said.under(SINCE)


UNANSWERED = [each for each in Outcome if each not in ("hits", "confirmed_zero", "banned_term_notice")]


def test_every_search_that_saw_nothing_is_named_with_its_reason_newest_first(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.sweep()
    here.search("手镯", Outcome.HITS, _7="象牙手镯")
    here.search("空空", Outcome.CONFIRMED_ZERO, "ANSWERED")
    here.search("禁词", Outcome.BANNED_TERM_NOTICE, "ANSWERED")
    for number, outcome in enumerate(UNANSWERED):
        here.at += DAY
        here.search(f"词{number}", outcome, f"because of {outcome}")
    here.end()
    said = told(workspace, capsys)
    lost = said.of("could_not_be_seen")
    assert [each["outcome"] for each in lost] == UNANSWERED[::-1]
    text = said.under(UNSEEN)
    places = [text.index(f"because of {outcome}") for outcome in reversed(UNANSWERED)]
    assert places == sorted(places)
    assert all(f"词{number}" in text for number in range(len(UNANSWERED)))
    assert "ANSWERED" not in text
    assert "手镯" not in text
    assert "Not looked at yet: 1 listings that are suspect" in text


def test_a_sweep_that_was_turned_away_or_never_ended_is_said_to_have_seen_only_a_part(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.sweep()
    here.search("手机壳", Outcome.CHALLENGE, "a slider stands there")
    here.end(Ended.NOT_LET_IN, "the canary brought no cards")
    here.at += DAY
    here.sweep()
    said = told(workspace, capsys)
    assert [(each["what"], each["outcome"]) for each in said.of("could_not_be_seen")] == [
        ("sweep", OPEN),
        ("sweep", "not_let_in"),
        ("search", "challenge"),
    ]
    assert "the canary brought no cards" in said.under(UNSEEN)
    assert "Everything" not in said.under(UNSEEN)


def test_the_section_of_what_could_not_be_seen_stands_even_when_all_was_seen(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.sweep()
    here.search("空空", Outcome.CONFIRMED_ZERO)
    here.end()
    assert told(workspace, capsys).under(UNSEEN) == "Everything that was asked for was seen."


def test_an_empty_archive_says_that_nothing_was_looked_at_and_prints_no_zero(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(workspace, capsys)
    assert "Nothing was looked at yet." in said.page.words
    assert [each["kind"] for each in said.objects] == ["file"]
    assert not re.search(r"\b0\b", said.page.words.split("Nothing was looked at")[1])
    assert main(["report", "--workspace", str(workspace)]) == 0
    assert "Nothing was looked at yet: this is no finding of zero." in capsys.readouterr().out


def test_a_named_platform_that_was_never_looked_at_is_said_to_be_so(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.sweep("oscar")
    here.search("x", Outcome.UNREADABLE, platform="oscar")
    said = told(workspace, capsys, "market")
    assert "Nothing of this platform was looked at yet." in said.page.words
    assert "nothing can be said to have been seen" in said.under(UNSEEN)
    assert "Everything" not in said.page.words
    assert [each["platform"] for each in said.of("platform")] == ["market"]
    assert said.of("could_not_be_seen") == []


def test_a_misspelt_platform_is_an_error_and_writes_no_page(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "markt", "--workspace", str(workspace)]) == 2
    assert "market" in capsys.readouterr().err
    assert list((workspace / "reports").iterdir()) == []


@pytest.mark.parametrize("language", get_args(Language))
def test_a_shops_words_stay_words_and_nothing_is_loaded(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str], language: Language
) -> None:
    here.sweep()
    here.search(HOSTILE, Outcome.UNREADABLE, HOSTILE)
    here.look("7", Condition.LIVE, title=HOSTILE)
    here.look("7", Condition.GONE, cause=Cause.PLATFORM, because=HOSTILE, reason=HOSTILE)
    page = told(workspace, capsys, language=language).page
    assert page.words.count("<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}} 象[U+202E]牙") == 5
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on") or name == "src"]
    assert page.attributes["href"] == [url("7")]
    assert page.attributes["rel"] == ["noreferrer"]
    assert not re.search(r"@import|url\(", page.html)


def test_an_address_that_is_no_web_address_becomes_no_link(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "javascript:alert(1)"
    for condition in (Condition.LIVE, Condition.GONE):
        here.at += DAY
        snapshot = Snapshot(bad, bad, 200, here.at, {})
        task = todo.Task(todo.Kind.CHECK, f"check:{here.at}", "market", here.at, {"key": "7", "url": bad})
        capture.take(here.vault, task, bad, snapshot, Reading(condition, "said"))
    page = told(workspace, capsys).page
    assert bad in page.words
    assert "href" not in page.attributes


def test_no_seller_is_named(here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here.sweep()
    here.search("象牙", Outcome.HITS, _7="象牙手串")
    here.look("7", Condition.LIVE)
    here.look("7", Condition.GONE, cause=Cause.AUTHOR)
    said = told(workspace, capsys)
    assert len(said.of("not_seen_since")) == 1
    assert SELLER not in said.page.html + json.dumps(said.objects, ensure_ascii=False)


@pytest.mark.parametrize(
    ("language", "heading", "cause"),
    [("zh", "再未见到", "不明：页面没有说"), ("en", SINCE, "unknown: the page does not")],
)
def test_the_page_speaks_the_language_asked_for_throughout(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str], language: Language, heading: str, cause: str
) -> None:
    here.sweep()
    here.search("ivory", Outcome.FORBIDDEN, "robots")
    for key, after in (("1", Condition.GONE), ("2", Condition.SOLD_OR_ENDED), ("3", Condition.WALLED)):
        here.look(key, Condition.LIVE, title=f"ivory {key}")
        here.letter(f"WF-{key}", key)
        here.step(f"WF-{key}", Stage.APPROVED)
        here.look(key, after, title="", because="HTTP 404")
    said = told(workspace, capsys, language=language)
    assert cause in said.under(heading)
    assert "演练 PRACTICE" in said.page.words
    other = tomllib.loads((WORDS / f"{'en' if language == 'zh' else 'zh'}.toml").read_text("utf-8"))
    assert [words for words in leaves(other) if len(words) > 9 and words in said.page.words] == [other["practice"]][
        :0
    ]


def leaves(words: dict[str, Any]) -> list[str]:
    return [leaf for value in words.values() for leaf in (leaves(value) if isinstance(value, dict) else [str(value)])]


def test_both_languages_have_the_same_words_and_one_for_every_word_of_the_archive() -> None:
    zh, en = (tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8")) for language in get_args(Language))
    assert keys(zh) == keys(en)
    assert set(en["conditions"]) == set(Condition)
    assert set(en["causes"]) == set(Cause)
    assert set(en["stages"]) == set(Stage)
    assert set(en["outcomes"]) == {*Outcome, *Ended, OPEN} - {"complete"}


def keys(words: dict[str, Any]) -> dict[str, Any]:
    """The keys with the gaps to fill, in which two languages must agree."""
    return {
        key: keys(value) if isinstance(value, dict) else len(re.findall(r"{\d?}", value))
        for key, value in words.items()
    }


@pytest.mark.parametrize(("kind", "marked"), [("practice", True), ("real", False)])
def test_only_a_practice_page_bears_the_mark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: Literal["practice", "real"], marked: bool
) -> None:
    workspaces.make(tmp_path, kind)
    assert main(["report", "--json", "--workspace", str(tmp_path)]) == 0
    (file,) = (tmp_path / "reports").iterdir()
    assert ("PRACTICE" in file.read_text("utf-8")) is marked


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),  # Newcombe 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_of_the_literature(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=0.00006)
    assert wilson(n - hits, n) == pytest.approx((1 - high, 1 - low), abs=0.00006)
    assert wilson(0, 0) is None


def test_the_rate_counts_what_was_read_after_the_letter_and_names_the_rest(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in "1234":
        here.look(key, Condition.LIVE)
    for number in ("WF-1", "WF-1-EN"):
        here.letter(number, *"1234")
        here.step(number, Stage.APPROVED)
    here.look("1", Condition.GONE, cause=Cause.UNKNOWN)
    here.look("2", Condition.LIVE)
    here.look("3", Condition.UNREACHABLE)
    said = told(workspace, capsys)
    (market,) = said.of("platform")
    assert (market["letters"], market["demanded"], market["reread"], market["gone_after"]) == (2, 4, 2, 1)
    assert "Of 2 listings" in said.under(AFTER)
    assert "50 % (95 % Wilson interval 9–91 %, n = 2)" in said.under(AFTER)
    assert "2 further listings named in an approved letter were not looked at since" in said.under(AFTER)


@pytest.mark.parametrize(
    ("steps", "stage"),
    [([], "draft"), ([Stage.WITHDRAWN], "withdrawn"), ([Stage.APPROVED, Stage.WITHDRAWN], "withdrawn")],
)
def test_a_letter_that_nobody_stands_behind_is_credited_with_nothing_and_marked_where_it_is_named(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str], steps: list[Stage], stage: str
) -> None:
    here.look("7", Condition.LIVE)
    here.letter("WF-1", "7")
    for step in steps:
        here.step("WF-1", step)
    here.look("7", Condition.GONE, cause=Cause.UNKNOWN)
    said = told(workspace, capsys)
    (market,) = said.of("platform")
    assert (market["letters"], market["demanded"], market["reread"], market["gone_after"]) == (0, 0, 0, 0)
    assert said.under(AFTER) == "No approved letter names a listing."
    assert said.of("not_seen_since")[0]["letters"] == [{"number": "WF-1", "stage": stage}]
    assert f"WF-1 ({stage})" in said.under(SINCE)


def test_what_counts_is_the_look_after_the_approval_of_the_first_letter_that_still_stands(here: Field) -> None:
    for key in "12":
        here.look(key, Condition.LIVE)
    here.letter("WF-1", "1", "2")
    here.look("1", Condition.LIVE)
    here.step("WF-1", Stage.APPROVED)
    (market,) = counts(here.vault)
    assert (market.letters, market.demanded, market.reread) == (1, 2, 0), "it was looked at before the approval"
    here.look("1", Condition.GONE, cause=Cause.UNKNOWN)
    here.letter("WF-2", "1")
    here.step("WF-2", Stage.APPROVED)
    (market,) = counts(here.vault)
    assert (market.letters, market.demanded, market.reread, market.gone_after) == (2, 2, 1, 1)
    here.step("WF-1", Stage.WITHDRAWN)
    (market,) = counts(here.vault)
    assert (market.letters, market.demanded, market.reread, market.gone_after) == (1, 1, 0, 0)


def test_what_a_platform_refused_to_search_is_said_and_not_called_seen(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.sweep()
    here.search("空空", Outcome.CONFIRMED_ZERO)
    for term in ("象牙", "虎骨"):
        here.search(term, Outcome.BANNED_TERM_NOTICE)
    here.end()
    text = told(workspace, capsys).under(UNSEEN)
    assert text.startswith("2 searches were refused by the platform itself")
    assert "wildfree report blocklist" in text
    assert "was seen" not in text
    assert main(["report", "--workspace", str(workspace)]) == 0
    out = capsys.readouterr().out
    assert "2 searches were refused by the platform itself. See: wildfree report blocklist" in out
    assert "Everything" not in out


def test_a_listing_that_somebody_brought_waits_until_it_was_looked_at(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.sweep()
    here.search("空空", Outcome.CONFIRMED_ZERO, _9="象牙手镯")
    here.end()
    for key in "789":
        here.tip(key)
    here.look("8", Condition.LIVE)
    erase.tip(here.vault, here.tip("6"), why="asked for", by="tester", now=here.at)
    said = told(workspace, capsys)
    (market,) = said.of("platform")
    assert (market["suspects"], market["waiting"]) == (1, 2), "7, which was brought, and 9, brought and found"
    waits = "Not looked at yet: 2 listings that are suspect or that people brought."
    assert waits in said.under(UNSEEN)
    assert main(["report", "--workspace", str(workspace)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert waits in out
    assert "Everything" not in out


def test_counts_tell_cards_from_listings_and_kept_looks_from_lost_ones(here: Field) -> None:
    here.sweep()
    here.search("象牙", Outcome.HITS, _1="a", _2="b")
    here.search("虎骨", Outcome.HITS, _2="b", _3="c")
    here.look("1", Condition.LIVE)
    here.look("1", Condition.UNREACHABLE)
    (market,) = counts(here.vault)
    assert (market.sightings, market.listings, market.suspects, market.waiting) == (4, 3, 3, 2)
    assert (market.looks, market.captures, market.queries) == (2, 1, {"hits": 2})
    assert [each.what for each in unseen(here.vault, ["market"])] == ["listing", "sweep"]
    assert away(here.vault) == []
    assert unseen(here.vault, ["oscar"]) == []


def test_an_earlier_report_is_never_written_over(workspace: Path) -> None:
    for _ in range(3):
        assert main(["report", "--json", "--now", NOW, "--workspace", str(workspace)]) == 0
    assert len(list((workspace / "reports").glob("report-20261121T0800*.html"))) == 3


def test_the_tables_show_what_went_away_and_what_could_not_be_seen(
    here: Field, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.sweep()
    here.search("虎骨", Outcome.LOGIN_WALL, "log in first")
    here.look("7", Condition.LIVE, title="[red]象牙[/red]")
    here.look("7", Condition.GONE, cause=Cause.UNKNOWN)
    here.look("8", Condition.LIVE, title="still there")
    assert main(["report", "market", "--workspace", str(workspace)]) == 0
    out = capsys.readouterr().out
    assert "[red]象牙[/red]" in out
    assert "login_wall" in out
    assert "still there" not in out
    assert next((workspace / "reports").iterdir()).name in out
