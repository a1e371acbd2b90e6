"""Opens the practice market for a workspace, always at the same address, so that its listings stay the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from config.settings import FILE, settings
from desk.practice.market import Market
from desk.practice.wares import wares

NAME = "market"  # its platform file


@contextmanager
def opened(workspace: Path, port: int = 0) -> Iterator[Market]:
    """The market, open: at the address in the workspace's settings, else at PORT (0: a free one), noted there."""
    noted = settings(workspace).bases.get(NAME)
    market = Market(wares())
    market.start((urlsplit(noted).port or 0) if noted else port)
    try:
        if not noted:
            _note(workspace, market.base)
        yield market
    finally:
        market.stop()


def _note(workspace: Path, base: str) -> None:
    with (workspace / FILE).open("a", encoding="utf-8") as file:
        file.write(f'\n[bases]  # where this practice workspace finds a platform\n{NAME} = "{base}"\n')
