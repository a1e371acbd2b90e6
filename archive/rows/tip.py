"""Rows for what a person brought: the tip, its files, and the first look that its link makes due."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from archive import todo
from archive.facts import Brought, Exhibit
from archive.intake import Rows
from archive.models import Tip, TipExhibit
from archive.rows.sweep import first_look, listed


def brought(this: Brought, files: Sequence[Exhibit] = ()) -> Rows[int]:
    """A tip with its FILES, which are those that the door is given; answers the tip's id.

    A first look at the listing that it names becomes due, unless there was one, or one is due.
    """

    def write(session: Session, hashes: Sequence[str]) -> int:
        listing = listed(session, this.platform, this.key, this.url) if this.key else None
        tip = Tip(at=this.at, by=this.by, said=this.said, note=this.note, platform=this.platform)
        tip.listing_id = listing.id if listing else None
        session.add(tip)
        session.flush()
        for position, (file, sha256) in enumerate(zip(files, hashes, strict=True)):
            session.add(TipExhibit(tip_id=tip.id, position=position, sha256=sha256, role=file.role))
        if listing:
            todo.add(session, [first_look(this.platform, this.key, this.url, this.at)])
        return tip.id

    return write


def all_brought(these: Sequence[tuple[Brought, Sequence[Exhibit]]]) -> Rows[list[int]]:
    """Several tips, each with its files; the door is given those of all of them, in order."""

    def write(session: Session, hashes: Sequence[str]) -> list[int]:
        left = iter(hashes)
        return [brought(this, files)(session, [next(left) for _ in files]) for this, files in these]

    return write
