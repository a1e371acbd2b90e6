"""What nobody verified cannot reach a letter: neither by its text nor through a type."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.protection import cited
from config.species import species_named
from desk.writing import _known
from letters.draft import compose
from tests.letters.case import OCCASION, Shelf, listing

ROOT = Path(__file__).parents[1]


class Own:
    """As much of an open workspace as names are read from."""

    def __init__(self, overlay: Path) -> None:
        self.overlay = overlay


def overlay(folder: Path, verified: str) -> Path:
    """A taxon with one statement."""
    path = folder / "config" / "species" / "ours.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(
        "latin\tgroup\tzh\ten\tlist\tlevel\tscope\tedition\tverified\tsource\n"
        f"Ara rubra\tbird\t云顶鹦鹉\tcloud macaw\tcites\tI\t\t2026-03-05\t{verified}\tthe appendices\n",
        "utf-8",
    )
    return folder / "config"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_letter_about_a_taxon_of_which_nothing_is_verified_cites_no_protection(
    language: str, tmp_path: Path
) -> None:
    own, shelf = overlay(tmp_path, "no"), Shelf()
    about = listing(1, shelf, species="Ara rubra", title="鹦鹉 一只", why="看图")
    known = _known(Own(own))  # type: ignore[arg-type]  # species need no more of a workspace
    spoken = OCCASION.__class__(**{**vars(OCCASION), "language": language})
    written = compose([about], spoken, exhibit=shelf.read, species=known)
    assert "Ara rubra" in written.text
    assert ("云顶鹦鹉" if language == "zh" else "cloud macaw") in written.text
    for word in ("CITES", "Appendix", "附录", "UNVERIFIED", "未核实", "2026-03-05"):
        assert word not in written.text


@pytest.mark.parametrize(
    ("language", "says"), [("zh", "CITES附录一 (2026-03-05版)"), ("en", "CITES Appendix I (edition 2026-03-05)")]
)
def test_a_letter_cites_what_was_verified_with_the_lists_edition(language: str, says: str, tmp_path: Path) -> None:
    own, shelf = overlay(tmp_path, "yes"), Shelf()
    about = listing(1, shelf, species="Ara rubra", title="鹦鹉 一只", why="看图")
    spoken = OCCASION.__class__(**{**vars(OCCASION), "language": language})
    written = compose([about], spoken, exhibit=shelf.read, species=_known(Own(own)))  # type: ignore[arg-type]
    assert says in written.text


def test_what_may_be_printed_of_protection_holds_verified_statements_alone(tmp_path: Path) -> None:
    found = species_named("Ara rubra", overlay(tmp_path / "a", "no"))
    assert found is not None
    assert cited(found.protection, "en") == ()
    found = species_named("Ara rubra", overlay(tmp_path / "b", "yes"))
    assert found is not None
    assert cited(found.protection, "en") == ("CITES Appendix I (edition 2026-03-05)",)


@pytest.mark.slow
def test_mypy_refuses_an_unverified_statement_where_a_verified_one_is_asked_for(tmp_path: Path) -> None:
    code = tmp_path / "leak.py"
    code.write_text(
        "from config.protection import cited\n"
        "from config.species import Species\n"
        "def leak(kind: Species) -> tuple[str, ...]:\n"
        "    return cited(kind.statements, 'zh')\n"
        "def sound(kind: Species) -> tuple[str, ...]:\n"
        "    return cited(kind.protection, 'zh')\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"), str(code)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    faults = [line for line in said.stdout.splitlines() if "leak.py" in line and "error:" in line]
    assert len(faults) == 1, said.stdout
    assert ":4:" in faults[0]
    assert "Unverified" in faults[0]
