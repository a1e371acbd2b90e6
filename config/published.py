"""How published lists call their columns and write their words, to read exports as they come; lists/*.toml."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from config.fold import folded
from config.reading import Strict, read_toml, shelf

ListKind = Literal["cites", "china", "exemptions"]  # which of our readers makes lines of it


class Published(Strict):
    """One file of config/lists: a list that is recognised by its heading."""

    kind: ListKind
    title: str = Field(min_length=1)
    needs: tuple[str, ...] = Field(min_length=1)  # columns without which a file is no such list
    columns: dict[str, tuple[str, ...]]  # ours -> what headings call it
    words: dict[str, dict[str, str]] = Field({})  # column -> a cell's word, folded -> ours

    @field_validator("words")
    @classmethod
    def _folded(cls, words: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return {column: {folded(theirs): ours for theirs, ours in known.items()} for column, known in words.items()}

    def places(self, heading: Iterable[str]) -> Mapping[str, int]:
        """Where our columns stand in HEADING, the first of each; empty if it is no such list."""
        called = {_key(name): ours for ours, names in self.columns.items() for name in (*names, ours)}
        found: dict[str, int] = {}
        for place, name in enumerate(heading):
            if ours := called.get(_key(name)):
                found.setdefault(ours, place)
        return found if all(need in found for need in self.needs) else {}


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", folded(name))


def published(overlay: Path | None = None) -> tuple[Published, ...]:
    """Every list that we can read; a file of OVERLAY (a workspace's config/) stands before ours of its name."""
    return tuple(read_toml(path, Published) for path in shelf("lists", ".toml", overlay).values())
