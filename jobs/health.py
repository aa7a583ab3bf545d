"""Is the desk well: the database, its calendar, the units, Redis, the bot. Only looks; changes
nothing.

For `python -m app check`, the panel's bot page and `/readyz`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from redis import RedisError
from sqlalchemy import Connection, exists, func, or_, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

import config
from app.database import BOT, Sessions, engine_from, missing_file, reading
from app.files import Scanner
from app.models import CalendarDay, Case, Person, Run, Unit, UnitPost
from app.models.sessions import UNSCOPED
from app.rules.workdays import beijing
from app.stages.acceptance import unindexed
from app.stages.calendar import longest_open, office_at
from app.stages.changes import unguarded
from app.stages.naming import unnamed
from app.stages.office import calendar_missing
from app.words import Message
from jobs.advice import WARNING, WRONG, Finding, finding
from jobs.children import Children, read
from jobs.clocks import CLOCK_STOPS, CLOCK_TELLS, ahead_of_database
from jobs.crowd import crowd_of
from jobs.desk import NoRedis
from jobs.figures import figures_findings
from jobs.files import SHOWN_LOST, still_lost
from jobs.keeping.told import backup_findings
from jobs.key_health import key_findings
from jobs.reach_health import reach_findings
from jobs.room import disk_findings
from jobs.servable import sessions_of, short
from jobs.timetable import FAILED_SECONDS, SWEEP
from migrations import triggers
from migrations.grants import owns
from migrations.upgrade import BROKEN_OFF, CURRENT, NEWER, standing

__all__ = [
    "WARNING",
    "WRONG",
    "Finding",
    "bot_findings",
    "calendar_findings",
    "desk_findings",
    "findings",
    "swept",
]

CALENDAR_DAYS = 60
"""How far ahead the calendar must reach: the longest clock and its extension."""
LATE = timedelta(minutes=30)
"""How old the last whole pass may be."""
NO_TICK = timedelta(seconds=90)
"""How long the ticker may be silent: it says so every second."""
NEWEST = 1000
"""Among how many of the newest passes the last one is looked for: there is one more each minute,
for years."""
SHOWN_FAILURES = 20
"""How many cases that could not be looked at are named."""
SHOWN_GUARDS = 5
"""How many missing triggers are named."""


def findings(settings: config.Config, now: datetime) -> list[Finding]:
    """All that is wrong with a desk at its time `now`; nothing where all is well."""
    own = [*scanner_findings(settings), *backup_findings(settings, now)]
    return [*own, *_found(settings, now)]


def _found(settings: config.Config, now: datetime) -> list[Finding]:
    engine = engine_from(settings.database_url, BOT)
    file = missing_file(engine)
    if file is not None:
        return [
            finding("database_unreachable", why=Message("shell.no_such_file", {"file": file})),
            *bot_findings(settings),
        ]
    try:
        with engine.connect().execution_options(reads=True) as connection:
            schema = list(schema_findings(connection))
        if schema:
            return [*schema, *bot_findings(settings)]
        sessions = sessions_of(settings, engine)
        found = [
            *desk_findings(sessions, now, settings.data),
            *pairs_findings(sessions, now),
            *reach_findings(sessions, now, settings),
            *bot_findings(settings),
        ]
        return [*guard_findings(sessions, now), *found] if settings.production else found
    except DatabaseError as error:
        return [unreachable(error), *bot_findings(settings)]
    finally:
        engine.dispose()


def scanner_findings(settings: config.Config) -> list[Finding]:
    """Whether the office's scanner can be run: while it cannot, no file is taken in."""
    missing = Scanner(settings.scanner).missing() if settings.scanner else None
    return [finding("scanner_missing", command=missing)] if missing is not None else []


def schema_findings(connection: Connection) -> Iterator[Finding]:
    """Whether the database is at the schema of this program."""
    where, revision = standing(connection)
    if where == NEWER:
        yield finding("database_newer", revision=revision)
    elif where == BROKEN_OFF:
        yield finding("database_not_arrived")
    elif where != CURRENT:
        yield finding("database_behind")


def unreachable(error: DatabaseError) -> Finding:
    """The finding about a database that cannot be used."""
    return finding("database_unreachable", why=short(error))


def desk_findings(sessions: Sessions, now: datetime, data: Path) -> list[Finding]:
    """What the database tells: key, clock, guards, calendar, units, the last pass, cases that could
    not be looked at, files that are lost. Raises sqlalchemy's DatabaseError where it cannot be
    asked."""
    with reading(sessions) as session:
        return [
            *key_findings(session),
            *clock_findings(session),
            *_guards(session),
            *calendar_findings(session, now),
            *_liaisons(session, now),
            *pass_findings(session, now),
            *_failures(session),
            *_files(session, data),
            *figures_findings(session),
            *disk_findings(data),
        ]


def pairs_findings(sessions: Sessions, now: datetime) -> list[Finding]:
    """Whether the repeat check finds all that it should. It looks at each case of the last days:
    not for every page."""
    with reading(sessions) as session:
        lacking = unindexed(session, now)
    return [finding("pairs_behind", WARNING, n=lacking)] if lacking else []


def guard_findings(sessions: Sessions, now: datetime) -> list[Finding]:
    """Whether the office is called by its own names, the account that works on the database could pass the
    record's guards, and somebody can confirm changes of accounts: an office of before had none."""
    with reading(sessions) as session:
        lacking = (
            unguarded(session, now)
            if session.scalar(select(Person.id).limit(1)) is not None
            else []
        )
        owned = [finding("database_owned", WARNING)] if owns(session.connection()) else []
        called = unnamed(session)
    named = [finding("office_unnamed", names=tuple(called))] if called else []
    return [*named, *owned, *(finding("nobody_confirms", WARNING, role=role) for role in lacking)]


