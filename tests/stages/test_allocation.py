"""(2) allocation: what stories do not tell of it. All on Monday 2025-06-09 and the days after."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from app.database import transaction
from app.models import Assignment, Event, Instruction, Person, Submission, Unit, UnitPost
from app.rules.workflow import LIVE
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment

MONDAY = "2025-06-09 09:00"
COUNTY = {"level": "county", "name": "张县长", "text": "请速办并报结果"}
ASSISTS = ["HOUSING", "PARKS", "ROADS", "POWER", "HEAT", "GAS"]


def at(minute: int) -> str:
    """A minute of Monday morning."""
    return f"2025-06-09 09:{minute:02d}"


def live(office: Office, letter: str) -> list[str]:
    """The roles of the assignments that units still hold."""
    return [
        row.role for row in office.rows(Assignment, case_id=office.id(letter)) if row.state in LIVE
    ]


@pytest.mark.parametrize("kind", ["consultation", "praise", "help"])
def test_the_centre_answers_consultation_praise_and_help_itself_and_the_case_closes(
    desk: Desk, kind: str
) -> None:
    office = Office(desk)
    for minute in range(2):
        office.do(at(minute), "operator", "register", f"A{minute}", kind=kind)
        office.do(at(minute), "operator", "answer_directly", f"A{minute}")
    stood = {
        (case.state, case.mode, case.answered_by_id is not None)
        for case in map(office.case, ("A0", "A1"))
    }
    assert ("closed", "direct", True) in stood
    assert stood <= {("closed", "direct", True), ("visiting", "direct", True)}


def test_the_centre_does_not_answer_other_kinds_or_complex_or_leaders_matters_itself(
    desk: Desk,
) -> None:
    office = Office(desk)
    others: list[dict[str, Any]] = [
        {"kind": "complaint"},
        {"kind": "report"},
        {"kind": "suggestion"},
        {"kind": "help", "complex": True},
        {"kind": "help", "leader": COUNTY},
    ]
    for minute, other in enumerate(others):
        office.do(at(minute), "operator", "register", f"A{minute}", **other)
        assert (
            office.refused(at(minute), "operator", "answer_directly", f"A{minute}")
            == "not_for_direct_answer"
        )


def sampled(office: Office, n: int) -> list[bool]:
    """Which of n consultations answered directly one after another are drawn for a visit."""
    for minute in range(n):
        office.do(at(minute), "operator", "register", f"A{minute}", kind="consultation")
        office.do(at(minute), "operator", "answer_directly", f"A{minute}")
    return [office.case(f"A{minute}").sampled for minute in range(n)]


def test_ten_per_cent_of_direct_answers_are_drawn_the_same_each_time(
    sqlite_desk: Desk, postgres_desk: Desk
) -> None:
    here, there = sampled(Office(sqlite_desk), 30), sampled(Office(postgres_desk), 30)
    assert here == there
    assert [sum(here[ten : ten + 10]) for ten in (0, 10, 20)] == [1, 1, 1]


def test_a_transfer_has_one_lead_and_up_to_five_assists_each_with_its_numbered_paper(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    assert (
        office.refused(at(1), "allocator", "allocate", "A", unit="WATER", assists=ASSISTS)
        == "too_many_assists"
    )
    told = office.refused(at(1), "allocator", "allocate", "A", unit="WATER", assists=["WATER"])
    assert told == "unit_named_twice"
    office.do(at(2), "allocator", "allocate", "A", unit="WATER", assists=ASSISTS[:5])
    assert live(office, "A") == ["lead"] + ["assist"] * 5
    numbers = [row.number for row in office.rows(Assignment)]
    assert numbers == [f"神热线交〔2025〕{n}号" for n in range(1, 7)]


def test_a_submission_is_a_numbered_paper_with_its_reason(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    assert office.refused(at(1), "allocator", "submit", "A", reason=" ") == "reason_missing"
    office.do(at(2), "allocator", "submit", "A", reason="职责交叉，无明确主管单位")
    row = office.row(Submission)
    assert (row.number, row.reason) == ("神热线呈〔2025〕1号", "职责交叉，无明确主管单位")
    assert office.case("A").state == "submitted"


def test_a_leaders_matter_is_registered_with_level_leader_date_text_and_document_number(
    desk: Desk,
) -> None:
    office = Office(desk)
    words = {
        **COUNTY,
        "date": date(2025, 6, 6),
        "document": "神政批〔2025〕8号",
        "due_on": date(2025, 6, 20),
    }
    office.do(MONDAY, "operator", "register", "A", kind="help", channel="leader", leader=words)
    row = office.row(Instruction)
    assert (row.level, row.leader, row.words) == ("county", "张县长", "请速办并报结果")
    assert (row.instructed_on, row.document, row.due_on) == (
        date(2025, 6, 6),
        "神政批〔2025〕8号",
        date(2025, 6, 20),
    )
    wrong = {**COUNTY, "level": "town"}
    assert (
        office.refused(at(1), "operator", "register", "B", kind="help", leader=wrong)
        == "leader_level"
    )
    told = office.refused(
        at(1), "operator", "register", "B", kind="help", leader={**COUNTY, "text": ""}
    )
    assert told == "leader_words"


def test_an_instruction_never_makes_a_case_due_before_the_end_of_tomorrow(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    assert office.assignment("A").due_at == moment("2025-06-13 00:00")
    office.do(
        "2025-06-12 10:00",
        "leader",
        "instruct",
        "A",
        leader={**COUNTY, "due_on": date(2025, 6, 20)},
    )
    assert office.assignment("A").due_at == moment("2025-06-14 00:00")
    assert office.assignment("A").leader_assigned


def test_an_instruction_on_paper_is_entered_by_the_centre_head_and_the_event_names_both(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="help")
    for missing in ("scan", "document"):
        bare = {**COUNTY, missing: ""}
        assert (
            office.refused(at(1), "centre_head", "instruct", "A", leader=bare)
            == "instruction_without_scan"
        )
    assert office.refused(at(1), "allocator", "instruct", "A", leader=COUNTY) == "no_right"
    office.do(at(2), "centre_head", "instruct", "A", leader=COUNTY)
    told = office.row(Event, kind="case.instructed")
    assert json.loads(told.payload)["leader"] == "张县长"
    row = office.row(Instruction)
    assert told.actor == f"user:{row.entered_by_id}"
    assert row.scan and row.document


def test_a_unit_takes_cases_when_it_is_active_and_has_a_liaison(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    closed, bare = office.unit("CLOSED"), office.unit("BARE")
    with transaction(desk.sessions) as session:
        session.execute(update(Unit).where(Unit.id == closed.id).values(active=False))
        posts = update(UnitPost).where(UnitPost.unit_id == bare.id, UnitPost.post == "liaison")
        session.execute(posts.values(to_on=date(2025, 6, 8)))
    assert office.refused(at(1), "allocator", "allocate", "A", unit="CLOSED") == "unit_inactive"
    assert office.refused(at(1), "allocator", "allocate", "A", unit="BARE") == "no_liaison"
    assert (
        office.refused(at(1), "allocator", "allocate", "A", unit="WATER", assists=["BARE"])
        == "no_liaison"
    )
    assert office.refused(
        at(1), "allocator", "allocate", "A", unit="WATER", assists=["CLOSED"]
    ) == ("unit_inactive")
    office.do("2025-06-08 09:00", "operator", "register", "B", kind="help")
    office.do("2025-06-08 09:10", "allocator", "allocate", "B", unit="BARE")


def test_an_accepted_return_of_an_assist_ends_only_its_own_assignment(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="help", assists=["HOUSING", "PARKS"])
    due = office.assignment("A", "WATER").due_at
    office.do(at(10), "head@HOUSING", "request_return", "A")
    office.do(at(20), "allocator", "rule_on_return", "A", unit="HOUSING", accept=True)
    assert office.assignment("A", "HOUSING").state == "returned"
    assert live(office, "A") == ["lead", "assist"]
    assert (office.case("A").state, office.assignment("A", "WATER").due_at) == ("handling", due)


def test_an_accepted_return_of_a_lead_ends_it_and_its_assists(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", assists=["HOUSING"])
    office.do("2025-06-10 09:10", "head@WATER", "request_return", "A")
    office.do("2025-06-10 09:20", "allocator", "rule_on_return", "A", accept=True)
    assert (live(office, "A"), office.case("A").state) == ([], "registered")
    office.do("2025-06-10 09:30", "allocator", "allocate", "A", unit="PARKS")
    assert office.assignment("A").due_at == moment("2025-06-14 00:00")


@pytest.mark.parametrize(("who", "verb"), [("allocator", "recall"), ("centre_head", "reassign")])
def test_a_recall_and_a_reassignment_end_the_assists_too_and_the_next_unit_has_a_fresh_clock(
    desk: Desk, who: str, verb: str
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", assists=["HOUSING"])
    office.do("2025-06-10 09:00", who, verb, "A")
    assert [row.state for row in office.rows(Assignment)] == ["cancelled", "cancelled"]
    assert (office.case("A").state, office.case("A").lead_unit_id) == ("registered", None)
    assert office.case("A").allocations == (0 if verb == "recall" else 1)
    office.do("2025-06-11 09:00", "allocator", "allocate", "A", unit="PARKS")
    assert office.assignment("A").due_at == moment("2025-06-17 00:00")


def test_a_reassignment_needs_a_reason(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    assert office.refused(at(10), "centre_head", "reassign", "A", reason=" ") == "reason_missing"


def test_who_asked_does_not_rule_and_a_refused_return_leaves_the_due_date(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    due = office.assignment("A").due_at
    office.do(at(10), "head@WATER", "request_return", "A")
    assert office.refused(at(20), "head@WATER", "rule_on_return", "A", accept=True) == "no_right"
    office.do(at(30), "allocator", "rule_on_return", "A", accept=False, words="属本单位职责")
    assert (office.assignment("A").state, office.assignment("A").due_at) == ("allocated", due)
    assert office.requests("A")[0].ruling_words == "属本单位职责"


def test_a_lead_answers_over_an_open_assist_only_after_a_waiver_with_a_reason(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", assists=["HOUSING"])
    assert office.refused("2025-06-10 09:00", "head@WATER", "reply", "A") == "assist_open"
    told = office.refused(
        "2025-06-10 09:10", "allocator", "waive_assist", "A", unit="HOUSING", reason=""
    )
    assert told == "reason_missing"
    office.do(
        "2025-06-10 09:20",
        "allocator",
        "waive_assist",
        "A",
        unit="HOUSING",
        reason="协办事项已并入主办",
    )
    assert office.assignment("A", "HOUSING").waived_reason == "协办事项已并入主办"
    office.do("2025-06-10 09:30", "head@WATER", "reply", "A")


# --- submitted to one leader ---


def _named(desk: Desk, word: str) -> str:
    """The account behind a word, made where it is not there."""
    with transaction(desk.sessions) as session:
        return actor_named(session, word).name


def test_a_case_is_submitted_to_one_leader_who_alone_instructs_on_it(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    second = _named(desk, "leader#2")
    office.do(at(1), "allocator", "submit", "A", reason="职责交叉", to_leader=second)
    row = office.row(Submission)
    assert office.row(Person, id=row.leader_id).username == second
    assert office.told("case.submitted", "A") == [{"to": row.leader_id}]
    assert office.refused(at(2), "leader", "instruct", "A", unit="WATER") == "submitted_to_another"
    assert office.refused(at(2), "leader", "instruct", "A") == "submitted_to_another"
    office.do(at(3), "leader#2", "instruct", "A", unit="WATER")
    assert office.case("A").state == "handling"
    office.do(at(4), "leader", "instruct", "A")


def test_what_the_leader_gave_on_paper_the_centre_head_enters(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    office.do(
        at(1), "allocator", "submit", "A", reason="职责交叉", to_leader=_named(desk, "leader#2")
    )
    office.do(at(2), "centre_head", "instruct", "A", unit="WATER")
    assert office.case("A").state == "handling"


def test_a_case_submitted_to_no_leader_in_particular_is_every_leaders(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    office.do(at(1), "allocator", "submit", "A", reason="职责交叉")
    assert office.row(Submission).leader_id is None
    office.do(at(2), "leader#2", "instruct", "A", unit="WATER")


def test_only_the_account_of_a_leader_that_is_in_use_is_submitted_to(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    closed, officer = _named(desk, "leader#2"), _named(desk, "officer")
    with transaction(desk.sessions) as session:
        session.execute(update(Person).where(Person.username == closed).values(active=False))
    for account in (closed, officer, "nobody"):
        assert (
            office.refused(at(1), "allocator", "submit", "A", to_leader=account) == "unknown_leader"
        )
    assert office.case("A").state == "registered"
