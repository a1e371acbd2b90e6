"""Proves a letter's template that comes from elsewhere: a process of its own, with limits, prints its example."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from config.errors import LetterError, WildfreeError
from config.program import run
from config.system import take_at_most
from letters.draft import said
from letters.notice import Notice
from letters.proofread import unsaid
from letters.template import Template, html, template

SECONDS = 60.0  # for all languages; an example takes less than one
MEMORY = 1 << 30  # bytes
LETTER, EXAMPLE = "letter.toml", "example.json"


def proven(name: str, shelf: Path) -> None:
    """See that the template NAME in the folder SHELF prints its own example as it says; else LetterError."""
    held, told = run([sys.executable, "-m", "letters.proving", str(shelf), name], SECONDS)
    if not held:
        (last, *_) = [*reversed(told.strip().splitlines()), "its example cannot be printed"]
        raise LetterError(f"templates/{name}: {last[:500]}")


def faults(name: str, shelf: Path) -> Iterator[str]:
    """What is wrong with the template NAME in the folder SHELF, its example held against what it is to read as."""
    kind = template(name, shelf)
    if kind.name != name:
        yield f"name = '{kind.name}', but its folder is '{name}': make them one"
    try:
        facts = json.loads((shelf / name / EXAMPLE).read_text("utf-8"))
        example = TypeAdapter(Notice).validate_python(facts)
    except (OSError, ValueError, RecursionError, ValidationError) as problem:
        yield f"{EXAMPLE}: no example of a letter: {str(problem).splitlines()[0]}"
        return
    for language in kind.languages:
        yield from _read(kind, shelf, language, example)


def _read(kind: Template, shelf: Path, language: str, example: Notice) -> Iterator[str]:
    notice = replace(example, language="zh" if language == "zh" else "en")
    text = said(notice, html(kind.name, language, shelf, notice=notice))
    yield from unsaid(notice, kind, text)
    agreed = shelf / kind.name / f"example.{language}.md"
    try:
        if agreed.read_text("utf-8") != text:
            yield f"{agreed.name}: its example does not read so. Print it anew, and read it"
    except (OSError, UnicodeDecodeError):
        yield f"{agreed.name}: is missing, or no UTF-8"


def main(argv: Sequence[str]) -> int:
    """Say the first fault of the template argv[1] in the folder argv[0]; 0 where there is none."""
    take_at_most(MEMORY)
    try:
        found = next(faults(argv[1], Path(argv[0])), "")
    except WildfreeError as problem:
        found = str(problem)
    except (
        MemoryError,
        RecursionError,
        ValueError,
        TypeError,
        ArithmeticError,
        LookupError,
        AttributeError,
    ) as problem:
        found = f"its example cannot be printed: {type(problem).__name__} {problem}"
    print(" ".join(found.split()))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
