"""The text in pictures: read once, kept, found suspect by the terms, and told to the reviewer."""

import io
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright
from sqlalchemy import text

from archive import erase, intake
from archive.facts import Brought, Exhibit, Judged, Lead, Outcome, Role, Searched
from archive.pictures import keep_text
from archive.questions import clues
from archive.questions import pictures as questions
from archive.rows import sweep, tip
from archive.vault import EVIDENCE, Vault
from config.platform import Condition
from config.schedule import Job
from config.settings import FILE
from crawler import ocr
from crawler.chromium.find import chromium
from crawler.ocr import Printed, Reader
from crawler.reading import ocr as printed
from desk import pictures, reviewing, work
from desk.context import Desk, desk
from desk.main import main
from desk.reasons import said
from desk.sealing import seal_what_was_done
from tests.conftest import Wildfree
from tests.field import Field, url

pytestmark = pytest.mark.usefixtures("reads_pictures")

PHONE = """<!doctype html><meta charset=utf-8><meta name=viewport content="width=device-width">
<body style="font:14px sans-serif;margin:0"><div style="background:#f50;color:#fff">09:41 集市 商品详情</div>
<div style="height:300px;background:linear-gradient(45deg,#caa,#efe);position:relative">
<b style="position:absolute;left:20px;top:120px;font-size:34px;color:#fff">老料象牙手镯</b></div>
<h3 style="margin:8px">天然老物件 手工雕刻 懂的来</h3><p style="margin:8px;color:#e00">¥ 3,800.00</p>
<p style="margin:8px;color:#888;font-size:12px">已售 3 · 浏览 218 · 不议价 顺丰包邮</p>"""
PLAIN = "<body style='margin:40px;font:40px sans-serif'>{}"


@dataclass
class Camera:
    """Draws pages as a phone or a shop's picture would show them."""

    shoot: Callable[[str, int, int], bytes]

    def phone(self) -> bytes:
        return self.shoot(PHONE, 390, 844)

    def saying(self, words: str, high: int = 200) -> bytes:
        return self.shoot(PLAIN.format(words), 640, high)


