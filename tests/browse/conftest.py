"""The screen on which the volunteers' windows open."""

from collections.abc import Iterator

import pytest

from tests.browse.screen import Screen, opened


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """One screen for the whole run."""
    with opened(tmp_path_factory.mktemp("screen")) as screen:
        yield screen
