"""What reads away is believed only between two pages that read live, and a bare 404 only if it is the site's own."""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.facts import Snapshot
from archive.todo import Kind, Task
from config.platform import Cause, Condition, Platform, Sign, platform
from crawler.control import MOST_HELD, Control, Look, alike, made_up
from crawler.page import reading
from crawler.signs import Page

Answer = TypeVar("Answer")
BASE = "http://forum.example"
SITE = platform("spirit", base=BASE)
OSCAR = platform("oscar", base=BASE)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
LIVE = '<div class="layout__article"><h1 class="headline">Bangle</h1><div class="comments_list"></div></div>'
MISSING = "<title>404</title><h1>Error 404</h1>"
LOGIN = '<div class="layout__article"><div class="login"><form><input id="id_password"></form></div></div>'
CARDS = (
    '<h1 class="headline">Results</h1><div class="layout__topics"><div class="layout__topics__topic">'
    '<a class="topic__link" href="/topic/901/x/">Phone case</a></div></div>'
)
NEVER = SITE.url_of(made_up("1"))
SEARCH = SITE.search_url(SITE.search.canary, 1)


def run(what: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(what)


class Web:
    """Pages by address; each may be a row of answers, of which the last stays."""

    def __init__(self) -> None:
        self.pages: dict[str, list[tuple[int, str] | str]] = {NEVER: [(404, MISSING)]}
        self.asked: list[str] = []

    def put(self, address: str, *answers: tuple[int, str] | str) -> "Web":
        self.pages[address] = list(answers)
        return self

    async def ask(self, address: str, _: Iterable[str]) -> Page | str:
        self.asked.append(address)
        row = self.pages.get(address, ["the host is dead"])
        answer = row.pop(0) if len(row) > 1 else row[0]
        return answer if isinstance(answer, str) else Page(address, address, *answer)


def look(key: int, status: int = 200, html: str = LIVE, final: str = "") -> Look:
    url = SITE.url_of(str(key))
    page = Page(url, final or url, status, html)
    task = Task(Kind.CHECK, f"check:{key}", "spirit", NOW, {"key": str(key), "url": url})
    return Look(task, Snapshot(url, url, status, NOW, {"tool": "x"}), reading(SITE, page), page)


def gone(key: int, html: str = MISSING) -> Look:
    found = look(key, 404, html)
    assert found.said.condition is Condition.GONE
    return found


def told(looks: Iterable[Look]) -> list[tuple[str, str]]:
    return [(each.task.detail["key"], str(each.said.condition)) for each in looks]


def test_between_two_that_read_live_a_missing_one_is_gone_and_says_what_bears_it_out() -> None:
    web = Web()
    control = Control(SITE, web.ask)
    assert told(run(control.weigh(look(1)))) == [("1", "live")]
    assert run(control.weigh(gone(2))) == []
    assert control.held == {"check:2"}
    kept = run(control.weigh(look(3)))
    assert told(kept) == [("2", "gone"), ("3", "live")]
    assert control.held == frozenset()
    assert kept[0].snapshot.environment["control"] == f"{SITE.url_of('3')} read live before and after"
    assert web.asked == [NEVER], "nothing else needs to be asked"


def test_what_was_missing_before_anything_read_live_is_to_be_looked_at_again() -> None:
    control = Control(SITE, Web().ask)
    assert run(control.weigh(gone(1))) == []
    assert told(run(control.weigh(look(2)))) == [("2", "live")]
    assert control.held == frozenset(), "its task is due as it was"
    assert control.failed == ""


def test_the_canary_can_bear_out_what_no_listing_can() -> None:
    web = Web().put(SEARCH, (200, CARDS)).put(SITE.url_of("901"), (200, LIVE))
    control = Control(SITE, web.ask)
    assert run(control.weigh(gone(1))) == []
    assert control.held == frozenset(), "it came before the canary was seen"
    assert run(control.weigh(gone(1))) == []
    assert control.held == {"check:1"}
    assert told(run(control.settled())) == [("1", "gone")]


def test_at_the_end_the_page_that_read_live_is_asked_once_more() -> None:
    web = Web().put(SITE.url_of("3"), (200, LIVE))
    control = Control(SITE, web.ask)
    run(control.weigh(look(1)))
    run(control.weigh(look(3)))
    run(control.weigh(gone(2)))
    assert told(run(control.settled())) == [("2", "gone")]
    assert SITE.url_of("3") in web.asked


def test_one_page_that_a_store_of_copies_may_answer_for_makes_nothing_gone() -> None:
    web = Web().put(SITE.url_of("1"), (200, LIVE)).put(SEARCH, (200, LOGIN))
    control = Control(SITE, web.ask)
    run(control.weigh(look(1)))
    for key in range(2, 9):
        run(control.weigh(gone(key)))
    assert {condition for _, condition in told(run(control.settled()))} == {"unreadable"}


@pytest.mark.parametrize("after", [(404, MISSING), (200, LOGIN), (200, "<h1>what?</h1>"), (503, ""), "no answer"])
def test_where_it_reads_live_no_more_nothing_is_gone(after: tuple[int, str] | str) -> None:
    control = Control(SITE, Web().put(SITE.url_of("1"), after).ask)
    run(control.weigh(look(1)))
    run(control.weigh(gone(2)))
    kept = run(control.settled())
    assert told(kept) == [("2", "unreadable")]
    assert kept[0].said.cause is None
    assert kept[0].said.because.startswith("gone by HTTP 404, which is not believed: ")
    assert control.failed


def test_a_page_that_was_live_and_is_now_gone_itself_leaves_it_to_the_canary() -> None:
    web = Web().put(SITE.url_of("1"), (404, MISSING)).put(SEARCH, (200, CARDS)).put(SITE.url_of("901"), (200, LIVE))
    control = Control(SITE, web.ask)
    run(control.weigh(look(1)))
    run(control.weigh(gone(2)))
    assert told(run(control.settled())) == [("2", "gone")]
    assert control.failed == ""


def test_with_nothing_live_the_search_is_tried_once_and_the_robot_leaves_after_ten() -> None:
    web = Web().put(SEARCH, (404, MISSING))
    control = Control(SITE, web.ask)
    kept = [each for key in range(1, MOST_HELD + 1) for each in run(control.weigh(gone(key)))]
    assert told(kept) == [(str(key), "unreadable") for key in range(1, MOST_HELD + 1)]
    assert control.failed
    assert web.asked == [SEARCH, SEARCH]


def test_a_listing_that_was_live_the_last_time_can_bear_out_what_the_search_does_not_show() -> None:
    known = [SITE.url_of(str(key)) for key in (1, 7, 8)]
    web = Web().put(known[1], (404, MISSING)).put(known[2], (200, LIVE))
    control = Control(SITE, web.ask, known)
    run(control.weigh(gone(1)))
    assert web.asked == [SEARCH, known[1], known[2]], "what just read away is not asked again"
    run(control.weigh(gone(1)))
    assert told(run(control.settled())) == [("1", "gone")]


@pytest.mark.parametrize("status", [429, 200])
def test_a_control_that_is_refused_ends_the_run_at_once(status: int) -> None:
    web = Web().put(SEARCH, (200, CARDS)).put(SITE.url_of("901"), (status, LOGIN if status == 200 else ""))
    control = Control(SITE, web.ask)
    assert told(run(control.weigh(gone(1)))) == [("1", "unreadable")]
    assert control.failed.startswith("rate_limited" if status == 429 else "walled")


def test_a_login_before_the_search_alone_ends_nothing() -> None:
    control = Control(SITE, Web().put(SEARCH, (200, LOGIN)).ask)
    assert run(control.weigh(gone(1))) == []
    assert control.failed == ""


@pytest.mark.parametrize(
    "away",
    [
        look(2, final=f"{BASE}/"),
        look(2, final=f"{BASE}/topic/7/x/"),
        look(
            2,
            html=LIVE.replace("</div></div>", '<p class="comments_list__item"><i class="fa-trash-o"></i></p></div>'),
        ),
    ],
    ids=lambda each: str(each.said.condition),
)
def test_whatever_reads_away_is_held_back_and_not_the_missing_alone(away: Look) -> None:
    assert away.said.condition in {Condition.REDIRECTED, Condition.SUBSTITUTED, Condition.LIMITED}
    control = Control(SITE, Web().ask)
    run(control.weigh(look(1)))
    assert run(control.weigh(away)) == []
    assert told(run(control.settled())) == [("2", "unreadable")]
    bearing = Control(SITE, Web().ask)
    run(bearing.weigh(look(1)))
    run(bearing.weigh(away))
    assert told(run(bearing.weigh(look(3))))[0] == ("2", str(away.said.condition))


@pytest.mark.parametrize("condition", [look(5, 503, ""), look(5, 200, ""), look(5, 200, LOGIN), look(5, 429, "")])
def test_what_was_not_read_is_kept_as_it_is(condition: Look) -> None:
    control = Control(SITE, Web().ask)
    assert run(control.weigh(condition)) == [condition]


@pytest.mark.parametrize(
    ("never", "expected"),
    [
        ((404, MISSING), "gone"),
        ((404, MISSING.replace("404", "404 12345")), "gone"),
        ((404, "<title>404</title><h1>Please log in</h1>"), "unreadable"),
        ((404, ""), "unreadable"),
        ((200, MISSING), "unreadable"),
        ("no answer", "unreadable"),
    ],
)
def test_a_bare_404_counts_only_if_a_listing_that_never_was_is_answered_so(
    never: tuple[int, str] | str, expected: str
) -> None:
    web = Web().put(NEVER, never)
    control = Control(SITE, web.ask)
    run(control.weigh(look(1)))
    run(control.weigh(gone(2)))
    run(control.weigh(gone(3)))
    assert told(run(control.weigh(look(4))))[:2] == [("2", expected), ("3", expected)]
    assert web.asked == [NEVER], "once a run is enough"


def test_words_that_say_so_and_a_410_need_no_such_likeness() -> None:
    sign = Sign(means=Condition.GONE, cause=Cause.PLATFORM, where="p.removed", says=("removed",), status=404)
    site = SITE.model_copy(update={"signs": (sign,)})
    for status, html in ((404, '<p class="removed">removed</p>'), (410, "")):
        page = Page(site.url_of("2"), site.url_of("2"), status, html)
        said = reading(site, page)
        assert said.condition is Condition.GONE
        web = Web()
        control = Control(site, web.ask)
        run(control.weigh(look(1)))
        run(control.weigh(Look(gone(2).task, gone(2).snapshot, said, page)))
        assert told(run(control.weigh(look(3))))[0] == ("2", "gone")
        assert web.asked == []


@given(st.lists(st.sampled_from(["live", "gone", "walled", "unreadable"]), max_size=40), st.booleans())
def test_whatever_the_order_nothing_is_gone_that_is_not_between_two_live_ones(row: list[str], canary: bool) -> None:
    unread = {"walled": LOGIN, "unreadable": ""}
    web = Web()
    if canary:
        web.put(SEARCH, (200, CARDS)).put(SITE.url_of("901"), (200, LIVE))
    control, kept, lived = Control(SITE, web.ask), list[Look](), False
    for key, kind in enumerate(row, start=1):
        found = gone(key) if kind == "gone" else look(key, 200, unread.get(kind, LIVE))
        if control.failed:
            break
        out = run(control.weigh(found))
        assert lived or not any(each.said.condition is Condition.GONE for each in out)
        lived = lived or kind == "live" or SITE.url_of("901") in web.asked
        kept += out
    kept += run(control.settled())
    believed = [each for each in kept if each.said.condition is Condition.GONE]
    assert not believed or "live" in row or canary
    keys = [each.task.key for each in kept]
    assert len(keys) == len(set(keys)), "a look is handed out once"
    assert control.held == frozenset()


KEYS = ["1", "10001", "652100000123", "5f2b9c01ffee", "ABC-12", "carved-bangle_7", "象牙手镯"]


@pytest.mark.parametrize("key", KEYS)
def test_a_made_up_key_is_another_of_the_same_kind(key: str) -> None:
    other = made_up(key)
    assert other not in KEYS
    assert other == made_up(key), "the same in every run"
    if key.isdigit():
        assert other.isdigit()
        assert len(other) > len(key)
    else:
        assert [letter.isalnum() for letter in other] == [letter.isalnum() for letter in key]
        assert [letter.isdigit() for letter in other] == [letter.isdigit() for letter in key]


@pytest.mark.parametrize("site", [SITE, OSCAR], ids=lambda site: site.name)
def test_a_made_up_key_makes_an_address_of_the_site(site: Platform) -> None:
    assert site.key_of(site.url_of(made_up("17"))) == made_up("17")


@pytest.mark.parametrize(
    ("html", "same"),
    [
        ("<title>404</title><h1>Error 404</h1><p>Recommended: a lamp</p>", True),
        ("<title>404</title><h1>Error 405</h1>", True),
        ("<title>404</title><h1>Error 404</h1><h2>Log in</h2>", False),
        ("<title>Sorry</title><h1>Error 404</h1>", False),
        ("<h1>Error 404</h1>", False),
    ],
)
def test_two_answers_are_alike_by_status_title_and_headings(html: str, same: bool) -> None:
    own = Page(BASE, BASE, 404, MISSING)
    assert alike(own, Page(BASE, BASE, 404, html)) is same
    assert not alike(own, Page(BASE, BASE, 410, MISSING))
