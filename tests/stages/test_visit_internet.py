"""(6) visit by internet: who is asked, what a code opens, what an answer does to the case, and how a
code ends."""

from __future__ import annotations

from typing import Any

import pytest

from app.database import transaction
from app.models import Event, Visit, VisitCode
from app.rules.codes import SIGNS, shown_code
from app.rules.refusal import NotAllowed
from app.stages.visit.internet import Looked, Rated, code_of, looked, rate
from tests.databases import Desk
from tests.office import moment
from tests.room import Room

GOOD: dict[str, Any] = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
BAD: dict[str, Any] = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}
CALLER = {"name": "李女士", "phone": "138 0000 4321"}
FOUR = "4321"
ASKED = "2025-06-09 15:00"


@pytest.fixture
def room(desk: Desk) -> Room:
    room = Room(desk)
    room.number("internet_visits", True)
    return room


def passed(room: Room, letter: str = "A", **facts: Any) -> None:
    """A case of Monday 06-09, replied and passed the same day; its caller is asked by internet."""
    facts = {"caller": CALLER, "kind": "help", **facts}
    room.allocated("2025-06-09 09:10", letter, **facts)
    room.do("2025-06-09 14:00", "head@WATER", "reply", letter)
    room.do(ASKED, "examiner", "examine", letter, passes=True)


def code(room: Room, visit: Visit | None = None) -> str:
    with transaction(room.desk.sessions) as session:
        found = code_of(session, (visit or room.visit()).id)
    assert found is not None
    return found


def looks(room: Room, at: str, typed: str) -> Looked:
    with transaction(room.desk.sessions) as session:
        return looked(session, moment(at), typed)


def rates(room: Room, at: str, typed: str, four: str = FOUR, **answers: Any) -> Rated:
    with transaction(room.desk.sessions) as session:
        return rate(session, moment(at), typed, four, **(answers or GOOD))


def refused(rated: Rated) -> str:
    assert rated.record is None and rated.refused is not None
    return rated.refused.msgid


def test_a_code_has_ten_signs_that_are_easy_to_type_and_is_kept_hashed(room: Room) -> None:
    passed(room)
    sent, row = code(room), room.row(VisitCode)
    assert len(sent) == 10 and set(sent) <= set(SIGNS) and not set("ILOU") & set(SIGNS)
    assert sent not in row.hashed and len(row.hashed) == 64
    told = " ".join(event.payload for event in room.rows(Event))
    assert sent not in told and FOUR not in told
    for typed in (shown_code(sent), sent.lower(), f" {sent} ", sent.replace("0", "O")):
        assert looks(room, "2025-06-10 09:00", typed).number == room.case("A").number


def test_the_office_says_whether_callers_are_asked_by_internet(desk: Desk) -> None:
    room = Room(desk)
    passed(room)
    assert (room.rows(VisitCode), room.visit().call_at) == ([], None)


def test_only_who_has_a_channel_is_asked_by_internet(room: Room) -> None:
    passed(room, caller={"name": "王某", "phone": "0912-8331234"})
    assert (room.rows(VisitCode), room.visit().call_at) == ([], None)


def test_a_visit_by_internet_settles_the_case_as_one_by_telephone_does(room: Room) -> None:
    passed(room)
    rated = rates(room, "2025-06-10 09:00", code(room), words="谢谢", **GOOD)
    assert rated.refused is None
    record = room.records()[0]
    assert (record.method, record.by_id, record.words) == ("internet", None, "谢谢")
    assert (room.case("A").state, room.case("A").closed_as) == ("closed", "visited")
    assert (room.visit().state, room.visit().satisfied) == ("done", "satisfied")
    told = [event.actor for event in room.rows(Event) if event.kind == "visit.recorded"]
    assert told == ["caller"]


def test_a_bad_answer_by_internet_sends_the_case_to_review(room: Room) -> None:
    passed(room)
    rates(room, "2025-06-10 09:00", code(room), **BAD)
    assert room.case("A").state == "reviewing"


def test_a_leaders_matter_is_visited_by_internet_too(room: Room) -> None:
    passed(room, leader={"level": "county", "name": "县长", "text": "请速办"})
    assert rates(room, "2025-06-10 09:00", code(room)).refused is None
    assert room.case("A").state == "closed"


def test_looking_consumes_nothing_and_shows_the_public_answer(room: Room) -> None:
    passed(room)
    sent = code(room)
    for _ in range(3):
        seen = looks(room, "2025-06-10 09:00", sent)
        assert seen.answer == "您反映的A事项已核实并处理。"
    assert seen.until == moment("2025-06-16 15:00")
    assert rates(room, "2025-06-10 10:00", sent).refused is None


