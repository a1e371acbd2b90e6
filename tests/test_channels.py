"""Channels are walked, not searched: their posts are held against the terms here, and what holds none is not kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.models import Listing, Query
from archive.vault import Vault
from config.platform import Part, platform
from crawler.cards import older
from crawler.page import page_of
from tests.conftest import PLATFORMS, Wildfree
from tests.site import Answer, Site, opened

SAVED = Path(__file__).parent / "platforms" / "telegram"


def preview(first: int, *texts: str, before: str = "") -> str:
    """A channel's preview: posts from FIRST on with TEXTS, and where the older ones are."""
    link = f'<a class="tme_messages_more" href="/s/bamboo_garden?before={before}"></a>' if before else ""
    shown = 'class="tgme_widget_message_text js-message_text"'
    posts = "".join(
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message"><div {shown}>{text}</div>'
        f'<a class="tgme_widget_message_date" href="/bamboo_garden/{first + nth}"></a></div></div>'
        for nth, text in enumerate(texts)
    )
    return f"<html><body>{link}{posts}</body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        site.answers |= {"/s/telegram": Answer(preview(7, "News of ours"))}
        post = preview(41, "象牙手镯，懂的来")
        site.answers |= {"/bamboo_garden/41": Answer(post), "/bamboo_garden/21": Answer(preview(21, "虎骨酒 私聊"))}
        pages = iter((preview(40, "早上好", "象牙手镯，懂的来", before="40"), preview(20, "茶", "虎骨酒 私聊")))
        site.answers["/s/bamboo_garden"] = lambda: Answer(next(pages))
        yield site


@pytest.fixture
def walked(workspace: Path, site: Site) -> Path:
    """The workspace with one channel, in which SITE stands for the real one; its file is held to be verified."""
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[bases]\ntelegram = "{site.base}"\n[channels]\ntelegram = ["bamboo_garden"]\n')
    own = workspace / "config" / "platforms" / "telegram.toml"
    own.parent.mkdir(parents=True)
    text = (PLATFORMS / "telegram.toml").read_text("utf-8").replace("delay = 10.0", "delay = 0.0")
    own.write_text(text.replace("read_on ", 'verified = ["search", "listing"]\nread_on ', 1), "utf-8")
    return workspace


def test_a_walk_goes_backwards_and_keeps_the_posts_that_hold_a_term(
    walked: Path, site: Site, wildfree: Wildfree
) -> None:
    ran = wildfree("sweep", "telegram", "--json")
    assert ran.code == 0, ran.err
    told = [(each["term"], each["page"], each["outcome"], each["cards"], each["because"]) for each in ran.objects]
    assert told == [
        ("@telegram", 1, "hits", 0, "1 cards, 0 of them with a term of ours"),
        ("@bamboo_garden", 1, "hits", 1, "2 cards, 1 of them with a term of ours"),
        ("@bamboo_garden", 2, "hits", 1, "2 cards, 1 of them with a term of ours"),
    ]
    assert ran.objects[-1]["url"] == f"{site.base}/s/bamboo_garden?before=40"
    assert site.asked("/s/") == ["/s/telegram", "/s/bamboo_garden", "/s/bamboo_garden"]
    with Vault.open(walked) as vault, vault.reading() as session:
        assert {row.key for row in session.query(Listing)} == {"bamboo_garden/41", "bamboo_garden/21"}
        assert session.query(Query).count() == 3


@pytest.mark.slow
def test_a_post_is_looked_at_within_its_frame(walked: Path, site: Site, wildfree: Wildfree) -> None:
    wildfree("sweep", "telegram")
    seen = {each["key"]: each for each in wildfree("visit", "--json").objects}
    assert {key: (each["condition"], each["title"]) for key, each in seen.items()} == {
        "bamboo_garden/41": ("live", "象牙手镯，懂的来"),
        "bamboo_garden/21": ("live", "虎骨酒 私聊"),
    }
    assert {each["capture"] for each in seen.values()} == {"complete"}


