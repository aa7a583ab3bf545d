"""Every number of the procedure, each with its default, its basis and the sentence it comes from.

The office's own values are versioned rule rows; a case keeps the numbers that were in force when it
was allocated. Basis: `src` the county's own text, `seen` published practice of comparable offices,
`ours` our decision.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

KINDS = ("consultation", "help", "complaint", "report", "suggestion", "praise")
CHANNELS: tuple[str, ...] = (
    "phone",
    "mailbox",
    "wechat",
    "email",
    "web",
    "platform",
    "leader",
    "walk_in",
)
URGENCIES = ("normal", "urgent", "emergency")
FORM_DAYS = 7
"""How many days a form that was opened can be sent, and its answer is kept. [ours]"""


def _number(default: Any, basis: str, source: str, least: int = 1, most: int = 366) -> Any:
    """A number with its default, its basis, the words it comes from and the bounds an office may
    choose within."""
    return field(
        default=default, metadata={"basis": basis, "source": source, "least": least, "most": most}
    )


@dataclass(frozen=True)
class Limits:
    """The numbers in force at one moment: working days where a name ends in `_workdays`."""

    allocate_workdays: int = _number(1, "seen", "0 allocate after registering")
    inbox_workdays: int = _number(1, "ours", "1 a message waits for the centre 1 wd")
    sign_workdays: int = _number(1, "seen", "0 sign for an assignment")
    consultation_workdays: int = _number(3, "seen", "0 consultation")
    help_workdays: int = _number(5, "seen", "0 help")
    suggestion_workdays: int = _number(7, "seen", "0 suggestion")
    complaint_workdays: int = _number(7, "seen", "0 complaint")
    report_workdays: int = _number(10, "seen", "0 report")
    praise_workdays: int = _number(3, "seen", "0 praise")
    complex_workdays: int = _number(15, "seen", "0 flagged complex")
    urgent_workdays: int = _number(1, "seen", "0 urgent")
    emergency_response_hours: int = _number(2, "seen", "0 emergency")
    emergency_hours: int = _number(24, "seen", "0 emergency")
    leader_workdays: int = _number(5, "ours", "0 matter assigned by a leader")
    return_workdays: int = _number(1, "seen", "0 return a wrongly allocated case")
    ruling_workdays: int = _number(1, "seen", "0 rule on a return, an extension, an explanation")
    extension_workdays: int = _number(10, "seen", "0 extension")
    promise_workdays: int = _number(
        10, "ours", "0 promised date of an explanation or an interim reply"
    )
    promises_each: int = _number(
        2, "ours", "3 of each at most one pending or accepted, and two filed, per round"
    )
    explanation_characters: int = _number(20, "ours", "3 explanation >= 20 characters", 1, 2000)
    reply_to_reminder_workdays: int = _number(2, "src", "0 reply to a reminder")
    reminders_each_round: int = _number(2, "ours", "3 never more than two for one due date")
    feedback_workdays: int = _number(3, "seen", "0 feedback to a supervision notice")
    reissues: int = _number(2, "ours", "4 reissued (<= 2, new due)", 0)
    screen_workdays: int = _number(
        5, "ours", "1 screened by the centre head within 5 wd of marking"
    )
    examine_workdays: int = _number(1, "seen", "0 examine a reply")
    visit_workdays: int = _number(3, "seen", "0 visit")
    visit_attempts: int = _number(3, "seen", "0 visit: 3 attempts")
    visit_days: int = _number(2, "seen", "0 visit: on at least 2 days")
    internet_visits: bool = _number(
        False, "ours", "6 by telephone, internet and on-site: whether callers are asked by internet"
    )
    internet_visit_days: int = _number(
        7, "ours", "6 by internet: a code is valid for so many days", 1, 60
    )
    internet_visit_workdays: int = _number(
        1, "ours", "6 by internet: unanswered after so many wd it is a telephone visit", 0, 30
    )
    redo_workdays: int = _number(5, "seen", "0 redo")
    redo_consultation_workdays: int = _number(2, "seen", "0 redo (consultation 2)")
    rounds: int = _number(3, "seen", "7 two redo rounds at most")
    hearing_workdays: int = _number(3, "ours", "0 hear the unit before referral")
    send_workdays: int = _number(15, "seen", "0 send a referral")
    instruction_alert_workdays: int = _number(
        3, "ours", "0 a leader's instruction on a submitted case"
    )
    decide_workdays: int = _number(2, "ours", "0 the room decides a candidate")
    confirm_workdays: int = _number(2, "ours", "0 confirms a finding")
    conclude_workdays: int = _number(5, "ours", "0 concludes after the hearing")
    ask_review_workdays: int = _number(
        3, "ours", "4 within 3 wd of it the unit's head may ask for one review"
    )
    rule_review_workdays: int = _number(2, "ours", "0 reviews")
    review_referral_workdays: int = _number(2, "ours", "0 reviews (a referral)")
    approve_referral_workdays: int = _number(2, "ours", "0 approves")
    deferral_workdays: int = _number(5, "ours", "0 a candidate may be deferred once, <= 5 wd")
    silent_workdays: int = _number(5, "ours", "4 silent: more than 5 wd past")
    declined_workdays: int = _number(5, "ours", "4 after a decline the same ground is listed again")
    silent_ground: bool = _number(True, "ours", "4 silent (can be switched off: the strict source)")
    day_ends: int = _number(24, "src", "0 an office may set an 18:00 cut-off", 18, 24)
    entry_workdays: int = _number(3, "ours", "1 received_at may precede entry by up to 3 wd")
    narrative_characters: int = _number(10, "ours", "1 narrative (>= 10 characters)", 1, 2000)
    assists: int = _number(5, "seen", "2 optionally up to five assist units", 0, 20)
    allocations_by_allocator: int = _number(
        2, "seen", "2 the third allocation of a case needs the centre head"
    )
    repeat_days: int = _number(90, "seen", "1 closed <= 90 days, not solved")
    invalid_contacts: int = _number(3, "ours", "1 malicious or empty: >= 3")
    invalid_days: int = _number(30, "ours", "1 in 30 days")
    sample_in_ten: int = _number(1, "ours", "2 10 % sampled for a visit", 0, 10)
    sample_seed: int = _number(12345, "ours", "6 seeded, reproducible sample", 0, 2**31)
    recusal_years: int = _number(
        3, "ours", "Who may do what: held a post in the last 3 years", 0, 20
    )
    weekly_reports: bool = _number(False, "ours", "5 weekly optional: whether the bot drafts them")
    contest_workdays: int = _number(
        3, "ours", "5 units may contest their figures within 3 wd of the draft"
    )
    issue_workdays: int = _number(5, "ours", "5 the centre head issues it within 5 wd after these")
    ranked_closed: int = _number(5, "ours", "5 fewer than 5 closed: listed, not ranked", 0)
    hot_topics: int = _number(
        10, "ours", "5 hot topics: the categories with most contacts, so many"
    )
    places: int = _number(
        30, "ours", "5 volumes by district: so many places are named, the others summed"
    )
    place_cases: int = _number(
        2, "ours", "5 volumes by district: a place with fewer cases is not named", 2
    )
    access_days: int = _number(
        1095, "ours", "Who may do what read logs: kept for so many days", 180, 3660
    )
    calendar_warning_month: int = _number(
        11, "ours", "0 a missing next year is a warning from 1 November", 1, 12
    )

    def kind_workdays(self, kind: str) -> int:
        """The handling clock of a kind of case, in working days."""
        return int(getattr(self, f"{kind}_workdays"))


SOURCES: dict[str, dict[str, Any]] = {
    number.name: dict(number.metadata) for number in fields(Limits)
}
"""name -> basis, source, least, most: what the rules page and the tests read."""


def refusal(name: str, value: Any) -> str | None:
    """Why an office may not give a number this value, as a message id, or None where it may."""
    if name not in SOURCES:
        return "unknown_rule"
    kind = type(getattr(Limits(), name))
    if type(value) is not kind:
        return "rule_of_another_kind"
    if kind is int and not SOURCES[name]["least"] <= value <= SOURCES[name]["most"]:
        return "rule_out_of_bounds"
    return None


_DEFAULTS = Limits()


class Versions:
    """All the office's own values over time: rows (valid from, name, value), asked for a moment."""

    def __init__(self, rows: Iterable[tuple[datetime, str, Any]]) -> None:
        self._steps: list[tuple[datetime, Limits]] = []
        self._changes: list[tuple[datetime, str]] = []
        limits = Limits()
        for since, name, value in sorted(rows, key=lambda row: row[0]):
            self._changes.append((since, name))
            limits = replace(limits, **{name: value})
            self._steps.append((since, limits))
        self._since = [since for since, _ in self._steps]

    def at(self, moment: datetime) -> Limits:
        """The numbers in force at a moment."""
        place = bisect_right(self._since, moment)
        return self._steps[place - 1][1] if place else _DEFAULTS

    def edition(self, name: str, moment: datetime) -> int:
        """Which edition of a number is in force at a moment: 1 is the procedure's own."""
        return 1 + sum(since <= moment for since, changed in self._changes if changed == name)
