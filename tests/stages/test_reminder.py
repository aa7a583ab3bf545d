"""(3) reminder: what stories do not tell of it. Consultations from Monday 2025-06-09: due 06-12,
reminded 06-13, reply by 06-17."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.models import Event, Reminder, Reply
from tests.databases import Desk
from tests.office import Office, moment

MONDAY = "2025-06-09 09:00"
PROMISED = {"promised_on": date(2025, 6, 19)}


def reminded(desk: Desk) -> Office:
    """An office whose case A is reminded on Friday 06-13."""
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.sweeps("2025-06-10", "2025-06-13")
    assert [row.state for row in office.reminders("A")] == ["open"]
    return office


def test_the_warning_is_not_a_reminder(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.sweeps("2025-06-10", "2025-06-12")
    assert office.days("assignment.warned", "A") == ["2025-06-11"]
    assert office.rows(Reminder) == []


def test_a_reminder_asks_for_a_reply_within_two_working_days_and_is_numbered(desk: Desk) -> None:
    office = reminded(desk)
    row = office.reminders("A")[0]
    assert (row.number, row.issued_at, row.issued_by_id) == (
        "神热线催〔2025〕1号",
        moment("2025-06-13"),
        None,
    )
    assert row.reply_by_at == moment("2025-06-18 00:00")
    told = office.row(Event, kind="reminder.issued")
    unit = f"unit:{office.unit('WATER').id}"
    assert unit in [one.recipient for one in office.notices("A") if one.event_id == told.id]


@pytest.mark.parametrize(("accept", "state"), [(True, "satisfied"), (False, "lapsed")])
def test_a_promise_filed_by_reply_by_satisfies_a_reminder_only_when_it_is_accepted(
    desk: Desk, accept: bool, state: str
) -> None:
    office = reminded(desk)
    office.do("2025-06-17 23:59", "head@WATER", "explain", "A", **PROMISED)
    office.sweep("2025-06-18")
    assert office.reminders("A")[0].state == "open"
    office.do("2025-06-18 10:00", "allocator", "rule_on_explanation", "A", accept=accept)
    office.sweep("2025-06-19")
    assert office.reminders("A")[0].state == state


@pytest.mark.parametrize("kind", ["return", "extension", "explanation", "interim"])
def test_what_is_pending_holds_reminders_back_and_does_not_stop_the_clock(
    desk: Desk, kind: str
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    verbs = {
        "return": "request_return",
        "extension": "request_extension",
        "interim": "reply_interim",
    }
    promised = PROMISED if kind in ("explanation", "interim") else {}
    office.do("2025-06-10 09:00", "head@WATER", verbs.get(kind, "explain"), "A", **promised)
    office.sweeps("2025-06-10", "2025-06-13")
    assert (office.days("assignment.overdue", "A"), office.rows(Reminder)) == (["2025-06-13"], [])
    office.do("2025-06-13 10:00", "allocator", f"rule_on_{kind}", "A", accept=False)
    office.sweeps("2025-06-14", "2025-06-16")
    assert office.days("reminder.issued", "A") == ["2025-06-16"]


def test_a_final_reply_after_reply_by_and_before_the_sweep_satisfies_it_late(desk: Desk) -> None:
    office = reminded(desk)
    office.do("2025-06-18 08:29", "head@WATER", "reply", "A")
    office.sweep("2025-06-18")
    row = office.reminders("A")[0]
    assert (row.state, row.answered_late, row.lapsed_at) == ("satisfied", True, None)


def test_lateness_stays_on_record_whatever_is_explained(desk: Desk) -> None:
    office = reminded(desk)
    office.sweep("2025-06-18")
    office.do("2025-06-18 09:00", "head@WATER", "explain", "A", **PROMISED)
    office.do("2025-06-18 10:00", "allocator", "rule_on_explanation", "A", accept=True)
    office.do("2025-06-19 10:00", "head@WATER", "reply", "A")
    assert [row.state for row in office.reminders("A")] == ["lapsed"]
    assert office.assignment("A").overdue_for == moment("2025-06-13 00:00")
    assert office.row(Reply).late is True
    assert office.days("reminder.lapsed", "A") == ["2025-06-18"]


def test_where_lead_and_assist_were_both_reminded_it_is_said_whose_reminder_is_void(
    desk: Desk,
) -> None:
    """Seen failing with the lead's void."""
    office = Office(desk)
    office.allocated(MONDAY, "A", assists=["ROADS"])
    office.sweeps("2025-06-10", "2025-06-13")
    assert {row.state for row in office.rows(Reminder)} == {"open"} and len(
        office.rows(Reminder)
    ) == 2
    reason = {"reason": "系统时间错误"}
    assert (
        office.refused("2025-06-13 09:00", "centre_head", "void_reminder", "A", **reason)
        == "name_one"
    )
    office.do("2025-06-13 09:00", "centre_head", "void_reminder", "A", unit="ROADS", **reason)
    office.do("2025-06-13 09:05", "centre_head", "void_reminder", "A", **reason)
    assert {row.state for row in office.rows(Reminder)} == {"void"}


