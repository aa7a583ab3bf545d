"""Redo 重办: responsibility reviews."""

from __future__ import annotations

from app.models import Responsibility
from app.views.pages.base import DeskView
from app.views.pages.row_query import DeskInterface


class Responsibilities(DeskView):
    """Responsibility reviews, each with its grounds."""

    datamodel = DeskInterface(Responsibility)
    page = "Responsibility"
    list_columns = ("number", "unit_responsible", "excluded_as", "at")
    filters = ("unit_responsible", "excluded_as", "at", "case")
    empty = "list.empty_reviews"
