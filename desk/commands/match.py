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
from config.settings import FILE, Language, Settings, settings
from crawler.ready import matcher
from desk.reasons import said, sentences
from desk.shell import shell

app = shell()


@app.command()
def match(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    language: Annotated[
        Language | None, typer.Option(help="Of the reasons.", show_default="the workspace's; of --json: en")
    ] = None,
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
    judging = matcher(overlay)
    spoken = language or _spoken(workspace)
    for text in texts(sys.stdin.buffer):
        judged = judging.judge(text)
        typer.echo((as_object(judged, language or "en") if as_json else as_line(judged, spoken)).encode())


def _spoken(workspace: Path | None) -> Language:
    """The language of the workspace, or of a new one where none is named."""
    return (settings(workspace) if workspace and (workspace / FILE).is_file() else Settings()).language


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


def as_object(judged: Judged, language: str) -> str:
    """One line of JSON: text, suspect, score, matches, and a sentence for each reason."""
    return json.dumps(asdict(judged) | {"reasons": sentences(judged.reasons, language)}, ensure_ascii=False)


def as_line(judged: Judged, language: str) -> str:
    """One line for a person: the verdict, the score, the text, and why."""
    verdict = "SUSPECT" if judged.suspect else "-"
    return f"{verdict:8}{judged.score:.2f}  {judged.text}\t{said(judged.reasons, language)}".rstrip()
