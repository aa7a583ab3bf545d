"""The proof of service 送达回证 of a notice: when it was served, how, and who had it in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import OFFICE_CHAIN, Person
from app.rules.refusal import NotAllowed
from app.stages.calendar import office_at
from app.stages.delivery.serving import Key, of_cases
from app.stages.papers import Facts, base_of, case_of, held_of, issue


@dataclass(frozen=True)
class Proof:
    """A proof of service 送达回证: what it says, and the paper that was served."""

    paper_id: int
    facts: Facts


def keep_service(session: Session, now: datetime, kind: str, id: int) -> Proof:
    """The proof of service of a notice: frozen once it is served; until then it says only what was
    issued, and is kept nowhere. Raises NotAllowed (not_found) where there is no such notice."""
    held = held_of(session, kind, id)
    calendar = office_at(session, now).calendar
    services = of_cases(session, calendar, [case_of(session, kind, id) or OFFICE_CHAIN])
    service = services.get(_key_of(kind, id, held.facts))
    if service is None:
        raise NotAllowed("not_found")
    at = service.served_at(now)
    shared = ("issuer", "office", "contact", "to", "number", "at")
    facts = {
        **{name: held.facts.get(name, "") for name in shared},
        "kind": base_of(kind),
        "served_at": at.isoformat() if at is not None else None,
        "how": service.how if at is not None else "",
        "opened_by": _account(session, service.opened_by),
        "acted_by": _account(session, service.acted_by),
    }
    if at is not None:
        issue(session, calendar, "service", held.id, facts)
    return Proof(held.id, facts)


def _key_of(kind: str, id: int, facts: Facts) -> Key:
    """By which key the service of a notice is found."""
    if kind == "instruction":
        return kind, id, 1
    subject = "assignment" if kind in ("allocation", "redo") else base_of(kind)
    return subject, id, int(facts.get("n", 1))


def _account(session: Session, actor: str | None) -> str:
    """The name of the account that an event names; nothing where it names none."""
    if not actor or not actor.startswith("user:"):
        return ""
    row = session.get_one(Person, int(actor.removeprefix("user:")))
    return str(row.first_name or row.username)
