"""A new language is files only: terms and context words in Portuguese and Swahili, and no Python."""

import shutil
from pathlib import Path

import pytest

from archive.facts import Judged
from config.species import species
from config.term import languages, placed, search_terms, terms
from crawler.match import Matcher
from tests.conftest import Wildfree

SHIPPED = Path(__file__).parents[1] / "config" / "terms"
HEADING = "term\tlanguage\tkind\tspecies\tambiguity\tlowers\tsearch\n"
PORTUGUESE = HEADING + (
    "casco de tartaruga-marinha\tpt\tproduct\tEretmochelys imbricata\t1\timitação de casco\tyes\n"
    "marfim\tpt\tproduct\tElephantidae\t3\tcosta do marfim\t\n"
)
CONTEXT = "term\tlanguage\tkind\nvendo\tpt\tsale\npeça\tpt\tform\nlegítimo\tpt\tgenuine\nresina\tpt\timitation\n"
SWAHILI = HEADING + "magamba ya kakakuona\tsw\tproduct\tManidae\t1\t\tyes\n"


def judged(config: Path | None, title: str) -> Judged:
    return Matcher(terms(config), species(config)).judge(title)


@pytest.fixture
def portuguese(workspace: Path) -> Path:
    """A workspace that brings its own Portuguese."""
    folder = workspace / "config" / "terms"
    folder.mkdir(parents=True)
    (folder / "pt.tsv").write_text(PORTUGUESE, "utf-8")
    (folder / "pt_context.tsv").write_text(CONTEXT, "utf-8")
    return workspace / "config"


def test_a_portuguese_title_becomes_suspect_by_files_alone(portuguese: Path) -> None:
    title = "Pente de casco de tartaruga-marinha, anos 50"
    assert not judged(None, title).suspect
    found = judged(portuguese, title)
    assert found.suspect
    (match,) = [match for match in found.matches if match.term == "casco de tartaruga-marinha"]
    assert title[match.start : match.end] == "casco de tartaruga-marinha"
    assert not judged(portuguese, "Pente imitação de casco de tartaruga-marinha").suspect
    assert search_terms("pt", portuguese) == ["casco de tartaruga-marinha"]


def test_a_context_file_of_sale_form_and_imitation_raises_and_lowers_in_that_language(portuguese: Path) -> None:
    title = "Vendo peça de marfim legítimo"
    with_cues = judged(portuguese, title)
    assert with_cues.suspect
    assert judged(portuguese, "Vendo peça de marfim, resina").score < with_cues.score
    (portuguese / "terms" / "pt_context.tsv").unlink()
    without = judged(portuguese, title)
    assert not without.suspect
    assert without.score < with_cues.score


def test_a_language_that_nobody_has_heard_of_here_is_one_file(workspace: Path, wildfree: Wildfree) -> None:
    title = "magamba ya kakakuona kilo moja"
    folder = workspace / "config" / "terms"
    folder.mkdir(parents=True)
    add = (
        "term",
        "add",
        "pembe za ndovu",
        "--language",
        "sw",
        "--kind",
        "product",
        "--ambiguity",
        1,
        "--why",
        "ours",
    )
    assert "A new one begins with a file: config/terms/sw.tsv" in wildfree(*add).err
    (folder / "sw.tsv").write_text(SWAHILI, "utf-8")
    assert "sw" in languages(workspace / "config")
    assert wildfree(*add).code == 0
    assert [each["term"] for each in wildfree("term", "list", "--language", "sw", "--json").objects] == [
        "magamba ya kakakuona",
        "pembe za ndovu",
    ]
    assert not judged(None, title).suspect
    assert judged(workspace / "config", title).suspect
    assert judged(workspace / "config", "pembe za ndovu").suspect


def test_a_file_with_a_heading_alone_begins_a_language(workspace: Path, wildfree: Wildfree) -> None:
    folder = workspace / "config" / "terms"
    folder.mkdir(parents=True)
    (folder / "sw_context.tsv").write_text(HEADING, "utf-8")
    assert wildfree("term", "add", "ndovu", "--language", "sw", "--kind", "name", "--why", "ours").code == 0


def test_every_shipped_language_has_its_files_named_after_it() -> None:
    for each in placed():
        assert each.file.stem.partition("_")[0] == each.term.language, each
    assert len({each.file for each in placed()}) == len(list(SHIPPED.glob("*.tsv")))


def test_the_shipped_files_are_not_needed_for_a_language(tmp_path: Path) -> None:
    """A whole shipped file put aside by an empty one of its name: its language is gone, all others stay."""
    (tmp_path / "terms").mkdir()
    shutil.copy(SHIPPED / "th.tsv", tmp_path / "terms" / "th.tsv")
    head = (SHIPPED / "th.tsv").read_text("utf-8").splitlines()[0]
    (tmp_path / "terms" / "th.tsv").write_text(f"{head}\n", "utf-8")
    left = {term.language for term in terms(tmp_path)}
    assert left == {term.language for term in terms()} - {"th"}
