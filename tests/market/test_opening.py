"""Where the market of a workspace is: noted once, found again."""

from pathlib import Path

import pytest

from config.settings import settings
from desk.practice.opening import opened


@pytest.mark.parametrize(
    "before", ["", "[bases]\nother = 'http://127.0.0.1:9'\n[sender]\nemail = 'a@b.example'\n", "[bases]"]
)
def test_the_address_is_noted_beside_what_stood_there_and_found_again(tmp_path: Path, before: str) -> None:
    (tmp_path / "wildfree.toml").write_text(before, "utf-8")
    with opened(tmp_path) as market:
        first = market.base
    noted = settings(tmp_path)
    assert noted.bases["market"] == first
    assert noted.bases.get("other", "") == ("http://127.0.0.1:9" if "other" in before else "")
    with opened(tmp_path) as market:
        assert market.base == first
    assert settings(tmp_path) == noted
