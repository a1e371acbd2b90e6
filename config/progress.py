"""How long work tells whoever waits how far it has come."""

from typing import Protocol


class Progress(Protocol):
    """Takes how many steps are done, how many more came up, and what is being waited for, if long."""

    def __call__(self, done: int, more: int, waiting: str = "") -> None:
        """Show it."""


def nowhere(done: int, more: int, waiting: str = "") -> None:
    """For work that nobody watches."""
