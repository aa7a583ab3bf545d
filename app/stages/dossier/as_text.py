"""How moments, days and persons stand in a dossier."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Person
from app.rules.office import Office
from app.stages.delivery import Service

Facts = dict[str, Any]
Served = dict[tuple[str, int, int], Facts]


def moment_of(moment: datetime | None) -> str | None:
    """A moment as text; None where there is none."""
    return moment.isoformat() if moment else None


def day_of(day: date | None) -> str | None:
    """A day as text; None where there is none."""
    return day.isoformat() if day else None


def name_of(session: Session, id: int | None) -> str | None:
    """The name of an account."""
    if id is None:
        return None
    row = session.get_one(Person, id)
    return str(row.first_name or row.username)


def service_facts(session: Session, office: Office, one: Service) -> Facts:
    """How a paper was served: when - None while it is not -, by what, when and by whom it was
    opened and acted upon."""
    return {
        "at": moment_of(one.served_at(office.now)),
        "how": one.how,
        "opened": one.opened,
        "opened_at": moment_of(one.opened_at),
        "opened_by": _account(session, one.opened_by),
        "acted_at": moment_of(one.acted_at),
        "acted_by": _account(session, one.acted_by),
        "stood_until": moment_of(one.stood_until),
    }


def _account(session: Session, actor: str | None) -> str | None:
    """The name of the account that an event names."""
    return (
        name_of(session, int(actor.removeprefix("user:")))
        if actor and actor.startswith("user:")
        else None
    )
