"""The record sheet of a bundle: what was kept of a seller's page, how, and what may be asked of it; zh and en."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args
from zoneinfo import ZoneInfo

from archive.bundle.contents import Contents, File, Look, Sealed
from archive.facts import Role
from archive.note import Verifier, read
from config.errors import LetterError
from config.settings import Language
from letters.notice import plain
from letters.press.mark import PRACTICE
from letters.press.pdf import Sheet, printed
from letters.press.picture import reduced
from letters.template import html

NAME = "record"
ONLY = "卖家页面原样：仅供平台、法院或主管机关使用 For platform, court or authority only"
NAMED = (Role.MANIFEST, Role.PAYLOAD, Role.SCREENSHOT, Role.DOM, Role.TEXT, Role.MHTML, Role.PICTURE)


@dataclass(frozen=True)
class Shown:
    """One look as the sheet shows it."""

    look: Look
    title: str  # on one line
    url: str
    final_url: str
    circumstances: tuple[tuple[str, str], ...]  # how it was taken
    named: tuple[File, ...]  # files whose SHA-256 is printed
    others: int  # files that the manifest names
    picture: str  # SHA-256 of the screenshot whose reduced copy is printed; "" none
    unpictured: str  # why it cannot be printed; "" none was kept
    seal: Sealed  # the first checkpoint that covers it


@dataclass(frozen=True)
class Record:
    """What the sheet says."""

    name: str
    practice: bool
    looks: tuple[Shown, ...]
    seal: Sealed
    origin: str
    root: str  # hexadecimal
    key: Verifier
    zone: ZoneInfo


def sheets(
    contents: Contents, exhibit: Callable[[str], bytes], *, practice: bool, zone: ZoneInfo, author: str
) -> dict[str, bytes]:
    """The record sheets of CONTENTS as PDF, by file name. EXHIBIT gives a file by its SHA-256."""
    pictures: dict[str, bytes] = {}
    shown = tuple(_shown(look, contents, exhibit, pictures) for look in contents.looks)
    checkpoint, key = read(contents.seal.note), Verifier.read(contents.keys[-1])
    facts = (contents.seal, checkpoint.origin, checkpoint.root.hex(), key, zone)
    record = Record(contents.name, practice, shown, *facts)
    made = {}
    for language in get_args(Language):
        body = html(NAME, language, record=record)
        mark = PRACTICE if practice else ONLY
        sheet = Sheet(contents.name, language, contents.seal.at, author, mark, pictures)
        made[f"{NAME}.{language}.pdf"] = printed(sheet, body)
    return made


def _shown(look: Look, contents: Contents, exhibit: Callable[[str], bytes], pictures: dict[str, bytes]) -> Shown:
    picture, unpictured = _pictured(look, exhibit, pictures)
    named = tuple(file for file in look.files if file.role in NAMED)
    return Shown(
        look=look,
        title=plain(look.title),
        url=plain(look.url),
        final_url=plain(look.final_url),
        circumstances=_circumstances(look.environment),
        named=named,
        others=len(look.files) - len(named),
        picture=picture,
        unpictured=unpictured,
        seal=_first(look, contents),
    )


def _pictured(look: Look, exhibit: Callable[[str], bytes], pictures: dict[str, bytes]) -> tuple[str, str]:
    """The SHA-256 of the screenshot whose reduced copy is among PICTURES now, or why there is none."""
    sha256 = look.first(Role.SCREENSHOT)
    if sha256 is None:
        return "", ""
    try:
        pictures[sha256] = pictures.get(sha256) or reduced(sha256, exhibit)
    except LetterError as problem:
        return "", plain(str(problem))
    return sha256, ""


def _first(look: Look, contents: Contents) -> Sealed:
    """The first checkpoint of the bundle that covers LOOK."""
    sizes = [min(leaf.proofs) for leaf in contents.leaves if leaf.visit == look.visit]
    return next(seal for seal in contents.seals if seal.size == min(sizes))


def _circumstances(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((plain(name), plain(value)) for name, value in sorted(environment.items()))
