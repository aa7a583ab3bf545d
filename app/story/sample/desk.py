"""The people of the sample office at work: every verb goes through the verb table, at the diary's
moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from app.database import Sessions, reading, retried
from app.models import Assignment, Case, Person
from app.papers.dossier import make_waiting
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.founding import actor_of
from app.story.sample.diary import Diary, Hours
from app.story.sample.matters import Callers, Matter
from app.story.sample.office import Member, members
from app.story.sample.texts import read_texts
from app.verbs import perform

Row = TypeVar("Row")


@dataclass
class File:
    """A case as the sample office follows it: what it is about, and its rows' ids."""

    matter: Matter
    case: int = 0
    caller: dict[str, str] = field(default_factory=dict)


class Desk:
    """Who works here, what they say, and the diary by which they do it. `staged`: cases that a
    scene leads."""

    def __init__(self, sessions: Sessions, data: Path, diary: Diary, callers: Callers) -> None:
        self.sessions, self.data, self.diary, self.callers = sessions, data, diary, callers
        self.hours: Hours = diary.hours
        self.members: dict[str, Member] = members()
        self.gone: set[str] = set()
        self.staged: set[int] = set()
        self.registered = 0
        with reading(sessions) as session:
            people = session.scalars(select(Person).options(selectinload(Person.roles))).all()
            self.actors: dict[str, Actor] = {person.username: actor_of(person) for person in people}

    def do(self, who: str, verb: str, case: int | None = None, **fields: Any) -> Any:
        """One verb of one person, in a transaction of its own; what the stage returns. RuntimeError
        where it is refused: the sample office does nothing that is not allowed."""
        target: dict[str, Any] = {} if case is None else {"case": case}
        try:
            done = retried(
                self.sessions,
                lambda session: perform(
                    session, self.diary.now, self.actors[who], verb, **target, **fields
                ),
            )
        except NotAllowed as no:
            raise RuntimeError(f"{self.diary.now}: {who} {verb} case {case}: {no}") from no
        self.registered += verb == "register"
        return done

    def make_papers(self) -> None:
        """Make the files of what was sealed: a dossier is sent only when they are there."""
        make_waiting(self.sessions, self.data, self.diary.now)

    def read(self, query: Callable[[Session], Row]) -> Row:
        """What stands on file now."""
        with reading(self.sessions) as session:
            return query(session)

    def case(self, id: int) -> Case:
        """A case as it stands."""
        return self.read(lambda session: session.get_one(Case, id))

    def lead(self, id: int) -> Assignment:
        """The lead's assignment of a case's current round, or the newest where it has none."""

        def newest(session: Session) -> Assignment:
            query = select(Assignment).where(Assignment.case_id == id, Assignment.role == "lead")
            return session.scalars(query.order_by(Assignment.id.desc()).limit(1)).one()

        return self.read(newest)

    def ids(self, query: Select[int]) -> list[int]:
        """The ids that a query finds now."""
        return self.read(lambda session: list(session.scalars(query)))

    def merged(self, id: int) -> list[int]:
        """The cases merged into one."""
        query = (
            select(Case.id)
            .where(Case.merged_into_id == id, Case.state == "merged")
            .order_by(Case.id)
        )
        return self.ids(query)

    def standing(self, code: str) -> str:
        """The unit that does a unit's work today."""
        return self.members[code].gone_to or code if code in self.gone else code

    def say(self, what: str, dice: Random, matter: Matter, unit: str | None = None) -> str:
        """What somebody writes here, of a matter and of the unit that has it."""
        member = self.members[unit or matter.unit]
        line: str = dice.choice(read_texts("words")[what])
        return line.format(
            asks=matter.asks,
            place=matter.place,
            unit=member.name,
            head=member.head,
            answer=matter.answer,
        )
