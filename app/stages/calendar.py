"""The table of days, and the office as it stands at a moment: what every clock rests on.

Days come, in order, from the office's own rows, from the published calendar of the State Council (a
library carries it), and from a provisional guess. A year that arrives late makes open deadlines
longer, never shorter. [procedure 0]
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
from sqlalchemy import (
    ColumnElement,
    Table,
    false,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from app.ledger import Entry, look_at, move_many, note_office, seal_leftovers, touched, wrote
from app.ledger.watch import forget
from app.models import (
    SUBJECTS,
    Assignment,
    CalendarDay,
    Case,
    OfficeHead,
    Reminder,
    Setting,
    SlaRule,
)
from app.models.columns import Moment, clock
from app.roles import BOT, Actor
from app.rules.limits import Limits, Versions, refusal
from app.rules.office import SETTINGS, Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import (
    BEIJING,
    Calendar,
    Deadline,
    beijing,
    deadline_from,
    last_day,
    provisional_workday,
    sweep_not_before,
)
from app.rules.workflow import CLOCKS, LIVE, STANDS
from app.stages.draftclocks import UNSCOPED, move_drafts
from app.stages.proposals import proposed
from app.stages.verb import ACCEPT, NO_CASE, Verb, field, proposals

FIRST_YEAR = 2004
YEARS_AHEAD = 10
"""How far ahead a person may name a date."""
OFFICE, LIBRARY, WEEK, PROVISIONAL = "office", "library", "week", "provisional"
"""Where a day is known from: a loaded notice names it, the published calendar has it, it follows
the week in a year that is known, or it is a guess."""
_VERSION, _LAST = "calendar.version", "calendar.last"


def _guess(day: date) -> tuple[bool, str]:
    try:
        return bool(chinese_calendar.is_workday(day)), LIBRARY
    except NotImplementedError:
        return provisional_workday(day), PROVISIONAL


def _put(session: Session, name: str, value: str) -> None:
    was = session.scalar(select(Setting.value).where(Setting.name == name))
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Setting).values(name=name, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    if was != value:
        wrote(session, Setting, [{"name": name, "value": value}])


def _changed(session: Session) -> None:
    """Name the calendar anew, so that nobody reads an old one; a name is never used twice."""
    _put(session, _VERSION, uuid.uuid4().hex)
    session.info.pop("office", None)


def fill(session: Session, now: datetime, until: date | None = None) -> None:
    """Fill the table from 2004 to the end of next year, and of `until`'s where that is later.

    Days that are there stay as they are, but for guessed ones that the library, in a newer version,
    knows: then open deadlines are worked out anew."""
    now = beijing(now)
    end = date(max(now.year + 1, until.year if until else 0), 12, 31)
    _put(
        session, _LAST, end.isoformat()
    )  # first: whoever fills at the same time waits here, and finds it filled
    last = session.scalar(select(CalendarDay.day).order_by(CalendarDay.day.desc()).limit(1))
    ordinal = (
        session.scalar(select(CalendarDay.ordinal).order_by(CalendarDay.day.desc()).limit(1)) or 0
    )
    day = last + timedelta(days=1) if last else date(FIRST_YEAR, 1, 1)
    rows = []
    while day <= end:
        worked, source = _guess(day)
        ordinal += worked
        rows.append({"day": day, "worked": worked, "ordinal": ordinal, "source": source})
        day += timedelta(days=1)
    if rows:
        session.execute(table_of_days().insert(), rows)
        first = last.year if last else FIRST_YEAR
        for year in range(first, end.year + 1):
            touched(session, "calendar_day", year, "days")
        _changed(session)
    learned = _learned(session)
    if learned:
        set_days(session, learned, LIBRARY)
        recompute(session, now, BOT)
    if session.scalar(select(OfficeHead.head_seq)):
        seal_leftovers(session, now)
    else:
        forget(session, (Setting.__tablename__, CalendarDay.__tablename__))


def reach(session: Session, now: datetime, day: date) -> None:
    """Let the table reach a day that a person named, some years ahead as far as can be guessed;
    NotAllowed beyond."""
    calendar = office_at(session, now).calendar
    if day > calendar.last and day.year <= now.year + YEARS_AHEAD:
        fill(session, now, day)
    elif not calendar.first <= day <= calendar.last:
        raise NotAllowed(
            "day_outside_calendar", day=day.isoformat(), last=calendar.last.isoformat()
        )


def _learned(session: Session) -> dict[date, bool]:
    """The guessed days that the library knows by now, and whether they are worked."""
    guessed = session.scalars(select(CalendarDay.day).where(CalendarDay.source == PROVISIONAL))
    known = {day: _guess(day) for day in guessed}
    return {day: worked for day, (worked, source) in known.items() if source == LIBRARY}


def set_days(session: Session, days: Mapping[date, bool], source: str = OFFICE) -> None:
    """Write days as the office (or another source) has them, and count the running numbers after
    them anew."""
    first = min(days)
    rows = session.scalars(
        select(CalendarDay).where(CalendarDay.day >= first).order_by(CalendarDay.day)
    ).all()
    ordinal = (
        session.scalar(
            select(CalendarDay.ordinal).where(CalendarDay.day == first - timedelta(days=1))
        )
        or 0
    )
    for row in rows:
        if row.day in days:
            row.worked, row.source = days[row.day], source
        ordinal += row.worked
        row.ordinal = ordinal
    session.flush()
    _changed(session)


def _calendar(session: Session, version: str, day_ends: int) -> Calendar:
    """The calendar of a version: read once and shared, for as long as the database names that
    version."""
    shared: dict[tuple[str, int], Calendar] = session.info["calendars"]
    held = shared.get((version, day_ends))
    # `held`, not the dict, is what is given back: another thread may share another version in
    # between.
    if held is None:
        days: dict[date, bool] = {}
        guessed = set()
        for row in session.execute(select(CalendarDay.day, CalendarDay.worked, CalendarDay.source)):
            days[row.day] = row.worked
            if row.source == PROVISIONAL:
                guessed.add(row.day)
        held = Calendar.of(days, frozenset(guessed), day_ends)
        shared.clear()
        shared[version, day_ends] = held
    return held


def _on_file(session: Session) -> tuple[dict[str, str], Versions]:
    """The office's settings and the numbers in force, in one statement."""
    rules = select(SlaRule.valid_from, SlaRule.name, SlaRule.value, SlaRule.id)
    settings = select(type_coerce(null(), Moment), Setting.name, Setting.value, literal(0))
    both = union_all(rules.where(SlaRule.approved_at.is_not(None)), settings).order_by(
        "valid_from", "id"
    )
    rows = session.execute(both).all()
    versions = Versions(
        (row.valid_from, row.name, json.loads(row.value)) for row in rows if row.valid_from
    )
    return {row.name: row.value for row in rows if row.valid_from is None}, versions


