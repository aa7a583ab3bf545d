"""The scope, laid over every ORM statement of a person's request: rows of other units are not
there.

A page, a drop-down, an export or a filter cannot reach past it, because it stands below all of
them. Stage verbs run in sessions of their own, unscoped: a guard such as "no assist is open" must
see the other units' rows.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from app.scope.cases import AWAITING, FEW, few, not_leaders, visible_cases
from app.scope.criteria import criteria, held_back, lay, within
from app.scope.seen import NOTHING, Seen, seen_by

__all__ = [
    "AWAITING",
    "FEW",
    "NOTHING",
    "Seen",
    "criteria",
    "few",
    "held_back",
    "install",
    "lay",
    "not_leaders",
    "seen_by",
    "visible_cases",
    "within",
]

_PEOPLE = {"Person", "User", "Role", "Group", "Permission", "PermissionView", "ViewMenu"}


def install(sessions: type[Session], seen: Callable[[], Seen | None]) -> None:
    """Lay the scope over a class of sessions; `seen` gives None where nothing is held back (no
    request)."""

    @event.listens_for(sessions, "do_orm_execute")
    def scope(state: ORMExecuteState) -> None:
        if not (state.is_select or state.is_update or state.is_delete) or state.is_column_load:
            return
        if state.execution_options.get("unscoped"):
            return
        mapper = state.bind_mapper
        # Loading the person would ask for their scope again.
        if mapper is not None and mapper.class_.__name__ in _PEOPLE:
            return
        now = seen()
        if now is not None:
            state.statement = state.statement.options(*criteria(now))
