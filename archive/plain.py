"""Opens a database's file for reading alone, with none of our types between."""

import sqlite3
from pathlib import Path


def read_only(database: Path, *, patience: float = 5.0) -> sqlite3.Connection:
    """DATABASE opened for reading alone, each statement for itself; PATIENCE: seconds to wait for a writer."""
    address = f"{database.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)
