"""(4) supervision. "Action slow, time limit delayed, no clear handling opinion, causing repeated complaints - and
matters assigned by leaders of city and county governments not implemented effectively - are supervised by the county
government supervision room." The bot lists candidates, people open items.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import bear, move, note, paper
from app.models import Assignment, Case, NamedPerson, Supervision, UnitPost
from app.models.columns import clock
from app.roles import BOT, Actor
from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    Effect,
    ReminderFacts,
    SupervisionFacts,
    live,
    overdue,
    pending,
    qualifying,
    standing,
)
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline, last_day, sweep_on
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT
from app.stages.allocation import kept
from app.stages.calendar import office_at
from app.stages.duties import lineage, not_about_himself, not_recused
from app.stages.papers import keep_notice

FINDINGS = ("perfunctory", "inaction", "duty", "untrue")
OUTCOMES = ("criticism", "interview", "nothing")
RULES = {
    "repeated": "4 repeated", "silent": "4 silent", "leader": "4 leader", "redo_failed": "4 redo_failed",
    "by_hand": "4 by_hand",
}  # fmt: skip
"""ground -> the row of the procedure that a list row cites."""


def _reminder(case: CaseFacts, one: AssignmentFacts) -> ReminderFacts | None:
    """"The reminder": the latest non-void one of the round."""
    rows = case.reminders_of(one)
    return rows[-1] if rows else None


def _unheeded(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """The reminder lapsed, no qualifying reply, and the assignment is overdue now."""
    row = _reminder(case, one)
    lapsed = row is not None and row.state == "lapsed"
    return lapsed and overdue(case, one, office) and not qualifying(case, one, office)


def _repeated_since_due(case: CaseFacts, one: AssignmentFacts) -> bool:
    return any(contact.received_at >= one.due_at for contact in case.contacts)


def silent_from(case: CaseFacts, one: AssignmentFacts, office: Office) -> datetime | None:
    """The moment from which silence counts: 24:00 of the fifth working day past the later of the reminder's reply-by
    and the last refusal of a reply; None without a lapsed reminder."""
    row = _reminder(case, one)
    if row is None or row.state != "lapsed":
        return None
    refused = [reply.examined_at.date() for reply in case.refusals(one) if reply.examined_at]
    past = max([last_day(row.reply_by_at), *refused])
    return office.calendar.end_of(office.calendar.after(past, office.kept(case.allocated_at).silent_workdays))


def _silent(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    if not office.kept(case.allocated_at).silent_ground or not _unheeded(case, one, office):
        return False
    since = silent_from(case, one, office)
    return since is not None and office.now >= since


def _leader(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """Leader-assigned: overdue with nothing said or pending, or its reply refused twice."""
    if not one.leader_assigned or not live(one):
        return False
    unanswered = overdue(case, one, office) and not qualifying(case, one, office) and not pending(case, one)
    return unanswered or len(case.refusals(one)) >= 2


def _redo_failed(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    return case.redo_failed and case.state == "reviewing" and case.lead_assignment_id == one.id


def relisted_from(row: SupervisionFacts, case: CaseFacts, office: Office) -> datetime | None:
    """The moment from which a declined ground may be listed again: 24:00 of the fifth working day after it."""
    if row.state != "declined" or row.ended_at is None:
        return None
    n = office.kept(case.allocated_at).declined_workdays
    return office.calendar.end_of(office.calendar.after(row.ended_at.date(), n))


def _listable(case: CaseFacts, one: AssignmentFacts, ground: str, office: Office) -> bool:
    """Per assignment and round each ground is listed once, and again five working days after a decline."""
    rows = case.supervision_of(one, ground)
    if not rows:
        return True
    again = relisted_from(rows[-1], case, office)
    return again is not None and office.now >= again


def held_to(case: CaseFacts, one: AssignmentFacts, office: Office) -> datetime | None:
    """The end of the latest new date that an item was cleared to: it holds watch and lists."""
    ends = [office.calendar.end_of(row.cleared_to) for row in case.supervision_of(one) if row.cleared_to]
    return max(ends, default=None)


def _listing_matters(case: CaseFacts, one: AssignmentFacts) -> bool:
    """Whether any ground could hold at all: without a lapsed reminder, a leader, a failed redo or an item none can."""
    if case.supervision or one.leader_assigned or case.redo_failed:
        return True
    row = _reminder(case, one)
    return row is not None and row.state == "lapsed"


def decide_listing(case: CaseFacts, one: AssignmentFacts, office: Office, list_closed: bool = False) -> list[Effect]:
    """Candidates for the supervision room, at working-day sweeps. `list_closed`: this day's list is out already, so
    what came after waits for the next one. Before 08:30 nothing is listed: the clock of an emergency may bring the
    bot earlier, and the list of one row would then be the day's."""
    today = office.now.date()
    if list_closed or not _listing_matters(case, one):
        return []
    if office.now < sweep_on(today) or not office.calendar.is_workday(today):
        return []
    proposed = [row for row in case.supervision_of(one, "by_hand") if row.state == "candidate" and not row.listed_on]
    effects = [_list_proposed(case, one, row, office) for row in proposed]
    until = held_to(case, one, office)
    if until is not None and office.now < until:
        return effects
    effects = effects or _missed_new_date(case, one, office)
    grounds = {
        "repeated": _unheeded(case, one, office) and _repeated_since_due(case, one),
        "leader": _leader(case, one, office),
        "redo_failed": _redo_failed(case, one, office),
    }
    for ground, holds in grounds.items():
        if holds and _listable(case, one, ground, office):
            effects.append(_list(case, one, ground, office))
    if not effects and not standing(case, one):
        effects += _silence(case, one, office)
    return effects


