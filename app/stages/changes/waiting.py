"""Changes that wait for a second person, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import AccountChange, Person
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.changes.kinds import KINDS, About, Wanted, let_in_anew
from app.stages.people import held_by
from app.stages.proposals import proposed, waits
from app.stages.roles import custom_rights, holders

CONFIRMING: dict[str, tuple[str, ...]] = {
    "centre_head": ("centre_head",),
    "log_auditor": ("log_auditor",),
    "either": ("centre_head", "log_auditor"),
}
"""word of a change -> the roles that confirm it."""


def _stands(session: Session, about: About) -> dict[str, Any]:
    """How an account or a role stands, in the fields of the forms that change it, and who holds the
    role: whoever confirms its rights confirms them for these."""
    if isinstance(about, Person):
        return {
            "username": about.username,
            "first_name": about.first_name,
            "roles": sorted(held_by(about)),
            "unit": about.unit_id,
            "active": about.active,
        }
    if about is None:
        return {}
    return {
        "name": about.name,
        "rights": sorted(custom_rights(session, [about.id])),
        "holders": sorted(holder.username for holder in holders(session, about)),
    }


def propose(
    session: Session, now: datetime, actor: Actor, verb: str, about: About, wanted: Wanted
) -> AccountChange:
    """A change that waits for a second person; NotAllowed where the same one waits."""
    person, role = (about if isinstance(about, kind) else None for kind in (Person, Role))
    stood = _stands(session, about)
    row = AccountChange(
        verb=verb,
        person_id=person.id if person else None,
        role_id=role.id if role else None,
        stood=_kept(stood),
        wanted=_kept(wanted),
        proposed_at=now,
        proposed_by_id=actor.id,
        confirmers=_confirmers({*stood.get("roles", ()), *wanted.get("roles", ())}),
    )
    if any(
        (waiting.verb, waiting.person_id, waiting.role_id, waiting.wanted) == _what(row)
        for waiting in _waiting(session)
    ):
        raise NotAllowed("change_waits")
    session.add(row)
    session.flush()
    note_office(
        session,
        now,
        actor,
        "account.proposed",
        {"change": row.id, "verb": verb, "user": row.person_id},
    )
    return row


def _confirmers(roles: set[str]) -> str:
    """Who confirms a change of an account with these roles, before or after: the centre head, the
    log auditor for an IT administrator. About a centre head either does: there may be no second
    one."""
    if "it_admin" in roles:
        return "log_auditor"
    return "either" if "centre_head" in roles else "centre_head"


def _what(row: AccountChange) -> tuple[Any, ...]:
    return row.verb, row.person_id, row.role_id, row.wanted


def _kept(values: Wanted) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _waiting(session: Session) -> Sequence[AccountChange]:
    return session.scalars(
        select(AccountChange).where(waits(AccountChange)).order_by(AccountChange.id)
    ).all()


def confirm_account(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> AccountChange:
    """A second person lets a change of an account or a role take effect, or turns it down: the
    centre head, where it is about an IT administrator the log auditor. Nobody confirms their
    own proposal, or what is about themselves. Who gains by it gets the password of a slip: the one
    that stood may be known to whoever proposed it."""
    lock_office(session)
    row: AccountChange = proposed(session, AccountChange, proposal)
    about: About = row.person if row.person_id is not None else row.role
    if row.proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not actor.is_a(*CONFIRMING[row.confirmers]):
        raise NotAllowed("confirmed_by_another", confirmers=row.confirmers)
    if actor.id in _concerned(session, about):
        raise NotAllowed("own_account")
    if not accept:
        row.refused_at = now
        note_office(
            session, now, actor, "account.refused", {"change": row.id, "user": row.person_id}
        )
        return row
    if about is not None:
        session.refresh(about)
    if _kept(_stands(session, about)) != row.stood:
        raise NotAllowed("changed_since")
    kind, wanted = KINDS[row.verb], json.loads(row.wanted)
    kind.refuse(session, row.proposed_by_id, about, wanted)
    row.approved_at, row.approved_by_id = now, actor.id
    note_office(session, now, actor, "account.confirmed", {"change": row.id, "user": row.person_id})
    lifted = kind.lifts(session, about, wanted)
    row.made = kind.do(session, now, actor, about, wanted)
    row.slips = tuple(let_in_anew(session, now, actor, one) for one in lifted)
    return row


def confirmed_by(actor: Actor) -> list[str]:
    """The words of the changes that a person confirms."""
    return [word for word, roles in CONFIRMING.items() if actor.is_a(*roles)]


def _concerned(session: Session, about: About) -> set[int]:
    if isinstance(about, Role):
        return {holder.id for holder in holders(session, about)}
    return set() if about is None else {about.id}
