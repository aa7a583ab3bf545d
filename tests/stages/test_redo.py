"""(7) redo: the examination of replies, responsibility, rounds, and who takes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.database import reading
from app.models import Assignment, Event, Reply, Responsibility
from app.stages.redo import EXCLUDED, REASONS
from app.stages.reporting import figures, period_of
from tests.databases import Desk
from tests.office import moment
from tests.room import Room

BAD: dict[str, Any] = {"truth": "untrue", "solved": "unsolved", "satisfied": "dissatisfied"}
GOOD: dict[str, Any] = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


def replied(room: Room, letter: str = "A", unit: str = "WATER") -> None:
    room.allocated("2025-06-09 09:10", letter, unit, kind="help")
    room.do("2025-06-09 14:00", f"head@{unit}", "reply", letter)


def disputed(room: Room, day: str = "2025-06-10", unit: str = "WATER") -> None:
    """Passed, visited and found bad on one day."""
    room.do(f"{day} 08:40", "examiner", "examine", "A", passes=True)
    room.do(f"{day} 09:00", "visitor", "record_visit", "A", **BAD)


def redo(room: Room, day: str, unit: str = "WATER") -> None:
    """A redo is ordered, and replied to on the same day."""
    room.do(f"{day} 11:00", "examiner#2", "review_responsibility", "A", unit_responsible=True)
    room.do(f"{day} 12:00", f"head@{unit}", "reply", "A")


def test_a_reply_is_refused_with_a_reason_from_a_list(room: Room) -> None:
    replied(room)
    assert REASONS == (
        "form_incomplete",
        "opinion_unclear",
        "caller_not_contacted",
        "assists_missing",
        "evidence_missing",
        "other",
    )
    for reason in (None, "不好"):
        no = room.refused(
            "2025-06-10 09:00", "examiner", "examine", "A", passes=False, reason=reason
        )
        assert no in ("unknown_reason", "field_wrong")
    room.do(
        "2025-06-10 10:00",
        "examiner",
        "examine",
        "A",
        passes=False,
        reason="evidence_missing",
        words="缺照片",
    )
    reply = room.row(Reply, case_id=room.id("A"))
    assert (reply.state, reply.refusal, reply.refusal_words) == (
        "refused",
        "evidence_missing",
        "缺照片",
    )


def test_a_refused_reply_leaves_the_original_due(room: Room) -> None:
    """Due Monday 06-16: refused on 06-10 it is the unit's again, and overdue on 06-17."""
    replied(room)
    due = room.assignment("A").due_at
    room.do("2025-06-10 10:00", "examiner", "examine", "A", passes=False)
    one = room.assignment("A")
    assert (one.state, one.due_at, room.case("A").state) == ("reply_refused", due, "handling")
    room.sweeps("2025-06-11", "2025-06-17")
    assert room.days("assignment.overdue", "A") == ["2025-06-17"]


def test_the_form_is_complete_before_it_is_examined(room: Room) -> None:
    """Opinion, next step and date, public answer, caller contacted or why not: filing refuses what
    lacks one."""
    room.allocated("2025-06-09 09:10", "A", kind="help")
    for field, value, msgid in (
        ("opinion", "已收到", "no_handling_opinion"),
        ("next_step", "", "no_next_step"),
        ("public_answer", "", "public_answer_missing"),
        ("contacted", False, "caller_not_contacted"),
    ):
        assert (
            room.refused("2025-06-09 14:00", "head@WATER", "reply", "A", **{field: value}) == msgid
        )
    room.do(
        "2025-06-09 15:00",
        "head@WATER",
        "reply",
        "A",
        contacted=False,
        why_not_contacted="号码停机",
    )


def test_the_examination_has_1_wd_and_the_centres_delay_is_shown(room: Room) -> None:
    replied(room)
    assert room.case("A").deadline("own").on.isoformat() == "2025-06-10"
    room.sweeps("2025-06-10", "2025-06-11")
    assert [one["task"] for one in room.told("centre.overdue", "A")] == ["examine"]


