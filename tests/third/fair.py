"""The third site, running: datasette over a small database that a test may change."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

OFFERS = (
    (1, "象牙手镯 老料 圈口57", "¥9,000", "王小明"),
    (2, "手机壳 透明 防摔", "¥19", "李四 13912345678"),
    (3, "Phone case, clear", "¥35", "王小明"),
    (4, "虎骨酒 老库存 未开封", "¥5,200", "王小明"),
    (5, "象牙白手机壳 硅胶", "¥29", "李四 13912345678"),
)
TABLE = """
create table offers(number integer primary key, title text, price text, seller text);
create virtual table offers_fts using fts5(title, content="offers", content_rowid="number", tokenize="trigram");
"""
OPEN = re.compile(r"running on (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class Fair:
    """The site's address, and its database."""

    base: str
    database: Path

    def delete(self, number: int) -> None:
        """Take an offer off the table."""
        with closing(sqlite3.connect(self.database)) as there, there:
            assert there.execute("delete from offers where number = ?", (number,)).rowcount == 1


@contextmanager
def opened(folder: Path) -> Iterator[Fair]:
    """The site, open until the end of the `with`; its database stands in FOLDER."""
    database = folder / "fair.db"
    with closing(sqlite3.connect(database)) as there, there:
        there.executescript(TABLE)
        there.executemany("insert into offers values (?, ?, ?, ?)", OFFERS)
        there.execute("insert into offers_fts(rowid, title) select number, title from offers")
    words = [sys.executable, "-m", "datasette", "serve", str(database), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as site:
        assert site.stderr is not None
        said = next(found[1] for line in site.stderr if (found := OPEN.search(line)))
        try:
            yield Fair(said, database)
        finally:
            site.terminate()
            site.stderr.read()