def test_an_open_reminder_is_void_in_error_only_by_the_centre_head_with_a_reason(
    desk: Desk,
) -> None:
    office = reminded(desk)
    assert office.refused("2025-06-13 09:00", "allocator", "void_reminder", "A") == "no_right"
    assert (
        office.refused("2025-06-13 09:00", "centre_head", "void_reminder", "A", reason=" ")
        == "reason_missing"
    )
    office.do("2025-06-13 09:00", "centre_head", "void_reminder", "A", reason="系统时间错误")
    row = office.reminders("A")[0]
    assert (row.state, row.in_error, row.void_reason) == ("void", True, "系统时间错误")
    office.sweeps("2025-06-14", "2025-06-20")
    assert len(office.reminders("A")) == 1
    office.do("2025-06-20 09:00", "centre_head", "remind", "A")
    by_hand = office.reminders("A")[1]
    assert (by_hand.number, by_hand.attempt) == ("神热线催〔2025〕2号", 2)
    assert by_hand.issued_by_id is not None
    assert office.days("reminder.issued", "A") == ["2025-06-13", "2025-06-20"]


def test_a_reminder_names_the_due_date_it_is_for_and_there_are_never_more_than_two_for_one(
    desk: Desk,
) -> None:
    """Lapsed for 06-12; lengthened to 06-23, which has its own, and a second after a missed
    promise, and no third."""
    office = reminded(desk)
    office.sweeps("2025-06-14", "2025-06-18")
    office.do("2025-06-18 09:00", "allocator", "reclassify", "A", kind="report")
    office.sweeps("2025-06-19", "2025-06-24")
    office.do("2025-06-24 09:00", "head@WATER", "explain", "A", promised_on=date(2025, 6, 25))
    office.do("2025-06-24 10:00", "allocator", "rule_on_explanation", "A", accept=True)
    office.sweeps("2025-06-25", "2025-06-26")
    office.do("2025-06-26 09:00", "head@WATER", "reply_interim", "A", promised_on=date(2025, 6, 27))
    office.do("2025-06-26 10:00", "allocator", "rule_on_interim", "A", accept=True)
    office.sweeps("2025-06-27", "2025-07-10")
    assert office.days("reminder.issued", "A") == ["2025-06-13", "2025-06-24", "2025-06-26"]
    named = [(row.for_due_at, row.state) for row in office.reminders("A")]
    assert named == [
        (moment("2025-06-13 00:00"), "lapsed"),
        (moment("2025-06-24 00:00"), "satisfied"),
        (moment("2025-06-24 00:00"), "lapsed"),
    ]


def test_a_sweep_run_twice_issues_nothing_twice(desk: Desk) -> None:
    office = reminded(desk)
    before = office.events()
    office.sweep("2025-06-13")
    office.sweep(moment("2025-06-13") + timedelta(hours=1))
    assert office.events() == before
