"""Which open cases the bot's rules would catch up to a day, if nobody did anything until then: the
pass played forward over what is on file, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app import words
from app.models import Case, Unit
from app.models.facts import survey
from app.rules.workdays import midnight_after
from app.sweep.ahead import RULES, Deed, ahead_of_all
from app.views.actor import language, now, office_here, reader
from app.views.case.bot import RULE_NAMES
from app.views.pages.lines import Line, lines_of

LOOKED_AT = 1000
"""So many cases are played forward: those that the bot looks at first."""
MOST = 200
"""So many rows are shown."""
FARTHEST = timedelta(days=60)
"""How far ahead a day may be asked for."""
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Row:
    """A case that is caught: when, which unit, in one line."""

    at: datetime
    rule: str
    unit: str
    line: Line


@dataclass(frozen=True)
class Caught:
    """What the rules would catch up to the end of a day: rows of one rule or of all, how many each
    has, how many cases were played forward and how many there were."""

    on: date
    rule: str
    rows: Sequence[Row]
    counts: Sequence[tuple[str, str, int]]
    n: int
    looked_at: int
    due: int

    @property
    def whole(self) -> bool:
        """Whether all cases that matter were looked at and all rows are shown."""
        return self.looked_at == self.due and self.n <= MOST


def day_asked(told: str) -> date:
    """The day that is asked for, from today on and not too far ahead; the next working day where it
    is none."""
    today = now().date()
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return office_here().calendar.after(today)
    return min(max(day, today), today + FARTHEST)


def deeds_until(on: date) -> tuple[Sequence[Deed], int, int]:
    """What the bot would do up to the end of a day, how many cases were played forward for it, and
    how many there were."""
    until = midnight_after(on) - _TICK
    waits = Case.look_again_at <= until
    first = select(Case.id).where(waits).order_by(Case.look_again_at, Case.id).limit(LOOKED_AT)
    ids = reader().scalars(first).all()
    due = len(ids)
    if due == LOOKED_AT:
        due = reader().scalar(select(func.count(Case.id)).where(waits)) or due
    found = survey(reader(), ids, now().date())
    return ahead_of_all(found, office_here(), until), len(ids), due


def caught(rule: str, on: date) -> Caught:
    """What one rule, or all of them, would catch up to the end of a day."""
    deeds, looked_at, due = deeds_until(on)
    of_rules = [deed for deed in deeds if deed.rule in RULES]
    counts = Counter(deed.rule for deed in of_rules)
    asked = rule if rule in RULES else ""
    shown = [deed for deed in of_rules if asked in ("", deed.rule)]
    tongue = language()
    return Caught(
        on,
        asked,
        _rows(shown[:MOST]),
        [(name, words.word(RULE_NAMES[name], tongue), counts[name]) for name in RULES],
        len(shown),
        looked_at,
        due,
    )


def _rows(deeds: Sequence[Deed]) -> list[Row]:
    lines = lines_of([deed.case_id for deed in deeds])
    units = _units({deed.unit_id for deed in deeds if deed.unit_id is not None})
    tongue = language()
    return [
        Row(
            deed.at,
            words.word(RULE_NAMES[deed.rule], tongue),
            units.get(deed.unit_id or 0, ""),
            lines[deed.case_id],
        )
        for deed in deeds
        if deed.case_id in lines
    ]


def _units(ids: set[int]) -> Mapping[int, str]:
    """unit -> its name."""
    rows = reader().execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    return {row.id: row.name for row in rows}
