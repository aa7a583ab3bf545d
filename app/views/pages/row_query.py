"""How the rows of a generated page are read: counted no further than it shows, each relation in one
statement, and for those who see some cases only no further back than is looked for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import g
from flask_appbuilder.models.sqla.filters import SQLAFilterConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import selectinload

from app.scope import held_back
from app.views.actor import know_few, seen
from app.views.pages.columns import at_hand
from app.views.pages.ordering import after, grows, ordered, place
from app.views.pages.own_filters import by_index_alone
from app.views.pages.searching import partly, searches_whole, stands_apart
from app.worklists import COUNTED_TO

LONGEST_SHORT = 10_000
"""So many rows at most has a table that does not grow with the cases: the calendar has one for each
day."""
LOOKED_THROUGH, FURTHER = 1_300, 20_000
"""So many of the newest rows that fit are looked through for those who see some cases only: of what
is asked for, and of all."""
AT_ONCE = 500
"""How many rows of an export are read at once."""


class Converter(SQLAFilterConverter):
    """What a column may be filtered by, worked out once for each page, not for each request."""

    def convert(self, col_name: str) -> Any:
        """The filters of a column."""
        known = self.datamodel.__dict__.setdefault("filters_known", {})
        if col_name not in known:
            known[col_name] = super().convert(col_name)
        return known[col_name]


class DeskInterface(SQLAInterface):
    """Reads with a bounded count and the relations of the columns shown, each in one statement."""

    filter_converter_class = Converter
    eager: tuple[str, ...] = ()

    def looked_up(self) -> bool:
        """Whether the rows of this page are looked up one by one, whether the person may see
        them."""
        who = seen()
        return who is not None and held_back(self.obj, who)

    def _sees_all(self) -> bool:
        who = seen()
        return who is None or "all" in who.scopes

    def _few(self) -> bool:
        who = seen()
        return who is not None and who.few

    def apply_filters(self, query: Any, filters: Any) -> Any:
        """The rows that are asked for; of those who see some cases only, no further back than is
        looked for them."""
        found = super().apply_filters(query, filters)
        since = self._since(query, filters)
        return found if since is None else found.filter(self.get_pk() > since)

    def _since(self, query: Any, filters: Any) -> Any:
        """The key behind which rows are looked at one by one, whether a person may see them: where
        something is asked for that fits many rows, and they may see few or none of these."""
        if searches_whole() or not self.looked_up() or self._few():
            return None
        known = g.setdefault("desk_since", {})
        if id(filters) not in known:
            asked = bool(filters is not None and filters.values)
            if not asked and g.get("desk_oldest_first"):
                return None
            known[id(filters)] = filters, self._furthest(query, filters, asked)
            if self._few():
                return None
        return known[id(filters)][1]

    def _furthest(self, query: Any, filters: Any, asked: bool) -> Any:
        """The key of the last row that is looked at, or None where all are; the page says so."""
        key, most = self.get_pk(), LOOKED_THROUGH if asked else FURTHER
        keys = super().apply_filters(query, filters).order_by(None).with_entities(key)
        since = know_few(keys.order_by(key.desc()).offset(most).limit(1))
        if since is not None:
            partly()
        return since

    def query(
        self,
        filters: Any = None,
        order_column: str = "",
        order_direction: str = "",
        *args: Any,
        **kw: Any,
    ) -> Any:
        """How many rows there are, counted to a thousand, and those of a page. Whose rows are
        looked up one by one is looked up once for both."""
        page, size = kw.get("page"), kw.get("page_size")
        if size is None or not self.looked_up():
            return super().query(filters, order_column, order_direction, *args, **kw)
        query, key = self.session.query(self.obj), self.get_pk()
        g.desk_oldest_first = order_direction == "asc"
        found = self.apply_order_by(
            self.apply_filters(query, filters), order_column, order_direction
        )
        keys = [row[0] for row in found.with_entities(key).limit(COUNTED_TO + 1)]
        shown = keys[(page or 0) * size : (page or 0) * size + size]
        if not shown:
            return len(keys), []
        rows = query.filter(key.in_(shown)).options(*self._loaded()).all()
        return len(keys), sorted(rows, key=lambda row: shown.index(getattr(row, key.key)))

    def needs(self, relations: Iterable[str]) -> None:
        """Let this request load these relations only with the rows of the table."""
        g.setdefault("desk_relations", {})[self.obj] = tuple(relations)

    def _loaded(self) -> list[Any]:
        """How relations are loaded with their rows: units and categories are at hand, others in one
        statement each."""
        wanted = g.get("desk_relations", {}).get(self.obj, self.eager)
        relations = [getattr(self.obj, name) for name in wanted]
        return [
            selectinload(relation)
            for relation in relations
            if not at_hand(relation.property.mapper.class_)
        ]

    def query_count(self, query: Any, filters: Any = None, select_columns: Any = None) -> int:
        """How many rows there are, counted to a thousand; of a short table, all."""
        most = COUNTED_TO if grows(self.obj) else LONGEST_SHORT
        alone = by_index_alone(filters) if self._sees_all() else None
        if alone is not None:
            return int(self.session.scalar(select(func.count()).select_from(alone(most + 1))))
        found = (
            self.apply_filters(query, filters)
            .with_entities(self.get_pk())
            .order_by(None)
            .limit(most + 1)
        )
        return int(self.session.scalar(select(func.count()).select_from(found.subquery())))

    def apply_all(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """The query of one page, its relations loaded with it."""
        loaded = super().apply_all(query, *args, **kwargs)
        return loaded.options(*self._loaded())

    def apply_order_by(
        self, query: Any, order_column: str, order_direction: str, *args: Any, **kwargs: Any
    ) -> Any:
        """Order by a column of the table: by rank where it holds codes, what is empty last."""
        if order_column not in inspect(self.obj).columns:
            return super().apply_order_by(query, order_column, order_direction, *args, **kwargs)
        return query.order_by(*ordered(self.obj, order_column, order_direction, stands_apart()))

    def pieces(self, filters: Any, column: str, way: str) -> Iterator[Sequence[Any]]:
        """All rows that are found, so many at once, each piece from where the last one ended; of a
        short table, at once."""
        query = self.session.query(self.obj)
        if not grows(self.obj):
            yield self.apply_all(query, filters, column, way).all()
            return
        last: Sequence[Any] | None = None
        while True:
            found = self.apply_filters(query, filters)
            found = found if last is None else found.filter(after(self.obj, column, way, last))
            found = found.options(*self._loaded())
            rows = self.apply_order_by(found, column, way).limit(AT_ONCE).all()
            if rows:
                yield rows
            if len(rows) < AT_ONCE:
                return
            last = place(rows[-1], column)
            for row in rows:
                self.session.expunge(row)

    def add(self, item: Any, raise_exception: bool = False) -> bool:
        """Refused: rows are written by verbs."""
        raise TypeError("rows are written by verbs")

    edit = delete = add
