"""Handling 办理: what units ask, promise and answer."""

from __future__ import annotations

from app import words
from app.models import Person, Reply, Request, Substitute
from app.rules.gist import gist
from app.views.actor import actor, language
from app.views.pages.base import DeskView
from app.views.pages.masking import masked_text
from app.views.pages.row_query import DeskInterface


def named(one: Person) -> str:
    """A person by name."""
    return one.first_name or one.username


class Requests(DeskView):
    """Returns, extensions, explanations and interim replies."""

    datamodel = DeskInterface(Request)
    page = "Requests"
    page_only = ("category", "words", "ruling_words")
    extra = ("asked", "asked_until")
    list_columns = ("asked", "asked_until", "unit", "state", "filed_at")
    filters = ("kind", "state", "unit", "filed_at", "case")
    clock, running, empty = "own_at", ("pending",), "list.empty_requests"

    def beside(self, item: Request, name: str, always: bool) -> str:
        """What a unit asks for, in a line; and until when it asks, or how many working days."""
        tongue = language()
        if name == "asked_until":
            days = words.word("list.workdays", tongue, n=item.workdays) if item.workdays else ""
            return item.promised_on.isoformat() if item.promised_on else days
        kind = words.value("request", item.kind, tongue)
        told = item.words if actor().reads_as_typed and not always else self._covered(item)
        return words.pair(kind, gist(told), tongue) if gist(told) else kind

    @staticmethod
    def _covered(item: Request) -> str:
        return masked_text(item.words, item.case_id)


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
    list_columns = ("unit", "state", "filed_at", "solved", "late")
    filters = ("state", "unit", "filed_at", "late", "solved")
    clock, running, empty = "own_at", ("filed",), "list.empty_replies"
    unsearched = ("contacted_at", "why_not_contacted", "why_unsolved", "evidence")


class Substitutes(DeskView):
    """Who approves for a unit's head while they are away, from when to when."""

    datamodel = DeskInterface(Substitute)
    page = "Substitutes"
    add_verb, edit_verb = "name_substitute", "end_substitute"
    persons = ("head", "person")
    formatters_columns = {"head": named, "person": named}  # noqa: RUF012
