"""Words of one language for what the archive calls by names and sentences of its own; they stand in a TOML file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.errors import LetterError
from config.reading import shown

DEEP = 3  # sentences within sentences: "no whole page within 60 s: no text and no screenshot"


@dataclass(frozen=True)
class Term:
    """A name of the archive's in the reader's language."""

    label: str
    name: str = ""  # the archive's own, to stand beside it; "" where it would say nothing more


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str
    table: Mapping[str, Any]

    def term(self, kind: str, name: str) -> Term:
        """What NAME of KIND is called; a name that has no word is called by itself."""
        label = self.table[kind].get(name)
        return Term(label, name if label.casefold() != name.casefold() else "") if label else Term(name)

    def sentence(self, said: str, sentences: Mapping[str, str], deep: int = DEEP) -> str:
        """SAID as one of SENTENCES says it; what none of them fits is left as it is."""
        for pattern, words in sentences.items():
            if found := _pattern(pattern).fullmatch(said):
                parts = (self.sentence(part, sentences, deep - 1) if deep else part for part in found.groups())
                return words.format(*parts)
        return said


def languages(folder: Path) -> list[str]:
    """The languages that FOLDER has words in, in order."""
    return sorted(path.name.split(".")[1] for path in folder.glob("words.*.toml"))


def words(folder: Path, language: str) -> Words:
    """The words of FOLDER in LANGUAGE; LetterError where they cannot be read."""
    path = folder / f"words.{language}.toml"
    try:
        return Words(language, tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise LetterError(f"{shown(path)}: cannot be read: {problem}. Mend the file") from problem


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Finds SENTENCE, with anything in place of each {}."""
    return re.compile("(.+?)".join(map(re.escape, sentence.split("{}"))), re.DOTALL)
