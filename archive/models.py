"""The tables: what the archive remembers. Every row is written once; a change is a new row."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.facts import Capture, Decision, Ended, How, Outcome, Role, Stage
from archive.table import PRIVATE, Kept, Sha256
from config.platform import Cause, Condition


class Origin(Kept):
    """What this archive is, from `init` on and for ever: practice or real."""

    __tablename__ = "origin"

    id: Mapped[int] = mapped_column(primary_key=True)  # 1: there is one
    kind: Mapped[str]
    at: Mapped[datetime]  # UTC


class Sweep(Kept):
    """One round of searches on one platform, as it began."""

    __tablename__ = "sweep"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(index=True)
    how: Mapped[How]
    asked_by: Mapped[str] = mapped_column(info=PRIVATE)
    started: Mapped[datetime]  # UTC
    code_version: Mapped[str]
    config_hash: Mapped[str] = mapped_column(Sha256)
    ignored_robots: Mapped[str] = mapped_column(server_default=text("''"))  # why, in writing; "": obeyed


class SweepEnd(Kept):
    """How a sweep ended; a sweep without one is under way, or was cut off and can go on."""

    __tablename__ = "sweep_end"

    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id"), primary_key=True)
    at: Mapped[datetime]  # UTC
    outcome: Mapped[Ended]
    because: Mapped[str]


class Query(Kept):
    """One search page asked for: what we looked at, or could not see."""

    __tablename__ = "query"

    id: Mapped[int] = mapped_column(primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id"))
    term: Mapped[str]
    page: Mapped[int]  # from 1
    url: Mapped[str]
    outcome: Mapped[Outcome]
    because: Mapped[str]
    cards: Mapped[int]
    at: Mapped[datetime]  # UTC


class QueryExhibit(Kept):
    """What an exhibit was of a search page: its picture, where the answer is a result of its own."""

    __tablename__ = "query_exhibit"

    query_id: Mapped[int] = mapped_column(ForeignKey("query.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 0
    sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"), index=True)
    role: Mapped[Role]
    url: Mapped[str]


class Listing(Kept):
    """One offer on one platform, under the key that the platform gives it."""

    __tablename__ = "listing"
    __table_args__ = (UniqueConstraint("platform", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    key: Mapped[str]
    url: Mapped[str]  # canonical


class Sighting(Kept):
    """One card of a search page: the listing as the platform showed it then."""

    __tablename__ = "sighting"
    __table_args__ = (UniqueConstraint("query_id", "listing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    query_id: Mapped[int] = mapped_column(ForeignKey("query.id"))
    at: Mapped[datetime]  # UTC
    rank: Mapped[int]  # from 1
    title: Mapped[str] = mapped_column(info=PRIVATE)
    price: Mapped[str] = mapped_column(info=PRIVATE)
    matches: Mapped[list[dict[str, Any]]] = mapped_column(info=PRIVATE)
    reasons: Mapped[list[Any]] = mapped_column(JSON, info=PRIVATE)  # [code, *words]; of older sightings: a sentence
    score: Mapped[float]  # 0-1
    suspect: Mapped[bool]


class Visit(Kept):
    """One look at a listing's page: the first is the evidence, the later ones the follow-up."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    at: Mapped[datetime]  # UTC
    url: Mapped[str]
    final_url: Mapped[str]
    status: Mapped[int | None]  # None: no answer came
    capture: Mapped[Capture]
    missing: Mapped[list[str]]  # what could not be kept, in words
    condition: Mapped[Condition]
    cause: Mapped[Cause | None]
    because: Mapped[str] = mapped_column(info=PRIVATE)  # the sign or the status code that told us
    reason: Mapped[str] = mapped_column(info=PRIVATE)  # the platform's own words
    title: Mapped[str] = mapped_column(info=PRIVATE)
    price: Mapped[str] = mapped_column(info=PRIVATE)
    environment: Mapped[dict[str, str]]


