"""Notices become deliveries: one digest for each receiver, way and run; who is told; and what is not."""

from __future__ import annotations

import pytest

from app.models import Notice
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
    office.do("2025-06-03 09:10", "it_admin", "set_address", unit="WATER", kind="mobile", value=MOBILE)
    case = office.allocated("2025-06-03 10:00", "A", caller={"name": "李梅", "phone": "13911112222"})
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
    (row,) = [one for one in deliveries(office, key=told.key)]
    assert (row.stands, row.receiver, row.unit_id) == ("taken", f"unit:{unit.id}", unit.id)
    assert fields(desk, row)["number"] == case.number and case.number not in row.fields
