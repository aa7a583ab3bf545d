"""What of a roster stands in the office already, read in a few statements however long the roster is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Address, Category, Person, Unit, UnitPost
from app.roles import LIGHT, ROLES
from app.rules.office import AREA_CODE
from app.rules.phones import mask
from app.stages.calendar import settings_known
from app.stages.outbox.addresses import PURPOSE as OF_ADDRESS
from app.stages.outbox.addresses import opened_address
from app.stages.people import held_by
from app.stages.roles import custom_rights
from app.stages.secrets_sealed import opened, sealed

PURPOSE = "duban roster"
Key = tuple[Any, ...]


@dataclass
class Known:
    """The office as a roster speaks of it: each kind of row by its key, addresses by owner and kind,
    the roles with whether one gives what a second person confirms, the area code."""

    session: Session
    units: dict[str, Unit]
    posts: dict[Key, UnitPost]
    accounts: dict[str, Person]
    categories: dict[Key, Category]
    addresses: dict[tuple[str, str], Address]
    roles: Mapping[str, bool]
    area: str
    role_rows: dict[str, Role] = field(default_factory=dict)

    def unit_code(self, id: int | None) -> str:
        """The code of a unit; empty for none."""
        return self._codes.get(id or 0, "")

    def __post_init__(self) -> None:
        self._codes = {unit.id: code for code, unit in self.units.items()}

    def row_of(self, key: Key) -> Any:
        """The row of a key, or None."""
        kind, *rest = key
        if kind in ("units", "accounts"):
            return getattr(self, kind).get(rest[0])
        return getattr(self, kind).get(tuple(rest))

    def stands(self, key: Key) -> dict[str, Any] | None:
        """How the row of a key stands, in the columns of a roster; None where there is none."""
        row = self.row_of(key)
        return None if row is None else _STATES[key[0]](self, row)

    def phone(self, owner: str, kind: str) -> str:
        """A number by which somebody is reached; empty where none is set."""
        row = self.addresses.get((owner, kind))
        return opened_address(self.session, row) if row is not None else ""


def _unit(known: Known, row: Unit) -> dict[str, Any]:
    landline = known.phone(f"unit:{row.id}", "landline")
    superior = known.unit_code(row.superior_id)
    told = {"name": row.name, "superior": superior, "active": row.active}
    return {**told, "landline": landline}


def _post(known: Known, row: UnitPost) -> dict[str, Any]:
    to_on = row.to_on.isoformat() if row.to_on else None
    mobile = known.phone(f"post:{row.id}", "mobile")
    words = {"duty": row.duty, "cadre_authority": row.cadre_authority}
    return {"to_on": to_on, **words, "mobile": mobile}


def _account(known: Known, row: Person) -> dict[str, Any]:
    return {
        "first_name": row.first_name,
        "roles": sorted(held_by(row)),
        "unit": known.unit_code(row.unit_id),
        "active": bool(row.active),
        "mobile": known.phone(f"user:{row.id}", "mobile"),
    }


def _category(known: Known, row: Category) -> dict[str, Any]:
    return {
        "default_unit": known.unit_code(row.default_unit_id),
        "default_mode": row.default_mode,
        "default_workdays": row.default_workdays,
        "active": row.active,
    }


_STATES: dict[str, Any] = {
    "units": _unit,
    "posts": _post,
    "accounts": _account,
    "categories": _category,
}


def known_now(session: Session) -> Known:
    """Read the office: a statement for each table."""
    units = {row.code: row for row in session.scalars(select(Unit))}
    codes = {row.id: code for code, row in units.items()}
    people = select(Person).options(selectinload(Person.roles))
    posts = {
        (codes[row.unit_id], row.person, row.post, row.from_on.isoformat()): row
        for row in session.scalars(select(UnitPost).order_by(UnitPost.id))
    }
    categories = {
        (row.parent.name if row.parent else "", row.name): row
        for row in session.scalars(select(Category))
    }
    addresses = select(Address).where(
        Address.sealed != "", Address.kind.in_(("mobile", "landline"))
    )
    return Known(
        session,
        units,
        posts,
        {row.username.lower(): row for row in session.scalars(people)},
        categories,
        {(row.owner, row.kind): row for row in session.scalars(addresses)},
        _roles(session),
        settings_known(session).get(AREA_CODE, ""),
    )


def _roles(session: Session) -> dict[str, bool]:
    """role -> whether it gives more than what is given without a second person."""
    own = session.execute(select(Role.id, Role.name).where(Role.name.not_in(ROLES))).all()
    weighty = {row.name: bool(custom_rights(session, [row.id]) - LIGHT) for row in own}
    return {**dict.fromkeys(ROLES, True), **weighty}


def hidden(session: Session, number: str, where: str) -> dict[str, str]:
    """A number as the record of a roster holds it: sealed, and as lists show it."""
    key: bytes = session.info["ledger_key"]
    return {"sealed": sealed(key, PURPOSE, number.encode(), where), "shown": mask(number)}


def shown_again(session: Session, told: Mapping[str, str], where: str) -> str:
    """The number again."""
    key: bytes = session.info["ledger_key"]
    return opened(key, PURPOSE, told["sealed"], where).decode()


def address_sealed(session: Session, number: str, owner: str, kind: str) -> str:
    """A number as an address holds it."""
    key: bytes = session.info["ledger_key"]
    return sealed(key, OF_ADDRESS, number.encode(), f"address|{owner}|{kind}")
