"""`wildfree alike`: finds the same photo, or the same text, elsewhere in the archive."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from archive.questions import alike as questions
from archive.questions.alike import Answer
from archive.questions.places import Kind, Photo, Place, Relisting
from archive.rows.exhibits import caught_up, unhashed
from config.errors import UsageError
from config.reading import bounded
from desk.context import Desk, JsonOption, WorkspaceOption, desk
from desk.sellers import Seller, Sellers
from desk.shell import shell
from desk.show import line, objects, progress
from desk.tips.kinds import PICTURE

app = shell()
RELISTED = {  # on the same platform
    Relisting.LATER: "first seen after this one was last live, which is gone: is it this one again?",
    Relisting.EARLIER: "gone, and last live before this one was first seen: is this one it again?",
}

SELLERS = {Seller.SAME: "the same seller", Seller.NAMESAKE: "a seller of the same name"}
Told = Mapping[int, Seller]  # by listing


@app.command()
def alike(
    listing: Annotated[
        int | None, typer.Argument(min=1, max=2**63 - 1, help="A listing by number.", show_default=False)
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Or a picture: where is this photo?")] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Find the photos of LISTING, and its text, under other listings, in tips, and in other teams' bundles.

    Written anew, smaller or larger, with a border, with words over it, mirrored, or with up to a tenth cut off each
    side, a photo is found. A picture that a platform shows on many listings is named, and makes nothing alike.
    Of screenshots with little but text in them the text is compared too, once it was read.
    Whether the seller is the same is read from the kept pages; nobody is named.

    Example:
        wildfree alike 1
    """
    if (listing is None) == (file is None):
        raise UsageError("name one listing by number, or a picture with --file")
    with desk(workspace) as here:
        if missing := unhashed(here.vault):
            with progress("pictures to hash") as step:
                caught_up(here.vault, missing, step)
        if file is not None:
            answer = questions.like_picture(here.vault, body := _body(file), lambda: _text(here, body))
        else:
            answer = questions.like_listing(here.vault, listing or 0)
        sellers = _sellers(here, answer)
    show = _objects if as_json else _lines
    show(answer, sellers)


def _sellers(here: Desk, answer: Answer) -> dict[int, Seller]:
    """For each listing in ANSWER whether it is of the seller of the one that was asked for."""
    if answer.asked is None:
        return {}
    sellers, asked = Sellers(here), (answer.asked.number, answer.asked.platform)
    listings = [each for each in answer.places if each.kind is Kind.LISTING]
    return {each.number: sellers.compared(asked, (each.number, each.platform)) for each in listings}


def _body(file: Path) -> bytes:
    body = bounded(file, PICTURE)
    if len(body) > PICTURE:
        raise UsageError(f"{file}: larger than any photo, {PICTURE >> 20} MiB")
    return body


def _text(here: Desk, picture: bytes) -> str | None:
    """The text in PICTURE; None where this workspace, or this machine, reads none."""
    from crawler.ocr import NoReader, Reader  # noqa: PLC0415  (only where there is something to read)

    if not here.settings.read_pictures:
        return None
    try:
        with Reader() as reader:
            found = reader.read(picture)
    except NoReader:
        return None
    return found.text if found.text or not found.unread else None


def _objects(answer: Answer, sellers: Told) -> None:
    objects(asdict(each) | {"seller": _of(each, sellers)} for each in answer.places)
    objects(answer.furniture, kind="furniture")
    asked = ("pictures", "unchecked", "bare", "unhashed")
    objects([{each: getattr(answer, each) for each in asked}], kind="asked")


def _lines(answer: Answer, sellers: Told) -> None:
    for each in answer.places:
        line(_told(each, _of(each, sellers)))
    for part in answer.furniture:
        line(
            f"left out: picture {part.picture[:12]} stands on {part.listings} of {part.of} listings "
            f"of {part.platform}: part of its pages"
        )
    for said in _limits(answer):
        line(said)
    looked = answer.pictures - answer.bare
    if not answer.places and (looked or answer.asked is not None):
        line(f"Nothing like it: {looked or 'no'} pictures were looked for")


def _limits(answer: Answer) -> Iterator[str]:
    """What ANSWER knows nothing of."""
    if answer.unchecked:
        yield f"not compared: {answer.unchecked} pictures that are less likely"
    if answer.unhashed:
        yield f"not compared: {answer.unhashed} pictures of the archive: they show too little, or in a form not read"
    if answer.bare and answer.asked is None:
        yield "cannot be compared: it shows too little, or is of a form that is not read: only the very same is found"
    elif answer.bare:
        yield f"cannot be compared: {answer.bare} of {answer.pictures} pictures, which show too little"


def _of(place: Place, sellers: Told) -> Seller | None:
    return sellers.get(place.number) if place.kind is Kind.LISTING else None


def _told(place: Place, seller: Seller | None) -> str:
    """One place in one line."""
    number = f" {place.number}" if place.number else ""
    seen = f", since {place.first_seen:%Y-%m-%d}" if place.first_seen else ""
    state = f", {place.condition}" if place.condition else ""
    where = f"{place.kind}{number} ({place.platform}{seen}{state})" if place.platform else f"{place.kind}{number}"
    return f"{where}: {'; '.join(_signs(place, seller))}  {place.title}".rstrip()


def _signs(place: Place, seller: Seller | None) -> Iterator[str]:
    if place.photos:
        layout = " or only its layout, as its text was not read" if all(each.layout for each in place.photos) else ""
        yield f"the same photo{layout} ({_how(place.photos)})"
    if place.text:
        yield f"like text ({place.text:.0%})"
    if place.relisting:
        yield RELISTED[place.relisting]
    if seller in SELLERS:
        yield SELLERS[seller]


def _how(photos: tuple[Photo, ...]) -> str:
    said = dict.fromkeys(" and ".join(photo.how) or "written anew" for photo in photos)
    return ", ".join(said)
