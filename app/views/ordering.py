"""In which order rows stand: coded words by their rank in the procedure, not by their letters; what is empty last, on
both databases and in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, inspect

from app.rules import words


def ranks(table: str, column: str) -> Sequence[str]:
    """The words of a coded column in the order of the procedure; none where the column holds no codes."""
    if column == "state":
        return list(words.STATES.get("case" if table == "hotline_case" else table, {}))
    return list(words.VALUES.get(words.DOMAINS.get(table, {}).get(column, ""), {}))


def ordered(model: type[Any], name: str, way: str) -> list[Any]:
    """What to order by so that rows stand by a column, `way` asc or desc, and those of one value by their key."""
    column = getattr(model, name)
    known = ranks(model.__tablename__, name)
    rank = case({word: n for n, word in enumerate(known)}, value=column, else_=len(known)) if known else column
    keys = [one for one in inspect(model).primary_key if one.key != name]
    by = [one.asc() if way == "asc" else one.desc() for one in (rank, *keys)]
    # Only where a value may be missing: an index tells no NULLs from the rest, and could not be read in order.
    return [column.is_(None), *by] if inspect(model).columns[name].nullable else by
