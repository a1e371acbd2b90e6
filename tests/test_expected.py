"""A search that brings far fewer or more cards than usual says so; its figure is no result until a person looks."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy
import pytest

from archive import intake
from archive.facts import How, Judged, Lead, Outcome, Round, Searched
from archive.questions.expected import ENOUGH, LATEST, Odd, bounds, odd, within
from archive.rows import sweep
from archive.vault import Vault
from config.errors import ConfigError
from config.expect import Expect, Span
from desk.expecting import in_words
from tests.conftest import Wildfree
from tests.site import Answer, Site, describe, opened

NOW = datetime.now(UTC)
FREE = Span()
NOTHING = Judged("", suspect=False, score=0.0)


@pytest.mark.parametrize("mean", [0.2, 1, 3, 5, 8, 12, 20, 40, 200])
@pytest.mark.parametrize("count", [ENOUGH, LATEST])
def test_poisson_counts_warn_falsely_twice_in_ten_thousand_at_most(mean: float, count: int) -> None:
    times = 20_000
    luck = numpy.random.default_rng(7)
    before, now = luck.poisson(mean, (times, count)).tolist(), luck.poisson(mean, times).tolist()
    false = sum(not within(cards, bounds(counts, FREE)) for counts, cards in zip(before, now, strict=True))
    assert false <= 4 + 8, "4 are to be expected at that rate; 12 come once in a thousand times"


@pytest.mark.parametrize("usual", [9, 20, 40, 100])
def test_zero_a_quarter_and_threefold_of_what_is_usual_are_far(usual: int) -> None:
    near = bounds([usual] * ENOUGH, FREE)
    assert not within(0, near)
    assert within(usual, near)
    if usual >= 20:
        assert not within(usual // 5, near)
        assert not within(usual * 3, near)


def test_where_few_are_usual_a_zero_is_nothing_strange() -> None:
    assert within(0, bounds([3, 0, 2, 5, 1, 2], FREE))
    assert within(0, bounds([0] * LATEST, FREE))
    assert not within(40, bounds([0] * LATEST, FREE))


def test_of_fewer_than_five_nothing_is_usual() -> None:
    assert bounds([40] * (ENOUGH - 1), FREE) == FREE


def test_a_search_that_varies_much_is_far_only_when_it_is_farther_than_it_ever_was() -> None:
    wild = [4, 60, 15, 31, 8, 44, 12]
    assert within(2, bounds(wild, FREE))
    assert not within(2, bounds([24, 26, 25, 23, 25, 27, 24], FREE))


@pytest.mark.parametrize("usual", [5, 40])
@pytest.mark.parametrize("told", [Span(least=50), Span(least=200), Span(most=10), Span(most=1), Span(most=0)])
def test_what_the_file_says_stands_whatever_the_history_is(usual: int, told: Span) -> None:
    near = bounds([usual] * 7, told)
    assert told.least in (None, near.least)
    assert told.most in (None, near.most)
    assert within(told.least if told.least is not None else told.most or 0, near), "as the person expects it"


# What is asked of an archive


def asked(
    vault: Vault, counts: Iterable[int | Outcome], term: str = "ivory", how: How = How.ROBOT, page: int = 1
) -> int:
    """A sweep for each of COUNTS, which its search brought (or how it ended otherwise); answers the last one's id."""
    number = 0
    for count in counts:
        number = intake.take(vault, sweep.begun(Round("stall", how, "tester", NOW, "test", "0" * 64), []))
        cards = range(count if isinstance(count, int) else 0)
        found = tuple((Lead("stall", str(n), f"http://x/item/{n}", "t", term, n + 1), NOTHING) for n in cards)
        outcome = count if isinstance(count, Outcome) else Outcome.HITS if count else Outcome.CONFIRMED_ZERO
        this = Searched(number, term, page, "http://x", outcome, "", NOW, found)
        intake.take(vault, sweep.searched(this, None, False))
    return number


@pytest.fixture
def vault(workspace: Path) -> Iterator[Vault]:
    with Vault.open(workspace) as vault:
        yield vault


