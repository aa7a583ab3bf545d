"""Who is told where a notice names a role, a unit or a person: people with an account or a post; for who is
away the substitute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Choice, Delivery, Gateway, Person, Substitute, UnitPost
from app.models.reach import CALL
from app.roles import ROLES
from app.rules.telling import PRETEND, PROMPT, ROBOTS, SMS, WECHAT
from app.stages.handling.substitutes import running
from app.stages.outbox.addresses import address_for
from app.stages.outbox.gateways import carries

NUMBERS = ("mobile", "landline")


@dataclass(frozen=True)
class Receiver:
    """Whom a message is for: `user:7`, `post:3`, `unit:2`, and in which unit they work."""

    word: str
    unit_id: int | None = None


def address_kinds(kind: str) -> tuple[str, ...] | None:
    """The kinds of addresses by which a way out reaches people; None where it needs none."""
    if kind == PRETEND or kind in ROBOTS:
        return None
    if kind == WECHAT:
        return ()
    return ("mobile",) if kind in SMS else ("mail",)


class Directory:
    """The people of the office on one day, looked up once for all that is told then."""

    def __init__(self, session: Session, today: date, gateways: Mapping[str, Gateway]) -> None:
        self.session, self.today, self.gateways = session, today, gateways
        self._people: dict[str, list[Receiver]] = {}
        self._reached: dict[tuple[str, str], bool] = {}
        self._chosen = {
            (row.unit_id, row.kind): row.ways.split() for row in session.scalars(select(Choice))
        }

    def people(self, recipient: str) -> list[Receiver]:
        """Whom a notice's recipient means; nobody where it names what is not there any more."""
        if recipient not in self._people:
            self._people[recipient] = list(dict.fromkeys(self._found(recipient)))
        return self._people[recipient]

    def _found(self, recipient: str) -> Sequence[Receiver]:
        word, _, number = recipient.partition(":")
        if word in ("user", "person"):
            return self._accounts(Person.id == int(number))
        if word == "unit":
            return self._of_unit(int(number))
        if recipient == "committee" or recipient not in ROLES:
            return []
        return self._accounts(Person.roles.any(Role.name == recipient))

    def _accounts(self, which: object) -> list[Receiver]:
        query = select(Person.id, Person.unit_id).where(which, Person.active.is_(True))  # type: ignore[arg-type]
        rows = self.session.execute(query.order_by(Person.id))
        return [Receiver(f"user:{self._standing_in(row.id)}", row.unit_id) for row in rows]

    def _standing_in(self, person: int) -> int:
        """Who is told for somebody today."""
        query = select(Substitute.person_id).where(
            Substitute.head_id == person, *running(self.today)
        )
        return self.session.scalar(query.order_by(Substitute.id.desc()).limit(1)) or person

    def _of_unit(self, unit: int) -> list[Receiver]:
        """A unit's liaison and head: who holds the post today, by the account where there is one, and
        who has the account of a head. Where nobody is known, the unit itself."""
        held = (
            select(UnitPost.id, UnitPost.user_id)
            .where(
                UnitPost.unit_id == unit,
                UnitPost.post.in_(("liaison", "head")),
                UnitPost.from_on <= self.today,
                or_(UnitPost.to_on.is_(None), UnitPost.to_on >= self.today),
            )
            # The liaison first: who telephones begins with them.
            .order_by(UnitPost.post.desc(), UnitPost.id)
        )
        found = [
            Receiver(
                f"user:{self._standing_in(row.user_id)}" if row.user_id else f"post:{row.id}", unit
            )
            for row in self.session.execute(held)
        ]
        heads = self._accounts(
            (Person.unit_id == unit) & Person.roles.any(Role.name == "unit_head")
        )
        return [*found, *heads] or [Receiver(f"unit:{unit}", unit)]

    def ways(self, unit_id: int | None, kind: str) -> list[str]:
        """The ways by which a unit, or the office's own people, are told of a kind: as chosen, else as
        everybody is, else all that are in force but robots, which are a group's."""
        for key in ((unit_id or 0, kind), (0, kind)):
            if key in self._chosen:
                return [way for way in self._chosen[key] if way == CALL or way in self.gateways]
        return [name for name, row in self.gateways.items() if row.kind not in ROBOTS]

    def reached(self, people: Sequence[Receiver], unit_id: int | None, way: str) -> list[Receiver]:
        """Whom of these people a way reaches; the unit itself where it reaches none of them. A robot
        speaks to its group once, a person telephones once."""
        whole = Receiver(f"unit:{unit_id}", unit_id) if unit_id else None
        if way == CALL:
            return [self._callable(people, whole)] if people else []
        kind = self.gateways[way].kind
        if kind in ROBOTS:
            return [whole] if whole else list(people[:1])
        kinds = address_kinds(kind)
        if kinds is None:
            return list(people)
        told = [one for one in people if self._has(one.word, kinds)]
        if not told and whole is not None and self._has(whole.word, kinds):
            return [whole]
        return told

    def _callable(self, people: Sequence[Receiver], whole: Receiver | None) -> Receiver:
        """Who is called: the first with a number, else the unit's own, else the first."""
        everybody = [*people, *([whole] if whole else [])]
        return next((one for one in everybody if self._has(one.word, NUMBERS)), people[0])

    def _has(self, receiver: str, kinds: Sequence[str]) -> bool:
        key = receiver, kinds[0]
        if key not in self._reached:
            self._reached[key] = bool(address_for(self.session, receiver, kinds))
        return self._reached[key]

    def told_by(self, recipient: str, kind: str) -> list[tuple[str, Receiver]]:
        """(way, receiver) of all that a notice is told by. What a unit has to be told promptly is told
        by telephone where nothing else reaches it."""
        people = self.people(recipient)
        unit = next((one.unit_id for one in people if one.unit_id), None)
        unit = unit if recipient.startswith("unit:") else None
        told = [
            (way, one)
            for way in self.ways(unit, kind)
            if way == CALL or carries(self.gateways[way], kind)
            for one in self.reached(people, unit, way)
        ]
        chosen_none = (unit or 0, kind) in self._chosen and not self._chosen[unit or 0, kind]
        if told or unit is None or kind not in PROMPT or chosen_none:
            return told
        return [(CALL, one) for one in self.reached(people, unit, CALL)]


Reach = Callable[[str, str], list[tuple[str, Receiver]]]


def telephone_of(session: Session, row: Delivery) -> str:
    """The number by which the receiver of a call is reached; empty where none is on file. A caller's is
    shown by a reveal and not here."""
    if row.receiver.startswith("case:"):
        return ""
    found = address_for(session, row.receiver, NUMBERS)
    if not found and row.unit_id is not None:
        found = address_for(session, f"unit:{row.unit_id}", NUMBERS)
    return found