@pytest.fixture(scope="module")
def camera() -> Iterator[Camera]:
    """A browser in a thread of its own: its loop must not run where crawls do."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        playwright = thread.submit(lambda: sync_playwright().start()).result()
        path = str(chromium())
        browser = thread.submit(playwright.chromium.launch, executable_path=path, args=["--no-sandbox"]).result()

        def shot(html: str, width: int, height: int) -> bytes:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_content(html)
            taken = page.screenshot()
            page.close()
            return taken

        yield Camera(lambda *page: thread.submit(shot, *page).result())
        thread.submit(browser.close).result()
        thread.submit(playwright.stop).result()


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


def show(field: Field, key: str, *shown: bytes, suspect: bool = False) -> int:
    """An innocent listing that was found, then seen live with the pictures SHOWN; answers its number."""
    lead = Lead("market", key, url(key), f"老物件 {key}", "老物件", 1)
    card = Judged("", suspect, 0.6 if suspect else 0.0)
    this = Searched(field.sweeps["market"], key, 1, url("s"), Outcome.HITS, "", field.at, ((lead, card),))
    intake.take(field.vault, sweep.searched(this, None, False))
    look = field.look(key, Condition.LIVE, pictured=True, title=f"老物件 {key}")
    with field.vault.writing() as session:  # as a look would have written them
        for place, body in enumerate(shown, 100):
            sha256 = field.vault.store.put(body)
            row = {"sha": sha256, "size": len(body), "visit": look, "place": place}
            session.execute(text("INSERT OR IGNORE INTO exhibit VALUES (:sha, :size, 'image/png')"), row)
            session.execute(text("INSERT INTO visit_exhibit VALUES (:visit, :place, :sha, 'picture', '')"), row)
        return int(session.execute(text("SELECT id FROM listing WHERE key = :key"), {"key": key}).scalar_one())


def brought(vault: Vault, body: bytes, kind: str = "image/png") -> str:
    """The SHA-256 of a file that a person has brought."""
    this = Brought("a volunteer", datetime.now(UTC), "IMG_0001.png")
    file = Exhibit(Role.TIP, body, kind)
    intake.take(vault, tip.brought(this, [file]), [file])
    return vault.store.put(body)


def kept(vault: Vault) -> dict[str, tuple[str, str]]:
    with vault.reading() as session:
        return {row[0]: (row[1], row[2]) for row in session.execute(text("SELECT * FROM picture_text"))}


def test_a_phone_screenshot_of_a_listing_becomes_evidence_with_its_text_found(here: Desk, camera: Camera) -> None:
    sha256 = brought(here.vault, camera.phone())
    (seen,) = pictures.read_new(here)
    lines = seen.judged.text.splitlines()
    assert "老料象牙手镯" in lines
    assert any("3,800.00" in line for line in lines), "the price"
    assert any("顺丰包邮" in line for line in lines), "the small grey print"
    assert lines.index("老料象牙手镯") < len(lines) - 2, "from top to bottom"
    assert (seen.sha256, seen.unread, seen.judged.suspect) == (sha256, "", True)
    assert kept(here.vault) == {sha256: (ocr.method(), seen.judged.text)}
    assert main(["verify", "--workspace", str(here.workspace)]) == 0


def test_each_picture_is_read_once_and_nothing_is_said_where_there_is_no_new_one(
    here: Desk, camera: Camera, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = camera.saying("象牙手镯"), camera.saying("普通茶壶")
    brought(here.vault, one)
    brought(here.vault, other)
    brought(here.vault, one)
    brought(here.vault, b"no picture", "text/csv")
    assert sorted(each.judged.text for each in pictures.read_new(here)) == ["普通茶壶", "象牙手镯"]
    assert "New pictures: 2, with text: 2, with terms of the trade: 1 (象牙手镯)\n" in capsys.readouterr().err
    monkeypatch.setattr(ocr, "COMMAND", ("no such program",))
    assert pictures.read_new(here) == ()
    assert capsys.readouterr() == ("", "")


def test_what_no_reader_could_read_is_said_once_and_kept_with_its_reason(
    here: Desk, camera: Camera, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = camera.saying("象牙手镯")
    damaged = brought(here.vault, whole[: len(whole) // 2])
    vast = brought(here.vault, bomb(30_000))
    good = brought(here.vault, whole)
    assert len(pictures.read_new(here)) == 3
    err = capsys.readouterr().err
    assert f"{damaged[:16]}: {printed.NO_PICTURE}" in err
    assert f"{vast[:16]}: {printed.TOO_LARGE}" in err
    found = kept(here.vault)
    assert found[good] == (ocr.method(), "象牙手镯")
    assert found[damaged] == (f"{ocr.method()}: {printed.NO_PICTURE}", "")
    assert pictures.read_new(here) == ()


def bomb(side: int) -> bytes:
    """A small file with SIDE times SIDE pixels."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


def readers() -> list[psutil.Process]:
    """The processes that read for us."""
    return [each for each in psutil.Process().children() if "crawler.ocr_worker" in each.cmdline()]


