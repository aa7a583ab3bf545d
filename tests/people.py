"""People at one desk: who does what, at a clock that the test moves; and what the whole database
holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.orm import Session

from app.database import retried, transaction
from app.models import Access, Person, UnitPost
from app.roles import Actor
from app.rules.workdays import BEIJING, sweep_on
from app.stages.rights import RIGHTS, person
from app.story.theatre.cast import actor_named, unit_named
from app.story.theatre.fillers import filled
from app.sweep import sweep
from app.verbs import perform
from tests.databases import Desk
from tests.dossiers import made

UNITS = ("WATER", "HOUSING", "ROADS")
SECOND = (
    "allocator",
    "centre_head",
    "examiner",
    "visitor",
    "officer",
    "supervision_head",
    "leader",
)
"""The roles of which the desk has a second person, `role#2`."""


def at(words: str) -> datetime:
    """A moment of Beijing time, as `2025-06-09 09:00`."""
    return datetime.fromisoformat(words).replace(tzinfo=BEIJING)


def everybody(*units: str) -> list[str]:
    """Who works at the desk, as a story's `as` names them."""
    centre = [role for role in RIGHTS if not role.startswith("unit_")]
    return [
        *centre,
        *(f"{role}#2" for role in SECOND),
        *(f"{place}@{unit}" for unit in units for place in ("staff", "head")),
    ]


def actor(session: Session, word: str) -> Actor:
    """The actor behind `role`, `head@UNIT`, `role#2`; `a+b` is the person `a` who holds the role
    `b` as well, `a>b` one who now holds the role `b` instead."""
    name, sign, role = (
        word.replace("+", " + ").replace(">", " > ").partition(" > " if ">" in word else " + ")
    )
    one = actor_named(session, name)
    if not sign or one.id is None:
        return one
    return person(one.id, one.name, [role] if ">" in word else [*one.roles, role], one.unit_id)


class People:
    """The people of a desk, from Monday 2025-06-09 09:00 on: no holiday until the end of
    September."""

    def __init__(self, desk: Desk, start: str = "2025-06-09 09:00") -> None:
        self.desk = desk
        self.now = at(start)
        self.made = 0
        self.actors: dict[str, Actor] = {}

    def know(self, *words: str) -> None:
        """Look these people up once, as the desk knows its own by their session."""
        with transaction(self.desk.sessions) as session:
            self.actors |= {word: actor(session, word) for word in words}

    def actor(self, session: Session, word: str) -> Actor:
        """Who acts."""
        return self.actors.get(word) or actor(session, word)

    def hire(self, *units: str) -> People:
        """Make everybody, with the units' people and posts."""
        with transaction(self.desk.sessions) as session:
            for unit in units:
                unit_named(session, unit)
            for word in everybody(*units):
                actor_named(session, word)
        return self

    def do(self, word: str, verb: str, case: int | None = None, **given: Any) -> Any:
        """One verb of one person, in a transaction of its own; what is left out is filled in as in
        a story."""
        step = {**given, "as": word}
        fields = filled(verb, f"C{case}" if case else f"N{self.made}", step, self.now)
        meant = {name: given[name] for name in ("unit", "ground", "item") if name in given}
        return self.plainly(word, verb, case, **fields, **meant)

    def plainly(self, word: str, verb: str, case: Any = None, **fields: Any) -> Any:
        """One verb with these fields and nothing filled in."""
        target = {} if case is None else {"case": case}
        done = retried(
            self.desk.sessions,
            lambda session: perform(
                session, self.now, self.actor(session, word), verb, **target, **fields
            ),
        )
        made(self.desk, self.now, verb)
        return done

    def case(self, word: str = "operator", **given: Any) -> int:
        """Register a case; its id."""
        self.made += 1
        return int(self.do(word, "register", **{"kind": "help", **given}).id)

    def to(self, words: str) -> None:
        """Go to a moment, without a sweep."""
        self.now = at(words)

    def person(self, word: str) -> Person:
        """The account behind a word."""
        with transaction(self.desk.sessions) as session:
            return session.get_one(Person, actor(session, word).id)

    def post(self, word: str, unit: str, first: str, last: str | None = None) -> None:
        """Give somebody of the centre or the room a post in a unit, in the history of posts."""
        with transaction(self.desk.sessions) as session:
            one = actor(session, word)
            until = date.fromisoformat(last) if last else None
            session.add(
                UnitPost(
                    unit_id=unit_named(session, unit).id,
                    person=one.name,
                    user_id=one.id,
                    post="deputy",
                    from_on=date.fromisoformat(first),
                    to_on=until,
                )
            )

    def without_liaison(self, unit: str) -> None:
        """A unit's liaison left the day before."""
        with transaction(self.desk.sessions) as session:
            query = select(UnitPost).where(
                UnitPost.unit_id == unit_named(session, unit).id, UnitPost.post == "liaison"
            )
            for post in session.scalars(query):
                post.to_on = (self.now - timedelta(days=1)).date()

    def sweep(self, words: str | None = None) -> None:
        """The bot's pass, now or at 08:30 of a day named."""
        if words is not None:
            self.now = sweep_on(date.fromisoformat(words))
        sweep(self.desk.sessions, self.now)

    def sweeps(self, first: str, last: str) -> None:
        """The bot's pass on each day from the first to the last."""
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            self.sweep(day.isoformat())
            day += timedelta(days=1)


def fingerprint(desk: Desk) -> Mapping[str, tuple[int, str]]:
    """Table -> how many rows it has, and the SHA-256 of all of them; the log of who came left
    out."""
    with desk.engine.connect().execution_options(reads=True) as connection:
        tables = [
            one for one in inspect(connection).get_table_names() if one != Access.__tablename__
        ]
        return {table: _table(connection, table) for table in tables}


def _table(connection: Connection, table: str) -> tuple[int, str]:
    # The database writes the rows out: to read them one by one took a quarter of a test that asks
    # twice.
    if connection.dialect.name == "sqlite":
        columns = [row[1] for row in connection.execute(text(f'PRAGMA table_info("{table}")'))]
        row = " || '|' || ".join(f'quote("{name}")' for name in columns)
        query = f'SELECT count(*), group_concat({row}, char(10)) FROM "{table}"'
    else:
        query = f'SELECT count(*), string_agg(t::text, chr(10) ORDER BY t::text) FROM "{table}" t'
    count, rows = connection.execute(text(query)).one()
    return count, hashlib.sha256((rows or "").encode()).hexdigest()
