"""Fills an empty database with the sample office: ninety days of people and daily passes of the
bot, up to now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from random import Random

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.models import Notice, NoticeRead, Person, Setting
from app.roles import BOT
from app.rules.telling import PRETEND
from app.rules.workdays import BEIJING, beijing
from app.stages.calendar import fill, office_at
from app.stages.inbox.mailboxes import pretend_mailbox
from app.story.sample.desk import Desk
from app.story.sample.diary import Diary, Hours, Life
from app.story.sample.lives import life
from app.story.sample.matters import Callers
from app.story.sample.office import FINISHED, furnish
from app.story.sample.room import rounds
from app.story.sample.scenes import Stage, scenes
from app.story.sample.texts import read_texts
from app.sweep import sweep

CASES = 300
"""About how many cases the sample office has; the scenes are about eighty of them."""
Say = Callable[[int, str], None]
"""Told how far it is, in percent, and what day it is."""


def fill_sample(
    sessions: Sessions, now: datetime, password: str, data: Path, say: Say, cases: int = CASES
) -> None:
    """Make the sample office in an empty database, ending at `now`: the same for the same `now`.
    Refused where the database holds an account or a case. `data`: where files are kept. Accounts
    may log in once it is finished."""
    now = beijing(now)
    with transaction(sessions) as session:
        fill(session, now)
        hours = Hours(office_at(session, now).calendar, now)
        furnish(session, password, hours.workdays[len(hours.workdays) // 3])
    diary = Diary(hours, lambda at: _look(sessions, at))
    seed = now.isoformat()
    desk = Desk(sessions, data, diary, Callers(Random(seed)))  # noqa: S311
    diary.put(_open_way(desk, hours.workdays[0], Random(f"{seed}:way")))  # noqa: S311
    for course in rounds(desk, hours.workdays[len(hours.workdays) * 3 // 5], seed):
        diary.put(course)
    staged = scenes()
    for place, scene in enumerate(staged):
        diary.put(Stage(desk, scene, Random(f"{seed}:scene:{place}")).play())  # noqa: S311
    _arrive(desk, max(cases - len(staged), 0), seed)
    _go(diary, desk, say)
    _finish(sessions, now, hours.last_whole)


def _open_way(desk: Desk, day: date, dice: Random) -> Life:
    """The way out that only pretends: what it takes stands on a page, and goes to nobody."""
    yield desk.hours.some_time(day, dice)
    row = desk.do("it_admin", "propose_gateway", name="pretend", kind=PRETEND, reason="示例单位")
    desk.do("centre_head", "approve_gateway", row=row.id, accept=True)


def _arrive(desk: Desk, n: int, seed: str) -> None:
    """Demands come in on every working day, a few more of late."""
    dice = Random(seed)  # noqa: S311
    days = desk.hours.workdays
    weights = [1 + place / len(days) for place in range(len(days))]
    for place in range(n):
        day = dice.choices(days, weights)[0]
        own = Random(f"{seed}:{place}")  # noqa: S311
        desk.diary.put(life(desk, desk.hours.some_time(day, own), own))


def _look(sessions: Sessions, at: datetime) -> None:
    done = sweep(sessions, at)
    if done.failures:
        raise RuntimeError(f"the bot could not look at {done.failures} cases on {at}: {done.error}")


def _go(diary: Diary, desk: Desk, say: Say) -> None:
    """Let the days pass, telling every twentieth part of them."""
    start, told = diary.now, -1
    whole = diary.hours.now - start
    for moment in diary.go():
        percent = int((moment - start) / whole * 20) * 5
        if percent > told:
            told = percent
            say(percent, f"{moment:%Y-%m-%d} {desk.registered}件")


def _read_before(session: Session, before: datetime) -> None:
    """Each account has read what was told to its roles or its unit before a moment."""
    held = session.execute(select(Person.id, Role.name).join(Person.roles)).all()
    units = session.execute(
        select(Person.id, Person.unit_id).where(Person.unit_id.is_not(None))
    ).all()
    told: dict[str, list[int]] = {}
    for id, recipient in [*held, *((id, f"unit:{unit}") for id, unit in units)]:
        told.setdefault(recipient, []).append(id)
    rows: dict[tuple[int, int], datetime] = {}
    for notice in session.scalars(select(Notice).where(Notice.at < before)):
        rows |= {(id, notice.event_id): notice.at for id in told.get(notice.recipient, ())}
    session.execute(
        insert(NoticeRead),
        [{"person_id": who, "event_id": id, "at": at} for (who, id), at in rows.items()],
    )


def _finish(sessions: Sessions, now: datetime, last_day: date) -> None:
    """People have read what came before the last whole working day, and were told of it outside the
    panel; from now on they can log in."""
    with transaction(sessions) as session:
        before = datetime.combine(last_day, time(0), BEIJING)
        _read_before(session, before)
        session.execute(update(Notice).where(Notice.at < before).values(taken_at=Notice.at))
        session.execute(update(Person).values(active=True))
        told = read_texts("letters")
        pretend_mailbox(session, now, BOT, told["mailbox"], told["letters"])
        session.add(Setting(name=FINISHED, value=now.isoformat()))
