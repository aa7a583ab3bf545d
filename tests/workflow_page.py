"""docs/workflow.md, written from the tables of `app/rules/workflow.py`: `python -m
tests.workflow_page` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.rules.workflow import ENDS, MAY_BECOME, End

PAGE = Path(__file__).resolve().parents[1] / "docs" / "workflow.md"
SUBJECTS = {
    "case": "Case 工单: one demand",
    "assignment": "Assignment 交办件: one unit's part of a case in one round",
    "request": "Request: a return 退单, an extension 延期, an explanation 情况说明 or an interim reply 阶段性回复",
    "reply": "Reply 办理回复: a unit's final reply",
    "reminder": "Reminder 催办",
    "supervision": "Supervision item 督办件, a candidate before it is opened",
    "visit": "Visit 回访: one caller in one round",
    "referral": "Referral 移送",
}
OPENING = """# States, and what ends what

This page is written from `app/rules/workflow.py` by `python -m tests.workflow_page`; change the table, not the page.
Only the ledger moves a state, and only along these arrows; the database refuses a state without its event. **Overdue is
no state**: it is derived from a due moment and the clock (`app.rules.facts.overdue`).
"""
ENDING = """## What ends with a move

The ledger applies these rows in the transaction of the move, with one event each. "The bot" stands where the event
names the bot as the actor, whoever made the move; else it names who made the move.

| when this | becomes | then this | in | becomes | if | event | by |
|---|---|---|---|---|---|---|---|
"""


def _arrows(subject: str) -> Iterator[str]:
    """The lines of one diagram: from nothing, between states, and out where nothing follows."""
    for state, nexts in MAY_BECOME[subject].items():
        for following in nexts:
            yield f"    {state or '[*]'} --> {following}"
        if not nexts:
            yield f"    {state} --> [*]"


def _diagram(subject: str) -> str:
    arrows = "\n".join(_arrows(subject))
    return f"## {SUBJECTS[subject]}\n\n```mermaid\nstateDiagram-v2\n{arrows}\n```\n"


def _condition(end: End) -> str:
    """The name of an end's condition, in words: `is_lead` -> `is lead`."""
    name = getattr(end.when, "__name__", "")
    return "" if name == "_always" else name.strip("_").replace("_", " ")


def _row(subject: str, state: str, end: End) -> str:
    by = "the bot" if end.by_bot else "who moved it"
    cells = (
        subject,
        state,
        end.subject,
        ", ".join(end.states),
        end.to,
        _condition(end),
        f"`{end.event}`",
        by,
    )
    return f"| {' | '.join(cells)} |"


def page() -> str:
    """The whole page."""
    diagrams = "\n".join(_diagram(subject) for subject in MAY_BECOME)
    ends = "\n".join(_row(*when, end) for when, ends in ENDS.items() for end in ends)
    return f"{OPENING}\n{diagrams}\n{ENDING}{ends}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
