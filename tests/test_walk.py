"""The walk on a real shop: from a search to a letter to "not seen since", and what must never count as gone."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from archive.facts import Capture, Role
from archive.models import Exhibit, Listing, Query, Sighting, Visit, VisitExhibit
from archive.pictures import Likeness
from archive.questions.review import cases
from archive.vault import Vault
from config.settings import platform_in
from desk.main import main
from tests.conftest import CONTACT, PLATFORMS, SENDER, UNREAD, Wildfree
from tests.gate import Gate
from tests.shop.serve import Shop
from tests.shop.wares import WARES, Label, Ware

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
TERMS = ("象牙", "虎", "ivory")  # the first fills more than one result page
CANARY = "手机壳"
LOGIN = """
[[signs]]
means = "walled"
where = "form#login_form"
"""


@dataclass(frozen=True)
class Walk:
    """A workspace that swept and visited the shop, and stands behind a gate that can shut it."""

    workspace: Path
    gate: Gate
    shop: Shop

    def key(self, ware: Ware) -> str:
        """The shop's own number of the ware."""
        site = platform_in(self.workspace, "oscar", practice=True)
        key = site.key_of(self.shop.url(ware.title).replace(self.shop.base, self.gate.base))
        assert key is not None
        return key

    def sign(self, toml: str) -> None:
        """Add a sign to the workspace's own platform file."""
        with (self.workspace / "config" / "platforms" / "oscar.toml").open("a", encoding="utf-8") as file:
            file.write(toml)


def holding(term: str) -> set[str]:
    return {ware.title for ware in WARES if term.lower() in ware.title.lower()}


def suspects() -> list[Ware]:
    """The wares that the terms lead to and that are what they look like, in one fixed order."""
    found = set().union(*map(holding, TERMS))
    return [ware for ware in WARES if ware.title in found and ware.label is Label.SUSPECT]


def made(folder: Path, base: str) -> Path:
    """A practice workspace that finds the shop at BASE."""
    assert main(["init", str(folder), "--practice"]) == 0
    (folder / "wildfree.toml").write_text(f'{UNREAD}[sender]\n{SENDER}\n[bases]\noscar = "{base}"\n', "utf-8")
    own = folder / "config" / "platforms"
    own.mkdir(parents=True)
    shipped = (PLATFORMS / "oscar.toml").read_text("utf-8")
    (own / "oscar.toml").write_text(shipped.replace("delay = 0.5", "delay = 0.0") + CONTACT, "utf-8")
    return folder


def told(*words: str) -> tuple[int, str]:
    """The exit code and the standard output of a command in this process."""
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(StringIO()):
        code = main(list(words))
    return code, out.getvalue()


def asking(*terms: str) -> list[str]:
    return [word for term in terms for word in ("--term", term)]


@pytest.fixture(scope="module")
def gate(running_shop: Shop) -> Iterator[Gate]:
    """The way to the shop for this file's tests."""
    with Gate(running_shop.base) as open_gate:
        yield open_gate


@pytest.fixture(scope="module")
def swept(running_shop: Shop, gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has swept the shop as it was on its first day, and taken its first looks."""
    running_shop.restore()
    gate.open()
    folder = made(tmp_path_factory.mktemp("walk") / "workspace", gate.base)
    code, out = told("sweep", "oscar", *asking(*TERMS), "--json", "-w", str(folder))
    assert code == 0
    answers = [json.loads(line) for line in out.splitlines()]
    assert {answer["outcome"] for answer in answers} == {"hits"}
    assert {answer["term"] for answer in answers} == {CANARY, "phone case", *TERMS}
    code, out = told("visit", "--json", "-w", str(folder))
    assert code == 0
    assert {json.loads(line)["condition"] for line in out.splitlines()} == {"live"}
    return folder


@pytest.fixture
def walk(swept: Path, gate: Gate, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A copy of that workspace for one test, named by WILDFREE_WORKSPACE; the shop is restored, the gate open."""
    gate.open()
    folder = tmp_path / "workspace"
    shutil.copytree(swept, folder)
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(folder))
    monkeypatch.setenv("WILDFREE_BY", "a reviewer")
    return Walk(folder, gate, shop)


def reported(wildfree: Wildfree, kind: str) -> list[dict[str, Any]]:
    return [each for each in wildfree("report", "--json").objects if each["kind"] == kind]


def away(wildfree: Wildfree) -> list[tuple[str, str, str]]:
    """The not-seen-since list of the report: key, last live, since when."""
    return [(each["key"], each["last_live"], each["found"]) for each in reported(wildfree, "not_seen_since")]