def test_an_assists_reply_is_examined_within_1_wd_too(room: Room) -> None:
    """Of two assists one was examined in time; the other's is the centre's own overdue, before and
    beside the lead's.
    """
    room.allocated("2025-06-09 09:10", "A", kind="complaint", assists=["HOUSING", "PARKS"])
    room.do("2025-06-10 09:00", "head@HOUSING", "reply", "A")
    room.do("2025-06-10 09:10", "head@PARKS", "reply", "A")
    room.do("2025-06-10 10:00", "examiner", "examine", "A", unit="PARKS", passes=False)
    room.sweeps("2025-06-11", "2025-06-13")
    assert room.days("centre.overdue", "A") == ["2025-06-12"]
    told = room.told("centre.overdue", "A")[0]
    assert (told["task"], told["true_at"][:10]) == ("examine", "2025-06-12")
    assert room.row(Event, kind="centre.overdue").subject == "reply"
    room.do("2025-06-13 09:00", "head@PARKS", "reply", "A")
    room.do("2025-06-13 09:10", "head@WATER", "reply", "A")
    room.sweeps("2025-06-14", "2025-06-18")
    assert room.days("centre.overdue", "A") == ["2025-06-12", "2025-06-17", "2025-06-17"]


def test_who_approved_the_reply_does_not_examine_it_nor_does_the_visitor_review(room: Room) -> None:
    replied(room)
    room.do("2025-06-10 09:00", "centre_head", "examine", "A", passes=True)
    assert (
        room.refused("2025-06-10 10:00", "centre_head", "record_visit", "A", **BAD)
        == "examined_it_himself"
    )
    room.do("2025-06-10 10:00", "centre_head#2", "record_visit", "A", **BAD)
    no = room.refused(
        "2025-06-10 11:00", "centre_head#2", "review_responsibility", "A", unit_responsible=True
    )
    assert no == "visited_it_himself"


@pytest.mark.parametrize("outcome", [{"satisfied": "dissatisfied"}, {"truth": "untrue"}])
def test_dissatisfied_or_untrue_triggers_the_review(room: Room, outcome: dict[str, str]) -> None:
    replied(room)
    room.do("2025-06-10 08:40", "examiner", "examine", "A", passes=True)
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", **{**GOOD, **outcome})
    assert (room.case("A").state, room.case("A").disputed_by) == ("reviewing", "visit")


def test_a_repeat_after_closing_triggers_the_review(room: Room) -> None:
    replied(room)
    room.do("2025-06-10 08:40", "examiner", "examine", "A", passes=True)
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", **GOOD)
    room.do("2025-06-20 09:00", "operator", "contact", "A", kind="repeat")
    assert (room.case("A").state, room.case("A").disputed_by) == ("reviewing", "repeat")


def test_unit_responsible_is_back_to_the_same_unit_a_round_on(room: Room) -> None:
    replied(room)
    disputed(room)
    room.do("2025-06-10 11:00", "examiner#2", "review_responsibility", "A", unit_responsible=True)
    one = room.assignment("A")
    assert (one.unit_id, one.round, one.number) == (room.unit("WATER").id, 2, "神热线重〔2025〕1号")
    assert (room.case("A").state, room.case("A").round) == ("handling", 2)
    assert one.deadline("due").on.isoformat() == "2025-06-17", "redo: 5 wd"


@pytest.mark.parametrize("code", EXCLUDED)
def test_not_responsible_closes_with_grounds_and_is_left_out_under_a_code(
    room: Room, code: str
) -> None:
    replied(room)
    disputed(room)
    given: dict[str, Any] = {
        "unit_responsible": False,
        "grounds": "诉求超出政策",
        "excluded_as": code,
    }
    for name, msgid in (("grounds", "grounds_missing"), ("excluded_as", "exclusion_missing")):
        assert (
            room.refused(
                "2025-06-10 11:00",
                "examiner#2",
                "review_responsibility",
                "A",
                **{**given, name: None},
            )
            == msgid
        )
    room.do("2025-06-10 11:00", "examiner#2", "review_responsibility", "A", **given)
    case, row = room.case("A"), room.row(Responsibility, case_id=room.id("A"))
    assert (case.state, case.closed_as, case.excluded_as) == ("closed", "not_responsible", code)
    assert (row.unit_responsible, row.grounds, row.excluded_as) == (False, "诉求超出政策", code)


