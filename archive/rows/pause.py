"""Rows of a search or a sweep, written together with whether its platform waits for a person."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from archive import todo
from archive.intake import Answer, Rows
from archive.pause import Waiting, go_on, pause


def met(rows: Rows[Answer], waiting: Waiting, task: todo.Task | None) -> Rows[Answer]:
    """What ROWS write of a wall, and with it, or not at all, that the platform waits; TASK stays due."""

    def write(session: Session, hashes: Sequence[str]) -> Answer:
        answer = rows(session, hashes)
        pause(session, waiting)
        if task is not None:
            todo.put_off(session, task.key, waiting.because)
        return answer

    return write


def over(rows: Rows[Answer], platform: str) -> Rows[Answer]:
    """What ROWS write of the end of the sweep that PLATFORM waited with, and that it waits no more."""

    def write(session: Session, hashes: Sequence[str]) -> Answer:
        go_on(session, platform)
        return rows(session, hashes)

    return write
