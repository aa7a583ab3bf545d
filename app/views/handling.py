"""Handling 办理: what units ask, promise and answer."""

from __future__ import annotations

from app.models import Person, Reply, Request, Substitute
from app.views.pages.base import DeskView
from app.views.pages.row_query import DeskInterface


def named(one: Person) -> str:
    """A person by name."""
    return one.first_name or one.username


class Requests(DeskView):
    """Returns, extensions, explanations and interim replies."""

    datamodel = DeskInterface(Request)
    page = "Requests"
    page_only = ("category", "words", "ruling_words")


class Replies(DeskView):
    """Final replies, with the verdict on time frozen at filing."""

    datamodel = DeskInterface(Reply)
    page = "Replies"
    page_only = (
        "opinion",
        "next_step",
        "handling",
        "public_answer",
        "refusal_words",
        "step_on",
        "beyond_duty",
        "contacted_at",
        "why_not_contacted",
        "why_unsolved",
        "evidence",
    )
    unsearched = ("contacted_at", "why_not_contacted", "why_unsolved", "evidence")


class Substitutes(DeskView):
    """Who approves for a unit's head while they are away, from when to when."""

    datamodel = DeskInterface(Substitute)
    page = "Substitutes"
    add_verb, edit_verb = "name_substitute", "end_substitute"
    formatters_columns = {"head": named, "person": named}  # noqa: RUF012
