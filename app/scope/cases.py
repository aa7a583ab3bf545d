"""Which cases somebody sees: in parts, each by what leads to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import false, func, literal, or_, select, union_all

from app.models import (
    Assignment,
    Case,
    Referral,
    Reply,
    Responsibility,
    Submission,
    Supervision,
    Visit,
    VisitRecord,
)
from app.rules.workflow import LIVE, STANDING
from app.scope.seen import Seen

EXAMINED, VISITED, AWAITING = ("examining", "reviewing"), "visiting", "reviewed"
# Aliases: otherwise a subselect would be correlated with an outer join of the same table.
_A = Assignment.__table__.alias("seen_assignment")
CASE = Case.__table__.alias("seen_case")
_R = Reply.__table__.alias("seen_reply")
_J = Responsibility.__table__.alias("seen_responsibility")
_V = VisitRecord.__table__.alias("seen_visit_record")
_W = Visit.__table__.alias("seen_visit")
_S = Submission.__table__.alias("seen_submission")
_U = Supervision.__table__.alias("seen_supervision")
_L = Referral.__table__.alias("seen_referral")
_LEADERS = Case.__table__.alias("leaders_case")
FEW = 1_000
"""Up to so many cases are few."""


@dataclass(frozen=True)
class Part:
    """Some of the cases that a person sees: those whose ids stand in a column, where a condition
    holds."""

    case: Any
    where: Any

    def ids(self) -> Any:
        """All of them, by their ids."""
        return select(self.case.label("id")).where(self.where)

    def holds(self, case: Any) -> Any:
        """Whether one case is among them. Raises ValueError where the case stands in the very table
        that the part reads: it would be compared with itself, and any case would be among them."""
        if getattr(case, "table", None) is self.case.table:
            raise ValueError(f"{case} is a column of the part itself")
        return (
            select(literal(1))
            .where(self.case == case, self.where)
            .correlate_except(self.case.table)
        )


def _of_unit(unit: int) -> tuple[Part, ...]:
    """Cases that a unit holds or answered, and those in which the room still supervises it. One
    that gave a case back, or had it taken away, keeps the rows of its own assignment, not the case.
    [procedure, Who may do what]"""
    supervised = _U.c.number.is_not(None) & _U.c.state.in_(STANDING)
    return (
        Part(_A.c.case_id, (_A.c.unit_id == unit) & _A.c.state.in_((*LIVE, "accepted"))),
        Part(_U.c.case_id, (_U.c.unit_id == unit) & supervised),
    )


def _examined(user: int) -> tuple[Part, ...]:
    # An assist's reply is examined while its lead still works on the case.
    return (
        Part(_R.c.case_id, _R.c.examined_by_id == user),
        Part(CASE.c.id, CASE.c.state.in_(EXAMINED)),
        Part(_R.c.case_id, _R.c.state == "filed"),
        Part(_J.c.case_id, _J.c.by_id == user),
    )


def not_leaders(case: Any) -> Any:
    """That a case is no leader's matter: looked up among these, which are few."""
    leaders = select(literal(1)).where(_LEADERS.c.id == case, _LEADERS.c.leader_assigned.is_(True))
    return ~leaders.correlate_except(_LEADERS).exists()


def _visited(user: int) -> tuple[Part, ...]:
    """Cases that wait for their visit, those whose callers do (merged ones too), and those of the
    person's own visits. A leader's matter is visited by the room."""
    waits = (_W.c.state == "pending") & not_leaders(_W.c.case_id)
    own = (
        select(literal(1))
        .where(_V.c.visit_id == _W.c.id, _V.c.by_id == user)
        .correlate_except(_V)
        .exists()
    )
    merged = _W.c.caller_case_id != _W.c.case_id
    return (
        Part(_V.c.case_id, _V.c.by_id == user),
        Part(CASE.c.id, (CASE.c.state == VISITED) & CASE.c.leader_assigned.is_(False)),
        Part(_W.c.case_id, waits),
        Part(_W.c.caller_case_id, merged & or_(waits, own)),
    )


def _for_leader(user: int) -> tuple[Part, ...]:
    return (
        Part(_S.c.case_id, or_(_S.c.leader_id == user, _S.c.leader_id.is_(None))),
        Part(_L.c.case_id, or_(_L.c.state == AWAITING, _L.c.approved_by_id == user)),
    )


def visible_cases(seen: Seen) -> tuple[Part, ...]:
    """The parts of the cases that a person sees; together they are all of them."""
    parts: list[Part] = []
    if "unit" in seen.scopes:
        parts += _of_unit(seen.unit)
    if "to_examine" in seen.scopes:
        parts += _examined(seen.user)
    if "to_visit" in seen.scopes:
        parts += _visited(seen.user)
    if "leader" in seen.scopes:
        parts += _for_leader(seen.user)
    return tuple(parts)


def few(seen: Seen) -> Any:
    """A query for how many cases somebody sees, counted to one more than are few, in the order of
    the parts, of which the person's own work comes first: where they are few, whatever is asked
    about them is found from these."""
    parts = [select(literal(1)).where(part.where).limit(FEW + 1) for part in visible_cases(seen)]
    parts = parts or [select(literal(1)).where(false())]
    every = union_all(*(part.subquery().select() for part in parts)).limit(FEW + 1).subquery()
    number = select(func.count()).select_from(every).scalar_subquery()
    return select(number).execution_options(unscoped=True)


def is_seen(column: Any, cases: tuple[Part, ...], few: bool) -> Any:
    """Whether a case is among those seen: looked up by its id, row by row, so that a list reads no
    further than it shows; where they are few, all of them at once."""
    if not cases:
        return false()
    if few:
        return column.in_(union_all(*(part.ids() for part in cases)))
    return union_all(*(part.holds(column) for part in cases)).exists()
