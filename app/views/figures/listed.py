"""The list behind a figure: exactly the rows that it counts, a page at a time, without words of a
case. A unit's people are shown their unit's only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for

from app import words
from app.papers.figures.grid import Lead
from app.roles import AT_THE_CENTRE, ROOM, UNIT_ROLES
from app.stages.reporting.behind import columns_of, lines_of
from app.stages.reporting.cells import BY
from app.stages.reporting.sources import SOURCE_OF
from app.stages.reporting.volumes import category_names
from app.views.actor import actor, key_typed, language, reader
from app.views.pages.paging import number_typed
from app.views.pages.shown import NOTHING, shown

PAGE = 50
"""So many lines stand on a page."""
OPENS_CASES = (*AT_THE_CENTRE, *ROOM, *UNIT_ROLES)
"""Whose lines lead to the pages of cases; what they see there is their scope's."""


@dataclass(frozen=True)
class Asked:
    """Which figure's rows are asked for: the flag, and of which unit, category, township or
    channel."""

    flag: str
    of: Mapping[str, int | str]


def own_unit() -> int | None:
    """The unit to which who asks is kept; None for who reads of all."""
    who = actor()
    return (who.unit_id or 0) if who.of_a_unit else None


def leading(endpoint: str, **at: Any) -> Callable[[Lead], str]:
    """Where figures lead for who asks: to their rows; for a unit's people those of their unit do."""
    unit = own_unit()

    def leads(lead: Lead) -> str:
        of: dict[str, Any] = dict(lead.of)
        if unit is not None and of.get("unit") != unit:
            return ""
        return url_for(endpoint, flag=lead.flag, **at, **of)

    return leads


def asked() -> Asked:
    """What the address asks for; 404 where there is no such figure, or it is not this person's."""
    flag = request.args.get("flag", "")
    if flag not in SOURCE_OF:
        abort(404)
    of: dict[str, int | str] = {}
    for name in BY:
        if name in request.args:
            typed = request.args[name]
            of[name] = typed if name == "channel" else key_typed(typed)
    unit = own_unit()
    if unit is not None and of.get("unit") != unit:
        abort(404)
    return Asked(flag, of)


def listed(
    asked: Asked, ids: Sequence[int], units: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """What the page of a list shows: how many rows there are, and the lines of this page. `units`
    names the unit of a row where it was told apart by that one."""
    tongue = language()
    last = max(0, -(-len(ids) // PAGE) - 1)
    page = min(number_typed(request.args.get("page")) or 0, last)
    table, names = columns_of(asked.flag)
    shown_ids = ids[page * PAGE : (page + 1) * PAGE]
    found = lines_of(reader(), asked.flag, shown_ids) if shown_ids else []
    categories = category_names(reader()) if found else {}
    heads = [
        words.column("hotline_case", "number", tongue),
        words.column("assignment", "unit", tongue),
        words.column("hotline_case", "kind", tongue),
        words.column("hotline_case", "category", tongue),
        *(words.column(table, name, tongue) for name in names),
    ]
    return {
        "count": len(ids),
        "heads": heads,
        "lines": [_line(row, table, names, categories, units or {}) for row in found],
        "page": page,
        "pages": last + 1,
        "turned": _turned,
        "told": words.word("list.rows", tongue, n=len(ids)),
    }


def _line(
    row: Mapping[str, Any],
    table: str,
    names: Sequence[str],
    categories: Mapping[str, str],
    units: Mapping[int, str],
) -> tuple[str, list[str]]:
    """(where the case stands, cells) of a row."""
    opens = row["case_id"] is not None and actor().is_a(*OPENS_CASES)
    href = url_for("Cases.page_of_case", id=row["case_id"]) if opens else ""
    return href, [
        row["number"] or NOTHING,
        units.get(row["row_id"]) or row["unit"] or NOTHING,
        shown("hotline_case", "kind", row["case_kind"]),
        categories.get(str(row["category_id"])) or NOTHING,
        *(shown(table, name, row[name]) for name in names),
    ]


def _turned(page: int) -> str:
    """The address of another page of the same list."""
    given = {**request.args.to_dict(), **(request.view_args or {}), "page": page}
    return url_for(str(request.endpoint), **given)