def _silence(case: CaseFacts, one: AssignmentFacts, office: Office) -> list[Effect]:
    """`silent`, else the watch row: once per round, where no such repeat came, never after `silent` was listed."""
    if _silent(case, one, office):
        return [_list(case, one, "silent", office)] if _listable(case, one, "silent", office) else []
    if one.watched or not _unheeded(case, one, office) or _repeated_since_due(case, one):
        return []
    if case.supervision_of(one, "silent"):
        return []
    row = _reminder(case, one)
    payload = {"reminder": row.number if row else None, "due_on": one.due_on.isoformat()}
    return [Effect("supervision.watched", "assignment", one, None, {"watched": True}, payload, one.unit_id)]


def _workdays_late(one: AssignmentFacts, office: Office) -> int:
    """The working days from due to the final reply that stands, or to today; none where that was in time."""
    until = one.replied_at or office.now
    return max(0, office.calendar.between(one.due_on, until.date()))


def list_facts(case: CaseFacts, one: AssignmentFacts, ground: str, office: Office) -> dict[str, Any]:
    """What a list row cites: the rule, the reminder, the working days late, the repeats, the leader's matter."""
    row = _reminder(case, one)
    return {
        "rule": RULES[ground], "case": case.number, "unit": one.unit_id, "round": one.round, "role": one.role,
        "due_on": one.due_on.isoformat(), "workdays_late": _workdays_late(one, office),
        "reminder": row.number if row else None, "repeats": case.repeats, "leader": one.leader_assigned,
        "refusals": len(case.refusals(one)),
        "repeats_since_due": [
            {"contact": contact.id, "at": contact.received_at.isoformat()}
            for contact in case.contacts if contact.received_at >= one.due_at
        ],
    }  # fmt: skip


