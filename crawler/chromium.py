"""Finds the browser to use."""

import shutil
from pathlib import Path


def chromium() -> Path | None:
    """The browser to use, or None."""
    found = shutil.which("chromium")
    return Path(found) if found else None
