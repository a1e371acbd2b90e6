"""The record sheet of a bundle: what was kept of a seller's page, how, and what may be asked of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from archive.bundle.contents import Contents, File, Look, Sealed
from archive.facts import Capture, Role
from archive.note import Verifier, read
from archive.stamped import named
from config.errors import LetterError
from letters.circumstances import Circumstances, common, own, told
from letters.notice import plain
from letters.press.mark import PRACTICE
from letters.press.pdf import Sheet, printed
from letters.press.picture import reduced
from letters.template import SHIPPED, html
from letters.worded import Term, Words, languages, words

NAME = "record"
LAYOUT = "all"  # one for all languages
ONLY = "卖家页面原样：仅供平台、法院或主管机关使用 For platform, court or authority only"
PAGE = (Role.MANIFEST, Role.PAYLOAD, Role.SCREENSHOT, Role.DOM, Role.TEXT, Role.MHTML)
NAMED = (*PAGE, Role.PICTURE, Role.FRAME, Role.METADATA)
NO_TITLE = "the title that was read does not stand in what was stored"  # as archive/capture.py says it
NO_KEY = "the listing's key does not stand in what was stored"


@dataclass(frozen=True)
class Picture:
    """The screenshot of a look."""

    sha256: str = ""  # of the screenshot whose reduced copy is printed; "" none
    why: str = ""  # it cannot be printed; "" none was kept


@dataclass(frozen=True)
class Stamped:
    """A checkpoint, and how many outsiders say how much of it."""

    seal: Sealed
    stamps: int  # time-stamps
    outside: int  # files that others gave, of which nothing is checked


@dataclass(frozen=True)
class Shown:
    """One look as the sheet shows it in its language."""

    look: Look
    title: str  # on one line
    price: str
    url: str
    final_url: str
    condition: Term
    capture: Term
    missing: tuple[str, ...]
    checked: tuple[str, ...]  # what was found when the stored files were opened again
    circumstances: Circumstances  # of this look alone
    named: tuple[tuple[Term, File], ...]  # files whose SHA-256 is printed
    others: int  # files that the manifest names
    picture: Picture
    seal: Stamped  # the first checkpoint that covers it


@dataclass(frozen=True)
class Record:
    """What the sheet says."""

    name: str
    practice: bool
    looks: tuple[Shown, ...]
    common: Circumstances  # circumstances of every look
    seal: Stamped
    origin: str
    root: str  # hexadecimal
    key: Verifier
    zone: ZoneInfo


def sheets(
    contents: Contents,
    exhibit: Callable[[str], bytes],
    *,
    practice: bool,
    zone: ZoneInfo,
    author: str,
    shelf: Path = SHIPPED,
) -> dict[str, bytes]:
    """The record sheets of CONTENTS as PDF, by file name. EXHIBIT gives a file by its SHA-256.

    There is one in each language that SHELF has words of.
    """
    copies: dict[str, bytes] = {}
    pictures = [_picture(look, exhibit, copies) for look in contents.looks]
    sheet = Sheet(contents.name, "", contents.seal.at, author, PRACTICE if practice else ONLY, copies)
    made = {}
    for language in languages(shelf / NAME):
        said = words(shelf / NAME, language)
        record = _record(contents, pictures, said, practice=practice, zone=zone)
        body = html(NAME, LAYOUT, shelf, record=record, words=said.table)
        this = replace(sheet, language=language, kind=f"record sheet ({language})")
        made[f"{NAME}.{language}.pdf"] = printed(this, body)
    return made


def _record(contents: Contents, pictures: list[Picture], said: Words, *, practice: bool, zone: ZoneInfo) -> Record:
    checkpoint = read(contents.seal.note)
    shared = common([look.environment for look in contents.looks])
    pairs = zip(contents.looks, pictures, strict=True)
    return Record(
        name=contents.name,
        practice=practice,
        looks=tuple(
            _shown(look, picture, _first(look, contents), said, told(own(look.environment, shared), said, zone))
            for look, picture in pairs
        ),
        common=told(shared, said, zone),
        seal=_stamped(contents.seal),
        origin=checkpoint.origin,
        root=checkpoint.root.hex(),
        key=Verifier.read(contents.keys[-1]),
        zone=zone,
    )


def _shown(look: Look, picture: Picture, seal: Sealed, said: Words, circumstances: Circumstances) -> Shown:
    files = tuple((said.term("roles", str(file.role)), file) for file in look.files if file.role in NAMED)
    return Shown(
        look=look,
        title=plain(look.title),
        price=plain(look.price),
        url=plain(look.url),
        final_url=plain(look.final_url),
        condition=said.term("conditions", look.condition),
        capture=said.term("captures", look.capture),
        missing=tuple(plain(said.sentence(each, said.table["missing"])) for each in look.missing),
        checked=tuple(said.table["checked"][each] for each in checked(look)),
        circumstances=circumstances,
        named=files,
        others=len(look.files) - len(files),
        picture=replace(picture, why=plain(said.sentence(picture.why, said.table["missing"]))),
        seal=_stamped(seal),
    )


def checked(look: Look) -> Iterator[str]:
    """What was found when what was stored of LOOK was opened again; words.*.toml say it under [checked]."""
    if look.capture == Capture.FAILED:
        yield "nothing"
        return
    if not look.title:
        yield "untitled"
    else:
        yield "no_title" if NO_TITLE in look.missing else "title"
    yield "no_key" if NO_KEY in look.missing else "key"


def _picture(look: Look, exhibit: Callable[[str], bytes], copies: dict[str, bytes]) -> Picture:
    """The screenshot of LOOK; its reduced copy, where there can be one, is among COPIES now."""
    sha256 = look.first(Role.SCREENSHOT)
    if sha256 is None:
        return Picture()
    try:
        copies[sha256] = copies.get(sha256) or reduced(sha256, exhibit)
    except LetterError as problem:
        return Picture(why=str(problem))
    return Picture(sha256)


def _first(look: Look, contents: Contents) -> Sealed:
    """The first checkpoint of the bundle that covers LOOK."""
    sizes = [min(leaf.proofs) for leaf in contents.leaves if leaf.visit == look.visit]
    return next(seal for seal in contents.seals if seal.size == min(sizes))


def _stamped(seal: Sealed) -> Stamped:
    outside = sum(named(paper).kind == "outside" for paper in seal.stamps)
    return Stamped(seal, len(seal.stamps) - outside, outside)