def _list(case: CaseFacts, one: AssignmentFacts, ground: str, office: Office) -> Effect:
    facts = list_facts(case, one, ground, office)
    attempt = 1 + max((row.attempt for row in case.supervision_of(one, ground)), default=0)
    own = office.calendar.run(office.now.date(), office.kept(case.allocated_at).decide_workdays)
    columns = {
        "case_id": case.id, "assignment_id": one.id, "unit_id": one.unit_id, "round": one.round, "ground": ground,
        "attempt": attempt, "facts": json.dumps(facts, ensure_ascii=False), "listed_on": office.now.date(),
        **clock("own", own),
    }  # fmt: skip
    payload = {"ground": ground, "attempt": attempt, "rule": RULES[ground], "due_on": facts["due_on"]}
    return Effect("supervision.listed", "supervision", None, "candidate", columns, payload, one.unit_id)


def _list_proposed(case: CaseFacts, one: AssignmentFacts, row: SupervisionFacts, office: Office) -> Effect:
    """The centre head's proposal, a row of the next list."""
    own = office.calendar.run(office.now.date(), office.kept(case.allocated_at).decide_workdays)
    sets = {"listed_on": office.now.date(), **clock("own", own)}
    payload = {"ground": "by_hand", "attempt": row.attempt, "rule": RULES["by_hand"]}
    return Effect("supervision.listed", "supervision", row, None, sets, payload, one.unit_id)


def _missed_new_date(case: CaseFacts, one: AssignmentFacts, office: Office) -> list[Effect]:
    """Cleared to a new date, and no final reply by then: listed `by_hand` at the first working-day sweep after it."""
    effects: list[Effect] = []
    for row in case.supervision_of(one):
        if row.state != "cleared" or row.cleared_to is None or _listed_since(case, one, row, office):
            continue
        until = office.calendar.end_of(row.cleared_to)
        unanswered = one.state in OPEN_ASSIGNMENT and one.replied_at is None and not _stood_at(case, one, until)
        if unanswered and office.now >= until:
            effects.append(_list(case, one, "by_hand", office))
            break
    return effects


def _stood_at(case: CaseFacts, one: AssignmentFacts, moment: datetime) -> bool:
    """Whether a final reply was there at a moment and not refused by then."""
    return any(
        row.assignment_id == one.id and row.filed_at < moment
        and not (row.state == "refused" and row.examined_at is not None and row.examined_at < moment)
        for row in case.replies
    )  # fmt: skip


def _listed_since(case: CaseFacts, one: AssignmentFacts, cleared: SupervisionFacts, office: Office) -> bool:
    """Whether the missed new date of an item was listed already (and not declined five working days ago)."""
    rows = [
        row for row in case.supervision_of(one, "by_hand")
        if row.listed_on is not None and cleared.cleared_to is not None and row.listed_on > cleared.cleared_to
    ]  # fmt: skip
    again = relisted_from(rows[-1], case, office) if rows else None
    return bool(rows) and (again is None or office.now < again)


def decide_feedback_overdue(case: CaseFacts, row: SupervisionFacts, office: Office) -> list[Effect]:
    """Overdue feedback is reported, on any day, again for each reissue."""
    if row.state not in ("opened", "reissued") or row.due_at is None or row.overdue_for == row.due_at:
        return []
    if office.now < row.due_at:
        return []
    payload = {"ground": row.ground, "true_at": row.due_at.isoformat()}
    return [
        Effect("supervision.overdue", "supervision", row, None, {"overdue_for": row.due_at}, payload, row.unit_id)
    ]  # fmt: skip


def decide_hearing_over(case: CaseFacts, row: SupervisionFacts, office: Office) -> list[Effect]:
    """The hearing is over at 24:00 of the third working day after the confirmation, marked on any day."""
    if row.state != "confirmed" or row.heard_at is None or office.now < row.heard_at:
        return []
    sets = heard_columns(office, last_day(row.heard_at), case.allocated_at)
    payload = {"true_at": row.heard_at.isoformat()}
    return [Effect("supervision.heard", "supervision", row, "heard", sets, payload, row.unit_id)]


def heard_columns(office: Office, day: date, allocated_at: datetime | None) -> dict[str, Any]:
    """The room's clock to conclude, from the day the hearing was over."""
    return clock("own", office.calendar.run(day, office.kept(allocated_at).conclude_workdays))


