"""How published lists call their columns and write their words, to read exports as they come; lists/*.toml."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import Field, field_validator

from config.fold import folded
from config.reading import Strict, read_toml, shelf


class Published(Strict):
    """One file of config/lists: a kind of list, recognised by its heading."""

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


def published(overlay: Path | None = None) -> dict[str, Published]:
    """Every kind of list by name; a file of OVERLAY (a workspace's config/) stands before ours."""
    return {name: read_toml(path, Published) for name, path in shelf("lists", ".toml", overlay).items()}
