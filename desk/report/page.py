"""Writes the report as one HTML page that needs nothing from outside."""

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archive.questions.report import ANSWERED
from config.settings import Language
from desk.report.facts import Report
from desk.report.rates import wilson
from desk.show import local
from letters.notice import plain

HERE = Path(__file__).parent
MOST = 60  # things not seen that are listed one by one for each platform; the rest is counted


def html(report: Report, *, language: Language) -> str:
    """The page in LANGUAGE. Whatever a shop wrote is printed as text."""
    return rendered("page.html", language, report=report, most=MOST)


def rendered(template: str, language: Language, **facts: object) -> str:
    """TEMPLATE filled in with FACTS and the words of LANGUAGE."""
    words = tomllib.loads((HERE / "words" / f"{language}.toml").read_text("utf-8"))
    return _environment().get_template(template).render(words=words, language=language, **facts)


def _environment() -> Environment:
    """Escapes everything, and stops at a word that is missing."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": plain, "utc": utc, "local": local, "of": of, "share": share}
    environment.globals |= {"wilson": wilson, "answered": [str(outcome) for outcome in ANSWERED]}
    environment.tests |= {"web": web}
    return environment


def utc(moment: datetime) -> str:
    """MOMENT as `2026-11-21 04:05 UTC`; the archive keeps UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def of(rows: Sequence[Any], platform: str) -> list[Any]:
    """Those of ROWS that are PLATFORM's."""
    return [row for row in rows if row.platform == platform]


def share(part: float, whole: float) -> str:
    """PART of WHOLE in per cent, for the length of a bar."""
    return f"{100 * part / whole:.1f}" if whole else "0"


def web(url: str) -> bool:
    """Whether URL is one that a link may lead to."""
    return urlsplit(url).scheme in ("http", "https")
