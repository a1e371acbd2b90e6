"""Short links as phones share them, and whose they are: config/shares.toml."""

from pathlib import Path

from pydantic import Field, field_validator

from config.address import Host
from config.fold import folded
from config.reading import SHIPPED, FileName, Strict, read_toml
from config.recourse import Sure

FILE = "shares.toml"


class Short(Strict):
    """One host whose links lead elsewhere."""

    host: Host
    platform: FileName  # the name of its file
    says: dict[str, FileName] = Field({})  # a word of the text around the link -> the platform that it names instead
    source: str = Field(min_length=1)
    confidence: Sure

    def of(self, text: str) -> str:
        """The platform of its link in TEXT."""
        return next((name for word, name in self.says.items() if word in text), self.platform)


class Shares(Strict):
    """config/shares.toml."""

    columns: tuple[str, ...] = Field(min_length=1)  # what lists call their column of links
    notes: tuple[str, ...] = ()  # what they call what is said of a link
    short: tuple[Short, ...]

    @field_validator("columns", "notes")
    @classmethod
    def _folded(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(folded, columns))


def shares(overlay: Path | None = None) -> Shares:
    """What is known of shares; a workspace's own file (in OVERLAY) takes the shipped one's place."""
    own = overlay / FILE if overlay else None
    return read_toml(own if own and own.exists() else SHIPPED / FILE, Shares)
