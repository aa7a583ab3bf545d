"""What the page of a case says of clocks and of the bot's rules: facts that come from the record, not
from where the message id stands."""

from __future__ import annotations

OF_RULES: dict[str, set[str]] = {
    "case_page.by.draft": {"send_by"},
    **{f"case_page.{what}": {"at"} for what in ("by.feedback", "why.listed")},
    **{f"case_page.{what}": {"number"} for what in ("by.lapse", "by.watch")},
    **{
        f"case_page.{what}": {"due_on"}
        for what in ("by.leader", "by.overdue", "by.repeated", "by.silent", "by.until", "by.warn")
    },
    **{
        f"case_page.{what}": {"on"}
        for what in (
            "change.due_over",
            "change.extended",
            "change.feedback",
            "change.reminder",
            "change.reminder_over",
            "unless.leader",
            "unless.remind",
            "why.promised",
            "why.warned_from",
        )
    },
    **{
        f"case_page.{what}": {"due"}
        for what in (
            "rests.remind",
            "rests.silent",
            "rests.warn",
            "why.not_due",
            "why.not_repeated",
            "why.past_due",
            "why.warned",
        )
    },
    "case_page.rests.repeated": {"repeats"},
    **{f"case_page.{what}": {"until"} for what in ("why.held", "why.sign_until")},
    "case_page.why.silent_from": {"since"},
    "case_page.by.remind": {"due_on", "reply_by"},
    "case_page.change.due": {"most", "on"},
    "case_page.rests.leader": {"due", "refusals"},
    "case_page.trace.day": {"day"},
    "case_page.trace.extended": {"days", "edition", "more", "n", "on", "rule", "start"},
    "case_page.trace.floor": {"on"},
    "case_page.trace.ruled": {"edition", "n", "on", "rule", "start"},
    "case_page.trace.ruled_hours": {"at", "edition", "n", "rule", "start"},
    "case_page.why.not_lapsed": {"number", "until"},
    "case_page.why.pending": {"at", "request"},
    "case_page.why.reminded": {"at", "number"},
}
"""message id -> the facts that its sentence names."""
