"""Figures of any days by what stands in a field of the office's own: counted from the rows when they are
asked for, because no summary knows what an office will ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.sessions import UNSCOPED
from app.rules.extra import Extra
from app.stages.extras import MODELS
from app.stages.reporting.cells import areas, told_rows
from app.stages.reporting.live import Tallies
from app.stages.reporting.period import Period
from app.stages.reporting.sources import SOURCES, Source


def counts(one: Extra, source: Source) -> bool:
    """Whether the rows of a source have a field: those of a case all that hangs on it, others their
    own rows."""
    return source.of_days and (one.subject == "case" or source.rows is MODELS[one.subject])


def totals_by(
    session: Session, one: Extra, period: Period, now: datetime, of: Mapping[str, int | str]
) -> Tallies:
    """value -> flag -> how much, of the days of a period; nothing typed under an empty value. Of
    several choices a row counts with each. One statement a source."""
    found: Tallies = {}
    named = areas(session)
    for source in SOURCES.values():
        if not counts(one, source):
            continue
        extra = (one.code, one.subject == "case")
        told = told_rows(source, period, now, named, extra).subquery()
        query = select(told.c.extra, told.c.mask, func.count().label("n"))
        for name, value in of.items():
            query = query.where(told.c[name] == value)
        query = query.group_by(told.c.extra, told.c.mask)
        for row in session.execute(query, execution_options=UNSCOPED):
            line = found.setdefault(row.extra, {})
            for place, flag in enumerate(source.flags):
                if row.mask >> place & 1:
                    line[flag] = line.get(flag, 0) + row.n
    return found
