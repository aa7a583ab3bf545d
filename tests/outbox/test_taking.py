"""Notices become deliveries: one digest for each receiver, way and run; who is told; and what is not."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from app.database import reading, transaction
from app.models import Notice, Person, Run
from app.stages.outbox import telephone_of
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office
from tests.outbox.posts import MOBILE, Script, deliveries, fields, post, sms, way


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def test_a_reminder_reaches_the_units_liaison_with_number_and_due_day_and_no_identity(
    office: Office, desk: Desk
) -> None:
    sms(office, "2025-06-03 09:00")
    unit = office.unit("WATER")
    office.do(
        "2025-06-03 09:10", "it_admin", "set_address", unit="WATER", kind="mobile", value=MOBILE
    )
    case = office.allocated(
        "2025-06-03 10:00", "A", caller={"name": "李梅", "phone": "13911112222"}
    )
    script = Script()
    post(desk, "2025-06-03 10:01", script.make)
    for day in ("2025-06-04", "2025-06-05", "2025-06-06", "2025-06-09"):
        office.sweep(day)
        post(desk, f"{day} 08:31", script.make)
    (reminder,) = office.reminders("A")
    told = next(one for one in script.told if one.kind in ("reminder", "several"))
    assert told.to == MOBILE
    assert told.fields["number"] == case.number and told.fields["paper"] == reminder.number
    assert told.fields["due"] == "2025-06-11"
    everything = " ".join([told.text, told.subject, *told.fields.values()])
    assert "李梅" not in everything and "13911112222" not in everything
    assert all(row.taken_at is not None for row in office.notices())
    (row,) = deliveries(office, key=told.key)
    assert (row.stands, row.receiver, row.unit_id) == ("taken", f"unit:{unit.id}", unit.id)
    assert fields(desk, row)["number"] == case.number and case.number not in row.fields


def test_a_run_is_one_digest_for_each_receiver_and_way(office: Office, desk: Desk) -> None:
    sms(office, "2025-06-03 09:00")
    way(office, "2025-06-03 09:01", "pretend")
    for unit in ("WATER", "ROADS"):
        office.unit(unit)
        office.do(
            "2025-06-03 09:10", "it_admin", "set_address", unit=unit, kind="mobile", value=MOBILE
        )
    for place in range(6):
        office.allocated(f"2025-06-03 10:0{place}", f"C{place}", unit=("WATER", "ROADS")[place % 2])
    post(desk, "2025-06-03 10:10", Script().make)
    office.sweep("2025-06-06")
    office.sweep("2025-06-09")
    before = len(deliveries(office))
    post(desk, "2025-06-09 08:31", Script().make)
    made = [row for row in deliveries(office)[before:] if row.made_at.day == 9]
    of_run = [row for row in made if row.n == 3 and row.kind == "reminder"]
    assert {(row.unit_id, row.way) for row in of_run} == {
        (office.unit(unit).id, name) for unit in ("WATER", "ROADS") for name in ("sms", "pretend")
    }
    assert len({(row.receiver, row.way) for row in of_run}) == len(of_run)
    assert fields(desk, of_run[0])["number"].endswith("等3件")


def test_the_notices_of_a_pass_that_is_still_going_on_are_left_until_its_run_is_over(
    office: Office, desk: Desk
) -> None:
    way(office, "2025-06-03 09:01", "pretend")
    office.allocated("2025-06-03 10:00", "A")
    post(desk, "2025-06-03 10:10")
    for day in ("2025-06-06", "2025-06-09"):
        office.sweep(day)
    with transaction(desk.sessions) as session:
        run = session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one()
        run.finished_at = None
    post(desk, "2025-06-09 08:31")
    left = [row for row in office.notices("A") if row.taken_at is None]
    assert left and {row.at.day for row in left} == {9}
    assert [row for row in deliveries(office) if row.kind == "reminder"] == []
    post(desk, "2025-06-09 08:46")
    assert [row.kind for row in deliveries(office)][-1] == "reminder", (
        "a pass that was killed is told"
    )


def test_notices_of_kinds_that_stay_in_the_panel_are_taken_and_sent_to_nobody(
    office: Office, desk: Desk
) -> None:
    way(office, "2025-06-03 09:01", "pretend")
    office.do(
        "2025-06-03 10:00", "operator", "register", "A", kind="help", anonymous=True, caller=None
    )
    post(desk, "2025-06-03 10:01")
    assert deliveries(office) == []
    assert all(row.taken_at is not None for row in office.notices())


def test_looking_again_makes_nothing_more(office: Office, desk: Desk) -> None:
    way(office, "2025-06-03 09:01", "pretend")
    office.allocated("2025-06-03 10:00", "A")
    post(desk, "2025-06-03 10:01")
    keys = [row.key for row in deliveries(office)]
    with transaction(desk.sessions) as session:
        session.execute(update(Notice).values(taken_at=None))
    post(desk, "2025-06-03 10:02")
    assert [row.key for row in deliveries(office)] == keys != []


def test_who_stands_in_for_the_head_is_told_instead(office: Office, desk: Desk) -> None:
    way(office, "2025-06-03 09:01", "pretend")
    office.unit("WATER")
    with transaction(desk.sessions) as session:
        actor_named(session, "staff@WATER")
        actor_named(session, "head@WATER")
    office.do(
        "2025-06-03 09:10",
        "head@WATER",
        "name_substitute",
        substitute="WATER_staff",
        from_on=date(2025, 6, 3),
        to_on=date(2025, 6, 4),
    )
    office.allocated("2025-06-03 10:00", "A")
    post(desk, "2025-06-03 10:01")
    office.allocated("2025-06-05 10:00", "B")
    post(desk, "2025-06-05 10:01")
    with reading(desk.sessions) as session:
        ids = dict(session.execute(select(Person.username, Person.id)).all())
    told = {
        (row.made_at.day, row.receiver) for row in deliveries(office) if row.kind == "allocated"
    }
    assert (3, f"user:{ids['WATER_staff']}") in told and (
        3,
        f"user:{ids['WATER_head']}",
    ) not in told
    assert (5, f"user:{ids['WATER_head']}") in told


def test_a_unit_is_told_of_a_kind_by_the_ways_that_were_chosen_for_it(
    office: Office, desk: Desk
) -> None:
    way(office, "2025-06-03 09:01", "first")
    way(office, "2025-06-03 09:01", "second")
    for unit in ("WATER", "ROADS", "HOUSING"):
        office.unit(unit)
    choose = ("2025-06-03 09:10", "it_admin", "choose_ways")
    office.do(*choose, notice="allocated", ways="second")
    office.do(*choose, notice="allocated", unit="WATER", ways="first call")
    office.do(*choose, notice="allocated", unit="ROADS", ways="")
    for unit in ("WATER", "ROADS", "HOUSING"):
        office.allocated("2025-06-03 10:00", unit, unit=unit)
    post(desk, "2025-06-03 10:01")
    told: dict[int | None, set[str]] = {}
    for row in deliveries(office, kind="allocated"):
        told.setdefault(row.unit_id, set()).add(row.way)
    ids = {unit: office.unit(unit).id for unit in ("WATER", "ROADS", "HOUSING")}
    assert told == {ids["WATER"]: {"first", "call"}, ids["HOUSING"]: {"second"}}
    assert office.refused(*choose, notice="allocated", ways="third") == "unknown_way"


def test_an_office_without_any_gateway_still_urges_by_telephone(office: Office, desk: Desk) -> None:
    office.unit("WATER")
    office.do(
        "2025-06-03 09:10",
        "it_admin",
        "set_address",
        unit="WATER",
        kind="landline",
        value="0912-8330001",
    )
    office.allocated("2025-06-03 10:00", "A")
    post(desk, "2025-06-03 10:10")
    assert deliveries(office) == [], "nobody is called about what is newly allocated"
    for day in ("2025-06-06", "2025-06-09"):
        office.sweep(day)
        post(desk, f"{day} 08:31")
    (call,) = deliveries(office, way="call")
    assert (call.kind, call.stands) == ("reminder", "waiting")
    with reading(desk.sessions) as session:
        assert telephone_of(session, call) == "0912-8330001"


def test_a_text_gateway_without_a_template_for_a_kind_is_not_asked_for_it(
    office: Office, desk: Desk
) -> None:
    only = {"overdue": {"id": "T", "fields": [["number", "number", 40]]}}
    sms(office, "2025-06-03 09:00", templates=only)
    office.unit("WATER")
    office.do(
        "2025-06-03 09:10", "it_admin", "set_address", unit="WATER", kind="mobile", value=MOBILE
    )
    office.allocated("2025-06-03 10:00", "A")
    for day in ("2025-06-06", "2025-06-09"):
        office.sweep(day)
        post(desk, f"{day} 08:31", Script().make)
    told = {row.way: row.kind for row in deliveries(office)}
    assert told == {"sms": "overdue", "call": "reminder"}, "the reminder is told by telephone"
