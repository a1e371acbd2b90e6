"""The forum of the tests is a real one, config/platforms/spirit.toml says the truth about it, and so does a walk."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urljoin

import pytest

from archive.facts import Capture, Outcome
from archive.questions import checks
from archive.vault import Vault
from config.platform import Condition, Platform, platform
from crawler.page import Results, page_of, reading, results
from crawler.signs import Page
from desk.main import main
from tests.conftest import Wildfree
from tests.forum.fixture import know
from tests.forum.offers import OFFERS, REPLIES
from tests.forum.serve import Forum
from tests.shop.visitor import get
from tests.shop.wares import Label, ware
from tests.test_pages import SAVED, agree, read

PANGOLIN, CUP, BRACELET = ware("穿山甲片").title, ware("犀角杯").title, ware("象牙手镯").title
IVORY = [title for title in OFFERS if "ivory" in title.lower()]
TERMS = ("ivory", "tiger", "rhino", "pangolin")


@pytest.fixture
def file(forum: Forum) -> Platform:
    return platform("spirit", base=forum.base)


def fresh(url: str, asked: str = "") -> Page:
    """The page at URL as the forum gives it now to a stranger who asked for ASKED."""
    answer = get(url)
    return page_of(answer.body, url=asked or url, final_url=answer.url, status=answer.status)


def searched(site: Platform, term: str, number: int = 1) -> Results:
    return results(site, fresh(site.search_url(term, number)), term, number)


def every(site: Platform, term: str) -> list[Results]:
    """Every result page, as far as the forum goes."""
    pages = [searched(site, term)]
    while pages[-1].leads:
        pages.append(searched(site, term, len(pages) + 1))
        assert len(pages) < 20, "the forum never ends"
    return pages


def titles(pages: list[Results]) -> list[str]:
    return [lead.title for page in pages for lead in page.leads]


def key(site: Platform, forum: Forum, title: str) -> str:
    found = site.key_of(forum.url(title))
    assert found is not None
    return found


# What a stranger is shown


def test_a_search_leads_a_stranger_to_the_login_and_is_no_zero(file: Platform) -> None:
    page = fresh(file.search_url("ivory", 1))
    assert "/user/login/" in page.final_url
    assert results(file, page, "ivory", 1).outcome is Outcome.LOGIN_WALL


def test_the_login_page_is_no_topic_though_its_address_names_one(forum: Forum, file: Platform) -> None:
    forum.members_only()
    url = file.url_of(key(file, forum, CUP))
    page = fresh(url)
    assert f"/topic/{key(file, forum, CUP)}/" in page.final_url, "the trap is not set"
    assert file.key_of(page.final_url) is None
    assert reading(file, page).condition is Condition.WALLED
    standing_in = Page(url, url, 200, page.html)
    assert reading(file, standing_in).condition is Condition.WALLED
    plain = file.model_copy(update={"signs": ()})
    assert reading(plain, standing_in).condition is Condition.UNREADABLE, "a login's heading is no topic's title"


def test_what_only_members_see_is_walled_and_not_gone(forum: Forum, file: Platform) -> None:
    forum.remove(PANGOLIN)
    forum.members_only()
    for title in (PANGOLIN, CUP):
        assert reading(file, fresh(forum.url(title))).condition is Condition.WALLED
    private = fresh(urljoin(file.base, "/topic/private/5/x/"), file.url_of("5"))
    assert reading(file, private).condition is Condition.WALLED


def test_an_open_search_finds_exactly_the_titles_that_hold_the_word_whole(forum: Forum, file: Platform) -> None:
    forum.open_search()
    pages = every(file, "ivory")
    assert [page.outcome for page in pages] == [Outcome.HITS] * (len(pages) - 1) + [Outcome.CONFIRMED_ZERO]
    assert sorted(titles(pages)) == sorted(IVORY)
    assert len(pages) >= 3
    assert len({lead.key for page in pages for lead in page.leads}) == len(IVORY)


def test_the_canary_brings_cards(forum: Forum, file: Platform) -> None:
    forum.open_search()
    assert len(searched(file, file.search.canary).leads) >= 3


def test_the_search_says_that_it_found_nothing_where_a_chinese_title_holds_the_word(
    forum: Forum, file: Platform
) -> None:
    forum.open_search()
    deaf = searched(file, "穿山甲")
    assert deaf.outcome is Outcome.CONFIRMED_ZERO, "the page's own words: the sweep must not believe them"
    assert reading(file, fresh(forum.url(PANGOLIN))).title == PANGOLIN
    assert titles([searched(file, "犀角杯")]) == [CUP], "a title that parts its words is found: that proves nothing"
    assert searched(file, file.search.canaries[0]).outcome is Outcome.CONFIRMED_ZERO


def test_a_word_that_the_search_refuses_as_too_short_is_unreadable(forum: Forum, file: Platform) -> None:
    forum.open_search()
    assert searched(file, "象牙").outcome is Outcome.UNREADABLE


@pytest.mark.parametrize("path", ["/", "/category/3/collectables/", "/topic/active/", "/user/login/", "/nowhere/"])
def test_another_page_in_place_of_a_search_or_a_topic_is_neither_hits_nor_zero_nor_live(
    forum: Forum, file: Platform, path: str
) -> None:
    html = fresh(urljoin(forum.base, path)).html
    search, topic = file.search_url("ivory", 1), file.url_of("5")
    assert results(file, Page(search, search, 200, html), "ivory", 1).outcome in {
        Outcome.UNREADABLE,
        Outcome.LOGIN_WALL,
    }
    assert reading(file, Page(topic, topic, 200, html)).condition in {Condition.UNREADABLE, Condition.WALLED}


def test_words_that_members_write_mean_nothing(forum: Forum, file: Platform) -> None:
    pages = {title: fresh(forum.url(title)) for title in OFFERS}
    for reply in REPLIES:
        assert any(reply in page.html for page in pages.values()), "the trap is not set"
    asked = file.search_url("ivory", 1)
    for page in pages.values():
        assert reading(file, page).condition is Condition.LIVE
        assert results(file, Page(asked, asked, 200, page.html), "ivory", 1).outcome is Outcome.UNREADABLE


@pytest.mark.parametrize("title", OFFERS)
def test_a_topic_gives_its_title_its_author_and_the_pictures_of_its_first_post(
    forum: Forum, file: Platform, title: str
) -> None:
    said = reading(file, fresh(file.url_of(key(file, forum, title))))
    assert (said.condition, said.title) == (Condition.LIVE, title)
    assert said.seller in {"attic", "harbour", "lantern", "willow"}
    assert len(said.images) in {1, 2}
    assert all(image.startswith(f"{forum.base}/media/spirit/images/") for image in said.images)
    assert get(said.images[0]).body.startswith(b"\x89PNG")


def test_two_topics_never_share_a_key_and_other_pages_have_none(forum: Forum, file: Platform) -> None:
    assert len({key(file, forum, title) for title in OFFERS}) == len(OFFERS)
    others = (
        "/topic/publish/3/",
        "/topic/moderate/delete/5/",
        "/topic/private/5/x/",
        "/topic/active/",
        "/comment/5/find/",
    )
    assert [file.key_of(urljoin(forum.base, other)) for other in others] == [None] * len(others)
    assert file.key_of(f"{forum.base}/search/?q=/topic/5/") is None


def test_a_removed_topic_is_gone_and_the_page_does_not_say_by_whom(forum: Forum, file: Platform) -> None:
    forum.remove(PANGOLIN)
    forum.expel(CUP)
    for title in (PANGOLIN, CUP):
        said = reading(file, fresh(forum.url(title)))
        assert (said.condition, said.cause, said.title) == (Condition.GONE, "unknown", "")


def test_a_closed_a_moved_and_a_renamed_topic_stay_live(forum: Forum, file: Platform) -> None:
    forum.close(PANGOLIN)
    forum.rewrite(CUP, "Old cup, see inside", "Everyday")
    closed, moved = fresh(forum.url(PANGOLIN)), fresh(forum.url(CUP))
    assert closed.root.css("h1 .fa-lock"), "the trap is not set"
    assert ">Everyday</a>" in moved.html
    assert (reading(file, closed).condition, reading(file, closed).title) == (Condition.LIVE, PANGOLIN)
    assert (reading(file, moved).condition, reading(file, moved).title) == (Condition.LIVE, "Old cup, see inside")


def test_a_topic_whose_offer_was_removed_is_limited_and_one_that_lost_a_reply_is_live(
    forum: Forum, file: Platform
) -> None:
    answered = [title for title in OFFERS if len(fresh(forum.url(title)).root.css(".comments_list__comment")) >= 2]
    offer, reply = answered[:2]
    forum.remove_post(offer, 1)
    forum.remove_post(reply, 2)
    assert fresh(forum.url(reply)).root.css(".comments_list .fa-trash-o"), "the trap is not set"
    said = reading(file, fresh(forum.url(offer)))
    assert (said.condition, said.cause, said.title) == (Condition.LIMITED, "unknown", offer)
    assert said.reason == "", "the forum's words name the author, whom no letter may name"
    assert reading(file, fresh(forum.url(reply))).condition is Condition.LIVE


def test_a_removed_topic_stands_in_the_search_until_the_forum_indexes_anew(forum: Forum, file: Platform) -> None:
    forum.open_search()
    gone = IVORY[0]
    forum.remove(gone)
    assert gone in titles(every(file, "ivory"))
    forum.reindex()
    assert sorted(titles(every(file, "ivory"))) == sorted(IVORY[1:])


def test_restore_brings_everything_back(forum: Forum, file: Platform) -> None:
    forum.open_search()
    forum.remove(PANGOLIN)
    forum.close(CUP)
    forum.expel(BRACELET)
    forum.reindex()
    forum.members_only()
    forum.restore()
    assert forum.requests == ()
    assert {reading(file, fresh(forum.url(title))).condition for title in (PANGOLIN, CUP, BRACELET)} == {
        Condition.LIVE
    }
    assert searched(file, "ivory").outcome is Outcome.LOGIN_WALL
    forum.open_search()
    assert sorted(titles(every(file, "ivory"))) == sorted(IVORY)


def test_a_page_of_the_forum_sends_a_browser_nowhere_else(forum: Forum) -> None:
    page = fresh(forum.url(PANGOLIN))
    parts = page.root.css("script::attr(src), link::attr(href), img::attr(src)").getall()
    assert len(parts) >= 3
    assert [part for part in parts if not part.startswith("/")] == []


@pytest.mark.parametrize(
    ("term", "number", "name"),
    [
        ("ivory", 1, "ivory-1"),
        ("ivory", 2, "ivory-2"),
        ("ivory", 9, "past-end"),
        ("unicorn", 1, "zero"),
        ("穿山甲", 1, "deaf"),
        ("象牙", 1, "short"),
        ("ivory", 1, "login"),
    ],
)
def test_a_search_in_the_real_forum_gives_the_agreed_leads(
    forum: Forum, file: Platform, term: str, number: int, name: str
) -> None:
    if name != "login":
        forum.open_search()
    said = json.dumps(asdict(searched(file, term, number)), ensure_ascii=False)
    agree(json.loads(said.replace(file.base, "http://shop.example")), SAVED / "spirit" / f"search-{name}.json")


@pytest.mark.parametrize("name", ["live", "removed", "closed", "moved", "limited", "login"])
def test_a_topic_in_the_real_forum_gives_the_agreed_reading(forum: Forum, file: Platform, name: str) -> None:
    if name == "removed":
        forum.remove(CUP)
    elif name == "closed":
        forum.close(CUP)
    elif name == "moved":
        forum.rewrite(CUP, "Old cup, see inside", "Everyday")
    elif name == "limited":
        forum.remove_post(CUP, 1)
    elif name == "login":
        forum.members_only()
    agree(read(file, fresh(file.url_of(key(file, forum, CUP)))), SAVED / "spirit" / f"item-{name}.json")


# What a walk makes of it


def asking(*terms: str) -> list[str]:
    return [word for term in terms for word in ("--term", term)]


def away(wildfree: Wildfree) -> list[str]:
    """The keys of the report's not-seen-since list."""
    lines = wildfree("report", "--json").objects
    assert any(line["kind"] == "platform" for line in lines)
    return sorted(line["key"] for line in lines if line["kind"] == "not_seen_since")


