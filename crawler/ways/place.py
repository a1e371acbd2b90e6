"""Where a connection is to go, and that there is no way to it."""

from dataclasses import dataclass

from crawler.ways.public import whereabouts


@dataclass(frozen=True)
class Place:
    """Where a connection is to go, as it was asked for."""

    host: str
    port: int

    @property
    def itself(self) -> tuple[str, int]:
        """The place, however it was written."""
        try:
            return str(whereabouts(self.host)), self.port
        except ValueError:
            return self.host.lower(), self.port

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class NoWay(Exception):  # noqa: N818 - what the world, or the guard, did; the words say why
    """There is no connection to where it was asked for."""


class Refused(NoWay):
    """The guard does not let us go there."""
