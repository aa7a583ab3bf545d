"""Who may do what: roles and their verbs, callers revealed, and who may not act here whatever his
roles say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from app.database import transaction
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
    Supervision,
    UnitPost,
    Visit,
)
from app.roles import NO_CASE_CONTENT, ROLES, UNIT_ROLES
from app.rules.refusal import NotAllowed
from app.stages.rights import RIGHTS, person
from app.story.theatre.cast import actor_named
from app.verbs import VERBS, perform
from tests.databases import Desk
from tests.office import moment
from tests.room import ORDER, STEPS, Room
from tests.verbs import roles_of

GOOD: dict[str, Any] = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
BAD: dict[str, Any] = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


# --- roles ---


def test_the_roles_are_the_procedures() -> None:
    assert set(RIGHTS) == {
        "operator",
        "allocator",
        "centre_head",
        "examiner",
        "visitor",
        "unit_staff",
        "unit_head",
        "officer",
        "supervision_head",
        "leader",
        "committee",
        "it_admin",
        "log_auditor",
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_its_row_says(role: str) -> None:
    assert set(RIGHTS[role]) == {verb for verb in VERBS if role in roles_of(verb)}


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_one_roles_alone_is_no_others(verb: str) -> None:
    assert {role for role, rights in RIGHTS.items() if verb in rights} == set(roles_of(verb))


def test_an_it_admin_and_a_log_auditor_have_no_verb_about_a_case() -> None:
    for role in NO_CASE_CONTENT:
        assert {VERBS[right].target for right in RIGHTS[role]} <= {"none"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_refused_to_who_has_no_right_to_it(sqlite_desk: Desk, verb: str) -> None:
    """Before anything of the case is read, whoever he is and whatever he sends."""
    with transaction(sqlite_desk.sessions) as session:
        for role in {role for role, rights in RIGHTS.items() if verb not in rights}:
            with pytest.raises(NotAllowed, match="no_right"):
                perform(
                    session,
                    moment("2025-06-09 09:00"),
                    person(1, role, [role]),
                    verb,
                    case=1,
                    anything="x",
                )


def test_a_unit_sees_its_own_assignments_only(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A")
    for who, verb in (
        ("staff@HOUSING", "sign_for"),
        ("head@HOUSING", "reply"),
        ("head@HOUSING", "reveal"),
    ):
        assert room.refused("2025-06-09 10:00", who, verb, "A") == "not_found"
    assert set(UNIT_ROLES) == {"unit_staff", "unit_head"}


def test_a_confidential_caller_is_not_revealed_to_a_unit_any_other_is_and_logged(
    room: Room,
) -> None:
    room.allocated("2025-06-09 09:10", "A", confidential=True)
    room.allocated("2025-06-09 09:20", "B")
    assert room.refused("2025-06-09 10:00", "head@WATER", "reveal", "A") == "confidential"
    assert room.do("2025-06-09 10:00", "head@WATER", "reveal", "B").name == "诉求人B"
    assert [one["caller"] for one in room.told("caller.revealed")] == [
        f"caller:{room.case('B').caller_id}"
    ]


@pytest.mark.parametrize("who", ["allocator", "centre_head", "officer"])
def test_revealing_a_caller_needs_a_reason(room: Room, who: str) -> None:
    room.allocated("2025-06-09 09:10", "A")
    assert room.refused("2025-06-09 10:00", who, "reveal", "A", purpose=None) == "field_missing"
    assert (
        room.refused("2025-06-09 10:00", who, "reveal", "A", purpose="curiosity") == "field_wrong"
    )
    assert (
        room.refused("2025-06-09 10:00", who, "reveal", "A", purpose="other", reason=" ")
        == "reason_missing"
    )
    assert room.events("A")[-1] != "caller.revealed"
    room.do("2025-06-09 10:00", who, "reveal", "A", purpose="other", reason="核对地址")
    assert room.events("A")[-1] == "caller.revealed"


def test_a_visitor_reveals_a_caller_for_his_own_task_only(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    assert room.refused("2025-06-09 10:00", "visitor", "reveal", "A") == "not_found"
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    assert room.do("2025-06-09 16:00", "visitor", "reveal", "A").name == "诉求人A"
    room.do("2025-06-09 17:00", "visitor", "record_visit", "A", **GOOD)
    assert room.refused("2025-06-09 18:00", "visitor", "reveal", "A") == "not_found"


def test_a_leaders_matter_is_no_visitors_task(room: Room) -> None:
    room.allocated(
        "2025-06-09 09:10",
        "A",
        kind="help",
        leader={"level": "county", "name": "李县长", "text": "请办理"},
    )
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    assert room.refused("2025-06-09 16:00", "visitor", "reveal", "A") == "not_found"
    assert room.do("2025-06-09 16:00", "officer", "reveal", "A").name == "诉求人A"


def test_who_is_officer_and_visitor_visits_as_either(room: Room) -> None:
    """What is a leader's matter he visits as the room's officer, any other case as a visitor."""
    leader = {"level": "county", "name": "李县长", "text": "请办理"}
    for letter, more in (("A", {}), ("B", {"leader": leader})):
        room.allocated("2025-06-09 09:10", letter, kind="help", **more)
        room.do("2025-06-09 14:00", "head@WATER", "reply", letter)
        room.do("2025-06-09 15:00", "examiner", "examine", letter, passes=True)
    both = _somebody(room, "visitor", "visitor", "officer", hire=True)
    with transaction(room.desk.sessions) as session:
        for letter in ("A", "B"):
            perform(
                session,
                moment("2025-06-09 16:00"),
                both,
                "record_visit",
                case=room.id(letter),
                method="phone",
                reached=True,
                **GOOD,
            )
    assert [room.case(letter).state for letter in ("A", "B")] == ["closed", "closed"]


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
        "opinion": "经核实，已修复。",
        "next_step": "持续巡查",
        "step_on": "2025-06-12",
        "public_answer": "已修复",
        "contacted": True,
    }
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


def _somebody(
    room: Room, name: str, *roles: str, unit: str | None = None, hire: bool = False
) -> Any:
    """A person with several roles at once; `hire`: who was not there yet."""
    unit_id = room.unit(unit).id if unit else None
    with transaction(room.desk.sessions) as session:
        if hire:
            actor_named(session, name)
        user = session.scalars(select(Person).where(Person.username == name)).one()
        return person(user.id, user.username, roles, unit_id)


def _refused(room: Room, at: str, actor: Any, verb: str, case: str = "A", **fields: Any) -> str:
    with transaction(room.desk.sessions) as session, pytest.raises(NotAllowed) as no:
        perform(session, moment(at), actor, verb, case=room.id(case), **fields)
    return no.value.msgid


def test_handler_examiner_and_visitor_are_three_persons(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    everybody = ("examiner", "visitor", "centre_head")
    with transaction(
        room.desk.sessions
    ) as session:  # who held a post of the unit is recused before that
        session.execute(update(UnitPost).values(to_on=date(2020, 1, 1)))
    handler = _somebody(room, "WATER_head", *everybody)
    assert (
        _refused(room, "2025-06-09 15:00", handler, "examine", passes=True) == "handled_it_himself"
    )
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)
    visit = {"method": "phone", "reached": True, **GOOD}
    assert (
        _refused(room, "2025-06-09 16:00", handler, "record_visit", **visit) == "handled_it_himself"
    )
    examiner = _somebody(room, "examiner", *everybody)
    assert (
        _refused(room, "2025-06-09 16:00", examiner, "record_visit", **visit)
        == "examined_it_himself"
    )
    room.do("2025-06-09 16:00", "visitor", "record_visit", "A", **BAD)
    visitor = _somebody(room, "visitor", *everybody)
    no = _refused(room, "2025-06-09 17:00", visitor, "review_responsibility", unit_responsible=True)
    assert no == "visited_it_himself"


def test_who_reviewed_responsibility_does_not_visit_the_next_round(room: Room) -> None:
    """The centre head reviews as an examiner: the same case he does not visit afterwards."""
    room.allocated("2025-06-09 09:10", "A", kind="help")
    for day, verb in ((9, "record_visit"), (10, None)):
        room.do(f"2025-06-{day:02} 14:00", "head@WATER", "reply", "A")
        room.do(f"2025-06-{day:02} 15:00", "examiner", "examine", "A", passes=True)
        if verb:
            room.do(f"2025-06-{day:02} 16:00", "visitor", verb, "A", **BAD)
            room.do(
                f"2025-06-{day:02} 17:00",
                "centre_head",
                "review_responsibility",
                "A",
                unit_responsible=True,
            )
    assert (
        room.refused("2025-06-10 16:00", "centre_head", "record_visit", "A", **GOOD)
        == "examined_it_himself"
    )
    room.do("2025-06-10 16:00", "centre_head#2", "record_visit", "A", **GOOD)


def test_who_examined_or_visited_does_not_handle_it_afterwards(room: Room) -> None:
    """A direct answer, visited by one centre head and reviewed by another, is registered anew:
    neither answers it."""
    room.number("sample_in_ten", 10)
    room.do("2025-06-09 09:00", "operator", "register", "A", kind="consultation")
    room.do("2025-06-09 09:10", "operator", "answer_directly", "A")
    room.do("2025-06-09 10:00", "centre_head", "record_visit", "A", **BAD)
    room.do(
        "2025-06-09 11:00", "centre_head#2", "review_responsibility", "A", unit_responsible=True
    )
    assert (
        room.refused("2025-06-09 12:00", "centre_head", "answer_directly", "A")
        == "visited_it_himself"
    )
    assert (
        room.refused("2025-06-09 12:00", "centre_head#2", "answer_directly", "A")
        == "examined_it_himself"
    )
    room.do("2025-06-09 12:00", "allocator", "allocate", "A", unit="WATER")
    head = _somebody(room, "centre_head", "unit_head", unit="WATER")
    assert _refused(room, "2025-06-09 13:00", head, "reply") == "visited_it_himself"


def test_who_answered_the_first_time_does_not_visit_the_second_answer(room: Room) -> None:
    room.number("sample_in_ten", 10)
    room.do("2025-06-09 09:00", "operator", "register", "A", kind="consultation")
    room.do("2025-06-09 09:10", "centre_head", "answer_directly", "A")
    room.do("2025-06-09 10:00", "visitor", "record_visit", "A", **BAD)
    room.do("2025-06-09 11:00", "examiner", "review_responsibility", "A", unit_responsible=True)
    room.do("2025-06-09 12:00", "operator", "answer_directly", "A")
    assert (
        room.refused("2025-06-09 13:00", "centre_head", "record_visit", "A", **GOOD)
        == "handled_it_himself"
    )
    room.do("2025-06-09 13:00", "visitor", "record_visit", "A", **GOOD)


@pytest.mark.parametrize(
    ("ask", "rule"),
    [
        ("request_return", "rule_on_return"),
        ("request_extension", "rule_on_extension"),
        ("explain", "rule_on_explanation"),
        ("reply_interim", "rule_on_interim"),
    ],
)
def test_the_requester_does_not_rule(room: Room, ask: str, rule: str) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    fields = (
        {"promised_on": "2025-06-12"} if rule in ("rule_on_explanation", "rule_on_interim") else {}
    )
    room.do("2025-06-09 14:00", "head@WATER", ask, "A", **fields)
    head = _somebody(room, "WATER_head", "allocator")
    assert _refused(room, "2025-06-09 15:00", head, rule, accept=True) == "recused"
    with transaction(room.desk.sessions) as session:
        session.execute(
            update(UnitPost).where(UnitPost.user_id == head.id).values(to_on=date(2020, 1, 1))
        )
    assert _refused(room, "2025-06-09 15:00", head, rule, accept=True) == "own_request"
    room.do("2025-06-09 15:00", "allocator", rule, "A", accept=True)


def test_who_proposed_a_rule_does_not_approve_it(room: Room) -> None:
    room.do(
        "2025-06-09 09:00",
        "it_admin",
        "change_rule",
        name="help_workdays",
        value=4,
        valid_from=None,
    )
    admin = _somebody(room, "it_admin", "centre_head")
    with (
        transaction(room.desk.sessions) as session,
        pytest.raises(NotAllowed, match="own_proposal"),
    ):
        perform(session, moment("2025-06-09 10:00"), admin, "approve_rule", accept=True)


def test_who_drafted_a_finding_neither_confirms_it_nor_rules_on_its_review(room: Room) -> None:
    room.to("feed_back")
    room.to("draft_finding", who="supervision_head")
    assert (
        room.refused("2025-06-10 10:00", "supervision_head", "confirm_finding", "A")
        == "own_finding"
    )
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
    ("draft_finding", "officer"),
    ("confirm_finding", "supervision_head"),
    ("conclude", "officer"),
    ("complete_referral", "officer"),
    ("review_referral", "supervision_head"),
    ("approve_referral", "leader"),
    ("seal_referral", "officer"),
]


@pytest.mark.parametrize(("verb", "who"), _RECUSED)
def test_nobody_acts_about_a_unit_where_he_held_a_post_in_the_last_3_years(
    room: Room, verb: str, who: str
) -> None:
    at, _, _, fields = STEPS[ORDER.index(verb)]
    room.to(ORDER[ORDER.index(verb) - 1])
    room.post("自己", "deputy", "2015-01-01", at[:10].replace("2025", "2022"), user=who)
    assert room.refused(at, who, verb, "A", **fields) == "recused"


@pytest.mark.parametrize(("verb", "who"), _RECUSED)
def test_who_left_the_unit_longer_ago_may_act(room: Room, verb: str, who: str) -> None:
    room.to(ORDER[ORDER.index(verb) - 1])
    room.post("自己", "deputy", "2015-01-01", "2022-06-08", user=who)
    room.to(verb)


def test_who_will_hold_a_post_there_has_held_none(room: Room) -> None:
    room.to("feed_back")
    room.post("自己", "deputy", "2025-07-01", user="officer")
    room.to("draft_finding")


def test_a_supplementary_volume_is_drafted_by_nobody_who_held_a_post_there(room: Room) -> None:
    room.to("record_receipt")
    room.post("自己", "deputy", "2015-01-01", "2024-01-01", user="officer#2")
    assert room.refused("2025-06-17 11:00", "officer#2", "supplement_referral", "A") == "recused"


@pytest.mark.parametrize(("verb", "who"), _RECUSED[3:])
def test_nobody_acts_about_himself(room: Room, verb: str, who: str) -> None:
    """The three years switched off, he left the post yesterday: he is named by it, and may still
    not act."""
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
    no = room.refused(
        "2025-06-10 17:00", "examiner", "review_responsibility", "A", unit_responsible=True
    )
    assert no == "recused"


def test_the_head_who_held_a_post_there_does_not_rule_on_a_review(room: Room) -> None:
    room.to("conclude")
    room.do("2025-06-11 09:00", "head@WATER", "ask_review", "A")
    room.post("自己", "deputy", "2015-01-01", "2024-01-01", user="supervision_head#2")
    no = room.refused("2025-06-11 10:00", "supervision_head#2", "rule_on_review", "A", accept=True)
    assert no == "recused"


def test_nobody_deletes_a_case_an_event_a_visit_or_a_paper(room: Room) -> None:
    """There is no verb for it, and the database refuses it as well. A delivery that is dropped stays on
    file."""
    gone = {verb for verb in VERBS if verb.startswith(("delete", "remove", "drop"))}
    assert gone == {"drop_delivery"}
    room.to("draft")
    room.allocated("2025-06-02 09:10", "B")
    room.sweep("2025-06-09")
    room.do("2025-06-09 09:00", "head@WATER", "explain", "B", promised_on="2025-06-13")
    room.do("2025-06-09 10:00", "head@WATER", "reply", "B")
    room.do("2025-06-09 11:00", "examiner", "examine", "B", passes=True)
    for model in (Case, Assignment, Request, Reply, Reminder, Supervision, Visit, Referral, Event):
        assert room.rows(model)
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction(room.desk.sessions) as session,
        ):
            session.execute(delete(model))