def _versions(session: Session) -> Versions:
    query = select(SlaRule.valid_from, SlaRule.name, SlaRule.value).where(
        SlaRule.approved_at.is_not(None)
    )
    rows = session.execute(query.order_by(SlaRule.valid_from, SlaRule.id))
    return Versions((row.valid_from, row.name, json.loads(row.value)) for row in rows)


def office_at(session: Session, now: datetime) -> Office:
    """The office as it stands at a moment: calendar, numbers, words. Fills the table where it ends
    too early."""
    now = beijing(now)
    held: Office | None = session.info.get("office")
    if held is not None and held.now == now:
        return held
    settings, versions = _on_file(session)
    if settings.get(_LAST, "") < date(now.year + 1, 12, 31).isoformat():
        fill(session, now)
        return office_at(session, now)
    calendar = _calendar(session, settings[_VERSION], versions.at(now).day_ends)
    words = {name: settings.get(name, word) for name, word in SETTINGS.items()}
    office = Office(calendar, versions, now, words)
    session.info["office"] = office
    return office


def days_known(session: Session, now: datetime) -> Calendar:
    """The calendar as it stands, for who only reads: nothing is filled."""
    query = select(Setting.value).where(Setting.name == _VERSION)
    return _calendar(
        session, session.scalars(query).one(), _versions(session).at(beijing(now)).day_ends
    )