def test_what_was_left_out_is_counted_again_when_another_caller_of_the_case_is_dissatisfied(
    room: Room,
) -> None:
    """Closed as not the unit's responsibility; a merged caller is visited after that, and now it
    is."""
    room.do("2025-06-09 09:00", "operator", "register", "B", kind="help")
    room.allocated("2025-06-09 09:10", "A", kind="help")
    room.do("2025-06-09 09:20", "allocator", "merge", "B", into="A")
    room.do("2025-06-09 10:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 11:00", "examiner", "examine", "A", passes=True)
    room.do("2025-06-09 12:00", "visitor", "record_visit", "A", **BAD)
    room.do("2025-06-09 13:00", "examiner", "review_responsibility", "A", unit_responsible=False)
    assert room.case("A").excluded_as == "unreasonable"
    room.do("2025-06-09 14:00", "visitor", "record_visit", "B", **BAD)
    room.do("2025-06-09 15:00", "examiner", "review_responsibility", "A", unit_responsible=True)
    assert (room.case("A").state, room.case("A").round, room.case("A").excluded_as) == (
        "handling",
        2,
        None,
    )


def test_two_redo_rounds_and_no_third(room: Room) -> None:
    replied(room)
    for day in ("2025-06-10", "2025-06-11"):
        disputed(room, day)
        redo(room, day)
    disputed(room, "2025-06-12")
    room.do("2025-06-12 11:00", "examiner#2", "review_responsibility", "A", unit_responsible=True)
    case = room.case("A")
    assert (case.state, case.round, case.redo_failed) == ("reviewing", 3, True)
    again = room.refused(
        "2025-06-12 12:00", "examiner#2", "review_responsibility", "A", unit_responsible=True
    )
    assert again == "redo_failed_already"
    room.sweep("2025-06-13")
    assert [row.ground for row in room.items("A")] == ["redo_failed"]
    room.do("2025-06-13 10:00", "centre_head", "review_responsibility", "A", unit_responsible=False)
    assert (room.case("A").state, room.case("A").closed_as) == ("closed", "redo_exhausted")


def failed(room: Room) -> None:
    """Two redo rounds failed, the unit responsible."""
    replied(room)
    for day in ("2025-06-10", "2025-06-11"):
        disputed(room, day)
        redo(room, day)
    disputed(room, "2025-06-12")
    room.do("2025-06-12 11:00", "examiner#2", "review_responsibility", "A", unit_responsible=True)


def exhausted(room: Room) -> None:
    """Two redo rounds failed, the unit responsible, and it is listed."""
    failed(room)
    room.sweep("2025-06-13")


def rated(room: Room) -> dict[str, int]:
    """What the month of the Water bureau counts of its visits."""
    with reading(room.desk.sessions) as session:
        period = period_of("monthly", date(2025, 6, 1))
        counts = figures(session, moment("2025-07-01 09:00"), period, {})["evaluation"]["units"][
            "WATER"
        ]["counts"]
    return {name: counts[name] for name in ("dissatisfied", "untrue", "excluded")}


def test_the_centre_heads_closing_of_an_exhausted_redo_leaves_the_bad_result_on_the_units_account(
    room: Room,
) -> None:
    exhausted(room)
    before = rated(room)
    close: dict[str, Any] = {"unit_responsible": False, "grounds": "两轮重办后仍未解决，结案。"}
    no = room.refused(
        "2025-06-13 10:00", "centre_head", "review_responsibility", "A", **{**close, "grounds": " "}
    )
    assert no == "grounds_missing"
    room.do(
        "2025-06-13 10:00", "centre_head", "review_responsibility", "A", **close, excluded_as=None
    )
    case, row = room.case("A"), room.row(Responsibility, case_id=room.id("A"))
    assert (case.state, case.closed_as, case.excluded_as) == ("closed", "redo_exhausted", None)
    assert (row.grounds, row.excluded_as) == ("两轮重办后仍未解决，结案。", None)
    assert rated(room) == before == {"dissatisfied": 3, "untrue": 3, "excluded": 0}


