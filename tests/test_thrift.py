"""What a look at an unchanged page costs: next to nothing beside the first, and the look is whole all the same."""

from pathlib import Path

from archive.facts import Capture
from archive.questions import checks
from archive.vault import Vault
from desk.practice.market import Market
from tests.conftest import Wildfree


def stored(workspace: Path) -> int:
    """Bytes of all exhibits and papers."""
    return sum(path.stat().st_size for path in (workspace / "evidence").rglob("*") if path.is_file())


def test_the_tenth_look_at_unchanged_pages_stores_under_a_twentieth_of_the_first(
    market_workspace: Path, market: Market, wildfree: Wildfree
) -> None:
    assert wildfree("sweep", "market", "--term", "虎骨").code == 0
    before = stored(market_workspace)
    assert wildfree("visit").code == 0
    sizes = [stored(market_workspace) - before]
    for _ in range(9):
        before = stored(market_workspace)
        assert wildfree("check").code == 0
        sizes.append(stored(market_workspace) - before)
    with Vault.open(market_workspace) as vault:
        looks = [look for each in checks.watched(vault) for look in each.looks]
    assert len(looks) == 20
    assert {look.capture for look in looks} == {Capture.COMPLETE}
    assert 0 < sizes[9] < sizes[0] / 20, sizes
