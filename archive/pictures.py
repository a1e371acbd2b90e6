"""The tables of what is computed from pictures: no evidence, remade from the exhibits' bytes at will."""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.table import Row
from archive.vault import Vault

UNREAD = ": "  # in a method: behind it stands why all or a part of the picture could not be read
AGAIN = ". It is tried once more"  # at the end of a method


class Likeness(Row):
    """A picture's perceptual hash; derived from the exhibit's bytes and remade from them at will."""

    __tablename__ = "likeness"

    sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"), primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)  # algorithm and version
    value: Mapped[str]  # hexadecimal


class PictureText(Row):
    """The text that stands in a picture; derived from the exhibit's bytes and remade from them at will.

    A rebuild leaves it to be read again, which takes a third of a second a picture (desk/pictures.py).
    """

    __tablename__ = "picture_text"

    sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"), primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)  # reader and version; what it could not read, behind UNREAD
    text: Mapped[str]  # a line each, from top to bottom; "": none was found


def keep_text(vault: Vault, sha256: str, method: str, text: str, unread: str = "", *, again: bool = False) -> None:
    """Keep the TEXT that METHOD found in the picture SHA256, and why all or a part of it was UNREAD.

    AGAIN: it is worth another try, if this was the first.
    """
    told = f"{method}{UNREAD}{unread}" if unread else method
    with vault.writing() as session:
        tried = session.scalars(select(PictureText.text).where(PictureText.sha256 == sha256)).all()
        session.execute(delete(PictureText).where(PictureText.sha256 == sha256))
        longest = max((text, *tried), key=len)
        session.add(PictureText(sha256=sha256, method=told + AGAIN * (again and not tried), text=longest))


def text_of(session: Session, sha256: str) -> str | None:
    """The text that was read in the picture SHA256; None: nobody has read it, or it could not be."""
    rows = session.execute(select(PictureText.text, PictureText.method).where(PictureText.sha256 == sha256))
    return next((text for text, method in rows if text or UNREAD not in method), None)


def keep_likeness(vault: Vault, hashes: Mapping[str, Mapping[str, str]]) -> None:
    """Keep the HASHES of pictures (SHA-256 -> method -> value) in place of all that was said of them before."""
    with vault.writing() as session:
        session.execute(delete(Likeness).where(Likeness.sha256.in_(hashes)))
        for sha256, values in hashes.items():
            session.add_all(Likeness(sha256=sha256, method=method, value=value) for method, value in values.items())
