"""Rows for the files of the store, and the perceptual hashes derived from the pictures among them."""

from collections.abc import Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from archive.facts import Exhibit, Role
from archive.likeness import METHODS, hashes
from archive.models import Exhibit as ExhibitRow
from archive.models import TipExhibit, VisitExhibit
from archive.pictures import Likeness, keep_likeness
from archive.vault import Vault
from config.progress import Progress

HASHED = (Role.PICTURE, Role.TIP)  # a listing's own pictures, and what people bring
AT_ONCE = 100  # pictures a transaction, none of which makes others wait


def kept(session: Session, files: Sequence[Exhibit], names: Sequence[str]) -> None:
    """Write a row for every file that the archive did not have yet, and the likeness of every picture without one."""
    for sha256, file in dict(zip(names, files, strict=True)).items():
        if session.get(ExhibitRow, sha256) is None:
            session.add(ExhibitRow(sha256=sha256, size=len(file.body), media_type=file.media_type))
            session.flush()
    for sha256, file in zip(names, files, strict=True):
        if file.role in HASHED and session.get(Likeness, (sha256, METHODS[0])) is None:
            found = hashed(file.body).items()
            session.add_all(Likeness(sha256=sha256, method=method, value=value) for method, value in found)
            session.flush()


def hashed(picture: bytes) -> dict[str, str]:
    """The likeness of a picture: method -> value; one that is empty, where there is nothing to hash."""
    return hashes(picture) or {METHODS[0]: ""}


def unhashed(vault: Vault) -> list[str]:
    """The pictures of looks, tips and other teams' bundles without a likeness of today's methods."""
    pictures = union(
        select(VisitExhibit.sha256).where(VisitExhibit.role.in_(HASHED)),
        select(TipExhibit.sha256).where(TipExhibit.role.in_(HASHED)),
        select(Likeness.sha256),  # as an older version kept them
    ).subquery()
    done = select(Likeness.sha256).where(Likeness.method == METHODS[0])
    with vault.reading() as session:
        missing = session.scalars(select(pictures.c.sha256).where(pictures.c.sha256.not_in(done))).all()
    return sorted(each for each in missing if vault.store.path(each).exists())


def caught_up(vault: Vault, missing: Sequence[str], progress: Progress) -> None:
    """Hash the pictures that are MISSING their likeness; what older methods said of them goes."""
    progress(0, len(missing))
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        keep_likeness(vault, {each: hashed(vault.store.read(each)) for each in some})
        progress(len(some), 0)
