"""docs/roles.md, written from the verbs and `app/roles.py`: `python -m tests.roles_page` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.roles import PAGES, SCOPES
from app.stages.rights import RIGHTS
from app.verbs import VERBS
from app.words import title, value

PAGE = Path(__file__).resolve().parents[1] / "docs" / "roles.md"
OPENING = """# Roles

This page is written from the rows of the verbs and from `app/roles.py` by `python -m tests.roles_page`; change these,
not the page. A right is a verb; what a verb refuses beside - states, clocks, who was involved before - is the stage's.
A person may hold several roles, but an IT administrator holds no other.
"""
SCOPE_WORDS = {
    "all": "every case",
    "to_examine": "cases that wait for examination or responsibility review, and those he examined",
    "to_visit": "cases that wait for a visit, leaders' matters excepted, and those he visited",
    "unit": "what his own unit was given, and nothing of other units",
    "leader": "summaries; in full what was submitted to leaders or waits for their approval",
    "sealed": "sealed dossiers, once they were sent",
    None: "no case",
}
"""scope -> what its role reads, as the page says it."""
CALLERS = {
    "operator": "of his own entries; else masked",
    "allocator": "masked; shown with a reason, on the record",
    "centre_head": "masked; shown with a reason, on the record",
    "examiner": "masked",
    "visitor": "shown for his own task, on the record",
    "unit_staff": "shown with a reason, on the record; never of a confidential case",
    "unit_head": "shown with a reason, on the record; never of a confidential case",
    "officer": "masked; shown with a reason, on the record",
    "supervision_head": "masked; shown with a reason, on the record",
    "leader": "masked",
    "committee": "only on the sealed sheet, where the approver attached it",
    "it_admin": "never",
    "log_auditor": "never",
}
"""role -> whether it sees a caller's name and number."""
SEPARATIONS = (
    (
        "Who handled a case - answered it directly or approved the unit's reply - neither examines nor visits it; who"
        " examined it or reviewed responsibility does not visit it, who visited it does neither.",
        "handler_examiner_and_visitor_are_three",
    ),
    (
        "Who examined or visited a case does not handle it afterwards.",
        "who_examined_or_visited_does_not_handle_it",
    ),
    ("Who asked for something does not rule on it.", "the_requester_does_not_rule"),
    ("Who proposed a rule does not approve it.", "who_proposed_a_rule_does_not_approve_it"),
    (
        "An operator's refusal waits for an allocator.",
        "an_operators_refusal_waits_for_an_allocator",
    ),
    (
        "Who drafted a finding neither confirms it nor rules on its review.",
        "who_drafted_a_finding_neither",
    ),
    (
        "Who ever completed a referral does not review it, who did either does not approve it.",
        "accountability-three-persons-before-the-seal",
    ),
    (
        "Nobody drafts, reviews or approves about a unit where he held a post in the last three years.",
        "nobody_acts_about_a_unit_where_he_held_a_post",
    ),
    ("Nobody drafts, reviews or approves about himself.", "nobody_acts_about_himself"),
    (
        "A unit's head who approves his own draft is marked 自审.",
        "approving_his_own_draft_is_marked",
    ),
    (
        "A confidential caller is never shown to a unit.",
        "a_confidential_caller_is_not_revealed_to_a_unit",
    ),
    (
        "Nobody deletes a case, an event, a visit or a paper.",
        "nobody_deletes_a_case_an_event_a_visit_or_a_paper",
    ),
    (
        "An IT administrator and a log auditor have no verb about a case.",
        "have_no_verb_about_a_case",
    ),
)
"""What holds whatever the roles are, with part of the name of the test or story that holds it."""


def does(role: str) -> Iterator[str]:
    """The verbs of a role in the order of the procedure, by their Chinese titles."""
    for name in VERBS:
        if name in RIGHTS[role]:
            yield f"{title(name, 'zh')} `{name}`"


def _section(role: str) -> str:
    pages = ", ".join(page for page, roles in PAGES.items() if role in roles)
    return "\n".join(
        (
            f"## {value('role', role, 'zh')} `{role}`",
            "",
            f"- Sees: {SCOPE_WORDS[SCOPES.get(role)]}.",
            f"- The caller's name and number: {CALLERS[role]}.",
            f"- Opens: {pages}.",
            f"- Does: {', '.join(does(role)) or 'nothing but read'}.",
            "",
        )
    )


def page() -> str:
    """The whole page."""
    sections = "\n".join(_section(role) for role in RIGHTS)
    rules = "\n".join(f"- {sentence}" for sentence, _ in SEPARATIONS)
    return f"{OPENING}\n{sections}\n## Whatever the roles\n\n{rules}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
