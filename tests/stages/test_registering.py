"""What it costs to register: a fixed number of statements, whatever the form holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.database import reading, transaction
from app.models import Case, Category, Contact, Instruction, Suggestion
from app.roles import Actor
from app.story.cast import actor_named, unit_named
from app.verbs import perform
from tests.databases import Desk
from tests.office import moment
from tests.statements import Counted, counted

MOST = 12
ONE_TIME_KEY = 1
"""What the form's own key takes of them."""
WORDS = "三号楼昨晚起停水，至今没有恢复，多次打电话无人处理。"
ORDINARY: dict[str, Any] = {
    "kind": "complaint", "channel": "phone", "narrative": WORDS, "demand": "尽快恢复供水", "place": "锦绣花园",
    "category": "供水", "caller": {"name": "张建国", "phone": "13911110001"}, "urgency": "urgent",
}  # fmt: skip
LED = {"level": "county", "name": "李县长", "text": "请研究", "due_on": date(2026, 6, 12)}
MORE: dict[str, tuple[dict[str, Any], int]] = {
    "nothing": ({}, 0), "a leader's words": ({"leader": LED}, 1), "a suggestion": ({"kind": "suggestion"}, 1),
    "a unit complained of": ({"complained_unit": "water"}, 1),
}  # fmt: skip
"""What may come on top of an ordinary demand -> its fields, and how many rows of other tables that is."""


def office(desk: Desk) -> Actor:
    """An operator at an office that has begun its day: its calendar is read."""
    with transaction(desk.sessions) as session:
        session.add(Category(name="供水"))
        unit_named(session, "water")
        operator = actor_named(session, "operator")
        perform(session, moment("2026-06-01 08:59"), operator, "register", **{**ORDINARY, "caller": {"name": "王丽"}})
    with desk.engine.connect():
        pass  # what a new connection asks for itself is not registering
    return operator


def cost(desk: Desk, operator: Actor, verb: str, **given: Any) -> Counted:
    """What a verb asks of the database, from the opening of its transaction to its commit."""
    with counted(desk) as found, transaction(desk.sessions) as session:
        perform(session, moment("2026-06-01 09:00"), operator, verb, **given)
    assert found.client == found.server
    assert len(found.transactions) == 1
    return found


@pytest.mark.parametrize("more", MORE)
def test_registering_a_case_takes_at_most_twelve_statements_with_its_one_time_key(desk: Desk, more: str) -> None:
    operator = office(desk)
    fields, rows = MORE[more]
    assert cost(desk, operator, "register", **{**ORDINARY, **fields}).client <= MOST - ONE_TIME_KEY + rows


def test_a_case_its_contact_and_what_comes_with_it_are_on_file_as_entered(desk: Desk) -> None:
    operator = office(desk)
    now = moment("2026-06-01 09:00")
    with transaction(desk.sessions) as session:
        given = {**ORDINARY, "kind": "suggestion", "leader": LED}
        made = perform(session, now, operator, "register", **given)
        told = {column.key: getattr(made, column.key) for column in Case.__table__.columns}
    with reading(desk.sessions) as session:
        case = session.get_one(Case, made.id)
        assert {column: getattr(case, column) for column in told} == told
        brought = session.scalars(select(Contact).where(Contact.case_id == case.id)).one()
        assert (brought.kind, brought.caller_id, brought.entered_at) == ("demand", case.caller_id, now)
        assert session.scalars(select(Instruction.words).where(Instruction.case_id == case.id)).one() == "请研究"
        assert session.scalars(select(Suggestion.marked_at).where(Suggestion.case_id == case.id)).one() == now
