"""Which pictures nobody has read yet, and which text stands in the pictures of listings."""

from collections.abc import Iterator

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from archive.facts import Role
from archive.models import Exhibit, Tip, TipExhibit, Visit, VisitExhibit
from archive.pictures import AGAIN, PictureText
from archive.vault import Vault

SHOWN = (Role.PICTURE, Role.FRAME)  # of a look; the text of its page is kept as text
BROUGHT = (Role.TIP, Role.SCREENSHOT, *SHOWN)  # of a tip


def unread(vault: Vault) -> list[str]:
    """The SHA-256s of the pictures of listings and tips that wait for a reader; no file that is none."""
    seen = select(VisitExhibit.sha256).where(VisitExhibit.role.in_(SHOWN))
    brought = (
        select(TipExhibit.sha256)
        .join(Exhibit, Exhibit.sha256 == TipExhibit.sha256)
        .where(
            TipExhibit.role.in_(BROUGHT),
            or_(TipExhibit.role != Role.TIP, Exhibit.media_type.startswith("image/")),
        )
    )
    wanted = union(seen, brought).subquery()
    done = select(PictureText.sha256).where(PictureText.method.not_like(f"%{AGAIN}"))
    with vault.reading() as session:
        return list(session.scalars(select(wanted.c.sha256).where(wanted.c.sha256.not_in(done)).order_by("sha256")))


def texts(vault: Vault) -> dict[str, str]:
    """The text of each picture that has any, by its SHA-256; of those that stand in listings."""
    with vault.reading() as session:
        rows = session.execute(select(PictureText.sha256, PictureText.text).where(PictureText.text != ""))
        told = {row[0]: row[1] for row in rows}
        shown = {sha256 for _, sha256 in _shown(session)}
    return {sha256: text for sha256, text in told.items() if sha256 in shown}


def standing(session: Session) -> dict[int, tuple[str, ...]]:
    """The pictures with text of each listing, in the order in which they came."""
    found: dict[int, dict[str, None]] = {}
    for listing, sha256 in _shown(session):
        found.setdefault(listing, {})[sha256] = None
    return {listing: tuple(pictures) for listing, pictures in found.items()}


def _shown(session: Session) -> Iterator[tuple[int, str]]:
    """Listings and the pictures with text that looks at them, and tips of them, have brought."""
    read = select(PictureText.sha256).where(PictureText.text != "")
    looks = (
        select(Visit.listing_id, VisitExhibit.sha256)
        .join(Visit, Visit.id == VisitExhibit.visit_id)
        .where(VisitExhibit.role.in_(SHOWN), VisitExhibit.sha256.in_(read))
        .order_by(VisitExhibit.visit_id, VisitExhibit.position)
    )
    tips = (
        select(Tip.listing_id, TipExhibit.sha256)
        .join(Tip, Tip.id == TipExhibit.tip_id)
        .where(Tip.listing_id.is_not(None), TipExhibit.sha256.in_(read))
        .order_by(TipExhibit.tip_id, TipExhibit.position)
    )
    yield from ((row[0], row[1]) for row in session.execute(looks))
    yield from ((row[0], row[1]) for row in session.execute(tips) if row[0] is not None)
