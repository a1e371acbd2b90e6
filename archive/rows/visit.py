"""Rows for one look at a listing's page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from archive import todo
from archive.facts import Capture, Exhibit, Reading, Role, Snapshot
from archive.intake import Rows
from archive.models import Visit, VisitExhibit
from archive.rows.sweep import listed
from config.platform import READ

FIRST_WAIT = timedelta(hours=1)  # doubled at each further try
MOST_TRIES = 5


class Looked(Protocol):
    """One look, and what became of it in the store."""

    snapshot: Snapshot
    reading: Reading
    files: tuple[Exhibit, ...]  # the manifest comes after them
    capture: Capture
    missing: tuple[str, ...]


def looked(task: todo.Task, url: str, look: Looked, put_off: str = "") -> Rows[int]:
    """A look at the listing that TASK names (canonical address URL); answers the visit's id.

    The task is done with it, unless the page itself was not seen: then it is due again later; or stays due as it
    was, where the site had us wait (PUT_OFF: why), which says nothing of the listing.
    """

    def write(session: Session, hashes: Sequence[str]) -> int:
        snapshot, reading = look.snapshot, look.reading
        listing = listed(session, task.lane, task.detail["key"], url)
        row = Visit(listing_id=listing.id, **_facts(look))
        session.add(row)
        session.flush()
        named = [*((file.role, file.url) for file in look.files), (Role.MANIFEST, "")]
        for position, ((role, address), sha256) in enumerate(zip(named, hashes, strict=True)):
            session.add(VisitExhibit(visit_id=row.id, position=position, sha256=sha256, role=role, url=address))
        if put_off and reading.condition not in READ:
            todo.put_off(session, task.key, put_off)
        elif task.kind is todo.Kind.VISIT and reading.condition not in READ:
            todo.again(session, task.key, snapshot.at, first=FIRST_WAIT, most=MOST_TRIES, error=reading.because)
        else:
            todo.finish(session, task.key, snapshot.at)
        return row.id

    return write


def put_off(task: todo.Task, because: str) -> Rows[None]:
    """The look that TASK asks for was not made, BECAUSE it was put off: it stays due."""

    def write(session: Session, _: Sequence[str]) -> None:
        todo.put_off(session, task.key, because)

    return write


def _facts(look: Looked) -> dict[str, object]:
    snapshot, reading = look.snapshot, look.reading
    return {
        "capture": look.capture,
        "missing": list(look.missing),
        "at": snapshot.at,
        "url": snapshot.url,
        "final_url": snapshot.final_url,
        "status": snapshot.status,
        "environment": snapshot.environment,
        "condition": reading.condition,
        "cause": reading.cause,
        "because": reading.because,
        "reason": reading.reason,
        "title": reading.title,
        "price": reading.price,
    }
