"""Whatever a page throws at us stays within its bounds, is said to be missing, and leaves nothing behind."""

import asyncio
import json
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image
from scrapy import Request
from scrapy.http import Response
from sqlalchemy import select
from twisted.python.failure import Failure

from archive.facts import Capture, Role
from archive.likeness import MOST_PIXELS, hashes, pixels
from archive.models import Visit, VisitExhibit
from archive.vault import Vault
from config.errors import LetterError
from config.platform import Condition
from config.settings import Limits
from crawler import browser
from crawler.burden import within
from crawler.chromium.load import Ask, Loaded
from crawler.chromium.record import Document, Recorder
from crawler.chromium.sight import Sight
from crawler.guest import Guest
from crawler.run import crawl
from crawler.unanswered import NotAdmitted, Unanswered
from letters.press.picture import reduced
from tests import bombs
from tests.conftest import Wildfree
from tests.site import Answer, describe, opened

MIB = 1024 * 1024
SHORT = 8.0  # s for one page; most bombs need far less
US = psutil.Process()


def some(cases: Iterable[str], *slower: str) -> list[Any]:
    """All CASES; those that are SLOWER, or tell little more than the others, for `make test-slow` alone."""
    return [pytest.param(each, marks=pytest.mark.slow if each in slower else ()) for each in cases]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with bombs.opened() as base:
        yield base


def asked(site: str, path: str, *, keep: bool = True, marks: tuple[str, ...] = (), **limits: float) -> Ask:
    within = Limits.model_validate({"seconds": SHORT} | limits)
    return Ask(site + path, keep=keep, marks=marks, limits=within, allow=(site.removeprefix("http://"),))


def load(*how: Any, **more: Any) -> Loaded:
    return asyncio.run(browser.shared().load(asked(*how, **more)))


def started() -> list[psutil.Process]:
    return [process for process in US.children(recursive=True) if lives(process)]


def lives(process: psutil.Process) -> bool:
    return process.is_running() and "zombie" not in (status(process), "")


def status(process: psutil.Process) -> str:
    try:
        return str(process.status())
    except psutil.NoSuchProcess:
        return ""


def named(word: str) -> list[psutil.Process]:
    return [process for process in started() if any(word in each for each in line(process))]


def line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


@dataclass
class Grown:
    mib: float = 0


@contextmanager
def measured() -> Iterator[Grown]:
    """By how much this process and the driver grow together, at most, until the end of the `with`."""
    drivers = named("run-driver")
    before = sum(map(resident, [US, *drivers]))
    grown, done = Grown(), threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            grown.mib = max(grown.mib, (sum(map(resident, [US, *drivers])) - before) / MIB)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield grown
    finally:
        done.set()
        watching.join()


@pytest.fixture
def bounded(site: str) -> Iterator[Grown]:
    """After the test: no more than we may grow by was taken, no page is open, and the next page loads."""
    assert "象牙手镯" in load(site, "/plain", keep=False).text  # a browser is there, and knows the site
    with measured() as grown:
        yield grown
    assert grown.mib < Limits().growth
    assert asyncio.run(targets()) == []
    assert "象牙手镯" in load(site, "/plain", keep=False, seconds=30).text


async def targets() -> list[str]:
    """The addresses of the pages that Chromium itself says are open."""

    async def told() -> list[str]:
        running = browser.shared()._chromium  # noqa: SLF001  (no page of ours must be open, whatever we believe)
        if running is None:
            return []
        session = await running.new_browser_cdp_session()
        found = (await session.send("Target.getTargets"))["targetInfos"]
        await session.detach()
        return [each["url"] for each in found if each["type"] == "page" and each["url"] != "about:blank"]

    loop = browser.shared()._loop  # noqa: SLF001  (its objects live there)
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(told(), loop))


