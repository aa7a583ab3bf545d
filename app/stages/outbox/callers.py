"""What a caller hears, and by which way: number and query code once the case stands, a new date, the public
answer, the closing. Nobody who gave no number; nothing of the matter where it is confidential. [reach, "The
caller hears by own channel, else by call list"]"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Assignment, Caller, Case, Gateway, Reply, ToldAs
from app.models.reach import CALL
from app.models.sessions import UNSCOPED
from app.rules.codes import shown_code
from app.rules.office import Office
from app.rules.phones import MOBILE, kind_of
from app.rules.telling import ASKED, CALLERS, MEDIUMS, NEUTRAL, OTHERS, PRETEND, SMS, WECHAT
from app.rules.workdays import last_day
from app.stages.inbox import openid_of
from app.stages.outbox.facts import Event, sealed_fields
from app.stages.outbox.gateways import carries
from app.stages.visit.internet import code_of

_SPOKEN = ("phone", "walk_in", "leader")
"""Who came by these was told number and code while speaking."""
ALWAYS = ("caller_registered", "caller_closed", ASKED)
"""What a caller hears who wanted no reply, too."""
_ANSWER = 500
"""So many characters of the public answer at most are sent."""


def for_caller(
    session: Session, office: Office, gateways: Mapping[str, Gateway], event: Event
) -> Iterator[dict[str, Any]]:
    """The rows of what the caller of an event's case hears of it, and those of the cases merged into
    it: each keeps the reply. [procedure 1]"""
    kind = CALLERS[event.kind]
    if kind == "caller_extended" and event.payload.get("kind") != "extension":
        return
    query = select(Case).where(or_(Case.id == event.chain, Case.merged_into_id == event.chain))
    for case in session.scalars(query.order_by(Case.id), execution_options=UNSCOPED):
        if kind == "caller_registered" and case.id != event.chain:
            continue
        if kind == ASKED and case.id != event.payload["caller_case"]:
            continue
        if kind not in ALWAYS and not case.wants_reply:
            continue
        row = _row(session, office, gateways, event, kind, case)
        if row is not None:
            yield row


def _row(
    session: Session,
    office: Office,
    gateways: Mapping[str, Gateway],
    event: Event,
    kind: str,
    case: Case,
) -> dict[str, Any] | None:
    if case.anonymous or case.caller_id is None:
        return None
    if not (phone_of(session, case) or _account_of(session, gateways, case)):
        return None
    told = NEUTRAL if case.confidential else kind
    way = _way(session, office, gateways, case, told)
    spoken = kind == "caller_registered" and case.channel in _SPOKEN
    # Who would be called to be told a code is asked by telephone at once: the case stands in that queue.
    if way == CALL and (spoken or kind == ASKED):
        return None
    lead = session.get(Case, event.chain, execution_options=UNSCOPED) or case
    fields = _fields(session, office, event, case, lead)
    if fields is None:
        return None
    if case.confidential:
        fields = {"office": fields["office"]}
    key = f"n{event.id}-case{case.id}-{way}"
    return {
        "key": key,
        "kind": told,
        "way": way,
        "medium": medium_of(gateways, way),
        "receiver": f"case:{case.id}",
        "unit_id": None,
        "number": case.number or "",
        "n": 1,
        "fields": sealed_fields(session, key, fields),
        "urgent": False,
        "rank": OTHERS,
        "stands": "waiting",
        "made_at": office.now,
        "next_try_at": office.now,
    }


def medium_of(gateways: Mapping[str, Gateway], way: str) -> str:
    """What people call a way: by the kind of its gateway, or the telephone."""
    return CALL if way == CALL else MEDIUMS[gateways[way].kind]


def _way(
    session: Session, office: Office, gateways: Mapping[str, Gateway], case: Case, kind: str
) -> str:
    """The caller's own way out - the WeChat account that they wrote by, a mobile number -, else the
    call list. What only pretends takes any number."""
    account = _account_of(session, gateways, case)
    if account:
        return account
    number = phone_of(session, case)
    mobile = kind_of(number, office.word("area_code")) == MOBILE
    kinds = (*SMS, PRETEND) if mobile else (PRETEND,)
    fit = (name for name, row in gateways.items() if row.kind in kinds and carries(row, kind))
    return next(fit, CALL)


def _fields(
    session: Session, office: Office, event: Event, case: Case, lead: Case
) -> dict[str, str] | None:
    """The named fields of what a caller hears; None where there is nothing to be said."""
    fields = {
        "office": office.word("office"),
        "number": case.number or "",
        "code": case.query_code,
    }
    kind = CALLERS[event.kind]
    if kind == ASKED:
        code = code_of(session, event.subject_id or 0)
        until = datetime.fromisoformat(event.payload["until"])
        due = last_day(until).isoformat()
        return {**fields, "code": shown_code(code), "due": due} if code else None
    if kind == "caller_extended":
        due = _due(session, lead)
        return {**fields, "due": due} if due else None
    if kind == "caller_answered":
        answer = _answer(session, lead)
        return {**fields, "answer": answer[:_ANSWER]} if answer else None
    return fields


def _due(session: Session, lead: Case) -> str:
    row = session.get(Assignment, lead.lead_assignment_id) if lead.lead_assignment_id else None
    return last_day(row.due_at).isoformat() if row is not None and row.due_at else ""


def _answer(session: Session, lead: Case) -> str:
    """The public answer: of the lead's last reply that passed, else what the centre answered
    itself."""
    query = select(Reply.public_answer, Reply.handling).where(
        Reply.assignment_id == lead.lead_assignment_id, Reply.state == "passed"
    )
    found = session.execute(query.order_by(Reply.id.desc()).limit(1), execution_options=UNSCOPED)
    row: Sequence[Any] | None = found.first()
    return str(row[0] or "") if row is not None else str(lead.answer or "")


def _account_of(session: Session, gateways: Mapping[str, Gateway], case: Case) -> str:
    """The WeChat account by which a case's caller can be told; empty where there is none."""
    name = next((name for name, row in gateways.items() if row.kind == WECHAT), "")
    return name if name and openid_of(session, case.id) else ""


def phone_of(session: Session, case: Case) -> str:
    """The number that the caller gave at this case, as it was typed."""
    if case.caller_id is None:
        return ""
    typed = select(ToldAs.phone).where(ToldAs.case_id == case.id).limit(1)
    found = session.scalar(typed, execution_options=UNSCOPED)
    if found:
        return str(found)
    whole = session.scalar(
        select(Caller.phone).where(Caller.id == case.caller_id), execution_options=UNSCOPED
    )
    return str(whole or "")