# Verbs of people.


def items(session: Session, case: Case, unit_id: int | None, ground: str | None) -> Sequence[Supervision]:
    """The candidates and items of a case (of a unit, on a ground), the newest last."""
    query = select(Supervision).where(Supervision.case_id == case.id)
    if unit_id is not None:
        query = query.where(Supervision.unit_id.in_(lineage(session, unit_id)))
    if ground is not None:
        query = query.where(Supervision.ground == ground)
    return session.scalars(query.order_by(Supervision.id)).all()


def _candidate(row: Supervision) -> None:
    if row.state != "candidate":
        raise NotAllowed("not_a_candidate", state=row.state)


def named_deadline(office: Office, workdays: int | None, due_on: date | None, default: int) -> Deadline:
    """A deadline that the room sets: a number of working days, or a named date (a leader's) after today."""
    today = office.now.date()
    if due_on is not None:
        if due_on <= today:
            raise NotAllowed("date_not_after_today")
        return office.calendar.name(due_on, today)
    if workdays is not None and not 1 <= workdays <= 60:
        raise NotAllowed("workdays_out_of_bounds")
    return office.calendar.run(today, workdays or default)


def _attempt(session: Session, one: Assignment, ground: str) -> int:
    query = select(func.max(Supervision.attempt)).where(
        Supervision.assignment_id == one.id, Supervision.ground == ground
    )
    return (session.scalar(query) or 0) + 1


def propose(session: Session, now: datetime, actor: Actor, assignment: Assignment, reason: str) -> Supervision:
    """The centre head proposes an assignment for supervision, with a reason: a row of the next list."""
    if not reason.strip():
        raise NotAllowed("reason_missing")
    if assignment.state not in LIVE and assignment.state != "accepted":
        raise NotAllowed("not_open", state=assignment.state)
    if any(
        row.state == "candidate" and row.ground == "by_hand" and row.assignment_id == assignment.id
        for row in items(session, session.get_one(Case, assignment.case_id), assignment.unit_id, "by_hand")
    ):
        raise NotAllowed("proposed_already")
    columns = {
        "case_id": assignment.case_id, "assignment_id": assignment.id, "unit_id": assignment.unit_id,
        "round": assignment.round, "ground": "by_hand", "attempt": _attempt(session, assignment, "by_hand"),
        "reason": reason, "proposed_by_id": actor.id,
    }  # fmt: skip
    row: Supervision = bear(session, now, actor, "supervision", "candidate", "supervision.proposed", columns)
    return row


def _notice(office: Office, actor: Actor, due: Deadline, requirement: str) -> dict[str, Any]:
    return {
        "opened_at": office.now, "opened_by_id": actor.id, "requirement": requirement, **clock("due", due),
        **clock("own", None),
    }  # fmt: skip


def open_candidate(
    session: Session,
    now: datetime,
    actor: Actor,
    row: Supervision,
    requirement: str,
    workdays: int | None = None,
    due_on: date | None = None,
) -> Supervision:
    """Open an item 立项 from a candidate: the notice 督办单 goes to the unit, feedback within three working days or by
    a leader's date."""
    _candidate(row)
    office = office_at(session, now)
    due = named_deadline(office, workdays, due_on, _limits(session, office, row).feedback_workdays)
    payload = {"ground": row.ground, "due_on": due.on.isoformat()}
    move(
        session, now, actor, row, "opened", "supervision.opened", _notice(office, actor, due, requirement), payload
    )  # fmt: skip
    row.number = paper(session, office, "supervision")
    session.flush()
    return row


