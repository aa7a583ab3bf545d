"""What a form names - a unit, a category, a row - as the stages look it up."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Select, case, exists, or_, select
from sqlalchemy.orm import Session

from app.models import Category, Unit
from app.models.acceptance import PATH_SIGN
from app.roles import Actor
from app.rules.refusal import NotAllowed


def id_of(value: Any) -> int | None:
    """A row's id as both databases can look it up, or None where it can be nobody's."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62
    return value if known else None


def unit_id_of(actor: Actor, unit: Unit | None) -> int | None:
    """The unit meant: a unit's people mean their own, whatever they name."""
    if actor.unit_id is None:
        return unit.id if unit else None
    if unit is not None and unit.id != actor.unit_id:
        raise NotAllowed("not_found")
    return actor.unit_id


def carried(category: Category) -> str:
    """A category as a form carries it: the very row that was shown, whatever it is called by then.
    No name and no path begins with the sign that parts a path."""
    return f"{PATH_SIGN}{category.id}"


def carried_id(named: str) -> int | None:
    """The id of a category as a form carries it; None where it is named otherwise."""
    id = named.removeprefix(PATH_SIGN)
    plain = id.isascii() and id.isdigit() and len(id) < 10
    return int(id) if named.startswith(PATH_SIGN) and plain else None


def category_named(named: str) -> Select[int]:
    """A query for the id of the category that is named: by its path (either stroke between), by its
    name where no other category has it, or by its id; as a form carries it (`carried`) by that
    alone."""
    # Registering asks for it beside other look-ups, where SQLite is told no table's name: each
    # column has its own.
    one = select(
        Category.id.label("its_id"),
        Category.name.label("its_name"),
        Category.parent_id.label("its_above"),
    )
    above = select(Category.id.label("above_id"), Category.name.label("above_name")).subquery(
        "above"
    )
    other = select(Category.id.label("other_id"), Category.name.label("other_name")).subquery(
        "other"
    )
    its = one.subquery("its")
    word = re.sub(r"\s*[/／]\s*", PATH_SIGN, named.strip())
    name, path = its.c.its_name, above.c.above_name + PATH_SIGN + its.c.its_name
    path = case((above.c.above_name.is_(None), name), else_=path)
    alone = ~exists().where(other.c.other_name == name, other.c.other_id != its.c.its_id)
    meant = [path == named, path == word, (name == named.strip()) & alone]
    held = carried_id(named)
    if held is not None:
        meant = [its.c.its_id == held]
    elif named.isascii() and named.isdigit() and len(named) < 10:
        meant.append(its.c.its_id == int(named))
    rank = case(*((which, place) for place, which in enumerate(meant)))
    query = select(its.c.its_id).outerjoin(above, above.c.above_id == its.c.its_above)
    return query.where(or_(*meant)).order_by(rank).limit(1)


def with_category(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form with the id of the category that it names; emptied it means none."""
    name = values.pop("category", None)
    if name == "":
        values["category_id"] = None
    elif name is not None:
        found = session.scalars(category_named(name)).first()
        if found is None:
            raise NotAllowed("unknown_category")
        values["category_id"] = found
    return values