def test_each_code_that_is_not_good_is_refused_alike(room: Room) -> None:
    """Used twice, late, by another, changed by one character, unknown: one sentence."""
    passed(room)
    passed(room, "B", caller={"name": "张某", "phone": "13900001111"})
    first, second = room.rows(Visit)
    good, other = code(room, first), code(room, second)
    changed = good[:-1] + next(sign for sign in SIGNS if sign != good[-1])
    at = "2025-06-10 09:00"
    said = [
        refused(rates(room, at, typed, four))
        for typed, four in ((changed, FOUR), ("0123456789", FOUR), ("", FOUR), (other, FOUR))
    ]
    assert rates(room, at, good).refused is None
    said.append(refused(rates(room, "2025-06-10 09:01", good)))
    said.append(refused(rates(room, "2025-06-16 15:00", other, "1111")))
    assert set(said) == {"code_not_good"}
    for typed in (changed, "0123456789", good):
        with pytest.raises(NotAllowed, match="code_not_good"):
            looks(room, "2025-06-10 09:02", typed)
    assert len(room.records()) == 1


def test_a_code_is_good_for_seven_days(room: Room) -> None:
    passed(room)
    sent = code(room)
    assert looks(room, "2025-06-16 14:59", sent).until == moment("2025-06-16 15:00")
    with pytest.raises(NotAllowed, match="code_not_good"):
        looks(room, "2025-06-16 15:00", sent)


def test_five_wrong_last_fours_lock_the_code_and_no_other(room: Room) -> None:
    passed(room)
    passed(room, "B", caller={"name": "张某", "phone": "13900001111"})
    first, second = room.rows(Visit)
    at = "2025-06-10 09:00"
    for n in range(1, 6):
        assert refused(rates(room, at, code(room, first), "0000")) == "code_not_good"
        assert room.row(VisitCode, visit_id=first.id).wrong == n
    assert refused(rates(room, at, code(room, first))) == "code_not_good"
    assert rates(room, at, code(room, second), "1111").refused is None


def test_what_is_no_four_digits_is_nobodys(room: Room) -> None:
    passed(room)
    for four in ("", "321", "43210", "四三二一", "'; --"):
        assert refused(rates(room, "2025-06-10 09:00", code(room), four)) == "code_not_good"


def test_an_answer_that_is_incomplete_costs_no_try(room: Room) -> None:
    passed(room)
    sent = code(room)
    wrong = (
        {**GOOD, "satisfied": None},
        {**GOOD, "truth": "so"},
        {**GOOD, "why": "so"},
        {**GOOD, "words": "x" * 2001},
        {**GOOD, "words": "\0"},
        {**GOOD, "method": "phone"},
    )
    for answers in wrong:
        with pytest.raises(NotAllowed):
            rates(room, "2025-06-10 09:00", sent, **answers)
    assert room.row(VisitCode).wrong == 0
    assert rates(room, "2025-06-10 09:00", sent).refused is None


def test_unanswered_after_a_working_day_it_is_a_telephone_visit_and_no_attempt(room: Room) -> None:
    passed(room)
    visit = room.visit()
    assert visit.call_at == moment("2025-06-11 00:00")
    assert (visit.attempts, visit.state) == (0, "pending")
    room.do("2025-06-11 09:00", "visitor", "record_visit", "A", **GOOD)
    assert room.visit().attempts == 1


def test_a_telephone_record_ends_the_link(room: Room) -> None:
    passed(room)
    sent = code(room)
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", **GOOD)
    assert refused(rates(room, "2025-06-10 09:01", sent)) == "code_not_good"
    assert len(room.records()) == 1


def test_an_attempt_that_reached_nobody_leaves_the_link(room: Room) -> None:
    passed(room)
    sent = code(room)
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", reached=False)
    assert rates(room, "2025-06-10 09:01", sent).refused is None


def test_each_caller_of_a_merged_matter_has_a_code_of_his_own(room: Room) -> None:
    facts = {"kind": "help", "caller": CALLER}
    room.do("2025-06-09 09:00", "operator", "register", "A", **facts)
    other = {"name": "张某", "phone": "13900001111"}
    room.do("2025-06-09 09:05", "operator", "register", "B", kind="help", caller=other)
    room.do("2025-06-09 09:06", "allocator", "merge", "B", into="A")
    room.do("2025-06-09 09:10", "allocator", "allocate", "A", unit="WATER")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do(ASKED, "examiner", "examine", "A", passes=True)
    first, second = room.rows(Visit)
    assert code(room, first) != code(room, second)
    assert refused(rates(room, "2025-06-10 09:00", code(room, second), FOUR)) == "code_not_good"
    assert rates(room, "2025-06-10 09:00", code(room, second), "1111").refused is None
    assert (room.case("A").state, room.row(Visit, id=second.id).state) == ("visiting", "done")
    assert rates(room, "2025-06-10 09:00", code(room, first)).refused is None
    assert room.case("A").state == "closed"
