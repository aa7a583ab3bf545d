"""Fills a desk with cases by set-based SQL: every list of work of every role is longer than it is
counted to.

A case lies in one of the groups below, spread evenly over all ids; each group of open cases has the
same share of them. Events are there, their seals are not. The desk has its people already; the
first unit holds whatever is open.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_appbuilder import Model
from sqlalchemy import Connection, select, text
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
from app.rules.similarity import PLACE, pairs, place_pairs
from app.stages.access import KINDS
from migrations import triggers
from tests.bench.filler import LATE, SOON, THIRD, Filler
from tests.bench.filling_reach import fill_reach
from tests.databases import Desk
from tests.seed import UNITS, analyse

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
        fill_reach(one)
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
    first = one.last(Supervision)
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
            id=f"{first} + f.i",
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
    """Of each case somebody who looked, and a pass of the bot; each ninth of them failed."""
    one.put(
        Access,
        kind=one.one_of(KINDS, "f.i"),
        account_id=one.one_of(sorted(one.people.values()), "f.i"),
        address="'10.0.' || (f.i % 7) || '.' || (f.i % 250)",
        page=one.one_of(("Cases", "Visits", "Replies"), "f.i"),
        filters='\'{"q_kind": "help"}\'',
        rows="f.i % 900",
    )
    failed = "CASE WHEN f.i % 9 = 0 THEN 1 ELSE 0 END"
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
