"""A roster is held against the office: what each row would change, and what is wrong with it. [procedure, Who
may do what]"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.models.acceptance import PATH_SIGN
from app.roles import NO_CASE_CONTENT, ROLES, UNIT_ROLES
from app.rules.passwords import username_flaw
from app.rules.refusal import NotAllowed
from app.rules.roster import PHONES, SHEETS, UNITS, Fault, Line, fault_of, key_of
from app.stages.changes import GUARDS
from app.stages.outbox.addresses import can_be
from app.stages.roster.known import Key, Known, hidden


@dataclass(frozen=True)
class Change:
    """What a row changes: how that stood in the columns that change (`was`, None where there is no
    such row), what is wanted (`will`; of a new row all of it), and whether a second person confirms
    it. Numbers of telephones are sealed."""

    sheet: str
    row: int
    key: Key
    was: dict[str, Any] | None
    will: dict[str, Any]
    waits: bool = False

    def told(self) -> dict[str, Any]:
        """As the record holds it."""
        return asdict(self)


def changes_from(said: str) -> list[Change]:
    """The changes that the record holds."""
    return [Change(**{**one, "key": tuple(one["key"])}) for one in json.loads(said)]


class Wrong(Exception):
    """A cell that cannot stand: its column, and the refusal."""

    def __init__(self, column: str, no: NotAllowed) -> None:
        super().__init__(column)
        self.column, self.no = column, no


@dataclass
class Roster:
    """The rows that are good so far, beside what stands: units with whether they take cases, accounts,
    and categories at the top."""

    known: Known
    units: dict[str, bool]
    new_accounts: set[str]
    top: set[str]
    superiors: dict[str, str]


def check(known: Known, lines: Sequence[Line]) -> tuple[list[Change], list[Fault]]:
    """The changes that good rows come to, in the order in which they can be made, and what is wrong
    with the others. What stands already is no change."""
    roster = Roster(
        known,
        {code: row.active for code, row in known.units.items()},
        set(),
        {name for above, name in known.categories if not above},
        {code: known.unit_code(row.superior_id) for code, row in known.units.items()},
    )
    good, faults = [], []
    for line in _in_order(lines, roster):
        try:
            _CHECKS[line.sheet](roster, line)
            change = _change(roster, line)
        except Wrong as wrong:
            faults.append(fault_of(line, wrong.column, wrong.no))
        else:
            good.extend([change] if change is not None else [])
    return good, faults


def _in_order(lines: Sequence[Line], roster: Roster) -> Iterable[Line]:
    """Units before what stands in them, superiors and categories above before those below them,
    accounts before the posts that name them."""
    rank = {"units": 0, "townships": 0, "accounts": 1, "posts": 2, "categories": 3}
    own = {line.says["code"]: line for line in lines if line.sheet in UNITS}

    def deep(line: Line) -> int:
        if line.sheet == "categories":
            return bool(line.says.get("parent"))
        depth, code, seen = 0, line.says.get("superior", ""), set[str]()
        while code in own and code not in seen:
            seen.add(code)
            depth, code = depth + 1, own[code].says.get("superior", "")
        return depth

    return sorted(lines, key=lambda line: (rank[line.sheet], deep(line), line.row))


def _refuse(column: str, no: NotAllowed) -> None:
    raise Wrong(column, no)


def _phone(roster: Roster, line: Line) -> None:
    for kind in PHONES:
        said = line.says.get(kind)
        if said and not can_be(kind, said, roster.known.area):
            _refuse(kind, NotAllowed("address_wrong", kind=kind))


def _in_a_unit(roster: Roster, line: Line, column: str, active: bool = True) -> None:
    code = line.says.get(column)
    if not code:
        return
    if code not in roster.units:
        _refuse(column, NotAllowed("roster_unknown", text=code))
    if active and not roster.units[code]:
        _refuse(column, NotAllowed("unit_inactive", unit=code))


def _check_unit(roster: Roster, line: Line) -> None:
    says, code = line.says, line.says["code"]
    _in_a_unit(roster, line, "superior", active=False)
    above, seen = says.get("superior") or "", {code}
    while above:
        if above in seen:
            _refuse("superior", NotAllowed("roster_cycle", text=says["superior"]))
        seen.add(above)
        above = roster.superiors.get(above, "")
    stands = roster.known.units.get(code)
    if stands is not None and stands.successor_id is not None and says.get("active"):
        _refuse("active", NotAllowed("no_successor"))
    _phone(roster, line)
    active = says.get("active")
    roster.units[code] = roster.units.get(code, True) if active is None else active
    roster.superiors[code] = says.get("superior") or ""


def _check_post(roster: Roster, line: Line) -> None:
    says = line.says
    _in_a_unit(roster, line, "unit", active=False)
    if says.get("to_on") and says["to_on"] < says["from_on"]:
        _refuse("to_on", NotAllowed("field_wrong", field="to_on"))
    name = (says.get("username") or "").lower()
    if name and name not in roster.known.accounts and name not in roster.new_accounts:
        _refuse("username", NotAllowed("roster_unknown", text=says["username"]))
    _phone(roster, line)


def _check_account(roster: Roster, line: Line) -> None:
    says, known = line.says, roster.known
    flaw = username_flaw(says["username"])
    if flaw:
        _refuse("username", NotAllowed(flaw))
    unknown = [role for role in says["roles"] if role not in known.roles]
    if unknown:
        _refuse("roles", NotAllowed("unknown_role", role=unknown[0][:40]))
    stands = known.stands(key_of(line)) or {"roles": [], "unit": "", "active": True}
    active = stands["active"] if says.get("active") is None else says["active"]
    unit = says.get("unit", stands["unit"])
    roles_fit(set(says["roles"]), unit)
    _in_a_unit(roster, line, "unit", active=active)
    _guards(roster, line, stands)
    _phone(roster, line)
    if key_of(line)[1] not in known.accounts:
        roster.new_accounts.add(key_of(line)[1])


def roles_fit(held: set[str], unit: str) -> None:
    """Raises Wrong where roles do not go together, or with the unit."""
    of_unit = held & set(UNIT_ROLES)
    others = held & set(ROLES) - of_unit
    if len(held) > 1 and held & set(NO_CASE_CONTENT):
        _refuse("roles", NotAllowed("role_stands_alone"))
    if of_unit and others:
        _refuse("roles", NotAllowed("unit_role_stands_alone"))
    if of_unit and not unit:
        _refuse("unit", NotAllowed("unit_missing"))
    if unit and others:
        _refuse("unit", NotAllowed("field_wrong", field="unit"))


def _guards(roster: Roster, line: Line, stands: Mapping[str, Any]) -> None:
    """Who guards the office is made, changed and closed by a form of its own, one at a time."""
    guards = (set(line.says["roles"]) | set(stands["roles"])) & set(GUARDS)
    if guards and _differing(roster.known, line):
        _refuse("roles", NotAllowed("roster_guard"))


def _check_category(roster: Roster, line: Line) -> None:
    says = line.says
    above, name = says.get("parent", ""), says["name"]
    if PATH_SIGN in name:
        _refuse("name", NotAllowed("field_wrong", field="name"))
    if above and above not in roster.top:
        _refuse("parent", NotAllowed("roster_unknown", text=above))
    stands = roster.known.categories.get((above, name))
    before = roster.known.unit_code(stands.default_unit_id) if stands else ""
    _in_a_unit(roster, line, "default_unit", active=says.get("default_unit") != before)
    if not above:
        roster.top.add(name)


_CHECKS: dict[str, Any] = {
    "units": _check_unit,
    "townships": _check_unit,
    "posts": _check_post,
    "accounts": _check_account,
    "categories": _check_category,
}


def _differing(known: Known, line: Line) -> dict[str, Any]:
    """What a row says otherwise than it stands; of a new row all that is no part of its key. A blank
    number and a blank mark leave what stands."""
    stands = known.stands(key_of(line))
    keys = {one.name for one in SHEETS[line.sheet] if one.key}
    says = {
        name: said
        for name, said in line.says.items()
        if name not in keys and not (said is None and name == "active")
    }
    if stands is None:
        return says
    return {
        name: said
        for name, said in says.items()
        if name in stands and stands[name] != said and (said or name not in PHONES)
    }


def _change(roster: Roster, line: Line) -> Change | None:
    """What a row comes to; None where all of it stands."""
    known, key = roster.known, key_of(line)
    stands, will = known.stands(key), _differing(known, line)
    if stands is not None and not will:
        return None
    was = None if stands is None else {name: stands[name] for name in will}
    waits = _waits(roster, line, key, stands, will)
    if line.sheet == "accounts" and stands is None:
        will["username"] = line.says["username"]
    where = f"{line.sheet}|{line.row}"
    for told in [will, *([was] if was is not None else [])]:
        for kind in PHONES:
            if told.get(kind):
                told[kind] = hidden(known.session, told[kind], where)
    return Change(line.sheet, line.row, key, was, will, waits)


def _waits(
    roster: Roster, line: Line, key: Key, stands: Mapping[str, Any] | None, will: Mapping[str, Any]
) -> bool:
    """Whether a second person confirms it: a new account, one that gains what has weight, and the
    post of one that is not made yet."""
    if line.sheet == "posts":
        return stands is None and (line.says.get("username") or "").lower() in roster.new_accounts
    if line.sheet != "accounts":
        return False
    return stands is None or lifts(roster.known, stands, {**stands, **will})


def lifts(known: Known, stands: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether an account gains a role of weight: all of them anew where it was closed, or in another
    unit."""
    same = stands["active"] and stands["unit"] == after["unit"]
    before = set(stands["roles"]) if same else set()
    gained = (set(after["roles"]) if after["active"] else set()) - before
    return any(known.roles[role] for role in gained)
