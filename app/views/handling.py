"""Handling 办理: what units ask, promise and answer."""

from __future__ import annotations

from app.models import Reply, Request
from app.views.pages.base import DeskView
from app.views.pages.row_query import DeskInterface


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
