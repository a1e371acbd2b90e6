"""Rows for sweeps: how one began, what each search page showed, how it ended."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import todo
from archive.facts import Ended, Exhibit, Judged, Lead, Outcome, Round, Searched
from archive.intake import Rows
from archive.models import Listing, Query, QueryExhibit, Sighting, Sweep, SweepEnd


def begun(this: Round, terms: Sequence[str]) -> Rows[int]:
    """A sweep, with the first page of every term to search; answers the sweep's id."""

    def write(session: Session, _: Sequence[str]) -> int:
        row = Sweep(
            platform=this.platform,
            how=this.how,
            asked_by=this.asked_by,
            started=this.at,
            code_version=this.code_version,
            config_hash=this.config_hash,
            ignored_robots=this.ignored_robots,
        )
        session.add(row)
        session.flush()
        todo.add(session, (search(row.id, this.platform, term, 1, this.at) for term in terms))
        return row.id

    return write


def search(sweep_id: int, platform: str, term: str, page: int, at: datetime, url: str = "") -> todo.Task:
    """The task of asking for result page PAGE of TERM; at URL, where the page before it said so."""
    key = f"{searches(sweep_id)}{term}:{page}"
    told = {"url": url} if url else {}
    return todo.Task(todo.Kind.SEARCH, key, platform, at, {"term": term, "page": str(page)} | told)


def searches(sweep_id: int) -> str:
    """What the keys of a sweep's searches begin with."""
    return f"search:{sweep_id}:"


def searched(
    this: Searched, task: todo.Task | None, more: bool, files: Sequence[Exhibit] = (), after: str = ""
) -> Rows[int]:
    """A search page and its sightings; first looks at new suspects and, if MORE, the next page become due.

    Answers how many listings are suspect and not yet looked at. TASK (the canary has none) is done with it, unless
    the search was put off. FILES are those that the door is given with it. AFTER: where the next page is, if no
    number tells.
    """

    def write(session: Session, hashes: Sequence[str]) -> int:
        query = Query(**_query(this))
        session.add(query)
        session.flush()
        for position, (file, sha256) in enumerate(zip(files, hashes, strict=True)):
            session.add(
                QueryExhibit(query_id=query.id, position=position, sha256=sha256, role=file.role, url=file.url)
            )
        looks = [look for lead, judged in this.found if (look := _sighted(session, query, lead, judged))]
        todo.add(session, looks)
        if task is not None and this.outcome is not Outcome.POSTPONED:
            todo.finish(session, task.key, this.at)
            if more:
                todo.add(session, [search(this.sweep_id, task.lane, this.term, this.page + 1, this.at, after)])
        return len(looks)

    return write


def _query(this: Searched) -> dict[str, object]:
    facts = {key: value for key, value in vars(this).items() if key != "found"}
    return facts | {"cards": len(this.found)}


def _sighted(session: Session, query: Query, lead: Lead, judged: Judged) -> todo.Task | None:
    """Write one card; answer the first look that it makes due, if it does."""
    listing = listed(session, lead.platform, lead.key, lead.url)
    session.add(
        Sighting(
            listing_id=listing.id,
            query_id=query.id,
            at=query.at,
            rank=lead.rank,
            title=lead.title,
            price=lead.price,
            matches=[asdict(match) for match in judged.matches],
            reasons=[[reason.code, *reason.words] for reason in judged.reasons],
            score=judged.score,
            suspect=judged.suspect,
        )
    )
    if not judged.suspect:
        return None
    return first_look(lead.platform, lead.key, lead.url, query.at)


def first_look(platform: str, key: str, url: str, at: datetime) -> todo.Task:
    """The task of looking for the first time at the listing KEY of PLATFORM, due from AT (UTC) on."""
    return todo.Task(todo.Kind.VISIT, f"visit:{platform}:{key}", platform, at, {"key": key, "url": url})


def listed(session: Session, platform: str, key: str, url: str) -> Listing:
    """The listing's row, written if it is new."""
    row = session.scalar(select(Listing).where(Listing.platform == platform, Listing.key == key))
    if row is None:
        row = Listing(platform=platform, key=key, url=url)
        session.add(row)
        session.flush()
    return row


def ended(sweep_id: int, outcome: Ended, because: str, at: datetime) -> Rows[None]:
    """The end of a sweep; what was left of its searches is closed."""

    def write(session: Session, _: Sequence[str]) -> None:
        if session.get(SweepEnd, sweep_id) is None:
            session.add(SweepEnd(sweep_id=sweep_id, at=at, outcome=outcome, because=because))
        todo.drop(session, searches(sweep_id), at, because)

    return write
