"""Praise 表扬: what callers said in praise of a unit, for that unit to read; who they are it does
not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app import words
from app.models import Case
from app.views.actor import actor, language
from app.views.pages.base import DeskView
from app.views.pages.declared import labelled
from app.views.pages.row_query import DeskInterface
from app.worklists import COUNTED_TO

TOLD = ("visiting", "closed", "handling", "examining", "reviewing")
"""The states in which somebody of the centre has taken the praise up: answered it, or passed it
on."""
SHOWN = ("number", "received_at", "place", "narrative", "demand")


class PraiseInterface(DeskInterface):
    """Reads, beyond the scope, the praise of the unit of the person who asks and nothing else."""

    def looked_up(self) -> bool:
        """Not row by row: all praise of his unit is his."""
        return False

    def apply_filters(self, query: Any, filters: Any) -> Any:
        """The filters asked for, and whose praise it is."""
        of_it = (
            Case.kind == "praise",
            Case.complained_unit_id == (actor().unit_id or 0),
            Case.state.in_(TOLD),
        )
        return super().apply_filters(query, filters).filter(*of_it).execution_options(unscoped=True)

    def query_count(self, query: Any, filters: Any = None, select_columns: Any = None) -> int:
        """How many rows there are, counted to a thousand."""
        found = (
            self.apply_filters(query, filters)
            .with_entities(self.get_pk())
            .order_by(None)
            .limit(COUNTED_TO + 1)
        )
        counted = (
            select(func.count()).select_from(found.subquery()).execution_options(unscoped=True)
        )
        return int(self.session.scalar(counted))


class Praise(DeskView):
    """The praise of a unit: when and where, and in which words; the callers covered."""

    datamodel = PraiseInterface(Case)
    page = "Praise"
    lined = False
    list_columns = ("number", "received_at", "place", "narrative")
    filters = ("received_at", "place", "narrative")
    empty = "list.empty_praise"
    hidden = tuple(name for name in labelled(Case) if name not in SHOWN)

    def title_here(self) -> str:
        """The page's title."""
        return words.page(self.page, language())
