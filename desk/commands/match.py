"""`wildfree match`: says of each line of text whether it looks like wildlife trade, and why."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from archive.facts import Judged
from config.errors import UsageError
from config.species import species
from config.term import terms
from crawler.match import Matcher
from desk.shell import shell

app = shell()


@app.command()
def match(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            "-w",
            envvar="WILDFREE_WORKSPACE",
            help="Its config/terms/ may add files, or replace ours.",
        ),
    ] = None,
) -> None:
    """Judge each line of standard input: suspect or not, by which terms, and why.

    Example:
        echo '象牙手镯 老料 私聊' | wildfree match --json
    """
    overlay = workspace / "config" if workspace else None
    matcher = Matcher(terms(overlay), species(overlay))
    for text in texts(sys.stdin.buffer):
        judged = matcher.judge(text)
        typer.echo((as_object(judged) if as_json else as_line(judged)).encode())


def texts(lines: Iterable[bytes]) -> Iterator[str]:
    """Each line as it comes, without its end; UsageError names the first that is not UTF-8."""
    for number, line in enumerate(lines, start=1):
        try:
            yield _content(line).decode()
        except UnicodeDecodeError as problem:
            raise UsageError(
                f"standard input, line {number}: not UTF-8 (byte {problem.start + 1}). Save the text as UTF-8."
            ) from None


def _content(line: bytes) -> bytes:
    """LINE without its line feed, or carriage return and line feed; whatever else it ends with is content."""
    return line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line


def as_object(judged: Judged) -> str:
    """One line of JSON: text, suspect, score, matches, reasons."""
    return json.dumps(asdict(judged), ensure_ascii=False)


def as_line(judged: Judged) -> str:
    """One line for a person: the verdict, the score, the text, and why."""
    verdict = "SUSPECT" if judged.suspect else "-"
    return f"{verdict:8}{judged.score:.2f}  {judged.text}\t{'; '.join(judged.reasons)}".rstrip()
