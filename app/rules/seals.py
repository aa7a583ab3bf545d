"""What the record's seals cover: which tables are recorded, and which of their columns no seal holds, each with why.

An event seals what was written in its transaction: for each row a keyed digest per column, beside its payload.
`app/ledger` makes them, `verify` compares them, `migrations/triggers.py` guards by the same lists.
"""

from __future__ import annotations

NOT_RECORDED: dict[str, str] = {
    "alembic_version": "which schema the database has; the program compares it with its own",
    "run": "when the bot looked; nothing follows from it",
    "run_total": "how often the bot looked long ago; nothing follows from it",
    "notice": "who is to look at which event: made from the event, and changed by reading",
    "notice_read": "who has read which notice",
    "pair_count": "the index of character pairs, made again from the cases",
    "access": "who came and looked: kept for a time, guarded against change, and exported as it is written",
    "sent_form": "one-time keys of forms, forgotten after some days",
    "day_count": "counted from events; `verify` of figures is the recount",
    "ab_register_user": "Flask-AppBuilder's registration, which is switched off",
    "ab_api_key": "Flask-AppBuilder's keys, which are switched off",
    "ab_group": "Flask-AppBuilder's groups, which are not used",
    "ab_group_role": "Flask-AppBuilder's groups, which are not used",
    "ab_user_group": "Flask-AppBuilder's groups, which are not used",
}
"""table -> why it is no part of the record."""

CHAINED = ("event", "office_head")
"""The tables that the chain itself covers: each event by its hash and MAC, the office's head by the last one."""

OTHERWISE: dict[str, dict[str, str]] = {
    "hotline_case": {
        "head_seq": "compared with the last event", "head_hash": "compared with the last event",
        "head_at": "compared with the last event",
        "look_again_at": "under a MAC of its own, because the bot moves it without an event", "look_seal": "that MAC",
    },
    "series": {"last": "counted again from the numbers that stand"},
    "ab_user_role": dict.fromkeys(("id", "user_id", "role_id"), "sealed as the roles of the account"),
    "ab_permission_view_role": dict.fromkeys(
        ("id", "permission_view_id", "role_id"), "sealed as the permissions of the role"
    ),
}  # fmt: skip
"""table -> its columns that are compared with something else than a seal over the column itself."""

EXCEPT: dict[str, dict[str, str]] = {
    "hotline_case": {
        "look_failures": "how often the bot could not look: told on the health page, nothing follows from it",
        "look_error": "why the bot could not look: told on the health page, nothing follows from it",
    },
    "ab_user": {
        "last_login": "counted at each login, without an event", "login_count": "counted at each login",
        "fail_login_count": "counted at each wrong password; the lock itself is an event",
        "failing_since": "counted at each wrong password; the lock itself is an event",
        "locked_until": "a lock of fifteen minutes; the lock itself is an event",
        "session_version": "raised at each logout; whoever puts it back still needs the signed cookie",
        "factor_step": "the half minute of the last code, written at each login",
        "changed_on": "Flask-AppBuilder's own, read by nobody",
    },
}
"""table -> its columns that no seal holds, and why: at most a tenth of all."""

