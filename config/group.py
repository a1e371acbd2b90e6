"""Families, genera and trade groups that terms speak of, and which species belong to them; in groups/*.tsv."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from config.reading import Strict, read_tsv, shelf
from config.term import Words


class Group(Strict):
    """One group; its members are genera, species or further groups."""

    latin: str = Field(min_length=1)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    members: Words = Field(min_length=1)


def groups(overlay: Path | None = None) -> dict[str, Group]:
    """Every group by its scientific name; a file of OVERLAY (a workspace's config/) stands in for ours."""
    files = shelf("groups", ".tsv", overlay).values()
    return {group.latin: group for path in files for group in read_tsv(path, Group)}


def holds(group: str, latin: str, known: Mapping[str, Group]) -> bool:
    """Whether the species LATIN belongs to GROUP; a genus holds its species even where no file names it."""
    return group != latin and _holds(group, latin, known, frozenset())


def _holds(group: str, latin: str, known: Mapping[str, Group], seen: frozenset[str]) -> bool:
    if group in (latin, latin.split(maxsplit=1)[0]):
        return True
    if group not in known or group in seen:
        return False
    return any(_holds(member, latin, known, seen | {group}) for member in known[group].members)
