"""A video or a live room: a timed series of its pictures, what the page loaded for it, and what the room says."""

import asyncio
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import todo
from archive.facts import Capture, Role
from archive.models import Visit, VisitExhibit
from archive.pictures import PictureText
from archive.vault import Vault
from config.settings import Limits
from crawler import browser
from crawler.chromium import frames
from crawler.chromium.held import MIB
from crawler.chromium.load import Ask, Loaded
from crawler.ocr import Reader
from desk.practice.film import SECONDS, film
from desk.practice.market import Market
from tests.conftest import Wildfree

VIDEO = "main.listing video.film"
KEY = "10002"  # of a listing that is on sale, its page whole without JavaScript
SHOWN = re.compile(r"(\d+\.\d)\s*s")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


def loaded(market: Market, video: str = VIDEO, document: float = 20) -> Loaded:
    """The listing as the browser loads it for evidence; DOCUMENT: see Limits."""
    url, limits = f"{market.base}/item/{KEY}", Limits(document=document)
    ask = Ask(url, keep=True, video=video, allow=(market.base[7:],), limits=limits)
    return asyncio.run(browser.shared().load(ask))


def shown(reader: Reader, picture: bytes) -> float:
    """How many seconds of the film PICTURE shows, as read in it."""
    text = reader.read(picture).text
    found = SHOWN.search(text)
    assert found, text
    return float(found[1])