def strange(vault: Vault, expect: Expect | None = None) -> list[Odd]:
    return odd(vault, {"stall": expect or Expect()})


def test_a_zero_where_forty_are_usual_is_far_and_its_row_stays_as_it_is(vault: Vault) -> None:
    last = asked(vault, [38, 41, 40, 44, 36, 0])
    (found,) = strange(vault)
    assert (found.sweep, found.term, found.cards, found.fewer) == (last, "ivory", 0, True)
    assert (found.usual, found.of) == (40, 5)
    assert "far fewer than usual: 0 cards for 'ivory' on stall, not 17 to 80 (usually 40, by 5 searches before)" in (
        in_words(found)
    )
    assert in_words(found).endswith(": look yourself")
    assert odd(vault, {"other": Expect()}) == odd(vault, {}) == []


def test_only_answers_that_say_how_many_count_and_only_the_robots_and_only_first_pages(vault: Vault) -> None:
    asked(vault, [40] * 4)
    asked(vault, [Outcome.UNREADABLE, Outcome.BANNED_TERM_NOTICE, Outcome.LOGIN_WALL, Outcome.FAILED])
    asked(vault, [40] * 3, how=How.ATTENDED)
    asked(vault, [40] * 3, page=2)
    asked(vault, [40] * 3, term="tiger")
    asked(vault, [0])
    assert strange(vault) == [], "four searches make nothing usual"
    asked(vault, [0])
    (found,) = strange(vault)
    assert (found.of, found.usual) == (5, 40)
    asked(vault, [Outcome.UNREADABLE], page=1)
    assert len(strange(vault)) == 1, "what could not be read has no figure to doubt"


def test_each_answer_is_held_against_those_before_it_and_a_new_level_becomes_usual(vault: Vault) -> None:
    asked(vault, [40] * 6 + [3] * 12)
    found = strange(vault)
    assert {each.cards for each in found} == {3}
    assert 3 <= len(found) <= 9, "it is said again and again, until most of the latest dozen are so"
    asked(vault, [3])
    assert strange(vault) == found


def test_the_file_comes_first_and_a_terms_own_numbers_before_those_of_all(vault: Vault) -> None:
    asked(vault, [7])
    asked(vault, [7], term="tiger")
    expect = Expect(least=10, most=60, terms={"tiger": Span(most=6)})
    few, many = strange(vault, expect)
    assert (few.term, few.least, few.most, few.usual, few.fewer) == ("ivory", 10, 60, None, True)
    assert (many.term, many.least, many.most, many.fewer) == ("tiger", None, 6, False)
    assert "not 10 to 60 (as its file expects)" in in_words(few)
    assert "far more than usual: 7 cards for 'tiger' on stall, not at most 6" in in_words(many)
    asked(vault, [40] * 6 + [0], term="rhino")
    assert strange(vault, Expect(least=0)) == [], "a person who knows the site says that a zero is nothing strange"


@pytest.mark.parametrize(
    ("told", "now", "why"),
    [
        (Expect(least=35), 30, "not 35 to 80 (as its file expects)"),
        (Expect(least=35), 200, "not 35 to 80 (usually 40, by 6 searches before)"),
        (Expect(most=50), 60, "not 17 to 50 (as its file expects)"),
        (Expect(most=50), 3, "not 17 to 50 (usually 40, by 6 searches before)"),
    ],
)
def test_who_objects_is_told_where_the_file_knows_one_side_alone(
    vault: Vault, told: Expect, now: int, why: str
) -> None:
    asked(vault, [40] * 6 + [now])
    (found,) = strange(vault, told)
    assert why in in_words(found)


@pytest.mark.parametrize(
    ("told", "why"), [("least = 9\nmost = 3", "least = 9 is more than most = 3"), ("leats = 3", "'leats'")]
)
def test_an_expectation_that_cannot_be_is_refused_in_one_line(
    workspace: Path, wildfree: Wildfree, told: str, why: str
) -> None:
    with opened() as site:
        describe(workspace, site.base, delay=0.0)
        expecting(workspace, told)
        ran = wildfree("sweep", "stall", "--term", "ivory")
    assert ran.code == ConfigError.exit_code
    assert why in ran.err
    assert len(ran.err.splitlines()) == 1


