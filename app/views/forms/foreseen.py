"""What loading days would do, shown before it is done: the year as twelve months, the public
holidays that it lacks, the clocks that run longer. Shown to who loads and to who approves.
[procedure 0]"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select

from app import words
from app.models import CalendarProposal, Case, Unit
from app.models.sessions import UNSCOPED
from app.stages.loading import Foreseen, Lacking, foresee, proposed_days
from app.verbs import Verb
from app.views.actor import actor, language, now, reader
from app.views.pages.months import Year, months_of
from app.views.pages.shown import term

LOADED, APPROVED = "load_calendar", "approve_calendar"
SHOWN = 200
"""How many of the clocks that move are shown: those that end first."""


@dataclass(frozen=True)
class Shown:
    """What a form of the calendar shows: the question, the mark by which it is known again, the
    years, the clocks that move and how many they are."""

    words: str
    mark: str
    years: Sequence[Year]
    moves: Sequence[tuple[str, str, str, str, str, str]]
    counted: str
    notes: Sequence[str]


def foreseen(verb: Verb, values: Mapping[str, Any], row: CalendarProposal | None) -> Shown | None:
    """What a form of the calendar shows of the days that were typed, or of the proposal that is
    meant; None where it names none or turns them down. NotAllowed where they cannot be loaded."""
    if verb.name == LOADED and values.get("days"):
        return _shown(verb, {day: word == "work" for day, word in values["days"].items()}, "")
    if verb.name == APPROVED and row is not None and values.get("accept") is not False:
        return _shown(verb, proposed_days(row), str(row.id))
    return None


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, language(), **facts)


def _shown(verb: Verb, days: Mapping[date, bool], proposal: str) -> Shown:
    found = foresee(reader(), now(), days)
    named = json.dumps([proposal, *((day.isoformat(), days[day]) for day in sorted(days))])
    cases = {move.case for move in found.moves if move.case}
    notes = [_said("foreseen.settled", n=found.settled)] if found.settled else []
    if len(found.moves) > SHOWN:
        notes.insert(0, _said("foreseen.more", shown=SHOWN, left=len(found.moves) - SHOWN))
    counted = (
        _said("foreseen.moves", n=len(found.moves), cases=len(cases))
        if found.moves
        else _said("foreseen.none")
    )
    return Shown(
        _said("foreseen.load" if verb.name == LOADED else "foreseen.approve"),
        f"days:{hashlib.sha256(named.encode()).hexdigest()[:16]}",
        [_year(year, found, days) for year in sorted({day.year for day in days})],
        _moves(found),
        counted,
        notes,
    )


def _year(year: int, found: Foreseen, days: Mapping[date, bool]) -> Year:
    lacks = [lacking for lacking in found.lacking if lacking.year == year]
    told = (
        _said("foreseen.lacking", year=year, holidays=_named(lacks))
        if lacks
        else _said("foreseen.complete", year=year)
    )
    months = months_of(year, found.held, days)
    return Year(_said("foreseen.year", year=year), not lacks, told, months)


def _named(lacks: Sequence[Lacking]) -> str:
    told = [
        _said(
            "foreseen.on_day",
            holiday=words.word(f"holiday.{lacking.holiday}", language()),
            day=lacking.day,
        )
        for lacking in lacks
    ]
    return words.listed(told, language())


def _moves(found: Foreseen) -> list[tuple[str, str, str, str, str, str]]:
    """(address, number, unit, clock, until when before, until when then) of each clock that
    moves."""
    moves = found.moves[:SHOWN]
    cases = sorted({move.case for move in moves})
    query = select(Case.id, Case.number).where(Case.id.in_(cases))
    numbers = {row.id: row.number for row in reader().execute(query, execution_options=UNSCOPED)}
    units = {
        row.id: row.name
        for row in reader().execute(select(Unit.id, Unit.name), execution_options=UNSCOPED)
    }
    reads = "Cases" in actor().pages
    return [
        (
            url_for("Cases.page_of_case", id=move.case) if reads and move.case else "",
            _report(*move.report) if move.report else numbers.get(move.case, ""),
            units.get(move.unit or 0, ""),
            words.word(f"clock.{move.subject}.{move.clock}", language()),
            term(move.old),
            term(move.new),
        )
        for move in moves
    ]


def _report(kind: str, first: date) -> str:
    """A draft of a report among the clocks: its kind and the first day of its period."""
    return _said("foreseen.report", kind=words.value("report_kind", kind, language()), first=first)