def _guards(session: Session) -> Iterator[Finding]:
    """Whether the triggers that guard the record are there, and switched on."""
    connection = session.connection()
    missing = sorted(triggers.expected(connection) - triggers.present(connection))
    if missing:
        more = ("…",) if len(missing) > SHOWN_GUARDS else ()
        names = (*missing[:SHOWN_GUARDS], *more)
        yield finding("guards_missing", n=len(missing), names=names)


def calendar_findings(session: Session, now: datetime) -> Iterator[Finding]:
    """Whether the calendar reaches far enough, and whether the coming year's is known."""
    today = beijing(now).date()
    last = session.scalar(select(CalendarDay.day).order_by(CalendarDay.day.desc()).limit(1))
    if last is None or last < today + timedelta(days=CALENDAR_DAYS):
        yield finding("calendar_short", last=last, days=CALENDAR_DAYS)
        return
    # Where the table ends before the next year does, the next pass fills it; a check writes
    # nothing.
    if last >= date(today.year + 1, 12, 31):
        missing = calendar_missing(office_at(session, now), longest_open(session))
        if missing is not None:
            level, year = missing
            yield finding("calendar_missing", WRONG if level == "red" else WARNING, year=year)


def _liaisons(session: Session, now: datetime) -> Iterator[Finding]:
    """Active units that no case can be allocated to. [procedure 2]"""
    today = beijing(now).date()
    held = exists().where(
        UnitPost.unit_id == Unit.id,
        UnitPost.post == "liaison",
        UnitPost.from_on <= today,
        or_(UnitPost.to_on.is_(None), UnitPost.to_on >= today),
    )
    query = select(Unit.name).where(Unit.active, ~held).order_by(Unit.id)
    for name in session.scalars(query, execution_options=UNSCOPED):
        yield finding("unit_without_liaison", unit=name)


def swept(session: Session, now: datetime) -> timedelta | None:
    """How long ago the last whole pass was that ended; None where there was none. A clock that was
    set back leaves passes in the future, which do not count; a pass as of a moment long past is not
    the last one."""
    ended = (
        select(Run.looked_at)
        .where(Run.name == SWEEP.name, Run.finished_at.is_not(None), Run.looked_at <= now)
        .order_by(Run.id.desc())
    )
    last = session.scalar(select(func.max(ended.limit(NEWEST).subquery().c.looked_at)))
    return None if last is None else now - last


def pass_findings(session: Session, now: datetime) -> Iterator[Finding]:
    """Whether the bot makes its passes."""
    age = swept(session, now)
    if age is None:
        yield finding("never_swept")
    elif age > LATE:
        yield finding("sweep_late", minutes=int(age.total_seconds() // 60))


def _failures(session: Session) -> Iterator[Finding]:
    query = select(Case.number, Case.id, Case.look_failures, Case.look_error).where(
        Case.look_failures > 0
    )
    query = query.order_by(Case.id).limit(SHOWN_FAILURES)
    for row in session.execute(query, execution_options=UNSCOPED):
        yield finding(
            "look_failed", case=row.number or row.id, times=row.look_failures, why=row.look_error
        )


def _files(session: Session, data: Path) -> Iterator[Finding]:
    """The files, dossiers and papers that the nights found lost, and that still are."""
    for lost in islice(still_lost(session, data), SHOWN_LOST):
        if lost.kind == "paper":
            yield finding("paper_lost", number=lost.name, what=lost.what)
            continue
        number = session.scalar(
            select(Case.number).where(Case.id == lost.case_id), execution_options=UNSCOPED
        )
        yield finding(
            "file_lost", case=number or lost.case_id, kind=lost.called, id=lost.id, what=lost.what
        )


def clock_findings(session: Session, real: datetime | None = None) -> Iterator[Finding]:
    """Whether this machine's clock (`real`, now) goes with the database's."""
    seconds = ahead_of_database(session, real)
    if abs(seconds) >= CLOCK_TELLS:
        level = WRONG if abs(seconds) >= CLOCK_STOPS else WARNING
        word = "clock_ahead" if seconds > 0 else "clock_behind"
        yield finding(word, level, seconds=round(abs(seconds)), most=CLOCK_STOPS)


def bot_findings(settings: config.Config) -> list[Finding]:
    """What supervisor and Redis tell: whether all that should run does."""
    told = read(settings.data)
    if told is None and settings.redis_url is None:
        return [finding("bot_not_running")]
    down = (
        []
        if told is None
        else [_down(told, child.name) for child in told.children if child.state != "running"]
    )
    wanted = settings.workers if told is None else told.wanted("worker")
    try:
        return [*down, *_queue_findings(settings, wanted)]
    except (RedisError, NoRedis) as gone:
        return [*down, finding("redis_unreachable", why=type(gone).__name__)]


def _down(told: Children, name: str) -> Finding:
    one = next(child for child in told.children if child.name == name)
    return finding("child_down", name=name, exit=one.last_exit, restarts=one.restarts)


def _queue_findings(settings: config.Config, wanted: int) -> Iterator[Finding]:
    """What Redis tells: whether enough workers said lately that they live, and what failed. Raises
    RedisError, NoRedis."""
    told = crowd_of(settings)
    if told.live < wanted:
        yield finding("worker_missing", wanted=wanted, live=told.live)
    if told.tick is None or told.tick > NO_TICK:
        yield finding("ticker_missing", seconds=int(NO_TICK.total_seconds()))
    if told.failed:
        yield finding(
            "jobs_failed", WARNING, n=told.failed, days=FAILED_SECONDS // 86_400, why=told.why
        )