def test_a_walk_that_was_cut_off_goes_on_where_the_last_page_said(
    walked: Path, site: Site, wildfree: Wildfree
) -> None:
    pages = [Answer(preview(40, "象牙手镯", before="40")), Answer("busy", 503, heads=(("Retry-After", "1"),))]
    site.answers["/s/bamboo_garden"] = lambda: pages.pop(0)
    assert wildfree("sweep", "telegram").code == 8
    with Vault.open(walked) as vault, vault.reading() as session:
        assert [row.url.rpartition("/")[2] for row in session.query(Query).order_by(Query.id)] == [
            "telegram",
            "bamboo_garden",
            "bamboo_garden?before=40",
        ]


def test_a_shut_preview_is_never_zero(walked: Path, site: Site, wildfree: Wildfree) -> None:
    site.answers["/s/bamboo_garden"] = Answer('<p class="tme_no_messages_found">No posts found</p>')
    (_, only) = wildfree("sweep", "telegram", "--json").objects
    assert (only["outcome"], only["cards"]) == ("unreadable", 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--term", "象牙"), "'象牙' is no channel. Write --term @NAME"),
        ((), '[channels] telegram = ["NAME"]'),
    ],
)
def test_a_walk_without_a_channel_says_how_to_name_one(
    walked: Path, site: Site, wildfree: Wildfree, words: tuple[str, ...], said: str
) -> None:
    file = walked / "wildfree.toml"
    file.write_text(file.read_text("utf-8").replace('[channels]\ntelegram = ["bamboo_garden"]\n', ""), "utf-8")
    ran = wildfree("sweep", "telegram", *words)
    assert ran.code == 2
    assert said in ran.err
    assert site.log == []
    assert wildfree("sweep", "telegram", "--term", "@bamboo_garden").code == 0


def test_robots_are_obeyed_in_a_walk_too(walked: Path, site: Site, wildfree: Wildfree) -> None:
    site.robots("User-agent: *\nDisallow: /s/\n")
    ran = wildfree("sweep", "telegram", "--json")
    assert ran.code == 7
    assert [each["outcome"] for each in ran.objects] == ["forbidden"]
    assert site.asked() == ["/robots.txt"]


def test_the_shipped_file_is_not_swept_before_a_page_bore_it_out(workspace: Path, wildfree: Wildfree) -> None:
    assert platform("telegram").standing(Part.SEARCH) == "read of"
    ran = wildfree("sweep", "telegram", "--term", "@bamboo_garden")
    assert ran.code == 2
    assert "wildfree platform check telegram --write" in ran.err


def test_a_check_of_the_site_bears_the_file_out_and_then_it_is_swept(
    walked: Path, site: Site, wildfree: Wildfree
) -> None:
    own = walked / "config" / "platforms" / "telegram.toml"
    own.write_text(own.read_text("utf-8").replace('verified = ["search", "listing"]\n', ""), "utf-8")
    site.answers["/bamboo_garden/7"] = Answer(preview(7, "News of ours"))
    assert wildfree("sweep", "telegram").code == 2
    ran = wildfree("platform", "check", "telegram", "--write")
    assert ran.code == 0, ran.err
    assert 'verified  = ["search", "listing", "signs"]' in own.read_text("utf-8")
    assert wildfree("sweep", "telegram").code == 0


def test_only_the_sites_own_link_leads_on() -> None:
    file = platform("telegram")
    html = (SAVED / "search-channel.html").read_text("utf-8")
    url = file.search_url("@bamboo_garden", 1)
    assert older(file, page_of(html.encode(), url=url)) == f"{url}?before=41"
    elsewhere = html.replace('href="/s/bamboo_garden?before', 'href="https://evil.example/s/x?before')
    assert older(file, page_of(elsewhere.encode(), url=url)) == ""
    assert older(file, page_of(html.replace("?before", "?after").encode(), url=url)) == ""
