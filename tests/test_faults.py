"""A fault of ours or of the machine is never taken for a site's doing, and never passes in silence."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.models import Query, Visit
from archive.store import FolderStore
from archive.todo import Unit
from archive.vault import Vault
from config.errors import MachineError
from crawler.spiders.sweep import SweepSpider
from tests.conftest import Wildfree


def count(folder: Path, kind: type[Query] | type[Visit]) -> int:
    with Vault.open(folder) as vault, vault.reading() as session:
        return session.scalars(select(func.count()).select_from(kind)).one()


def test_a_machine_without_a_browser_makes_no_platform_fail(
    market_workspace: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler import browser

    browser.close()  # the next page would start it again
    monkeypatch.setenv("WILDFREE_CHROMIUM", "/nonexistent")
    ran = wildfree("sweep", "market", "--term", "虎骨")
    assert ran.code == MachineError.exit_code, ran.err
    assert "no Chromium" in ran.err
    assert count(market_workspace, Query) == 0, "nothing was asked, so nothing failed"
    monkeypatch.delenv("WILDFREE_CHROMIUM")
    assert wildfree("sweep", "market", "--term", "虎骨").code == 0, "the same sweep goes on"


def test_a_fault_of_ours_in_a_spider_is_raised(
    market_workspace: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(SweepSpider, "_keep", broken)
    with pytest.raises(ZeroDivisionError):
        wildfree("sweep", "market", "--term", "虎骨")


def test_a_full_disk_ends_the_visit_with_its_reason_and_the_look_stays_due(
    market_workspace: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wildfree("sweep", "market", "--term", "虎骨").code == 0

    def full(self: FolderStore, body: bytes) -> str:
        raise MachineError("no space left on device. Make room")

    monkeypatch.setattr(FolderStore, "put", full)
    ran = wildfree("visit")
    assert ran.code == MachineError.exit_code
    assert "Make room" in ran.err
    with Vault.open(market_workspace) as vault, vault.reading() as session:
        due = session.scalars(select(Unit).where(Unit.kind == "visit", Unit.done_at.is_(None))).all()
        assert [(unit.attempts, unit.error) for unit in due] == [(0, None)] * len(due)
    assert due
    assert count(market_workspace, Visit) == 0
    monkeypatch.undo()
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(market_workspace))
    assert wildfree("visit").code == 0
    assert count(market_workspace, Visit) == len(due)