@pytest.fixture(scope="module")
def met(running_forum: Forum, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that met the forum while its search was open, and took its first looks."""
    running_forum.restore()
    running_forum.open_search()
    folder = tmp_path_factory.mktemp("forum") / "workspace"
    assert main(["init", str(folder), "--practice"]) == 0
    know(folder, running_forum.base)
    assert main(["sweep", "spirit", *asking(*TERMS), "-w", str(folder)]) == 0
    assert main(["visit", "-w", str(folder)]) == 0
    return folder


@pytest.fixture
def known(met: Path, forum: Forum, file: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A copy of that workspace, named by WILDFREE_WORKSPACE: title by key of each topic that it saw live.

    The forum is as on its first day: its search is the members' own again.
    """
    folder = tmp_path / "workspace"
    shutil.copytree(met, folder)
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(folder))
    suspects = [title for title in OFFERS if title.isascii() and ware(title).label is Label.SUSPECT]
    wanted = {key(file, forum, title): title for title in suspects if any(term in title.lower() for term in TERMS)}
    with Vault.open(folder) as vault:
        seen = checks.watched(vault, ["spirit"])
    assert {each.key: each.looks[0].title for each in seen} == wanted
    assert {(len(each.looks), each.looks[0].condition, each.looks[0].capture) for each in seen} == {
        (1, Condition.LIVE, Capture.COMPLETE)
    }
    assert len(wanted) >= 6
    return wanted