def test_no_code_that_the_centre_head_gives_takes_an_exhausted_redo_off_the_units_account(
    room: Room,
) -> None:
    exhausted(room)
    room.do(
        "2025-06-13 10:00",
        "centre_head",
        "review_responsibility",
        "A",
        unit_responsible=False,
        excluded_as="law",
    )
    assert {row.excluded_as for row in room.rows(Responsibility)} == {None}
    assert (room.case("A").excluded_as, rated(room)["excluded"]) == (None, 0)


def test_an_exhausted_redo_closes_when_its_item_is_referred(room: Room) -> None:
    exhausted(room)
    for at, who, verb, fields in (
        ("2025-06-13 10:00", "officer", "open_supervision", {}),
        ("2025-06-13 11:00", "head@WATER", "feed_back", {}),
        ("2025-06-13 12:00", "officer", "draft_finding", {"finding": "perfunctory"}),
        ("2025-06-13 13:00", "supervision_head", "confirm_finding", {}),
        ("2025-06-13 14:00", "head@WATER", "record_statement", {}),
        ("2025-06-13 15:00", "officer", "conclude", {}),
    ):
        room.do(at, who, verb, "A", **fields)
    room.sweep("2025-06-16")
    for at, who, verb in (
        ("2025-06-16 10:00", "officer", "complete_referral"),
        ("2025-06-16 11:00", "supervision_head", "review_referral"),
        ("2025-06-16 12:00", "leader", "open_paper"),
        ("2025-06-16 13:00", "leader", "approve_referral"),
        ("2025-06-16 14:00", "officer", "seal_referral"),
    ):
        room.do(at, who, verb, "A")
    assert room.case("A").state == "reviewing"
    room.do("2025-06-19 10:00", "officer", "send_referral", "A")
    assert (room.item.state, room.case("A").state, room.case("A").closed_as) == (
        "referred",
        "closed",
        "redo_exhausted",
    )


def test_an_opened_item_closes_its_exhausted_redo_though_its_row_was_struck(room: Room) -> None:
    exhausted(room)
    room.do("2025-06-13 10:00", "officer", "open_supervision", "A")
    room.do("2025-06-13 10:10", "officer", "strike_row", "A", ground="redo_failed")
    assert room.case("A").state == "reviewing"
    room.do("2025-06-13 11:00", "officer", "clear", "A")
    assert (room.item.state, room.case("A").state, room.case("A").closed_as) == (
        "cleared",
        "closed",
        "redo_exhausted",
    )


def test_a_candidate_that_is_struck_leaves_its_exhausted_redo_in_review(room: Room) -> None:
    exhausted(room)
    room.do("2025-06-13 10:00", "officer", "strike_row", "A", ground="redo_failed")
    assert (room.item.state, room.case("A").state) == ("declined", "reviewing")


def test_earlier_rounds_stay_readable(room: Room) -> None:
    """Reply, clock and verdict of the first round are as they were after the second is answered
    late."""
    replied(room)
    first = room.assignment("A")
    disputed(room)
    room.do("2025-06-10 11:00", "examiner#2", "review_responsibility", "A", unit_responsible=True)
    room.do("2025-06-18 12:00", "head@WATER", "reply", "A", opinion="第二次办理，已更换管道。")
    rounds = room.rows(Assignment, case_id=room.id("A"))
    assert [(one.round, one.state, one.late) for one in rounds] == [
        (1, "accepted", False),
        (2, "replied", True),
    ]
    assert (rounds[0].due_at, rounds[0].due_clock, rounds[0].replied_at) == (
        first.due_at,
        first.due_clock,
        first.replied_at,
    )
    replies = room.rows(Reply, case_id=room.id("A"))
    assert [(row.round, row.state, row.late) for row in replies] == [
        (1, "passed", False),
        (2, "filed", True),
    ]
    assert replies[0].opinion != replies[1].opinion


