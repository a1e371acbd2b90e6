"""The promises that people read, held true: the README, the settings, the errors, the files' own words."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from config import errors
from config.errors import WildfreeError
from config.settings import Settings
from desk import main as shell
from desk import workspaces
from desk.context import NOT_LET_IN, PUT_OFF

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "config", "crawler", "desk", "letters")
MOST = 300  # lines of a file
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
README = (ROOT / "README.md").read_text("utf-8")
CHANGELOG = ROOT / "CHANGELOG.md"
COMMAND = typer.main.get_command(shell.app)
CONTEXT = typer.Context(COMMAND)


def blocks() -> Iterator[str]:
    """The lines of the README's code blocks that call wildfree, without their remarks."""
    for block in re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.strip().startswith("wildfree "):
                yield line.strip()


def words_of(line: str) -> list[str]:
    return shlex.split(line, comments=True)[1:]


def names() -> list[str]:
    return list(COMMAND.list_commands(CONTEXT))  # type: ignore[attr-defined]  # a group has commands


def keys(kind: type[BaseModel], *, outer: str = "") -> Iterator[str]:
    """Every setting as its template ought to name it; what a table of bases holds is free."""
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from keys(field.annotation, outer=f"{name}.")
        elif name != "bases":  # noted by `wildfree practice`; in a real workspace it is an error
            yield outer + name


def test_every_setting_stands_in_the_file_that_init_writes_with_its_default(tmp_path: Path) -> None:
    workspaces.make(tmp_path / "w", "real")
    written = (tmp_path / "w" / "wildfree.toml").read_text("utf-8")
    assert Settings.model_validate(tomllib.loads(written)) == Settings()
    shown = tomllib.loads(re.sub(r"^# (?=\w+ *=)", "", written, flags=re.MULTILINE))
    assert Settings.model_validate(shown) == Settings(), "a line behind # shows another value than the default"
    there = {f"{table}.{key}" for table, inner in shown.items() if isinstance(inner, dict) for key in inner}
    there |= {key for key, value in shown.items() if not isinstance(value, dict) or not value}
    assert set(keys(Settings)) <= there
    assert len(there) >= 8


@pytest.mark.parametrize("line", list(blocks()) or ["none"])
def test_every_line_of_the_readme_is_a_command_that_exists(line: str) -> None:
    assert line != "none", "the README shows no command"
    command, words = COMMAND, words_of(line)
    with command.make_context("wildfree", list(words), resilient_parsing=False) as context:
        name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])  # type: ignore[attr-defined]  # noqa: SLF001
        assert name in names()
        while hasattr(inner, "commands") and rest:
            with inner.make_context(name, list(rest), parent=context) as below:
                name, inner, rest = inner.resolve_command(below, [*below._protected_args, *below.args])  # noqa: SLF001
        with inner.make_context(name, list(rest), parent=context):
            """The words fit: an unknown option or a missing argument raises."""


def test_every_command_is_named_in_the_readme() -> None:
    assert len(names()) >= 11
    assert [name for name in names() if f"wildfree {name}" not in README and f"make {name}" not in README] == []


def test_the_readme_is_short_and_shows_the_two_commands_and_a_picture() -> None:
    assert len(README.splitlines()) < 150
    assert re.search(r"^make demo\b", README, re.MULTILINE)
    assert re.search(r"^make test\b", README, re.MULTILINE)
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    links = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_folder_of_a_workspace_is_named_in_the_readme(tmp_path: Path) -> None:
    workspaces.make(tmp_path / "w", "real")
    made = [f"{path.name}/" if path.is_dir() else path.name for path in (tmp_path / "w").iterdir()]
    made = [name for name in made if not name.endswith(("-wal", "-shm"))]
    assert len(made) >= 7
    assert [name for name in made if f"`{name}`" not in README] == []


def test_every_error_stands_in_the_tree_with_its_exit_code() -> None:
    tree = errors.__doc__ or ""
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, WildfreeError)]
    assert len(kinds) >= 7
    for kind in kinds:
        assert re.search(rf"\b{kind.__name__} +{kind.exit_code} ", tree), kind.__name__
    drawn = set(re.findall(r"\b(\w+Error)\b", tree))
    assert drawn == {kind.__name__ for kind in kinds}


def test_every_exit_code_is_told_by_the_help() -> None:
    told = shell.wildfree.__doc__ or ""
    codes = {kind.exit_code for kind in WildfreeError.__subclasses__()} | {
        WildfreeError.exit_code,
        NOT_LET_IN,
        PUT_OFF,
        shell.INTERRUPTED,
    }
    assert [code for code in codes if not re.search(rf"\b{code} [a-z]", told)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_opens_with_a_sentence_and_is_not_too_long(path: Path) -> None:
    text = path.read_text("utf-8")
    said = ast.get_docstring(ast.parse(text))
    assert said, "it does not say what it is for"
    first = said.split("\n\n")[0]
    assert first.rstrip().endswith((".", ":")), first
    assert len(text.splitlines()) <= MOST


def test_no_file_swallows_every_exception_unless_it_says_why() -> None:
    for path in FILES:
        for line in path.read_text("utf-8").splitlines():
            if re.search(r"except( Base)?(Exception)?:|except Exception\b", line):
                assert "noqa: BLE001  (" in line, f"{path.name}: {line.strip()}"


def test_the_changelog_tells_of_this_version_or_of_what_is_unreleased() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    heads = re.findall(r"^## \[?([\w.]+)\]?", CHANGELOG.read_text("utf-8"), re.MULTILINE)
    assert heads
    assert heads[0] in {"Unreleased", version}
