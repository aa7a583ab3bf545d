"""Reads what is on file about many cases, in one statement: the rows that `rules.facts` asks
questions of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.models.sessions import is_postgres
from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    ReferralFacts,
    ReminderFacts,
    RepeatFacts,
    ReplyFacts,
    RequestFacts,
    SupervisionFacts,
)
from app.rules.workdays import BEIJING

_CHILDREN: dict[str, tuple[type[Any], str, str]] = {
    "assignments": (AssignmentFacts, "assignment", "c.case_id = k.id"),
    "reminders": (ReminderFacts, "reminder", "c.case_id = k.id"),
    "requests": (RequestFacts, "request", "c.case_id = k.id"),
    "replies": (ReplyFacts, "reply", "c.case_id = k.id"),
    "supervision": (SupervisionFacts, "supervision", "c.case_id = k.id"),
    "referrals": (ReferralFacts, "referral", "c.case_id = k.id"),
    "contacts": (RepeatFacts, "contact", "c.counts_on_id = k.id"),
}


@lru_cache(maxsize=4096)
def _moment(value: str) -> datetime:
    """Most rows of a batch have the same moments."""
    return datetime.fromisoformat(value).replace(tzinfo=BEIJING)


def _reader(annotation: str) -> Callable[[Any], Any] | None:
    """What makes a column's value of what JSON carries; None where that is it."""
    if annotation.startswith("datetime"):
        return _moment
    if annotation.startswith("date"):
        return date.fromisoformat
    return bool if annotation == "bool" else None


_KINDS: list[type[Any]] = [CaseFacts, *(child[0] for child in _CHILDREN.values())]


def _plain(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind) if not str(field.type).startswith("list")]


def _readers(kind: type[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
    plain = [str(field.type) for field in fields(kind) if not str(field.type).startswith("list")]
    return [(place, read) for place, read in enumerate(map(_reader, plain)) if read is not None]


_READERS = {kind: _readers(kind) for kind in _KINDS}
_OWN = len(_plain(CaseFacts))


def _row(kind: type[Any], values: list[Any]) -> Any:
    for place, read in _READERS[kind]:
        if values[place] is not None:
            values[place] = read(values[place])
    return kind(*values)


@lru_cache(maxsize=2)
def _statement(postgres: bool) -> TextClause:
    """One row per case: its own columns and each child table as a JSON array of arrays; and whether
    the list of a day is out."""
    array, group = (
        ("json_build_array", "json_agg") if postgres else ("json_array", "json_group_array")
    )
    parts = [f"k.{name}" for name in _plain(CaseFacts)]
    for kind, table, match in _CHILDREN.values():
        columns = ", ".join(f"c.{name}" for name in _plain(kind))
        parts.append(f"(SELECT {group}({array}({columns})) FROM {table} c WHERE {match})")
    source = (
        "json_array_elements_text(CAST(:ids AS json)) AS w(id)"
        if postgres
        else "json_each(:ids) AS w"
    )
    key = "CAST(w.id AS bigint)" if postgres else "w.value"
    issued = (
        "EXISTS (SELECT 1 FROM supervision_list WHERE day = CAST(:day AS date))"
        if postgres
        else ("EXISTS (SELECT 1 FROM supervision_list WHERE day = :day)")
    )
    whole = f"CAST({array}({', '.join(parts)}) AS text)"
    return text(
        f"SELECT k.id, {whole} AS facts, {issued} AS issued FROM {source} JOIN hotline_case k ON k.id = {key}"
    )


def _case(text: str) -> CaseFacts:
    values = json.loads(text)
    case: CaseFacts = _row(CaseFacts, values[:_OWN])
    for (name, (kind, _, _)), rows in zip(_CHILDREN.items(), values[_OWN:], strict=True):
        rows = json.loads(rows) if isinstance(rows, str) else rows
        if rows:
            setattr(case, name, [_row(kind, row) for row in sorted(rows, key=itemgetter(0))])
    return case


@dataclass
class Survey:
    """What is on file about some cases, in the order of their ids; why others could not be read;
    and whether the day's supervision list was out when they were."""

    cases: list[CaseFacts]
    unreadable: dict[int, Exception]
    list_issued: bool


def survey(session: Session, ids: Iterable[int], day: date) -> Survey:
    """Read the facts of cases, each for itself, in one statement."""
    postgres = is_postgres(session)
    given = {"ids": json.dumps(list(ids)), "day": day.isoformat()}
    found = Survey([], {}, False)
    for row in session.execute(_statement(postgres), given):
        found.list_issued = bool(row.issued)
        try:
            found.cases.append(_case(row.facts))
        except (TypeError, ValueError, OverflowError) as error:
            found.unreadable[row.id] = error
    found.cases.sort(key=lambda case: case.id)
    return found


def load(session: Session, ids: Iterable[int]) -> list[CaseFacts]:
    """The facts of cases, in the order of their ids."""
    found = survey(session, ids, date.min)
    for error in found.unreadable.values():
        raise error
    return found.cases
