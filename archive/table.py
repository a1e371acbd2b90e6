"""What all tables share: how moments and words are stored, how constraints are named, what is evidence."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from archive.facts import Capture, Decision, Ended, How, Outcome, Role, Stage
from config.platform import Cause, Condition

VOCABULARIES = (Capture, Cause, Condition, Decision, Ended, How, Outcome, Role, Stage)


class Utc(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets the zone; this refuses a naive moment and gives it back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store the moment without its zone, having made sure that it is UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} names no zone")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        return value and value.replace(tzinfo=UTC)


def _words(kind: type[Any]) -> Enum:
    """Stores a StrEnum as its words, so that a new member needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda words: [str(word) for word in words],
    )


class Row(DeclarativeBase):
    """What all tables share: names of constraints, and how types are stored."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Utc,
        str: Text,
        dict[str, str]: JSON,
        list[dict[str, Any]]: JSON,
        list[str]: JSON,
        **{kind: _words(kind) for kind in VOCABULARIES},
    }


Sha256 = String(64)  # lower-case hexadecimal
PRIVATE = {"private": True}  # of a column: personal data or free text, which stands outside the entry's body


class Kept(Row):
    """Evidence: a row that one entry of the ledger names, and that is never changed."""

    __abstract__ = True
