"""The fixtures of the forum: one process for the whole test run, a fresh forum for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forum.serve import Forum

SHIPPED = Path(__file__).parents[2] / "config" / "platforms" / "spirit.toml"


@pytest.fixture(scope="session")
def running_forum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forum]:
    """The one forum of the test run, seeded once; what a test changed may still be changed."""
    forum = Forum(tmp_path_factory.mktemp("forum"))
    yield forum
    forum.stop()


@pytest.fixture
def forum(running_forum: Forum) -> Forum:
    """The forum as on its first day, with an empty request log: members search, everyone reads."""
    running_forum.restore()
    return running_forum


@pytest.fixture
def forum_workspace(workspace: Path, forum: Forum) -> Path:
    """The workspace, knowing where the forum is; on the loopback nobody waits."""
    know(workspace, forum.base)
    return workspace


def know(workspace: Path, base: str, more: str = "") -> None:
    """Tell WORKSPACE that BASE is a spirit forum, to be asked without delay; MORE stands at the end of its file."""
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[bases]\nspirit = "{base}"\n')
    own = workspace / "config" / "platforms"
    own.mkdir(parents=True, exist_ok=True)
    shipped = SHIPPED.read_text("utf-8")
    assert "delay = 0.5" in shipped
    (own / "spirit.toml").write_text(shipped.replace("delay = 0.5", "delay = 0.0") + more, "utf-8")
