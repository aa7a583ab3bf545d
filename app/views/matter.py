"""What a form decides on, above its fields: the case in its own words and the row that is acted on, as labelled columns,
covered as on the page of the case. Nothing is shown that the person could not read on its own page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.models import CalendarProposal, Case, NamedPerson, SlaRule, Supervision, UnitPost
from app.rules import words
from app.rules.limits import Versions
from app.verbs import Verb
from app.views.actor import actor, asked, language, now, reader
from app.views.base import labelled
from app.views.masking import masked_text
from app.views.shown import shown, term

Fact = tuple[str, str, str]
"""(label, value, address of what it names, or nothing)."""
MOST = 5
"""How many rows of a kind are shown, the newest first."""
OF_CASE = ("narrative", "demand")
"""What is shown of a case above the form of any verb that is about one."""
MORE_OF_CASE: dict[str, tuple[str, ...]] = {"confirm_refusal": ("refusal_reason", "told_caller")}
"""verb -> what else it has to know of the case."""
LEFT_OUT = ("case", "state", "round", "ended_at")
"""Columns that say where a row stands, not what it says."""
PROPOSED: dict[str, Any] = {"approve_rule": SlaRule, "approve_calendar": CalendarProposal}
"""verb -> the table of which it approves the oldest row that waits."""


@dataclass(frozen=True)
class Rows:
    """Rows of a case that a form shows: of which table, in which states, which columns."""

    model: type[Any]
    states: tuple[str, ...] | None = None
    columns: tuple[str, ...] = ()
    most: int = MOST


OF_ROWS: dict[str, tuple[Rows, ...]] = {"confirm_finding": (Rows(Supervision, ("finding",)),)}
"""verb -> the rows that it is about."""


@dataclass
class Box:
    """One box: what it is of, and its facts."""

    title: str
    facts: list[Fact] = field(default_factory=list)


def matter(verb: Verb, case: Case | None) -> list[Box]:
    """The boxes above the form of a verb."""
    if case is None:
        return _proposed(verb.name) if verb.name in PROPOSED else []
    boxes = [_of_case(verb.name, case)] if asked(Case, case.id) is not None else []
    for rows in OF_ROWS.get(verb.name, ()):
        boxes += _of_rows(case, rows)
    return [box for box in boxes if box.facts]


def _of_case(verb: str, case: Case) -> Box:
    names = (*OF_CASE, *MORE_OF_CASE.get(verb, ()))
    return Box(words.word(words.TABLES["hotline_case"], language()), list(_facts(case, names, case.id)))


def _of_rows(case: Case, rows: Rows) -> list[Box]:
    model = rows.model
    names = rows.columns or [name for name in labelled(model) if name not in LEFT_OUT]
    query = select(model).where(model.case_id == case.id)
    if rows.states is not None:
        query = query.where(model.state.in_(rows.states))
    if hasattr(model, "unit"):
        query = query.options(joinedload(model.unit))
    title = words.word(words.TABLES[model.__tablename__], language())
    found = reader().scalars(query.order_by(model.id.desc()).limit(rows.most)).all()
    return [Box(title, [*_facts(row, names, case.id), *_more(row)]) for row in found]


def _facts(row: Any, names: Iterable[str], case_id: int | None) -> Iterable[Fact]:
    """The columns of a row that hold something, as this person may read them."""
    for name in names:
        value = getattr(row, name)
        if value is None or value == "":
            continue
        told = _told(row, name, value)
        covered = case_id is not None and not actor().reads_as_typed
        yield words.column(row.__tablename__, name, language()), masked_text(told, case_id) if covered else told, ""


def _told(row: Any, name: str, value: Any) -> str:
    if isinstance(value, datetime) and hasattr(row, f"{name.removesuffix('_at')}_clock"):
        return term(value)
    plain = hasattr(value, "__tablename__")
    return shown(row.__tablename__, name, str(value) if plain else value)


def _more(row: Any) -> list[Fact]:
    """What a row says in rows of its own."""
    return _persons(row) if isinstance(row, Supervision) and row.finding else []


def _persons(item: Supervision) -> list[Fact]:
    """Whom a finding names, with the post that each held."""
    query = select(UnitPost.person, UnitPost.post).join(NamedPerson, NamedPerson.post_id == UnitPost.id)
    rows = reader().execute(query.where(NamedPerson.supervision_id == item.id).order_by(NamedPerson.id)).all()
    told = "、".join(f"{row.person}（{words.value('post', row.post, language())}）" for row in rows)
    return [(words.field("persons", language()), told, "")] if told else []


def _proposed(verb: str) -> list[Box]:
    """What the next approval approves: the oldest proposal that waits, a rule with its value until now."""
    model = PROPOSED[verb]
    waits = select(model).where(model.approved_at.is_(None), model.refused_at.is_(None))
    row = reader().scalars(waits.order_by(model.id).limit(1)).first()
    if row is None:
        return []
    facts: list[Fact] = [*_facts(row, labelled(model), None)]
    if isinstance(row, SlaRule):
        facts.insert(1, ("现值" if language() == "zh" else "Value now", _value_now(row.name), ""))
    return [Box(words.word(words.TABLES[model.__tablename__], language()), facts)]


def _value_now(name: str) -> str:
    """The number of the office that a rule would replace."""
    query = select(SlaRule.valid_from, SlaRule.value).where(SlaRule.name == name, SlaRule.approved_at.is_not(None))
    rows: Sequence[Any] = reader().execute(query.order_by(SlaRule.valid_from, SlaRule.id)).all()
    limits = Versions((row.valid_from, name, json.loads(row.value)) for row in rows).at(now())
    return str(getattr(limits, name))
