"""What a letter may rest on: articles of law and platform policies, each with its version and validity."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from config.errors import ConfigError
from config.reading import Both, Strict, read_toml, shelf, shown
from config.species import ProductForm


class Ground(Strict):
    """One article or policy, as its file describes it."""

    id: str = Field(pattern=r"^[A-Z0-9][A-Z0-9.-]*$")
    law: Both
    article: Both
    says: Both  # a paraphrase, never a quotation
    version_date: date  # the day this wording was adopted
    valid_from: date
    valid_to: date | None = None  # its last day; none: still in force
    use: Literal["cite", "cite_if", "context", "never"]  # never: a trap that others fell into
    when: str = ""  # the condition of cite_if
    bears_on: Literal["listing", "reporter"]  # why the listing should go, or why we may say so
    not_for: tuple[ProductForm, ...] = ()  # product forms that it does not reach
    source: str = Field(min_length=1)
    confidence: Literal["high", "medium", "low"]

    @model_validator(mode="after")
    def _sound(self) -> "Ground":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"{self.id}: valid_to lies before valid_from")
        if self.use == "cite" and self.confidence == "low":
            raise ValueError(f"{self.id}: use = 'cite' needs a text that was read; confidence is low")
        if (self.use == "cite_if") != bool(self.when):
            raise ValueError(f"{self.id}: a condition (when) goes with use = 'cite_if', and with no other")
        return self

    def valid_on(self, day: date) -> bool:
        """Whether it is in force on DAY; the last day counts."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def reaches(self, product_form: str) -> bool:
        """Whether it is a reason to remove a listing of PRODUCT_FORM ('' where the reviewer named none)."""
        return self.bears_on == "listing" and product_form not in self.not_for


class Law(Strict):
    """One file of config/laws."""

    grounds: tuple[Ground, ...] = Field(min_length=1)


def laws(overlay: Path | None = None) -> Iterator[Ground]:
    """Every ground that has a place in a file, usable or not; a file of OVERLAY stands before ours."""
    files = shelf("laws", ".toml", overlay).values()
    found = [(path, ground) for path in files for ground in read_toml(path, Law).grounds]
    counted = Counter(ground.id for _, ground in found)
    for path, ground in found:
        if counted[ground.id] > 1:
            raise ConfigError(f"{shown(path)}: {ground.id} stands twice in config/laws. Remove one")
        yield ground


def grounds(day: date, overlay: Path | None = None) -> tuple[Ground, ...]:
    """What a letter of DAY may cite: valid on that day, and bound to no condition. In the files' order."""
    return tuple(ground for ground in laws(overlay) if ground.use == "cite" and ground.valid_on(day))
