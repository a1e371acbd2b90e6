"""What a volunteer looks at in a photograph: features of a trade and what is mistaken for it; in features/*.toml."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from config.reading import Both, Strict, read_toml, shelf
from config.species import ProductForm

Confidence = Literal["high", "medium", "low"]


class Look(Strict):
    """One feature, in one short line of each language."""

    form: ProductForm
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    confidence: Confidence


class Alike(Strict):
    """What is mistaken for it, or passed off as it, and how to tell."""

    name: Both
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    confidence: Confidence


class Trade(Strict):
    """One file of config/features."""

    title: Both
    taxa: tuple[str, ...] = Field(min_length=1)  # scientific names of the species and groups it speaks of
    looks: tuple[Look, ...] = Field(min_length=1)
    alikes: tuple[Alike, ...] = Field(min_length=1)


def trades(overlay: Path | None = None) -> dict[str, Trade]:
    """Every trade by the name of its file; a file of OVERLAY (a workspace's config/) stands before ours."""
    return {name: read_toml(path, Trade) for name, path in shelf("features", ".toml", overlay).items()}
