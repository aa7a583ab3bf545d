"""What the page of a case says of clocks and of the bot's rules: facts that come from the record, not
from where the message id stands."""

from __future__ import annotations

OF_RULES: dict[str, set[str]] = {
    "case_page.by.draft": {"send_by"},
    "case_page.by.feedback": {"at"},
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
        )
    },
    **{
        f"case_page.{what}": {"due"}
        for what in (
            "rests.remind",
            "rests.silent",
            "rests.warn",
        )
    },
    "case_page.rests.repeated": {"repeats"},
    "case_page.by.remind": {"due_on", "reply_by"},
    "case_page.change.due": {"most", "on"},
    "case_page.rests.leader": {"due", "refusals"},
    "case_page.trace.extended": {"days", "edition", "more", "n", "on", "rule", "start"},
    "case_page.trace.ruled": {"edition", "n", "on", "rule", "start"},
    "case_page.trace.ruled_hours": {"at", "edition", "n", "rule", "start"},
}
"""message id -> the facts that its sentence names."""
