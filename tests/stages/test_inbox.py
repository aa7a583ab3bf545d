"""The inbox 收件箱: messages are kept once, and the centre makes something of each."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import retried, transaction
from app.files.store import Kept
from app.ledger.proof import verify
from app.models import Caller, Contact, Event, File, Message, MessageFile, MessageRaw
from app.scope import install, seen_by
from app.stages.inbox import arrive, keep, of_receipt
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment

NOW = moment("2025-06-09 09:00")
RAW = b"Subject: x\r\n\r\n\xc2\xb7"


def test_a_message_is_kept_as_it_came_before_it_is_read(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        row = keep(session, NOW, "mail", "m-1", RAW)
        assert row.read_at is None
        assert row.stands == "new"
    with transaction(desk.sessions) as session:
        read = arrive(session, NOW, "mail", "m-1", RAW, "a@example.org", "路灯", "路灯不亮")
        assert read.id == row.id
    with transaction(desk.sessions) as session:
        row = session.scalars(select(Message)).one()
        assert (row.sender, row.subject, row.words) == ("a@example.org", "路灯", "路灯不亮")
        assert session.get_one(MessageRaw, row.id).content == RAW
        assert row.raw_sha256 == hashlib.sha256(RAW).hexdigest()
        kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("message."))).all()
        assert kinds == ["message.arrived", "message.read"]
        assert not session.scalar(select(func.count()).where(Event.kind == "record.sealed"))


def test_ten_copies_at_once_are_one_message(desk: Desk) -> None:
    def bring(_: int) -> int:
        return retried(
            desk.sessions,
            lambda session: arrive(session, NOW, "form", "k", RAW, words="同一件事").id,
        )

    with ThreadPoolExecutor(10) as pool:
        assert len({*pool.map(bring, range(10))}) == 1
    with transaction(desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_its_receipt_opens_it_however_it_was_typed(desk: Desk) -> None:
    file = Kept("灯.jpg", "a" * 64, 12, "image/jpeg")
    with transaction(desk.sessions) as session:
        row = arrive(session, NOW, "form", "k", RAW, words="路灯", files=[file], consent="v1")
        typed = f" {row.receipt[:4].lower()}-{row.receipt[4:8]} {row.receipt[8:]}"
        assert of_receipt(session, typed) is row
        assert of_receipt(session, "ABCD") is None
        assert session.scalars(select(MessageFile.name)).all() == ["灯.jpg"]
        assert row.facts == '{"consent": "v1"}'
        assert row.own_at == moment("2025-06-11 00:00")


def test_signs_that_no_database_keeps_are_shown_and_the_raw_message_has_them(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        row = arrive(session, NOW, "mail", "k\0" * 300, b"\0\xff", words="a\0b\ud800c")
        assert row.words == "a\u2400b\ufffdc"
        assert len(row.key) == 64


MONDAY = "2025-06-09 09:00"
WORDS = "幸福路三号院门口的路灯不亮已经一周了，晚上出入很不方便。"


def arrived(desk: Desk, key: str = "k", **facts: Any) -> int:
    """A message that arrived on Monday morning; its id."""
    with transaction(desk.sessions) as session:
        told = {"words": WORDS, "at": NOW, **facts}
        return arrive(session, NOW, "mail", key, RAW, "a@example.org", **told).id


def message(desk: Desk, id: int) -> Message:
    with transaction(desk.sessions) as session:
        return session.get_one(Message, id)


def test_one_operator_at_a_time_is_on_a_message(desk: Desk) -> None:
    office, id = Office(desk), arrived(desk)
    office.do("2025-06-09 09:10", "operator", "take_message", id=id)
    office.do("2025-06-09 09:11", "operator", "take_message", id=id)
    assert message(desk, id).stands == "taken"
    for verb, more in (
        ("take_message", {}),
        ("hand_back_message", {}),
        ("empty_message", {}),
        ("answer_message", {"words": "已答复"}),
        ("register", {"message": None, "kind": "help"}),
    ):
        given = {"message": id, **more} if "message" in more else {"id": id, **more}
        given |= {"message": id} if "message" in more else {}
        assert office.refused("2025-06-09 09:12", "centre_head", verb, **given) == "row_moved"
    office.do("2025-06-09 09:13", "operator", "hand_back_message", id=id)
    assert message(desk, id).stands == "new"
    assert office.refused("2025-06-09 09:14", "operator", "hand_back_message", id=id) == (
        "message_not_taken"
    )
    office.do("2025-06-09 09:15", "centre_head", "take_message", id=id)


def test_a_message_becomes_a_case_that_was_received_when_it_came(desk: Desk) -> None:
    office = Office(desk)
    file = Kept("灯.jpg", "a" * 64, 12, "image/jpeg")
    id = arrived(desk, at=moment("2025-05-06 22:10"), files=[file])
    case = office.do(
        MONDAY, "operator", "register", kind="help", message=id, narrative=WORDS, anonymous=True
    )
    row = message(desk, id)
    assert (row.stands, row.case_id, case.channel) == ("case", case.id, "email")
    assert case.received_at == moment("2025-05-06 22:10")
    assert office.row(Contact).id == row.contact_id
    assert office.row(File).sha256 == "a" * 64
    told = {"kind": "help", "message": id, "narrative": WORDS, "anonymous": True}
    assert office.refused(MONDAY, "operator", "register", **told) == "row_moved"


def test_a_message_joins_a_case_as_a_contact_of_the_intakes_kinds(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2025-06-05 09:00", "A", "WATER")
    id = arrived(desk)
    told = {"kind": "chase", "message": id, "words": "还没有修好"}
    office.do(MONDAY, "operator", "contact", "A", **told)
    assert office.case("A").repeats == 1
    row = message(desk, id)
    assert (row.stands, row.case_id) == ("joined", office.id("A"))
    empty = {"kind": "invalid", "message": arrived(desk, "k2")}
    assert office.refused(MONDAY, "operator", "contact", "A", **empty) == "message_joins_no_case"
    assert office.refused(MONDAY, "operator", "contact", **empty) == "message_joins_no_case"


def test_a_message_is_answered_and_closed_with_words(desk: Desk) -> None:
    office, id = Office(desk), arrived(desk)
    assert office.refused(MONDAY, "operator", "answer_message", id=id, words="  ") in (
        "words_missing",
        "field_missing",
    )
    office.do(MONDAY, "operator", "answer_message", id=id, words="窗口周一至周五办理。")
    row = message(desk, id)
    assert (row.stands, row.answer) == ("answered", "窗口周一至周五办理。")
    assert row.taken_by_id == row.ended_by_id


def test_three_empty_messages_of_a_number_flag_it(desk: Desk) -> None:
    office = Office(desk)
    for key in ("a", "b", "c"):
        id = arrived(desk, key, name="王某", phone="13911112222")
        office.do(MONDAY, "operator", "empty_message", id=id)
    assert office.row(Caller).flagged_at is not None
    assert len(office.rows(Contact, kind="invalid")) == 3


def test_a_message_waits_for_the_centre_one_working_day_and_then_is_its_own_overdue(
    desk: Desk,
) -> None:
    office, id = Office(desk), arrived(desk)
    done = arrived(desk, "done")
    office.do(MONDAY, "operator", "empty_message", id=done)
    office.sweep("2025-06-10")
    assert message(desk, id).own_overdue_for is None
    office.sweep("2025-06-11")
    office.sweep("2025-06-12")
    assert message(desk, id).own_overdue_for == message(desk, id).own_at
    assert message(desk, done).own_overdue_for is None
    overdue = office.rows(Event, kind="centre.overdue")
    assert [json.loads(row.payload)["message"] for row in overdue] == [id]
    with transaction(desk.sessions) as session:
        assert list(verify(session, desk.key)) == []
        assert not session.scalar(select(func.count()).where(Event.kind == "record.sealed"))


def test_no_unit_and_nobody_who_sees_some_cases_only_sees_a_message(desk: Desk) -> None:
    office, id = Office(desk), arrived(desk)
    office.allocated(MONDAY, "A", "WATER")
    who: list[Any] = [None]
    sessions = type("Scoped", (Session,), {})
    install(sessions, lambda: who[0])
    with transaction(desk.sessions) as session:
        seen = {
            name: seen_by(actor_named(session, name, NOW.date()))
            for name in ("operator", "allocator", "head@WATER", "staff@WATER", "leader", "visitor")
        }
    for name, reach in seen.items():
        who[0] = reach
        with sessions(desk.engine) as session:
            rows = [session.scalars(select(model)).all() for model in (Message, MessageRaw)]
            assert [len(found) for found in rows] == (
                [1, 1] if "all" in reach.scopes else [0, 0]
            ), name
    assert id
