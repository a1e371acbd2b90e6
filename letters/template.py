"""A letter's template: a folder of letter.toml, letter.<lang>.j2 and its example in each language."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import Field, model_validator

from config.errors import LetterError
from config.reading import Strict, did_you_mean, read_toml

SHIPPED = Path(__file__).parent / "templates"


class Template(Strict):
    """One letter.toml: what the letter is, and what it must not leave out."""

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    version: str  # changes with every change of its words
    languages: tuple[str, ...] = Field(min_length=1)
    subjects: dict[str, str]  # of the mail, by language
    days: int = Field(ge=1, le=60)  # until the deadline that we ask for
    most: int = Field(ge=1, le=100)  # listings in one letter
    says_of_letter: tuple[str, ...]  # what the rendered text must hold; the names are those of proofread.py
    says_of_item: tuple[str, ...]

    @model_validator(mode="after")
    def _every_language(self) -> "Template":
        if set(self.subjects) != set(self.languages):
            raise ValueError(f"subjects needs one line for each of: {', '.join(self.languages)}")
        return self


def shelf_of(name: str, overlay: Path | None) -> Path:
    """The folder with the template NAME: that of OVERLAY (a workspace's config/), where it has one, else ours."""
    own = overlay / "templates" if overlay else None
    return own if own and (own / name / "letter.toml").is_file() else SHIPPED


def template(name: str, shelf: Path = SHIPPED) -> Template:
    """The template NAME; LetterError where there is none."""
    known = [folder.parent.name for folder in shelf.glob("*/letter.toml")]
    if name not in known:
        hint = did_you_mean(name, known) or f" Known: {', '.join(sorted(known)) or 'none'}."
        raise LetterError(f"letters/templates: there is no letter '{name}'.{hint}")
    return read_toml(shelf / name / "letter.toml", Template)


def html(name: str, language: str, shelf: Path = SHIPPED, **facts: object) -> str:
    """The body of the letter NAME in LANGUAGE as HTML; every fact is printed as text, whatever it holds."""
    place = f"letters/templates/{name}/letter.{language}.j2"
    try:
        source = (shelf / name / f"letter.{language}.j2").read_text("utf-8")
        return _environment().from_string(source).render(**facts)
    except FileNotFoundError:
        raise LetterError(f"{place}: there is no such file. Write it, or choose another language") from None
    except TemplateError as problem:
        raise LetterError(f"{place}: {problem}") from problem


def _environment() -> ImmutableSandboxedEnvironment:
    """Escapes everything, knows no file and no network, and stops at a name that nobody gave it."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, loader=DictLoader({}), trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"utc": utc, "local": local}
    return environment


def utc(moment: datetime) -> str:
    """MOMENT as `2026-11-21 04:05:06 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """MOMENT as `2026-11-21 12:05:06 +08:00 (Asia/Shanghai)`."""
    there = moment.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M:%S} {there.isoformat()[-6:]} ({zone.key})"
