"""Redo 重办: responsibility reviews."""

from __future__ import annotations

from typing import Any

from app.models import Responsibility
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface
from app.views.papers import form_link


class Responsibilities(DeskView):
    """Responsibility reviews, each with its grounds."""

    datamodel = DeskInterface(Responsibility)
    page = "Responsibility"
    list_columns = ("number", "unit_responsible", "excluded_as", "at")
    filters = ("unit_responsible", "excluded_as", "at", "case")
    empty = "list.empty_reviews"

    def links(self, item: Any) -> Links:
        """The paper 责任认定表."""
        return [*super().links(item), *form_link("responsibility", item.id)]
