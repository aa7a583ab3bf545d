"""Days that a loaded notice names, apart from days that are guessed.

Why: three days loaded made a whole year official. The days of such a year that no approved notice
named are guessed again, or follow the week where each public holiday was loaded. And the same name
may stand under two head categories: names are unique under their parent.
"""

import json
import logging
from datetime import date

import sqlalchemy as sa
from alembic import op

from app.rules.festivals import holidays

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_DAYS = sa.table(
    "calendar_day", sa.column("day", sa.Date), sa.column("worked"), sa.column("source", sa.String)
)
_PROPOSALS = sa.table("calendar_proposal", sa.column("days", sa.Text), sa.column("approved_at"))
_CATEGORIES = sa.table(
    "category", sa.column("id"), sa.column("name", sa.String), sa.column("parent_id")
)
_TOP = sa.text("parent_id IS NULL")
_said = logging.getLogger("alembic.runtime.migration")


def upgrade() -> None:
    connection = op.get_bind()
    _guess_again(connection)
    _part_names(connection)
    op.create_index("uq_category_below", "category", ["parent_id", "name"], unique=True)
    op.create_index(
        "uq_category_top",
        "category",
        ["name"],
        unique=True,
        sqlite_where=_TOP,
        postgresql_where=_TOP,
    )


def _guess_again(connection: sa.Connection) -> None:
    """Leave as the office's own what approved notices named; the rest of a year is known when its
    holidays are."""
    named: dict[date, bool] = {}
    approved = sa.select(_PROPOSALS.c.days).where(_PROPOSALS.c.approved_at.is_not(None))
    for days in connection.execute(approved).scalars():
        named |= {date.fromisoformat(day): worked for day, worked in json.loads(days).items()}
    rows = (
        connection.execute(sa.select(_DAYS.c.day).where(_DAYS.c.source == "office")).scalars().all()
    )
    unnamed = [day for day in rows if day not in named]
    for year in sorted({day.year for day in unnamed} & {day.year for day in named}):
        known = all(named.get(day) is False for day in holidays(year).values())
        of_year = _DAYS.c.day.between(date(year, 1, 1), date(year, 12, 31)) & (
            _DAYS.c.source == "office"
        )
        mine = [day for day in named if day.year == year]
        settled = sa.update(_DAYS).where(of_year, _DAYS.c.day.not_in(mine))
        connection.execute(settled.values(source="week" if known else "provisional"))


def _part_names(connection: sa.Connection) -> None:
    """Give the later of two categories of one name under one parent a number, and say so."""
    seen: set[tuple[int | None, str]] = set()
    rows = connection.execute(sa.select(_CATEGORIES).order_by(_CATEGORIES.c.id)).all()
    taken = {(row.parent_id, row.name) for row in rows}
    for row in rows:
        name, n = row.name, 1
        while (row.parent_id, name) in seen or (n > 1 and (row.parent_id, name) in taken):
            n += 1
            name = f"{row.name[:74]}（{n}）"
        if name != row.name:
            connection.execute(
                sa.update(_CATEGORIES).where(_CATEGORIES.c.id == row.id).values(name=name)
            )
            _said.warning("category %s: %s is now called %s", row.id, row.name, name)
        seen.add((row.parent_id, name))


def downgrade() -> None:
    op.drop_index("uq_category_top", "category")
    op.drop_index("uq_category_below", "category")
    op.execute(sa.update(_DAYS).where(_DAYS.c.source == "week").values(source="office"))