def test_a_sweep_of_a_forum_that_hides_its_search_meets_a_login_and_believes_nothing(
    forum_workspace: Path, forum: Forum, wildfree: Wildfree
) -> None:
    swept = wildfree("sweep", "spirit", *asking("ivory", "象牙", "unicorn"), "--json")
    assert swept.code == 7
    assert [(each["term"], each["outcome"], each["cards"]) for each in swept.objects] == [
        ("phone case", "login_wall", 0)
    ]
    assert len([asked for asked in forum.requests if asked.path.startswith("/search/")]) == 1
    (counts,) = [line for line in wildfree("report", "--json").objects if line["kind"] == "platform"]
    assert "confirmed_zero" not in counts["queries"]
    assert wildfree("visit", "--json").out == ""


def test_the_false_zero_of_an_open_search_is_not_believed_even_after_a_chinese_word_was_found(
    forum_workspace: Path, forum: Forum, wildfree: Wildfree
) -> None:
    forum.open_search()
    swept = wildfree("sweep", "spirit", *asking("犀角杯", "穿山甲", "象牙", "unicorn", "ivory"), "--json")
    assert swept.code == 0
    outcomes = [(each["term"], each["page"], each["outcome"]) for each in swept.objects]
    assert outcomes[:2] == [("phone case", 1, "hits"), ("手机壳", 1, "unreadable")]
    assert {(term, outcome) for term, page, outcome in outcomes if page == 1} == {
        ("phone case", "hits"),
        ("手机壳", "unreadable"),
        ("犀角杯", "hits"),
        ("穿山甲", "unreadable"),
        ("象牙", "unreadable"),
        ("unicorn", "confirmed_zero"),
        ("ivory", "hits"),
    }