def test_the_sightings_are_exactly_the_wares_that_hold_the_terms(walk: Walk) -> None:
    with Vault.open(walk.workspace) as vault, vault.reading() as session:
        rows = session.execute(
            select(Query.term, Sighting.title, Listing.key).select_from(Sighting).join(Query).join(Listing)
        ).all()
        pages = {(query.term, query.page): query.cards for query in session.scalars(select(Query))}
    for term in (CANARY, *TERMS):
        shown = [title for searched, title, _ in rows if searched == term]
        assert sorted(shown) == sorted(holding(term)), term
    assert pages[TERMS[0], 1] == 12
    assert pages[TERMS[0], 2] == len(holding(TERMS[0])) - 12 > 0
    by_title = {ware.title: ware for ware in WARES}
    assert all(walk.key(by_title[title]) == key for _, title, key in rows)


def test_no_decoy_and_no_lawful_ware_is_suspect_and_most_suspects_are_found(walk: Walk, wildfree: Wildfree) -> None:
    listed = {each["title"] for each in wildfree("review", "--list", "--json").objects}
    with Vault.open(walk.workspace) as vault, vault.reading() as session:
        held = set(session.scalars(select(Sighting.title).where(Sighting.suspect)))
    wanted = {ware.title for ware in suspects()}
    assert held - wanted == set()
    assert len(held) >= 0.8 * len(wanted) >= 8
    assert listed == held


def test_each_first_look_is_kept_whole_and_every_exhibit_is_what_its_name_says(walk: Walk) -> None:
    pictures = 0
    with Vault.open(walk.workspace) as vault, vault.reading() as session:
        looks = session.scalars(select(Visit)).all()
        assert len(looks) == len(suspects())
        for look in looks:
            assert look.capture is Capture.COMPLETE, look.missing
            assert look.environment["vantage"] == "browser"
            assert look.environment["browser"].startswith("Chromium ")
            told = {"code_sha256", "collector", "system", "python", "platform_file", "clock", "clock_ahead_s", "zone"}
            assert told <= set(look.environment)
            assert abs(int(look.environment["clock_ahead_s"])) <= 2, "the shop's clock is ours"
            kept = session.scalars(select(VisitExhibit).where(VisitExhibit.visit_id == look.id)).all()
            assert {each.role for each in kept} == {
                Role.PAYLOAD, Role.BODY, Role.PICTURE,
                Role.DOM, Role.TEXT, Role.SCREENSHOT, Role.MHTML, Role.MANIFEST,
            }  # fmt: skip
            for each in kept:
                body = (walk.workspace / "evidence" / each.sha256[:2] / each.sha256).read_bytes()
                row = session.get_one(Exhibit, each.sha256)
                assert (hashlib.sha256(body).hexdigest(), len(body)) == (each.sha256, row.size)
                if each.role is Role.PICTURE:
                    pictures += 1
                    assert all(session.scalars(select(Likeness.value).where(Likeness.sha256 == each.sha256)).all())
                    assert each.url.startswith(f"{walk.gate.base}/media/")
                elif each.role in {Role.PAYLOAD, Role.DOM, Role.TEXT}:
                    assert look.title in body.decode().replace("&amp;", "&")
                elif each.role is Role.SCREENSHOT:
                    assert Image.open(BytesIO(body)).size[0] == 1280
                elif each.role is Role.MHTML:
                    assert body.startswith(b"From: <Saved by Blink>")
                elif each.role is Role.MANIFEST:
                    told = json.loads(body)
                    assert told["url"] == look.url
                    assert {exchange["address"] for exchange in told["exchanges"]} == {"127.0.0.1"}
                    assert {file["sha256"] for file in told["exhibits"]} == {row.sha256 for row in kept} - {
                        each.sha256
                    }
    assert pictures >= len(looks)


def test_a_first_look_asks_for_a_page_once_and_stays_out_of_what_robots_may_not_see(
    walk: Walk, wildfree: Wildfree
) -> None:
    shutil.rmtree(walk.workspace)
    made(walk.workspace, walk.gate.base)
    assert wildfree("sweep", "oscar", "--term", "穿山甲").code == 0
    assert wildfree("visit").code == 0
    asked = [path for _, path in walk.shop.log]
    pages = [path for path in asked if path.startswith("/catalogue/item_")]
    assert len(pages) == 1
    assert [path for path in asked if path.startswith(("/basket", "/accounts", "/dashboard"))] == []
    pictures = [path for path in asked if path.startswith("/media/") and path.endswith(".png")]
    assert len(pictures) == len(set(pictures)) >= 1


def test_a_second_sweep_makes_no_second_first_look_due(walk: Walk, wildfree: Wildfree) -> None:
    assert wildfree("sweep", "oscar", *asking(*TERMS)).code == 0
    done = wildfree("visit", "--json")
    assert (done.code, done.out) == (0, "")


