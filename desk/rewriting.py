"""Changes what a platform's file says of its own standing, and not a letter besides."""

import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from difflib import unified_diff
from pathlib import Path

from config.errors import ConfigError
from config.platform import Part
from config.reading import SHIPPED, shown
from desk.whole import write_whole

READ_ON = re.compile(r"^(read_on[ \t]*=[ \t]*)\d{4}-\d{2}-\d{2}", re.MULTILINE)
LINE = re.compile(r"^read_on[ \t]*=.*$", re.MULTILINE)
VERIFIED = re.compile(r"^(verified[ \t]*=[ \t]*)\[[^\]]*\]", re.MULTILINE)
TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


class Standing:
    """A platform's file in a workspace, and what it would say of itself."""

    def __init__(self, overlay: Path, name: str) -> None:
        self.file = overlay / "platforms" / f"{name}.toml"
        there = self.file if self.file.exists() else SHIPPED / "platforms" / f"{name}.toml"
        self._text = there.read_text("utf-8")

    def with_(self, day: date, verified: Iterable[Part]) -> str:
        """The file's text, read on DAY and VERIFIED in these parts; comments and layout stay as they are."""
        parts = json.dumps([str(part) for part in Part if part in set(verified)])
        first = TABLE.search(self._text)
        head = self._text[: first.start()] if first else self._text
        new, days = READ_ON.subn(rf"\g<1>{day}", head, count=1)
        new, lists = VERIFIED.subn(rf"\g<1>{parts}", new, count=1)
        if not lists:
            new = LINE.sub(lambda line: f"{line[0]}\nverified  = {parts}", new, count=1)
        text = new + self._text[len(head) :]
        if not days or not _same(self._text, text, day, json.loads(parts)):
            raise ConfigError(
                f"{shown(self.file)}: read_on and verified do not stand there as they usually do; write them "
                f"yourself: read_on = {day}, verified = {parts}"
            )
        return text

    def diff(self, text: str) -> list[str]:
        """The lines by which TEXT differs from the file as it is."""
        name = shown(self.file)
        lines = unified_diff(self._text.splitlines(), text.splitlines(), name, name, lineterm="", n=1)
        return list(lines)

    def write(self, text: str) -> None:
        """Let the workspace's own file be TEXT."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.file, text.encode())


def _same(old: str, new: str, day: date, verified: list[str]) -> bool:
    """Whether NEW says what OLD says, but for the two."""
    return tomllib.loads(new) == tomllib.loads(old) | {"read_on": day, "verified": verified}
