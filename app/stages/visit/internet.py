"""(6) Visit by internet: a caller who can be reached so is sent a one-time code with the visit that is
planned, and answers by himself; what he says stands as it is.

`looked` and `rate` are called by whoever serves the public page, in a session without a scope; they
say nothing of whether a code or a number exists that is not the caller's own.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import Columns, note
from app.models import Caller, Case, Reply, ToldAs, Visit, VisitCode, VisitRecord
from app.models.sessions import UNSCOPED
from app.roles import CALLER, Actor
from app.rules.codes import code_from, hash_of, typed_code
from app.rules.folding import visible
from app.rules.phones import canonical
from app.rules.refusal import NotAllowed
from app.stages.calendar import office_at
from app.stages.inbox import openid_of
from app.stages.visit.outcomes import WHYS, refuse_incomplete
from app.stages.visit.putting import put_on_record

TRIES = 5
"""So many times the wrong four digits end a code. [ours]"""
LAST = 4
_MOBILE = re.compile(r"1\d{10}")
MOST_WORDS = 2000
"""So many signs a caller's words have at most. [ours]"""
VISITED = ("visiting", "reviewing", "closed")
"""The states of a case whose visits still count."""
ANSWERS = ("truth", "solved", "satisfied", "why", "words", "contacted_by_unit")
"""What a caller is asked."""


@dataclass(frozen=True)
class Looked:
    """What a caller sees who opens his code: the case's number, what was answered to him, and until
    when he may say how it is."""

    number: str
    answer: str
    until: datetime


@dataclass(frozen=True)
class Rated:
    """What came of an answer: its record, or why it was not taken. A refusal is returned and not
    raised: the try that it counts has to be committed."""

    record: VisitRecord | None
    refused: NotAllowed | None = None


def ask_by_internet(
    session: Session, now: datetime, actor: Actor, visit: Visit, caller: Case
) -> None:
    """Send a caller a code with a visit that was just planned, where the office asks by internet and
    the caller has a way to get it: a mobile number, or the office's WeChat account."""
    office = office_at(session, now)
    if not office.limits.internet_visits or not _reached(session, caller):
        return
    days, workdays = office.limits.internet_visit_days, office.limits.internet_visit_workdays
    until = now + timedelta(days=days)
    call_at = office.calendar.run(now.date(), workdays).at if workdays else now
    hashed = hash_of(_keys(session)[0], _code(_keys(session)[0], visit.id))
    session.add(VisitCode(visit_id=visit.id, hashed=hashed, asked_at=now))
    session.flush()
    columns: Columns = {"call_at": call_at, "asked_until": until}
    payload = {"caller_case": caller.id, "until": until.isoformat(), "call_at": call_at.isoformat()}
    note(session, now, actor, visit, "visit.asked", columns, payload)


def _keys(session: Session) -> list[bytes]:
    """The keys that codes may have been made with, the one in use first."""
    return [session.info["ledger_key"], *session.info.get("retired_keys", ())]


def _code(key: bytes, visit_id: int) -> str:
    return code_from(key, f"visit:{visit_id}")


def code_of(session: Session, visit_id: int) -> str | None:
    """The code that was sent with a visit, for who tells it to the caller; None where none was sent,
    or it was made with a key that is gone."""
    query = select(VisitCode.hashed).where(VisitCode.visit_id == visit_id)
    hashed = session.scalar(query.execution_options(**UNSCOPED))
    codes = [(key, _code(key, visit_id)) for key in _keys(session)]
    return next((code for key, code in codes if hash_of(key, code) == hashed), None)


def _reached(session: Session, caller: Case) -> bool:
    """Whether a caller has a number that gets a message, as it was typed at his case: eleven digits
    that begin with 1. Those of 129 are nobody's, and the callers' of a sample office. So has who wrote
    by the office's WeChat account."""
    return bool(_accounts(session, caller)) or any(
        _MOBILE.fullmatch(number) for number in _numbers(session, caller)
    )


def _numbers(session: Session, caller: Case) -> list[str]:
    """The numbers of a case's caller, as they are compared: on file, and as typed at the case."""
    own = select(Caller.number).where(Caller.id == caller.caller_id)
    told = select(ToldAs.number).where(ToldAs.case_id == caller.id)
    found = session.scalars(own.union(told).execution_options(**UNSCOPED))
    return [number for number in found if number]


def looked(session: Session, now: datetime, code: str) -> Looked:
    """What the caller of a code is to judge. It consumes nothing. NotAllowed (code_not_good) for a
    code that is unknown, used, past its days, locked, or whose visit was made otherwise."""
    found = _standing(session, now, code)
    if found is None:
        raise NotAllowed("code_not_good")
    _, visit = found
    case = _case(session, visit.case_id)
    caller = _case(session, visit.caller_case_id)
    assert visit.asked_until is not None  # noqa: S101
    return Looked(caller.number or "", answer_of(session, case), visit.asked_until)


