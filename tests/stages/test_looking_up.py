"""A caller is looked up by a whole number, or by a name with the last four digits; each look-up is on
the record with nothing that names the caller, and so many an hour. [trust, The caller]"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.database import reading
from app.models import Event, Notice
from app.rules.refusal import NotAllowed
from app.stages.acceptance.looking_up import AN_HOUR
from tests.databases import Desk
from tests.people import People

CALLER = {"name": "张建国", "phone": "138 0013 8002"}


@pytest.fixture
def people(desk: Desk) -> People:
    made = People(desk).hire("WATER")
    made.case(caller=CALLER)
    made.case(caller={"name": "李秀英", "phone": "0912-8350127"})
    return made


def look(people: People, who: str = "operator", **asked: str) -> Sequence[int]:
    found: Sequence[int] = people.plainly(who, "look_up", **asked)
    return found


@pytest.mark.parametrize(
    "asked",
    [
        {"number": "13800138002"},
        {"number": "１３８-００１３-８００２"},
        {"number": "+86 138 0013 8002"},
        {"name": "张 建国", "number": "8002"},
    ],
)
def test_a_caller_is_found_by_a_whole_number_or_a_name_with_the_last_four(
    people: People, asked: dict[str, str]
) -> None:
    assert len(look(people, **asked)) == 1


@pytest.mark.parametrize("number", ["8350127", "0912 8350127", "09128350127", "0912-8350127"])
def test_a_landline_is_found_with_and_without_its_area_code(people: People, number: str) -> None:
    assert len(look(people, number=number)) == 1


@pytest.mark.parametrize(
    ("asked", "msgid"),
    [
        ({"number": "138001"}, "look_up_whole"),
        ({"number": "1380013800"}, "look_up_whole"),
        ({"number": "8002"}, "look_up_whole"),
        ({"number": "12345"}, "look_up_whole"),
        ({"number": "李13800138002"}, "look_up_whole"),
        ({"name": "张建国", "number": "八〇〇二"}, "look_up_four"),
        ({"name": "张建国", "number": "002"}, "look_up_four"),
        ({"name": "张建国", "number": "13800138002"}, "look_up_four"),
    ],
)
def test_less_than_a_whole_number_is_refused(
    people: People, asked: dict[str, str], msgid: str
) -> None:
    with pytest.raises(NotAllowed) as no:
        look(people, **asked)
    assert no.value.msgid == msgid


@pytest.mark.parametrize(
    "asked",
    [
        {"number": "13800138999"},
        {"number": "0571-88888888"},
        {"name": "张建", "number": "8002"},
    ],
)
def test_nobody_else_is_found(people: People, asked: dict[str, str]) -> None:
    assert list(look(people, **asked)) == []


def test_each_look_up_is_an_event_that_names_nobody(people: People) -> None:
    look(people, number="13800138002")
    look(people, name="张建国", number="8002")
    with reading(people.desk.sessions) as session:
        told = session.scalars(
            select(Event.payload).where(Event.kind == "caller.looked_up").order_by(Event.id)
        ).all()
    assert [(json.loads(one)["by"], json.loads(one)["found"]) for one in told] == [
        ("number", 1),
        ("name", 1),
    ]
    assert not any("张" in one or "13800138002" in one for one in told)


def test_a_hundred_and_twenty_an_hour_then_refused_and_the_auditor_told_once(
    people: People,
) -> None:
    for _ in range(AN_HOUR):
        look(people, number="13800138002")
    for _ in range(2):
        with pytest.raises(NotAllowed) as no:
            look(people, number="13800138002")
        assert no.value.msgid == "looked_up_too_often"
    look(people, "centre_head", number="13800138002")
    with reading(people.desk.sessions) as session:
        often = select(Event.id).where(Event.kind == "caller.looked_up_often")
        (alarm,) = session.scalars(often)
        told = select(Notice.recipient).where(Notice.event_id == alarm)
        assert session.scalars(told).all() == ["log_auditor"]
    people.now += timedelta(hours=1, seconds=1)
    assert len(look(people, number="13800138002")) == 1
