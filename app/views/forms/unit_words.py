"""Which free words that people at the centre and in the room type can come to be read by a unit, verb
by verb; and what else a unit gets to read by a verb. A test holds this against all verbs and their
fields. [procedure 1: confidential]"""

from __future__ import annotations

from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from app.models import Case, Contact, Instruction, VisitRecord
from app.stages.verb import Field, Verb

READ: dict[str, tuple[str, ...]] = {
    "register": ("narrative", "leader", "place", "complained_person", "demand"),
    "edit_case": ("narrative", "place", "complained_person", "demand"),
    "contact": ("words",),
    "split": ("parts",),
    "refuse": ("words",),
    "withdraw": ("reason",),
    "screen_suggestion": ("words",),
    "answer_directly": ("answer",),
    "submit": ("reason",),
    "instruct": ("leader",),
    "reclassify": ("reason",),
    "reassign": ("reason",),
    "rule_on_return": ("words",),
    "rule_on_extension": ("words",),
    "rule_on_explanation": ("words",),
    "rule_on_interim": ("words",),
    "waive_assist": ("reason",),
    "void_reminder": ("reason",),
    "propose": ("reason",),
    "open_supervision": ("requirement", "reason"),
    "decline": ("reason",),
    "defer": ("reason",),
    "strike_row": ("reason",),
    "reissue": ("requirement",),
    "draft_finding": ("words",),
    "record_statement": ("words",),
    "conclude": ("conclusion",),
    "rule_on_review": ("words",),
    "record_visit": ("words", "place", "met", "evidence"),
    "amend_visit": ("reason", "words", "place", "met", "evidence"),
    "examine": ("words",),
    "review_responsibility": ("grounds",),
}
"""verb -> the fields whose words stand on a page or a paper of a unit, now or after the case was
reopened and allocated."""
UNREAD: dict[str, dict[str, str]] = {
    "register": {
        "caller": "never shown in words",
        "category": "of the office's list",
        "paper_form": "a number",
        "repeat_check": "names other cases: not for units",
    },
    "edit_case": {
        "caller": "never shown in words",
        "category": "of the office's list",
        "paper_form": "a number",
        "repeat_check": "names other cases: not for units",
    },
    "contact": {"caller": "never shown in words"},
    "comment_suggestion": {"words": "the centre and leaders"},
    "attach": {
        "name": "covered where it is shown; it is not typed",
        "sha256": "the store's",
        "media_type": "the store's",
    },
    "confirm_lifting": {"words": "who proposed it"},
    "reveal": {"reason": "the log auditor"},
    "cover": {"more": "what is covered", "less": "what is shown again"},
    "answer_directly": {"articles": "ids of approved answers on file"},
    "submit": {"to_leader": "an account"},
    "reclassify": {"category": "of the office's list"},
    "open_supervision": {"ground": "one of a list"},
    "draft_finding": {"persons": "posts"},
    "record_statement": {"person": "a name in a finding"},
    "complete_referral": {"report": "the room and who gets it", "proposal": "the same"},
    "approve_referral": {"leader": "a leader's name", "scan": "a number"},
    "send_back_referral": {"reason": "the room"},
    "record_outcome": {"words": "the room and the committee"},
    "supplement_referral": {"words": "the room and the committee"},
    "carry_dossier": {"carrier": "who carries it", "label": "what stands on the medium"},
    "abandon_referral": {"reason": "the room"},
}
"""verb -> the fields whose words no unit reads, and why."""
ON_THE_CASE = {"allocate": "", "instruct": "unit", "reclassify": "confidential"}
"""verb with which a unit gets to read what stands on the case already -> the field without which it
does not."""
OF_THE_CASE = ("place", "narrative", "demand", "complained_person", "answer")
"""What a unit reads of a case itself."""
_BESIDE: tuple[tuple[Any, Any], ...] = (
    (Contact, Contact.words),
    (Instruction, Instruction.words),
    (VisitRecord, VisitRecord.words),
)
"""What a unit reads beside it: what callers said, what leaders wrote, what was said at a visit."""


def holds_words(field: Field) -> bool:
    """Whether somebody's own words can be typed into a field."""
    return field.kind in ("text", "leader", "parts", "names", "any", "caller") and not field.choices


def may_be_read(verb: Verb, field: Field) -> bool:
    """Whether a unit can come to read what is typed into a field: of one of which it is not said,
    too."""
    return holds_words(field) and field.name not in UNREAD.get(verb.name, ())


def beside(session: Session, case: Case) -> list[tuple[str, str]]:
    """(table, words) of what was said about a case, the oldest first, in one statement."""
    parts = [
        select(literal(model.__tablename__).label("told"), model.id, words.label("words")).where(
            model.case_id == case.id, words != ""
        )
        for model, words in _BESIDE
    ]
    both = union_all(*parts).subquery()
    query = select(both.c.told, both.c.words).order_by(both.c.told, both.c.id)
    return [
        (row.told, row.words) for row in session.execute(query.execution_options(unscoped=True))
    ]
