"""Rows for the files of the store, and the perceptual hashes derived from the pictures among them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from archive import likeness
from archive.facts import Exhibit, Role
from archive.models import Exhibit as ExhibitRow
from archive.pictures import Likeness


def kept(session: Session, files: Sequence[Exhibit], hashes: Sequence[str]) -> None:
    """Write a row for every file that the archive did not have yet."""
    for sha256, file in dict(zip(hashes, files, strict=True)).items():
        if session.get(ExhibitRow, sha256) is None:
            session.add(ExhibitRow(sha256=sha256, size=len(file.body), media_type=file.media_type))
            session.flush()
            _alike(session, sha256, file)


def _alike(session: Session, sha256: str, file: Exhibit) -> None:
    value = likeness.phash(file.body) if file.role is Role.PICTURE else None
    if value is not None:
        session.add(Likeness(sha256=sha256, method=likeness.METHOD, value=value))
