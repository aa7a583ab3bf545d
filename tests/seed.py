"""Many cases at once: those that a sweep touches through the ledger itself, a crowd of others by
plain SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.orm import Session

from app.database import transaction
from app.ledger import Entry, move_many, take
from app.models import Assignment, Case, Unit
from app.models.columns import clock
from app.roles import BOT
from app.rules.workdays import BEIJING, Calendar, sweep_on
from app.stages.calendar import office_at
from migrations import triggers
from tests.databases import Desk

THEN = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
"""The Monday on which seeded cases were allocated."""
NOW = sweep_on(date(2026, 3, 12))
"""The Thursday of the sweep: what was due on the 11th is overdue."""
DUE_ON = date(2026, 3, 11)
UNITS = 40
CHUNK = 5000
Columns = dict[str, Any]


@dataclass
class Seed:
    """What was seeded in one transaction: case ids, and each row's id by case."""

    session: Session
    at: datetime = THEN
    units: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calendar: Calendar = office_at(self.session, self.at).calendar
        self.units = units(self.session)

    def clock(self, name: str, on: date) -> Columns:
        """The columns of a clock that ends with a day."""
        return clock(name, self.calendar.name(on, self.at.date()))

    def write(self, entries: Sequence[Entry]) -> list[int]:
        """Write entries through the ledger; the ids of their rows."""
        for first in range(0, len(entries), CHUNK):
            move_many(self.session, self.at, BOT, entries[first : first + CHUNK])
        return [entry.subject_id or 0 for entry in entries]

    def cases(self, n: int, **columns: Any) -> list[int]:
        """Registered cases, numbered without a gap; their ids."""
        first = take(self.session, "case", int(self.at.strftime("%Y%m%d")), n)
        own = {
            "query_code": "000000",
            "channel": "phone",
            "received_at": self.at,
            "registered_at": self.at,
            "anonymous": True,
            "kind": "complaint",
            "narrative": "路面塌陷积水，行人车辆通行困难。",
            **columns,
        }
        numbers = [f"{self.at:%Y%m%d}{first + i:04d}" for i in range(n)]
        return self.write(
            [
                Entry(
                    0, "case.registered", "case", None, None, "registered", {**own, "number": one}
                )
                for one in numbers
            ]
        )

    def born(
        self, subject: str, kind: str, state: str, cases: Sequence[int], rows: Sequence[Columns]
    ) -> list[int]:
        """New rows, one for each case; their ids."""
        return self.write(
            [
                Entry(
                    case,
                    kind,
                    subject,
                    None,
                    None,
                    state,
                    {"case_id": case, **row},
                    {},
                    row.get("unit_id"),
                )
                for case, row in zip(cases, rows, strict=True)
            ]
        )

    def moved(
        self,
        subject: str,
        kind: str,
        was: str,
        to: str,
        cases: Sequence[int],
        ids: Sequence[int],
        **columns: Any,
    ) -> None:
        """Move rows from a state to another."""
        own = subject != "case"
        self.write(
            [
                Entry(
                    case,
                    kind,
                    subject,
                    id,
                    was,
                    to,
                    dict(columns),
                    {},
                    self.unit(case) if own else None,
                )
                for case, id in zip(cases, ids, strict=True)
            ]
        )

    def unit(self, case: int) -> int:
        """The unit that has a case."""
        return self.units[case % UNITS]

    def assigned(
        self, n: int, due_on: date = DUE_ON, signed: bool = True, **columns: Any
    ) -> Handled:
        """Cases in handling, each with one assignment to a lead: signed and warned of, or
        neither."""
        cases = self.cases(n)
        self.moved(
            "case",
            "case.allocated",
            "registered",
            "handling",
            cases,
            cases,
            mode="transfer",
            allocations=1,
            allocated_at=self.at,
        )
        due = self.clock("due", due_on)
        own = {
            "round": 1,
            "role": "lead",
            "allocated_at": self.at,
            **self.clock("sign", self.calendar.after(self.at.date())),
            **due,
            "warned_for": due["due_at"] if signed else None,
            **columns,
        }
        rows = [{**own, "unit_id": self.unit(case)} for case in cases]
        ids = self.born("assignment", "assignment.allocated", "allocated", cases, rows)
        if signed:
            self.moved(
                "assignment",
                "assignment.signed",
                "allocated",
                "signed",
                cases,
                ids,
                signed_at=self.at,
                signed_by="unit",
            )
        first = (
            select(func.min(Assignment.id)).where(Assignment.case_id == Case.id).scalar_subquery()
        )
        lead = (
            update(Case)
            .where(Case.id.between(cases[0], cases[-1]))
            .values(lead_assignment_id=first)
        )
        self.session.execute(lead, execution_options={"synchronize_session": False})
        return Handled(self, cases, ids, due["due_at"])