MAY_CHANGE: dict[str, tuple[str, ...]] = {
    "ab_user": (
        "first_name", "last_name", "password", "active", "email", "last_login", "login_count", "fail_login_count",
        "changed_on", "changed_by_fk", "unit_id", "session_version", "failing_since", "locked_until", "factor_sealed",
        "factor_since", "factor_step", "slip_until",
    ),
    "account_change": ("refused_at", "approved_at", "approved_by_id"),
    "assignment": (
        "case_id", "unit_id", "signed_at", "signed_by", "sign_at", "sign_clock", "return_at", "return_clock", "due_at",
        "due_clock", "leader_assigned", "response_at", "first_response_at", "replied_at", "reply_id", "late",
        "warned_for", "overdue_for", "watched", "waived_reason", "ended_at",
    ),
    "calendar_day": ("worked", "ordinal", "source"),
    "calendar_proposal": ("refused_at", "approved_at", "approved_by_id"),
    "caller": ("name", "named", "phone", "number", "flagged_at"),
    "category": ("name", "parent_id", "active"),
    "contact": ("counts_on_id", "caller_id"),
    "draft": ("case_id", "used_at"),
    "hotline_case": (
        "head_seq", "head_hash", "head_at", "look_again_at", "look_seal", "look_failures", "look_error", "channel",
        "caller_id", "confidential", "wants_reply", "kind", "category_id", "place", "complained_unit_id",
        "complained_person", "narrative", "demand", "urgency", "complex", "dangerous", "paper_form", "repeat_check",
        "suggestion", "mode", "round", "repeats", "allocations", "allocated_at", "lead_unit_id", "lead_assignment_id",
        "leader_assigned", "leader_due_on", "merged_into_id", "taken_over_by_id", "answered_by_id", "answer",
        "refusal_proposed_by_id", "refusal_reason", "told_caller", "line", "sampled", "redo_failed", "disputed_by",
        "excluded_as", "closed_at", "closed_as", "own_at", "own_clock", "own_overdue_for",
        "screen_at", "screen_clock", "screen_overdue_for",
    ),
    "instruction": ("case_id",),
    "instruction_notice": ("case_id", "unit_id"),
    "lifting": ("accepted", "words", "decided_at", "decided_by_id"),
    "named_person": ("statement", "stated_at"),
    "referral": (
        "case_id", "send_by_at", "send_by_clock", "own_at", "own_clock", "own_overdue_for", "report", "proposal",
        "completed_at", "completed_by_id", "reviewed_by_id", "opened_by_id", "approved_by_id",
        "approval_entered_by_id", "approval_scan", "with_identity", "sealed_at", "sealed_by_id", "sealed", "number",
        "sent_at", "sent_by_id", "received_at", "outcome", "outcome_words", "supplement_due_at", "abandon_reason",
        "ended_at",
    ),
    "reminder": (
        "case_id", "unit_id", "reply_by_at", "reply_by_clock", "satisfied_by_reply_id", "satisfied_by_request_id",
        "answered_late", "lapsed_at", "in_error", "void_reason", "ended_at",
    ),
    "report_draft": ("own_at", "own_clock", "own_overdue_for", "contest_at", "contest_clock", "report_id"),
    "reply": (
        "case_id", "examined_at", "examined_by_id", "refusal", "refusal_words", "own_at", "own_clock",
        "own_overdue_for",
    ),
    "request": (
        "case_id", "own_at", "own_clock", "own_overdue_for", "ruled_at", "ruled_by_id", "ruling_words", "ended_at",
    ),
    "responsibility": ("case_id",),
    "series": ("last",),
    "setting": ("value",),
    "sla_rule": ("valid_from", "refused_at", "approved_at", "approved_by_id"),
    "submission": ("case_id",),
    "suggestion": ("kept", "words", "screened_at", "screened_by_id"),
    "supervision": (
        "case_id", "unit_id", "facts", "listed_on", "struck_reason", "struck_at", "struck_on_list", "own_at",
        "own_clock",
        "own_overdue_for", "deferred_on", "opened_at", "opened_by_id", "number", "notice_number", "requirement",
        "due_at", "due_clock", "overdue_for", "reissues", "feedback", "fed_back_at", "cleared_to", "finding",
        "finding_words", "finding_from", "found_by_id", "confirmed_at", "confirmed_by_id", "heard_at", "heard_clock",
        "unit_stated_at", "unit_statement", "concluded_at", "concluded_by_id", "conclusion", "ask_at", "ask_clock",
        "review_asked_at", "review_words", "review_accepted", "outcome", "taken_back", "ended_reason", "ended_at",
    ),
    "supplement": ("received_at",),
    "told_as": ("caller_id", "name", "phone", "named", "number"),
    "unit": ("code", "name", "active", "superior_id", "successor_id"),
    "unit_post": ("duty", "cadre_authority", "to_on"),
    "visit": ("case_id", "turn", "attempts", "truth", "solved", "satisfied", "ended_at"),
    "visit_record": ("case_id",),
}  # fmt: skip
"""table -> its columns that may change once a row stands, beside its state: every other column is kept, in a table that
is not named here all of them."""

FACTS_CHANGE = ("hotline_case", "unit", "visit")
"""Tables whose columns that are marked as facts may change too: a new one is entered and corrected like the others."""

AFTER_END: dict[str, dict[str, str]] = {
    "assignment": {
        "case_id": "goes to the heir of a withdrawn lead",
        "unit_id": "goes to the successor of a dissolved unit while an item stands, or a redo is exhausted",
    },
    "hotline_case": {
        **dict.fromkeys(("head_seq", "head_hash", "head_at"), "each event moves the head of its chain"),
        **dict.fromkeys(("look_again_at", "look_seal", "look_failures", "look_error"), "the bot looks on"),
        "lead_unit_id": "follows its assignment to the successor of a dissolved unit, while an item stands",
        **dict.fromkeys(
            ("screen_at", "screen_clock", "screen_overdue_for"), "a suggestion is screened whatever became of its case"
        ),
    },
    "referral": {
        "case_id": "goes to the heir of a withdrawn lead",
        "opened_by_id": "a leader opens its paper later too",
    },
    "reminder": {"case_id": "goes to the heir of a withdrawn lead"},
    "reply": {"case_id": "goes to the heir of a withdrawn lead"},
    "request": {"case_id": "goes to the heir of a withdrawn lead"},
    "supervision": {
        "case_id": "goes to the heir of a withdrawn lead",
        "facts": "a proposal that was declined between its listing and the issue of the list is cited on it too",
        **dict.fromkeys(
            ("struck_reason", "struck_at", "struck_on_list"), "its row on a list is struck later too"
        ),
        **dict.fromkeys(
            ("ask_at", "ask_clock", "review_asked_at", "review_words", "review_accepted", "outcome", "taken_back"),
            "what was concluded may be reviewed after it was closed",
        ),
        **dict.fromkeys(("own_at", "own_clock", "own_overdue_for"), "the clock of that review"),
    },
    "visit": {
        "case_id": "goes to the heir of a withdrawn lead",
        "turn": "is numbered after those that the heir had itself",
    },
}  # fmt: skip
"""table with a state -> what may still change of a row whose state is final, and why; all else of it is kept."""

MAY_GO: dict[str, str] = {
    **dict.fromkeys(
        ("ab_permission", "ab_permission_view", "ab_role", "ab_view_menu"), "Flask-AppBuilder may clear up its own"
    ),
    "ab_permission_view_role": "a role is given less", "ab_user_role": "an account is given less",
    "calendar_day": "days are sealed together, year by year", "series": "counted on in place",
    "setting": "written in place", "named_person": "a finding is drafted anew",
    "told_as": "a correction types the caller as he is on file",
}  # fmt: skip
"""Recorded tables whose rows no guard keeps from being deleted or written over, and why: `verify` names a row that went
without its event."""
