"""Fills a desk with cases by set-based SQL: every list of work of every role is longer than it is
counted to.

A case lies in one of the groups below, spread evenly over all ids; each group of open cases has the
same share of them. Events are there, their seals are not. The desk has its people already; the
first unit holds whatever is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Boolean, Column, Connection, Date, Integer, Numeric, select, text
from sqlalchemy import func as sql

from app.database import transaction
from app.models import (
    Access,
    Assignment,
    Caller,
    Case,
    Category,
    Contact,
    Draft,
    Event,
    Instruction,
    Lifting,
    Notice,
    Person,
    Referral,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Run,
    Submission,
    Suggestion,
    Supervision,
    Unit,
    Visit,
    VisitRecord,
)
from app.models.columns import Moment
from app.rules.similarity import PLACE, pairs, place_pairs
from app.rules.workdays import BEIJING, Deadline
from app.stages.access import KINDS
from migrations import triggers
from tests.databases import Desk
from tests.seed import UNITS, analyse

NOW = datetime(2026, 3, 12, 10, tzinfo=BEIJING)
"""The moment as of which a desk is filled: its newest case was registered then."""
A_DAY = 500
"""So many cases came each day, whatever the size: the largest desk goes back five years."""
OPEN = (
    "registered",
    "submitted",
    "allocated",
    "signed",
    "refused",
    "examining",
    "reviewing",
    "direct",
    "leaders",
)
"""The groups of open cases: by the case's state, of those in handling by the assignment's, of those
to visit by whose visits they are."""
THIRD = 1 / 27
"""The share of each group with which a third of all cases is open."""
LATE, SOON = "2026-03-11 00:00:00.000000", "2026-03-20 00:00:00.000000"
TEXTS = 400
_PLACES = (
    "滨河路",
    "锦绣花园",
    "建设大街",
    "东关菜市场",
    "城北新村",
    "人民广场",
    "学府路",
    "工业园区",
)
_WHAT = (
    "路面塌陷积水",
    "夜间施工噪声扰民",
    "自来水水压不足",
    "路灯不亮",
    "垃圾多日无人清运",
    "供暖温度不达标",
    "电梯停运",
    "占道经营",
)
_MORE = (
    "行人车辆通行困难。",
    "老人小孩无法休息。",
    "多次反映没有结果。",
    "希望尽快派人查看。",
    "影响附近居民出行。",
)
_GROUP = "((i * 2654435761) % 4294967296) * 1.0 / 4294967296"
"""Where in [0, 1) a case lies by its number: spread evenly, the same on both databases."""


TRACE = f"'{Deadline(NOW, NOW.date(), 5, counted=(NOW.date(),)).trace()}'"
"""How any clock of a row was worked out."""


@dataclass(frozen=True)
class Filler:
    """One connection on which n cases are made, the ids of those who work on them, and what SQL
    differs in."""

    connection: Connection
    n: int
    share: float
    sqlite: bool
    first_case: int
    first_event: int
    unit: int
    units: Sequence[int]
    people: dict[str, int]

    def run(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement if self.sqlite else statement.replace("%", "%%"))

    def before(self, seconds: str) -> str:
        """The moment so many seconds (SQL) before now, as the database keeps moments."""
        moment = NOW.strftime("%Y-%m-%d %H:%M:%S.000000")
        if self.sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{moment}', '-' || CAST({seconds} AS integer) || ' seconds')"
        return f"(CAST('{moment}' AS timestamp) - CAST({seconds} AS integer) * interval '1 second')"

    def moment(self, literal: str) -> str:
        return f"'{literal}'" if self.sqlite else f"CAST('{literal}' AS timestamp)"

    def one_of(self, values: Sequence[Any], by: str) -> str:
        """One of some values, by a number (SQL)."""
        cases = " ".join(f"WHEN {n} THEN {value!r}" for n, value in enumerate(values))
        return f"CASE {by} % {len(values)} {cases} END"

    def bool(self, condition: str) -> str:
        return f"CASE WHEN {condition} THEN 1 ELSE 0 END" if self.sqlite else f"({condition})"

    @property
    def yes(self) -> str:
        return "1" if self.sqlite else "true"

    def plan(self) -> None:
        """The table of all cases that are made: number, group, unit, when it came."""
        kind = "TEMP" if self.sqlite else "UNLOGGED"
        numbers = f"generate_series(1, {self.n}) AS g(i)"
        if self.sqlite:
            counted = f"SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {self.n}"
            numbers = f"(WITH RECURSIVE g(i) AS ({counted}) SELECT i FROM g)"
        groups = " ".join(
            f"WHEN p < {(k + 1) * self.share:.8f} THEN '{name}'" for k, name in enumerate(OPEN)
        )
        units = self.one_of(self.units, "i")
        self.run(
            f"CREATE {kind} TABLE filling AS SELECT i, CAST({self.first_case} + i AS bigint) AS id, grp, "
            f"CASE WHEN grp = 'closed' THEN {units} ELSE {self.unit} END AS unit_id, "
            f"{self.before(f'({self.n} - i) * {86400 / A_DAY}')} AS at FROM "
            f"(SELECT i, CASE {groups} ELSE 'closed' END AS grp FROM (SELECT i, {_GROUP} AS p FROM "
            f"(SELECT CAST(i AS bigint) AS i FROM {numbers}) AS n) AS p) AS g"
        )
        if not self.sqlite:
            self.run("ANALYZE filling")

    def last(self, model: Any) -> int:
        return int(
            self.connection.execute(
                select(sql.coalesce(sql.max(model.__table__.c.id), 0))
            ).scalar_one()
        )

    def put(self, model: Any, groups: Sequence[str] = (), when: str = "", **given: str) -> None:
        """A row for each case of some groups (all: none named), its columns by SQL over `f`; of
        those not given, those that may not be empty get what they begin with."""
        table = model.__table__
        if "id" in table.columns and "id" not in given:
            given["id"] = f"{self.last(model)} + f.i"
        columns = {
            column.name: given.pop(column.name, None) or self._usual(column)
            for column in table.columns
        }
        assert not given, given
        for name, value in columns.items():
            # A clock that runs says how it was worked out.
            if name.endswith("_clock") and columns[f"{name.removesuffix('_clock')}_at"]:
                columns[name] = TRACE if value in (None, "''") else value
        named = {name: value for name, value in columns.items() if value is not None}
        chosen = [f"f.grp IN ({', '.join(repr(one) for one in groups)})"] if groups else []
        where = " AND ".join([*chosen, *([when] if when else [])]) or "1 = 1"
        self.run(
            f"INSERT INTO {table.name} ({', '.join(named)}) SELECT {', '.join(named.values())} "
            f"FROM filling f WHERE {where} ORDER BY f.i"
        )

    def _usual(self, column: Column[Any]) -> str | None:
        if column.name == "state_event_id":
            return f"{self.first_event} + 2 * f.i"
        own = {"case_id": "f.id", "caller_case_id": "f.id", "unit_id": "f.unit_id"}.get(column.name)
        if own is not None and (column.name == "case_id" or not column.nullable):
            return own
        scalar = column.default is not None and column.default.is_scalar
        value = column.default.arg if scalar else None  # type: ignore[union-attr]
        if value is None and column.nullable:
            return None
        kind = column.type
        if isinstance(kind, Boolean):
            return self.bool("1 = 1" if value else "1 = 0")
        if isinstance(kind, Moment):
            return "f.at"
        if isinstance(kind, Date):
            return "'2026-03-02'" if self.sqlite else "DATE '2026-03-02'"
        if isinstance(kind, (Integer, Numeric)):
            return str(value or 0)
        return f"'{value or ''}'"


def fill(desk: Desk, n: int, share: float = THIRD) -> None:
    """n more cases, each group of open ones with this share of them."""
    with transaction(desk.sessions) as session:
        connection = session.connection()
        triggers.drop(connection)
        if not desk.sqlite:  # Keys that point to other rows are not looked up one by one.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            words = (
                "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ix\\_words\\_%'"
            )
            dropped = {row.indexname: row.indexdef for row in connection.execute(text(words))}
            for name in dropped:
                connection.exec_driver_sql(f"DROP INDEX {name}")
        people = {
            row.username: row.id for row in session.execute(select(Person.username, Person.id))
        }
        units = session.scalars(select(Unit.id).order_by(Unit.id)).all()
        for k in range(len(units), UNITS):
            session.add(Unit(code=f"U{k:02d}", name=f"单位{k:02d}", active=True))
        if session.scalar(select(Category.id).limit(1)) is None:
            session.add_all(Category(name=f"类别{k}", active=True) for k in range(8))
        session.flush()
        units = session.scalars(select(Unit.id).order_by(Unit.id)).all()
        last = {
            model: session.scalar(select(sql.coalesce(sql.max(model.id), 0)))
            for model in (Case, Event)
        }
        one = Filler(
            connection, n, share, desk.sqlite, last[Case], last[Event], units[0], units, people
        )
        one.plan()
        _cases(one, session.scalars(select(Category.id)).all())
        _handling(one)
        _supervised(one)
        _visits(one)
        _counts(one)
        _pairs(one)
        _logs(one)
        one.run("DROP TABLE filling")
        if not desk.sqlite:
            _sequences(connection)
            for definition in dropped.values():
                connection.exec_driver_sql(definition.replace("%", "%%"))
        triggers.create(connection)
    analyse(desk)


def _texts() -> list[tuple[str, str, str]]:
    """(place, narrative, demand) of each text, told apart by a number."""
    found = []
    for k in range(TEXTS):
        place = f"{_PLACES[k % 8]}{k}号"
        what = _WHAT[(k // 8) % 8]
        told = f"{place}{what}，{_MORE[k % 5]}{_WHAT[(k // 3) % 8]}也有发生，{_MORE[(k // 7) % 5]}"
        found.append((place, told, f"请{_PLACES[(k + 3) % 8]}负责单位处理{what}。"))
    return found


def _cases(one: Filler, categories: Sequence[int]) -> None:
    one.run(
        "CREATE TABLE filled_text (k integer PRIMARY KEY, place text, narrative text, demand text)"
    )
    for k, told in enumerate(_texts()):
        one.run(f"INSERT INTO filled_text VALUES ({k}, '{told[0]}', '{told[1]}', '{told[2]}')")
    e = one.first_event
    one.put(
        Event,
        id=f"{e} + 2 * f.i - 1",
        chain="f.id",
        seq="1",
        actor=f"'user:{one.people['operator']}'",
        kind="'case.registered'",
        subject="'case'",
        subject_id="f.id",
        to_state="'registered'",
        payload="'{}'",
        hash=f"'{'0' * 64}'",
        mac=f"'{'0' * 64}'",
    )
    one.put(
        Event,
        id=f"{e} + 2 * f.i",
        chain="f.id",
        seq="2",
        actor=f"'user:{one.people['allocator']}'",
        kind="CASE WHEN f.grp = 'closed' THEN 'case.closed' ELSE 'case.edited' END",
        subject="'case'",
        subject_id="f.id",
        payload="'{}'",
        hash=f"'{'0' * 64}'",
        mac=f"'{'0' * 64}'",
    )
    one.put(
        Caller,
        name="'张' || (f.i % 1000)",
        phone="'139' || (10000000 + f.i)",
        number="'139' || (10000000 + f.i)",
        named="'张' || (f.i % 1000)",
    )
    callers = one.last(Caller) - one.n
    state = (
        "CASE f.grp WHEN 'allocated' THEN 'handling' WHEN 'signed' THEN 'handling' WHEN 'refused' THEN 'handling' "
        "WHEN 'direct' THEN 'visiting' WHEN 'leaders' THEN 'visiting' ELSE f.grp END"
    )
    held = "f.grp NOT IN ('registered', 'submitted', 'direct')"
    text_of = "(SELECT t.{} FROM filled_text t WHERE t.k = f.i % " + str(TEXTS) + ")"
    one.put(
        Case,
        id="f.id",
        state=state,
        number=f"'C' || ({10**12} + f.id)",
        query_code="'000000'",
        head_seq="2",
        head_hash=f"'{'0' * 64}'",
        channel=one.one_of(("phone", "wechat", "web"), "f.i"),
        operator_id=str(one.people["operator"]),
        caller_id=f"{callers} + f.i",
        kind=one.one_of(("complaint", "help", "consultation", "suggestion"), "f.i"),
        category_id=one.one_of(categories, "f.i"),
        place=text_of.format("place"),
        narrative=text_of.format("narrative"),
        demand=text_of.format("demand"),
        urgency=one.one_of(("normal", "urgent", "emergency"), "f.i"),
        mode="CASE WHEN f.grp = 'direct' THEN 'direct' ELSE 'transfer' END",
        lead_unit_id=f"CASE WHEN {held} THEN f.unit_id END",
        lead_assignment_id=f"CASE WHEN {held} THEN {one.last(Assignment)} + f.i END",
        leader_assigned=one.bool("f.grp = 'leaders'"),
        refusal_proposed_by_id=f"CASE WHEN f.grp = 'registered' THEN {one.people['operator']} END",
        closed_at="CASE WHEN f.grp = 'closed' THEN f.at END",
        own_at=one.moment(LATE),
        own_overdue_for=one.moment(LATE),
        screen_at=f"CASE WHEN f.grp = 'registered' THEN {one.moment(LATE)} END",
        screen_overdue_for=f"CASE WHEN f.grp = 'registered' THEN {one.moment(LATE)} END",
        look_failures=one.bool("f.i % 10 = 0")
        if one.sqlite
        else "CASE WHEN f.i % 10 = 0 THEN 1 ELSE 0 END",
    )
    one.put(
        Contact,
        kind="'first'",
        channel="'phone'",
        caller_id=f"{callers} + f.i",
        words="'来电反映' || f.i",
        operator_id=str(one.people["operator"]),
    )
    one.put(
        Contact,
        when="f.i % 3 = 0",
        kind="'supplement'",
        channel="'phone'",
        caller_id=f"{callers} + f.i",
        words="'再次来电催促' || f.i",
        operator_id=str(one.people["operator"]),
    )
    one.put(Notice, event_id=f"{e} + 2 * f.i - 1", recipient="'allocator'")
    one.put(Notice, event_id=f"{e} + 2 * f.i", recipient="'unit:' || f.unit_id")
    one.put(
        Submission,
        ("submitted",),
        reason="'重大'",
        leader_id=f"CASE WHEN f.i % 2 = 0 THEN {one.people['leader']} END",
    )
    one.put(
        Lifting,
        ("registered",),
        event_id=f"{e} + 2 * f.i",
        by_id=str(one.people["allocator"]),
        reason="'请解除'",
    )
    one.put(
        Suggestion,
        ("submitted", "registered"),
        kept=f"CASE WHEN f.grp = 'submitted' THEN {one.yes} END",
        screened_at="CASE WHEN f.grp = 'submitted' THEN f.at END",
    )


_FINAL = ("examining", "reviewing", "leaders", "closed")


def _handling(one: Filler) -> None:
    first = one.last(Assignment)
    held = ("allocated", "signed", "refused", *_FINAL)
    state = (
        "CASE f.grp WHEN 'allocated' THEN 'allocated' WHEN 'signed' THEN 'signed' WHEN 'refused' THEN 'reply_refused' "
        "WHEN 'examining' THEN 'replied' ELSE 'accepted' END"
    )
    late = "f.grp IN ('allocated', 'signed', 'refused')"
    one.put(
        Assignment,
        held,
        id=f"{first} + f.i",
        state=state,
        round="1",
        role="'lead'",
        number="'A' || f.id",
        sign_at=one.moment(SOON),
        due_at=f"CASE WHEN {late} THEN {one.moment(LATE)} ELSE f.at END",
        overdue_for=f"CASE WHEN {late} THEN {one.moment(LATE)} END",
        watched=one.bool(late),
        signed_at="f.at",
        response_at=f"CASE WHEN {late} THEN {one.moment(LATE)} END",
        ended_at="CASE WHEN f.grp IN ('closed', 'leaders') THEN f.at END",
    )
    a = f"{first} + f.i"
    examiners = [one.people[name] for name in ("examiner", "examiner2")]
    one.put(
        Reply,
        _FINAL,
        state="CASE WHEN f.grp = 'examining' THEN 'filed' ELSE 'passed' END",
        assignment_id=a,
        round="1",
        public_answer="'已派人到场处理' || f.i",
        opinion="'属实'",
        own_at=one.moment(LATE),
        own_overdue_for=one.moment(LATE),
        examined_by_id=f"CASE WHEN f.grp <> 'examining' THEN {one.one_of(examiners, 'f.i / 7')} END",
    )
    done = "f.grp IN ('closed', 'reviewing')"
    one.put(
        Request,
        ("signed", "closed", "reviewing"),
        state=f"CASE WHEN {done} THEN 'accepted' ELSE 'pending' END",
        assignment_id=a,
        round="1",
        kind="'extension'",
        workdays="3",
        words="'需要现场勘查'",
        own_at=one.moment(LATE),
        own_overdue_for=one.moment(LATE),
        ruled_at=f"CASE WHEN {done} THEN f.at END",
    )
    one.put(
        Reminder,
        ("allocated", "closed", "reviewing"),
        assignment_id=a,
        round="1",
        attempt="1",
        state=f"CASE WHEN {done} THEN 'satisfied' ELSE 'open' END",
        number="'催' || f.id",
        for_due_at=one.moment(LATE),
        reply_by_at=f"CASE WHEN {done} THEN f.at ELSE {one.moment(SOON)} END",
        ended_at=f"CASE WHEN {done} THEN f.at END",
    )
    drafted = {"assignment_id": a, "verb": "'draft_reply'", "fields": "'{}'"}
    one.put(Draft, ("refused",), **drafted)
    one.put(Draft, ("signed",), **drafted, returned_at="f.at", returned_words="'请补充现场照片'")
    one.put(
        Instruction,
        ("submitted", "leaders"),
        leader="'县长'",
        level="'county'",
        words="'请抓紧办理'",
        leader_id=str(one.people["leader"]),
    )


def _supervised(one: Filler) -> None:
    a = "(SELECT c.lead_assignment_id FROM hotline_case c WHERE c.id = f.id)"
    for group, state, ground in (
        ("allocated", "candidate", "overdue"),
        ("signed", "opened", "overdue"),
        ("refused", "finding", "overdue"),
        ("reviewing", "concluded", "overdue"),
        ("leaders", "opened", "leader"),
    ):
        review = "CASE WHEN f.grp = 'reviewing' THEN f.at END"
        one.put(
            Supervision,
            (group,),
            state=f"'{state}'",
            assignment_id=a,
            round="1",
            ground=f"'{ground}'",
            attempt="1",
            own_at=one.moment(LATE),
            own_overdue_for=one.moment(LATE),
            due_at=one.moment(SOON),
            number="'督' || f.id" if state != "candidate" else "NULL",
            review_asked_at=review,
        )
    for group, state, sent in (
        ("refused", "drafted", "NULL"),
        ("reviewing", "reviewed", "NULL"),
        ("signed", "sent", "f.at"),
    ):
        one.put(
            Referral,
            (group,),
            state=f"'{state}'",
            assignment_id=a,
            snapshot="'{}'",
            supervision_id="(SELECT max(s.id) FROM supervision s WHERE s.case_id = f.id)",
            sent_at=sent,
            own_at=one.moment(LATE),
            own_overdue_for=one.moment(LATE),
            send_by_at=one.moment(SOON),
        )


def _visits(one: Filler) -> None:
    visitors = one.one_of(
        [one.people[name] for name in ("visitor", "visitor", "visitor", "visitor2")], "f.i / 7"
    )
    first = one.last(Visit)
    one.put(
        Visit,
        ("direct", "leaders", "reviewing", "closed"),
        id=f"{first} + f.i",
        round="1",
        attempts="1",
        state="CASE WHEN f.grp IN ('direct', 'leaders') THEN 'pending' ELSE 'done' END",
        truth="'true'",
        solved="'solved'",
        satisfied="'satisfied'",
        ended_at="CASE WHEN f.grp IN ('closed', 'reviewing') THEN f.at END",
    )
    one.put(
        VisitRecord,
        ("reviewing", "closed"),
        visit_id=f"{first} + f.i",
        attempt="1",
        version="1",
        by_id=visitors,
        method="'phone'",
        reached=one.yes,
        words="'诉求人表示满意' || f.i",
        satisfied="'satisfied'",
    )
    one.put(
        Responsibility,
        ("closed", "reviewing"),
        round="1",
        by_id=str(one.people["examiner"]),
        unit_responsible=one.yes,
        grounds="'办理不到位'",
    )


def _counts(one: Filler) -> None:
    """The day's summary, in step with the events that it counts."""
    day = "date(f.at)"
    category = "coalesce((SELECT c.category_id FROM hotline_case c WHERE c.id = f.id), 0)"
    for unit, word, where in (
        ("0", "case.registered", "1 = 1"),
        ("f.unit_id", "case.closed", "f.grp = 'closed'"),
    ):
        one.run(
            f"INSERT INTO day_count (day, unit_id, category_id, word, n) SELECT {day}, {unit}, {category}, "
            f"'{word}', count(*) FROM filling f WHERE {where} GROUP BY 1, 2, 3"
        )


