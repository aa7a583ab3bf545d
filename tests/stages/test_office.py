"""The office as a whole: who may do what, states and their ways out, papers and their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError

from app.database import reading, transaction
from app.models import (
    Assignment,
    Case,
    Draft,
    Event,
    Person,
    Referral,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Setting,
    Submission,
    Supervision,
    Visit,
)
from app.roles import NO_CASE_CONTENT, RIGHTS, UNIT_ROLES, person
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, MAY_BECOME, OPEN_ASSIGNMENT
from app.story.player import perform_story, read
from app.verbs import VERBS, perform
from tests.databases import Desk, sqlite_copy
from tests.office import moment
from tests.room import ORDER, STEPS, Room

STORIES = Path(__file__).parents[1] / "stories"
GOOD: dict[str, Any] = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
BAD: dict[str, Any] = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


# --- roles ---

_CENTRE = {"rule_on_return", "rule_on_extension", "rule_on_explanation", "rule_on_interim"}
_SUPERVISION = {
    "open_supervision", "decline", "defer", "strike_row", "clear", "reissue", "draft_finding", "conclude",
    "record_statement", "close_supervision", "complete_referral", "seal_referral", "send_referral",
    "supplement_referral", "abandon_referral", "record_receipt", "record_outcome",
}  # fmt: skip
DOES: dict[str, set[str]] = {
    "operator": {"register", "contact", "answer_directly", "refuse", "hand_on"},
    "allocator": {
        "allocate", "answer_directly", "merge", "submit", "withdraw", "reclassify", "recall", "split", "waive_assist",
        "refuse", "confirm_refusal", *_CENTRE,
    },
    "examiner": {"examine", "review_responsibility"},
    "visitor": {"record_visit"},
    "unit_staff": {"sign_for", "draft_reply", "draft_interim", "draft_return", "draft_extension", "draft_explanation",
                   "draft_feedback", "draft_statement"},
    "unit_head": {"sign_for", "reply", "reply_interim", "request_return", "request_extension", "explain", "feed_back",
                  "record_statement", "ask_review"},
    "officer": {*_SUPERVISION, "record_visit", "reveal"},
    "supervision_head": {*_SUPERVISION, "record_visit", "confirm_finding", "rule_on_review", "review_referral",
                         "send_back_referral"},
    "leader": {"instruct", "approve_referral", "send_back_referral", "open_paper"},
    "committee": {"open_paper", "record_outcome"},
    "it_admin": {"load_calendar", "change_rule", "succeed_unit"},
    "log_auditor": set(),
}  # fmt: skip
DOES["centre_head"] = {
    *DOES["operator"], *DOES["allocator"], "reassign", "void_reminder", "remind", "screen_suggestion", "propose",
    "amend_visit", "instruct", "approve_calendar", "approve_rule", *DOES["examiner"], *DOES["visitor"],
}  # fmt: skip
ONLY = {
    "confirm_finding": {"supervision_head"}, "rule_on_review": {"supervision_head"},
    "review_referral": {"supervision_head"}, "ask_review": {"unit_head"}, "reply": {"unit_head"},
    "feed_back": {"unit_head"}, "amend_visit": {"centre_head"}, "reassign": {"centre_head"},
    "void_reminder": {"centre_head"}, "remind": {"centre_head"}, "propose": {"centre_head"},
    "screen_suggestion": {"centre_head"}, "approve_rule": {"centre_head"}, "approve_calendar": {"centre_head"},
    "instruct": {"centre_head", "leader"}, "examine": {"examiner", "centre_head"},
    "review_responsibility": {"examiner", "centre_head"}, "allocate": {"allocator", "centre_head"},
    "register": {"operator", "centre_head"}, "hand_on": {"operator", "centre_head"},
    "record_visit": {"visitor", "centre_head", "officer", "supervision_head"},
    "draft_finding": {"officer", "supervision_head"}, "conclude": {"officer", "supervision_head"},
    "seal_referral": {"officer", "supervision_head"}, "send_referral": {"officer", "supervision_head"},
    "record_outcome": {"officer", "supervision_head", "committee"}, "change_rule": {"it_admin"},
    "load_calendar": {"it_admin"}, "succeed_unit": {"it_admin"}, "sign_for": {"unit_staff", "unit_head"},
}  # fmt: skip


def test_the_roles_are_the_procedures() -> None:
    assert set(RIGHTS) == {
        "operator", "allocator", "centre_head", "examiner", "visitor", "unit_staff", "unit_head", "officer",
        "supervision_head", "leader", "committee", "it_admin", "log_auditor",
    }  # fmt: skip


@pytest.mark.parametrize("role", DOES)
def test_each_role_may_do_what_its_row_says(role: str) -> None:
    assert DOES[role] - set(RIGHTS[role]) == set()


@pytest.mark.parametrize("verb", ONLY)
def test_what_is_one_roles_alone_is_no_others(verb: str) -> None:
    assert {role for role, rights in RIGHTS.items() if verb in rights} == ONLY[verb]


def test_an_it_admin_and_a_log_auditor_have_no_verb_about_a_case() -> None:
    for role in NO_CASE_CONTENT:
        assert {VERBS[right].target for right in RIGHTS[role]} <= {"none"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_refused_to_who_has_no_right_to_it(sqlite_desk: Desk, verb: str) -> None:
    """Before anything of the case is read, whoever he is and whatever he sends."""
    with transaction(sqlite_desk.sessions) as session:
        for role in {role for role, rights in RIGHTS.items() if verb not in rights}:
            with pytest.raises(NotAllowed, match="no_right"):
                perform(session, moment("2025-06-09 09:00"), person(1, role, [role]), verb, case=1, anything="x")


def test_a_unit_sees_its_own_assignments_only(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A")
    for who, verb in (("staff@HOUSING", "sign_for"), ("head@HOUSING", "reply"), ("head@HOUSING", "reveal")):
        assert room.refused("2025-06-09 10:00", who, verb, "A") == "not_found"
    assert set(UNIT_ROLES) == {"unit_staff", "unit_head"}


def test_a_confidential_caller_is_not_revealed_to_a_unit_any_other_is_and_logged(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", confidential=True)
    room.allocated("2025-06-09 09:20", "B")
    assert room.refused("2025-06-09 10:00", "head@WATER", "reveal", "A") == "confidential"
    assert room.do("2025-06-09 10:00", "head@WATER", "reveal", "B").name == "诉求人B"
    assert [one["caller"] for one in room.told("caller.revealed")] == [f"caller:{room.case('B').caller_id}"]


@pytest.mark.parametrize("who", ["allocator", "centre_head", "officer"])
def test_revealing_a_caller_needs_a_reason(room: Room, who: str) -> None:
    room.allocated("2025-06-09 09:10", "A")
    assert room.refused("2025-06-09 10:00", who, "reveal", "A", reason=" ") == "reason_missing"
    room.do("2025-06-09 10:00", who, "reveal", "A", reason="核对地址")
    assert room.events("A")[-1] == "caller.revealed"


def test_a_visitor_reveals_a_caller_for_his_own_task_only(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    assert room.refused("2025-06-09 10:00", "visitor", "reveal", "A") == "not_found"
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    assert room.do("2025-06-09 16:00", "visitor", "reveal", "A").name == "诉求人A"
    room.do("2025-06-09 17:00", "visitor", "record_visit", "A", **GOOD)
    assert room.refused("2025-06-09 18:00", "visitor", "reveal", "A") == "not_found"


def test_an_operators_refusal_waits_for_an_allocator(room: Room) -> None:
    room.do("2025-06-09 09:00", "operator", "register", "A", kind="help")
    room.do("2025-06-09 09:10", "operator", "refuse", "A")
    assert room.case("A").state == "registered"
    assert room.refused("2025-06-09 09:20", "operator", "confirm_refusal", "A") == "no_right"
    room.do("2025-06-09 09:30", "allocator", "confirm_refusal", "A")
    assert room.case("A").state == "refused"


def test_staff_drafts_and_the_head_approves(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A")
    assert room.refused("2025-06-09 10:00", "staff@WATER", "reply", "A") == "no_right"
    fields = {
        "opinion": "经核实，已修复。", "next_step": "持续巡查", "step_on": "2025-06-12", "public_answer": "已修复",
        "contacted": True,
    }  # fmt: skip
    room.do("2025-06-09 10:00", "staff@WATER", "draft_reply", "A", **fields)
    assert room.assignment("A").state == "allocated"
    _approve_draft(room, "2025-06-09 11:00", "A", "reply")
    reply = room.row(Reply, case_id=room.id("A"))
    assert (reply.public_answer, reply.self_approved) == ("已修复", False)
    assert reply.drafted_by_id not in (None, reply.approved_by_id)


def _approve_draft(room: Room, at: str, case: str, verb: str) -> None:
    draft = room.row(Draft, case_id=room.id(case))
    with transaction(room.desk.sessions) as session:
        user = session.scalars(select(Person).where(Person.username == "WATER_head")).one()
        head = person(user.id, user.username, ["unit_head"], user.unit_id)
        perform(session, moment(at), head, verb, case=room.id(case), draft=draft.id)


# --- enforced whatever the roles ---


def _somebody(room: Room, name: str, *roles: str, unit: str | None = None) -> Any:
    """A person with several roles at once."""
    with transaction(room.desk.sessions) as session:
        user = session.scalars(select(Person).where(Person.username == name)).one()
        return person(user.id, user.username, roles, room.unit(unit).id if unit else None)


def _refused(room: Room, at: str, actor: Any, verb: str, case: str = "A", **fields: Any) -> str:
    with transaction(room.desk.sessions) as session, pytest.raises(NotAllowed) as no:
        perform(session, moment(at), actor, verb, case=room.id(case), **fields)
    return no.value.msgid


def test_handler_examiner_and_visitor_are_three_persons(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    everybody = ("examiner", "visitor", "centre_head")
    handler = _somebody(room, "WATER_head", *everybody)
    assert _refused(room, "2025-06-09 15:00", handler, "examine", passes=True) == "handled_it_himself"
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    visit = {"method": "phone", "reached": True, **GOOD}
    assert _refused(room, "2025-06-09 16:00", handler, "record_visit", **visit) == "handled_it_himself"
    examiner = _somebody(room, "examiner", *everybody)
    assert _refused(room, "2025-06-09 16:00", examiner, "record_visit", **visit) == "examined_it_himself"
    room.do("2025-06-09 16:00", "visitor", "record_visit", "A", **BAD)
    visitor = _somebody(room, "visitor", *everybody)
    no = _refused(room, "2025-06-09 17:00", visitor, "review_responsibility", unit_responsible=True)
    assert no == "visited_it_himself"


@pytest.mark.parametrize(
    ("ask", "rule"),
    [
        ("request_return", "rule_on_return"), ("request_extension", "rule_on_extension"),
        ("explain", "rule_on_explanation"), ("reply_interim", "rule_on_interim"),
    ],
)  # fmt: skip
def test_the_requester_does_not_rule(room: Room, ask: str, rule: str) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    fields = {"promised_on": "2025-06-12"} if rule in ("rule_on_explanation", "rule_on_interim") else {}
    room.do("2025-06-09 14:00", "head@WATER", ask, "A", **fields)
    head = _somebody(room, "WATER_head", "allocator")
    assert _refused(room, "2025-06-09 15:00", head, rule, accept=True) == "own_request"
    room.do("2025-06-09 15:00", "allocator", rule, "A", accept=True)


def test_who_proposed_a_rule_does_not_approve_it(room: Room) -> None:
    room.do("2025-06-09 09:00", "it_admin", "change_rule", name="help_workdays", value=4, valid_from=None)
    admin = _somebody(room, "it_admin", "centre_head")
    with transaction(room.desk.sessions) as session, pytest.raises(NotAllowed, match="own_proposal"):
        perform(session, moment("2025-06-09 10:00"), admin, "approve_rule")


def test_who_drafted_a_finding_neither_confirms_it_nor_rules_on_its_review(room: Room) -> None:
    room.to("feed_back")
    room.to("draft_finding", who="supervision_head")
    assert room.refused("2025-06-10 10:00", "supervision_head", "confirm_finding", "A") == "own_finding"
    room.to("confirm_finding", who="supervision_head#2")
    room.to("conclude")
    room.do("2025-06-10 16:00", "head@WATER", "ask_review", "A")
    no = room.refused("2025-06-10 17:00", "supervision_head", "rule_on_review", "A", accept=False)
    assert no == "own_finding"
    room.do("2025-06-10 17:00", "supervision_head#2", "rule_on_review", "A", accept=False)


def test_a_unit_head_approving_his_own_draft_is_marked(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A")
    room.do("2025-06-09 14:00", "head@WATER", "explain", "A", promised_on="2025-06-13")
    room.do("2025-06-09 15:00", "head@WATER", "reply", "A")
    assert [row.self_approved for row in room.requests("A")] == [True]
    assert room.row(Reply, case_id=room.id("A")).self_approved is True
    room.allocated("2025-06-09 09:10", "B")
    room.do("2025-06-09 15:00", "officer", "open_supervision", "B")
    room.do("2025-06-09 16:00", "head@WATER", "feed_back", "B")
    assert [one["self_approved"] for one in room.told("supervision.fed_back", "B")] == [True]


_RECUSED = [
    ("draft_finding", "officer"), ("confirm_finding", "supervision_head"), ("conclude", "officer"),
    ("complete_referral", "officer"), ("review_referral", "supervision_head"), ("approve_referral", "leader"),
    ("seal_referral", "officer"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "who"), _RECUSED)
def test_nobody_acts_about_a_unit_where_he_held_a_post_in_the_last_3_years(room: Room, verb: str, who: str) -> None:
    at, _, _, fields = STEPS[ORDER.index(verb)]
    room.to(ORDER[ORDER.index(verb) - 1])
    room.post("自己", "deputy", "2015-01-01", at[:10].replace("2025", "2022"), user=who)
    assert room.refused(at, who, verb, "A", **fields) == "recused"


@pytest.mark.parametrize(("verb", "who"), _RECUSED)
def test_who_left_the_unit_longer_ago_may_act(room: Room, verb: str, who: str) -> None:
    room.to(ORDER[ORDER.index(verb) - 1])
    room.post("自己", "deputy", "2015-01-01", "2022-06-08", user=who)
    room.to(verb)


@pytest.mark.parametrize(("verb", "who"), _RECUSED[3:])
def test_nobody_acts_about_himself(room: Room, verb: str, who: str) -> None:
    """The three years switched off, he left the post yesterday: he is named by it, and may still not act."""
    room.number("recusal_years", 0)
    room.post("自己", "deputy", "2015-01-01", "2025-06-10", user=who)
    room.to("feed_back")
    room.to("draft_finding", who="officer#2", persons=["自己"])
    room.to("confirm_finding", who="supervision_head#2")
    room.to("record_statement")
    room.do("2025-06-10 12:00", "officer#2", "record_statement", "A", person="自己")
    room.to("conclude", who="officer#2")
    room.to("draft")
    if verb != "complete_referral":
        room.to("complete_referral", who="officer#2")
    if verb in ("approve_referral", "seal_referral"):
        room.to("review_referral", who="supervision_head#2")
    if verb == "seal_referral":
        room.to("approve_referral")
    at, _, _, fields = STEPS[ORDER.index(verb)]
    assert room.refused(at, who, verb, "A", **fields) == "recused"


def test_examiners_and_reviewers_are_recused_as_well(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.post("自己", "deputy", "2015-01-01", "2024-01-01", user="examiner")
    assert room.refused("2025-06-09 15:00", "examiner", "examine", "A", passes=True) == "recused"
    room.do("2025-06-09 15:00", "examiner#2", "examine", "A", passes=True)
    room.do("2025-06-10 16:00", "visitor", "record_visit", "A", **BAD)
    no = room.refused("2025-06-10 17:00", "examiner", "review_responsibility", "A", unit_responsible=True)
    assert no == "recused"


def test_the_head_who_held_a_post_there_does_not_rule_on_a_review(room: Room) -> None:
    room.to("conclude")
    room.do("2025-06-11 09:00", "head@WATER", "ask_review", "A")
    room.post("自己", "deputy", "2015-01-01", "2024-01-01", user="supervision_head#2")
    no = room.refused("2025-06-11 10:00", "supervision_head#2", "rule_on_review", "A", accept=True)
    assert no == "recused"


def test_nobody_deletes_a_case_an_event_a_visit_or_a_paper(room: Room) -> None:
    """There is no verb for it, and the database refuses it as well."""
    assert {verb for verb in VERBS if verb.startswith(("delete", "remove", "drop"))} == set()
    room.to("draft")
    room.allocated("2025-06-02 09:10", "B")
    room.sweep("2025-06-09")
    room.do("2025-06-09 09:00", "head@WATER", "explain", "B", promised_on="2025-06-13")
    room.do("2025-06-09 10:00", "head@WATER", "reply", "B")
    room.do("2025-06-09 11:00", "examiner", "examine", "B", passes=True)
    for model in (Case, Assignment, Request, Reply, Reminder, Supervision, Visit, Referral, Event):
        assert room.rows(model)
        with pytest.raises(DatabaseError, match="append-only"), transaction(room.desk.sessions) as session:
            session.execute(delete(model))


# --- states ---


def test_overdue_is_derived_never_a_state() -> None:
    states = {state for ways in MAY_BECOME.values() for state in ways if state}
    assert not any("overdue" in state or "late" in state for state in states)


def test_the_ends_are_those_of_the_procedure() -> None:
    """Every other state has a way out in the table."""
    assert {subject: {state for state, ways in table.items() if not ways} for subject, table in MAY_BECOME.items()} == {
        "case": {"refused", "transferred", "withdrawn"},
        "assignment": {"accepted", "returned", "cancelled"},
        "request": {"accepted", "refused", "withdrawn"},
        "reply": {"passed", "refused"},
        "reminder": {"lapsed", "void"},
        "supervision": {"declined", "cleared", "referred", "closed"},
        "visit": {"not_applicable"},
        "referral": {"closed", "abandoned"},
    }
    assert set(OPEN_ASSIGNMENT) < set(LIVE)


_WALKED = (
    "acceptance-withdrawing-a-lead-hands-over-to-the-oldest", "handling-a-final-reply-withdraws-what-is-pending",
    "handling-a-pending-return-is-not-signed-for", "allocation-submitted-and-instructed",
    "handling-a-reply-refused-after-due", "reminder-void-when-the-assignment-ends",
    "accountability-three-persons-before-the-seal", "supervision-a-finding-is-confirmed-by-another-person",
    "supervision-overdue-again-for-each-reissue", "supervision-closed-after-the-conclusion-is-not-drafted",
    "visit-an-amended-outcome-moves-the-case", "redo-a-closed-case-repeated-is-reviewed",
    "visit-an-unreachable-caller-was-reached-after-all",
)  # fmt: skip


@pytest.fixture(scope="module")
def walked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], set[str]]:
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
        roles = {f"user:{one.id}": {role.name for role in one.roles} for one in session.scalars(select(Person))}
        for row in session.scalars(select(Event).where(Event.from_state.is_not(None), Event.to_state.is_not(None))):
            if row.from_state != row.to_state:
                yield row.subject, str(row.from_state), roles.get(row.actor, {row.actor})


@pytest.mark.parametrize(
    ("subject", "state"),
    [(subject, state) for subject, table in MAY_BECOME.items() for state, ways in table.items() if state and ways],
)
def test_no_state_is_a_dead_end(walked: dict[tuple[str, str], set[str]], subject: str, state: str) -> None:
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
    assert room.events("A")[-3:] == ["assignment.auto_signed", "assignment.overdue", "reminder.issued"]
    room.do("2025-06-13 09:00", "operator", "contact", "A", kind="repeat")
    room.do("2025-06-13 10:00", "officer", "open_supervision", "A", workdays=1)
    room.sweep("2025-06-18")
    assert room.events("A")[mark + 2 :] == ["reminder.lapsed", "supervision.listed", "supervision.overdue"]


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
    assert [one.number for one in room.facts("A").assignments] == ["神热线交〔2025〕1号", "神热线交〔2025〕2号"]
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
            session, moment("2025-06-09 10:00"), boss, "open_supervision", case=room.id("A"), requirement="反馈",
            reason="群众反映强烈",
        )  # fmt: skip
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
        session.add_all([Setting(name="series.supervision", value="神县督"), Setting(name="office", value="热线办")])
    room.do("2025-06-09 11:00", "officer", "open_supervision", "B")
    assert [room.items(letter)[-1].number for letter in ("A", "B")] == ["神政督〔2025〕1号", "神县督〔2025〕2号"]
    assert room.office("2025-06-09 12:00").word("office") == "热线办"
