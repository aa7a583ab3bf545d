"""The office as a whole: states and their ways out, the order inside a sweep, papers and their
numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.database import reading, transaction
from app.models import Event, Person, Reminder, Responsibility, Setting, Submission, Supervision
from app.rules.workflow import LIVE, MAY_BECOME, OPEN_ASSIGNMENT
from app.stages.rights import RIGHTS, person
from app.story.theatre.player import perform_story, read
from app.verbs import perform
from tests.databases import Desk, sqlite_copy
from tests.office import moment
from tests.room import Room

STORIES = Path(__file__).parents[1] / "stories"
BAD: dict[str, Any] = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


# --- states ---


def test_overdue_is_derived_never_a_state() -> None:
    states = {state for ways in MAY_BECOME.values() for state in ways if state}
    assert not any("overdue" in state or "late" in state for state in states)


def test_the_ends_are_those_of_the_procedure() -> None:
    """Every other state has a way out in the table."""
    assert {
        subject: {state for state, ways in table.items() if not ways}
        for subject, table in MAY_BECOME.items()
    } == {
        "case": {"refused", "transferred", "withdrawn"},
        "assignment": {"accepted", "returned", "cancelled"},
        "request": {"accepted", "refused", "withdrawn"},
        "reply": {"passed", "refused", "withdrawn"},
        "reminder": {"lapsed", "void"},
        "supervision": {"declined", "cleared", "referred", "closed"},
        "visit": {"not_applicable"},
        "referral": {"closed", "abandoned"},
    }
    assert set(OPEN_ASSIGNMENT) < set(LIVE)


_WALKED = (
    "acceptance-withdrawing-a-lead-hands-over-to-the-oldest",
    "handling-a-final-reply-withdraws-what-is-pending",
    "handling-a-pending-return-is-not-signed-for",
    "allocation-submitted-and-instructed",
    "handling-a-reply-refused-after-due",
    "reminder-void-when-the-assignment-ends",
    "accountability-three-persons-before-the-seal",
    "supervision-a-finding-is-confirmed-by-another-person",
    "supervision-overdue-again-for-each-reissue",
    "supervision-closed-after-the-conclusion-is-not-drafted",
    "visit-an-amended-outcome-moves-the-case",
    "redo-a-closed-case-repeated-is-reviewed",
    "visit-an-unreachable-caller-was-reached-after-all",
)


@pytest.fixture(scope="module")
def walked(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], set[str]]:
    """(subject, state) -> the roles that took a way out of it in some stories."""
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stem in _WALKED:
        with sqlite_copy(sqlite_template, tmp_path_factory.mktemp("walk") / "desk.db") as desk:
            _, differences = perform_story(desk.sessions, read(STORIES / f"{stem}.yaml"))
            assert differences == []
            for subject, state, roles in _moves(desk):
                ways[subject, state] |= roles
    return ways


def _moves(desk: Desk) -> Iterator[tuple[str, str, set[str]]]:
    with reading(desk.sessions) as session:
        roles = {
            f"user:{one.id}": {role.name for role in one.roles}
            for one in session.scalars(select(Person))
        }
        for row in session.scalars(
            select(Event).where(Event.from_state.is_not(None), Event.to_state.is_not(None))
        ):
            if row.from_state != row.to_state:
                yield row.subject, str(row.from_state), roles.get(row.actor, {row.actor})


@pytest.mark.parametrize(
    ("subject", "state"),
    [
        (subject, state)
        for subject, table in MAY_BECOME.items()
        for state, ways in table.items()
        if state and ways
    ],
)
def test_no_state_is_a_dead_end(
    walked: dict[tuple[str, str], set[str]], subject: str, state: str
) -> None:
    """Somebody with a role that may, or the bot, has left it."""
    took = walked.get((subject, state), set())
    assert took & {"bot", *RIGHTS}, f"nobody left {subject} {state}"


def test_a_refused_reply_resumes_on_the_original_due_and_may_be_filed_again(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    due = room.assignment("A").due_at
    for n in (1, 2):
        room.do(f"2025-06-1{n} 09:00", "head@WATER", "reply", "A")
        room.do(f"2025-06-1{n} 10:00", "examiner", "examine", "A", passes=False)
    assert (room.assignment("A").state, room.assignment("A").due_at) == ("reply_refused", due)


def test_the_order_inside_one_sweep(room: Room) -> None:
    """After an outage one sweep does all that has come true, in the procedure's order."""
    room.allocated("2025-06-09 09:10", "A")
    room.do("2025-06-09 10:00", "operator", "register", "B", kind="help")
    room.sweep("2025-06-13")
    mark = len(room.events("A"))
    assert room.events("A")[-3:] == [
        "assignment.auto_signed",
        "assignment.overdue",
        "reminder.issued",
    ]
    room.do("2025-06-13 09:00", "operator", "contact", "A", kind="repeat")
    room.do("2025-06-13 10:00", "officer", "open_supervision", "A", workdays=1)
    room.sweep("2025-06-18")
    assert room.events("A")[mark + 2 :] == [
        "reminder.lapsed",
        "supervision.listed",
        "supervision.overdue",
    ]