@dataclass
class Handled:
    """Cases with one assignment each, to which more is added."""

    seed: Seed
    cases: list[int]
    ids: list[int]
    due_at: datetime

    def rows(self, **columns: Any) -> list[Columns]:
        """The keys of a row that belongs to each assignment, and what is the same for all."""
        return [
            {"assignment_id": id, "unit_id": self.seed.unit(case), "round": 1, **columns}
            for case, id in zip(self.cases, self.ids, strict=True)
        ]

    def reminders(
        self, attempt: int, reply_by: date, to: str | None = None, **columns: Any
    ) -> list[int]:
        """A numbered reminder each, open or moved to another state."""
        seed = self.seed
        first = take(seed.session, "reminder", seed.at.year, len(self.cases))
        own = {
            "attempt": attempt,
            "for_due_at": self.due_at,
            "issued_at": seed.at,
            **seed.clock("reply_by", reply_by),
        }
        rows = [
            {**row, "number": f"神热线催〔2026〕{first + n}号"}
            for n, row in enumerate(self.rows(**own))
        ]
        ids = seed.born("reminder", "reminder.issued", "open", self.cases, rows)
        if to is not None:
            seed.moved(
                "reminder",
                f"reminder.{to}",
                "open",
                to,
                self.cases,
                ids,
                ended_at=seed.at,
                **columns,
            )
        return ids

    def requests(self, kind: str, to: str | None = None, **columns: Any) -> list[int]:
        """A return, extension or promise each, pending or ruled on."""
        rows = self.rows(kind=kind, filed_at=self.seed.at, **columns)
        ids = self.seed.born("request", "request.filed", "pending", self.cases, rows)
        if to is not None:
            self.seed.moved("request", f"request.{to}", "pending", to, self.cases, ids)
        return ids

    def items(self, states: Sequence[str], **columns: Any) -> list[int]:
        """A supervision item each, led through states."""
        words = {"candidate": "listed", "opened": "opened", "finding": "found"}
        own = {"ground": "leader", "attempt": 1, "listed_on": self.seed.at.date(), **columns}
        ids = self.seed.born(
            "supervision",
            f"supervision.{words.get(states[0], states[0])}",
            states[0],
            self.cases,
            self.rows(**own),
        )
        for was, to in zip(states, states[1:], strict=False):
            word = f"supervision.{words.get(to, to)}"
            self.seed.moved("supervision", word, was, to, self.cases, ids)
        return ids


def units(session: Session) -> list[int]:
    """The ids of the units of seeded cases; made where they are not there."""
    held = session.execute(text("SELECT id FROM unit ORDER BY id")).scalars().all()
    if not held:
        session.add_all(
            Unit(code=f"U{n:02d}", name=f"单位{n:02d}", active=True) for n in range(UNITS)
        )
        session.flush()
        held = session.execute(text("SELECT id FROM unit ORDER BY id")).scalars().all()
    return list(held)


def overdue(desk: Desk, n: int) -> None:
    """n signed assignments that fell due the day before NOW: each is marked overdue and reminded
    of."""
    with transaction(desk.sessions) as session:
        Seed(session).assigned(n)


def every_step(desk: Desk, n: int) -> None:
    """n cases in ten groups that need, together, everything that a sweep can do."""
    each, past = n // 10, DUE_ON - timedelta(days=1)
    with transaction(desk.sessions) as session:
        seed = Seed(session)
        marked = seed.clock("due", date(2026, 3, 4))["due_at"]
        late: Columns = {"due_on": date(2026, 3, 4), "overdue_for": marked}
        seed.assigned(each, due_on=date(2026, 3, 13), signed=False)
        seed.assigned(each, leader_assigned=True)
        seed.assigned(each, **late).reminders(1, past)
        promised = seed.assigned(each, **late)
        promised.reminders(1, date(2026, 3, 6), "lapsed", lapsed_at=seed.at)
        ids = promised.requests("explanation", "accepted", promised_on=past)
        _satisfied(promised, ids, past)
        seed.assigned(each).items(["opened"], **seed.clock("due", past))
        seed.assigned(each).items(
            ["opened", "finding", "confirmed"], confirmed_at=seed.at, **seed.clock("heard", past)
        )
        concluded = ["opened", "finding", "confirmed", "heard", "concluded"]
        seed.assigned(each).items(concluded, confirmed_at=seed.at, concluded_at=seed.at)
        seed.cases(each, **seed.clock("own", past))
        referred = seed.assigned(each)
        items = referred.items(concluded, confirmed_at=seed.at, concluded_at=seed.at)
        own = {
            "drafted_at": seed.at,
            "snapshot": "{}",
            **seed.clock("send_by", NOW.date()),
            **seed.clock("own", past),
        }
        rows = [
            {**row, "supervision_id": id, **own}
            for row, id in zip(referred.rows(), items, strict=True)
        ]
        for row in rows:
            del row["round"]
        seed.born("referral", "referral.drafted", "drafted", referred.cases, rows)
        waiting = seed.assigned(n - 9 * each)
        waiting.requests("extension", workdays=5, **seed.clock("own", past))
        waiting.items(["candidate"], **seed.clock("own", past))


