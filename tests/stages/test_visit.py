"""(6) visit: who is visited, by whom, how; attempts, versions, and what an outcome does to the
case."""

from __future__ import annotations

from typing import Any

import pytest

from app.models import Case, Visit
from app.rules.workdays import BEIJING
from app.stages.acceptance import reveals
from app.stages.visit import METHODS, SATISFIED, SOLVED, TRUTHS
from tests.databases import Desk
from tests.office import moment
from tests.room import Room

GOOD: dict[str, Any] = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
BAD: dict[str, Any] = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


def passed(room: Room, letter: str = "A", **facts: Any) -> None:
    """A case of 06-09, replied and passed the same day: to be visited by 06-12."""
    room.allocated("2025-06-09 09:10", letter, kind="help", **facts)
    room.do("2025-06-09 14:00", "head@WATER", "reply", letter)
    room.do("2025-06-09 15:00", "examiner", "examine", letter, passes=True)


def visited(room: Room, at: str, letter: str = "A", who: str = "visitor", **fields: Any) -> None:
    room.do(at, who, "record_visit", letter, **fields)


def test_a_visit_comes_after_the_reply_passed_the_examination_within_3_wd(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    assert (
        room.refused("2025-06-09 10:00", "visitor", "record_visit", "A", **GOOD)
        == "nothing_to_visit"
    )
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    assert (
        room.refused("2025-06-09 14:30", "visitor", "record_visit", "A", **GOOD)
        == "nothing_to_visit"
    )
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    assert (room.case("A").state, room.visit().state) == ("visiting", "pending")
    assert room.case("A").deadline("own").on.isoformat() == "2025-06-12"


def test_a_quick_visitor_does_not_alarm_and_one_who_only_looks_does(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller whose visit is put down was shown for it; beyond sixty an hour nobody can have
    called. Of smaller numbers here. Seen failing: an ordinary morning of visits rang at the 21st."""
    assert (reveals.REVEALS_AN_HOUR, reveals.VISITS_AN_HOUR) == (20, 60)
    monkeypatch.setattr(reveals, "REVEALS_AN_HOUR", 2)
    monkeypatch.setattr(reveals, "VISITS_AN_HOUR", 6)

    def shown(who: str, letter: str, minute: int, times: int) -> None:
        for n in range(times):
            at = f"2025-06-10 09:{minute:02}:{n:02}"
            room.do(at, who, "reveal", letter, purpose="visit")

    def tried(who: str, letter: str, minute: int) -> None:
        visited(room, f"2025-06-10 09:{minute:02}", letter, who=who, reached=False)

    for letter in "ABCD":
        passed(room, letter, caller={"name": f"赵{letter}", "phone": f"138000000{ord(letter)}"})
    shown("visitor", "A", 0, 2)
    tried("visitor", "A", 5)
    shown("visitor", "B", 10, 2)
    assert room.told("caller.revealed_often") == []
    shown("visitor", "B", 11, 2)
    for n, letter in enumerate("CDC"):
        shown("visitor#2", letter, 20 + 2 * n, 2)
        tried("visitor#2", letter, 21 + 2 * n)
    assert [one["most"] for one in room.told("caller.revealed_often")] == [2]
    shown("visitor#2", "D", 30, 1)
    assert [one["most"] for one in room.told("caller.revealed_often")] == [2, 6]


def test_all_transferred_cases_are_visited(room: Room) -> None:
    for n in range(12):
        passed(room, f"T{n}", caller={"name": f"甲{n}", "phone": f"1380000{n:04d}"})
    assert [row.state for row in room.rows(Case)] == ["visiting"] * 12
    assert len(room.rows(Visit)) == 12


def sampled(room: Room, n: int, prefix: str = "D") -> list[bool]:
    for i in range(n):
        room.do("2025-06-09 09:00", "operator", "register", f"{prefix}{i}", kind="consultation")
        room.do("2025-06-09 09:10", "operator", "answer_directly", f"{prefix}{i}")
    return [room.case(f"{prefix}{i}").sampled for i in range(n)]


def test_the_sample_of_direct_answers_is_10_percent_and_the_seed_alone_decides(room: Room) -> None:
    """The same places on either database, today and tomorrow: the sample can be drawn again."""
    drawn = sampled(room, 30)
    assert [place for place, taken in enumerate(drawn) if taken] == [6, 18, 21]
    states = [room.case(f"D{place}").state for place in range(30)]
    assert [state == "visiting" for state in states] == drawn
    assert {state for state, taken in zip(states, drawn, strict=True) if not taken} == {"closed"}


def test_another_seed_draws_another_sample(room: Room) -> None:
    room.number("sample_seed", 7)
    drawn = sampled(room, 20)
    assert (sum(drawn[:10]), sum(drawn[10:])) == (1, 1)
    assert [place for place, taken in enumerate(drawn) if taken] != [6, 18]


def test_a_sampled_direct_answer_is_visited_and_closes(room: Room) -> None:
    sampled(room, 7)
    assert room.refused("2025-06-09 10:00", "operator", "record_visit", "D6", **GOOD) == "no_right"
    visited(room, "2025-06-10 10:00", "D6", **GOOD)
    assert (room.case("D6").state, room.case("D6").closed_as) == ("closed", "visited")


def test_a_direct_answer_that_was_not_good_enough_is_registered_anew(room: Room) -> None:
    sampled(room, 7)
    visited(room, "2025-06-10 10:00", "D6", **BAD)
    assert room.case("D6").state == "reviewing"
    room.do("2025-06-10 11:00", "examiner", "review_responsibility", "D6", unit_responsible=True)
    assert (room.case("D6").state, room.case("D6").mode) == ("registered", None)


def test_who_answered_directly_does_not_visit(room: Room) -> None:
    sampled(room, 6)
    room.do("2025-06-09 09:00", "operator", "register", "D6", kind="consultation")
    room.do("2025-06-09 09:10", "centre_head", "answer_directly", "D6")
    assert room.case("D6").sampled
    assert (
        room.refused("2025-06-10 10:00", "centre_head", "record_visit", "D6", **GOOD)
        == "handled_it_himself"
    )


@pytest.mark.parametrize("method", METHODS)
def test_by_telephone_internet_or_on_site(room: Room, method: str) -> None:
    passed(room)
    visited(room, "2025-06-10 10:00", method=method, **GOOD)
    assert room.records()[0].method == method


def test_an_onsite_visit_says_where_and_who_was_met(room: Room) -> None:
    passed(room)
    for missing in ({"place": ""}, {"met": ""}):
        no = room.refused(
            "2025-06-10 10:00", "visitor", "record_visit", "A", method="onsite", **missing, **GOOD
        )
        assert no == "place_missing"
    assert (
        room.refused("2025-06-10 10:00", "visitor", "record_visit", "A", method="letter", **GOOD)
        == "field_wrong"
    )
    visited(room, "2025-06-10 11:00", method="onsite", place="滨河路3号", met="李女士", **GOOD)
    assert (room.records()[0].place, room.records()[0].met) == ("滨河路3号", "李女士")


def test_an_anonymous_case_closes_unrated_and_has_no_visit(room: Room) -> None:
    passed(room, anonymous=True)
    assert (room.case("A").state, room.case("A").closed_as) == ("closed", "anonymous")
    assert room.rows(Visit) == []
    assert (
        room.refused("2025-06-10 10:00", "visitor", "record_visit", "A", **GOOD)
        == "anonymous_not_visited"
    )


def test_a_record_holds_all_that_was_asked(room: Room) -> None:
    passed(room)
    visited(
        room,
        "2025-06-10 10:00",
        truth="partly",
        solved="partly",
        satisfied="basically",
        why="attitude",
        words="态度不好",
        contacted_by_unit=False,
        evidence="通话录音3号",
    )
    row = room.records()[0]
    assert (row.attempt, row.version, row.at) == (
        1,
        1,
        moment("2025-06-10 10:00").astimezone(BEIJING),
    )
    assert (row.contacted_by_unit, row.truth, row.solved, row.satisfied) == (
        False,
        "partly",
        "partly",
        "basically",
    )
    assert (row.why, row.words, row.evidence) == ("attitude", "态度不好", "通话录音3号")


def test_the_words_of_an_outcome_are_the_procedures(room: Room) -> None:
    assert TRUTHS == ("proven", "partly", "untrue")
    assert SOLVED == ("solved", "partly", "unsolved", "unreasonable")
    assert SATISFIED == ("satisfied", "basically", "dissatisfied", "declined")
    passed(room)
    for name in ("truth", "solved", "satisfied"):
        assert room.refused(
            "2025-06-10 10:00", "visitor", "record_visit", "A", **{**GOOD, name: None}
        ) == ("outcome_missing")
        assert room.refused(
            "2025-06-10 10:00", "visitor", "record_visit", "A", **{**GOOD, name: "其他"}
        ) == ("field_wrong")


def test_each_attempt_is_recorded_and_three_on_two_days_make_unreachable(room: Room) -> None:
    passed(room)
    for at in ("2025-06-10 09:00", "2025-06-10 15:00"):
        visited(room, at, reached=False, satisfied="satisfied")
    assert (room.visit().state, room.visit().attempts) == ("pending", 2)
    visited(room, "2025-06-11 09:00", reached=False)
    assert (room.visit().state, room.case("A").state, room.case("A").closed_as) == (
        "unreachable",
        "closed",
        "unreachable",
    )
    assert [row.attempt for row in room.records()] == [1, 2, 3]
    assert {row.satisfied for row in room.records()} == {None}, "never counted as satisfied"


def test_reached_at_the_second_attempt(room: Room) -> None:
    passed(room)
    visited(room, "2025-06-10 09:00", reached=False)
    visited(room, "2025-06-10 15:00", **GOOD)
    assert (room.visit().state, room.visit().attempts, room.case("A").closed_as) == (
        "done",
        2,
        "visited",
    )


def test_a_correction_is_a_new_version_and_the_old_one_stays(room: Room) -> None:
    passed(room)
    visited(room, "2025-06-10 10:00", evidence="录音1号", **GOOD)
    assert (
        room.refused("2025-06-10 11:00", "visitor", "amend_visit", "A", satisfied="basically")
        == "no_right"
    )
    assert (
        room.refused("2025-06-10 11:00", "centre_head", "amend_visit", "A", reason=" ")
        == "reason_missing"
    )
    room.do(
        "2025-06-10 11:00",
        "centre_head",
        "amend_visit",
        "A",
        reason="录入有误",
        satisfied="basically",
    )
    first, second = room.records()
    assert (first.version, first.satisfied, first.reason) == (1, "satisfied", "")
    assert (second.version, second.satisfied, second.reason) == (2, "basically", "录入有误")
    assert (second.attempt, second.truth, second.evidence) == (1, "proven", "录音1号")
    assert room.visit().satisfied == "basically"


def test_an_amended_outcome_moves_the_case_until_responsibility_is_reviewed(room: Room) -> None:
    passed(room)
    visited(room, "2025-06-10 10:00", **GOOD)
    room.do("2025-06-10 11:00", "centre_head", "amend_visit", "A", satisfied="dissatisfied")
    assert room.case("A").state == "reviewing"
    room.do("2025-06-10 12:00", "centre_head", "amend_visit", "A", satisfied="satisfied")
    assert room.case("A").state == "closed"
    room.do("2025-06-10 13:00", "centre_head", "amend_visit", "A", truth="untrue")
    room.do("2025-06-10 14:00", "examiner#2", "review_responsibility", "A", unit_responsible=False)
    room.do("2025-06-10 15:00", "centre_head", "amend_visit", "A", truth="proven")
    room.do("2025-06-10 16:00", "centre_head", "amend_visit", "A", truth="untrue")
    assert (room.case("A").state, room.case("A").closed_as) == ("closed", "not_responsible")
    assert [row.version for row in room.records()] == [1, 2, 3, 4, 5, 6]


def test_an_unreachable_caller_may_turn_out_to_have_been_reached(room: Room) -> None:
    passed(room)
    for at in ("2025-06-10 09:00", "2025-06-10 15:00", "2025-06-11 09:00"):
        visited(room, at, reached=False)
    room.do("2025-06-11 10:00", "centre_head", "amend_visit", "A", words="号码无误，无人接听")
    assert room.visit().state == "unreachable"
    room.do("2025-06-11 11:00", "centre_head", "amend_visit", "A", reached=True, **BAD)
    assert (room.visit().state, room.case("A").state) == ("done", "reviewing")
    room.do("2025-06-11 12:00", "centre_head", "amend_visit", "A", reached=False)
    assert (room.visit().state, room.visit().satisfied, room.case("A").state) == (
        "unreachable",
        None,
        "closed",
    )


@pytest.mark.parametrize("outcome", [GOOD, BAD])
def test_no_correction_makes_a_caller_unreachable_before_3_attempts_on_2_days(
    room: Room, outcome: dict[str, Any]
) -> None:
    passed(room)
    visited(room, "2025-06-10 10:00", **outcome)
    before = room.case("A").state
    assert (
        room.refused("2025-06-10 11:00", "centre_head", "amend_visit", "A", reached=False)
        == "too_few_attempts"
    )
    assert (room.visit().state, room.case("A").state) == ("done", before)


@pytest.mark.parametrize(
    ("last", "enough"), [("2025-06-10 16:00", False), ("2025-06-11 09:00", True)]
)
def test_of_three_attempts_the_last_may_turn_out_to_have_reached_nobody(
    room: Room, last: str, enough: bool
) -> None:
    passed(room)
    for at in ("2025-06-10 09:00", "2025-06-10 15:00"):
        visited(room, at, reached=False)
    visited(room, last, **BAD)
    if not enough:
        no = room.refused("2025-06-11 11:00", "centre_head", "amend_visit", "A", reached=False)
        assert no == "too_few_attempts", "all on one day"
        return
    room.do("2025-06-11 11:00", "centre_head", "amend_visit", "A", reached=False)
    assert (room.visit().state, room.case("A").closed_as) == ("unreachable", "unreachable")


def test_an_unreachable_caller_who_turns_out_content_is_counted_as_visited(room: Room) -> None:
    passed(room)
    for at in ("2025-06-10 09:00", "2025-06-10 15:00", "2025-06-11 09:00"):
        visited(room, at, reached=False)
    room.do("2025-06-11 10:00", "centre_head", "amend_visit", "A", reached=True, **GOOD)
    assert (room.visit().state, room.case("A").state, room.case("A").closed_as) == (
        "done",
        "closed",
        "visited",
    )


def test_each_merged_caller_keeps_his_visit(room: Room) -> None:
    """The lead's caller is content and the case closes; the merged one is not, and it goes to
    review."""
    room.do("2025-06-09 09:00", "operator", "register", "B", kind="help")
    room.allocated("2025-06-09 09:10", "A", kind="help")
    room.do("2025-06-09 10:00", "allocator", "merge", "B", into="A")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    assert [row.caller_case_id for row in room.rows(Visit)] == [room.id("A"), room.id("B")]
    visited(room, "2025-06-10 10:00", **GOOD)
    assert (room.case("A").state, room.visit("B").state) == ("closed", "pending")
    visited(room, "2025-06-10 11:00", "B", **BAD)
    assert (room.case("A").state, room.case("B").state) == ("reviewing", "merged")
    assert (room.visit().satisfied, room.visit("B").satisfied) == ("satisfied", "dissatisfied")


def test_a_merged_callers_outcome_amended_while_the_lead_is_visited_goes_to_review(
    room: Room,
) -> None:
    """Recorded as good, amended to bad before the lead's own caller was reached: it is not closed
    over his head."""
    for letter in "AB":
        room.do("2025-06-09 09:00", "operator", "register", letter, kind="help")
    room.do("2025-06-09 09:05", "allocator", "merge", "B", into="A")
    room.do("2025-06-09 09:10", "allocator", "allocate", "A", unit="WATER")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    room.do("2025-06-09 16:00", "visitor", "record_visit", "B", **GOOD)
    room.do("2025-06-09 17:00", "centre_head", "amend_visit", "B", **BAD)
    assert (room.case("A").state, room.case("A").disputed_by) == ("reviewing", "visit")
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", **GOOD)
    assert room.case("A").state == "reviewing"


def test_an_outcome_whose_responsibility_was_reviewed_holds_no_other_callers_amended_one_in_review(
    room: Room,
) -> None:
    """A's bad outcome was reviewed: not responsible. B's comes later, and turns out to be good."""
    for letter in "AB":
        room.do("2025-06-09 09:00", "operator", "register", letter, kind="help")
    room.do("2025-06-09 09:05", "allocator", "merge", "B", into="A")
    room.do("2025-06-09 09:10", "allocator", "allocate", "A", unit="WATER")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    visited(room, "2025-06-10 10:00", **BAD)
    room.do("2025-06-10 11:00", "examiner#2", "review_responsibility", "A", unit_responsible=False)
    visited(room, "2025-06-10 12:00", "B", **BAD)
    room.do("2025-06-10 13:00", "centre_head", "amend_visit", "A", **GOOD)
    assert room.case("A").state == "reviewing", "B's stands"
    room.do("2025-06-10 14:00", "centre_head", "amend_visit", "A", **BAD)
    room.do("2025-06-10 15:00", "centre_head", "amend_visit", "B", **GOOD)
    assert (room.case("A").state, room.case("A").closed_as) == ("closed", "visited")
    room.do("2025-06-10 16:00", "centre_head", "amend_visit", "A", words="原话有误")
    assert room.case("A").state == "closed"
    room.do("2025-06-10 17:00", "centre_head", "amend_visit", "B", **BAD)
    assert room.case("A").state == "reviewing"


def test_amending_what_was_reviewed_sends_no_second_answer_to_review(room: Room) -> None:
    """The centre's own answer was bad, reviewed and given anew; the new one waits for its visit."""
    room.number("sample_in_ten", 10)
    room.do("2025-06-09 09:00", "operator", "register", "D", kind="consultation")
    room.do("2025-06-09 09:10", "operator", "answer_directly", "D")
    visited(room, "2025-06-09 10:00", "D", **BAD)
    room.do("2025-06-09 11:00", "examiner", "review_responsibility", "D", unit_responsible=True)
    room.do("2025-06-09 12:00", "operator", "answer_directly", "D")
    room.do("2025-06-09 13:00", "centre_head", "amend_visit", "D", words="原话有误")
    assert room.case("D").state == "visiting"
    visited(room, "2025-06-09 14:00", "D", **GOOD)
    assert (room.case("D").state, room.case("D").closed_as) == ("closed", "visited")


def test_with_an_anonymous_lead_the_merged_caller_is_visited(room: Room) -> None:
    room.do("2025-06-09 09:00", "operator", "register", "B", kind="help")
    room.allocated("2025-06-09 09:10", "A", kind="help", anonymous=True)
    room.do("2025-06-09 10:00", "allocator", "merge", "B", into="A")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    assert [row.caller_case_id for row in room.rows(Visit)] == [room.id("B")]
    visited(room, "2025-06-10 11:00", "B", **BAD)
    assert room.case("A").state == "reviewing"


def test_a_pending_visit_is_not_applicable_where_the_case_is_withdrawn(room: Room) -> None:
    passed(room)
    room.do("2025-06-10 10:00", "allocator", "withdraw", "A")
    assert (room.case("A").state, room.visit().state) == ("withdrawn", "not_applicable")
    assert (
        room.refused("2025-06-10 11:00", "visitor", "record_visit", "A", **GOOD)
        == "nothing_to_visit"
    )


def test_a_refused_rating_closes_and_is_no_satisfaction(room: Room) -> None:
    passed(room)
    visited(room, "2025-06-10 10:00", **{**GOOD, "satisfied": "declined"})
    assert (room.case("A").state, room.visit().satisfied) == ("closed", "declined")