class Exhibit(Kept):
    """A file of the store, under the name of its SHA-256."""

    __tablename__ = "exhibit"

    sha256: Mapped[str] = mapped_column(Sha256, primary_key=True)
    size: Mapped[int]  # bytes
    media_type: Mapped[str]


class VisitExhibit(Kept):
    """What an exhibit was of the page that a visit looked at."""

    __tablename__ = "visit_exhibit"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 0
    sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"), index=True)
    role: Mapped[Role]
    url: Mapped[str]


class Tip(Kept):
    """Something that a person brought: a link, or a file."""

    __tablename__ = "tip"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]  # UTC
    by: Mapped[str] = mapped_column(info=PRIVATE)
    said: Mapped[str] = mapped_column(info=PRIVATE)  # as it was brought: the text pasted, or the file's name
    note: Mapped[str] = mapped_column(info=PRIVATE)
    platform: Mapped[str]  # "": of none that has a file
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)  # None: it names none


class TipExhibit(Kept):
    """What an exhibit was of a tip: the file as brought, what it says of itself."""

    __tablename__ = "tip_exhibit"

    tip_id: Mapped[int] = mapped_column(ForeignKey("tip.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 0
    sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"), index=True)
    role: Mapped[Role]


class Verdict(Kept):
    """What one person says of one listing."""

    __tablename__ = "verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    by: Mapped[str] = mapped_column(info=PRIVATE)
    at: Mapped[datetime]  # UTC
    decision: Mapped[Decision]
    species: Mapped[str]
    product_form: Mapped[str]
    sufficiency: Mapped[int]  # E0-E3
    legality: Mapped[int]  # L0-L4
    why: Mapped[str] = mapped_column(info=PRIVATE)


class Notice(Kept):
    """One letter to one platform; its text, PDF and mail are exhibits."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    template: Mapped[str]
    version: Mapped[str]
    platform: Mapped[str]
    language: Mapped[str]
    text_sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"))
    pdf_sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"))
    eml_sha256: Mapped[str] = mapped_column(ForeignKey("exhibit.sha256"))
    drafted_at: Mapped[datetime]  # UTC


class Demand(Kept):
    """One listing in one letter, with the look it relies on."""

    __tablename__ = "demand"
    __table_args__ = (UniqueConstraint("notice_id", "listing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    grounds: Mapped[list[str]]
    deadline: Mapped[datetime]  # UTC; our request


class Step(Kept):
    """One step in a letter's life."""

    __tablename__ = "step"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    at: Mapped[datetime]  # UTC
    by: Mapped[str] = mapped_column(info=PRIVATE)
    what: Mapped[Stage]
    reference: Mapped[str] = mapped_column(
        info=PRIVATE
    )  # approved: SHA-256 of the text that was read; withdrawn: why


class Act(Kept):
    """What a person did to the archive itself: erased, held, took in, exported."""

    __tablename__ = "act"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]  # UTC
    by: Mapped[str] = mapped_column(info=PRIVATE)
    what: Mapped[str]
    subject: Mapped[str]
    why: Mapped[str] = mapped_column(info=PRIVATE)


class TermChange(Kept):
    """What became of one of the workspace's own terms; its newest change says how it stands."""

    __tablename__ = "term_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]  # UTC
    by: Mapped[str] = mapped_column(info=PRIVATE)  # who did it; who noticed it, where it was done in a file
    what: Mapped[str]  # see archive/rows/term.py
    language: Mapped[str]
    term: Mapped[str]
    content: Mapped[str] = mapped_column(info=PRIVATE)  # its row from then on, canonical JSON; "": taken out
    why: Mapped[str] = mapped_column(info=PRIVATE)


class Key(Kept):
    """A key that seals this ledger from then on; the newest counts."""

    __tablename__ = "key"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]  # UTC
    verifier: Mapped[str]  # NAME+HASH+KEY; see archive/note.py


class ClockStep(Kept):
    """The computer's clock was found to show an earlier time than at the entry before."""

    __tablename__ = "clock_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]  # UTC, as it shows now
    before: Mapped[datetime]  # UTC, as it showed then