def test_a_reader_that_falls_over_a_picture_is_begun_anew_for_the_next(
    camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = camera.saying("象牙手镯")
    with Reader() as reader:
        assert reader.read(good).text == "象牙手镯"
        (process,) = readers()
        process.kill()
        assert "fell over it" in reader.read(good).unread
        assert reader.read(good) == Printed("象牙手镯")
        monkeypatch.setattr(ocr, "PATIENCE", 0.0)
        assert "took too long" in reader.read(good).unread
    assert readers() == []


def test_without_a_reader_the_pictures_stay_unread_and_no_command_fails(
    here: Desk, camera: Camera, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(here.vault, camera.saying("象牙手镯"))
    with monkeypatch.context() as without:
        without.setattr(ocr, "COMMAND", ("no such program",))
        assert pictures.read_new(here) == ()
    assert "not read: it does not start" in capsys.readouterr().err
    assert kept(here.vault) == {}
    assert [each.judged.text for each in pictures.read_new(here)] == ["象牙手镯"]


def test_a_reading_that_was_broken_off_goes_on_where_it_was(
    here: Desk, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("象牙手镯", "普通茶壶", "穿山甲片"):
        brought(here.vault, camera.saying(words))
    real, handed = keep_text, []

    def interrupted(*told: str, again: bool) -> None:
        real(*told, again=again)  # type: ignore[arg-type]  # handed on as it came
        handed.append(told)
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(pictures, "keep_text", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pictures.read_new(here)
    assert len(kept(here.vault)) == len(handed) == 1
    assert len(pictures.read_new(here)) == 2
    assert {words for _, words in kept(here.vault).values()} == {"象牙手镯", "普通茶壶", "穿山甲片"}


SLOW = """import json, sys, time
def say(text, more): print(json.dumps(dict(text=text, unread="", more=more)), flush=True)
say("", False)
sys.stdin.buffer.read(9)
for part in range(5):
    time.sleep(1)
    say(f"part {part}", True)
"""  # and it falls


def test_a_slow_reader_has_patience_for_each_part_and_what_was_read_before_it_fell_is_kept_and_tried_once_more(
    here: Desk, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = brought(here.vault, camera.saying("象牙手镯"))
    told = "\n".join(f"part {part}" for part in range(5))
    with monkeypatch.context() as slow:
        slow.setattr(ocr, "PATIENCE", 3.0)
        slow.setattr(ocr, "COMMAND", (sys.executable, "-c", SLOW))
        (seen,) = pictures.read_new(here)
    assert (seen.judged.text, seen.unread) == (told, f"{ocr.FELL}: only its first 5 parts were read")
    assert kept(here.vault)[sha256][1] == told
    (seen,) = pictures.read_new(here)
    assert (seen.judged.text, seen.unread) == ("象牙手镯", "")
    assert pictures.read_new(here) == ()


def test_a_picture_over_which_the_reader_falls_twice_is_left_alone(
    here: Desk, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = brought(here.vault, camera.saying("象牙手镯"))
    monkeypatch.setattr(ocr, "PATIENCE", 0.0)
    assert [each.unread for _ in range(3) for each in pictures.read_new(here)] == [ocr.FELL] * 2
    with here.vault.reading() as session:
        rows = session.execute(text("SELECT sha256, method FROM picture_text")).all()
    assert rows == [(sha256, f"{ocr.method()}: {ocr.FELL}")], "one row, which says why"


def test_one_altered_file_is_told_of_and_all_other_pictures_are_read(
    here: Desk, camera: Camera, wildfree: Wildfree
) -> None:
    shas = [brought(here.vault, camera.saying(words)) for words in ("象牙手镯", "普通茶壶", "穿山甲片")]
    spoilt = min(shas)  # the first that is read
    place = here.vault.store.path(spoilt)
    body = bytearray(place.read_bytes())
    body[200] ^= 1
    place.chmod(0o600)
    place.write_bytes(body)
    ran = wildfree("add", "https://v.douyin.com/x/", "--workspace", here.workspace, "--by", "a volunteer")
    assert ran.code == 0, ran.err
    assert "tip 4: kept" in ran.out
    assert "was altered" in ran.err
    assert set(kept(here.vault)) == set(shas) - {spoilt}
    ran = wildfree("visit", "--workspace", here.workspace)
    assert (ran.code, "was altered" in ran.err) == (0, True), "it is told each time, until it is put right"


def test_what_was_added_is_said_before_its_pictures_are_read(
    here: Desk, camera: Camera, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Desk) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pictures, "read_new", interrupted)
    main(["add", "https://v.douyin.com/x/", "--workspace", str(here.workspace), "--by", "a volunteer"])
    assert "tip 1: kept" in capsys.readouterr().out


def slides(*shown: Image.Image) -> dict[str, bytes]:
    """SHOWN one after the other, as each kind of picture that moves."""
    first, *others = shown
    bodies = {}
    for kind in ("GIF", "PNG", "WEBP", "AVIF"):
        out = io.BytesIO()
        first.save(out, kind, save_all=True, append_images=others, duration=500)
        bodies[kind] = out.getvalue()
    return bodies


def test_a_picture_that_moves_is_read_frame_by_frame_and_its_lines_are_told_once(
    camera: Camera, reader: Reader
) -> None:
    said = [Image.open(io.BytesIO(camera.saying(words))).convert("RGB") for words in ("象牙手镯", "普通茶壶")]
    blank = Image.new("RGB", said[0].size, "white")
    for kind, body in slides(blank, said[0], said[1], said[0]).items():
        assert reader.read(body) == Printed("象牙手镯\n普通茶壶"), kind


def test_a_picture_of_too_many_frames_says_how_many_were_read(camera: Camera, reader: Reader) -> None:
    last = Image.open(io.BytesIO(camera.saying("象牙手镯"))).convert("RGB")
    blank = [Image.new("RGB", last.size, (255, 255, 255 - number)) for number in range(19)]
    body = slides(*blank, last)["PNG"]
    assert reader.read(body) == Printed("象牙手镯", "only 8 of 20 frames were read")
    cut = reader.read(body[: len(body) - 1000])
    assert re.fullmatch(r"only \d of its frames could be read", cut.unread), "what opens of it was read"


def test_frames_are_read_from_the_first_to_the_last() -> None:
    for count, most in ((1, 8), (2, 8), (8, 8), (20, 8), (3, 2), (5, 1), (5, 0)):
        found = printed.spread(count, most)
        assert found == sorted(set(found))
        assert len(found) == max(1, min(count, most))
        assert (found[0], found[-1]) == (0, count - 1 if len(found) > 1 else 0)


@pytest.mark.parametrize("brightest", [65_535, 4_095, 255])
def test_a_grey_picture_of_16_bits_is_read(brightest: int, camera: Camera, reader: Reader) -> None:
    seen = np.asarray(Image.open(io.BytesIO(camera.saying("象牙手镯"))).convert("L")).astype(np.uint16)
    out = io.BytesIO()
    Image.fromarray((seen // 4 + 192) * (brightest // 255)).save(out, "PNG")  # a grey that is white if it is cut off
    with Image.open(out) as again:
        assert again.mode == "I;16"
    assert reader.read(out.getvalue()) == Printed("象牙手镯")


def test_a_tall_picture_is_read_in_parts_and_no_line_is_lost_or_told_twice(camera: Camera, reader: Reader) -> None:
    words = [f"第{number:03}行象牙手镯" for number in range(100)]
    rows = "".join(f"<p style='margin:0;height:60px;font-size:32px'>{each}</p>" for each in words)
    told = reader.read(camera.shoot(f"<body style='margin:0 20px'>{rows}", 640, 6000))
    assert told.unread == ""
    numbers = [int(found) for found in re.findall(r"(\d{3})行", told.text)]
    assert numbers == list(range(100))


def test_a_picture_of_too_many_parts_says_how_far_it_was_read(reader: Reader) -> None:
    out = io.BytesIO()
    Image.new("L", (20, 40_000), 255).save(out, "PNG")
    assert reader.read(out.getvalue()).unread == "only the first 24 of 46 parts were read"


def test_parts_cover_the_whole_picture_and_overlap() -> None:
    for width, height in ((390, 844), (640, 6000), (1080, 2376), (1080, 2377), (20, 40_000), (5000, 10)):
        places = printed.parts(width, height)
        assert places[0][0] == 0
        assert places[-1][1] == height
        assert all(later[0] < earlier[1] for earlier, later in pairwise(places))
        assert all(bottom - top <= max(width * 2.2, 960) for top, bottom in places)
    assert len(printed.parts(1080, 2340)) == 1, "a phone's screen is read at once"


def test_a_picture_that_lies_on_its_side_is_turned_and_its_empty_ground_is_white(
    camera: Camera, reader: Reader
) -> None:
    with Image.open(io.BytesIO(camera.saying("象牙手镯"))) as upright:
        turned = upright.convert("RGB").rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise to see it
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)
    assert reader.read(out.getvalue()).text == "象牙手镯"
    clear = Image.new("RGBA", (640, 200), (0, 0, 0, 0))
    ImageDraw.Draw(clear).text((60, 60), "IVORY 2026", "black", font_size=60)
    out = io.BytesIO()
    clear.save(out, "PNG")
    assert "IVORY 2026" in reader.read(out.getvalue()).text


def test_an_innocent_listing_waits_for_review_by_what_stands_in_its_picture(
    field: Field, here: Desk, camera: Camera, wildfree: Wildfree
) -> None:
    shady = show(field, "1", camera.saying("老料象牙手镯"), camera.saying("七天无理由退换"))
    show(field, "2", camera.saying("普通茶壶"))
    show(field, "3", camera.saying("象牙塔数码专营店"))
    assert reviewing.waiting(here, "a reviewer") == [], "nothing has been read"
    assert len(pictures.read_new(here)) == 4
    (case,) = reviewing.waiting(here, "a reviewer")
    assert case.listing_id == shady
    assert case.score >= 0.5
    assert said(case.reasons, "en") == "in a picture: 象牙手镯"
    assert said(case.reasons, "zh") == "图中文字：象牙手镯"
    assert reviewing.found_species(case) == "Elephantidae"
    assert {match["picture"] for match in case.matches} == {field.vault.store.put(camera.saying("老料象牙手镯"))}
    listed = wildfree("review", "--list", "--workspace", here.workspace)
    assert "图中文字：象牙手镯" in listed.out
    asked = wildfree("review", "--workspace", here.workspace, "--by", "a reviewer", typed="q\n")
    assert "图中文字：象牙手镯" in asked.out
    (told,) = wildfree("review", "--list", "--json", "--workspace", here.workspace).objects
    assert "in a picture: 象牙手镯" in told["reasons"]


def test_a_picture_raises_a_suspect_listing_in_the_queue_and_its_title_is_told_first(
    field: Field, here: Desk, camera: Camera
) -> None:
    show(field, "1", camera.saying("普通茶壶"), suspect=True)
    raised = show(field, "2", camera.saying("老料象牙手镯 私聊"), suspect=True)
    before = [case.listing_id for case in reviewing.waiting(here, "a reviewer")]
    pictures.read_new(here)
    after = reviewing.waiting(here, "a reviewer")
    assert before[-1] == raised
    assert [case.listing_id for case in after] == [raised, before[0]]
    assert after[0].score > after[1].score


def test_a_banner_that_many_listings_share_says_so_and_raises_none(field: Field, here: Desk, camera: Camera) -> None:
    banner = camera.saying("象牙手镯专卖")
    shops = [show(field, str(number), banner) for number in range(clues.COMMON)]
    alone = show(field, "77", camera.saying("老料象牙手镯"))
    pictures.read_new(here)
    first, *others = reviewing.waiting(here, "a reviewer")
    assert first.listing_id == alone
    assert {case.listing_id for case in others} == set(shops)
    assert {case.score for case in others} == {0.0}
    assert {said(case.reasons, "en") for case in others} == {"in a picture that 4 listings share: 象牙手镯"}


def test_a_tip_that_names_a_listing_lends_it_the_text_of_its_picture(
    field: Field, here: Desk, camera: Camera
) -> None:
    number = show(field, "1")
    this = Brought("a volunteer", field.at, "IMG_1.png", platform="market", key="1", url=url("1"))
    file = Exhibit(Role.TIP, camera.phone(), "image/png")
    intake.take(field.vault, tip.brought(this, [file]), [file])
    pictures.read_new(here)
    assert [case.listing_id for case in reviewing.waiting(here, "a reviewer")] == [number]


def test_what_was_erased_is_not_read_and_its_text_goes_with_it(field: Field, here: Desk, camera: Camera) -> None:
    number = show(field, "1", camera.saying("老料象牙手镯"))
    pictures.read_new(here)
    (sha256,) = kept(here.vault)
    erase.listing(here.vault, number, why="asked for", by="a reviewer", now=datetime.now(UTC))
    assert not here.vault.store.path(sha256).exists()
    assert kept(here.vault) == {}
    assert sha256 in questions.unread(here.vault)
    assert pictures.read_new(here) == ()


def test_a_rebuilt_archive_has_its_pictures_read_again_and_finds_the_same(
    field: Field, here: Desk, camera: Camera, tmp_path: Path
) -> None:
    for words in ("老料象牙手镯", "普通茶壶"):
        brought(here.vault, camera.saying(words))
    pictures.read_new(here)
    before = kept(here.vault)
    seal_what_was_done(here)
    assert main(["archive", "rebuild", "--workspace", str(here.workspace), "--to", str(tmp_path / "made")]) == 0
    shutil.copytree(here.workspace / EVIDENCE, tmp_path / "made" / EVIDENCE)
    shutil.copy(here.workspace / FILE, tmp_path / "made")
    with desk(tmp_path / "made") as again:
        assert kept(again.vault) == {}
        assert len(pictures.read_new(again)) == 2
        assert kept(again.vault) == before


def test_a_phone_screenshot_that_is_added_is_read_at_once(
    here: Desk, camera: Camera, wildfree: Wildfree, tmp_path: Path
) -> None:
    shot = tmp_path / "IMG_0001.png"
    shot.write_bytes(camera.phone())
    ran = wildfree("add", shot, "--workspace", here.workspace, "--by", "a volunteer")
    assert ran.code == 0, ran.err
    assert "with terms of the trade: 1 (象牙手镯" in ran.err
    ((_, words),) = kept(here.vault).values()
    assert "老料象牙手镯" in words
    assert main(["verify", "--workspace", str(here.workspace)]) == 0


def test_a_visit_and_the_schedule_read_what_was_left_unread(here: Desk, camera: Camera, wildfree: Wildfree) -> None:
    brought(here.vault, camera.saying("象牙手镯"))
    assert wildfree("visit", "--workspace", here.workspace).code == 0
    assert [words for _, words in kept(here.vault).values()] == ["象牙手镯"]
    brought(here.vault, camera.saying("普通茶壶"))
    work.do(here, Job(do="visit", at="sun 09:00"), "the clock", datetime.now(UTC))
    assert sorted(words for _, words in kept(here.vault).values()) == ["普通茶壶", "象牙手镯"]