def open_by_hand(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    requirement: str,
    reason: str,
    workdays: int | None = None,
    due_on: date | None = None,
) -> Supervision:
    """The room opens an item by itself, with a reason; it is not listed."""
    if not reason.strip():
        raise NotAllowed("reason_missing")
    if assignment.state not in LIVE and assignment.state != "accepted":
        raise NotAllowed("not_open", state=assignment.state)
    office = office_at(session, now)
    due = named_deadline(office, workdays, due_on, kept(session, office, assignment).feedback_workdays)
    columns = {
        "case_id": assignment.case_id, "assignment_id": assignment.id, "unit_id": assignment.unit_id,
        "round": assignment.round, "ground": "by_hand", "attempt": _attempt(session, assignment, "by_hand"),
        "reason": reason, **_notice(office, actor, due, requirement),
    }  # fmt: skip
    payload = {"ground": "by_hand", "due_on": due.on.isoformat()}
    row: Supervision = bear(session, now, actor, "supervision", "opened", "supervision.opened", columns, payload)
    row.number = paper(session, office, "supervision")
    session.flush()
    return row


def _limits(session: Session, office: Office, row: Supervision) -> Any:
    return office.kept(session.get_one(Case, row.case_id).allocated_at)


def decline(session: Session, now: datetime, actor: Actor, supervision: Supervision, reason: str) -> Supervision:
    """Decline a candidate, with a reason."""
    _candidate(supervision)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {"ended_reason": reason, "ended_at": now, **clock("own", None)}
    move(session, now, actor, supervision, "declined", "supervision.declined", columns)
    return supervision


def defer(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, workdays: int, reason: str
) -> Supervision:
    """Defer a candidate once, by at most five working days."""
    _candidate(supervision)
    office = office_at(session, now)
    most = _limits(session, office, supervision).deferral_workdays
    if supervision.listed_on is None:
        raise NotAllowed("not_listed")
    if supervision.deferred_on is not None:
        raise NotAllowed("deferred_once")
    if not 1 <= workdays <= most:
        raise NotAllowed("deferral_too_long", most=most)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    own = office.calendar.run(now.date(), workdays)
    columns = {"deferred_on": now.date(), **clock("own", own)}
    note(session, now, actor, supervision, "supervision.deferred", columns, {"decide_by": own.on.isoformat()})
    return supervision


def strike_row(session: Session, now: datetime, actor: Actor, supervision: Supervision, reason: str) -> Supervision:
    """A row issued in error is struck in the next list, with its reason; a candidate ends with it."""
    if supervision.listed_on is None:
        raise NotAllowed("not_listed")
    if supervision.struck_at is not None:
        raise NotAllowed("struck_already")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {"struck_at": now, "struck_reason": reason}
    if supervision.state == "candidate":
        columns |= {"ended_at": now, **clock("own", None)}
        move(session, now, actor, supervision, "declined", "supervision.struck", columns)
    else:
        note(session, now, actor, supervision, "supervision.struck", columns)
    return supervision


def feed_back(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, words: str, drafted_by: int | None = None
) -> Supervision:
    """The unit head's feedback on a supervision notice."""
    if supervision.state not in ("opened", "reissued"):
        raise NotAllowed("no_notice_open", state=supervision.state)
    if not words.strip():
        raise NotAllowed("words_missing")
    late = supervision.due_at is not None and now >= supervision.due_at
    columns = {"feedback": words, "fed_back_at": now}
    payload = {"late": late, "self_approved": drafted_by in (None, actor.id)}
    move(session, now, actor, supervision, "fed_back", "supervision.fed_back", columns, payload)
    return supervision


def clear(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, new_date: date | None = None
) -> Supervision:
    """Clear an item 销号: needs a final reply that was not refused, or a new date after today."""
    if supervision.state not in ("opened", "reissued", "fed_back"):
        raise NotAllowed("not_to_clear", state=supervision.state)
    if new_date is not None and new_date <= now.date():
        raise NotAllowed("date_not_after_today")
    one = session.get_one(Assignment, supervision.assignment_id)
    if one.replied_at is None and new_date is None:
        raise NotAllowed("no_reply_to_clear")
    columns: dict[str, Any] = {"cleared_to": new_date, "ended_at": now}
    payload = {"new_date": new_date.isoformat() if new_date else None}
    move(session, now, actor, supervision, "cleared", "supervision.cleared", columns, payload)
    return supervision