# What the commands say


@pytest.mark.parametrize(
    ("told", "usual", "why"),
    [("least = 50", 5, "not at least 50 (as its file"), ("most = 10", 40, "not at most 10 (as its file")],
)
def test_an_expectation_against_a_platforms_own_history_is_no_fault_of_the_report(
    vault: Vault, workspace: Path, wildfree: Wildfree, told: str, usual: int, why: str
) -> None:
    asked(vault, [usual] * 7)
    describe(workspace, "http://127.0.0.1:9", delay=0.0)
    expecting(workspace, told)
    ran = wildfree("report", "--json")
    assert ran.code == 0, ran.err
    warned = [each["warning"] for each in ran.objects if each["kind"] == "far_from_usual"]
    assert len(warned) == 7
    assert all(why in each for each in warned)


def expecting(workspace: Path, told: str) -> None:
    file = workspace / "config" / "platforms" / "stall.toml"
    text = file.read_text("utf-8").partition("[search.expect]")[0]
    file.write_text(f"{text}\n[search.expect]\n{told}\n", "utf-8")


def cards(site: Site, count: int) -> None:
    """Let every search of the stall show COUNT cards."""
    each = "".join(f'<li class="card"><a href="/item/{n}">thing {n}</a></li>' for n in range(count))
    site.answers["/search"] = Answer(f"<html><body><ul>{each}</ul></body></html>")


def test_a_sweep_far_from_usual_warns_in_table_json_and_report_and_its_figure_does_not_stand_alone(
    workspace: Path, wildfree: Wildfree
) -> None:
    words = ("sweep", "stall", "--term", "ivory")
    with opened() as site:
        describe(workspace, site.base, delay=0.0)
        site.robots("User-agent: *\nAllow: /\n")
        cards(site, 40)
        for _ in range(ENOUGH):
            ran = wildfree(*words)
            assert ran.code == 0
            assert "usual" not in ran.out
        cards(site, 3)
        ran = wildfree(*words)
        assert (ran.code, ran.out.count("3 (far fewer)")) == (0, 2), "the canary and the term"
        warned = [line for line in ran.out.splitlines() if line.startswith("far fewer than usual: 3 cards for ")]
        assert len(warned) == 2
        assert all(line.endswith(": look yourself") for line in warned)
        told = wildfree(*words, "--json").objects
    assert [each["cards"] for each in told] == [3, 3]
    assert [each["outcome"] for each in told] == ["hits", "hits"], "evidence stays what it is"
    assert all(each["warning"].startswith("far fewer than usual: 3 cards") for each in told)
    report = wildfree("report", "--language", "en")
    assert "far fewer than usual: 3 cards for 'ivory' on stall" in report.out
    lines = wildfree("report", "--json").objects
    found = [each for each in lines if each["kind"] == "far_from_usual"]
    assert [each["cards"] for each in found] == [3] * 4
    assert all(each["warning"] for each in found)
    html = Path(report.out.rpartition("The report: ")[2].strip()).read_text("utf-8")
    assert "Far from usual: look yourself" in html
    assert "not 17 to 80" in html
    assert html.count("far fewer than usual") == 4


def test_a_report_on_a_platform_whose_file_is_gone_still_doubts_by_the_history(
    vault: Vault, workspace: Path, wildfree: Wildfree
) -> None:
    asked(vault, [40] * 5 + [0])
    lines = wildfree("report", "--json").objects
    (found,) = [each for each in lines if each["kind"] == "far_from_usual"]
    assert (found["platform"], found["cards"], found["least"], found["most"]) == ("stall", 0, 17, 80)
    (market,) = [each for each in lines if each["kind"] == "platform"]
    assert market["queries"] == {"hits": 5, "confirmed_zero": 1}