def answer_of(session: Session, case: Case) -> str:
    """What a case's callers were answered in public: the direct answer, or that of the lead's reply
    which passed examination last; empty where there is none."""
    if case.mode == "direct":
        return case.answer or ""
    passed = select(Reply.public_answer).where(
        Reply.assignment_id == case.lead_assignment_id, Reply.state == "passed"
    )
    query = passed.order_by(Reply.id.desc()).limit(1).execution_options(**UNSCOPED)
    return session.scalars(query).first() or ""


def rate(
    session: Session,
    now: datetime,
    code: str,
    last_four: str,
    *,
    openid: str = "",
    **answers: Any,
) -> Rated:
    """A caller's answer to a visit: `truth`, `solved`, `satisfied`, and where he says it `why`,
    `words`, `contacted_by_unit`. He is known by his code with the last four digits of his telephone,
    or with the WeChat account that the case came from.

    The record is effective as it stands, a leader's matter included, and settles the case as a
    telephone visit's does. Raises NotAllowed for answers that are incomplete, which costs no try; a
    code that is not good or is another's is refused alike, in what is returned: commit it too."""
    form = _form(answers)
    found = _standing(session, now, code, lock=True)
    if found is None:
        return Rated(None, NotAllowed("code_not_good"))
    row, visit = found
    caller = _case(session, visit.caller_case_id)
    if not _is_his(session, caller, last_four, openid):
        row.wrong += 1
        note(session, now, CALLER, visit, "visit.code_refused", None, {"wrong": row.wrong})
        return Rated(None, NotAllowed("code_not_good"))
    row.used_at = now
    lead = _case(session, visit.case_id)
    return Rated(put_on_record(session, now, CALLER, lead, visit, form))


def _form(answers: dict[str, Any]) -> dict[str, Any]:
    """The columns of the record that a caller's answers make."""
    unknown = sorted(set(answers) - set(ANSWERS))
    if unknown:
        raise NotAllowed("unknown_field", field=unknown[0])
    form = {"method": "internet", "reached": True, "words": "", **answers}
    words, why = form["words"], form.get("why")
    if not isinstance(words, str) or "\0" in words:
        raise NotAllowed("field_wrong", field="words")
    if len(words) > MOST_WORDS:
        raise NotAllowed("field_too_long", field="words", most=MOST_WORDS)
    if why not in (None, *WHYS):
        raise NotAllowed("field_wrong", field="why")
    refuse_incomplete(form)
    return form


def _standing(
    session: Session, now: datetime, typed: str, lock: bool = False
) -> tuple[VisitCode, Visit] | None:
    """The code that was typed, where it still stands, with its visit; the case is locked first where
    it is to be answered."""
    code = typed_code(typed)
    hashed = [hash_of(key, code) for key in _keys(session)]
    query = select(VisitCode.id, VisitCode.visit_id).where(VisitCode.hashed.in_(hashed))
    known = session.execute(query.execution_options(**UNSCOPED)).first() if code else None
    if known is None:
        return None
    if lock:
        _locked(session, known.visit_id)
    row = session.get_one(VisitCode, known.id, populate_existing=True)
    visit = session.get_one(Visit, known.visit_id, populate_existing=True)
    until = visit.asked_until
    open_ = visit.state == "pending" and until is not None and now < until
    stands = open_ and row.used_at is None and row.wrong < TRIES
    return (row, visit) if stands and _goes_on(session, visit) else None


def _goes_on(session: Session, visit: Visit) -> bool:
    """Whether a visit's case is still at what the visit is about."""
    case = _case(session, visit.case_id)
    return case.round == visit.round and case.state in VISITED


def _locked(session: Session, visit_id: int) -> None:
    """Lock the case of a visit: of two answers at once the second sees what the first did."""
    case_id = select(Visit.case_id).where(Visit.id == visit_id).scalar_subquery()
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case)
    session.scalars(query.execution_options(populate_existing=True, **UNSCOPED)).one()


def _case(session: Session, id: int) -> Case:
    query = select(Case).where(Case.id == id).execution_options(**UNSCOPED)
    return session.scalars(query).one()


def _is_his(session: Session, caller: Case, last_four: str, openid: str) -> bool:
    """Whether the four digits are the last ones of a number of the caller, or the WeChat account is
    his."""
    digits = visible(last_four)
    if openid:
        return any(hmac.compare_digest(openid, own) for own in _accounts(session, caller))
    if len(digits) != LAST or not digits.isdecimal():
        return False
    ends = [canonical(number)[-LAST:] for number in _numbers(session, caller)]
    return any(hmac.compare_digest(digits.encode(), end.encode()) for end in ends)


def _accounts(session: Session, caller: Case) -> list[str]:
    """The WeChat accounts that a case came from."""
    openid = openid_of(session, caller.id)
    return [openid] if openid else []
