"""The changes of a roster are written: a few statements for each kind of row, however many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Address, Category, Person, Roster, Slip, Unit, UnitPost
from app.roles import Actor
from app.rules.roster import PHONES, UNITS, day_said
from app.stages.people import roles_named
from app.stages.roster.checking import Change, lifts
from app.stages.roster.known import Known, address_sealed, shown_again

NO_PASSWORD = ""
"""What an account has until a worker has made the password of its slip: it lets nobody in."""
LAYERS = 5
"""In so many turns rows are written."""
OWNERS = {"units": "unit", "townships": "unit", "posts": "post", "accounts": "user"}


def write(
    session: Session,
    now: datetime,
    actor: Actor,
    roster: Roster,
    changes: Sequence[Change],
    known: Known,
) -> None:
    """Write the changes; accounts that are new or lifted get the password of a slip. Nothing of it is
    refused any more."""
    made: dict[int, Any] = {}
    names = sorted({name for one in changes for name in one.will.get("roles", ())})
    known.role_rows = {role.name: role for role in roles_named(session, names)} if names else {}
    for rank in range(LAYERS):
        layer = [one for one in changes if _layer(one) == rank]
        rows = {id(one): _row_of(known, one) for one in layer}
        session.add_all(rows[id(one)] for one in layer if one.was is None)
        session.flush()
        made |= rows
        for one in layer:
            _name(known, one, rows[id(one)])
        for one in layer:
            _fill(known, one, rows[id(one)])
        _accounts(session, roster, [one for one in layer if one.sheet == "accounts"], made, known)
        session.flush()
    _places(session, now, actor, changes, made, known)
    session.flush()


def _layer(one: Change) -> int:
    """In which turn a row is written: each needs the ids of those before it."""
    if one.sheet == "categories":
        return 4 if one.key[1] else 3
    return {"accounts": 1, "posts": 2}.get(one.sheet, 0)


def _name(known: Known, one: Change, row: Any) -> None:
    """Let what follows find a new row by its key."""
    if one.sheet in UNITS:
        known.units[one.key[1]] = row
    elif one.sheet == "accounts":
        known.accounts[one.key[1]] = row
    elif one.sheet == "categories":
        known.categories[one.key[1], one.key[2]] = row


def _row_of(known: Known, one: Change) -> Any:
    """The row of a change: the one that stands, or a new one."""
    if one.was is not None:
        return known.row_of(one.key)
    make = {"accounts": _account, "posts": _post, "categories": _new_category}
    return make.get(one.sheet, _unit)(known, one)


def _unit(known: Known, one: Change) -> Unit:
    return Unit(code=one.key[1], name=one.will["name"], active=_active(one.will))


def _account(known: Known, one: Change) -> Person:
    name = one.will["username"]
    return Person(
        username=name,
        first_name=one.will["first_name"],
        last_name="",
        email=f"{name.lower()}@desk.invalid",
        password=NO_PASSWORD,
        active=_active(one.will),
        roles=[known.role_rows[name] for name in one.will["roles"]],
    )


def _new_category(known: Known, one: Change) -> Category:
    above = known.categories["", one.key[1]].id if one.key[1] else None
    return Category(name=one.key[2], parent_id=above, active=_active(one.will))


def _active(will: Mapping[str, Any]) -> bool:
    said = will.get("active")
    return True if said is None else bool(said)


def _post(known: Known, one: Change) -> UnitPost:
    unit = known.units[one.key[1]]
    account = known.accounts.get((one.will.get("username") or "").lower())
    return UnitPost(
        unit_id=unit.id,
        person=one.key[2],
        post=one.key[3],
        from_on=day_said(one.key[4]),
        to_on=day_said(one.will.get("to_on")),
        duty=one.will.get("duty") or "",
        cadre_authority=one.will.get("cadre_authority") or "",
        user_id=account.id if account is not None else None,
    )


def _fill(known: Known, one: Change, row: Any) -> None:
    """What a row is changed to, beside what it was made with."""
    will = one.will
    if one.sheet in UNITS:
        row.name = will.get("name", row.name)
        if "superior" in will:
            above = known.units.get(will["superior"])
            row.superior_id = above.id if above is not None else None
    if one.sheet == "posts" and one.was is not None:
        row.duty = will.get("duty", row.duty)
        row.cadre_authority = will.get("cadre_authority", row.cadre_authority)
        row.to_on = day_said(will["to_on"]) if "to_on" in will else row.to_on
    if one.sheet == "categories":
        _category(known, one, row)
    if one.sheet != "posts" and will.get("active") is not None:
        row.active = will["active"]


def _category(known: Known, one: Change, row: Category) -> None:
    will = one.will
    if "default_unit" in will:
        usual = known.units.get(will["default_unit"])
        row.default_unit_id = usual.id if usual is not None else None
    row.default_mode = will.get("default_mode", row.default_mode)
    row.default_workdays = will.get("default_workdays", row.default_workdays)


def _accounts(
    session: Session,
    roster: Roster,
    people: Sequence[Change],
    made: Mapping[int, Any],
    known: Known,
) -> None:
    """The roles and units of accounts; who gains gets another password, whoever kept the old one. The
    sessions of who is changed end."""
    lifted: list[int] = []
    for one in people:
        row, will = made[id(one)], one.will
        stands = None
        if one.was is not None:
            stands = {**(known.stands(one.key) or {}), **one.was}
            row.first_name = will.get("first_name", row.first_name)
            row.session_version += 1
            if "roles" in will:
                row.roles = [known.role_rows[name] for name in will["roles"]]
        if "unit" in will:
            unit = known.units.get(will["unit"])
            row.unit_id = unit.id if unit is not None else None
        if stands is None or lifts(known, stands, {**stands, **will}):
            row.password, row.slip_until = NO_PASSWORD, None
            row.factor_sealed, row.factor_since, row.factor_step = None, None, None
            lifted.append(row.id)
    _want_slips(session, roster, lifted)


def _want_slips(session: Session, roster: Roster, accounts: Sequence[int]) -> None:
    """Let accounts wait for the password of a slip: of this roster, where they wait already."""
    query = select(Slip).where(Slip.person_id.in_(accounts))
    there = {slip.person_id: slip for slip in session.scalars(query)} if accounts else {}
    for id in accounts:
        if id in there:
            there[id].roster_id, there[id].sealed = roster.id, ""
        else:
            session.add(Slip(person_id=id, roster_id=roster.id, sealed=""))


def _places(
    session: Session,
    now: datetime,
    actor: Actor,
    changes: Sequence[Change],
    made: Mapping[int, Any],
    known: Known,
) -> None:
    """The numbers by which units, posts and accounts are reached."""
    for one in changes:
        for kind in PHONES:
            if not one.will.get(kind):
                continue
            owner = f"{OWNERS[one.sheet]}:{made[id(one)].id}"
            number = shown_again(session, one.will[kind], f"{one.sheet}|{one.row}")
            row = known.addresses.get((owner, kind)) or Address(owner=owner, kind=kind)
            row.sealed = address_sealed(session, number, owner, kind)
            row.changed_at, row.changed_by_id = now, actor.id
            session.add(row)
