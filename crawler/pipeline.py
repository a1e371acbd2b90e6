"""Brings what the spiders found to the archive, off the reactor's thread; when it returns, it is kept."""

import asyncio
from collections.abc import Iterable

from archive import intake
from archive.facts import Exhibit
from archive.intake import Answer, Rows
from archive.vault import Vault


async def keep(vault: Vault, rows: Rows[Answer], files: Iterable[Exhibit] = ()) -> Answer:
    """Hand ROWS and FILES to the archive's one door, and answer what the rows answer."""
    return await asyncio.to_thread(intake.take, vault, rows, tuple(files))
