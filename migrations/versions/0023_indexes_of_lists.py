"""Indexes of the lists of work and of the generated pages, each in the order in which it is read.

Why: with a million cases a list was sorted whole for fifty rows of it, and a first page counted
every row.

On PostgreSQL each index is made while nobody writes to its table; with a million cases all of them
take minutes. Stop the desk first, as for every upgrade.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_OPEN_ASSIGNMENT = "state IN ('allocated', 'signed', 'return_pending', 'reply_refused')"
_OPEN_CASE = (
    "state IN ('registered', 'submitted', 'handling', 'examining', 'visiting', 'reviewing')"
)
MADE = (
    ("ix_assignment_allocated", "assignment", ("allocated_at", "id"), ""),
    ("ix_assignment_due", "assignment", ("due_at", "id"), ""),
    (
        "ix_assignment_overdue",
        "assignment",
        ("due_at", "id", "case_id", "unit_id"),
        f"{_OPEN_ASSIGNMENT} AND overdue_for = due_at",
    ),
    ("ix_assignment_refused", "assignment", ("unit_id", "due_at", "id"), "state = 'reply_refused'"),
    (
        "ix_assignment_to_answer",
        "assignment",
        ("unit_id", "due_at", "id"),
        "state IN ('signed', 'return_pending')",
    ),
    (
        "ix_assignment_to_respond",
        "assignment",
        ("unit_id", "response_at", "id"),
        f"{_OPEN_ASSIGNMENT} AND response_at IS NOT NULL AND first_response_at IS NULL",
    ),
    ("ix_assignment_to_sign", "assignment", ("unit_id", "sign_at", "id"), "state = 'allocated'"),
    (
        "ix_assignment_unanswered",
        "assignment",
        ("response_at", "id"),
        f"{_OPEN_ASSIGNMENT} AND response_at IS NOT NULL AND first_response_at IS NULL",
    ),
    ("ix_assignment_unit", "assignment", ("unit_id", "id"), ""),
    ("ix_assignment_unit_case", "assignment", ("unit_id", "case_id"), ""),
    (
        "ix_assignment_unit_overdue",
        "assignment",
        ("unit_id", "due_at", "id", "case_id"),
        f"{_OPEN_ASSIGNMENT} AND overdue_for = due_at",
    ),
    (
        "ix_assignment_watched",
        "assignment",
        ("due_at", "id"),
        f"watched IS true AND {_OPEN_ASSIGNMENT}",
    ),
    ("ix_contact_counts_on", "contact", ("counts_on_id",), "counts_on_id IS NOT NULL"),
    ("ix_contact_entered", "contact", ("entered_at", "id"), ""),
    ("ix_contact_received", "contact", ("received_at", "id"), ""),
    ("ix_draft_waits", "draft", ("unit_id", "drafted_at", "id"), "used_at IS NULL"),
    ("ix_case_category", "hotline_case", ("category_id", "id"), ""),
    ("ix_case_failing", "hotline_case", ("id",), "look_failures > 0"),
    ("ix_case_handling", "hotline_case", ("registered_at", "id"), "state = 'handling'"),
    ("ix_case_leaders", "hotline_case", ("id",), "leader_assigned IS true"),
    ("ix_case_merged", "hotline_case", ("merged_into_id",), "merged_into_id IS NOT NULL"),
    ("ix_case_mine", "hotline_case", ("operator_id", "registered_at", "id"), _OPEN_CASE),
    (
        "ix_case_overdue",
        "hotline_case",
        ("own_at", "id"),
        f"own_overdue_for = own_at AND {_OPEN_CASE}",
    ),
    (
        "ix_case_refusals",
        "hotline_case",
        ("own_at", "id"),
        "refusal_proposed_by_id IS NOT NULL AND state = 'registered'",
    ),
    ("ix_case_sampled", "hotline_case", ("own_at", "id"), "state = 'visiting' AND mode = 'direct'"),
    (
        "ix_case_screen_overdue",
        "hotline_case",
        ("screen_at", "id"),
        "screen_overdue_for = screen_at",
    ),
    ("ix_case_state_own", "hotline_case", ("state", "own_at", "id"), ""),
    ("ix_case_taken_over", "hotline_case", ("taken_over_by_id",), "taken_over_by_id IS NOT NULL"),
    ("ix_case_unit", "hotline_case", ("lead_unit_id", "id"), ""),
    ("ix_instruction_instructed", "instruction", ("instructed_on", "id"), ""),
    ("ix_instruction_leader", "instruction", ("leader_id", "id"), ""),
    ("ix_lifting_waits", "lifting", ("at", "id"), "decided_at IS NULL"),
    ("ix_referral_drafted", "referral", ("drafted_at", "id"), ""),
    ("ix_referral_overdue", "referral", ("own_at", "id"), "own_overdue_for = own_at"),
    ("ix_referral_sent", "referral", ("id",), "sent_at IS NOT NULL"),
    ("ix_referral_state", "referral", ("state", "id"), ""),
    ("ix_reminder_issued", "reminder", ("issued_at", "id"), ""),
    ("ix_reminder_open", "reminder", ("unit_id", "reply_by_at", "id", "case_id"), "state = 'open'"),
    ("ix_reminder_unit", "reminder", ("unit_id", "id"), ""),
    ("ix_reply_examined", "reply", ("examined_by_id", "case_id"), ""),
    ("ix_reply_filed", "reply", ("filed_at", "id"), ""),
    (
        "ix_reply_overdue",
        "reply",
        ("own_at", "id", "case_id", "unit_id"),
        "own_overdue_for = own_at AND state = 'filed'",
    ),
    ("ix_reply_to_examine", "reply", ("filed_at", "id"), "state = 'filed'"),
    ("ix_reply_unit", "reply", ("unit_id", "id"), ""),
    ("ix_request_filed", "request", ("filed_at", "id"), ""),
    (
        "ix_request_overdue",
        "request",
        ("own_at", "id", "case_id", "unit_id"),
        "own_overdue_for = own_at AND state = 'pending'",
    ),
    ("ix_request_pending", "request", ("own_at", "id"), "state = 'pending'"),
    ("ix_request_unit", "request", ("unit_id", "id"), ""),
    ("ix_request_unit_state", "request", ("unit_id", "state", "id"), ""),
    ("ix_responsibility_at", "responsibility", ("at", "id"), ""),
    ("ix_responsibility_by", "responsibility", ("by_id", "case_id"), ""),
    ("ix_submission_leader", "submission", ("leader_id", "case_id"), ""),
    ("ix_suggestion_kept", "suggestion", ("id",), "kept IS true"),
    ("ix_suggestion_marked", "suggestion", ("marked_at", "id"), ""),
    ("ix_suggestion_waits", "suggestion", ("marked_at", "id"), "screened_at IS NULL"),
    ("ix_supervision_overdue", "supervision", ("own_at", "id"), "own_overdue_for = own_at"),
    (
        "ix_supervision_reviews",
        "supervision",
        ("own_at", "id"),
        "review_asked_at IS NOT NULL AND review_accepted IS NULL",
    ),
    ("ix_supervision_state", "supervision", ("state", "id"), ""),
    ("ix_supervision_state_own", "supervision", ("state", "own_at", "id"), ""),
    (
        "ix_supervision_to_feed_back",
        "supervision",
        ("unit_id", "due_at", "id"),
        "state IN ('opened', 'reissued', 'confirmed')",
    ),
    (
        "ix_supervision_under_way",
        "supervision",
        ("due_at", "id"),
        "state IN ('opened', 'reissued', 'fed_back', 'finding', 'confirmed', 'heard', 'concluded')",
    ),
    ("ix_supervision_unit", "supervision", ("unit_id", "id"), ""),
    ("ix_supervision_unit_state", "supervision", ("unit_id", "state", "id"), ""),
    ("ix_visit_merged", "visit", ("caller_case_id",), "caller_case_id <> case_id"),
    ("ix_visit_pending", "visit", ("planned_at", "id"), "state = 'pending'"),
    ("ix_visit_planned", "visit", ("planned_at", "id"), ""),
    ("ix_visit_record_at", "visit_record", ("at", "id"), ""),
    ("ix_visit_record_by", "visit_record", ("by_id", "case_id"), ""),
)
"""Name, table, columns, of which rows (all: nothing)."""
DROPPED = (
    ("ix_assignment_allocated", "assignment", ("allocated_at",)),
    ("ix_assignment_due", "assignment", ("due_at",)),
    ("ix_assignment_unit_id", "assignment", ("unit_id",)),
    ("ix_contact_counts_on_id", "contact", ("counts_on_id",)),
    ("ix_contact_entered_at", "contact", ("entered_at",)),
    ("ix_contact_received_at", "contact", ("received_at",)),
    ("ix_draft_unit_id", "draft", ("unit_id",)),
    ("ix_hotline_case_category_id", "hotline_case", ("category_id",)),
    ("ix_hotline_case_merged_into_id", "hotline_case", ("merged_into_id",)),
    ("ix_hotline_case_taken_over_by_id", "hotline_case", ("taken_over_by_id",)),
    ("ix_reminder_unit_id", "reminder", ("unit_id",)),
    ("ix_reply_filed", "reply", ("filed_at",)),
    ("ix_reply_unit_id", "reply", ("unit_id",)),
    ("ix_request_unit_id", "request", ("unit_id",)),
    ("ix_supervision_unit_id", "supervision", ("unit_id",)),
)
"""What the indexes above take the place of."""
_WORDS = {
    "assignment": ("waived_reason",),
    "contact": ("words",),
    "instruction": ("leader", "words", "document", "scan"),
    "referral": ("report", "proposal", "outcome_words", "abandon_reason"),
    "reminder": ("void_reason",),
    "reply": ("opinion", "next_step", "handling", "public_answer", "refusal_words"),
    "request": ("words", "ruling_words"),
    "responsibility": ("number", "grounds"),
    "suggestion": ("words",),
    "supervision": (
        "requirement",
        "feedback",
        "finding_words",
        "unit_statement",
        "conclusion",
        "review_words",
        "reason",
        "struck_reason",
        "ended_reason",
    ),
    "visit_record": ("place", "met", "words", "evidence", "reason"),
}
"""table -> the words by which its page is searched: on PostgreSQL by the pairs of their signs."""
_SPARE = {
    "assignment": " WHERE waived_reason IS NOT NULL",
    "reminder": " WHERE void_reason IS NOT NULL",
}
"""Rows that mostly say nothing are left out."""
_SIGNS = r"""E' \t\r\n.,:;!?-_~/\\|()[]{}<>"''`*+=&#%@^$·•—–…、。《》「」『』【】〔〕〈〉“”‘’'"""
"""What stands between the signs of words and tells nothing."""
_PAIRS = f"""
CREATE FUNCTION desk_pairs(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE signs text[] := string_to_array(translate(lower(normalize(words, NFKC)), {_SIGNS}, ''), NULL);
BEGIN
    RETURN ARRAY(SELECT DISTINCT signs[n] || signs[n + 1] FROM generate_series(1, cardinality(signs) - 1) n);
END $$
"""


NARROWED = {
    "access": {
        "all": ("kind",),
    },
    "assignment": {
        "all": (
            "late",
            "role",
            "state",
        ),
        "some": (
            "ended_at",
            "first_response_at",
            "replied_at",
            "response_at",
            "return_at",
            "sign_at",
            "signed_at",
            "signed_by",
        ),
        "mark": ("leader_assigned",),
    },
    "contact": {
        "all": (
            "channel",
            "kind",
        ),
    },
    "event": {
        "all": ("actor",),
    },
    "hotline_case": {
        "all": (
            "allocations",
            "channel",
            "kind",
            "received_at",
            "repeats",
            "urgency",
        ),
        "some": (
            "allocated_at",
            "closed_as",
            "disputed_by",
            "excluded_as",
            "leader_due_on",
            "line",
            "mode",
            "own_at",
            "refusal_reason",
            "screen_at",
        ),
        "mark": (
            "agreed_named",
            "anonymous",
            "complex",
            "confidential",
            "dangerous",
            "redo_failed",
            "suggestion",
        ),
        "other": ("wants_reply",),
    },
    "instruction": {
        "all": (
            "entered_at",
            "level",
        ),
        "some": ("due_on",),
    },
    "referral": {
        "all": ("send_by_at",),
        "some": (
            "approved_by_id",
            "ended_at",
            "outcome",
            "received_at",
            "sealed_at",
            "sent_at",
            "supplement_due_at",
        ),
    },
    "reminder": {
        "all": (
            "attempt",
            "reply_by_at",
            "state",
        ),
        "some": (
            "ended_at",
            "lapsed_at",
        ),
        "mark": (
            "answered_late",
            "in_error",
        ),
    },
    "reply": {
        "all": (
            "contacted",
            "found_true",
            "solved",
            "state",
        ),
        "some": (
            "own_at",
            "refusal",
            "step_on",
        ),
        "mark": (
            "beyond_duty",
            "late",
            "self_approved",
        ),
    },
    "request": {
        "all": (
            "category",
            "kind",
            "state",
        ),
        "some": (
            "promised_on",
            "ruled_at",
            "workdays",
        ),
        "mark": ("self_approved",),
    },
    "responsibility": {
        "some": ("excluded_as",),
        "other": ("unit_responsible",),
    },
    "run": {
        "all": (
            "failures",
            "looked_at",
        ),
    },
    "suggestion": {
        "all": ("kept",),
        "some": ("screened_at",),
    },
    "supervision": {
        "all": (
            "ground",
            "reissues",
            "review_accepted",
        ),
        "some": (
            "ask_at",
            "cleared_to",
            "concluded_at",
            "confirmed_at",
            "due_at",
            "ended_at",
            "fed_back_at",
            "finding",
            "heard_at",
            "opened_at",
            "outcome",
            "taken_back",
        ),
    },
    "visit": {
        "all": (
            "attempts",
            "state",
        ),
        "some": (
            "satisfied",
            "solved",
            "truth",
        ),
    },
    "visit_record": {
        "all": (
            "attempt",
            "contacted_by_unit",
            "method",
            "version",
        ),
        "some": (
            "satisfied",
            "solved",
            "truth",
            "why",
        ),
        "other": ("reached",),
    },
}
"""table -> the columns by which its page is narrowed: of all rows, of those where it is not empty,
of those that have the mark, of those that lack it."""
_WHERE = {"all": "", "some": "{} IS NOT NULL", "mark": "{} IS true", "other": "{} IS false"}


def _narrowed() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    for table, kinds in NARROWED.items():
        for kind, columns in kinds.items():
            for column in columns:
                whole = kind in ("all", "some")
                name = f"ix_{table}_{'by' if whole else 'is'}_{column}"
                yield name, table, (column, "id") if whole else ("id",), _WHERE[kind].format(column)


def _said(columns: tuple[str, ...]) -> str:
    return " || ' ' || ".join(f"coalesce({name}, '')" for name in columns)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    for name, table, _ in DROPPED:
        op.drop_index(name, table)
    for name, table, columns, where in (*MADE, *_narrowed()):
        plain = where.replace("IS true", "IS 1").replace("IS false", "IS 0")
        part = {"postgresql_where": sa.text(where), "sqlite_where": sa.text(plain)} if where else {}
        op.create_index(name, table, list(columns), unique=False, **part)
    if _postgres():
        op.get_bind().exec_driver_sql(_PAIRS.replace("%", "%%"))
        for table, columns in _WORDS.items():
            of = f"{table} USING gin (desk_pairs({_said(columns)})){_SPARE.get(table, '')}"
            op.execute(f"CREATE INDEX ix_words_{table} ON {of}")


def downgrade() -> None:
    if _postgres():
        for table in _WORDS:
            op.execute(f"DROP INDEX ix_words_{table}")
        op.execute("DROP FUNCTION desk_pairs(text)")
    for name, table, _, _ in (*MADE, *_narrowed()):
        op.drop_index(name, table)
    for name, table, columns in DROPPED:
        op.create_index(name, table, list(columns), unique=False)
