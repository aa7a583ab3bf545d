"""The numbers of the procedure: each with its basis and source, and what an office may make of
them."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.limits import KINDS, SOURCES, Limits, Versions, refusal
from tests.rules.days import at

PROCEDURE = {
    "allocate_workdays": 1,
    "inbox_workdays": 1,
    "sign_workdays": 1,
    "consultation_workdays": 3,
    "help_workdays": 5,
    "suggestion_workdays": 7,
    "complaint_workdays": 7,
    "report_workdays": 10,
    "praise_workdays": 3,
    "complex_workdays": 15,
    "urgent_workdays": 1,
    "emergency_response_hours": 2,
    "emergency_hours": 24,
    "leader_workdays": 5,
    "return_workdays": 1,
    "ruling_workdays": 1,
    "extension_workdays": 10,
    "promise_workdays": 10,
    "promises_each": 2,
    "explanation_characters": 20,
    "reply_to_reminder_workdays": 2,
    "reminders_each_round": 2,
    "feedback_workdays": 3,
    "reissues": 2,
    "examine_workdays": 1,
    "visit_workdays": 3,
    "visit_attempts": 3,
    "visit_days": 2,
    "internet_visits": False,
    "internet_visit_days": 7,
    "internet_visit_workdays": 1,
    "redo_workdays": 5,
    "redo_consultation_workdays": 2,
    "rounds": 3,
    "hearing_workdays": 3,
    "send_workdays": 15,
    "instruction_alert_workdays": 3,
    "decide_workdays": 2,
    "confirm_workdays": 2,
    "conclude_workdays": 5,
    "ask_review_workdays": 3,
    "rule_review_workdays": 2,
    "review_referral_workdays": 2,
    "approve_referral_workdays": 2,
    "deferral_workdays": 5,
    "silent_workdays": 5,
    "declined_workdays": 5,
    "silent_ground": True,
    "day_ends": 24,
    "entry_workdays": 3,
    "narrative_characters": 10,
    "assists": 5,
    "allocations_by_allocator": 2,
    "repeat_days": 90,
    "invalid_contacts": 3,
    "invalid_days": 30,
    "sample_in_ten": 1,
    "recusal_years": 3,
    "ranked_closed": 5,
    "calendar_warning_month": 11,
    "screen_workdays": 5,
    "weekly_reports": False,
    "contest_workdays": 3,
    "issue_workdays": 5,
}
"""What the county's procedure says, copied from it by hand."""
MADE_UP = {"access_days", "sample_seed", "hot_topics", "places", "place_cases"}
"""Numbers that no sentence fixes."""


@pytest.mark.parametrize("name", sorted(PROCEDURE))
def test_a_number_is_what_the_procedure_says(name: str) -> None:
    assert getattr(Limits(), name) == PROCEDURE[name]


def test_every_number_is_compared_with_the_procedure() -> None:
    assert {number.name for number in fields(Limits)} == set(PROCEDURE) | MADE_UP


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_number_says_where_it_comes_from(name: str) -> None:
    told = SOURCES[name]
    assert told["basis"] in ("src", "seen", "ours")
    section, _, sentence = told["source"].partition(" ")
    assert section in {*"012345678", "Who"}
    assert len(sentence) >= 4


def test_only_the_reply_to_a_reminder_and_the_end_of_a_day_are_fixed_by_the_county_and_the_law() -> (
    None
):
    assert {name for name, told in SOURCES.items() if told["basis"] == "src"} == {
        "reply_to_reminder_workdays",
        "day_ends",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_case_has_a_handling_clock(kind: str) -> None:
    assert Limits().kind_workdays(kind) == PROCEDURE[f"{kind}_workdays"]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_an_office_may_keep_every_number_as_it_is(name: str) -> None:
    assert refusal(name, getattr(Limits(), name)) is None


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("kind_workdays", 3, "unknown_rule"),
        ("", 3, "unknown_rule"),
        ("help_workdays", "5", "rule_of_another_kind"),
        ("help_workdays", 5.0, "rule_of_another_kind"),
        ("help_workdays", True, "rule_of_another_kind"),
        ("help_workdays", None, "rule_of_another_kind"),
        ("silent_ground", 0, "rule_of_another_kind"),
        ("help_workdays", 0, "rule_out_of_bounds"),
        ("help_workdays", 367, "rule_out_of_bounds"),
        ("day_ends", 17, "rule_out_of_bounds"),
        ("day_ends", 25, "rule_out_of_bounds"),
        ("calendar_warning_month", 13, "rule_out_of_bounds"),
        ("help_workdays", 1, None),
        ("help_workdays", 366, None),
        ("day_ends", 18, None),
        ("reissues", 0, None),
        ("silent_ground", False, None),
    ],
)
def test_an_office_may_choose_within_bounds_only(name: str, value: Any, why: str | None) -> None:
    assert refusal(name, value) == why


def test_a_number_counts_from_its_moment_on_and_not_before() -> None:
    since = at("2026-03-01")
    versions = Versions([(since, "help_workdays", 4)])
    assert versions.at(since - timedelta(microseconds=1)).help_workdays == 5
    assert versions.at(since).help_workdays == 4
    assert versions.at(since).complaint_workdays == 7


def test_versions_build_on_each_other_in_the_order_of_their_days() -> None:
    versions = Versions(
        [
            (at("2026-05-01"), "help_workdays", 6),
            (at("2026-03-01"), "help_workdays", 4),
            (at("2026-04-01"), "silent_ground", False),
        ]
    )
    seen = [versions.at(at(f"2026-0{month}-15")) for month in (2, 3, 4, 5)]
    assert [one.help_workdays for one in seen] == [5, 4, 4, 6]
    assert [one.silent_ground for one in seen] == [True, True, False, False]


def test_of_two_values_from_one_moment_the_later_entered_counts() -> None:
    since = at("2026-03-01")
    assert (
        Versions([(since, "help_workdays", 4), (since, "help_workdays", 6)]).at(since).help_workdays
        == 6
    )


def test_an_office_without_its_own_numbers_has_the_procedures() -> None:
    assert Versions([]).at(at("2026-03-01")) == Limits()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30), st.sampled_from(["help_workdays", "visit_days"]), st.integers(1, 9)
        )
    )
)
def test_the_numbers_in_force_are_the_last_ones_entered_up_to_that_moment(
    steps: list[tuple[int, str, int]],
) -> None:
    start = at("2026-03-01")
    versions = Versions([(start + timedelta(days=n), name, value) for n, name, value in steps])
    for asked in range(31):
        last = {
            name: value for n, name, value in sorted(steps, key=lambda step: step[0]) if n <= asked
        }
        assert versions.at(start + timedelta(days=asked)) == Limits(**last)


def test_a_number_has_an_edition_that_grows_with_each_change_of_it() -> None:
    """The procedure's own is the first; changes of other numbers are none of its."""
    changes = [
        (at("2025-03-01 00:00"), "help_workdays", 4),
        (at("2025-05-01 00:00"), "sign_workdays", 2),
        (at("2025-06-01 00:00"), "help_workdays", 6),
    ]
    versions = Versions(changes)
    days = ("2025-02-28 23:59", "2025-03-01 00:00", "2025-05-02 00:00", "2025-06-01 00:00")
    assert [versions.edition("help_workdays", at(day)) for day in days] == [1, 2, 2, 3]
