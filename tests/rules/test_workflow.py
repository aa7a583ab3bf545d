"""The section "States" of the procedure, transition by transition, and what ends what."""

from types import SimpleNamespace

import pytest

from app.models import SUBJECTS
from app.rules import workflow
from app.rules.events import COUNTED, EVENTS
from app.rules.workflow import ENDS, MAY_BECOME, End
from app.stages.rights import RIGHTS
from tests.rules.days import at

FINAL = {
    "case": {"refused", "transferred", "withdrawn"},
    "assignment": {"accepted", "returned", "cancelled"},
    "request": {"accepted", "refused", "withdrawn"},
    "reply": {"passed", "refused", "withdrawn"},
    "reminder": {"lapsed", "void"},
    "supervision": {"declined", "cleared", "referred", "closed"},
    "visit": {"not_applicable"},
    "referral": {"closed", "abandoned"},
}
SETTLED = {
    "case": {"closed", "merged"},
    "reminder": {"satisfied"},
    "visit": {"done", "unreachable"},
}
"""States that are an end too, but may be taken up again: by a repeat, a withdrawn lead, a refusal,
a correction."""

STATES = """
case: - > registered
case: registered > closed visiting submitted handling refused transferred merged withdrawn
case: submitted > handling closed merged withdrawn
case: handling > examining registered merged withdrawn
case: examining > handling closed visiting merged withdrawn
case: visiting > closed reviewing merged withdrawn
case: reviewing > handling closed merged withdrawn
case: closed > reviewing registered
case: merged > registered submitted handling examining visiting reviewing
assignment: - > allocated
assignment: allocated > signed return_pending cancelled
assignment: signed > replied return_pending cancelled
assignment: return_pending > returned allocated signed cancelled
assignment: replied > accepted reply_refused cancelled
assignment: reply_refused > replied cancelled
request: - > pending
request: pending > accepted refused withdrawn
reply: - > filed
reply: filed > passed refused withdrawn
reminder: - > open
reminder: open > satisfied lapsed void
reminder: satisfied > open
supervision: - > candidate opened
supervision: candidate > declined opened
supervision: opened > fed_back cleared finding
supervision: reissued > fed_back cleared finding
supervision: fed_back > cleared reissued finding
supervision: finding > confirmed opened reissued fed_back cleared
supervision: confirmed > heard
supervision: heard > concluded
supervision: concluded > referred closed
visit: - > pending
visit: pending > done unreachable not_applicable
visit: done > done unreachable
visit: unreachable > done unreachable
referral: - > drafted
referral: drafted > reviewed drafted abandoned
referral: reviewed > approved drafted abandoned
referral: approved > sealed abandoned
referral: sealed > sent abandoned
referral: sent > received
referral: received > received closed
"""
"""The procedure's section, written out once more by hand."""


def written_out() -> dict[str, dict[str | None, set[str]]]:
    table: dict[str, dict[str | None, set[str]]] = {}
    for line in STATES.strip().splitlines():
        subject, _, rest = line.partition(": ")
        was, _, becomes = rest.partition(" > ")
        table.setdefault(subject, {})[None if was == "-" else was] = set(becomes.split())
    return table


EVERY_END = [(by, end) for by, ends in ENDS.items() for end in ends]


def named(by: tuple[str, str], end: End) -> str:
    return f"{'.'.join(by)}-{end.subject}.{end.to}"


def subjects() -> list[str]:
    return sorted(MAY_BECOME)


def test_every_subject_with_a_state_is_in_the_table() -> None:
    assert set(MAY_BECOME) == set(SUBJECTS) == set(FINAL)


@pytest.mark.parametrize("subject", subjects())
def test_the_transitions_are_those_of_the_section_states_and_no_others(subject: str) -> None:
    table = {was: set(becomes) for was, becomes in MAY_BECOME[subject].items() if becomes}
    assert table == written_out()[subject]


@pytest.mark.parametrize("subject", subjects())
def test_every_state_that_can_be_reached_has_its_own_row(subject: str) -> None:
    reached = {state for becomes in MAY_BECOME[subject].values() for state in becomes}
    assert reached | {None} == set(MAY_BECOME[subject])


@pytest.mark.parametrize("subject", subjects())
def test_no_transition_is_written_twice(subject: str) -> None:
    for becomes in MAY_BECOME[subject].values():
        assert len(becomes) == len(set(becomes))


@pytest.mark.parametrize("subject", subjects())
def test_only_the_final_states_have_no_way_out(subject: str) -> None:
    assert {state for state, becomes in MAY_BECOME[subject].items() if not becomes} == FINAL[
        subject
    ]


def way(subject: str, start: str | None) -> set[str | None]:
    """Every state that can be reached from one."""
    found: set[str | None] = set()
    waiting = [start]
    while waiting:
        for state in MAY_BECOME[subject][waiting.pop()]:
            if state not in found:
                found.add(state)
                waiting.append(state)
    return found


@pytest.mark.parametrize("subject", subjects())
def test_from_every_state_an_end_can_be_reached(subject: str) -> None:
    ends = FINAL[subject] | SETTLED.get(subject, set())
    for state in MAY_BECOME[subject]:
        assert state in ends or way(subject, state) & ends, state


@pytest.mark.parametrize("subject", subjects())
def test_every_state_can_be_reached_from_nothing(subject: str) -> None:
    assert way(subject, None) == set(MAY_BECOME[subject]) - {None}


@pytest.mark.parametrize(
    "name", ["LIVE", "OPEN_ASSIGNMENT", "OPEN_CASE", "STANDING", "UNCONFIRMED", "UNSENT"]
)
def test_a_named_group_of_states_holds_states_that_are_not_final(name: str) -> None:
    subject = {
        "LIVE": "assignment",
        "OPEN_ASSIGNMENT": "assignment",
        "OPEN_CASE": "case",
        "STANDING": "supervision",
        "UNCONFIRMED": "supervision",
        "UNSENT": "referral",
    }[name]
    group = set(getattr(workflow, name))
    assert group <= set(MAY_BECOME[subject])
    assert not group & FINAL[subject]