def reissue(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    requirement: str,
    workdays: int | None = None,
    due_on: date | None = None,
) -> Supervision:
    """Issue the notice again after feedback that is not enough, at most twice, with a new due date."""
    if supervision.state != "fed_back":
        raise NotAllowed("no_feedback", state=supervision.state)
    office = office_at(session, now)
    limits = _limits(session, office, supervision)
    if supervision.reissues >= limits.reissues:
        raise NotAllowed("reissued_enough", most=limits.reissues)
    due = named_deadline(office, workdays, due_on, limits.feedback_workdays)
    keep_notice(session, supervision)
    columns = {"requirement": requirement, "reissues": supervision.reissues + 1, **clock("due", due)}
    payload = {"due_on": due.on.isoformat(), "reissues": supervision.reissues + 1}
    move(session, now, actor, supervision, "reissued", "supervision.reissued", columns, payload)
    return supervision


def draft_finding(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    finding: str,
    words: str,
    post_ids: Sequence[int] = (),
) -> Supervision:
    """An officer drafts a finding 认定, after feedback on the last notice or once that is overdue. It may name
    persons, by the posts they held."""
    if finding not in FINDINGS:
        raise NotAllowed("unknown_finding", finding=finding)
    overdue_now = supervision.due_at is not None and now >= supervision.due_at
    if supervision.state != "fed_back" and not (supervision.state in ("opened", "reissued") and overdue_now):
        raise NotAllowed("finding_too_early", state=supervision.state)
    office = office_at(session, now)
    not_recused(session, now, actor, supervision.unit_id, office.limits.recusal_years)
    if not words.strip():
        raise NotAllowed("words_missing")
    _name(session, actor, supervision, post_ids)
    own = office.calendar.run(now.date(), _limits(session, office, supervision).confirm_workdays)
    columns = {
        "finding": finding, "finding_words": words, "finding_from": supervision.state, "found_by_id": actor.id,
        **clock("own", own),
    }  # fmt: skip
    payload = {"finding": finding, "posts": sorted(post_ids)}
    move(session, now, actor, supervision, "finding", "supervision.found", columns, payload)
    return supervision


def _name(session: Session, actor: Actor, row: Supervision, post_ids: Sequence[int]) -> None:
    """Name persons by posts of the unit; a finding drafted anew names anew."""
    not_about_himself(session, actor, list(post_ids))
    for old in session.scalars(select(NamedPerson).where(NamedPerson.supervision_id == row.id)):
        session.delete(old)
    session.flush()
    for post_id in sorted(set(post_ids)):
        post = session.get(UnitPost, post_id)
        if post is None or post.unit_id not in lineage(session, row.unit_id):
            raise NotAllowed("not_a_post_of_the_unit")
        session.add(NamedPerson(supervision_id=row.id, post_id=post_id, statement=""))
    session.flush()


def fault_on(one: Assignment, day: date) -> date:
    """The date of the fault, as known on a day: the last one on which the unit could have answered in time."""
    return min(last_day(one.due_at), day)


def post_of(session: Session, unit_id: int, person: str, on: date) -> UnitPost:
    """The post that a person held in a unit on a date, or in one dissolved into it; NotAllowed where he held none."""
    query = select(UnitPost).where(
        UnitPost.unit_id.in_(lineage(session, unit_id)), UnitPost.person == person, UnitPost.from_on <= on
    )
    posts = [post for post in session.scalars(query.order_by(UnitPost.id)) if post.to_on is None or post.to_on >= on]
    if not posts:
        raise NotAllowed("held_no_post", person=person)
    return posts[0]


