"""Who a caller is: a name with a number, however both were typed. [procedure 1]"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.database import reading, transaction
from app.models import Caller, Case, Contact, ToldAs
from app.rules.callers import name_key
from app.rules.covering import covered
from app.rules.phones import mask
from app.stages.acceptance import of_number
from app.stages.acceptance.callers import flagged
from app.stages.acceptance.contacts import _counted_already
from app.stages.covers import hidden_of
from tests.databases import Desk
from tests.office import Office, moment
from tests.spellings import (
    AREA_CODE,
    ONE_LANDLINE,
    ONE_MOBILE,
    SOME_LANDLINE,
    SOME_MOBILE,
    landline,
    mobile,
)

MONDAY = "2025-06-09 09:00"


def at(minute: int) -> str:
    """A minute of Monday morning."""
    return f"2025-06-09 09:{minute:02d}"


def register(office: Office, minute: int, letter: str, **caller: str) -> Any:
    """A case of a caller."""
    return office.do(at(minute), "operator", "register", letter, kind="help", caller=caller)


@pytest.mark.parametrize(
    "spellings",
    [
        ("13822223333", "138 2222 3333", "138-2222-3333", "+8613822223333", "86 13822223333"),
        (
            "0912-8350123",
            "09128350123",
            "(0912)8350123",
            "8350123",
            "\u202a０９１２－８３５０１２３\u202c",
        ),
    ],
)
def test_one_number_in_many_spellings_is_one_caller_and_several_repeats_on_one_day_count_once(
    desk: Desk, spellings: tuple[str, ...]
) -> None:
    """Seen failing: repeat count 5, and three callers of one landline."""
    office = Office(desk)
    register(office, 0, "A", name="张建国", phone=spellings[0])
    for minute, phone in enumerate(spellings[1:], 1):
        said = {"kind": "repeat", "words": "仍在漏水", "caller": {"name": "张建国", "phone": phone}}
        office.do(at(minute), "operator", "contact", "A", **said)
    assert office.case("A").repeats == 1
    register(office, 30, "B", name="张建国", phone=spellings[-1])
    assert office.case("A").caller_id == office.case("B").caller_id == office.row(Caller).id
    told = {row.phone for row in office.rows(ToldAs)}
    assert told == {*spellings[1:]}


def test_what_was_typed_stands_on_the_case_where_it_is_spelt_otherwise(desk: Desk) -> None:
    office = Office(desk)
    register(office, 0, "A", name="阿卜杜拉·买买提", phone="13822223333")
    register(office, 1, "B", name="阿卜杜拉•买买提 ", phone="138 2222 3333")
    assert office.case("A").caller_id == office.case("B").caller_id
    shown = office.do(at(2), "centre_head", "reveal", "B", reason="核对来电人")
    assert (shown.name, shown.phone) == ("阿卜杜拉•买买提 ", "138 2222 3333")
    shown = office.do(at(3), "centre_head", "reveal", "A", reason="核对来电人")
    assert (shown.name, shown.phone) == ("阿卜杜拉·买买提", "13822223333")
    with reading(desk.sessions) as session:
        known = hidden_of(session, [office.id("B")])[office.id("B")]
        assert "买买提" not in covered("来电人阿卜杜拉•买买提，138 2222 3333", known)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉 . 买买提"),
        ("Li Wei", "ＬＩ　ＷＥＩ"),
        ("王 丽", "王丽\u200b"),
    ],
)
def test_names_are_compared_without_blanks_dots_width_and_case(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != name_key("王建国")


def test_the_same_number_with_another_name_is_another_caller(desk: Desk) -> None:
    """Seen failing: the second case showed 张建国."""
    office = Office(desk)
    register(office, 0, "A", name="张建国", phone="13911110001")
    register(office, 1, "B", name="李秀兰", phone="139-1111-0001")
    register(office, 2, "C", phone="13911110001")
    names = [office.row(Caller, id=office.case(letter).caller_id).name for letter in "ABC"]
    assert names == ["张建国", "李秀兰", ""]


def test_the_same_person_under_another_name_is_who_was_answered_and_was_told_as_typed(
    desk: Desk,
) -> None:
    office = Office(desk)

    def said(letter: str, minute: int, **caller: str) -> int:
        told = {"name": "王女士", "phone": "139 1111 0001", **caller}
        office.do(at(minute), "operator", "register", letter, kind="help", caller=told)
        return int(office.case(letter).caller_id or 0)

    first = said("A", 0, name="王丽", phone="13911110001")
    assert (
        said("B", 1, person=str(first)) == said("C", 2) == first != said("D", 3, person="another")
    )
    assert said("E", 4, name="", person="王丽") == first
    assert {(row.case_id, row.name) for row in office.rows(ToldAs)} == {
        (office.id("B"), "王女士"),
        (office.id("C"), "王女士"),
        (office.id("E"), ""),
    }
    for wrong in ("999999", "赵六"):
        told = {"name": "王女士", "phone": "13911110001", "person": wrong}
        assert (
            office.refused(at(5), "operator", "register", "F", kind="help", caller=told)
            == "unknown_person"
        )


def test_two_callers_of_one_number_each_keep_reply_and_visit_and_count_once_a_day(
    desk: Desk,
) -> None:
    """A household, two persons, one landline."""
    office = Office(desk)
    register(office, 0, "A", name="张建国", phone="0912-8350123")
    for minute, (name, phone) in enumerate(
        (("张建国", "8350123"), ("李秀兰", "（0912）8350123"), ("", "09128350123")), 1
    ):
        said = {"kind": "repeat", "words": "仍在漏水", "caller": {"name": name, "phone": phone}}
        office.do(at(minute), "operator", "contact", "A", **said)
    assert office.case("A").repeats == 1
    register(office, 10, "B", name="李秀兰", phone="8350123")
    office.do(at(11), "allocator", "merge", "B", into="A")
    assert office.case("A").caller_id != office.case("B").caller_id


def test_three_invalid_calls_in_three_spellings_by_any_names_flag_the_number(desk: Desk) -> None:
    """Seen failing: none of them was flagged."""
    office = Office(desk)
    calls = (
        ("张三", "13800138000"),
        ("", "138 0013 8000"),
        ("李四", "+86-138-0013-8000"),
        ("王五", "13800138000"),
    )
    for minute, (name, phone) in enumerate(calls):
        said = {"kind": "invalid", "words": "辱骂", "caller": {"name": name, "phone": phone}}
        office.do(at(minute), "operator", "contact", **said)
        assert len(office.told("caller.flagged")) == (minute >= 2), minute
    assert [row.name for row in office.rows(Caller) if row.flagged_at] == ["李四"]


def test_anonymous_with_a_name_or_a_number_is_never_dropped_without_a_word(desk: Desk) -> None:
    office = Office(desk)
    for caller in ({"name": "王丽"}, {"phone": "13911110001"}):
        no = office.refused(
            MONDAY, "operator", "register", "A", kind="help", anonymous=True, caller=caller
        )
        assert no == "anonymous_with_caller"


def test_another_own_area_code_needs_nothing_to_be_written_anew(desk: Desk) -> None:
    """A number stands on file with the area code only where it was typed."""
    office = Office(desk)
    register(office, 0, "A", name="张建国", phone="8350123")
    register(office, 1, "B", name="李秀兰", phone="0912-8350123")
    office.do(at(2), "it_admin", "change_setting", name="area_code", value="029")
    register(office, 3, "C", name="张建国", phone="029-8350123")
    register(office, 4, "D", name="李秀兰", phone="8350123")
    a, b, c, d = (office.case(letter).caller_id for letter in "ABCD")
    assert a == c and len({a, b, d}) == 3


def test_a_correction_that_is_another_spelling_keeps_the_caller(desk: Desk) -> None:
    office = Office(desk)
    register(office, 0, "A", name="张建国", phone="13911110001")
    register(office, 1, "B", name="张建国", phone="13911110001")
    office.do(at(2), "operator", "edit_case", "B", caller={"phone": "139-1111-0001"})
    assert office.case("A").caller_id == office.case("B").caller_id
    assert [(row.case_id, row.phone) for row in office.rows(ToldAs)] == [
        (office.id("B"), "139-1111-0001")
    ]
    # Seen failing with a guard that kept all of `told_as`: an error page came.
    office.do(at(3), "operator", "edit_case", "B", caller={"phone": "139 1111 0001"})
    assert [row.phone for row in office.rows(ToldAs)] == ["139 1111 0001"]
    office.do(at(4), "operator", "edit_case", "B", caller={"phone": "13911110001"})
    assert office.rows(ToldAs) == []


OFTEN = settings(
    max_examples=2000,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def household(desk: Desk) -> Office:
    """A case of a mobile number and one of a landline, each repeated today, and each number
    flagged."""
    office = Office(desk)
    register(office, 0, "A", name="张建国", phone=ONE_MOBILE)
    register(office, 1, "B", name="李秀兰", phone=ONE_LANDLINE)
    for letter, name, phone in (("A", "张建国", ONE_MOBILE), ("B", "李秀兰", ONE_LANDLINE)):
        caller = {"name": name, "phone": phone}
        for minute, kind in enumerate(("repeat", "invalid", "invalid", "invalid"), 2):
            said = {"kind": kind, "words": "仍在漏水", "caller": caller}
            office.do(at(minute), "operator", "contact", letter, **said)
    assert all(row.flagged_at for row in office.rows(Caller)) and len(office.rows(Caller)) == 2
    return office


def test_the_count_of_a_day_and_the_flag_know_a_number_in_every_spelling(household: Office) -> None:
    """Whoever gives the number, in whatever spelling: another contact of the day is counted already,
    and the number is flagged. Seen failing with numbers compared as they were typed."""
    cases = {ONE_MOBILE: household.id("A"), ONE_LANDLINE: household.id("B")}
    with transaction(household.desk.sessions) as session:

        @settings(OFTEN, max_examples=500)
        @given(
            st.one_of(
                mobile().map(lambda phone: (ONE_MOBILE, phone)),
                landline().map(lambda one: (ONE_LANDLINE, one)),
            ),
            st.sampled_from(["王丽", "张建国", ""]),
        )
        def asked(drawn: tuple[str, str], name: str) -> None:
            number, phone = drawn
            beside = session.begin_nested()
            caller = Caller(name=name, phone=phone)
            session.add(caller)
            session.flush()
            row = Contact(caller_id=caller.id, received_at=moment(at(30)))
            assert _counted_already(session, session.get_one(Case, cases[number]), row)
            assert flagged(session, caller)
            beside.rollback()

        asked()


def test_every_spelling_looks_up_the_same_caller(household: Office) -> None:
    """Look-up, repeat check, mask: what `of_number` finds is what the count, the flag and the check
    ask for."""
    owners = {
        ONE_MOBILE: household.case("A").caller_id,
        ONE_LANDLINE: household.case("B").caller_id,
    }
    with reading(household.desk.sessions) as session:

        @OFTEN
        @given(
            st.one_of(
                mobile().map(lambda phone: (ONE_MOBILE, phone)),
                landline().map(lambda one: (ONE_LANDLINE, one)),
            )
        )
        def looked_up(drawn: tuple[str, str]) -> None:
            number, phone = drawn
            assert session.scalars(of_number(session, phone)).all() == [owners[number]]
            assert mask(phone, AREA_CODE) == mask(number)

        looked_up()


@pytest.mark.parametrize("spellings", [SOME_MOBILE, SOME_LANDLINE], ids=["mobile", "landline"])
def test_each_spelling_counts_as_the_one_caller_of_the_day(
    desk: Desk, spellings: tuple[str, ...]
) -> None:
    office = Office(desk)
    register(office, 0, "A", name="张建国", phone=spellings[0])
    for phone in spellings:
        said = {
            "kind": "chase",
            "words": "何时修好",
            "caller": {"name": "张建国", "phone": phone.strip()},
        }
        office.do(at(30), "operator", "contact", "A", **said)
    assert office.case("A").repeats == 1 and len(office.rows(Contact, kind="chase")) == len(
        spellings
    )
    assert len(office.rows(Caller)) == 1


def test_a_caller_that_is_entered_past_the_verbs_is_compared_as_well(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        session.add(Caller(name="王 丽", phone="+86 138-2222-3333"))
    with reading(desk.sessions) as session:
        row = session.scalars(select(Caller)).one()
        assert (row.number, row.named, row.phone) == (ONE_MOBILE, "王丽", "+86 138-2222-3333")
