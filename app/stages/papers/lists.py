"""The papers that go beyond a unit: the day's list, the letter of a referral and its blank receipt."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import (
    Assignment,
    Case,
    Dossier,
    Event,
    Referral,
    Supervision,
    SupervisionList,
    Unit,
)
from app.rules.covering import Hidden, covered, without_caller
from app.rules.gist import gist
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, last_day
from app.stages.covers import hidden_of
from app.stages.papers.facts import SPARED, Facts, Issue, born, row_of, said_in, words_of

_SPARED_ON_LISTS = (*SPARED, "case", "ground", "class", "summary")
"""The same for a row of a list, with the words by which it is sorted, and what is covered already."""
SUMMARY = 40
"""How many signs of a demand a list shows. [papers: the day's list]"""


def list_facts(session: Session, id: int) -> Facts:
    """The day's list, each row without the callers of its own case, with what is watched since the
    list before, and how many candidates wait from earlier ones. Of however many rows, in the same
    statements."""
    row: SupervisionList = row_of(session, SupervisionList, id)
    words, rows, struck = words_of(session), json.loads(row.rows), json.loads(row.struck)
    items = _items(session, {each["supervision"] for each in (*rows, *struck)})
    listed = {items[each["supervision"]].assignment_id for each in rows}
    watched = [each for each in _watched(session, row) if each.id not in listed]
    cases = {item.case_id for item in items.values()} | {each.case_id for each in watched}
    hidden = hidden_of(session, cases)

    def clean(listed: Facts) -> Facts:
        item = items[listed["supervision"]]
        told = {**listed, "summary": summary(item.narrative, hidden[item.case_id])}
        return dict(without_caller(told, hidden[item.case_id], _SPARED_ON_LISTS))

    return {
        **said_in(words, "list", "office"),
        "to": words["room"],
        "number": row.number,
        "day": row.day.isoformat(),
        "at": row.issued_at.isoformat(),
        "witness": row.witness,
        "rows": [clean(each) for each in rows],
        "watched": [_watch_row(each, hidden[each.case_id]) for each in watched],
        "carried": _carried(session, row.day),
        "struck": [clean({**each, **_named(items[each["supervision"]])}) for each in struck],
    }


def summary(narrative: str, of: Hidden) -> str:
    """The first sentence of a demand without its callers, on one line of at most 40 signs."""
    line = gist(covered(narrative, of))
    return line if len(line) <= SUMMARY else f"{line[: SUMMARY - 1]}…"


def _carried(session: Session, day: date) -> int:
    """How many candidates of earlier lists still wait for the room."""
    waits = Supervision.state == "candidate", Supervision.listed_on < day
    return int(session.scalar(select(func.count()).where(*waits)) or 0)


def _watched(session: Session, row: SupervisionList) -> list[Any]:
    """The assignments that are watched 关注 since the list before this one, each with its case and its
    unit; what was listed meanwhile among them."""
    before = select(func.max(SupervisionList.issued_at)).where(
        SupervisionList.issued_at < row.issued_at
    )
    query = (
        select(
            Event.payload,
            Assignment.id,
            Assignment.case_id,
            Assignment.due_at,
            Case.number,
            Case.narrative,
            Case.repeats,
            Unit.name,
        )
        .join(Assignment, Assignment.id == Event.subject_id)
        .join(Case, Case.id == Assignment.case_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Event.kind == "supervision.watched", Event.at <= row.issued_at)
    )
    since = session.scalar(before)
    if since is not None:
        query = query.where(Event.at > since)
    return list(session.execute(query.order_by(Event.id)))


def _watch_row(row: Any, of: Hidden) -> Facts:
    payload = json.loads(row.payload)
    return {
        "case": row.number,
        "unit": row.name,
        "summary": summary(row.narrative, of),
        "facts": {
            "due_on": payload["due_on"],
            "due_at": row.due_at.isoformat(),
            "reminder": payload["reminder"],
            "repeats": row.repeats,
        },
    }


def _items(session: Session, ids: Collection[int]) -> dict[int, Any]:
    """The items of a list by their ids, each with its ground, its case and its unit."""
    query = select(
        Supervision.id,
        Supervision.case_id,
        Supervision.assignment_id,
        Supervision.ground,
        Case.number,
        Case.narrative,
        Unit.name,
    )
    query = query.join(Case, Case.id == Supervision.case_id)
    query = query.join(Unit, Unit.id == Supervision.unit_id)
    return {item.id: item for item in session.execute(query.where(Supervision.id.in_(ids)))}


def _named(item: Any) -> Facts:
    """What a struck row says of its item."""
    return {"case": item.number, "unit": item.name, "ground": item.ground}


def referral_facts(
    session: Session, id: int, issue: Issue | None = None, columns: Facts | None = None
) -> Facts:
    """The letter 移送函 of a referral that was sent - or, with `issue` and `columns`, is about to be -
    with the SHA-256 of the dossier that goes beside it."""
    row: Referral = row_of(session, Referral, id)
    made = session.scalars(
        select(Dossier).where(Dossier.referral_id == id, Dossier.version == 1)
    ).first()
    number = (columns or {}).get("number") or row.number
    at = issue.at if issue is not None else row.sent_at
    if number is None or at is None or made is None:
        raise NotAllowed("not_found")
    words, sealed = words_of(session), json.loads(row.sealed or "{}")
    if issue is not None:
        sent = issue.payload
    else:
        _, sent = born(session, "referral", id, "referral.sent")
    return {
        **said_in(words, "referral", "room"),
        "to": words["committee"],
        "number": number,
        "at": at.isoformat(),
        "case_number": sealed["case_number"],
        "unit": sealed["unit_name"],
        "finding": sealed["finding"],
        "persons": [
            {"person": person["person"], "post": person["post"]} for person in sealed["persons"]
        ],
        "proposal": sealed["proposal"],
        "dossier": made.name,
        "sha256": made.sha256,
        "script_sha256": made.script_sha256,
        "fingerprint": made.signed_with,
        "witness": sent.get("witness", ""),
        "send_by": last_day(row.send_by_at.astimezone(BEIJING)).isoformat(),
    }


def receipt_facts(
    session: Session, id: int, issue: Issue | None = None, columns: Facts | None = None
) -> Facts:
    """接收回执: the blank form on which the committee says that it received letter and dossier. It
    carries the number of the letter."""
    letter = referral_facts(session, id, issue, columns)
    kept = ("issuer", "office", "contact", "to", "number", "at", "case_number", "dossier", "sha256")
    return {name: letter[name] for name in kept}
