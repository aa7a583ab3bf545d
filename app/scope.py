"""What a person may see, laid over every ORM statement of his request: rows of other units are not
there.

A page, a drop-down, an export or a filter cannot reach past it, because it stands below all of
them. Stage verbs run in sessions of their own, unscoped: a guard such as "no assist is open" must
see the other units' rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import event, false, func, literal, or_, select, true, union_all
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from app.models import (
    Assignment,
    Caller,
    Case,
    Contact,
    Draft,
    Event,
    Instruction,
    InstructionNotice,
    Lifting,
    Notice,
    Referral,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Reveal,
    Submission,
    Suggestion,
    SuggestionComment,
    Supervision,
    ToldAs,
    UnitPost,
    Visit,
    VisitRecord,
)
from app.models.file import File
from app.models.posts import line_of
from app.roles import Actor
from app.rules.workflow import LIVE, STANDING

EXAMINED, VISITED, AWAITING = ("examining", "reviewing"), "visiting", "reviewed"
# Aliases: otherwise a subselect would be correlated with an outer join of the same table.
_A = Assignment.__table__.alias("seen_assignment")
_C = Case.__table__.alias("seen_case")
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
_OF_A_CASE: tuple[type[Any], ...] = (
    Contact,
    Assignment,
    Request,
    Reply,
    Draft,
    Reminder,
    Supervision,
    Visit,
    VisitRecord,
    Responsibility,
    Suggestion,
    SuggestionComment,
    Submission,
    Instruction,
    InstructionNotice,
    Lifting,
    File,
)
_OF_A_UNIT: tuple[type[Any], ...] = (
    Assignment,
    Request,
    Reply,
    Draft,
    Reminder,
    Supervision,
    UnitPost,
    InstructionNotice,
)
_OWN: dict[str, type[Any]] = {
    "assignment": Assignment,
    "request": Request,
    "reply": Reply,
    "reminder": Reminder,
    "supervision": Supervision,
}


_OWN_TABLES: dict[type[Any], str] = {}
"""A table of the office's own -> whose rows its people see: `office` all, `unit_id` those of their
unit, `case_id` those of their cases."""


def lay(model: type[Any], by: str) -> None:
    """Lay the scope over a table of the office's own."""
    _OWN_TABLES[model] = by
    criteria.cache_clear()


@dataclass(frozen=True)
class Seen:
    """Which rows a request may see: its scopes, its person and his unit (0: none), whose notices;
    and whether he is known to see few cases."""

    scopes: frozenset[str]
    user: int
    unit: int
    room: bool
    log: bool
    told: tuple[str, ...]
    few: bool = False


NOTHING = Seen(frozenset(), 0, 0, False, False, ())
"""What somebody sees who has not logged in."""


def seen_by(actor: Actor) -> Seen:
    """What an actor sees."""
    unit = actor.unit_id or 0
    scopes = actor.scopes if unit else actor.scopes - {"unit"}
    own = [f"unit:{unit}"] if unit and "unit" in scopes else []
    told = (*sorted(actor.roles), *own, *([f"user:{actor.id}"] if actor.id else []))
    return Seen(
        scopes,
        actor.id or 0,
        unit,
        actor.is_a("officer", "supervision_head"),
        actor.is_a("log_auditor"),
        told,
    )


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
        """Whether one case is among them."""
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
        Part(_C.c.id, _C.c.state.in_(EXAMINED)),
        Part(_R.c.case_id, _R.c.state == "filed"),
        Part(_J.c.case_id, _J.c.by_id == user),
    )


def not_leaders(case: Any) -> Any:
    """That a case is no leader's matter: looked up among these, which are few."""
    leaders = select(literal(1)).where(_LEADERS.c.id == case, _LEADERS.c.leader_assigned.is_(True))
    return ~leaders.correlate_except(_LEADERS).exists()