def days_held(session: Session, now: datetime) -> dict[date, tuple[bool, str]]:
    """day -> worked, and where that is known from, up to the end of next year, for who only reads:
    nothing is filled."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.worked, CalendarDay.source))
    held = {row.day: (bool(row.worked), str(row.source)) for row in rows}
    day, end = max(held, default=date(FIRST_YEAR - 1, 12, 31)), date(beijing(now).year + 1, 12, 31)
    while day < end:
        day += timedelta(days=1)
        held[day] = _guess(day)
    return held


def office_with(session: Session, now: datetime, days: Mapping[date, tuple[bool, str]]) -> Office:
    """The office as it would stand with these days."""
    versions = _versions(session)
    guessed = frozenset(day for day, (_, source) in days.items() if source == PROVISIONAL)
    worked = {day: worked for day, (worked, _) in days.items()}
    return Office(
        Calendar.of(worked, guessed, versions.at(beijing(now)).day_ends), versions, beijing(now)
    )


def numbers_known(session: Session, now: datetime) -> Limits:
    """The numbers in force, for who only reads."""
    return _versions(session).at(beijing(now))


def _look_again(session: Session, now: datetime) -> None:
    """When the bot looks at a case was worked out with the days as they were: it looks at all of
    them anew."""
    soon = sweep_not_before(now)
    later = (
        select(Case.id, Case.head_seq)
        .where(Case.look_again_at > soon)
        .order_by(Case.id)
        .with_for_update()
    )
    rows = session.execute(later, execution_options=UNSCOPED)
    look_at(session, {row.id: row.head_seq for row in rows}, soon)


def recompute(session: Session, now: datetime, actor: Actor) -> None:
    """Work every open deadline out anew: longer where the new calendar says so, never shorter.
    [procedure 0]"""
    office = office_at(session, now)
    entries = moving(session, office)
    for start in range(0, len(entries), 1000):
        for group in _alike(entries[start : start + 1000]):
            move_many(session, now, actor, group)
    move_drafts(session, now, actor, office.calendar)
    _look_again(session, now)


def moving(session: Session, office: Office) -> list[Entry]:
    """What working every open deadline out anew would change: the later ones, and those whose basis
    is another by now; nothing is written. It looks at all cases, whoever asks."""
    whole_days = office.calendar.to_midnight()
    entries: list[Entry] = []
    for subject, (names, states) in CLOCKS.items():
        model: Any = SUBJECTS[subject]
        running = model.state.in_(states) | _still_running(model, office.now)
        for row in session.scalars(
            select(model).where(running).order_by(model.id), execution_options=UNSCOPED
        ):
            later = {
                name: _later(whole_days if name == "heard" else office.calendar, row.deadline(name))
                for name in names
                if name not in STANDS.get((subject, getattr(row, "role", row.state)), ())
            }
            moved = {name: deadline for name, deadline in later.items() if deadline}
            if moved:
                entries.append(_moved(subject, row, moved, office.now))
    _assists(session, office, entries)
    return entries


def longest_open(session: Session) -> date | None:
    """The last day on which an open clock runs out; None where none runs."""
    latest = [
        select(func.max(getattr(SUBJECTS[subject], f"{name}_at"))).where(
            SUBJECTS[subject].state.in_(states)
        )
        for subject, (names, states) in CLOCKS.items()
        for name in names
    ]
    rows = session.execute(union_all(*latest).execution_options(unscoped=True)).scalars()
    found = [last_day(at) for at in rows if at is not None]
    return max(found, default=None)


def _still_running(one: Any, now: datetime) -> ColumnElement[bool]:
    """What has ended and whose clocks run: an answered reminder may open again, a closed item have
    its review, a suggestion be screened."""
    if one is Reminder:
        held = select(Assignment.id).where(Assignment.state.in_(LIVE))
        return (Reminder.state == "satisfied") & Reminder.assignment_id.in_(held)
    if one is SUBJECTS["case"]:
        waits: ColumnElement[bool] = one.screen_at.is_not(None)
        return waits
    if one is SUBJECTS["supervision"]:
        asked = one.review_asked_at.is_not(None) & one.review_accepted.is_(None)
        closed: ColumnElement[bool] = (one.state == "closed") & ((one.ask_at > now) | asked)
        return closed
    return false()


def _alike(entries: list[Entry]) -> list[list[Entry]]:
    """Entries grouped by what they change, so that each group is a few statements."""
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.subject, *sorted(entry.columns)), []).append(entry)
    return list(groups.values())


def _later(calendar: Calendar, old: Deadline | None) -> Deadline | None:
    """The deadline anew, where that is later or rests on known days by now; else None."""
    if old is None:
        return None
    new = calendar.again(old)
    return new if new.at > old.at or new.basis != old.basis else None


def _moved(subject: str, row: Any, moved: Mapping[str, Deadline], now: datetime) -> Entry:
    columns: dict[str, Any] = {}
    payload: dict[str, Any] = {}
    for name, deadline in moved.items():
        columns |= clock(name, deadline)
        payload[name] = {"told": row.deadline(name).at.isoformat(), "new": deadline.at.isoformat()}
    if "due" in moved and subject == "assignment":
        columns |= marked(row, moved["due"], now)
    chain = row.id if isinstance(row, Case) else row.case_id
    return Entry(
        chain,
        "clock.moved",
        subject,
        row.id,
        None,
        None,
        columns,
        payload,
        getattr(row, "unit_id", None),
    )


def marked(assignment: Assignment, due: Deadline, now: datetime) -> dict[str, Any]:
    """Where a new due date has passed as well, an overdue mark for the old one stands for both.
    [procedure 2]"""
    done = assignment.overdue_for is not None and due.at <= now
    return {"overdue_for": due.at} if done else {}


def assist_deadline(calendar: Calendar, lead: Deadline, allocated_on: date) -> Deadline:
    """An assist's due: the lead's less a working day, not before the first one after allocation nor
    after the lead's. [procedure 0]"""
    on = max(calendar.before(lead.on), calendar.after(allocated_on))
    if calendar.end_of(on) >= lead.at:
        if lead.unit == "hours":
            return Deadline(lead.at, allocated_on, 0, "hours", lead.basis)
        counted = calendar.counted(allocated_on, lead.on)
        return Deadline(lead.at, allocated_on, 0, "named", lead.basis, counted)
    return Deadline(
        calendar.end_of(on),
        allocated_on,
        0,
        "named",
        calendar.basis(allocated_on, on),
        calendar.counted(allocated_on, on),
    )


