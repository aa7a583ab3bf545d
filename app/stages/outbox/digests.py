"""Digests: what one receiver is told by one way of one run, as the row of a delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app import words
from app.models import Gateway, Unit
from app.models.reach import CALL
from app.rules.office import Office
from app.rules.telling import KIND_OF, SEVERAL, rank_of
from app.stages.outbox.callers import medium_of
from app.stages.outbox.facts import Event as Told
from app.stages.outbox.facts import Matter, sealed_fields
from app.stages.outbox.gateways import carries
from app.stages.outbox.recipients import Receiver


class Digest(NamedTuple):
    """To whom, by which way, of which run, and whether it is an emergency, which waits for nothing."""

    receiver: Receiver
    way: str
    run: str
    urgent: bool


def digest_row(
    session: Session,
    office: Office,
    gateways: Mapping[str, Gateway],
    of: Digest,
    events: Sequence[Told],
    known: Mapping[int, Matter],
) -> dict[str, Any]:
    """The row of a digest: told as what it is where all that it tells is of one kind. Of one case it
    tells what presses most: a reminder says that the case is overdue."""
    first = min(event.id for event in events)
    key = f"n{first}-{of.receiver.word.replace(':', '')}-{of.way}" + ("-u" if of.urgent else "")
    events = _pressing(events)
    kinds = {KIND_OF[event.kind] for event in events}
    several = of.way == CALL or carries(gateways[of.way], SEVERAL)
    kind = SEVERAL if len(kinds) > 1 and several else KIND_OF[events[0].kind]
    fields = _fields(session, office, of.receiver, events, known)
    return {
        "key": key,
        "kind": kind,
        "way": of.way,
        "medium": medium_of(gateways, of.way),
        "receiver": of.receiver.word,
        "unit_id": of.receiver.unit_id,
        "number": known[events[0].id].number,
        "n": len(events),
        "fields": sealed_fields(session, key, fields),
        "urgent": of.urgent,
        "rank": 0 if of.urgent else rank_of(KIND_OF[events[0].kind]),
        "stands": "waiting",
        "made_at": office.now,
        "next_try_at": office.now,
    }


def _pressing(events: Sequence[Told]) -> list[Told]:
    """Of each case the event that presses most, what presses most first."""
    found: dict[int, Told] = {}
    for event in events:
        held = found.get(event.chain)
        if held is None or rank_of(KIND_OF[event.kind]) < rank_of(KIND_OF[held.kind]):
            found[event.chain] = event
    return sorted(found.values(), key=lambda one: (rank_of(KIND_OF[one.kind]), one.id))


def _fields(
    session: Session,
    office: Office,
    receiver: Receiver,
    events: Sequence[Told],
    known: Mapping[int, Matter],
) -> dict[str, str]:
    """The named fields of a digest: of what presses most the first case, its paper and the nearest day
    to come; how many there are, of which kinds."""
    kinds = Counter(KIND_OF[event.kind] for event in events)
    first = [known[one.id] for one in events if KIND_OF[one.kind] == KIND_OF[events[0].kind]]
    numbers = list(dict.fromkeys(known[one.id].number for one in events if known[one.id].number))
    papers = list(dict.fromkeys(one.paper for one in first if one.paper))
    days = sorted(one.due for one in first if one.due)
    due = next((day for day in days if day >= office.now.date()), days[0] if days else None)
    told = (f"{words.value('notice_kind', kind, 'zh')}{n}件" for kind, n in kinds.items())
    return {
        "office": office.word("office"),
        "unit": _unit_name(session, receiver.unit_id),
        "number": numbers[0] + (f"等{len(numbers)}件" if len(numbers) > 1 else "")
        if numbers
        else "",
        "numbers": " ".join(numbers),
        "paper": papers[0] + (f"等{len(papers)}份" if len(papers) > 1 else "") if papers else "",
        "due": due.isoformat() if due else "",
        "n": str(len(events)),
        "kinds": "、".join(told),
    }


def _unit_name(session: Session, unit: int | None) -> str:
    row = session.get(Unit, unit) if unit is not None else None
    return row.name if row is not None else ""