def test_hearing_over_then_the_draft_then_the_centres_own_overdue(room: Room) -> None:
    room.to("confirm_finding")
    room.sweep("2025-06-14")
    assert room.events("A")[-1] == "supervision.heard"
    room.do("2025-06-14 10:00", "officer", "conclude", "A")
    room.do("2025-06-14 11:00", "head@WATER", "ask_review", "A")
    room.do("2025-06-14 12:00", "head@WATER", "explain", "A", promised_on="2025-06-20")
    room.sweep("2025-06-18")
    assert room.events("A")[-3:] == ["referral.drafted", "centre.overdue", "room.overdue"]


# --- papers ---


def test_each_paper_has_its_words_and_number(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help", assists=["HOUSING"])
    assert [one.number for one in room.facts("A").assignments] == [
        "神热线交〔2025〕1号",
        "神热线交〔2025〕2号",
    ]
    room.do("2025-06-09 10:00", "operator", "register", "B", kind="help")
    room.do("2025-06-09 10:10", "allocator", "submit", "B")
    assert room.row(Submission).number == "神热线呈〔2025〕1号"
    room.do("2025-06-10 10:00", "head@HOUSING", "reply", "A")
    room.do("2025-06-10 10:00", "head@WATER", "reply", "A")
    room.do("2025-06-10 11:00", "examiner", "examine", "A", unit="WATER", passes=True)
    room.do("2025-06-10 12:00", "visitor", "record_visit", "A", **BAD)
    room.do("2025-06-10 13:00", "examiner#2", "review_responsibility", "A", unit_responsible=True)
    assert room.row(Responsibility).number == "神热线责〔2025〕1号"
    assert room.assignment("A").number == "神热线重〔2025〕1号"


def test_the_papers_of_the_room_have_their_words_and_numbers(room: Room) -> None:
    room.to("send_referral")
    assert (room.item.number, room.referral.number) == ("神政督〔2025〕1号", "神政督函〔2025〕1号")


def late(room: Room, *letters: str, day: str = "2025-06-09") -> None:
    for letter in letters:
        room.allocated(f"{day} 09:10", letter)


def test_numbers_are_gapless_and_void_numbers_stay_listed(room: Room) -> None:
    late(room, "A", "B")
    room.sweep("2025-06-13")
    room.do("2025-06-13 10:00", "centre_head", "void_reminder", "A")
    assert room.refused("2025-06-13 10:10", "centre_head", "remind", "B") == "not_due_for_reminder"
    room.do("2025-06-13 11:00", "centre_head", "remind", "A")
    late(room, "C", day="2025-06-10")
    room.sweep("2025-06-16")
    rows = room.rows(Reminder)
    assert [row.number for row in rows] == [f"神热线催〔2025〕{n}号" for n in (1, 2, 3, 4)]
    assert [row.state for row in rows] == ["void", "open", "open", "open"]


def test_a_number_is_given_back_with_a_transaction_that_fails(room: Room) -> None:
    late(room, "A")
    with pytest.raises(RuntimeError), transaction(room.desk.sessions) as session:
        boss = person(1, "officer", ["officer"])
        perform(
            session,
            moment("2025-06-09 10:00"),
            boss,
            "open_supervision",
            case=room.id("A"),
            requirement="反馈",
            reason="群众反映强烈",
        )
        raise RuntimeError
    assert room.rows(Supervision) == []
    room.do("2025-06-09 11:00", "officer", "open_supervision", "A")
    assert room.item.number == "神政督〔2025〕1号"


def test_each_year_begins_with_1(room: Room) -> None:
    late(room, "A")
    room.do("2025-12-31 10:00", "officer", "open_supervision", "A")
    assert room.item.number == "神政督〔2025〕1号"
    late(room, "B", day="2026-01-05")
    room.do("2026-01-05 10:00", "officer", "open_supervision", "B")
    assert room.items("B")[-1].number == "神政督〔2026〕1号"


def test_office_names_and_series_words_are_settings(room: Room) -> None:
    """What was issued keeps the words that it was issued with."""
    late(room, "A", "B")
    assert room.office("2025-06-09").word("office") == "神木市12345市长热线服务中心"
    room.do("2025-06-09 10:00", "officer", "open_supervision", "A")
    with transaction(room.desk.sessions) as session:
        session.add_all(
            [
                Setting(name="series.supervision", value="神县督"),
                Setting(name="office", value="热线办"),
            ]
        )
    room.do("2025-06-09 11:00", "officer", "open_supervision", "B")
    assert [room.items(letter)[-1].number for letter in ("A", "B")] == [
        "神政督〔2025〕1号",
        "神县督〔2025〕2号",
    ]
    assert room.office("2025-06-09 12:00").word("office") == "热线办"