def confirm_finding(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, accept: bool = True, finding: str = ""
) -> Supervision:
    """The room's head confirms a finding that somebody else drafted, or sends the item back to where it was. The
    unit and each named person are then heard, for three working days."""
    if supervision.state != "finding":
        raise NotAllowed("no_finding", state=supervision.state)
    if supervision.found_by_id == actor.id:
        raise NotAllowed("own_finding")
    if finding and finding != supervision.finding:
        raise NotAllowed("another_finding", drafted=supervision.finding)
    office = office_at(session, now)
    not_recused(session, now, actor, supervision.unit_id, office.limits.recusal_years)
    not_about_himself(session, actor, [person.post_id for person in named(session, supervision)])
    if not accept:
        columns = {"finding": None, "finding_from": None, **clock("own", None)}
        back = supervision.finding_from or "fed_back"
        move(session, now, actor, supervision, back, "supervision.sent_back", columns)
        return supervision
    whole_days = replace(office.calendar, day_ends=24)
    hearing = whole_days.run(now.date(), _limits(session, office, supervision).hearing_workdays)
    columns = {
        "confirmed_at": now, "confirmed_by_id": actor.id, **clock("heard", hearing), **clock("own", None)
    }  # fmt: skip
    payload = {"finding": supervision.finding, "hear_until": hearing.on.isoformat()}
    move(session, now, actor, supervision, "confirmed", "supervision.confirmed", columns, payload)
    return supervision


def named(session: Session, row: Supervision) -> Sequence[NamedPerson]:
    """The persons whom a finding names."""
    query = select(NamedPerson).where(NamedPerson.supervision_id == row.id)
    return session.scalars(query.order_by(NamedPerson.id)).all()


def record_statement(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    words: str,
    person: str = "",
    drafted_by: int | None = None,
) -> Supervision:
    """A statement in the hearing. The unit head's is the unit's and, where he is named, his own; a person's is
    recorded by the officer. When all have spoken the hearing is over."""
    if supervision.state != "confirmed":
        raise NotAllowed("not_in_hearing", state=supervision.state)
    if supervision.heard_at is not None and now >= supervision.heard_at:
        raise NotAllowed("hearing_over")
    if not words.strip():
        raise NotAllowed("words_missing")
    people = named(session, supervision)
    if actor.is_a("unit_head"):
        if supervision.unit_stated_at is not None:
            raise NotAllowed("stated_already")
        supervision.unit_stated_at, supervision.unit_statement = now, words
        spoke = [row for row in people if session.get_one(UnitPost, row.post_id).user_id == actor.id]
    else:
        spoke = _spoke(session, people, person)
    spoke = [row for row in spoke if row.stated_at is None]
    for row in spoke:
        row.stated_at, row.statement = now, words
    session.flush()
    payload: dict[str, Any] = {"posts": [row.post_id for row in spoke], "unit": actor.is_a("unit_head")}
    if actor.is_a("unit_head"):
        payload["self_approved"] = drafted_by in (None, actor.id)
    note(session, now, actor, supervision, "supervision.stated", None, payload)
    if supervision.unit_stated_at is not None and all(row.stated_at is not None for row in people):
        office = office_at(session, now)
        allocated_at = session.get_one(Case, supervision.case_id).allocated_at
        columns = heard_columns(office, now.date(), allocated_at)
        move(session, now, actor, supervision, "heard", "supervision.heard", columns)
    return supervision


def _spoke(session: Session, people: Sequence[NamedPerson], person: str) -> list[NamedPerson]:
    """The named person whose words the officer records, once."""
    spoke = [row for row in people if person and session.get_one(UnitPost, row.post_id).person == person]
    if not spoke:
        raise NotAllowed("not_named", person=person)
    if all(row.stated_at is not None for row in spoke):
        raise NotAllowed("stated_already")
    return spoke


