"""When the bot looks at a case again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.rules.facts import AssignmentFacts, CaseFacts, SupervisionFacts, emergency
from app.rules.office import Office
from app.rules.workdays import sweep_not_before, sweep_on
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING
from app.stages.accountability import decide_referral_overdue
from app.stages.office.overdue import waits_for_the_room
from app.stages.supervision import held_to, relisted_from, silent_from


def next_look(case: CaseFacts, office: Office, closed: bool = False) -> datetime | None:
    """When this case can next matter, stored at 08:30 (an hour clock: its own moment); None when
    nothing runs. `closed`: the day's list is out already, so what came after waits for the next
    one."""
    looks = [
        moment if exact else sweep_not_before(moment)
        for moment, exact in _moments(case, office)
        if moment > office.now
    ]
    if any(decide_referral_overdue(case, row, office) for row in case.referrals):
        # Drafted in this pass, when the time to send it was over already.
        looks.append(office.now)
    next_chance = _unsettled(case, office, closed)
    if next_chance is not None:
        looks.append(next_chance)
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
    """Whether the bot may still have something to issue of a case."""
    return (
        any(_with_the_unit(assignment) for assignment in case.assignments)
        or any(item.state in STANDING for item in case.supervision)
        or _failed(case)
    )


def _with_the_unit(assignment: AssignmentFacts) -> bool:
    """Whether an assignment is open, or its reply not examined yet."""
    return assignment.state in OPEN_ASSIGNMENT or assignment.state == "replied"


def _failed(case: CaseFacts) -> bool:
    """Whether a second redo failed and the case waits for what becomes of it."""
    return case.redo_failed and case.state == "reviewing"


def _moments(case: CaseFacts, office: Office) -> Iterator[tuple[datetime, bool]]:
    """The moments at which something of a case begins to hold, and whether they are looked at
    exactly then."""
    for own_at in _own_moments(case):
        if own_at is not None:
            yield own_at, False
    for assignment in case.assignments:
        yield from _assignment_moments(case, assignment, office)
    for item in case.supervision:
        yield from _item_moments(case, item, office)
    if _failed(case):
        yield _next_workday(office), False


def _own_moments(case: CaseFacts) -> Iterator[datetime | None]:
    """The clocks of the centre and the room on a case and on what was filed about it."""
    yield from (case.own_at, case.screen_at)
    for request in case.requests:
        if request.state == "pending":
            yield request.own_at
    for reply in case.replies:
        if reply.state == "filed":
            yield reply.own_at
    for referral in case.referrals:
        yield from (referral.own_at, referral.send_by_at)


def _next_workday(office: Office) -> datetime:
    return sweep_on(office.calendar.after(office.now.date()))


def _assignment_moments(
    case: CaseFacts, one: AssignmentFacts, office: Office
) -> Iterator[tuple[datetime, bool]]:
    """The moments that matter to an assignment that its unit still has."""
    if not _with_the_unit(one):
        return
    exact = emergency(case, one)
    if one.state == "allocated" and one.sign_at is not None:
        yield one.sign_at, False
    yield sweep_on(office.calendar.before(one.due_on)), False
    yield one.due_at, exact
    for reminder in case.reminders_of(one):
        yield reminder.reply_by_at, False
    for request in case.requests_of(one):
        if request.promised_on is not None:
            yield office.calendar.end_of(request.promised_on), exact
    for moment in (silent_from(case, one, office), held_to(case, one, office)):
        if moment is not None:
            yield moment, False


def _item_moments(
    case: CaseFacts, item: SupervisionFacts, office: Office
) -> Iterator[tuple[datetime, bool]]:
    """The moments that matter to a candidate or an item."""
    if _to_be_issued(case, item):
        yield _next_workday(office), False
    if item.state in STANDING or waits_for_the_room(item):
        for moment in (item.own_at, item.due_at, item.heard_at):
            if moment is not None:
                yield moment, False
    again = relisted_from(item, case, office)
    if again is not None:
        yield again, False


def _to_be_issued(case: CaseFacts, item: SupervisionFacts) -> bool:
    """Whether the next working day lists a candidate, or drafts the dossier of an item."""
    if item.state == "candidate":
        return item.listed_on is None
    drafted = any(referral.supervision_id == item.id for referral in case.referrals)
    return item.state == "concluded" and not drafted
