"""A bundle's page opened in ReplayWeb.page, in Chromium, with nothing left to reach but the replay itself."""

import json
import shutil
import subprocess
import tarfile
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Frame, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import select

from archive.models import Visit
from archive.vault import Vault
from config.platform import Condition
from crawler.chromium.find import chromium
from desk.practice.market import Market
from desk.practice.wares import wares
from tests.conftest import Wildfree, _base

REPLAYER = "replaywebpage@2.5.3"
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PATIENCE = 60_000  # ms
SHOWN = """() => ({
    text: document.body.innerText,
    pictures: [...document.images].map(each => [each.src, each.complete && each.naturalWidth > 0]),
})"""


class Quiet(SimpleHTTPRequestHandler):
    """Hands out files, and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def replayer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ReplayWeb.page as the npm registry has it, for this run."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here to fetch ReplayWeb.page with")
    folder = tmp_path_factory.mktemp("replayer")
    ran = subprocess.run(
        [npm, "pack", "--silent", REPLAYER],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    if ran.returncode:
        pytest.skip(f"{REPLAYER} cannot be fetched: {ran.stderr.strip().splitlines()[:1]}")
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as package:
        package.extractall(folder, filter="data")
    return folder / "package"


@pytest.fixture
def wacz(workspace: Path, wildfree: Wildfree) -> dict[str, Any]:
    """The WACZ of the first look that the robot took at a listing of the market, which is closed by now."""
    with Market(wares()) as market:
        _base(workspace, "market", market.base)
        assert wildfree("sweep", "market", "--term", "象牙").code == 0
        assert wildfree("visit", "market").code == 0
    with Vault.open(workspace) as vault, vault.reading() as session:
        listing = session.scalars(select(Visit.listing_id).where(Visit.condition == Condition.LIVE)).first()
    ran = wildfree("bundle", listing, "--json")
    assert ran.code == 0, ran.err
    folder = Path(ran.objects[0]["folder"])
    (path,) = folder.glob("looks/*.wacz")
    manifests = (json.loads(each.read_bytes()) for each in folder.glob("exhibits/*") if _is_manifest(each))
    found: dict[str, Any] = next(manifests)
    return found | {"path": path, "ledger": folder / "ledger"}


def _is_manifest(path: Path) -> bool:
    body = path.read_bytes()
    return body.startswith(b'{"at":') and b'"exchanges":' in body


@pytest.mark.slow
def test_the_page_replays_with_its_title_its_price_and_its_pictures(wacz: dict[str, Any], replayer: Path) -> None:
    title, price = said(wacz["ledger"])
    assert title
    assert price
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(replayer)))
    shutil.copy(wacz["path"], replayer / "look.wacz")
    Thread(target=site.serve_forever, daemon=True).start()
    try:
        shown = replayed(f"http://127.0.0.1:{site.server_port}", wacz["final_url"], title)
    finally:
        site.shutdown()
        site.server_close()
    assert title in shown["text"]
    assert price in shown["text"]
    drawn = [whole for _, whole in shown["pictures"]]
    delivered = [each for each in wacz["exchanges"] if each["kind"] == "Image" and each["payload"]]
    assert len(drawn) >= len({each["url"] for each in delivered}) >= 1
    assert sum(drawn) >= 0.9 * len(drawn), shown["pictures"]


def said(ledger: Path) -> tuple[str, str]:
    """Title and price as the ledger has them, in the part of the look's entry that stands outside its body."""
    (look,) = (json.loads(each.read_bytes())["rows"]["visit"][0] for each in ledger.glob("*.private.json"))
    return look["title"], look["price"]


def replayed(base: str, url: str, title: str) -> dict[str, Any]:
    """What the replay of URL shows, once its own scripts have written TITLE, or never do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", OFFLINE])
        try:
            page = browser.new_page()
            page.goto(f"{base}/?source={quote(base + '/look.wacz')}#view=pages&url={quote(url, safe='')}")
            frame = inner(page)
            with suppress(PlaywrightTimeout):
                frame.wait_for_function("title => document.body.innerText.includes(title)", arg=title, timeout=20_000)
            frame.wait_for_function("[...document.images].every(each => each.complete)", timeout=PATIENCE)
            shown: dict[str, Any] = frame.evaluate(SHOWN)
            return shown
        finally:
            browser.close()


def inner(page: Page) -> Frame:
    """The frame in which the page itself is shown, once it has a body with words."""
    for _ in range(PATIENCE // 250):
        for frame in page.frames:
            if "mp_/http" in frame.url and frame.evaluate("document.body?.innerText?.length > 0"):
                return frame
        page.wait_for_timeout(250)
    raise AssertionError(f"nothing was replayed: {[frame.url for frame in page.frames]}")
