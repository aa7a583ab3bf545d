"""An office that tests play by hand: people do verbs at moments, the bot looks, and rows are read
back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import reading, transaction
from app.models import (
    AccountChange,
    Assignment,
    Case,
    Event,
    Notice,
    Reminder,
    Request,
    Supervision,
    Unit,
)
from app.models.facts import load
from app.rules.facts import CaseFacts
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, sweep_on
from app.stages.calendar import office_at
from app.stages.changes import CONFIRMING
from app.story.theatre.cast import actor_named, unit_named
from app.story.theatre.fillers import filled
from app.sweep import sweep
from app.verbs import perform
from tests.databases import Desk
from tests.dossiers import made

Row = TypeVar("Row")
_UNITS = ("unit", "successor", "complained_unit")


def moment(word: str | datetime) -> datetime:
    """`2025-06-09 09:00`, Beijing time; a day alone is 08:30, when the bot looks."""
    if isinstance(word, datetime):
        return word
    return (
        datetime.fromisoformat(word).replace(tzinfo=BEIJING)
        if " " in word
        else sweep_on(date.fromisoformat(word))
    )


class Office:
    """One desk with its people. Cases go by letters, as in stories; what a verb leaves out is
    filled in likewise."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ids: dict[str, int] = {}
        self.data: Path | None = None
        self.makes_dossiers = True

    def do(
        self, at: str | datetime, who: str, verb: str, case: str | int | None = None, **fields: Any
    ) -> Any:
        """One verb of one person; gives what the stage gave. A registered case keeps its letter
        (`case`)."""
        now = moment(at)
        with transaction(self.desk.sessions) as session:
            actor = actor_named(session, who, now.date())
            given = self._given(session, verb, {"as": who, **fields}, str(case or ""), now)
            if case is not None and verb != "register":
                given["case"] = self.id(case)
            done = perform(session, now, actor, verb, **given)
        if verb == "register" and case is not None:
            self.ids[str(case)] = done.id
        if self.makes_dossiers:
            made(self.desk, now, verb, self.data)
        return done

    def _given(
        self, session: Session, verb: str, step: Mapping[str, Any], letter: str, now: datetime
    ) -> dict[str, Any]:
        for code in [*(step.get(name) for name in _UNITS), *step.get("assists", ())]:
            if code is not None:
                unit_named(session, code)
        given = filled(verb, letter, step, now)
        given |= {name: step[name] for name in ("unit", "ground", "item") if name in step}
        if verb == "merge":
            given["into"] = self.id(given["into"])
        return given

    def confirmed(self, at: str | datetime, who: str, verb: str, **fields: Any) -> Any:
        """A verb about an account or a role, and the second person's word where it waits for one:
        what came of it."""
        done = self.do(at, who, verb, **fields)
        if isinstance(done, AccountChange):
            done = self.do(at, CONFIRMING[done.confirmers][-1], "confirm_account", row=done.id).made
        return done

    def refused(
        self, at: str | datetime, who: str, verb: str, case: str | int | None = None, **fields: Any
    ) -> str:
        """The message id with which a verb is refused; it must be."""
        with pytest.raises(NotAllowed) as no:
            self.do(at, who, verb, case, **fields)
        return no.value.msgid

    def allocated(
        self, at: str, letter: str, unit: str = "WATER", kind: str = "consultation", **facts: Any
    ) -> Case:
        """A case registered and allocated at a moment: consultation, three working days, unless
        told otherwise."""
        assists = facts.pop("assists", ())
        self.do(at, "operator", "register", letter, kind=kind, **facts)
        self.do(at, "allocator", "allocate", letter, unit=unit, assists=assists)
        return self.case(letter)

    def sweep(self, at: str | datetime) -> None:
        """The bot looks."""
        done = sweep(self.desk.sessions, moment(at))
        assert (done.failures, done.error) == (0, None)

    def sweeps(self, first: str, last: str) -> None:
        """The bot looks at 08:30 of every day from the first to the last."""
        for ordinal in range(
            date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1
        ):
            self.sweep(sweep_on(date.fromordinal(ordinal)))

    def id(self, case: str | int) -> int:
        """The id of a case."""
        return case if isinstance(case, int) else self.ids[case]

    def case(self, case: str | int) -> Case:
        """A case as it stands."""
        return self.row(Case, id=self.id(case))

    def row(self, model: type[Row], **equal: Any) -> Row:
        """The newest row of a table with these values."""
        return self.rows(model, **equal)[-1]

    def rows(self, model: type[Row], **equal: Any) -> list[Row]:
        """All rows of a table with these values, oldest first."""
        with reading(self.desk.sessions) as session:
            query = select(model).filter_by(**equal).order_by(model.id)  # type: ignore[attr-defined]
            return list(session.scalars(query))

    def unit(self, code: str) -> Unit:
        """A unit with its people; made where it is not there."""
        with transaction(self.desk.sessions) as session:
            return unit_named(session, code)

    def assignment(self, case: str | int, unit: str | None = None) -> Assignment:
        """The newest assignment of a case (of one unit)."""
        only = {} if unit is None else {"unit_id": self.unit(unit).id}
        return self.row(Assignment, case_id=self.id(case), **only)

    def reminders(self, case: str | int) -> list[Reminder]:
        """The reminders of a case."""
        return self.rows(Reminder, case_id=self.id(case))

    def requests(self, case: str | int) -> list[Request]:
        """Returns, extensions and promises of a case."""
        return self.rows(Request, case_id=self.id(case))

    def items(self, case: str | int) -> list[Supervision]:
        """Candidates and items of a case."""
        return self.rows(Supervision, case_id=self.id(case))

    def facts(self, case: str | int) -> CaseFacts:
        """A case as the bot sees it."""
        with reading(self.desk.sessions) as session:
            return load(session, [self.id(case)])[0]

    def office(self, at: str | datetime) -> Any:
        """Calendar, numbers and words at a moment."""
        with transaction(self.desk.sessions) as session:
            return office_at(session, moment(at))

    def notices(self, case: str | int | None = None) -> list[Notice]:
        """The notices (of one case), in the order of their events."""
        ids = [row.id for row in self._events(case)]
        with reading(self.desk.sessions) as session:
            query = (
                select(Notice)
                .where(Notice.event_id.in_(ids))
                .order_by(Notice.event_id, Notice.recipient)
            )
            return list(session.scalars(query))

    def rows_of_notices(self, recipient: str) -> list[Notice]:
        """What one recipient was told, in the order of the events."""
        with reading(self.desk.sessions) as session:
            return list(
                session.scalars(
                    select(Notice).filter_by(recipient=recipient).order_by(Notice.event_id)
                )
            )

    def events(self, case: str | int | None = None) -> list[str]:
        """The event words (of one case), in order."""
        return [row.kind for row in self._events(case)]

    def told(self, kind: str, case: str | int | None = None) -> list[dict[str, Any]]:
        """The payloads of the events with a word, in order."""
        return [json.loads(row.payload) for row in self._events(case) if row.kind == kind]

    def days(self, kind: str, case: str | int | None = None) -> list[str]:
        """The days on which events with a word were written, in order."""
        return [row.at.date().isoformat() for row in self._events(case) if row.kind == kind]

    def _events(self, case: str | int | None) -> list[Event]:
        return self.rows(Event) if case is None else self.rows(Event, chain=self.id(case))
