"""What the tests of the practice market share beside the market itself."""

import pytest

from config.platform import Platform, platform
from desk.practice.market import Market


@pytest.fixture
def file(market: Market) -> Platform:
    """The market's own platform file, at the address of this run."""
    return platform("market", base=market.base)