def test_the_practice_film_is_the_same_each_time_and_another_for_another_listing() -> None:
    assert film("No. 1") == film.__wrapped__("No. 1")
    assert film("No. 1") != film("No. 2")
    assert len(film("No. 1")) > 10_000


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shorter series, to save time."""
    monkeypatch.setattr(frames, "OFFSETS", (0.0, 1.0, 2.5))


@pytest.mark.usefixtures("short")
def test_the_frames_of_a_film_show_the_very_times_that_are_told_of_them(market: Market, reader: Reader) -> None:
    market.play("film", KEY)
    seen = loaded(market)
    assert seen.missing == ()
    assert len(seen.frames) == len(frames.OFFSETS) == 3
    for frame, offset in zip(seen.frames, frames.OFFSETS, strict=True):
        assert offset <= frame.at < offset + 3, "it was taken about when it was meant to be"
        assert 0 <= frame.at - shown(reader, frame.body) < 0.6, "it shows what played then: two pictures a second"
    assert len({frame.body for frame in seen.frames}) == 3
    assert seen.frames[-1].at < SECONDS


@pytest.mark.usefixtures("short")
def test_the_film_that_the_page_loaded_is_among_what_it_asked_for(market: Market) -> None:
    market.play("film", KEY)
    (media,) = [each for each in loaded(market).exchanges if each.kind == "Media"]
    assert media.missing == ""
    assert media.url == f"{market.base}/film/{KEY}.webm"
    assert media.status == 200
    assert media.payload == film(f"No. {KEY}")


@pytest.mark.usefixtures("short")
def test_a_film_that_is_too_long_to_be_kept_plays_all_the_same_and_is_said_to_be_missing(market: Market) -> None:
    market.play("film", KEY)
    seen = loaded(market, document=(len(film(f"No. {KEY}")) - 1) / MIB)
    (media,) = [each for each in seen.exchanges if each.kind == "Media"]
    assert media.payload is None
    assert re.fullmatch(r"beyond the \d+ bytes of what a page plays", media.missing)
    assert len(seen.frames) == 3


def test_a_page_without_a_video_gives_no_frame_and_lacks_none(market: Market) -> None:
    seen = loaded(market)
    assert seen.frames == ()
    assert seen.missing == ()
    assert seen.screenshot


def test_a_video_that_does_not_play_is_said_and_the_page_is_kept_all_the_same(market: Market) -> None:
    market.play("broken_film", KEY)
    seen = loaded(market)
    (why,) = seen.missing
    assert why.startswith("no frame: the video did not play: ")
    assert seen.frames == ()
    assert seen.screenshot
    assert seen.mhtml


def test_what_is_no_video_is_said_to_be_none(market: Market) -> None:
    (why,) = loaded(market, video="main.listing h1").missing
    assert why == "no frame: the video did not play: it is a h1"


def test_a_series_that_grows_too_long_ends_and_says_so(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.play("film", KEY)
    monkeypatch.setattr(frames, "ROOM", 1)
    seen = loaded(market)
    assert len(seen.frames) == 1
    assert seen.missing == (f"no frames beyond {seen.frames[0].at:.1f} s: they are longer than 1 bytes",)


def test_a_series_that_takes_too_long_ends_and_says_so(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.play("film", KEY)
    monkeypatch.setattr(frames, "MOST", 3.0)
    seen = loaded(market)
    assert 1 <= len(seen.frames) < len(frames.OFFSETS)
    (why,) = seen.missing
    assert re.fullmatch(r"no frames beyond \d\.\d s: 3 s were over", why)


def due(workspace: Path, market: Market) -> None:
    """A first look at the listing is due."""
    now = datetime.now(UTC)
    where = {"key": KEY, "url": f"{market.base}/item/{KEY}"}
    with Vault.open(workspace) as vault:
        todo.plan(vault, [todo.Task(todo.Kind.VISIT, f"visit:market:{KEY}", "market", now, where)])


def kept(workspace: Path, role: Role) -> list[tuple[str, bytes]]:
    """Address and bytes of what the one look kept in ROLE."""
    with Vault.open(workspace) as vault, vault.reading() as session:
        rows = session.scalars(select(VisitExhibit).where(VisitExhibit.role == role).order_by(VisitExhibit.position))
        return [(row.url, vault.store.read(row.sha256)) for row in rows]


def look(workspace: Path) -> Visit:
    with Vault.open(workspace) as vault, vault.reading() as session:
        return session.scalars(select(Visit)).one()


@pytest.mark.usefixtures("short", "reads_pictures")
def test_a_visit_keeps_the_frames_reads_them_and_hands_them_on(
    market: Market, market_workspace: Path, wildfree: Wildfree, tmp_path: Path
) -> None:
    market.play("film", KEY)
    due(market_workspace, market)
    assert wildfree("visit", "market").code == 0
    assert (look(market_workspace).capture, look(market_workspace).missing) == (Capture.COMPLETE, [])
    found = kept(market_workspace, Role.FRAME)
    assert len(found) == 3
    assert all(re.fullmatch(rf"{market.base}/item/{KEY}#t=\d+\.\d\d", url) for url, _ in found)
    with Vault.open(market_workspace) as vault, vault.reading() as session:
        shas = set(session.scalars(select(VisitExhibit.sha256).where(VisitExhibit.role == Role.FRAME)))
        read = {row.sha256: row.text for row in session.scalars(select(PictureText))}
    assert len(shas) == 3
    assert all(f"No. {KEY}" in read[sha256].replace("No.1", "No. 1") for sha256 in shas), read
    assert len(read) == 5, "three frames and the two pictures of the listing"
    assert wildfree("verify").code == 0
    ran = wildfree("bundle", 1, "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    (packed,) = (tmp_path / "out").glob("*.zip")
    assert wildfree("verify", packed).code == 0
    with zipfile.ZipFile(packed) as opened:
        files = {hashlib.sha256(opened.read(name)).hexdigest() for name in opened.namelist()}
    assert shas <= files, "the frames are in it, byte for byte"


@pytest.mark.usefixtures("short")
def test_a_live_room_tells_its_ids_and_its_shop_window_and_is_filmed(
    market: Market, market_workspace: Path, wildfree: Wildfree
) -> None:
    market.play("live_room", KEY)
    due(market_workspace, market)
    assert wildfree("visit", "market").code == 0
    assert look(market_workspace).capture is Capture.COMPLETE
    assert len(kept(market_workspace, Role.FRAME)) == 3
    ((_, body),) = kept(market_workspace, Role.METADATA)
    said = json.loads(body)
    assert (said["room"], said["host"]) == (f"room-{KEY}", f"host-{KEY}")
    assert len(said["items"]) == 6
    assert {item["url"] for item in said["items"]} == {f"{market.base}/item/{item['key']}" for item in said["items"]}
    assert all(item["title"] and item["price"] for item in said["items"])


def test_a_video_that_did_not_play_makes_the_capture_partial_with_the_reason(
    market: Market, market_workspace: Path, wildfree: Wildfree
) -> None:
    market.play("broken_film", KEY)
    due(market_workspace, market)
    assert wildfree("visit", "market").code == 0
    assert look(market_workspace).capture is Capture.PARTIAL
    assert any("the video did not play" in why for why in look(market_workspace).missing)
    assert kept(market_workspace, Role.FRAME) == kept(market_workspace, Role.METADATA) == []


def test_a_light_capture_takes_no_frames_and_lacks_none(
    market: Market, market_workspace: Path, wildfree: Wildfree
) -> None:
    settings = market_workspace / "wildfree.toml"
    settings.write_text('capture = "light"\n' + settings.read_text("utf-8"), "utf-8")
    market.play("film", KEY)
    due(market_workspace, market)
    assert wildfree("visit", "market").code == 0
    assert kept(market_workspace, Role.FRAME) == []
    assert not any("frame" in why for why in look(market_workspace).missing)
