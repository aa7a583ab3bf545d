"""The forms of a unit: a reply in three steps, photographs and files beside what is filed.

A step is a part of one form: all of it is sent together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import words
from app.models import Case
from app.models.file import File
from app.rules.extra import PREFIX
from app.stages.table import DRAFTED
from app.verbs import Verb
from app.views.actor import actor, language, reader

REPLIES = ("reply", "draft_reply")
KIND_OF_FILES = {"photos": "handling", "handling_files": "handling", "contact_files": "contact"}
"""A field with which files come -> the kind under which they are kept on the case."""
_FILES = (("photos", "camera"), ("handling_files", "files"))
_OF_CONTACT = (("contact_files", "files"),)
_NOT_FILED = ("record_statement", "draft_statement")
_OTHERS = ("send_back_draft", "discard_draft", "first_response", "name_substitute")
"""Verbs of units that nobody drafts."""
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "form.step.contact",
        ("contacted", "contacted_at", "contact_number", "why_not_contacted", "contact_files"),
    ),
    (
        "form.step.handling",
        (
            "found_true",
            "beyond_duty",
            "solved",
            "why_unsolved",
            "handling",
            "photos",
            "handling_files",
            "evidence",
        ),
    ),
    ("form.step.answer", ("opinion", "next_step", "step_on", "public_answer")),
)
"""The steps of a reply, each with its fields."""
OF_REFUSALS = {
    "no_handling_opinion": "opinion",
    "no_next_step": "next_step",
    "public_answer_missing": "public_answer",
    "caller_not_contacted": "contacted",
    "promise_not_after_today": "promised_on",
    "promise_too_far": "promised_on",
    "explanation_too_short": "words",
    "extension_too_long": "workdays",
    "later_than_lead": "workdays",
    "reason_missing": "reason",
    "words_missing": "words",
    "substitute_days_wrong": "from_on",
    "substitute_too_long": "to_on",
    "substituted_already": "from_on",
    "no_colleague": "substitute",
}
"""A refusal that names no field -> the one that it is about."""


@dataclass(frozen=True)
class Step:
    """A step of a form: its title and its fields; `wrong` where one of them was refused."""

    number: int
    title: str
    fields: Sequence[Any]
    wrong: bool


def of_units(verb: Verb) -> bool:
    """Whether a form is one of those that units work with."""
    return verb.name in _OTHERS or _head_of(verb) in {*DRAFTED.values()}


def _head_of(verb: Verb) -> str:
    """The verb with which the head files what this one drafts; the verb itself."""
    return DRAFTED.get(verb.name, verb.name)


def files_with(verb: Verb) -> tuple[tuple[str, str], ...]:
    """The fields with which files come beside what a unit files, and how each is drawn."""
    if verb.name in _NOT_FILED or _head_of(verb) not in DRAFTED.values():
        return ()
    return (*_FILES, *(_OF_CONTACT if verb.name in REPLIES else ()))


def steps_of(verb: Verb, form: Any) -> list[Step]:
    """The steps of a form; none where it has none. What the form asks besides - which of two parts is
    answered - stands first; what the office asks besides, with the handling."""
    if verb.name not in REPLIES:
        return []
    drawn = {one.name: one for one in form.drawn}
    of_steps = {name for _, names in STEPS for name in names}
    left = [one for name, one in drawn.items() if name not in of_steps]
    own = [one for one in left if one.name.startswith(PREFIX)]
    first = [one for one in left if one not in own]
    steps = []
    for number, (title, names) in enumerate(STEPS, 1):
        fields = [drawn[name] for name in names if name in drawn]
        fields = [*first, *fields] if number == 1 else fields
        fields = [*fields, *own] if number == len(STEPS) - 1 else fields
        wrong = any(one.wrong for one in fields)
        steps.append(Step(number, words.word(title, language()), fields, wrong))
    return steps


def brought(verb: Verb, case: Case | None) -> list[tuple[int, str]]:
    """(id, name) of what the unit has put on the case already: it need not be chosen again."""
    if case is None or not files_with(verb) or actor().unit_id is None:
        return []
    query = select(File.id, File.name).where(
        File.case_id == case.id, File.unit_id == actor().unit_id, File.referral_id.is_(None)
    )
    return [(row.id, row.name) for row in reader().execute(query.order_by(File.id))]