def _logs(one: Filler) -> None:
    """Of each case somebody who looked, and a pass of the bot; each hundredth of them failed."""
    one.put(
        Access,
        kind=one.one_of(KINDS, "f.i"),
        account_id=one.one_of(sorted(one.people.values()), "f.i"),
        address="'10.0.' || (f.i % 7) || '.' || (f.i % 250)",
        page=one.one_of(("Cases", "Visits", "Replies"), "f.i"),
        filters='\'{"q_kind": "help"}\'',
        rows="f.i % 900",
    )
    failed = "CASE WHEN f.i % 100 = 0 THEN 1 ELSE 0 END"
    names = one.one_of(("sweep", "sweep", "sweep", "supervision-list", "drafting"), "f.i")
    one.put(Run, name=names, finished_at="f.at", cases="f.i % 50", failures=failed)


def _pairs(one: Filler) -> None:
    """The index of pairs: a case has those of its text."""
    one.run("ALTER TABLE filled_text ADD COLUMN pairs text")
    for k, (place, narrative, demand) in enumerate(_texts()):
        numbers = sorted(pairs(f"{narrative}\n{demand}") | place_pairs(place))
        kept = (
            " ".join(map(str, numbers))
            if one.sqlite
            else "{" + ",".join(str(pair - PLACE) for pair in numbers) + "}"
        )
        one.run(f"UPDATE filled_text SET pairs = '{kept}' WHERE k = {k}")
    key, cast = ("rowid", "") if one.sqlite else ("case_id", "::int[]")
    if not one.sqlite:
        one.run("DROP INDEX ix_case_pairs")
    one.run(
        f"INSERT INTO case_pairs ({key}, pairs) SELECT f.id, t.pairs{cast} FROM filling f "
        f"JOIN filled_text t ON t.k = f.i % {TEXTS} ORDER BY f.i"
    )
    if not one.sqlite:
        one.run(
            "CREATE INDEX ix_case_pairs ON case_pairs USING gin (pairs) WITH (fastupdate = off)"
        )
    one.run("DROP TABLE filled_text")


def _sequences(connection: Connection) -> None:
    """Keys that are given out from here on come after those that were written."""
    for table in Model.metadata.tables.values():
        name = (
            connection.scalar(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table.name})
            if "id" in table.c
            else None
        )
        if name:
            last = connection.scalar(select(sql.max(table.c.id)))
            if last:
                connection.execute(text("SELECT setval(:s, :n)"), {"s": name, "n": last})