@pytest.mark.parametrize(("language", "words"), [("zh", ("涉嫌", "演练")), ("en", ("suspected", "PRACTICE"))])
def test_a_letter_names_every_reviewed_listing_by_its_address(
    walk: Walk, wildfree: Wildfree, language: str, words: tuple[str, ...]
) -> None:
    with Vault.open(walk.workspace) as vault:
        seen = [case.listing_id for case in cases(vault) if case.visit_id]
    said = wildfree("review", *seen, "--as", "illegal", "--form", "worked", "--json").objects
    assert len(said) == len(suspects())
    drafted = wildfree("letter", "draft", "oscar", "--language", language, "--json")
    assert drafted.code == 0, drafted.err
    (paper,) = drafted.objects
    assert sorted(paper["listings"]) == sorted(each["listing_id"] for each in said)
    pages = PdfReader(paper["pdf"]).pages
    texts = ["".join(page.extract_text().split()) for page in pages]
    text = unquote("".join(texts))
    for ware in suspects():
        assert f"/catalogue/item_{walk.key(ware)}/" in text
        assert unquote(walk.shop.url(ware.title).replace(walk.shop.base, walk.gate.base)) in text
    assert all(word in text for word in words)
    assert all("PRACTICE" in page for page in texts)
    assert sum(len(page.images) for page in pages) >= len(suspects())


def test_exactly_the_deleted_are_reported_gone_and_no_other(walk: Walk, wildfree: Wildfree) -> None:
    chosen = suspects()
    deleted, sold, edited, left = chosen[:5], chosen[5:7], chosen[7], chosen[8:]
    for ware in deleted:
        walk.shop.delete(ware.title)
    for ware in sold:
        walk.shop.sell_out(ware.title)
    walk.shop.edit(edited.title, "老物件一只 懂的进")
    assert away(wildfree) == []
    seen = wildfree("check", "--json")
    assert seen.code == 0
    found = {each["key"]: each for each in seen.objects}
    assert len(found) == len(seen.objects) == len(chosen)
    expected = {walk.key(ware): "gone" for ware in deleted}
    expected |= {walk.key(ware): "sold_or_ended" for ware in sold}
    expected |= {walk.key(ware): "live" for ware in (edited, *left)}
    assert {key: each["condition"] for key, each in found.items()} == expected
    assert found[walk.key(edited)]["title"] == "老物件一只 懂的进"
    assert {each["was"] for each in found.values()} == {"live"}
    gone = sorted(walk.key(ware) for ware in deleted)
    assert sorted(key for key, each in found.items() if each["not_seen_since"]) == gone
    assert sorted(key for key, _, _ in away(wildfree)) == gone
    assert {found[key]["cause"] for key in gone} == {"unknown"}
    others = reported(wildfree, "no_longer_live")
    assert {each["key"] for each in others} == {walk.key(ware) for ware in sold}
    page = Path(reported(wildfree, "file")[0]["path"]).read_text("utf-8")
    assert all(ware.title in page for ware in deleted)

    walk.shop.restore()
    again = wildfree("check", "--json").objects
    assert {each["condition"] for each in again} == {"live"}
    assert away(wildfree) == [], "a listing that is back is not 'not seen since'"


def with_some_gone(walk: Walk, wildfree: Wildfree) -> list[tuple[str, str, str]]:
    """Delete two wares, look again, and answer the not-seen-since list."""
    for ware in suspects()[:2]:
        walk.shop.delete(ware.title)
    assert wildfree("check").code == 0
    gone = away(wildfree)
    assert sorted(key for key, _, _ in gone) == sorted(walk.key(ware) for ware in suspects()[:2])
    return gone


def test_a_shop_that_cannot_be_reached_is_left_after_three_and_nothing_becomes_gone(
    walk: Walk, wildfree: Wildfree
) -> None:
    gone = with_some_gone(walk, wildfree)
    walk.gate.shut()
    tried = wildfree("check", "--json")
    assert tried.code == 7
    assert [each["condition"] for each in tried.objects] == ["unreachable"] * 3
    assert tried.err.count("Stopped.") == 1
    assert away(wildfree) == gone
    walk.gate.open()
    rest = wildfree("check", "--json")
    assert rest.code == 0
    assert {each["condition"] for each in rest.objects} == {"live", "gone"}
    assert {each["key"] for each in tried.objects + rest.objects} == {walk.key(ware) for ware in suspects()}


def test_a_login_page_in_place_of_every_page_stops_the_robot_and_nothing_becomes_gone(
    walk: Walk, wildfree: Wildfree
) -> None:
    gone = with_some_gone(walk, wildfree)
    walk.sign(LOGIN)
    walk.gate.wall("/accounts/login/")
    tried = wildfree("check", "--json")
    assert tried.code == 7
    assert [each["condition"] for each in tried.objects] == ["walled"]
    assert away(wildfree) == gone
    walled = wildfree("sweep", "oscar", "--term", "象牙", "--json")
    assert walled.code == 7
    assert [(each["term"], each["outcome"]) for each in walled.objects] == [(CANARY, "login_wall")]