def test_exactly_what_was_removed_is_gone_without_a_search_and_nothing_else(
    known: dict[str, str], forum: Forum, wildfree: Wildfree
) -> None:
    keys = sorted(known, key=int)
    removed, closed, moved, limited, live = keys[:2], keys[2], keys[3], keys[4], keys[5:]
    for each in removed:  # the first that are looked at
        forum.remove(known[each])
    forum.close(known[closed])
    forum.rewrite(known[moved], "Old thing, see inside", "Everyday")
    forum.remove_post(known[limited], 1)
    checked = wildfree("check", "--json")
    assert checked.code == 0, checked.err
    found = {each["key"]: each for each in checked.objects}
    assert len(found) == len(checked.objects)
    expected = dict.fromkeys(removed, "gone") | {closed: "live", moved: "live", limited: "limited"}
    assert {each: seen["condition"] for each, seen in found.items()} == expected | dict.fromkeys(live, "live")
    assert {found[each]["cause"] for each in removed} == {"unknown"}
    assert found[moved]["title"] == "Old thing, see inside"
    assert away(wildfree) == sorted(removed)

    forum.restore()
    assert {each["condition"] for each in wildfree("check", "--json").objects} == {"live"}
    assert away(wildfree) == []


def test_when_all_were_removed_the_canary_of_an_open_search_bears_it_out(
    known: dict[str, str], forum: Forum, wildfree: Wildfree
) -> None:
    forum.open_search()
    for title in known.values():
        forum.remove(title)
    forum.remove(ware("Phone case, clear").title)  # the search shows it until the night
    checked = wildfree("check", "--json")
    assert checked.code == 0, checked.err
    assert {each["condition"] for each in checked.objects} == {"gone"}
    assert away(wildfree) == sorted(known)


def test_when_all_were_removed_and_nothing_of_the_forum_can_be_seen_live_none_is_gone(
    known: dict[str, str], forum: Forum, wildfree: Wildfree
) -> None:
    for title in known.values():
        forum.remove(title)
    checked = wildfree("check", "--json")
    assert checked.code == 7
    assert {each["condition"] for each in checked.objects} == {"unreadable"}
    assert all("HTTP 404" in each["because"] for each in checked.objects)
    assert away(wildfree) == []


@pytest.mark.parametrize("after", [0, 1, 3, 6, 9])
def test_a_login_wall_that_comes_up_in_mid_walk_makes_nothing_gone_that_is_there(
    known: dict[str, str], forum: Forum, wildfree: Wildfree, after: int
) -> None:
    removed = sorted(known, key=int)[1:3]
    for each in removed:
        forum.remove(known[each])
    forum.members_only(after)
    checked = wildfree("check", "--json")
    assert checked.code == 7
    seen = {each["key"]: each["condition"] for each in checked.objects}
    assert set(seen.values()) <= {"live", "walled", "unreadable", "gone"}
    assert "walled" in seen.values()
    gone = {each for each, condition in seen.items() if condition == "gone"}
    assert gone <= set(removed), "only what was borne out before the wall"
    assert away(wildfree) == sorted(gone)

    forum.open_to_all()
    rest = wildfree("check", "--json")
    again = wildfree("check", "--json")
    assert (rest.code, again.code) == (0, 0)
    assert {each["key"] for each in checked.objects + rest.objects} == set(known)
    assert {each["key"]: each["condition"] for each in again.objects} == dict.fromkeys(known, "live") | dict.fromkeys(
        removed, "gone"
    )
    assert away(wildfree) == sorted(removed)