def test_a_live_assignment_and_a_standing_item_are_all_that_have_not_ended() -> None:
    assert set(workflow.LIVE) == set(MAY_BECOME["assignment"]) - FINAL["assignment"] - {None}
    assert set(workflow.STANDING) == set(MAY_BECOME["supervision"]) - FINAL["supervision"] - {None}
    assert set(workflow.OPEN_CASE) == set(MAY_BECOME["case"]) - FINAL["case"] - {
        None,
        "closed",
        "merged",
    }
    assert set(workflow.UNSENT) == {
        s for s, becomes in MAY_BECOME["referral"].items() if "abandoned" in becomes
    }


@pytest.mark.parametrize("by", ENDS, ids=".".join)
def test_what_ends_something_is_a_state_that_can_be_reached(by: tuple[str, str]) -> None:
    subject, state = by
    assert state in way(subject, None)


@pytest.mark.parametrize(("by", "end"), EVERY_END, ids=[named(*one) for one in EVERY_END])
def test_what_ends_with_a_move_is_itself_a_legal_move_with_an_event_word_of_its_subject(
    by: tuple[str, str], end: End
) -> None:
    assert end.states
    for state in end.states:
        assert end.to in MAY_BECOME[end.subject][state]
    assert end.event in EVENTS
    assert end.event.startswith(f"{end.subject}.")


@pytest.mark.parametrize("word", EVENTS)
def test_an_event_word_is_a_subject_and_what_happened_to_it(word: str) -> None:
    subject, _, happened = word.partition(".")
    of_a_case = {
        "contact",
        "instruction",
        "caller",
        "suggestion",
        "draft",
        "file",
        "paper",
        "clock",
    }
    office = {"centre", "room", "list", "report", "calendar", "rule"}
    directory = {
        "unit",
        "post",
        "category",
        "setting",
        "user",
        "role",
        "account",
        "row",
        "substitute",
        "article",
        "roster",
        "field",
    }
    ledger = {"record", "key", "signing"}
    reach = {"message", "mailbox", "sheet", "gateway", "address", "way", "delivery"}
    assert subject in set(SUBJECTS) | of_a_case | office | directory | ledger | reach
    assert happened
    assert len(word) <= 40


def test_events_are_counted_for_the_summary_and_told_to_roles_that_exist() -> None:
    told = {recipient for word in EVENTS.values() for recipient in word.tells}
    assert told <= {"unit", "user", "instructing", "caller", *RIGHTS}
    assert {
        "case.registered",
        "assignment.overdue",
        "reminder.issued",
        "reminder.lapsed",
    } <= COUNTED


def test_an_assist_ends_with_its_lead_of_the_same_round_and_never_the_other_way_round() -> None:
    lead, assist = SimpleNamespace(role="lead", round=2), SimpleNamespace(role="assist", round=2)
    now = at("2026-03-02")
    assert workflow.is_lead(assist, lead, now)
    assert not workflow.is_lead(lead, assist, now)
    assert not workflow.is_lead(SimpleNamespace(role="assist", round=1), lead, now)


@pytest.mark.parametrize(
    ("filed_at", "kind", "in_time"),
    [
        ("2026-03-04T23:59:59", "explanation", True),
        ("2026-03-04T23:59:59", "interim", True),
        ("2026-03-05T00:00", "explanation", False),
        ("2026-03-03", "extension", False),
        ("2026-03-03", "return", False),
    ],
)
def test_a_promise_filed_before_reply_by_satisfies_its_reminder_when_it_is_accepted(
    filed_at: str, kind: str, in_time: bool
) -> None:
    reminder = SimpleNamespace(reply_by_at=at("2026-03-05"), round=1)
    promise = SimpleNamespace(kind=kind, round=1, filed_at=at(filed_at))
    assert workflow.promised_in_time(reminder, promise, at("2026-03-10")) is in_time
    of_next_round = SimpleNamespace(reply_by_at=at("2026-03-05"), round=2)
    assert not workflow.promised_in_time(of_next_round, promise, at("2026-03-10"))


def test_only_the_reply_that_satisfied_a_reminder_opens_it_again_when_it_is_refused() -> None:
    now = at("2026-03-02")
    refused = SimpleNamespace(reply_id=7)
    assert workflow.answered_by_that_reply(SimpleNamespace(satisfied_by_reply_id=7), refused, now)
    assert not workflow.answered_by_that_reply(
        SimpleNamespace(satisfied_by_reply_id=6), refused, now
    )
    nobody = SimpleNamespace(satisfied_by_reply_id=None)
    assert not workflow.answered_by_that_reply(nobody, SimpleNamespace(reply_id=None), now)


def test_a_case_closes_as_exhausted_only_with_its_redo_failed_item() -> None:
    now = at("2026-03-02")
    failed, other = SimpleNamespace(redo_failed=True), SimpleNamespace(redo_failed=False)
    item = SimpleNamespace(ground="redo_failed", struck_at=None, state="declined")
    assert workflow.redo_exhausted(failed, item, now)
    assert not workflow.redo_exhausted(
        failed, SimpleNamespace(ground="leader", struck_at=None, state="cleared"), now
    )
    assert not workflow.redo_exhausted(other, item, now)
    struck = [
        SimpleNamespace(ground="redo_failed", struck_at=now, state=state)
        for state in ("declined", "cleared")
    ]
    assert [workflow.redo_exhausted(failed, one, now) for one in struck] == [False, True]
