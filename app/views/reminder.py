"""Reminder 催办: what the bot issued."""

from __future__ import annotations

from app.models import Reminder
from app.views.pages.row_query import DeskInterface
from app.views.papers import Noticed


class Reminders(Noticed):
    """Reminders, each with its number and its reply-by."""

    datamodel = DeskInterface(Reminder)
    page, subject = "Reminders", "reminder"
    list_columns = ("number", "unit", "state", "issued_at")
    filters = ("state", "unit", "issued_at", "answered_late", "case")
    clock, running, empty = "reply_by_at", ("open",), "list.empty_reminders"
    page_only = ("void_reason", "in_error", "ended_at")
