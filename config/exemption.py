"""When an animal may lawfully be farmed and sold in China: lists of livestock and of captive-bred species."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field

from config.reading import Strict, read_tsv, shelf


class Basis(StrEnum):
    """What the list says of the farmed animal; the wild one stays as protected as it is."""

    LIVESTOCK = "livestock"  # livestock, no wildlife
    FUR = "fur"  # livestock for fur and medicine; not to be eaten
    CAPTIVE = "captive"  # may be sold with a breeding licence and the special mark


class Exemption(Strict):
    """One animal of one list."""

    name: str = Field(min_length=1)  # as the list has it, in Chinese
    latin: str = Field(min_length=1)
    basis: Basis
    instrument: str = Field(min_length=1)  # the announcement
    edition: str = Field(pattern=r"^\d{4}(-\d\d){0,2}$")  # its date, as far as it is known
    verified: bool = False  # a person read it in the announcement itself
    source: str = Field(min_length=1)


def exemptions(overlay: Path | None = None) -> tuple[Exemption, ...]:
    """Every exemption; a file of OVERLAY (a workspace's config/) stands in for ours of the same name."""
    return tuple(
        found for path in shelf("exemptions", ".tsv", overlay).values() for found in read_tsv(path, Exemption)
    )
