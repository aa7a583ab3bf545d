"""What becomes of messages on their way: pauses, silence, lost answers, refusals, hours, order, leases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.channels import Sent
from app.database import reading, transaction
from app.models import Delivery, GatewayState
from app.rules.telling import A_MINUTE, LEASE, TRIES, is_open, pause_after, wait_after
from app.stages.outbox import claim
from tests.databases import Desk
from tests.office import Office, moment
from tests.outbox.posts import MOBILE, Script, deliveries, post, sms, way

DAY = "2025-06-03"
AWAY = Sent("away", "no_connection")
LOST = Sent("unknown", "answer_lost")


@pytest.fixture
def office(desk: Desk) -> Office:
    """An office with one text gateway, whose units have a number each."""
    made = Office(desk)
    sms(made, f"{DAY} 08:00")
    for unit in ("WATER", "ROADS", "HOUSING"):
        made.unit(unit)
        made.do(f"{DAY} 08:05", "it_admin", "set_address", unit=unit, kind="mobile", value=MOBILE)
    return made


def allocated(office: Office, n: int = 3, at: str = f"{DAY} 09:00", **facts: object) -> None:
    """So many cases allocated to one unit after another, a second each."""
    for place in range(n):
        unit, now = ("WATER", "ROADS", "HOUSING")[place % 3], moment(at) + timedelta(seconds=place)
        told = {"kind": "consultation", "anonymous": True, "caller": None, **facts}
        office.do(now, "operator", "register", f"{at}{place}", **told)
        office.do(now, "allocator", "allocate", f"{at}{place}", unit=unit)


def state(office: Office, name: str = "sms") -> GatewayState:
    with reading(office.desk.sessions) as session:
        return session.get_one(GatewayState, name)


def stands(office: Office) -> list[str]:
    return [row.stands for row in deliveries(office, way="sms")]


def test_a_gateway_that_is_away_for_an_hour_uses_no_try_and_then_all_arrive_by_urgency_then_age(
    office: Office, desk: Desk
) -> None:
    allocated(office)
    script = Script(usual=AWAY)
    at = moment(f"{DAY} 09:01")
    while at < moment(f"{DAY} 10:01"):
        post(desk, at, script.make)
        at += timedelta(minutes=1)
    assert 5 <= len(script.told) <= 15, "one probe at a time, further and further apart"
    assert set(stands(office)) == {"waiting"}
    assert {row.attempts for row in deliveries(office)} == {0}
    office.do(
        f"{DAY} 10:01", "allocator", "reclassify", f"{DAY} 09:000", urgency="urgent", reason="急"
    )
    office.allocated(
        f"{DAY} 10:02",
        "E",
        unit="ROADS",
        urgency="emergency",
        dangerous=True,
        anonymous=True,
        caller=None,
    )
    back = Script()
    at = moment(f"{DAY} 10:12")
    post(desk, at, back.make)
    assert set(stands(office)) == {"taken"}
    told = [one.fields["number"] for one in back.told]
    assert told[0] == office.case("E").number, "the emergency first"
    ages = [one.fields["number"] for one in back.told if one.kind == "allocated"][1:]
    assert ages == sorted(ages)
    assert {row.attempts for row in deliveries(office)} == {1}
    assert state(office).paused_until is None


def test_a_lost_answer_is_tried_again_under_the_same_key_and_is_dead_after_eight(
    office: Office, desk: Desk
) -> None:
    allocated(office, 1)
    script, at = Script(usual=LOST), moment(f"{DAY} 09:01")
    waits = []
    for _ in range(TRIES):
        post(desk, at, script.make)
        (row,) = deliveries(office)
        waits.append(row.next_try_at - at)
        with reading(desk.sessions) as session:
            rests = session.get_one(GatewayState, "sms").paused_until
        at = max(row.next_try_at, rests or at)
        while not is_open(office.office(at).calendar, "08:00-18:00", at):
            at += timedelta(minutes=30)
    assert row.stands == "dead" and row.attempts == TRIES and row.error == "answer_lost"
    assert len(script.told) == TRIES and {one.key for one in script.told} == {row.key}
    assert waits[:3] == [timedelta(minutes=n) for n in (1, 3, 9)]
    assert max(waits) <= timedelta(hours=12)


def test_the_pauses_between_tries_grow_from_a_minute_to_twelve_hours() -> None:
    waits = [wait_after(n) for n in range(1, TRIES)]
    assert waits[0] == timedelta(minutes=1) and waits[-1] == timedelta(hours=12)
    assert waits == sorted(waits)
    assert [pause_after(n).seconds // 60 for n in (1, 2, 3, 4, 5, 50)] == [1, 2, 4, 8, 10, 10]


def test_what_is_refused_is_dead_at_once_and_the_way_goes_on(office: Office, desk: Desk) -> None:
    allocated(office)
    script = Script([Sent("refused", "receiver_wrong", theirs="550")])
    post(desk, f"{DAY} 09:01", script.make)
    assert sorted(stands(office)) == ["dead", "taken", "taken"]
    dead = office.row(Delivery, stands="dead")
    assert (dead.attempts, dead.error, dead.theirs) == (1, "receiver_wrong", "550")


def test_a_robot_that_had_too_many_is_left_alone_for_ten_minutes_and_no_try_is_used_up(
    office: Office, desk: Desk
) -> None:
    allocated(office)
    post(desk, f"{DAY} 09:01", Script(usual=Sent("busy", "too_many", theirs="45009")).make)
    silent = Script()
    post(desk, f"{DAY} 09:10", silent.make)
    assert silent.told == [] and {row.attempts for row in deliveries(office)} == {0}
    post(desk, f"{DAY} 09:11", silent.make)
    assert set(stands(office)) == {"taken"}


def test_one_receiver_who_had_enough_holds_back_no_other(office: Office, desk: Desk) -> None:
    allocated(office)
    script = Script([Sent("busy", "receiver_had_enough", again_in=3600)])
    post(desk, f"{DAY} 09:01", script.make)
    assert sorted(stands(office)) == ["taken", "taken", "waiting"]
    post(desk, f"{DAY} 10:02", script.make)
    assert set(stands(office)) == {"taken"}


def test_a_robot_says_no_more_than_twenty_messages_a_minute(office: Office, desk: Desk) -> None:
    way(
        office, f"{DAY} 08:10", "room", "wecom", secrets={"url": "https://robot.example/send?key=k"}
    )
    office.do(f"{DAY} 08:11", "it_admin", "choose_ways", notice="allocated", ways="room")
    allocated(office, 25)
    script = Script()
    post(desk, f"{DAY} 09:01", script.make)
    assert len(script.told) == A_MINUTE
    post(desk, moment(f"{DAY} 09:01") + timedelta(seconds=30), script.make)
    assert len(script.told) == A_MINUTE
    post(desk, f"{DAY} 09:02", script.make)
    assert len(script.told) == 25


def test_nothing_but_an_emergency_goes_out_outside_the_hours_of_working_days(
    office: Office, desk: Desk
) -> None:
    allocated(office, 1, at=f"{DAY} 18:30")
    office.allocated(
        f"{DAY} 18:31",
        "E",
        unit="ROADS",
        urgency="emergency",
        dangerous=True,
        anonymous=True,
        caller=None,
    )
    script = Script()
    post(desk, f"{DAY} 18:32", script.make)
    assert [one.fields["number"] for one in script.told] == [office.case("E").number]
    post(desk, "2025-06-04 07:59", script.make)
    assert len(script.told) == 1
    post(desk, "2025-06-04 08:00", script.make)
    assert len(script.told) == 2


def test_a_rest_day_is_no_day_for_messages(office: Office, desk: Desk) -> None:
    allocated(office, 1, at="2025-06-06 18:30")
    script = Script()
    post(desk, "2025-06-07 10:00", script.make)
    assert script.told == []
    post(desk, "2025-06-09 08:00", script.make)
    assert len(script.told) == 1


def test_what_a_dead_sender_held_is_sent_again_under_the_same_key_when_its_lease_ends(
    office: Office, desk: Desk
) -> None:
    allocated(office)
    post(desk, f"{DAY} 09:01", Script(usual=AWAY).make)
    with transaction(desk.sessions) as session:
        session.execute(update(GatewayState).values(paused_until=None, paused_since=None))
        held = claim(session, moment(f"{DAY} 09:05"), "sms", "the dead", 20)
    assert len(held) == 3
    script = Script()
    post(desk, f"{DAY} 09:05", script.make)
    assert script.told == [], "held by one sender"
    post(desk, moment(f"{DAY} 09:05") + LEASE, script.make)
    assert sorted(one.key for one in script.told) == sorted(one.key for one in held)
    assert set(stands(office)) == {"taken"}


def test_what_a_sender_records_after_its_lease_went_to_another_changes_nothing(
    office: Office, desk: Desk
) -> None:
    from app.stages.outbox import Result, record

    allocated(office, 1)
    post(desk, f"{DAY} 09:01", Script(usual=AWAY).make)
    with transaction(desk.sessions) as session:
        session.execute(update(GatewayState).values(paused_until=None, paused_since=None))
        (held,) = claim(session, moment(f"{DAY} 09:05"), "sms", "slow", 20)
    post(desk, moment(f"{DAY} 09:05") + LEASE, Script().make)
    with transaction(desk.sessions) as session:
        went = record(
            session, moment(f"{DAY} 09:10"), "sms", "slow", held.id, Result("refused", "refused")
        )
    assert not went and stands(office) == ["taken"]


def test_a_message_whose_receiver_has_no_number_any_more_is_dead_and_says_so(
    office: Office, desk: Desk
) -> None:
    allocated(office, 1)
    post(desk, f"{DAY} 09:01", Script(usual=AWAY).make)
    office.do(f"{DAY} 09:02", "it_admin", "set_address", unit="WATER", kind="mobile", value="")
    script = Script()
    post(desk, f"{DAY} 09:05", script.make)
    (row,) = deliveries(office)
    assert script.told == [] and (row.stands, row.error) == ("dead", "no_address")


def test_a_way_that_was_switched_off_sends_nothing(office: Office, desk: Desk) -> None:
    allocated(office, 1)
    post(desk, f"{DAY} 09:01", Script(usual=AWAY).make)
    way(office, f"{DAY} 09:02", "sms", "http", off=True)
    script = Script()
    post(desk, f"{DAY} 09:30", script.make)
    assert script.told == [] and stands(office) == ["waiting"]
