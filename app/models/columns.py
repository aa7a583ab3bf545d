"""Column types and mixins that the tables share: moments, clocks, states."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, String, Text, inspect, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from app.rules.workdays import BEIJING, Deadline, deadline_from


class Moment(TypeDecorator[datetime]):
    """A moment, stored as Beijing wall time; in Python always aware. A naive moment is a
    programming error."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware moment -> Beijing wall time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(BEIJING).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Beijing wall time -> aware moment."""
        return None if value is None else value.replace(tzinfo=BEIJING)


Key = BigInteger().with_variant(Integer, "sqlite")
"""A row's id: bigint on PostgreSQL, the rowid on SQLite."""
Id = Annotated[int, mapped_column(Key, primary_key=True, autoincrement=True)]
Word = Annotated[str, mapped_column(String(40))]
"""A word from a fixed vocabulary."""
Words = Annotated[str, mapped_column(Text, default="")]
"""Free words."""
MaybeWords = Annotated[str | None, mapped_column(Text)]
MaybeMoment = Annotated[datetime | None, mapped_column(Moment)]
AMoment = Annotated[datetime, mapped_column(Moment)]
Extras = Annotated[str, mapped_column(Text, default="", server_default=text("''"))]
"""What stands in the fields of the office's own: canonical JSON by their codes, or nothing."""
Flag = Annotated[bool, mapped_column(default=False)]
MaybePerson = Annotated[int | None, mapped_column(ForeignKey("ab_user.id"))]
MaybeKey = Annotated[int | None, mapped_column(Key)]
CaseKey = Annotated[int, mapped_column(Key, ForeignKey("hotline_case.id"), index=True)]
AssignmentKey = Annotated[int, mapped_column(Key, ForeignKey("assignment.id"), index=True)]
UnitKey = Annotated[int, mapped_column(ForeignKey("unit.id"), index=True)]


class Stateful:
    """A row whose state only the ledger moves, and never without its event (the database's trigger
    insists)."""

    id: Mapped[Id]
    state: Mapped[Word]
    state_event_id: Mapped[int] = mapped_column(Key)

    def deadline(self, clock: str) -> Deadline | None:
        """The deadline of one of this row's clocks, or None when it does not run."""
        at = getattr(self, f"{clock}_at")
        return deadline_from(at, getattr(self, f"{clock}_clock")) if at else None


class OwnClock:
    """A row with a clock of the centre's or the room's own: when what it waits for should be done,
    how that was worked out, and the deadline that was already marked as missed."""

    own_at: Mapped[MaybeMoment]
    own_clock: Mapped[MaybeWords]
    own_overdue_for: Mapped[MaybeMoment]


def facts_of(model: type[Any]) -> dict[str, Any]:
    """The columns of a table that are marked as facts (`info={"fact": True}`): name -> column. A
    new one is typed, kept, corrected and shown without another line of code."""
    return {column.key: column for column in inspect(model).columns if column.info.get("fact")}


def clock(name: str, deadline: Deadline | None) -> dict[str, Any]:
    """The two columns of a clock: `{name}_at` its exclusive end, `{name}_clock` how it was worked
    out."""
    return {f"{name}_at": deadline and deadline.at, f"{name}_clock": deadline and deadline.trace()}
