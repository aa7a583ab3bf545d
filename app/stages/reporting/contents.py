"""The figures of a report, put together and compared: canonical JSON's types only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.stages.calendar import office_at
from app.stages.reporting.counts import count_units
from app.stages.reporting.period import Period
from app.stages.reporting.queries import CENTRE
from app.stages.reporting.units import (
    SHOWN,
    county_line,
    direct_line,
    evaluation_of,
    line_of,
    named_units,
    points_in_force,
)
from app.stages.reporting.volumes import (
    case_volumes,
    category_names,
    contact_volumes,
    counted_events,
    overdue_list,
    own_overdue,
    suggestion_digest,
)


def figures(
    session: Session, now: datetime, period: Period, leaks: Mapping[str, int]
) -> dict[str, Any]:
    """The figures of a period as known at `now`, in a constant number of statements: canonical
    JSON's types only."""
    office = office_at(session, now)
    categories, named = category_names(session), named_units(session)
    events, words = counted_events(session, period)
    contacts, topics = contact_volumes(session, period, categories, office.limits)
    cases = case_volumes(session, period, categories, office.limits)
    overdue = overdue_list(session, period, office)
    counted = count_units(session, period, now)
    whole = {
        unit: dict.fromkeys(SHOWN, 0) | counted.get(unit, {}) | events.get(unit, {})
        for unit in (CENTRE, *named)
    }
    units = {unit["code"]: unit for unit in named.values()}
    by_code = {unit["code"]: whole[id] for id, unit in named.items()}
    _add_late_and_leaked(by_code, overdue, leaks)
    shown = _shown(by_code, units)
    return {
        "period": {
            "kind": period.kind,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        },
        "volumes": {"contacts": contacts, "cases": cases, "events": words},
        "hot_topics": topics,
        "county": county_line(whole.values()),
        "centre": own_overdue(session, period) | direct_line(whole[CENTRE]),
        "units": {
            code: {"name": units[code]["name"], **line_of(counts)} for code, counts in shown.items()
        },
        "evaluation": evaluation_of(
            units, shown, points_in_force(session), office.limits.ranked_closed
        ),
        "overdue": overdue,
        "suggestions": suggestion_digest(session, period, categories),
        "leaks": {code: n for code, n in leaks.items() if n},
    }


def _add_late_and_leaked(
    by_code: Mapping[str, dict[str, Any]], overdue: Mapping[str, Any], leaks: Mapping[str, int]
) -> None:
    """Add to the counts of each unit what it has overdue and which identities it leaked."""
    late = Counter(row["unit"] for row in overdue.values())
    for code, counts in by_code.items():
        counts["leaks"] = leaks.get(code, 0)
        counts["overdue"] = late[code]


def _shown(
    by_code: Mapping[str, dict[str, Any]], units: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The units that a report shows: those that are active, and those that have a figure."""
    return {
        code: counts
        for code, counts in by_code.items()
        if units[code]["active"] or any(counts.values())
    }


def changes(old: Any, new: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """What differs between two sets of figures: path, old, new; a list is one thing, what is absent
    is null."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from changes(old.get(name), new.get(name), f"{path}/{name}" if path else name)
    elif old != new:
        yield {"path": path, "old": old, "new": new}
