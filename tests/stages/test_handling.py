"""Handling: what stories do not tell of the unit's part. All on Monday 2025-06-09 and the days
after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.database import transaction
from app.models import Assignment, Draft, Reply, Request
from app.stages.handling import reply
from app.stages.table import DRAFTED
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment

MONDAY = "2025-06-09 09:00"
TUESDAY = "2025-06-10 09:00"
PROMISED = {"promised_on": date(2025, 6, 16)}
FILED: dict[str, dict[str, Any]] = {
    "request_return": {},
    "request_extension": {},
    "explain": PROMISED,
    "reply_interim": PROMISED,
    "reply": {},
}


@pytest.mark.parametrize("who", ["staff@WATER", "head@WATER"])
def test_staff_or_head_signs_once(desk: Desk, who: str) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.do(TUESDAY, who, "sign_for", "A")
    one = office.assignment("A")
    assert (one.state, one.signed_at, one.signed_by) == ("signed", moment(TUESDAY), "unit")
    assert office.refused(TUESDAY, who, "sign_for", "A") == "signed_already"


@pytest.mark.parametrize("verb", ["explain", "reply_interim", "reply"])
def test_a_reply_or_promise_on_an_unsigned_assignment_signs_for_it(desk: Desk, verb: str) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.do(TUESDAY, "head@WATER", verb, "A", **FILED[verb])
    one = office.assignment("A")
    assert (one.signed_at, one.signed_by) == (moment(TUESDAY), "unit")


def test_asking_for_an_extension_does_not_sign(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.do(TUESDAY, "head@WATER", "request_extension", "A")
    assert office.assignment("A").state == "allocated"


@pytest.mark.parametrize(
    "verb", ["explain", "reply_interim", "reply", "request_extension", "request_return"]
)
def test_while_a_return_is_pending_nothing_else_can_be_filed(desk: Desk, verb: str) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.do(TUESDAY, "head@WATER", "request_return", "A")
    told = office.refused(TUESDAY, "head@WATER", verb, "A", **FILED[verb])
    assert told in ("return_pending", "not_open")
    assert office.rows(Reply) == []


@pytest.mark.parametrize("verb", FILED)
def test_staff_drafts_and_the_units_head_approves(desk: Desk, verb: str) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    drafting = {head: name for name, head in DRAFTED.items()}[verb]
    said = {**_words(verb), **FILED[verb]}
    row = office.do(TUESDAY, "staff@WATER", drafting, "A", **said)
    assert office.refused(TUESDAY, "staff@WATER", verb, "A", **said) == "no_right"
    filed = office.do("2025-06-10 10:00", "head@WATER", verb, "A", draft=row.id)
    assert (filed.drafted_by_id, filed.self_approved) == (row.drafted_by_id, False)
    told = office.refused("2025-06-10 11:00", "head@WATER", verb, "A", draft=row.id)
    assert told in ("draft_used", "returned_once", "not_open")


def _words(verb: str) -> dict[str, Any]:
    if verb == "reply":
        return {
            "opinion": "经现场核查属实，已修复。",
            "next_step": "一周内复查。",
            "step_on": date(2025, 6, 17),
            "public_answer": "管道已修复，请放心使用。",
            "contacted": True,
        }
    if verb == "explain":
        return {"words": "因配件缺货施工受阻，已协调厂家调货，预计本周内到货施工。"}
    if verb == "reply_interim":
        return {"opinion": "已查明为主管破裂。", "next_step": "开挖更换。"}
    return {
        "reason": "不属本单位职责范围。",
        **({"workdays": 3} if verb == "request_extension" else {}),
    }


def test_feedback_and_statement_are_drafted_by_staff_too(desk: Desk) -> None:
    assert set(DRAFTED.values()) == {*FILED, "feed_back", "record_statement"}
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="help", complex=True)
    office.do(MONDAY, "officer", "open_supervision", "A", ground="by_hand", workdays=3)
    row = office.do(
        TUESDAY, "staff@WATER", "draft_feedback", "A", words="已于昨日完成整改，附照片。"
    )
    assert office.items("A")[0].state == "opened"
    office.do(
        "2025-06-10 10:00",
        "head@WATER",
        "feed_back",
        "A",
        draft=row.id,
        words="已于昨日完成整改，附照片。",
    )
    assert office.items("A")[0].state == "fed_back"


def test_a_head_may_change_what_staff_drafted(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    row = office.do(TUESDAY, "staff@WATER", "draft_extension", "A", workdays=2, reason="等待配件")
    filed = office.do(
        TUESDAY,
        "head@WATER",
        "request_extension",
        "A",
        draft=row.id,
        workdays=3,
        reason="等待配件到货",
    )
    assert (filed.workdays, filed.words) == (3, "等待配件到货")
    assert office.row(Draft).used_at == moment(TUESDAY)


def test_a_head_who_approves_his_own_draft_is_marked(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.allocated(MONDAY, "B")
    row = office.do(TUESDAY, "head@WATER", "draft_reply", "A", **_words("reply"))
    office.do(TUESDAY, "head@WATER", "reply", "A", draft=row.id)
    office.do(TUESDAY, "head@WATER", "reply", "B")
    assert [reply.self_approved for reply in office.rows(Reply)] == [True, True]


def test_the_reply_form_has_the_words_units_already_use(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    said = {
        **_words("reply"),
        "found_true": True,
        "beyond_duty": False,
        "contacted_at": moment("2025-06-10 08:00"),
        "contact_number": "13912345678",
        "why_not_contacted": "",
        "solved": False,
        "why_unsolved": "等待配件",
        "handling": "内部：已下达施工单。",
        "evidence": "现场照片两张",
    }
    office.do(TUESDAY, "head@WATER", "reply", "A", **said)
    row = office.row(Reply)
    assert {name: getattr(row, name) for name in said} == said


def test_a_reply_without_a_public_answer_or_contact_or_the_reason_why_not_is_refused(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    bare = {"contacted": False, "why_not_contacted": ""}
    assert (
        office.refused(TUESDAY, "head@WATER", "reply", "A", public_answer=" ")
        == "public_answer_missing"
    )
    assert office.refused(TUESDAY, "head@WATER", "reply", "A", **bare) == "caller_not_contacted"
    office.do(
        TUESDAY, "head@WATER", "reply", "A", contacted=False, why_not_contacted="号码停机，三次未通"
    )


ALONE = (
    "已收到|正在办理|已收到,正在办理|已收到，正在办理中|已收悉|已收到/正在办理|已收到。| |正在办理！|"
    "已收到。正在办理。|已收到 正在办理|已收到正在办理|已收到；正在办理|正在办理中……|收到，正在办理|。。。|"
    "已收悉，正在处理中。|已 收 悉\u3000正\u200b在处理|我们会尽快处理|"
    "您好，问题已收悉，我局高度重视，将进一步核实，感谢理解！"
)


@pytest.mark.parametrize("words", ALONE.split("|"))
def test_received_or_being_handled_alone_is_no_handling_opinion(desk: Desk, words: str) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    for verb in ("reply", "reply_interim"):
        said = {**_words(verb), **FILED[verb], "opinion": words}
        assert office.refused(TUESDAY, "head@WATER", verb, "A", **said) == "no_handling_opinion"


def test_a_handling_opinion_has_a_next_step_and_a_date(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    assert office.refused(TUESDAY, "head@WATER", "reply", "A", next_step=" ") == "no_next_step"
    assert (
        office.refused(TUESDAY, "head@WATER", "reply", "A", next_step="我们会尽快处理！")
        == "no_next_step"
    )
    assert office.refused(TUESDAY, "head@WATER", "reply", "A", step_on=None) == "no_next_step"
    told = office.refused(TUESDAY, "head@WATER", "reply_interim", "A", next_step="", **PROMISED)
    assert told == "no_next_step"


def test_a_historical_import_takes_a_final_reply_as_it_stands(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    with transaction(desk.sessions) as session:
        one = session.get_one(Assignment, office.assignment("A").id)
        reply(
            session,
            moment(TUESDAY),
            actor_named(session, "head@WATER"),
            one,
            opinion="已收到",
            imported=True,
        )
    row = office.row(Reply)
    assert (row.opinion, row.imported, office.case("A").state) == ("已收到", True, "examining")


def test_a_promise_is_made_between_allocation_and_final_reply_and_again_after_a_refusal(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.do(TUESDAY, "head@WATER", "reply", "A")
    assert (
        office.refused("2025-06-10 10:00", "head@WATER", "explain", "A", **PROMISED) == "not_open"
    )
    office.do("2025-06-10 11:00", "examiner", "examine", "A", passes=False)
    office.do("2025-06-10 12:00", "head@WATER", "explain", "A", **PROMISED)
    assert [row.state for row in office.rows(Request)] == ["pending"]


def test_an_explanation_has_a_category_twenty_characters_and_a_date(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    said = {"words": "一" * 19, **PROMISED}
    assert office.refused(TUESDAY, "head@WATER", "explain", "A", **said) == "explanation_too_short"
    assert (
        office.refused(TUESDAY, "head@WATER", "explain", "A", category="luck", **PROMISED)
        == "field_wrong"
    )
    assert (
        office.refused(TUESDAY, "head@WATER", "explain", "A", promised_on=None) == "field_missing"
    )
    office.do(
        TUESDAY, "head@WATER", "explain", "A", words="一" * 20, category="material", **PROMISED
    )
    assert office.row(Request).category == "material"


def test_the_verdict_on_a_reply_is_frozen_at_the_moment_it_is_filed(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    late = moment("2025-06-13 00:00")
    office.do(late - timedelta(minutes=1), "head@WATER", "reply", "A")
    office.allocated(MONDAY, "B")
    office.do(late, "head@WATER", "reply", "B")
    assert [row.late for row in office.rows(Reply)] == [False, True]


def test_an_emergencys_interim_reply_stands_for_its_result_in_the_verdict_too(desk: Desk) -> None:
    office = Office(desk)
    for letter in "AB":
        office.allocated("2025-06-09 09:00", letter, urgency="emergency")
        office.do(
            "2025-06-09 15:00", "head@WATER", "reply_interim", letter, promised_on=date(2025, 6, 12)
        )
        office.do("2025-06-09 16:00", "allocator", "rule_on_interim", letter, accept=letter == "A")
    office.sweeps("2025-06-10", "2025-06-11")
    for letter, late in (("A", False), ("B", True)):
        office.do("2025-06-11 10:00", "head@WATER", "reply", letter)
        assert (
            office.assignment(letter).late,
            office.row(Reply, case_id=office.id(letter)).late,
        ) == (late, late)


def test_an_emergencys_interim_reply_that_was_not_kept_does_not_stand_for_its_result(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated("2025-06-09 09:00", "A", urgency="emergency")
    office.do("2025-06-09 15:00", "head@WATER", "reply_interim", "A", promised_on=date(2025, 6, 11))
    office.do("2025-06-09 16:00", "allocator", "rule_on_interim", "A", accept=True)
    office.do("2025-06-12 00:00", "head@WATER", "reply", "A")
    assert office.assignment("A").late


def test_a_reply_ends_with_its_assignment(desk: Desk) -> None:
    office = Office(desk)
    for letter in "ABC":
        office.allocated("2025-06-09 09:00", letter, assists=["GAS"])
        office.do("2025-06-09 10:00", "head@GAS", "reply", letter, unit="GAS")
    office.do("2025-06-09 11:00", "centre_head", "reassign", "A")
    for letter in "BC":
        office.do("2025-06-09 11:00", "head@WATER", "reply", letter)
    office.do("2025-06-09 12:00", "allocator", "withdraw", "B")
    office.do("2025-06-09 12:00", "examiner", "examine", "C", unit="WATER", passes=True)
    states = {
        letter: {row.state for row in office.rows(Reply, case_id=office.id(letter))}
        for letter in "ABC"
    }
    assert states == {"A": {"withdrawn"}, "B": {"withdrawn"}, "C": {"passed"}}
