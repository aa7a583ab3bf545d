"""The rows of the lists of work, in words: the line of the case, the badge of the clock, and the one
button with which a row is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Select, and_, func, or_, select

from app import words
from app.models import Case, Draft, Unit, Visit
from app.roles import Actor
from app.rules.workdays import minute
from app.verbs import VERBS, Verb
from app.views.actor import actor, language, now, reader
from app.views.asks import asked_in, asker_of, is_own, says_of
from app.views.case.buttons import TABLES
from app.views.forms.once import ONCE, key_for
from app.views.forms.row_choice import ROW, SEEN
from app.views.pages.actors import know_people
from app.views.pages.badge import Badge, badge_of
from app.views.pages.lines import Line, lines_of
from app.views.pages.paging import number_typed
from app.worklists import COUNTED_TO, TOLD, Queue, about, asked_by_row, told_of_row

AT_ONCE = ("sign_for",)
"""Verbs that ask nothing: a row does them at once, with one click."""
CLOCKS = ("due_at", "own_at", "reply_by_at", "response_at", "sign_at", "screen_at", "send_by_at")
"""The columns of the lists that are the ends of clocks; the others are moments at which something
happened."""

SIZES = (50, 100, 200)
"""How many rows a page of a list may show; the first where nothing else is asked for."""


@dataclass(frozen=True)
class Waiting:
    """A row of a list of work. `line` is None for a case that is read in brief: of it `brief` tells
    kind and state."""

    id: int
    number: str
    line: Line | None
    brief: str
    unit: str
    badge: Badge | None
    at: str
    href: str
    button: tuple[str, str] | None
    says: Sequence[str] = ()
    does: tuple[tuple[str, str], ...] = ()
    """What the button sends, where its verb asks nothing: it is done at once."""


def rows_of_list(who: Actor, queue: Queue, first: int, most: int, *among: Any) -> Sequence[Any]:
    """The rows of a list from a place on, so many at most, of those among which a condition holds;
    those that press most come first. Which rows they are is found in the list's own table alone."""
    model, when = queue.model, getattr(queue.model, queue.when)
    told = [*(told_of_row(model, name) for name in TOLD), *asked_by_row(queue)]
    query: Select[Any] = (
        select(model.id.label("row"), when.label("at"), about(model).label("case"), *told)
        .where(*queue.where(who, now()), *among)
        .order_by(when, model.id)
        .offset(first)
        .limit(most)
    )
    return reader().execute(query.execution_options(unscoped=bool(queue.brief))).all()


def page_size(asked: Mapping[str, str]) -> int:
    """How many rows a page of a list is to show."""
    size = number_typed(asked.get("size"))
    return size if size in SIZES else SIZES[0]


def in_list(who: Actor, queue: Queue) -> int:
    """How many rows a list has, counted no further than lists are."""
    some = select(queue.model.id).where(*queue.where(who, now())).limit(COUNTED_TO + 1).subquery()
    query = select(func.count()).select_from(some)
    return reader().scalar(query.execution_options(unscoped=bool(queue.brief))) or 0


def beyond_in_list(queue: Queue, row: Any) -> Any:
    """The condition for the rows of a list that stand behind a row of it."""
    when = getattr(queue.model, queue.when)
    at, id = getattr(row, queue.when), row.id
    behind: Any = queue.model.id > id
    return behind if at is None else or_(when > at, and_(when == at, behind))


def waiting(rows: Sequence[tuple[Queue, Any]]) -> list[Waiting | None]:
    """Rows of lists of work in words, each in its place, None for one whose case this person does
    not see: cases, callers and units of all of them in one statement each."""
    lines = lines_of(row.case for queue, row in rows if not queue.brief)
    briefs = _briefs({row.case for queue, row in rows if queue.brief})
    units = _units({unit for _, row in rows if (unit := _unit(row)) is not None})
    know_people(who for queue, row in rows if (who := asker_of(queue, asked_in(queue, row))))
    return [
        _told(queue, row, lines.get(row.case), briefs.get(row.case), units)
        if row.case in (briefs if queue.brief else lines)
        else None
        for queue, row in rows
    ]


def _told(
    queue: Queue, row: Any, line: Line | None, brief: Any, units: Mapping[int, str]
) -> Waiting:
    known: Any = line if line is not None else brief
    asks = asked_in(queue, row)
    runs = queue.when in CLOCKS and (not queue.awaited or row.state in queue.awaited)
    verb = _answering(queue, row) if not is_own(queue, asks) else None
    return Waiting(
        row.row,
        known.number or "",
        line,
        "" if line is not None else _in_brief(brief),
        units.get(_unit(row) or 0, known.unit or ""),
        badge_of(row.at) if runs else None,
        minute(row.at) if row.at and (runs or queue.when not in CLOCKS) else "",
        _href(queue, row.case),
        _button(queue, row, verb) if verb is not None else None,
        says_of(queue, asks, row.case),
        _at_once(row, verb) if verb is not None else (),
    )


