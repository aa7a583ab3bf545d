"""What people do about ways out and messages: proposals of two, sealed secrets, tests, dead letters, calls;
and what the record says of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.channels import Channel, Sent
from app.database import reading
from app.ledger import verify
from app.models import Address, Case, Delivery, Event, Gateway, Reminder
from app.models.reach import told_of
from app.stages.outbox import SetUp, set_up, telephone_of, text_of
from tests.databases import Desk
from tests.office import Office, moment
from tests.outbox.posts import MOBILE, SMS, Script, deliveries, post, sms, way

DAY = "2025-06-03"
SECRET = "a gateway's secret that nobody reads"


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


REFUSED = Sent("refused", "receiver_wrong")


def allocated(office: Office, desk: Desk, answer: Sent | None = None) -> Delivery:
    """The message about an allocation, which the gateway answered so."""
    sms(office, f"{DAY} 08:00")
    office.unit("WATER")
    office.do(f"{DAY} 08:05", "it_admin", "set_address", unit="WATER", kind="mobile", value=MOBILE)
    office.allocated(f"{DAY} 09:00", "A")
    post(desk, f"{DAY} 09:01", Script(usual=answer).make)
    return office.row(Delivery, kind="allocated")


def reminded(office: Office, desk: Desk, answer: Sent) -> Delivery:
    """The message about a reminder, which the gateway answered so."""
    allocated(office, desk)
    for day in ("2025-06-06", "2025-06-09"):
        office.sweep(day)
        post(desk, f"{day} 08:31", Script(usual=answer if day.endswith("09") else None).make)
    return office.row(Delivery, kind="reminder", way="sms")


def test_a_way_out_takes_effect_when_a_second_person_approves_it(
    office: Office, desk: Desk
) -> None:
    row = office.do(f"{DAY} 08:00", "it_admin", "propose_gateway", name="sms", kind="pretend")
    with reading(desk.sessions) as session:
        assert set_up(session, "sms") is None
    at = f"{DAY} 08:10"
    assert office.refused(at, "it_admin", "approve_gateway", row=row.id) == "no_right"
    office.do(at, "centre_head", "approve_gateway", row=row.id, accept=True)
    with reading(desk.sessions) as session:
        assert set_up(session, "sms") is not None
    second = office.do(
        f"{DAY} 08:20", "it_admin", "propose_gateway", name="sms", kind="pretend", off=True
    )
    office.do(f"{DAY} 08:30", "centre_head", "approve_gateway", row=second.id, accept=False)
    with reading(desk.sessions) as session:
        assert set_up(session, "sms") is not None, "turned down"
    assert office.events()[-4:] == [
        "gateway.proposed",
        "gateway.changed",
        "gateway.proposed",
        "gateway.refused",
    ]


@pytest.mark.parametrize(
    ("kind", "settings", "secrets", "msgid"),
    [
        ("http", {**SMS, "url": "no address"}, {}, "address_unusable"),
        ("http", {**SMS, "templates": {}}, {}, "gateway_setting"),
        ("http", {**SMS, "templates": {"reminder": {"id": "T"}}}, {}, "gateway_template"),
        ("http", {**SMS, "body": {"to": "{whom}"}}, {}, "gateway_part"),
        ("http", {**SMS, "digest": "crc32"}, {}, "gateway_setting"),
        ("aliyun", {"account": "a", "sign_name": "s"}, {}, "gateway_setting"),
        (
            "smtp",
            {"host": "mail.example", "sender": "two@a.example, x@b.example"},
            {},
            "mail_sender",
        ),
        (
            "smtp",
            {"host": "mail.example", "sender": "a@b.example", "port": 99999},
            {},
            "gateway_setting",
        ),
        ("wecom", {}, {"url": "https://user:pass@robot.example/"}, "address_with_name"),
        ("dingtalk", {}, {}, "gateway_setting"),
    ],
)
def test_what_is_wrong_with_a_way_out_is_said_when_it_is_proposed(
    sqlite_desk: Desk, kind: str, settings: dict[str, object], secrets: dict[str, str], msgid: str
) -> None:
    told = {"settings": json.dumps(settings), "secrets": json.dumps(secrets)}
    refused = Office(sqlite_desk).refused(
        f"{DAY} 08:00", "it_admin", "propose_gateway", name="way", kind=kind, **told
    )
    assert refused == msgid


def test_an_office_that_works_in_earnest_has_no_way_out_that_only_pretends(
    sqlite_desk: Desk,
) -> None:
    sqlite_desk.sessions.kw["info"]["production"] = True
    office = Office(sqlite_desk)
    told = (f"{DAY} 08:00", "it_admin", "propose_gateway")
    assert office.refused(*told, name="way", kind="pretend") == "pretend_in_production"
    office.do(*told, name="way", kind="pretend", off=True)


@pytest.mark.parametrize("name", ["call", "A", "短信", "x" * 21, "1sms", "sms gate"])
def test_a_way_out_has_a_name_that_can_stand_in_a_key(sqlite_desk: Desk, name: str) -> None:
    office = Office(sqlite_desk)
    refused = office.refused(
        f"{DAY} 08:00", "it_admin", "propose_gateway", name=name, kind="pretend"
    )
    assert refused in ("gateway_name_wrong", "field_too_long")


def test_secrets_and_numbers_stand_sealed_and_in_no_event_and_stay_where_they_are_not_typed_anew(
    office: Office, desk: Desk
) -> None:
    sms(office, f"{DAY} 08:00")
    way(office, f"{DAY} 08:01", "sms2", "http", settings=SMS, secrets={"secret": SECRET})
    office.do(f"{DAY} 08:05", "it_admin", "set_address", unit="WATER", kind="mobile", value=MOBILE)
    way(office, f"{DAY} 08:10", "sms2", "http", settings={**SMS, "account": "other"})
    with reading(desk.sessions) as session:
        kept = set_up(session, "sms2")
        assert kept is not None and dict(kept.secrets) == {"secret": SECRET}
        assert SECRET not in repr(kept)
        everything = "\n".join(
            str(row)
            for table in ("gateway", "address", "event")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        )
    assert SECRET not in everything and MOBILE not in everything
    (address,) = office.rows(Address)
    assert address.sealed


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("mobile", "13800138021", True),
        ("mobile", "+86 138-0013-8021", True),
        ("mobile", "0912-8330001", False),
        ("landline", "0912-8330001", True),
        ("mail", "a@b.example", True),
        ("mail", "a@b.example,c@d.example", False),
        ("mail", "not a mail", False),
        ("robot", "https://robot.example/send?key=k", True),
        ("robot", "http://robot.example/", False),
    ],
)
def test_a_number_or_address_is_one_of_its_kind(
    sqlite_desk: Desk, kind: str, value: str, fits: bool
) -> None:
    office = Office(sqlite_desk)
    office.unit("WATER")
    told = (f"{DAY} 08:00", "it_admin", "set_address")
    if fits:
        office.do(*told, unit="WATER", kind=kind, value=value)
    else:
        assert office.refused(*told, unit="WATER", kind=kind, value=value) == "address_wrong"


def test_a_units_head_sets_the_numbers_of_the_own_unit_only(office: Office) -> None:
    office.unit("WATER")
    office.unit("ROADS")
    told = (f"{DAY} 08:00", "head@WATER", "set_address")
    office.do(*told, unit="WATER", kind="mobile", value=MOBILE)
    assert office.refused(*told, unit="ROADS", kind="mobile", value=MOBILE) == "not_found"
    assert office.refused(*told, username="centre_head", kind="mobile", value=MOBILE) == "not_found"
    assert office.refused(*told, kind="mobile", value=MOBILE) == "owner_missing"


def test_a_test_goes_to_ones_own_number_at_any_hour_and_one_at_a_time(
    office: Office, desk: Desk
) -> None:
    sms(office, f"{DAY} 08:00", templates={**SMS["templates"], "test": {"id": "T", "fields": []}})  # type: ignore[dict-item]
    at = f"{DAY} 22:00"
    assert office.refused(at, "it_admin", "test_gateway", name="sms") == "no_own_address"
    office.do(at, "it_admin", "set_address", username="it_admin", kind="mobile", value=MOBILE)
    office.do(at, "it_admin", "test_gateway", name="sms")
    assert office.refused(at, "it_admin", "test_gateway", name="sms") == "test_waits"
    script = Script()
    post(desk, f"{DAY} 22:01", script.make)
    (told,) = script.told
    assert (told.kind, told.to) == ("test", MOBILE)
    (row,) = deliveries(office, kind="test")
    assert row.stands == "taken" and row.noted_at is not None
    assert office.refused(at, "it_admin", "test_gateway", name="none") == "unknown_way"


def test_a_dead_message_is_tried_again_dropped_with_a_reason_or_told_by_telephone(
    office: Office, desk: Desk
) -> None:
    dead = allocated(office, desk, REFUSED)
    assert dead.stands == "dead"
    office.do(f"{DAY} 09:10", "allocator", "retry_delivery", id=dead.id)
    post(desk, f"{DAY} 09:11", Script(usual=REFUSED).make)
    assert office.row(Delivery, id=dead.id).stands == "dead"
    call = office.do(f"{DAY} 09:12", "allocator", "call_instead", id=dead.id)
    assert office.row(Delivery, id=dead.id).stands == "dropped"
    told = (f"{DAY} 09:13", "allocator")
    assert office.refused(*told, "call_instead", id=dead.id) == "delivery_stands"
    with reading(desk.sessions) as session:
        row = session.get_one(Delivery, call.id)
        said = text_of(session, office.office(f"{DAY} 09:13"), row)
        assert telephone_of(session, row) == MOBILE
    assert office.case("A").number in said
    office.do(f"{DAY} 09:20", "operator", "record_call", id=call.id, reached="王某")
    called = office.row(Delivery, id=call.id)
    assert (called.stands, called.reached) == ("called", "王某")
    assert called.ended_at == moment(f"{DAY} 09:20")
    again = (f"{DAY} 09:21", "operator", "record_call")
    assert office.refused(*again, id=call.id, reached="李某") == "delivery_stands"


def test_what_a_unit_must_hear_and_no_way_brought_becomes_a_call_by_itself(
    office: Office, desk: Desk
) -> None:
    dead = reminded(office, desk, REFUSED)
    assert (dead.stands, dead.error) == ("dropped", "receiver_wrong")
    (call,) = deliveries(office, kind="reminder", way="call")
    assert (call.stands, call.instead_of_id) == ("waiting", dead.id)
    assert office.told("delivery.to_call")[-1] == {
        "delivery": dead.id,
        "call": call.id,
        "way": "sms",
    }
    post(desk, "2025-06-09 08:40", Script().make)
    assert len(deliveries(office, way="call")) == len(
        {one.kind for one in deliveries(office, way="call")}
    )
    with reading(desk.sessions) as session:
        row = session.get_one(Delivery, call.id)
        said = text_of(session, office.office("2025-06-09 09:03"), row)
    assert office.case("A").number in said and "2025-06-11" in said
    office.do("2025-06-09 09:10", "operator", "record_call", id=call.id, reached="王某")
    with reading(desk.sessions) as session:
        (reminder,) = office.reminders("A")
        stands = [row.stands for _, row in session.execute(told_of("reminder", [reminder.id]))]
    assert stands == ["dropped", "called"]


def test_a_digest_in_which_one_notice_must_be_heard_becomes_a_call_too(
    office: Office, desk: Desk
) -> None:
    """Seen failing: of several notices the message is of no kind that must be heard."""
    allocated(office, desk)
    office.allocated("2025-06-05 09:00", "B")
    office.sweep("2025-06-06")
    post(desk, "2025-06-06 08:31", Script().make)
    office.sweep("2025-06-09")
    post(desk, "2025-06-09 08:31", Script(usual=REFUSED).make)
    dead = office.row(Delivery, kind="several", way="sms")
    assert (dead.n, dead.stands) == (2, "dropped")
    assert office.row(Delivery, kind="several", way="call").instead_of_id == dead.id


def test_what_another_way_brought_or_may_bring_yet_becomes_no_call(
    office: Office, desk: Desk
) -> None:
    way(office, f"{DAY} 07:00", "other")
    allocated(office, desk)
    for day in ("2025-06-06", "2025-06-09"):
        office.sweep(day)

    def make(way: SetUp, robot: str) -> Channel:
        return Script(usual=REFUSED if way.name == "sms" else None)

    post(desk, "2025-06-09 08:31", make)
    stands = {row.way: row.stands for row in deliveries(office, kind="reminder")}
    assert stands == {"sms": "dead", "other": "taken"}


def test_a_call_that_nobody_made_yet_is_tried_by_its_way_again(office: Office, desk: Desk) -> None:
    dead = reminded(office, desk, REFUSED)
    (call,) = deliveries(office, kind="reminder", way="call")
    office.do("2025-06-09 09:00", "allocator", "retry_delivery", id=call.id)
    assert office.row(Delivery, id=call.id).stands == "dropped"
    post(desk, "2025-06-09 09:01", Script(usual=REFUSED).make)
    first, second = deliveries(office, kind="reminder", way="call")
    assert (first.stands, second.stands) == ("dropped", "waiting")
    office.do("2025-06-09 09:02", "allocator", "retry_delivery", id=second.id)
    post(desk, "2025-06-09 09:03", Script().make)
    row = office.row(Delivery, id=dead.id)
    assert row.stands == "taken" and row.noted_at is not None, "the record says so too"
    assert [one.stands for one in deliveries(office, kind="reminder", way="call")] == [
        "dropped"
    ] * 2
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


def test_a_message_is_dropped_with_a_reason(office: Office, desk: Desk) -> None:
    dead = allocated(office, desk, REFUSED)
    at = (f"{DAY} 09:10", "allocator", "drop_delivery")
    assert office.refused(*at, id=dead.id, reason=" ") in ("reason_missing", "field_missing")
    told = {"id": dead.id, "reason": "单位已到中心当面领取"}
    office.do(f"{DAY} 09:10", "allocator", "drop_delivery", **told)
    row = office.row(Delivery, id=dead.id)
    assert (row.stands, row.words) == ("dropped", "单位已到中心当面领取")
    assert office.refused(*at, id=10**6, reason="无") == "not_found"


def test_a_call_cannot_have_been_made_before_it_was_to_be_made_nor_later_than_now(
    office: Office, desk: Desk
) -> None:
    dead = allocated(office, desk, REFUSED)
    call = office.do(f"{DAY} 09:12", "allocator", "call_instead", id=dead.id)
    told = (f"{DAY} 10:00", "allocator", "record_call")
    for wrong in (f"{DAY} 09:11", f"{DAY} 10:01"):
        refused = office.refused(*told, id=call.id, reached="王某", called_at=moment(wrong))
        assert refused == "field_wrong"
    office.do(*told, id=call.id, reached="王某", called_at=moment(f"{DAY} 09:30"))


def test_taken_dead_and_called_stand_in_the_cases_chain_and_none_of_them_is_service(
    office: Office, desk: Desk
) -> None:
    reminded(office, desk, REFUSED)
    (before,) = office.reminders("A")
    look = office.case("A").look_again_at
    (call,) = deliveries(office, kind="reminder", way="call")
    office.do("2025-06-09 09:10", "operator", "record_call", id=call.id, reached="王某")
    post(desk, "2025-06-09 09:11", Script().make)
    events = office.events("A")
    assert {"delivery.taken", "delivery.dead", "delivery.called"} <= set(events)
    payloads = json.dumps(office.told("delivery.called", "A") + office.told("delivery.dead", "A"))
    assert "王某" not in payloads and MOBILE not in payloads
    (after,) = office.reminders("A")
    same = ("state", "reply_by_at", "reply_by_clock", "lapsed_at", "ended_at", "state_event_id")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert office.case("A").look_again_at == look, "the bot looks no sooner for it"
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


def test_the_ends_of_a_digest_are_one_event_in_each_of_its_cases(
    office: Office, desk: Desk
) -> None:
    way(office, f"{DAY} 08:00", "pretend")
    for letter in "ABC":
        office.allocated(f"{DAY} 09:00", letter)
    office.sweep("2025-06-06")
    office.sweep("2025-06-09")
    post(desk, "2025-06-09 08:31")
    with reading(desk.sessions) as session:
        reminders = select(Event.subject, Event.chain).where(
            Event.kind == "delivery.taken", Event.subject == "reminder"
        )
        found = session.execute(reminders).all()
        assert sorted(row.chain for row in found) == sorted(office.id(letter) for letter in "ABC")
        assert session.scalars(select(Reminder.id)).all()
        assert verify(session, desk.key) == []
        assert session.scalars(select(Case.id)).all()


def test_the_row_of_a_run_is_what_bounds_a_digest_of_people(office: Office, desk: Desk) -> None:
    way(office, f"{DAY} 08:00", "pretend")
    for place, letter in enumerate("AB"):
        office.allocated(moment(f"{DAY} 09:00") + timedelta(minutes=place), letter)  # type: ignore[arg-type]
    post(desk, f"{DAY} 09:05")
    made = deliveries(office, kind="allocated")
    assert {row.n for row in made} == {1}, "two acts of a person are two messages"
    assert office.rows(Gateway)[0].approved_at is not None
