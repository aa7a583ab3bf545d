"""The criteria that hold a person's statements to what they may see, table by table."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import false, or_, select, true
from sqlalchemy.orm import with_loader_criteria

from app.models import (
    Article,
    ArticleUse,
    ArticleVersion,
    Assignment,
    Caller,
    Case,
    Contact,
    Draft,
    Event,
    Instruction,
    InstructionNotice,
    Lifting,
    Message,
    MessageFile,
    MessageRaw,
    Notice,
    Referral,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Reveal,
    Submission,
    Substitute,
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
from app.scope.cases import AWAITING, Part, is_seen, visible_cases
from app.scope.seen import Seen

_CALLED = Case.__table__.alias("called_case")
"""The cases whose callers are asked for: another name than that of the cases that are seen, else each
would be compared with itself."""
_OF_A_CASE: tuple[type[Any], ...] = (
    ArticleUse,
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
    Substitute,
)
_OF_THE_CENTRE: tuple[type[Any], ...] = (Message, MessageRaw, MessageFile)
"""What arrived and is no case yet: no unit sees it, nor who sees some cases only. [reach, In]"""
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


def held_back(model: type[Any], seen: Seen) -> bool:
    """Whether rows of a table are looked up one by one for a person: those of cases, where they see
    some cases only."""
    if "all" in seen.scopes or (seen.scopes == {"unit"} and model in _OF_A_UNIT):
        return False
    return model is Case or model in _OF_A_CASE or _OWN_TABLES.get(model) == "case_id"


def _criterion(model: type[Any], where: Callable[[Any], Any]) -> Any:
    # Worked out for each person: SQLAlchemy would keep a lambda's SQL, and with it another person's
    # unit. The price is that an alias that is joined is not held to it: request code joins none (a
    # test holds it to that), and Flask-AppBuilder only for dotted columns, which no page has.
    return with_loader_criteria(model, where(model), include_aliases=True)


@lru_cache(maxsize=512)
def criteria(seen: Seen) -> tuple[Any, ...]:
    """The loader criteria of one person: built once for all their statements."""
    made = [
        _criterion(Notice, lambda cls: cls.recipient.in_(seen.told)),
        _criterion(Referral, _referrals(seen)),
        *(_criterion(model, _own_rows(by, seen)) for model, by in _OWN_TABLES.items()),
    ]
    if "all" not in seen.scopes or seen.unit:
        made += [_criterion(model, lambda cls: false()) for model in _OF_THE_CENTRE]
    if seen.unit:
        made += [
            _criterion(model, lambda cls: cls.unit_id == seen.unit)
            for model in (Article, ArticleVersion)
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
    open_callers = select(_CALLED.c.caller_id).where(
        _CALLED.c.confidential.is_(False), is_seen(_CALLED.c.id, cases, seen.few)
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
            return is_seen(cls.case_id, visible_cases(seen), seen.few)
        return cls.unit_id == seen.unit if by == "unit_id" and seen.unit else true()

    return where


def _named_to(unit: int) -> Any:
    """That a unit may know the caller: not where the caller complains of a person of it, or of a
    unit that was dissolved into it, or reports, and has not agreed to be named. [procedure 1,
    complaint about a unit]"""
    plain = (_CALLED.c.kind != "report") & (_CALLED.c.complained_person == "")
    other = _CALLED.c.complained_unit_id.is_not(None) & _CALLED.c.complained_unit_id.not_in(
        line_of(unit)
    )
    return or_(_CALLED.c.agreed_named, plain, other)


def _limit(model: type[Any], seen: Seen, cases: tuple[Part, ...]) -> Any:
    """Which rows somebody sees who does not see all cases: those of their unit, or those of their
    cases."""
    if seen.scopes == {"unit"} and model in _OF_A_UNIT:
        return model.unit_id == seen.unit
    allowed = is_seen(model.id if model is Case else model.case_id, cases, seen.few)
    if "leader" in seen.scopes and model in _FOR_LEADERS:
        allowed = or_(_FOR_LEADERS[model](model, seen.user), allowed)
    # Whoever examined, judged or visited sees the case; of their own rows no more has to be
    # looked up.
    for scope, (column, models) in _DONE_BY.items():
        if scope in seen.scopes and model in models:
            allowed = or_(getattr(model, column) == seen.user, allowed)
    return allowed


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
    """The events of the cases seen; a unit sees of the other units' part in them nothing."""
    within = is_seen(cls.chain, cases, seen.few)
    if not own_only:
        return within
    about = [cls.subject.not_in([*_OWN, "referral"])]
    for subject, model in _OWN.items():
        table = model.__table__.alias(f"own_{subject}")
        own = select(table.c.id).where(table.c.unit_id == seen.unit)
        about.append((cls.subject == subject) & cls.subject_id.in_(own))
    return within & or_(*about)