def _satisfied(handled: Handled, requests: Sequence[int], reply_by: date) -> None:
    """A second reminder each, satisfied by a promise that has been missed."""
    ids = handled.reminders(2, reply_by)
    pairs = zip(handled.cases, ids, requests, strict=True)
    handled.seed.write(
        [
            Entry(
                case,
                "reminder.satisfied",
                "reminder",
                id,
                "open",
                "satisfied",
                {"satisfied_by_request_id": request},
            )
            for case, id, request in pairs
        ]
    )


_CROWD = (
    """INSERT INTO event (id, chain, seq, at, actor, kind, subject, subject_id, from_state, to_state, payload, hash,
    mac) SELECT {e} + 2 * i - 1, {c} + i, 1, '{then}', 'bot', 'case.registered', 'case', {c} + i, NULL, 'handling',
    '{{}}', '{zero}', '{zero}' FROM {g}""",
    """INSERT INTO event (id, chain, seq, at, actor, kind, subject, subject_id, from_state, to_state, payload, hash,
    mac) SELECT {e} + 2 * i, {c} + i, 2, '{then}', 'bot', 'assignment.allocated', 'assignment', {a} + i, NULL, 'signed',
    '{{}}', '{zero}', '{zero}' FROM {g}""",
    """INSERT INTO hotline_case (id, state, state_event_id, number, query_code, head_seq, head_hash, look_again_at,
    channel, received_at, registered_at, anonymous, confidential, wants_reply, kind, place, complained_person,
    narrative, demand, urgency, complex, dangerous, paper_form, repeat_check, suggestion, round, repeats, allocations,
    allocated_at, lead_unit_id, lead_assignment_id, leader_assigned, told_caller, sampled, redo_failed)
    SELECT {c} + i, 'handling', {e} + 2 * i - 1, 'C' || ({c} + i), '000000', 2, '{zero}',
    CASE WHEN i - 10 * (i / 10) = 0 THEN CAST('{look}' AS {moment}) END,
    'phone', '{then}', '{then}', {yes}, {no}, {yes}, 'complaint', '', '', '{words}', '', 'normal', {no}, {no}, '', '',
    {no}, 1, 0, 1, '{then}', {unit}, {a} + i, {no}, '', {no}, {no} FROM {g}""",
    """INSERT INTO assignment (id, state, state_event_id, case_id, unit_id, round, role, allocated_at, due_at,
    due_clock, leader_assigned, watched, warned_for, number) SELECT {a} + i, 'signed', {e} + 2 * i, {c} + i, {unit}, 1,
    'lead', '{then}', '{look}', '{{}}', {no}, {no}, '{look}', 'C' || ({a} + i) FROM {g}""",
)
_SQLITE_G = "(WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {n}) SELECT i FROM g)"
_DIALECT = {
    True: {"yes": "1", "no": "0", "moment": "text", "g": _SQLITE_G},
    False: {
        "yes": "true",
        "no": "false",
        "moment": "timestamp",
        "g": "generate_series(1, {n}) AS g(i)",
    },
}


def _last(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one())


def crowd(desk: Desk, n: int, look: str = "2026-05-06 08:30:00.000000") -> None:
    """n more cases with an assignment each that nothing is due for: every tenth is looked at some
    day, the others are not. Their events are there, their seals are not."""
    with transaction(desk.sessions) as session:
        unit = units(session)[0]
        connection = session.connection()
        triggers.drop(connection)
        tables = {"e": "event", "c": "hotline_case", "a": "assignment"}
        given = {
            **{letter: _last(connection, table) for letter, table in tables.items()},
            "unit": f"{unit} + i - {UNITS} * (i / {UNITS})",
            "look": look,
            "then": "2026-03-02 09:00:00.000000",
            "zero": "0" * 64,
            "words": "路面塌陷积水，行人车辆通行困难。" * 5,
            **_DIALECT[desk.sqlite],
        }
        given["g"] = given["g"].format(n=n)
        for statement in _CROWD:
            connection.exec_driver_sql(statement.format(**given))
        if not desk.sqlite:
            for table in tables.values():
                connection.exec_driver_sql(
                    f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
                )
        triggers.create(connection)
    analyse(desk)


def analyse(desk: Desk) -> None:
    """Let the planner know what is there."""
    if desk.sqlite:
        with desk.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        return
    with desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
