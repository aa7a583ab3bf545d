"""When the bot looks at a case again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.rules.facts import AssignmentFacts, CaseFacts, SupervisionFacts, emergency
from app.rules.office import Office
from app.rules.workdays import sweep_not_before, sweep_on
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING
from app.stages.office.overdue import waits_for_the_room
from app.stages.supervision import held_to, relisted_from, silent_from


def next_look(case: CaseFacts, office: Office, closed: bool = False) -> datetime | None:
    """When this case can next matter, stored at 08:30 (an hour clock: its own moment); None when
    nothing runs. `closed`: the day's list is out already, so what came after waits for the next
    one."""
    looks = []
    for moment, exact in _moments(case, office):
        if moment > office.now:
            looks.append(moment if exact else sweep_not_before(moment))
    tomorrow = _unsettled(case, office, closed)
    if tomorrow is not None:
        looks.append(tomorrow)
    return min(looks, default=None)


def _unsettled(case: CaseFacts, office: Office, closed: bool) -> datetime | None:
    """On a rest day, and after the day's list, what is issued on working days only waits for the
    next one; early on a working day it waits for 08:30."""
    today = office.now.date()
    if not _alive(case):
        return None
    if not office.calendar.is_workday(today) or closed:
        return _next_workday(office)
    return sweep_on(today) if office.now < sweep_on(today) else None


def _alive(case: CaseFacts) -> bool:
    return (
        any(one.state in OPEN_ASSIGNMENT or one.state == "replied" for one in case.assignments)
        or any(row.state in STANDING for row in case.supervision)
        or _failed(case)
    )


def _failed(case: CaseFacts) -> bool:
    """Whether a second redo failed and the case waits for what becomes of it."""
    return case.redo_failed and case.state == "reviewing"


def _moments(case: CaseFacts, office: Office) -> Iterator[tuple[datetime, bool]]:
    """The moments at which something of a case begins to hold, and whether they are looked at
    exactly then."""
    requests = [one.own_at for one in case.requests if one.state == "pending"]
    replies = [one.own_at for one in case.replies if one.state == "filed"]
    referrals = [at for row in case.referrals for at in (row.own_at, row.send_by_at)]
    for own_at in (case.own_at, case.screen_at, *requests, *replies, *referrals):
        if own_at is not None:
            yield own_at, False
    for one in case.assignments:
        yield from _assignment_moments(case, one, office)
    for item in case.supervision:
        yield from _item_moments(case, item, office)
    if _failed(case):
        yield _next_workday(office), False


def _next_workday(office: Office) -> datetime:
    return sweep_on(office.calendar.after(office.now.date()))


def _assignment_moments(
    case: CaseFacts, one: AssignmentFacts, office: Office
) -> Iterator[tuple[datetime, bool]]:
    if one.state not in OPEN_ASSIGNMENT and one.state != "replied":
        return
    exact = emergency(case, one)
    if one.state == "allocated" and one.sign_at is not None:
        yield one.sign_at, False
    yield sweep_on(office.calendar.before(one.due_on)), False
    yield one.due_at, exact
    for row in case.reminders_of(one):
        yield row.reply_by_at, False
    for request in case.requests_of(one):
        if request.promised_on is not None:
            yield office.calendar.end_of(request.promised_on), exact
    since = silent_from(case, one, office)
    if since is not None:
        yield since, False
    until = held_to(case, one, office)
    if until is not None:
        yield until, False


def _item_moments(
    case: CaseFacts, item: SupervisionFacts, office: Office
) -> Iterator[tuple[datetime, bool]]:
    if item.state == "candidate" and item.listed_on is None:
        yield _next_workday(office), False
    if item.state == "concluded" and not any(
        row.supervision_id == item.id for row in case.referrals
    ):
        yield _next_workday(office), False
    if item.state in STANDING or waits_for_the_room(item):
        for moment in (item.own_at, item.due_at, item.heard_at):
            if moment is not None:
                yield moment, False
    again = relisted_from(item, case, office)
    if again is not None:
        yield again, False