def test_overdue_is_frozen_at_the_moment_of_reply_and_not_erased_by_closing(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    room.sweeps("2025-06-10", "2025-06-17")
    room.do("2025-06-17 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-17 15:00", "examiner", "examine", "A", passes=True)
    room.do("2025-06-17 16:00", "visitor", "record_visit", "A", **GOOD)
    assert (room.case("A").state, room.assignment("A").late) == ("closed", True)
    assert room.row(Reply, case_id=room.id("A")).late


# --- a dissolved unit ---


def test_a_dissolved_units_successor_takes_its_rounds(room: Room) -> None:
    replied(room)
    disputed(room)
    room.dissolve("2025-06-10 10:00", "WATER", "HOUSING")
    redo(room, "2025-06-10", "HOUSING")
    one = room.assignment("A")
    assert (one.unit_id, one.round, room.case("A").lead_unit_id) == (
        room.unit("HOUSING").id,
        2,
        room.unit("HOUSING").id,
    )
    assert room.rows(Assignment, case_id=room.id("A"))[0].unit_id == room.unit("WATER").id, (
        "the first round stays its"
    )


def test_a_dissolved_units_successor_answers_to_the_room_for_the_round_that_failed(
    room: Room,
) -> None:
    failed(room)
    room.dissolve("2025-06-12 15:00", "WATER", "HOUSING")
    room.sweep("2025-06-13")
    room.do("2025-06-13 09:00", "officer", "open_supervision", "A")
    assert room.item.unit_id == room.unit("HOUSING").id
    room.do("2025-06-13 10:00", "head@HOUSING", "feed_back", "A")
    assert (room.item.state, room.case("A").lead_unit_id) == ("fed_back", room.unit("HOUSING").id)
    assert room.refused("2025-06-13 11:00", "head@WATER", "feed_back", "A") == "not_found"


def test_a_successors_successor_takes_them_too(room: Room) -> None:
    replied(room)
    disputed(room)
    room.dissolve("2025-06-10 10:00", "WATER", "HOUSING")
    room.dissolve("2025-06-10 10:10", "HOUSING", "ROADS")
    redo(room, "2025-06-10", "ROADS")
    assert room.assignment("A").unit_id == room.unit("ROADS").id


def test_the_successor_takes_live_assignments_as_they_stand(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    due = room.assignment("A").due_at
    room.dissolve("2025-06-10 10:00", "WATER", "HOUSING")
    assert room.refused("2025-06-10 11:00", "head@WATER", "reply", "A") == "not_found"
    assert (room.assignment("A").unit_id, room.assignment("A").due_at) == (
        room.unit("HOUSING").id,
        due,
    )
    room.do("2025-06-10 11:00", "head@HOUSING", "reply", "A")
    room.do("2025-06-10 12:00", "operator", "register", "B", kind="help")
    assert (
        room.refused("2025-06-10 12:10", "allocator", "allocate", "B", unit="WATER")
        == "unit_inactive"
    )


def test_the_successor_answers_a_supervision_notice_for_whom_it_took_over(room: Room) -> None:
    """The head of the day of the fault is named by the post he held in the dissolved unit."""
    room.allocated("2025-06-09 09:10", "A")
    room.do("2025-06-13 10:00", "officer", "open_supervision", "A")
    room.dissolve("2025-06-13 11:00", "WATER", "HOUSING")
    room.do("2025-06-16 09:00", "head@HOUSING", "feed_back", "A")
    room.do(
        "2025-06-16 10:00",
        "officer",
        "draft_finding",
        "A",
        finding="inaction",
        persons=["WATER_head"],
    )
    room.do("2025-06-16 11:00", "supervision_head", "confirm_finding", "A")
    room.do("2025-06-16 12:00", "head@HOUSING", "record_statement", "A")
    room.do("2025-06-16 13:00", "officer", "record_statement", "A", person="WATER_head")
    room.do("2025-06-16 14:00", "officer", "conclude", "A")
    room.do("2025-06-16 15:00", "head@HOUSING", "ask_review", "A")


def test_an_item_opened_after_the_change_may_name_who_held_a_post_before_it(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A")
    room.dissolve("2025-06-13 09:00", "WATER", "HOUSING")
    room.do("2025-06-13 10:00", "officer", "open_supervision", "A", workdays=1)
    room.do("2025-06-16 09:00", "head@HOUSING", "feed_back", "A")
    room.do(
        "2025-06-16 10:00",
        "officer",
        "draft_finding",
        "A",
        finding="inaction",
        persons=["WATER_head"],
    )
    assert [row.post_id for row in room.named()] != []
