"""The figures of a report, put together and compared: canonical JSON's types only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.stages.calendar import office_at
from app.stages.reporting.attention import attention
from app.stages.reporting.cells import BY, Found, count_all, tallies
from app.stages.reporting.chain import days_between
from app.stages.reporting.compared import comparisons
from app.stages.reporting.counts import count_units
from app.stages.reporting.kept import packed_all
from app.stages.reporting.period import Period
from app.stages.reporting.queries import CENTRE, Counts
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


@dataclass(frozen=True)
class Counted:
    """A period counted: its figures, and by source which rows they counted, packed."""

    figures: dict[str, Any]
    rows: Mapping[str, str]


def figures(
    session: Session, now: datetime, period: Period, leaks: Mapping[str, int]
) -> dict[str, Any]:
    """The figures of a period as known at `now`, in a constant number of statements."""
    return _figures(session, now, period, leaks, count_all(session, period, now))


def counted(session: Session, now: datetime, period: Period, leaks: Mapping[str, int]) -> Counted:
    """The same, with the rows that were counted."""
    found = count_all(session, period, now, with_ids=True)
    return Counted(_figures(session, now, period, leaks, found), packed_all(found))


def _figures(
    session: Session, now: datetime, period: Period, leaks: Mapping[str, int], found: Found
) -> dict[str, Any]:
    office = office_at(session, now)
    categories, named = category_names(session), named_units(session)
    told = {
        **_volumes(session, period, office.limits, categories),
        "overdue": overdue_list(session, period, office),
        "suggestions": suggestion_digest(session, period, categories),
        "chain": days_between(session, period, office.calendar),
        "compared": comparisons(session, period),
        **_by_all(found, named, categories),
    }
    counts = count_units(session, period, found)
    whole = {unit: dict.fromkeys(SHOWN, 0) | counts.get(unit, {}) for unit in (CENTRE, *named)}
    told |= _of_units(session, office, whole, named, told["overdue"], leaks)
    told["centre"] = own_overdue(session, period) | direct_line(whole[CENTRE])
    return told | {"attention": attention(told)}


def _volumes(
    session: Session, period: Period, limits: Any, categories: Mapping[str, str]
) -> dict[str, Any]:
    """The period itself, and what the office as a whole had in it."""
    contacts, topics = contact_volumes(session, period, categories, limits)
    cases = case_volumes(session, period, categories, limits)
    events = counted_events(session, period)
    return {
        "period": {
            "kind": period.kind,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        },
        "volumes": {"contacts": contacts, "cases": cases, "events": events},
        "hot_topics": topics,
    }


def _by_all(
    found: Found, named: Mapping[int, Mapping[str, Any]], categories: Mapping[str, str]
) -> dict[str, Any]:
    """Every count, of all and by unit, category, township and channel; what these are called; and in
    which townships the cases of each category lie."""
    by = {name: _keyed(tallies(found.values(), name)) for name in ("", *BY)}
    places: dict[str, dict[str, int]] = {}
    for cell in found["registered"]:
        if cell.township:
            there = places.setdefault(str(cell.category), {})
            there[str(cell.township)] = there.get(str(cell.township), 0) + cell.n
    units = {
        str(id): {name: unit[name] for name in ("code", "name", "area", "active")}
        for id, unit in named.items()
    }
    return {"by": by, "places": places, "named": {"unit": units, "category": dict(categories)}}


def _keyed(tally: Mapping[Any, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {str(key): dict(counts) for key, counts in tally.items()}


def _of_units(
    session: Session,
    office: Any,
    whole: Counts,
    named: Mapping[int, Mapping[str, Any]],
    overdue: Mapping[str, Any],
    leaks: Mapping[str, int],
) -> dict[str, Any]:
    """The county's line, each unit's, and the evaluation."""
    units = {unit["code"]: unit for unit in named.values()}
    by_code = {unit["code"]: whole[id] for id, unit in named.items()}
    late = Counter(row["unit"] for row in overdue.values())
    for code, counts in by_code.items():
        counts["leaks"] = leaks.get(code, 0)
        counts["overdue"] = late[code]
    shown = _shown(by_code, units)
    return {
        "county": county_line(whole.values()),
        "units": {
            code: {"name": units[code]["name"], **line_of(counts)} for code, counts in shown.items()
        },
        "evaluation": evaluation_of(
            units, shown, points_in_force(session), office.limits.ranked_closed
        ),
        "leaks": {code: n for code, n in leaks.items() if n},
    }


def with_leaks(
    session: Session, told: Mapping[str, Any], leaks: Mapping[str, int], ranked_closed: int
) -> dict[str, Any]:
    """Figures that were counted, with the identity leaks that the centre head names when he issues
    them: only the evaluation hangs on these."""
    named = told["named"]["unit"].values()
    units = {unit["code"]: unit for unit in named}
    shown = {
        code: {**unit["counts"], "leaks": leaks.get(code, 0)}
        for code, unit in told["evaluation"]["units"].items()
    }
    evaluation = evaluation_of(units, shown, points_in_force(session), ranked_closed)
    return {**told, "evaluation": evaluation, "leaks": {code: n for code, n in leaks.items() if n}}


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
