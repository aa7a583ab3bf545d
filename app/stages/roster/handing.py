"""A roster is handed over, what IT may change alone is changed at once, the rest waits as one proposal for the
centre head. [procedure, Who may do what: "accounts ... take effect when a second person confirms them"]"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import Roster, Slip
from app.roles import Actor
from app.rules.files import is_sha256
from app.rules.refusal import NotAllowed
from app.rules.roster import PHONES, Fault, in_order, read
from app.stages.proposals import proposed, waits
from app.stages.roster.checking import Change, Wrong, changes_from, check, roles_fit
from app.stages.roster.known import Known, known_now
from app.stages.roster.writing import write
from app.words.roster import called


def looked_through(session: Session, rows: str) -> tuple[list[Change], list[Fault]]:
    """What a roster would change, and what is wrong with it; nothing is written. `rows`: JSON, name of
    a sheet -> its rows of text. Raises NotAllowed."""
    lines, faults = read(_book(rows), called())
    changes, more = check(known_now(session), lines)
    return changes, in_order([*faults, *more])


def _book(rows: str) -> Mapping[str, Sequence[Sequence[str]]]:
    """Raises NotAllowed where it is no workbook's rows."""
    try:
        book = json.loads(rows)
    except (ValueError, RecursionError):
        raise NotAllowed("field_wrong", field="rows") from None
    whole = isinstance(book, dict) and all(
        isinstance(sheet, list)
        and all(
            isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in sheet
        )
        for sheet in book.values()
    )
    if not whole:
        raise NotAllowed("field_wrong", field="rows")
    return book  # type: ignore[no-any-return]


def take_in_roster(
    session: Session, now: datetime, actor: Actor, name: str, sha256: str, rows: str
) -> Roster:
    """Take in the good rows of a roster. Raises NotAllowed where it changes nothing, or where another
    one waits still for the second person."""
    if not is_sha256(sha256):
        raise NotAllowed("field_wrong", field="sha256")
    lines, faults = read(_book(rows), called())
    lock_office(session)
    if session.scalar(select(Roster.id).where(waits(Roster)).limit(1)) is not None:
        raise NotAllowed("roster_waits")
    known = known_now(session)
    changes, more = check(known, lines)
    if not changes:
        raise NotAllowed("nothing_changed")
    at_once = [one for one in changes if not one.waits]
    row = _row(now, actor, name, sha256, changes, in_order([*faults, *more]))
    session.add(row)
    session.flush()
    write(session, now, actor, row, at_once, known)
    told = {"roster": row.id, "sha256": sha256, "waits": row.waiting, "wrong": row.faults}
    note_office(session, now, actor, "roster.taken_in", {**told, "done": counted(at_once)})
    return row


def _row(
    now: datetime,
    actor: Actor,
    name: str,
    sha256: str,
    changes: Sequence[Change],
    faults: Sequence[Fault],
) -> Roster:
    waiting = [one for one in changes if one.waits]
    return Roster(
        name=name,
        sha256=sha256,
        added=sum(one.was is None for one in changes),
        changed=sum(one.was is not None for one in changes),
        waiting=len(waiting),
        faults=len(faults),
        done=_kept([one.told() for one in changes if not one.waits]),
        waits=_kept([one.told() for one in waiting]),
        wrong=_kept([asdict(one) for one in faults]),
        proposed_at=now,
        proposed_by_id=actor.id,
        approved_at=None if waiting else now,
    )


def _kept(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def counted(changes: Sequence[Change]) -> dict[str, int]:
    """How many rows of each sheet are changed."""
    return dict(sorted(Counter(one.sheet for one in changes).items()))


def confirm_roster(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> Roster:
    """The second person lets the accounts of a roster take effect, or turns them down. Nobody confirms
    their own. Raises NotAllowed where a row stands otherwise by now."""
    lock_office(session)
    row: Roster = proposed(session, Roster, proposal)
    if row.proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not accept:
        row.refused_at, row.approved_by_id = now, actor.id
        note_office(session, now, actor, "roster.refused", {"roster": row.id})
        return row
    known, changes = known_now(session), changes_from(row.waits)
    for one in changes:
        _refuse_moved(known, one)
    row.approved_at, row.approved_by_id = now, actor.id
    write(session, now, actor, row, changes, known)
    users = session.scalars(select(Slip.person_id).where(Slip.roster_id == row.id)).all()
    told = {"roster": row.id, "done": counted(changes), "users": sorted(users)}
    note_office(session, now, actor, "roster.confirmed", told)
    return row


def _refuse_moved(known: Known, one: Change) -> None:
    """Raises NotAllowed where what a change was proposed for is not so any more."""
    stands = known.stands(one.key)
    if (stands is None) != (one.was is None):
        raise NotAllowed("changed_since")
    before = {name: said for name, said in (one.was or {}).items() if name not in PHONES}
    if any((stands or {}).get(name) != said for name, said in before.items()):
        raise NotAllowed("changed_since")
    if one.sheet == "accounts":
        _refuse_account(known, {**(stands or {"active": True}), **one.will})


def _refuse_account(known: Known, after: Mapping[str, Any]) -> None:
    unit = known.units.get(after.get("unit") or "")
    if any(role not in known.roles for role in after["roles"]):
        raise NotAllowed("changed_since")
    try:
        roles_fit(set(after["roles"]), unit.code if unit is not None else "")
    except Wrong as wrong:
        raise wrong.no from None
    if unit is not None and not unit.active and after.get("active") is not False:
        raise NotAllowed("unit_inactive", unit=unit.code)
