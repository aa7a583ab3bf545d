"""The work that the centre and the room have themselves let pass."""

from __future__ import annotations

from typing import Any

from app.rules.facts import CaseFacts, Effect, SupervisionFacts
from app.rules.office import Office
from app.stages.supervision import review_open

_TASKS = {
    "registered": "allocate",
    "submitted": "instruction",
    "examining": "examine",
    "visiting": "visit",
}
_ROOM_TASKS = {
    "candidate": "decide",
    "finding": "confirm",
    "heard": "conclude",
    "concluded": "rule on the review",
    "closed": "rule on the review",
}


def decide_own_overdue(case: CaseFacts, office: Office) -> list[Effect]:
    """The centre's own overdue: what it should have allocated, examined, visited or ruled on, and
    the room's."""
    effects: list[Effect] = []
    if case.state in _TASKS and _passed(case, office):
        effects.append(_own("centre.overdue", "case", case, _TASKS[case.state], None))
    effects += _screening(case, office)
    for request in case.requests:
        if request.state == "pending" and _passed(request, office):
            task = f"rule on {request.kind}"
            effects.append(_own("centre.overdue", "request", request, task, request.unit_id))
    for reply in case.replies:
        if reply.state == "filed" and _passed(reply, office):
            effects.append(_own("centre.overdue", "reply", reply, "examine", reply.unit_id))
    return effects + _of_the_room(case, office)


def _screening(case: CaseFacts, office: Office) -> list[Effect]:
    """A suggestion that the centre has not screened in time."""
    at = case.screen_at
    if at is None or office.now < at or case.screen_overdue_for == at:
        return []
    payload = {"task": "screen the suggestion", "true_at": at.isoformat()}
    return [Effect("centre.overdue", "case", case, None, {"screen_overdue_for": at}, payload, None)]


def _of_the_room(case: CaseFacts, office: Office) -> list[Effect]:
    """The items on which the room has not decided in time."""
    return [
        _own("room.overdue", "supervision", item, _ROOM_TASKS[item.state], item.unit_id)
        for item in case.supervision
        if waits_for_the_room(item) and _passed(item, office)
    ]


def _passed(row: Any, office: Office) -> bool:
    return row.own_at is not None and office.now >= row.own_at and row.own_overdue_for != row.own_at


def waits_for_the_room(item: SupervisionFacts) -> bool:
    """Whether the room has something to decide about an item; a closed one only while a review of
    it is open."""
    return item.state in _ROOM_TASKS and (item.state != "closed" or review_open(item))


def _own(kind: str, subject: str, row: Any, task: str, unit_id: int | None) -> Effect:
    payload = {"task": task, "true_at": row.own_at.isoformat()}
    return Effect(kind, subject, row, None, {"own_overdue_for": row.own_at}, payload, unit_id)
