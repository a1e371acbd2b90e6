"""The fixtures of the shop: one process for the whole test run, a fresh shop for each test."""

from collections.abc import Iterator

import pytest

from tests.shop.serve import Shop


@pytest.fixture(scope="session")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The one shop of the test run, seeded once; what a test changed may still be changed."""
    shop = Shop.start(tmp_path_factory.mktemp("shop"))
    yield shop
    shop.stop()


@pytest.fixture
def shop(running_shop: Shop) -> Shop:
    """The shop as on the day it opened, with an empty request log."""
    running_shop.restore()
    return running_shop