def _visited(user: int) -> tuple[Part, ...]:
    """Cases that wait for their visit, those whose callers do (merged ones too), and those of his
    own visits. A leader's matter is visited by the room."""
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
        Part(_C.c.id, (_C.c.state == VISITED) & _C.c.leader_assigned.is_(False)),
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
    found: list[Part] = []
    if "unit" in seen.scopes:
        found += _of_unit(seen.unit)
    if "to_examine" in seen.scopes:
        found += _examined(seen.user)
    if "to_visit" in seen.scopes:
        found += _visited(seen.user)
    if "leader" in seen.scopes:
        found += _for_leader(seen.user)
    return tuple(found)


def held_back(model: type[Any], seen: Seen) -> bool:
    """Whether rows of a table are looked up one by one for a person: those of cases, where he sees
    some cases only."""
    if "all" in seen.scopes or (seen.scopes == {"unit"} and model in _OF_A_UNIT):
        return False
    return model is Case or model in _OF_A_CASE or _OWN_TABLES.get(model) == "case_id"


def few(seen: Seen) -> Any:
    """A query for how many cases somebody sees, counted to one more than are few, in the order of
    the parts, of which his own work comes first: where he sees few, whatever is asked about them is
    found from these."""
    parts = [select(literal(1)).where(part.where).limit(FEW + 1) for part in visible_cases(seen)]
    parts = parts or [select(literal(1)).where(false())]
    every = union_all(*(part.subquery().select() for part in parts)).limit(FEW + 1).subquery()
    number = select(func.count()).select_from(every).scalar_subquery()
    return select(number).execution_options(unscoped=True)


def _within(column: Any, cases: tuple[Part, ...], few: bool) -> Any:
    """Whether a case is among those seen: looked up by its id, row by row, so that a list reads no
    further than it shows; where they are few, all of them at once."""
    if not cases:
        return false()
    if few:
        return column.in_(union_all(*(part.ids() for part in cases)))
    return union_all(*(part.holds(column) for part in cases)).exists()


def _criterion(model: type[Any], where: Callable[[Any], Any]) -> Any:
    # Worked out for each person: SQLAlchemy would keep a lambda's SQL, and with it another person's
    # unit. The price is that an alias that is joined is not held to it: request code joins none (a
    # test holds it to that), and Flask-AppBuilder only for dotted columns, which no page has.
    return with_loader_criteria(model, where(model), include_aliases=True)


@lru_cache(maxsize=512)
def criteria(seen: Seen) -> tuple[Any, ...]:
    """The loader criteria of one person: built once for all statements that are his."""
    made = [
        _criterion(Notice, lambda cls: cls.recipient.in_(seen.told)),
        _criterion(Referral, _referrals(seen)),
        *(_criterion(model, _own_rows(by, seen)) for model, by in _OWN_TABLES.items()),
    ]
    if not seen.log:
        made.append(_criterion(Reveal, lambda cls: false()))
    if "all" in seen.scopes:
        return tuple(made)
    cases = visible_cases(seen)
    own_only = seen.scopes == {"unit"}
    limited: list[type[Any]] = [Case, *_OF_A_CASE, *(_OF_A_UNIT if own_only else ())]
    made += [
        _criterion(model, lambda cls: _limit(cls, seen, cases)) for model in dict.fromkeys(limited)
    ]
    open_callers = select(_C.c.caller_id).where(
        _C.c.confidential.is_(False), _within(_C.c.id, cases, seen.few)
    )
    if own_only:
        open_callers = open_callers.where(_named_to(seen.unit))
    made.append(_criterion(Caller, lambda cls: cls.id.in_(open_callers)))
    made.append(_criterion(ToldAs, lambda cls: cls.caller_id.in_(open_callers)))
    if not seen.log:
        made.append(_criterion(Event, lambda cls: _events(cls, seen, cases, own_only)))
    return tuple(made)