def test_a_login_page_that_no_sign_describes_is_unreadable_and_nothing_becomes_gone(
    walk: Walk, wildfree: Wildfree
) -> None:
    gone = with_some_gone(walk, wildfree)
    walk.gate.wall("/accounts/login/")
    tried = wildfree("check", "--json")
    assert {each["condition"] for each in tried.objects} == {"unreadable"}
    assert away(wildfree) == gone


def test_a_redirect_to_the_login_is_not_followed_where_robots_may_not_go_and_nothing_becomes_gone(
    walk: Walk, wildfree: Wildfree
) -> None:
    gone = with_some_gone(walk, wildfree)
    walk.gate.redirect("/accounts/login/")
    before = len(walk.shop.log)
    tried = wildfree("check", "--json")
    assert {each["condition"] for each in tried.objects} <= {"unreadable", "redirected", "walled"}
    assert away(wildfree) == gone
    assert [path for _, path in walk.shop.log[before:] if path.startswith("/accounts/")] == []


def test_a_canary_without_cards_ends_the_sweep_and_no_term_is_said_to_have_nothing(
    walk: Walk, wildfree: Wildfree
) -> None:
    for title in holding(CANARY):
        walk.shop.delete(title)
    swept = wildfree("sweep", "oscar", "--term", "象牙", "--term", "没有这种东西", "--json")
    assert swept.code == 7
    assert [each["term"] for each in swept.objects] == [CANARY]
    assert len([path for _, path in walk.shop.log if path.startswith("/search/")]) == 1
    ends = [each for each in reported(wildfree, "could_not_be_seen") if each["what"] == "sweep"]
    assert [each["outcome"] for each in ends] == ["not_let_in"]


def test_a_canary_without_cards_is_itself_no_finding_of_zero(walk: Walk, wildfree: Wildfree) -> None:
    for title in holding(CANARY):
        walk.shop.delete(title)
    (canary,) = wildfree("sweep", "oscar", "--term", "象牙", "--json").objects
    assert canary["outcome"] == "unreadable"
    (counts,) = reported(wildfree, "platform")
    assert "confirmed_zero" not in counts["queries"]


def test_an_empty_page_in_place_of_the_search_is_unreadable_and_never_zero(walk: Walk, wildfree: Wildfree) -> None:
    walk.gate.wall("/robots.txt")
    swept = wildfree("sweep", "oscar", "--term", "象牙", "--json")
    assert swept.code == 7
    assert [(each["term"], each["outcome"], each["cards"]) for each in swept.objects] == [(CANARY, "unreadable", 0)]


def test_a_term_that_the_shop_does_not_have_is_a_confirmed_zero(walk: Walk, wildfree: Wildfree) -> None:
    swept = wildfree("sweep", "oscar", "--term", "没有这种东西", "--json")
    assert swept.code == 0
    assert [(each["term"], each["outcome"]) for each in swept.objects] == [
        (CANARY, "hits"),
        ("没有这种东西", "confirmed_zero"),
    ]


def scrapy(*words: str, workspace: Path) -> subprocess.CompletedProcess[str]:
    """Run scrapy as a volunteer would, in a process of its own."""
    return subprocess.run(
        [BIN / "scrapy", *words],
        cwd=ROOT,
        env={**os.environ, "WILDFREE_WORKSPACE": str(workspace), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_scrapy_lists_the_two_spiders(walk: Walk) -> None:
    listed = scrapy("list", workspace=walk.workspace)
    assert listed.stdout.split() == ["sweep", "visit"], listed.stderr


def test_scrapy_crawl_sweeps_into_the_workspace(walk: Walk) -> None:
    with closing(Vault.open(walk.workspace)) as vault, vault.reading() as session:
        before = len(session.scalars(select(Query)).all())
    crawled = scrapy("crawl", "sweep", "-a", "platform=oscar", "-a", "terms=象牙", workspace=walk.workspace)
    assert crawled.returncode == 0, crawled.stderr
    assert "Traceback" not in crawled.stderr
    with closing(Vault.open(walk.workspace)) as vault, vault.reading() as session:
        queries = session.scalars(select(Query).order_by(Query.id)).all()[before:]
        assert [(query.term, query.page, str(query.outcome)) for query in queries] == [
            (CANARY, 1, "hits"), ("象牙", 1, "hits"), ("象牙", 2, "hits"),
        ]  # fmt: skip
        assert sum(query.cards for query in queries[1:]) == len(holding("象牙"))