def _unit(row: Any) -> int | None:
    return getattr(row, "unit_id", None)


def _units(ids: set[int]) -> dict[int, str]:
    """id -> name; what is a list's own is read whatever the person sees of units otherwise."""
    if not ids:
        return {}
    query = select(Unit.id, Unit.name).where(Unit.id.in_(ids))
    return {row.id: row.name for row in reader().execute(query)}


def _briefs(ids: set[int]) -> dict[int, Any]:
    """id -> what is told of a case that is read in brief: no word of its own."""
    if not ids:
        return {}
    columns = (Case.id, Case.number, Case.kind, Case.urgency, Case.state, Unit.name.label("unit"))
    query = select(*columns).outerjoin(Unit, Unit.id == Case.lead_unit_id).where(Case.id.in_(ids))
    rows = reader().execute(query.execution_options(unscoped=True))
    return {row.id: row for row in rows}


def _in_brief(row: Any) -> str:
    """Kind, urgency and state of a case, in words."""
    tongue = language()
    urgency = words.value("urgency", row.urgency, tongue) if row.urgency != "normal" else ""
    kind, state = words.value("kind", row.kind, tongue), words.state("case", row.state, tongue)
    return " · ".join(filter(None, (kind, urgency, state)))


def _href(queue: Queue, case: int) -> str:
    """Where a row leads: to the page of the case, or to the one form that a person has for a case
    that they read in brief."""
    if queue.brief:
        return url_for(f"Verbs.{queue.brief}", case=case)
    return url_for("Cases.page_of_case", id=case)


def _answering(queue: Queue, row: Any) -> Verb | None:
    """The verb with which a row is answered, for who has the right to it: a draft that waits by the
    verb that it is of, else, as one that was sent back, by drafting it anew."""
    if queue.model is not Draft:
        answers = (VERBS[name] for name in queue.verbs if _answers(VERBS[name], queue, row))
        return next(answers, None)
    names = (*([row.kind] if queue.when == "drafted_at" else []), VERBS[row.kind].draft)
    return next((VERBS[name] for name in names if name in actor().rights), None)


def _button(queue: Queue, row: Any, verb: Verb) -> tuple[str, str]:
    """(address, words) of the form with which a row is answered."""
    if queue.model is Draft:
        href = url_for(f"Verbs.{verb.name}", case=row.case, draft=row.row)
        return href, _of_draft(row, verb)
    title = words.title(verb.name, language())
    if queue.model is Visit:
        return url_for("Visits.in_hand", id=row.row), title
    asked = {"case": row.case, **_named(verb, queue, row)}
    return url_for(f"Verbs.{verb.name}", **asked), title


def _of_draft(row: Any, verb: Verb) -> str:
    """What the button of a draft says: it is approved, or drafted anew."""
    tongue, named = language(), words.title(row.kind, language())
    if verb.name == row.kind:
        return words.word("work_list.approve", tongue, verb=named)
    return words.word("work_list.draft_again", tongue, verb=named)


def _at_once(row: Any, verb: Verb) -> tuple[tuple[str, str], ...]:
    """What the form of a verb that asks nothing sends: the very row, as it stands here."""
    if verb.name not in AT_ONCE:
        return ()
    return (
        (ROW, str(row.row)),
        (SEEN, f"{row.row}-{row.state_event_id}"),
        (ONCE, key_for(verb.name, row.case)),
    )


def _answers(verb: Verb, queue: Queue, row: Any) -> bool:
    """Whether a verb can answer a row: its kind of request, in a state for it, and this person's to
    do."""
    subject, _, kind = (verb.on.subject or "").partition(":")
    of_it = TABLES.get(subject) == queue.model.__tablename__
    return (
        verb.name in actor().rights
        and (not kind or kind == row.kind)
        and (not of_it or not verb.states or row.state in verb.states)
    )


def _named(verb: Verb, queue: Queue, row: Any) -> dict[str, int]:
    """The row by which a form names what it is about."""
    table = queue.model.__tablename__
    if table == "supervision":
        return {"item": row.row}
    subject = (verb.on.subject or "").partition(":")[0]
    return {"row": row.row} if subject != "case" and TABLES.get(subject) == table else {}