LONG = "the document is longer than 20971520 bytes unpacked"
NO_PAGE = {
    "/drip": "no whole page within 3 s",
    "/endless": LONG,
    "/large": LONG,
    "/redirect": "the page led on more than 10 times",
    "/script-loop": "the page led on more than 10 times|went on",
    "/refresh": "the page led on more than 10 times|went on",
    "/attachment": "Download is starting",
    "/flood": "a head of more than",
    "/heads": "a head of more than",
    "/packed/gzip-gzip": LONG,
}


@pytest.mark.parametrize("path", some(NO_PAGE, "/script-loop", "/attachment", "/heads", "/large"))
def test_what_is_no_page_is_said_to_be_none_within_the_bounds(site: str, path: str, bounded: Grown) -> None:
    began = time.monotonic()
    with pytest.raises(Unanswered, match=NO_PAGE[path]):
        load(site, path, seconds=3 if path == "/drip" else 20)
    assert time.monotonic() - began < 30


def test_a_document_that_our_own_leaving_ends_is_no_document(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the way out is shut, what still drips ends there: as a whole document, if anybody listens."""
    closed = Recorder.close

    async def later(self: Recorder) -> None:
        """Close after all that was on its way has ended by itself."""
        if on_its_way := set(self._passing):
            await asyncio.wait(on_its_way, timeout=SHORT)
        await closed(self)

    monkeypatch.setattr(Recorder, "close", later)
    with pytest.raises(Unanswered, match="no whole page within 3 s"):
        load(site, "/drip", seconds=3)


BROKEN_OFF = {
    "/half": "the document's end: it broke off: 104 of 99999 bytes came",
    "/half-unsaid": "it broke off between two pieces",
    "/half-zipped": "it broke off between two pieces",
    "/half-picture": "/half.png: it broke off: 9 of 99999 bytes came",
}


@pytest.mark.parametrize("path", BROKEN_OFF)
def test_what_the_site_breaks_off_is_not_taken_for_the_whole(site: str, path: str) -> None:
    seen = load(site, path)
    assert "象牙手镯" in seen.text
    assert any(BROKEN_OFF[path] in each for each in seen.missing), seen.missing


def test_what_is_packed_a_thousand_times_is_no_page_or_one_within_the_bounds(site: str, bounded: Grown) -> None:
    """Some versions of Chromium give up, others unpack it."""
    with suppress(Unanswered):
        assert len(load(site, "/layers").payload) < MIB


@pytest.mark.parametrize("path", some(["/loop-at-once", "/alerts", "/loop", "/deep"], "/loop", "/deep"))
def test_a_page_that_never_comes_to_rest_is_kept_as_delivered(site: str, path: str, bounded: Grown) -> None:
    began = time.monotonic()
    cut = load(site, path, seconds=4)
    assert time.monotonic() - began < 20
    assert cut.missing, "that its time was up is said"
    assert (cut.status, cut.payload.decode(), cut.final_url) == (200, bombs.PAGES[path], site + path)
    assert cut.text.strip() == "象牙手镯" or cut.missing[-1].startswith("no whole page within 4 s: no tree")


HARMLESS = ("/windows", "/frames", "/blob", "/leaving", "/printing", "/canvas", "/webgl", "/download", "/nested")
SLOWER = ("/frames", "/printing", "/canvas", "/webgl", "/download", "/nested")


@pytest.mark.parametrize("path", some(HARMLESS, *SLOWER))
def test_a_page_that_pesters_is_read_all_the_same(site: str, path: str, bounded: Grown) -> None:
    processes = len(started())
    seen = load(site, path, seconds=10 if path == "/download" else 20)
    assert seen.text.strip().startswith("象牙手镯")
    assert seen.payload.decode() == bombs.PAGES[path]
    assert seen.screenshot
    assert len(started()) < processes + 8, "windows that were opened, or the frames, have processes of their own"


@pytest.mark.parametrize("path", some(["/eater", "/packed-style", "/data-pictures"], "/data-pictures"))
def test_a_page_that_eats_memory_is_ended_and_kept_as_delivered(site: str, path: str, bounded: Grown) -> None:
    cut = load(site, path, marks=("#never",), seconds=20, renderer=400)
    assert cut.payload.decode() == bombs.PAGES[path]
    assert "the page's process was ended at " in cut.missing[-1]
    assert cut.missing[-1].endswith(" MiB: no tree and no text and no screenshot")


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/console", "/errors", "/addresses"])
def test_a_page_that_floods_the_driver_is_cut_off_and_kept_as_delivered(site: str, path: str, bounded: Grown) -> None:
    cut = load(site, path, marks=("#never",), seconds=6)
    assert cut.payload.decode() == bombs.PAGES[path]
    assert cut.missing


def test_a_page_that_fills_our_own_processes_ends_the_browser_and_is_kept_as_delivered(site: str) -> None:
    load(site, "/plain")
    (driver,) = named("run-driver")
    cut = load(site, "/noise", seconds=20, growth=40)
    assert cut.payload.decode() == bombs.PAGES["/noise"]
    assert "our own processes grew by " in cut.missing[-1]
    assert "the browser was ended" in cut.missing[-1]
    assert not driver.is_running()
    assert load(site, "/plain").text.strip() == "象牙手镯"


def test_a_page_whose_process_breaks_down_is_kept_as_delivered(site: str, bounded: Grown) -> None:
    before = set(named("--type=renderer"))

    def break_down() -> None:
        time.sleep(2)
        for process in set(named("--type=renderer")) - before:
            process.send_signal(signal.SIGKILL)

    breaking = threading.Thread(target=break_down)
    breaking.start()
    cut = load(site, "/dripping-picture", seconds=20)
    breaking.join()
    assert cut.payload.decode() == bombs.PAGES["/dripping-picture"]
    assert cut.missing[0] == "the page's process broke down: no tree and no text and no screenshot"


PICTURES = {
    "/endless-picture": "/endless.png: beyond the 20971520 bytes of a page's pictures, unpacked",
    "/packed-picture": "/bomb.png: beyond the 20971520 bytes of a page's pictures, unpacked",
    "/large-picture": "/large.png: 419430400 bytes are more than the 20971520 that a page's pictures may have",
    "/wide-picture": "/wide.png: it has more than 40 megapixels",
    "/dripping-picture": "/drip: it had not come when we left",
}


@pytest.mark.parametrize("path", some(PICTURES, "/endless-picture", "/large-picture"))
def test_a_picture_beyond_the_bounds_is_missed_alone(site: str, path: str, bounded: Grown) -> None:
    seen = load(site, path, seconds=12 if path == "/dripping-picture" else 40)
    assert seen.missing[-1] == f"picture {site}{PICTURES[path]}"
    assert (seen.text.strip(), seen.pictures) == ("象牙手镯", {})
    assert seen.screenshot


@pytest.mark.slow
def test_pictures_are_kept_up_to_the_bound_that_all_share(site: str, bounded: Grown) -> None:
    seen = load(site, "/many-pictures", seconds=40)
    assert len(seen.pictures) == 20
    assert all(body == bombs.noise(MIB) for _, body in seen.pictures.values())
    assert len(seen.missing) == 40


def test_the_settings_move_the_bounds(site: str) -> None:
    assert len(load(site, "/many-pictures", document=3, seconds=40).pictures) == 3
    with pytest.raises(Unanswered, match="longer than 400 bytes"):
        load(site, "/nested", document=400 / MIB)
    with pytest.raises(Unanswered, match="more than 2 times"):
        load(site, "/redirect", redirects=2)
    low = load(site, "/tall", megapixels=2.56)
    assert Image.open(BytesIO(low.screenshot)).size == (1280, 2000)
    assert any("the first 2000 of 3000" in said for said in low.missing)


def test_what_comes_packed_and_is_long_is_kept_though_the_page_cannot_be_drawn(site: str, bounded: Grown) -> None:
    cut = load(site, "/unsaid", seconds=20)
    assert cut.payload.decode() == bombs.page("x" * (8 * MIB))
    assert "did not say so" in cut.missing[-1]


@pytest.mark.slow
def test_a_long_picture_that_comes_packed_is_kept_though_it_cannot_be_shown(site: str, bounded: Grown) -> None:
    seen = load(site, "/unsaid-picture", seconds=20)
    ((_, body),) = seen.pictures.values()
    assert body == bombs.noise(8 * MIB)
    assert "did not say so" in seen.missing[-1]


@pytest.mark.slow
def test_a_screenshot_of_noise_is_no_larger_than_agreed(site: str, bounded: Grown) -> None:
    seen = load(site, "/noise", seconds=40)
    assert any(said.startswith("the screenshot shows the first ") for said in seen.missing)
    if seen.screenshot:  # else our own processes grew too much over it, and the bound was kept that way
        assert 20 * MIB < len(seen.screenshot) < 40 * MIB
        with Image.open(BytesIO(seen.screenshot)) as shot:
            assert shot.size[0] == 1280
            assert shot.convert("RGB").getpixel((600, 5000)) != shot.convert("RGB").getpixel((601, 5000))


def test_a_page_that_asks_for_a_name_is_shown_to_nobody_in_particular(site: str) -> None:
    seen = load(site, "/auth")
    assert (seen.status, seen.text.strip()) == (401, "象牙手镯")


def test_a_page_is_granted_nothing(site: str) -> None:
    told = json.loads(load(site, "/wishes", marks=("h2",)).text)
    assert len(told) == 9
    assert set(told.values()) == {"denied"}
    assert named("--mute-audio")


def test_heads_are_kept_in_order_case_and_doubles_but_for_secrets(site: str) -> None:
    kept = load(site, "/headed").headers  # Chromium itself hands no cookies out
    told = [(name, value) for name, value in kept if not name.lower().startswith("set-cookie") or "who" in value]
    assert told[2:] == [
        ("x-B", "1"),
        ("x-b", "2"),
        ("X-A", "3"),
        ("X-CSRF-Token", "(not kept)"),
        ("Content-Length", "2"),
    ]


def test_a_browser_that_is_stopped_leaves_no_process_and_no_file(site: str) -> None:
    browser.close()
    folders = set(Path(tempfile.gettempdir()).iterdir())
    processes = set(started())
    for path in ("/plain", "/loop-at-once", "/eater", "/blob", "/unsaid"):
        load(site, path, seconds=3, renderer=600)
    assert len(set(started()) - processes) > 3, "a browser was there"
    browser.close()
    assert set(started()) <= processes
    left = set(Path(tempfile.gettempdir()).iterdir()) - folders
    assert [path for path in left if path.name.startswith(f"wf-{os.getpid()}-")] == []


@pytest.mark.slow
def test_a_browser_that_does_not_stir_any_more_is_ended_and_the_page_loads_in_another(site: str) -> None:
    load(site, "/plain")
    (driver,) = named("run-driver")
    chromium = driver.children(recursive=True)
    (main,) = (process for process in driver.children() if not any("--type=" in each for each in line(process)))
    main.suspend()
    began = time.monotonic()
    assert load(site, "/plain", seconds=5).text.strip() == "象牙手镯"
    assert time.monotonic() - began < 60
    assert not any(lives(process) for process in (driver, *chromium))


def test_what_was_seen_counts_only_of_the_document_that_came_last() -> None:
    first, second = (Document(f"http://x/{n}", 200, "text/html", b"x") for n in (1, 2))
    seen = Sight(document=first, dom="<p>", text="x", screenshot=b"x")
    assert seen.cut_off("it broke", first, keep=True) is first
    assert (seen.dom, seen.missing) == ("<p>", ["it broke"])
    assert seen.cut_off("it broke", second, keep=True) is second
    assert (seen.dom, seen.text, seen.screenshot) == ("", "", b"")
    assert seen.missing[-1] == "it broke: no tree and no text and no screenshot"


def test_a_driver_that_is_killed_leaves_no_process_and_no_file(site: str) -> None:
    load(site, "/plain")
    (driver,) = named("run-driver")
    (folder,) = Path(tempfile.gettempdir()).glob(f"wf-{os.getpid()}-*")
    assert list(folder.glob("playwright*")), "its files stand in a folder of its own"
    chromium = driver.children(recursive=True)
    driver.kill()
    assert load(site, "/plain").text.strip() == "象牙手镯"
    assert not any(lives(process) for process in (driver, *chromium))
    assert not folder.exists()


def test_what_a_process_that_was_killed_left_is_taken_away_by_the_next(site: str) -> None:
    browser.close()
    gone = 2**22 + 1  # no process has a number like this
    left = Path(tempfile.gettempdir()) / f"wf-{gone}-abcdefgh"
    (left / "playwright_chromiumdev_profile-x").mkdir(parents=True)
    others = Path(tempfile.gettempdir()) / f"wf-{os.getpid()}-other"
    others.mkdir()
    load(site, "/plain")
    assert not left.exists()
    assert others.exists(), "whose process lives"
    others.rmdir()


def test_a_picture_of_too_many_pixels_is_opened_by_nobody() -> None:
    with measured() as grown:
        assert pixels(bombs.wide()) > MOST_PIXELS
        assert hashes(bombs.wide()) == {}
        with pytest.raises(LetterError, match="more than 40000000 pixels"):
            reduced(sha256(bombs.wide()).hexdigest(), lambda _: bombs.wide())
    assert grown.mib < 50


def test_what_makes_this_process_grow_is_broken_off() -> None:
    ended: list[int] = []

    async def fill() -> None:
        held = bytearray()
        try:
            while len(held) < 2000 * MIB:
                held += bytes(10 * MIB)
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            ended.append(len(held) // MIB)
            raise

    with pytest.raises(Unanswered, match=r"our own process grew by \d+ MiB"):
        asyncio.run(within(60, fill()))
    (size,) = ended
    assert size < 1000


def test_a_visit_that_was_cut_off_is_kept_as_partial_and_never_read_as_gone(
    site: str, workspace: Path, wildfree: Wildfree
) -> None:
    describe(workspace, site, 0)
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write("\n[limits]\nseconds = 8\nrenderer = 400\n")
    assert wildfree("sweep", "stall", "--term", "象牙").code == 0
    wildfree("visit", "stall")
    with Vault.open(workspace) as vault, vault.reading() as session:
        visits = {visit.url.rpartition("/")[2]: visit for visit in session.scalars(select(Visit))}
        for key, why in (("1", "the page's process was ended at "), ("2", "no whole page within 8 s")):
            assert (visits[key].capture, visits[key].status) == (Capture.PARTIAL, 200)
            assert visits[key].condition is Condition.UNREADABLE
            assert any(why in said for said in visits[key].missing)
            kept = session.scalars(select(VisitExhibit).where(VisitExhibit.visit_id == visits[key].id))
            (payload,) = (each for each in kept if each.role is Role.PAYLOAD)
            assert vault.store.read(payload.sha256).decode() == bombs.PAGES[f"/item/{key}"]
        assert (visits["3"].capture, visits["3"].condition) == (Capture.COMPLETE, Condition.LIVE)


@pytest.mark.parametrize("kind", some(bombs.KINDS, "gzip", "gzip, gzip", "deflate", "zstd"))
def test_whatever_a_page_is_packed_with_it_is_unpacked_no_further_than_agreed(
    site: str, kind: str, bounded: Grown
) -> None:
    with pytest.raises(Unanswered, match="longer than 4194304 bytes unpacked"):
        load(site, f"/packed/{kind.replace(', ', '-')}", document=4, seconds=20)


LED_ON = {
    "redirect": Answer(status=302, to="/there"),
    "meta": Answer("<meta http-equiv=refresh content='0; url=/there'>"),
    "script": Answer("<script>location = '/there'</script>"),
    "form": Answer("<form action=/there></form><script>document.forms[0].submit()</script>"),
}


@pytest.mark.parametrize("how", some(LED_ON, "form"))
@pytest.mark.parametrize("admitted", [True, False])
def test_where_a_page_leads_on_to_is_asked_about_first(how: str, admitted: bool) -> None:
    doubts: list[str] = []

    async def admits(url: str) -> str:
        doubts.append(url.removesuffix("?"))
        return "" if admitted else "its robots.txt does not admit us"

    with opened() as stall:
        stall.answers |= {"/": LED_ON[how], "/there": Answer(f"<link rel=icon href='data:,'>{bombs.GOODS}")}
        ask = Ask(f"{stall.base}/", marks=("h1",), allow=(stall.base[7:],), admits=admits)
        if admitted:
            seen = asyncio.run(browser.shared().load(ask))
            assert (seen.final_url.removesuffix("?"), seen.text.strip()) == (f"{stall.base}/there", "象牙手镯")
        else:
            with pytest.raises(NotAdmitted, match=r"led on to .*/there.*: its robots.txt does not admit us"):
                asyncio.run(browser.shared().load(ask))
            assert "/there" not in stall.asked()
    assert doubts == [f"{stall.base}/there"]


class Looker(Guest):
    """Asks for all its addresses by plain HTTP and notes what became of each."""

    name = "looker"

    def __init__(self, urls: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls
        self.answered: dict[str, Response] = {}
        self.refused: dict[str, str] = {}

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield self.request(url, None, callback=self.seen, errback=self.missed, cb_kwargs={"at": url})

    def seen(self, response: Response, at: str) -> None:
        self.answered[at] = response

    def missed(self, failure: Failure) -> None:
        at = failure.request.cb_kwargs["at"]  # type: ignore[attr-defined]  # Scrapy sets it
        self.refused[at] = str(failure.value)


def looked(workspace: Path, site: str, path: str) -> Looker:
    (done,) = crawl(Looker, [{"urls": [site + path], "platform": "stall", "workspace": workspace}])
    assert isinstance(done, Looker)
    assert len(done.answered) + len(done.refused) == 1
    return done


TOO_LONG = "exceeded DOWNLOAD_MAXSIZE .20971520 B."
PLAIN = {
    "/drip": "took longer than 3",
    "/endless": "longer than one page may be",
    "/large": "longer than one page may be",
    "/redirect": "max redirections reached",
    "/flood": "a head of more than",
    "/heads": "a head of more than",
    "/layers": "packed 1000 times over",
} | {f"/packed/{kind.replace(', ', '-')}": TOO_LONG for kind in bombs.KINDS}


@pytest.mark.parametrize("path", PLAIN)
def test_a_plain_answer_stays_within_the_bounds(site: str, workspace: Path, path: str) -> None:
    describe(workspace, site, 0)
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write("\n[limits]\nseconds = 3\n" if path == "/drip" else "")
    with measured() as grown:
        done = looked(workspace, site, path)
    assert done.answered == {}
    assert re.search(PLAIN[path], done.refused[site + path]), done.refused
    assert grown.mib < Limits().growth


def test_the_settings_of_a_workspace_bound_its_plain_answers(site: str, workspace: Path) -> None:
    describe(workspace, site, 0)
    assert looked(workspace, site, "/nested").answered
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write("\n[limits]\ndocument = 0.4\n")
    assert "longer than one page may be" in looked(workspace, site, "/nested").refused[f"{site}/nested"]


def test_the_settings_of_a_workspace_bound_its_redirects(workspace: Path) -> None:
    with opened() as stall:
        stall.answers["/round"] = Answer(status=302, to="/round")
        describe(workspace, stall.base, 0)
        with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
            file.write("\n[limits]\nredirects = 2\n")
        refused = looked(workspace, stall.base, "/round").refused
        assert refused == {f"{stall.base}/round": "max redirections reached"}
        assert len(stall.asked("/round")) == 3