def conclude(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, conclusion: str
) -> Supervision:
    """After the hearing the officer concludes 督查结论, and the conclusion is fed back to the unit."""
    office = office_at(session, now)
    _hearing_over(session, now, supervision, office)
    if supervision.state != "heard":
        raise NotAllowed("not_heard", state=supervision.state)
    if not conclusion.strip():
        raise NotAllowed("words_missing")
    not_recused(session, now, actor, supervision.unit_id, office.limits.recusal_years)
    not_about_himself(session, actor, [person.post_id for person in named(session, supervision)])
    ask = office.calendar.run(now.date(), _limits(session, office, supervision).ask_review_workdays)
    columns = {
        "concluded_at": now, "concluded_by_id": actor.id, "conclusion": conclusion, **clock("ask", ask),
        **clock("own", None),
    }  # fmt: skip
    payload = {"ask_by": ask.on.isoformat()}
    move(session, now, actor, supervision, "concluded", "supervision.concluded", columns, payload)
    return supervision


def _hearing_over(session: Session, now: datetime, row: Supervision, office: Office) -> None:
    """A hearing that is over, and that no sweep has marked yet, is marked by the bot before the conclusion."""
    if row.state == "confirmed" and row.heard_at is not None and now >= row.heard_at:
        allocated_at = session.get_one(Case, row.case_id).allocated_at
        columns = heard_columns(office, last_day(row.heard_at), allocated_at)
        move(session, now, BOT, row, "heard", "supervision.heard", columns, {"true_at": row.heard_at.isoformat()})


def ask_review(session: Session, now: datetime, actor: Actor, supervision: Supervision, words: str) -> Supervision:
    """Within three working days of the conclusion the unit's head may ask for one review."""
    if supervision.state != "concluded":
        raise NotAllowed("not_concluded", state=supervision.state)
    if supervision.review_asked_at is not None:
        raise NotAllowed("review_asked_once")
    if supervision.ask_at is None or now >= supervision.ask_at:
        raise NotAllowed("too_late_for_review")
    if not words.strip():
        raise NotAllowed("words_missing")
    office = office_at(session, now)
    own = office.calendar.run(now.date(), _limits(session, office, supervision).rule_review_workdays)
    columns = {"review_asked_at": now, "review_words": words, **clock("own", own)}
    note(session, now, actor, supervision, "supervision.review_asked", columns)
    return supervision


def rule_on_review(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, accept: bool, words: str = ""
) -> Supervision:
    """The room's head rules on a review: accepted, the item is closed and its referral abandoned."""
    if supervision.review_asked_at is None or supervision.review_accepted is not None:
        raise NotAllowed("no_review_asked")
    if supervision.state != "concluded":
        raise NotAllowed("not_concluded", state=supervision.state)
    if actor.id in (supervision.concluded_by_id, supervision.found_by_id):
        raise NotAllowed("own_finding")
    not_recused(session, now, actor, supervision.unit_id, office_at(session, now).limits.recusal_years)
    not_about_himself(session, actor, [person.post_id for person in named(session, supervision)])
    columns = {"review_accepted": accept, **clock("own", None)}
    note(session, now, actor, supervision, "supervision.review_ruled", columns, {"accept": accept})
    if accept:
        columns = {"outcome": "nothing", "ended_at": now}
        move(session, now, actor, supervision, "closed", "supervision.closed", columns, {"review": True})
    return supervision


def close_supervision(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, outcome: str
) -> Supervision:
    """Close a concluded item with criticism, an interview or nothing; a referral not yet sent is abandoned."""
    if supervision.state != "concluded":
        raise NotAllowed("not_concluded", state=supervision.state)
    if outcome not in OUTCOMES:
        raise NotAllowed("unknown_outcome", outcome=outcome)
    if review_open(supervision):
        raise NotAllowed("review_open")
    columns = {"outcome": outcome, "ended_at": now, **clock("own", None)}
    move(session, now, actor, supervision, "closed", "supervision.closed", columns, {"outcome": outcome})
    return supervision


def review_open(row: Supervision | SupervisionFacts) -> bool:
    """Whether a review was asked for and not yet ruled on."""
    return row.review_asked_at is not None and row.review_accepted is None
