"""A letter that cannot name a listing says which of the reasons it is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.facts import Decision, Outcome
from archive.vault import Vault
from config.platform import Condition
from tests.conftest import Wildfree
from tests.field import Field

HOUR = timedelta(hours=1)


@pytest.fixture
def here(workspace: Path) -> Iterator[Field]:
    """Five listings that were found suspect and looked at; no picture was kept of the last."""
    with Vault.open(workspace) as vault:
        field = Field(vault)
        field.sweep()
        keys = ("1", "2", "3", "4", "5")
        field.search("象牙", Outcome.HITS, **{f"k{key}": f"象牙手串 {key}" for key in keys})
        for key in keys:
            field.look(key, Condition.LIVE, after=HOUR, pictured=key != "5")
        yield field


def refused(wildfree: Wildfree, here: Field, *listings: int) -> list[str]:
    """The lines of the refusal to draft a letter about LISTINGS."""
    named = [word for listing in listings for word in ("--listing", listing)]
    now = here.at.isoformat()
    ran = wildfree("letter", "draft", "market", *named, "--now", now)
    assert (ran.code, ran.out) == (5, "")
    return [line for line in ran.err.splitlines() if line]


def test_each_listing_is_refused_for_its_own_reason(here: Field, wildfree: Wildfree) -> None:
    lawful = here.opinion("1", Decision.LAWFUL)
    gone = here.opinion("2")
    edited = here.opinion("3")
    asked = here.opinion("4")
    bare = here.opinion("5")
    here.look("2", Condition.GONE, after=HOUR)
    here.look("3", Condition.LIVE, after=HOUR, title="老物件")
    here.letter("PRACTICE-2026-0001", "4")
    said = refused(wildfree, here, lawful, gone, edited, asked, bare, 999)
    assert said == [
        f"wildfree: listing {lawful}: too few reviewers hold it illegal or suspect. See: wildfree review",
        f"listing {gone}: it did not read live at the last look. Look again: wildfree check",
        f"listing {edited}: it was edited since it was reviewed. Review it again: wildfree review",
        f"listing {asked}: it is in a letter of this language already. See: wildfree letter list",
        f"listing {bare}: no look that read live kept a screenshot. Look again: wildfree check",
        "listing 999: no suspect listing of this platform has that number. See: wildfree review",
    ]
