"""What every test may use: one reactor, one Chromium, one shop, one market for the whole run."""

import io
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from archive.vault import Vault
from config.system import HANGUPS
from crawler import run
from desk.context import Desk, desk
from desk.main import main
from desk.practice.market import Market
from desk.practice.wares import wares
from tests.field import START, Field
from tests.forum.fixture import forum, forum_workspace, running_forum  # noqa: F401  (the same)
from tests.shop.fixture import running_shop, shop  # noqa: F401  (fixtures are found by being named here)
from tests.shop.serve import Shop

# Under nohup, or behind a script's &, these are ignored, and every command that a test starts would ignore them too.
signal.signal(signal.SIGINT, signal.default_int_handler)
for each in HANGUPS:
    signal.signal(each, signal.SIG_DFL)
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # nobody's own keyring is touched

PLATFORMS = Path(__file__).parent.parent / "config" / "platforms"
settings.register_profile("patient", deadline=None)  # how long one example takes says nothing on a busy machine
settings.load_profile("patient")

UNREAD = "read_pictures = false\n"  # half a second a picture: read only where a test asks for it
SENDER = 'organisation = "Test Watch"\nemail = "watch@example.org"\n'
CONTACT = """
[contact]
entity_zh = "测试商店"
entity_en = "Test shop"
email = "notices@shop.example"
source = "made for the tests"
confidence = "A"
"""


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its standard output as JSON objects, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Wildfree = Callable[..., Ran]


@pytest.fixture
def wildfree(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Wildfree:
    """Call the command in this process: wildfree("sweep", "oscar", typed="...")."""

    def call(*words: object, typed: str | bytes = "") -> Ran:
        body = typed if isinstance(typed, bytes) else typed.encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body), "utf-8"))
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def running_market() -> Iterator[Market]:
    """The one practice market of the run."""
    with Market(wares()) as market:
        yield market


@pytest.fixture
def market(running_market: Market) -> Market:
    """The market as on the day it opened."""
    running_market.reset()
    return running_market


@pytest.fixture(scope="session")
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice workspace as `init` leaves it, to be copied, which takes a sixtieth of the time."""
    folder = tmp_path_factory.mktemp("new") / "workspace"
    assert main(["init", str(folder), "--practice"]) == 0
    return folder


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_workspace: Path) -> Path:
    """A new practice workspace, named by WILDFREE_WORKSPACE, with a sender."""
    folder = shutil.copytree(new_workspace, tmp_path / "workspace")
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(folder))
    monkeypatch.setenv("WILDFREE_BY", "a reviewer")
    settings = f"{UNREAD}[sender]\n{SENDER}"
    (folder / "wildfree.toml").write_text(settings, "utf-8")
    return folder


@pytest.fixture
def reads_pictures(workspace: Path) -> None:
    """The workspace has the text in pictures read."""
    file = workspace / "wildfree.toml"
    file.write_text(file.read_text("utf-8").replace(UNREAD, ""), "utf-8")


@pytest.fixture
def market_workspace(workspace: Path, market: Market) -> Path:
    """The workspace, knowing where the market is."""
    _base(workspace, "market", market.base)
    return workspace


@pytest.fixture
def shop_workspace(workspace: Path, shop: Shop) -> Path:  # noqa: F811  (the fixture)
    """The workspace, knowing where the real shop is and whom to write to; on the loopback nobody waits."""
    _base(workspace, "oscar", shop.base)
    own = workspace / "config" / "platforms"
    own.mkdir(parents=True)
    shipped = (PLATFORMS / "oscar.toml").read_text("utf-8")
    assert "delay = 0.5" in shipped
    (own / "oscar.toml").write_text(shipped.replace("delay = 0.5", "delay = 0.0") + CONTACT, "utf-8")
    return workspace


def _base(workspace: Path, name: str, base: str) -> None:
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[bases]\n{name} = "{base}"\n')


@pytest.fixture
def field(tmp_path: Path, new_workspace: Path) -> Field:
    """An archive to fill, in a new practice workspace, with a sweep that has begun."""
    filled = Field(Vault(shutil.copytree(new_workspace, tmp_path / "here")), START)
    filled.sweep()
    return filled


@pytest.fixture
def here(field: Field) -> Iterator[Desk]:
    """The desk over that archive."""
    with desk(field.vault.workspace) as opened:
        yield opened


@pytest.fixture(scope="session", autouse=True)
def _ended() -> Iterator[None]:
    """End the browser and the reactor's threads when all tests are done."""
    yield
    run.close()
