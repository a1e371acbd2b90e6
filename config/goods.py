"""Goods that are refused whatever the species: forbidden hunting tools, what platforms ban; in goods/*.toml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from config.feature import Confidence
from config.reading import Both, Strict, read_toml, shelf


class Good(Strict):
    """One kind of goods and why it is refused."""

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    kind: Literal["tool", "policy"]  # hunting gear that the law rules out | what platforms refuse
    title: Both
    terms: tuple[str, ...] = Field(min_length=1)  # words that it is sold under
    ground: str  # the article meant, as CN-WPL-24; "" where none is known. No leave to cite it
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    confidence: Confidence


class GoodsFile(Strict):
    """One file of config/goods."""

    goods: tuple[Good, ...] = Field(min_length=1)


def goods(overlay: Path | None = None) -> Iterator[Good]:
    """Every kind of goods; a file of OVERLAY (a workspace's config/) stands before ours."""
    for path in shelf("goods", ".toml", overlay).values():
        yield from read_toml(path, GoodsFile).goods
