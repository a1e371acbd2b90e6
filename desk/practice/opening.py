"""Opens the practice market for a workspace, always at the same address, so that its listings stay the same."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from config.settings import FILE, settings
from desk.practice.market import Market
from desk.practice.wares import wares
from desk.whole import write_whole

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
    """Write the market's address into the settings, under [bases], which may be there already."""
    file = workspace / FILE
    text = file.read_text("utf-8")
    entry = f'{NAME} = "{base}"\n'
    noted, tables = re.subn(r"(?m)^\[bases\].*\n?", lambda head: f"{head[0].rstrip()}\n{entry}", text, count=1)
    if not tables:
        noted = f"{text.rstrip()}\n\n[bases]  # where this practice workspace finds a platform\n{entry}"
    write_whole(file, noted.encode())
