"""Substitutes: a colleague approves for a head who is away, from day to day, and the record says for
whom."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from app.database import reading, transaction
from app.models import Draft, Event, Notice, Person, Request, Substitute
from app.roles import Actor
from app.stages.rights import LENT
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office

MONDAY, TUESDAY, FRIDAY = "2025-06-09 09:00", "2025-06-10 09:00", "2025-06-13 09:00"
STAFF, HEAD = "staff@WATER", "head@WATER"
TERMS: dict[str, Any] = {
    "substitute": "WATER_staff",
    "from_on": date(2025, 6, 10),
    "to_on": date(2025, 6, 12),
}


@pytest.fixture
def office(desk: Desk) -> Office:
    """An office with case A at the water unit."""
    made = Office(desk)
    made.allocated(MONDAY, "A")
    made.allocated(MONDAY, "B", unit="HOUSING")
    return made


def named(office: Office, at: str = MONDAY, who: str = HEAD, **terms: Any) -> Substitute:
    made: Substitute = office.do(at, who, "name_substitute", **{**TERMS, **terms})
    return made


def refused(office: Office, at: str = MONDAY, who: str = HEAD, **terms: Any) -> str:
    return office.refused(at, who, "name_substitute", **{**TERMS, **terms})


def acting(office: Office, day: date, who: str = STAFF) -> Actor:
    with reading(office.desk.sessions) as session:
        return actor_named(session, who, day)


def id_of(office: Office, name: str) -> int:
    return int(office.row(Person, username=name).id)


def told_by(office: Office, event: Event) -> list[str]:
    """Whom an event tells."""
    with reading(office.desk.sessions) as session:
        query = select(Notice.recipient).where(Notice.event_id == event.id)
        return list(session.scalars(query))


def draft(office: Office, at: str) -> Draft:
    row: Draft = office.do(at, STAFF, "draft_extension", "A", workdays=2, reason="等待配件")
    return row


def test_a_substitute_approves_from_the_first_to_the_last_day_and_not_beyond(
    office: Office,
) -> None:
    named(office)
    days = {day: acting(office, date(2025, 6, day)).lent for day in (9, 10, 12, 13)}
    assert days == {9: frozenset(), 10: LENT, 12: LENT, 13: frozenset()}
    told = office.refused("2025-06-13 09:00", STAFF, "request_extension", "A", workdays=1)
    assert told == "no_right"


def test_what_a_substitute_does_is_recorded_as_done_for_the_head(office: Office) -> None:
    named(office)
    row = draft(office, "2025-06-10 09:00")
    office.do("2025-06-10 10:00", STAFF, "request_extension", "A", draft=row.id)
    filed, event = office.row(Request), office.row(Event, kind="request.filed")
    staff, head = id_of(office, "WATER_staff"), id_of(office, "WATER_head")
    assert (event.actor, json.loads(event.payload)["acting_for"]) == (f"user:{staff}", head)
    assert (filed.filed_by_id, filed.self_approved) == (staff, True)
    made = office.row(Event, kind="draft.made")
    assert "acting_for" not in json.loads(made.payload)


def test_a_substitute_has_the_heads_approvals_and_nothing_else(office: Office) -> None:
    named(office)
    lent = acting(office, date(2025, 6, 11)).lent
    assert {"reply", "explain", "request_return", "feed_back", "send_back_draft"} <= lent
    assert lent.isdisjoint({"name_substitute", "end_substitute", "ask_review", "contest_figures"})
    assert acting(office, date(2025, 6, 11), "staff@HOUSING").lent == frozenset()
    assert acting(office, date(2025, 6, 11), HEAD).lent == frozenset()
    assert office.refused(TUESDAY, STAFF, "name_substitute", **TERMS) == "no_right"


def test_the_head_goes_on_as_before(office: Office) -> None:
    named(office)
    row = draft(office, "2025-06-10 09:00")
    office.do("2025-06-10 10:00", HEAD, "request_extension", "A", draft=row.id)
    assert "acting_for" not in json.loads(office.row(Event, kind="request.filed").payload)


@pytest.mark.parametrize("becomes", ["closed", "moved", "staff"])
def test_nothing_is_lent_by_who_is_no_head_any_more(office: Office, becomes: str) -> None:
    named(office)
    with transaction(office.desk.sessions) as session:
        head = session.get_one(Person, id_of(office, "WATER_head"))
        if becomes == "staff":
            head.roles = list(session.get_one(Person, id_of(office, "WATER_staff")).roles)
        else:
            other = session.get_one(Person, id_of(office, "HOUSING_head")).unit_id
            values = {"active": False} if becomes == "closed" else {"unit_id": other}
            session.execute(update(Person).where(Person.id == head.id).values(**values))
    assert acting(office, date(2025, 6, 11)).lent == frozenset()


def test_a_substitute_is_a_colleague_with_an_account_in_use(office: Office) -> None:
    assert refused(office, substitute="HOUSING_staff") == "no_colleague"
    assert refused(office, substitute="WATER_head") == "no_colleague"
    assert refused(office, substitute="nobody") == "no_colleague"
    with transaction(office.desk.sessions) as session:
        gone = update(Person).where(Person.username == "WATER_staff").values(active=False)
        session.execute(gone)
    assert refused(office) == "no_colleague"


def test_thirty_days_are_the_most_and_none_lies_before_today(office: Office) -> None:
    assert refused(office, from_on=date(2025, 6, 8)) == "substitute_days_wrong"
    assert refused(office, to_on=date(2025, 6, 9)) == "substitute_days_wrong"
    assert refused(office, to_on=date(2025, 7, 10)) == "substitute_too_long"
    assert named(office, to_on=date(2025, 7, 9)).to_on == date(2025, 7, 9)


def test_on_each_day_one_stands_in_for_a_head(office: Office) -> None:
    named(office)
    later = {"from_on": date(2025, 6, 12), "to_on": date(2025, 6, 16)}
    assert refused(office, **later) == "substituted_already"
    named(office, from_on=date(2025, 6, 13), to_on=date(2025, 6, 16))


def test_a_head_ends_it_before_and_the_record_and_the_person_are_told(office: Office) -> None:
    row = named(office)
    assert office.refused(TUESDAY, "head@HOUSING", "end_substitute", id=row.id) == "not_found"
    office.do(TUESDAY, HEAD, "end_substitute", id=row.id)
    assert acting(office, date(2025, 6, 11)).lent == frozenset()
    assert office.refused(TUESDAY, HEAD, "end_substitute", id=row.id) == "substitution_over"
    staff = id_of(office, "WATER_staff")
    for kind in ("substitute.named", "substitute.ended"):
        event = office.row(Event, kind=kind)
        assert json.loads(event.payload)["user"] == staff
        assert told_by(office, event) == [f"user:{staff}"]


def test_one_that_ran_out_is_over_by_itself(office: Office) -> None:
    row = named(office)
    assert office.refused(FRIDAY, HEAD, "end_substitute", id=row.id) == "substitution_over"
    assert office.row(Substitute).ended_at is None
