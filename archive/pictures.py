"""The tables of what is computed from pictures: no evidence, remade from the exhibits' bytes at will."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.table import Row


class Likeness(Row):
    """A picture's perceptual hash; derived from the exhibit's bytes and remade from them at will."""

    __tablename__ = "likeness"

    sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"), primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)  # algorithm and version
    value: Mapped[str]  # hexadecimal


class PictureText(Row):
    """The text that stands in a picture; derived from the exhibit's bytes and remade from them at will."""

    __tablename__ = "picture_text"

    sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"), primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)  # reader and version
    text: Mapped[str]  # a line each, from top to bottom; "": none was found
