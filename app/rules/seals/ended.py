"""What may still change of a row whose state is final, and why."""

from __future__ import annotations

AFTER_END: dict[str, dict[str, str]] = {
    "assignment": {
        "case_id": "goes to the heir of a withdrawn lead",
        "unit_id": "goes to the successor of a dissolved unit while an item stands, or a redo is exhausted",
    },
    "hotline_case": {
        **dict.fromkeys(
            ("head_seq", "head_hash", "head_at"), "each event moves the head of its chain"
        ),
        **dict.fromkeys(
            ("look_again_at", "look_seal", "look_failures", "look_error"), "the bot looks on"
        ),
        "lead_unit_id": "follows its assignment to the successor of a dissolved unit, while an item stands",
        **dict.fromkeys(
            ("screen_at", "screen_clock", "screen_overdue_for"),
            "a suggestion is screened whatever became of its case",
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
            ("struck_reason", "struck_at", "struck_on_list"),
            "its row on a list is struck later too",
        ),
        **dict.fromkeys(
            (
                "ask_at",
                "ask_clock",
                "review_asked_at",
                "review_words",
                "review_accepted",
                "outcome",
                "taken_back",
            ),
            "what was concluded may be reviewed after it was closed",
        ),
        **dict.fromkeys(("own_at", "own_clock", "own_overdue_for"), "the clock of that review"),
    },
    "visit": {
        "case_id": "goes to the heir of a withdrawn lead",
        "turn": "is numbered after those that the heir had itself",
    },
}
"""table with a state -> what may still change of a row whose state is final, and why; all else of
it is kept."""
