"""`wildfree match`: says of each line of text whether it looks like wildlife trade, and why."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from archive.facts import Judged
from config.errors import UsageError
from config.settings import Language, Settings, overlay, settings
from crawler.ready import matcher
from desk.context import WorkspaceOption, own_folder
from desk.reasons import said, sentences
from desk.shell import shell

app = shell()


@app.command()
def match(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    language: Annotated[
        Language | None, typer.Option(help="Of the reasons.", show_default="the workspace's; of --json: en")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Judge each line of standard input: suspect or not, by which terms, and why. Works without a workspace.

    Example:
        echo '象牙手镯 老料 私聊' | wildfree match --json
    """
    folder = own_folder(workspace)
    judging = matcher(overlay(folder) if folder else None)
    spoken = language or (settings(folder) if folder else Settings()).language
    for text in texts(sys.stdin.buffer):
        judged = judging.judge(text)
        typer.echo((as_object(judged, language or "en") if as_json else as_line(judged, spoken)).encode())


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
