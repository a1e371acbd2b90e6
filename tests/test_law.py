"""The law that a letter may cite: read strictly, and only while it is in force."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.law import grounds, laws

DAY = date(2026, 11, 21)
GROUND = """
[[grounds]]
id = "X-1"
law = { zh = "《示例法》", en = "Example Law" }
article = { zh = "第一条", en = "Article 1" }
says = { zh = "不得展示。", en = "No display." }
version_date = 2020-01-01
valid_from = 2020-02-01
use = "cite"
bears_on = "listing"
source = "invented"
confidence = "high"
"""


def overlay(folder: Path, *changes: tuple[str, str], name: str = "more") -> Path:
    text = GROUND
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "laws").mkdir(exist_ok=True)
    (folder / "laws" / f"{name}.toml").write_text(text, "utf-8")
    return folder


def ids(day: date, folder: Path | None = None) -> set[str]:
    return {ground.id for ground in grounds(day, folder)}


def test_the_shipped_law_gives_a_reason_to_remove_and_a_right_to_report() -> None:
    found = grounds(DAY)
    assert {"CN-WPL-32", "CN-WPL-33"} <= {ground.id for ground in found if ground.bears_on == "listing"}
    assert {"CN-WPL-6"} == {ground.id for ground in found if ground.bears_on == "reporter"}


def test_a_law_is_not_cited_before_the_day_it_comes_into_force() -> None:
    assert "CN-WPL-33" not in ids(date(2023, 4, 30))
    assert "CN-WPL-33" in ids(date(2023, 5, 1))


def test_no_shipped_ground_has_run_out_by_today() -> None:
    today = datetime.now(UTC).date()
    spent = [ground.id for ground in laws() if ground.use == "cite" and not ground.valid_on(today)]
    assert spent == [], "mend config/laws: a letter would no longer cite these"


def test_every_shipped_paraphrase_stands_in_its_own_language() -> None:
    for ground in laws():
        for both in (ground.law, ground.article, ground.says):
            assert re.search(r"[\u4e00-\u9fff]", both.zh), (ground.id, both)
            assert not re.search(r"[\u4e00-\u9fff]", both.en), (ground.id, both)


def test_the_last_day_counts_and_the_day_after_does_not(tmp_path: Path) -> None:
    folder = overlay(tmp_path, ("valid_from = 2020-02-01", "valid_from = 2020-02-01\nvalid_to = 2026-11-21"))
    assert "X-1" in ids(DAY, folder)
    assert "X-1" not in ids(date(2026, 11, 22), folder)


@pytest.mark.parametrize("use", ["context", "never"])
def test_what_is_background_or_a_trap_is_never_cited(use: str, tmp_path: Path) -> None:
    folder = overlay(tmp_path, ('use = "cite"', f'use = "{use}"'))
    assert "X-1" not in ids(DAY, folder)
    assert "X-1" in {ground.id for ground in laws(folder)}


def test_a_condition_that_nobody_checked_is_not_cited(tmp_path: Path) -> None:
    folder = overlay(tmp_path, ('use = "cite"', 'use = "cite_if"\nwhen = "offered as food"'))
    assert "X-1" not in ids(DAY, folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('confidence = "high"', 'confidence = "low"'), "needs a text that was read"),
        (('use = "cite"', 'use = "cite_if"'), "a condition"),
        (("valid_from = 2020-02-01", "valid_from = 2020-02-01\nvalid_to = 2020-01-31"), "before valid_from"),
        (("bears_on", "bear_on"), "Did you mean 'bears_on'?"),
        (('en = "No display."', 'en = ""'), "says"),
        (('source = "invented"', 'source = ""'), "source"),
        (("version_date = 2020-01-01\n", ""), "lacks the key 'version_date'"),
    ],
)
def test_a_faulty_ground_names_file_and_mend(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as problem:
        grounds(DAY, overlay(tmp_path, change))
    assert "more.toml" in str(problem.value)
    assert said in str(problem.value)


def test_one_id_in_two_files_is_refused(tmp_path: Path) -> None:
    overlay(tmp_path, ('"X-1"', '"CN-WPL-33"'))
    with pytest.raises(ConfigError, match="CN-WPL-33 stands twice"):
        grounds(DAY, tmp_path)


def test_a_workspace_replaces_a_shipped_file_by_its_name(tmp_path: Path) -> None:
    assert ids(DAY, overlay(tmp_path, name="cn")) == {"X-1"}


def test_the_animal_law_does_not_reach_a_plant() -> None:
    assert not any(ground.reaches("plant") for ground in grounds(DAY))
    assert {ground.id for ground in grounds(DAY) if ground.reaches("tool")} == {"CN-WPL-32", "CN-WPL-33"}