def _own_rows(by: str, seen: Seen) -> Callable[[Any], Any]:
    """Which rows of a table of the office's own somebody sees; who has not logged in, none."""

    def where(cls: Any) -> Any:
        if not seen.user:
            return false()
        if by == "case_id" and "all" not in seen.scopes:
            return _within(cls.case_id, visible_cases(seen), seen.few)
        return cls.unit_id == seen.unit if by == "unit_id" and seen.unit else true()

    return where


def _named_to(unit: int) -> Any:
    """That a unit may know the caller: not where he complains of a person of it, or of a unit that
    was dissolved into it, or reports, and has not agreed to be named. [procedure 1, complaint about
    a unit]"""
    plain = (_C.c.kind != "report") & (_C.c.complained_person == "")
    other = _C.c.complained_unit_id.is_not(None) & _C.c.complained_unit_id.not_in(line_of(unit))
    return or_(_C.c.agreed_named, plain, other)


def _limit(model: type[Any], seen: Seen, cases: tuple[Part, ...]) -> Any:
    """Which rows somebody sees who does not see all cases: those of his unit, or those of his
    cases."""
    if seen.scopes == {"unit"} and model in _OF_A_UNIT:
        return model.unit_id == seen.unit
    found = _within(model.id if model is Case else model.case_id, cases, seen.few)
    if "leader" in seen.scopes and model in _FOR_LEADERS:
        found = or_(_FOR_LEADERS[model](model, seen.user), found)
    # Whoever examined, judged or visited sees the case; of his own rows no more has to be looked
    # up.
    for scope, (column, models) in _DONE_BY.items():
        if scope in seen.scopes and model in models:
            found = or_(getattr(model, column) == seen.user, found)
    return found


_DONE_BY = {"to_examine": ("examined_by_id", (Reply,)), "to_visit": ("by_id", (VisitRecord,))}


_FOR_LEADERS: dict[type[Any], Callable[[Any, int], Any]] = {
    Instruction: lambda model, user: or_(model.leader_id == user, model.leader_id.is_(None)),
    Suggestion: lambda model, user: model.kept.is_(True),
    SuggestionComment: lambda model, user: true(),
}
"""What leaders read beyond the cases that were submitted to them: their own instructions and those
for which no account was named, the suggestions that were kept, and what was said to these."""


def within(model: type[Any], seen: Seen) -> list[Any]:
    """The same conditions for a statement that the criteria do not reach into: a part of a
    union."""
    if model is Referral:
        return [_referrals(seen)(Referral)]
    limited = model is Case or model in _OF_A_CASE
    return (
        [_limit(model, seen, visible_cases(seen))] if limited and "all" not in seen.scopes else []
    )


def _referrals(seen: Seen) -> Callable[[Any], Any]:
    def where(cls: Any) -> Any:
        allowed = []
        if seen.room:
            return cls.id.is_not(None)
        if "leader" in seen.scopes:
            allowed += [cls.state == AWAITING, cls.approved_by_id == seen.user]
        if "sealed" in seen.scopes:
            allowed.append(cls.sent_at.is_not(None))
        return or_(*allowed) if allowed else false()

    return where


def _events(cls: Any, seen: Seen, cases: tuple[Part, ...], own_only: bool) -> Any:
    """The events of his cases; a unit sees of the other units' part in them nothing."""
    within = _within(cls.chain, cases, seen.few)
    if not own_only:
        return within
    about = [cls.subject.not_in([*_OWN, "referral"])]
    for subject, model in _OWN.items():
        table = model.__table__.alias(f"own_{subject}")
        own = select(table.c.id).where(table.c.unit_id == seen.unit)
        about.append((cls.subject == subject) & cls.subject_id.in_(own))
    return within & or_(*about)


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
        # Loading the person himself would ask for his scope again.
        if mapper is not None and mapper.class_.__name__ in _PEOPLE:
            return
        now = seen()
        if now is not None:
            state.statement = state.statement.options(*criteria(now))