def _assists(session: Session, office: Office, entries: list[Entry]) -> None:
    """Open assists move with their leads' due, and where working days come in between though the
    lead's date stands as named; never earlier than they were told."""
    leads = {
        e.subject_id: e.columns
        for e in entries
        if e.subject == "assignment" and "due_at" in e.columns
    }
    lead = aliased(Assignment)
    query = (
        select(Assignment, lead)
        .join(lead, lead.case_id == Assignment.case_id)
        .where(
            Assignment.role == "assist",
            Assignment.state.in_(LIVE),
            Assignment.round == lead.round,
            lead.role == "lead",
            lead.state.in_(LIVE),
        )
        .order_by(Assignment.id)
    )
    for assist, its_lead in session.execute(query, execution_options=UNSCOPED).all():
        moved = leads.get(its_lead.id)
        new = (
            deadline_from(moved["due_at"], moved["due_clock"])
            if moved
            else its_lead.deadline("due")
        )
        due = _assist_anew(office.calendar, assist, new)
        own = assist.deadline("due")
        if due.at > assist.due_at or (
            own is not None and due.at == own.at and due.basis != own.basis
        ):
            entries.append(_moved("assignment", assist, {"due": due}, office.now))


def _assist_anew(calendar: Calendar, assist: Assignment, lead: Deadline | None) -> Deadline:
    """An assist's due worked out anew, with the extension it was granted itself; never after its
    lead's."""
    own = assist.deadline("due")
    assert own is not None and lead is not None  # noqa: S101
    due = max(
        assist_deadline(calendar, lead, assist.allocated_at.date()),
        calendar.again(own),
        key=lambda one: one.at,
    )
    return min(due, lead, key=lambda one: one.at)


def change_rule(
    session: Session,
    now: datetime,
    actor: Actor,
    name: str,
    value: Any,
    valid_from: date | None = None,
    reason: str = "",
) -> SlaRule:
    """An IT administrator proposes another value for a number, valid from a day (now, where none is
    named)."""
    wrong = refusal(name, value)
    if wrong:
        raise NotAllowed(wrong, name=name, value=str(value))
    since = (
        now
        if valid_from is None
        else datetime(valid_from.year, valid_from.month, valid_from.day, tzinfo=BEIJING)
    )
    if since < now:
        raise NotAllowed("rule_in_the_past", name=name)
    row = SlaRule(
        name=name,
        value=json.dumps(value),
        valid_from=since,
        reason=reason,
        changed_at=now,
        changed_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    note_office(
        session,
        now,
        actor,
        "rule.proposed",
        {"rule": name, "value": value, "from": since.isoformat()},
    )
    return row


def approve_rule(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> SlaRule:
    """The centre head approves a proposed number, or turns it down; cases allocated before keep
    theirs."""
    row: SlaRule = proposed(session, SlaRule, proposal)
    if row.changed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not accept:
        row.refused_at = now
        note_office(session, now, actor, "rule.refused", {"rule": row.name})
        return row
    row.approved_at, row.approved_by_id = now, actor.id
    row.valid_from = max(row.valid_from, now)
    session.flush()
    session.info.pop("office", None)
    note_office(
        session, now, actor, "rule.changed", {"rule": row.name, "value": json.loads(row.value)}
    )
    return row


def table_of_days() -> Table:
    """The table of days, for whoever counts in the database."""
    table = CalendarDay.__table__
    assert isinstance(table, Table)  # noqa: S101
    return table


VERBS = (
    Verb(
        "change_rule",
        run=change_rule,
        on=NO_CASE,
        fields=(
            field("name!"),
            field("value!", "any"),
            field("valid_from", "date"),
            field("reason"),
        ),
        roles=("it_admin",),
        event="rule.proposed",
    ),
    Verb(
        "approve_rule",
        run=approve_rule,
        on=proposals(SlaRule),
        fields=(ACCEPT,),
        roles=("centre_head",),
        event=("rule.changed", "rule.refused"),
        guarded=True,
    ),
)
