"""What is asked of a generated page: which rows, by the kind of each column, and in which order.
What is chosen from lists and calendars stands in the address; what is typed stands there sealed. So
a search can be gone back to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for
from flask_appbuilder.models.sqla.filters import FilterEqual
from sqlalchemy import Boolean, Date, Integer, inspect, select
from werkzeug.datastructures import MultiDict

from app.models.columns import Moment
from app.rules import reading, words
from app.scope import held_back
from app.views.actor import actor, language, now, reader, seen
from app.views.pages.filters import OfCase, OfRow, Since, Truth, Until, Waiting, day_of
from app.views.pages.paging import number_typed
from app.views.pages.searching import Contains, Covered
from app.views.pages.sought import ASKED, Pairs, Sought, sought_in, token_of
from app.views.pages.unread import DATED, understood, unread
from app.worklists import Queue, queues_of

Inputs = list[dict[str, Any]]
Links = list[tuple[str, str]]
"""(address, label) of each."""


SHORT = 500
"""So many rows of a short table are read for choices."""


def _chosen_from(model: type[Any]) -> list[tuple[str, str]]:
    """The rows of a short table as choices, read once a request."""
    return [(str(row.id), str(row)) for row in _read(model)]


def _read(model: type[Any]) -> Sequence[Any]:
    read = g.setdefault("desk_choices", {})
    if model not in read:
        read[model] = reader().scalars(select(model).order_by(model.id).limit(SHORT)).all()
    found: Sequence[Any] = read[model]
    return found


def at_hand(model: type[Any]) -> bool:
    """Whether all rows of a table are at hand, read as choices once a request: what points to them
    asks for none."""
    return model.__tablename__ in CHOICES and len(_read(model)) < SHORT


CHOICES = ("unit", "category")


SEARCH_GONE: words.Pair = (
    "原来的查询内容已失效（登录已更换），请重新填写后查询。",
    "What was searched for is gone (you have logged in anew): type it again.",
)
PLAIN = ("choice", "bool", "number")
"""The kinds of columns whose search holds nobody's words."""


class Asking:
    """The search form of a page, the filters that it makes, and the order. The names below are the
    page's own."""

    page: str
    table: str
    key: str
    endpoint: str
    datamodel: Any
    relations: tuple[str, ...]
    free: tuple[str, ...]
    search_columns: list[str]
    order_columns: list[str]
    base_order: tuple[str, str]
    exact: tuple[str, ...]
    _base_filters: Any

    def asked(self) -> MultiDict[str, str]:
        """All that is asked in this request: of the form or of the address, with what stands sealed
        in it."""
        read: dict[str, MultiDict[str, str]] = g.setdefault("desk_asked", {})
        if self.page not in read:
            sent = request.form if request.method == "POST" else request.args
            pairs = [
                (name, value)
                for name, value in sent.items(multi=True)
                if name not in (ASKED, "csrf_token")
            ]
            found = self._sought()
            read[self.page] = MultiDict([*pairs, *(found.pairs if found else ())])
        return read[self.page]

    def ask(self, pairs: Pairs) -> None:
        """Let this request ask for these fields, with what stands sealed in the address, whatever
        else does."""
        found = self._sought()
        read: dict[str, MultiDict[str, str]] = g.setdefault("desk_asked", {})
        read[self.page] = MultiDict([*pairs, *(found.pairs if found else ())])

    def _sought(self) -> Sought | None:
        token = request.args.get(ASKED)
        return sought_in(self.page, token) if token else Sought([], [])

    def stays(self, name: str, value: str) -> bool:
        """Whether a parameter may stand in an address as it is: chosen from a list or a calendar,
        not typed."""
        part, _, column = name.partition("_")
        if part in ("q", "from", "to") and column in self.search_columns:
            kind = self._kind(column)
            if part != "q":
                return kind in DATED and day_of(value) is not None
            typed = kind in ("text", "number") or (kind == "relation" and not self.options(column))
            return not typed and understood(self, column, value)
        known = {"order": self.order_columns, "way": ("asc", "desc"), "work": queues_of(actor())}
        return (
            value in known[name]
            if name in known
            else name in ("page", "size") and number_typed(value) is not None
        )

    def waiting(self) -> Queue | None:
        """The list of work that was asked for, where it is this person's and of this page."""
        queue = queues_of(actor()).get(self.asked().get("work", ""))
        return queue if queue is not None and queue.page == self.page else None

    def _kind(self, name: str) -> str:
        """How a column is searched: relation, choice, bool, date, moment, clock, number or text."""
        if name in self.relations:
            return "relation"
        known = self.datamodel.list_columns
        if name.endswith("_at") and f"{name.removesuffix('_at')}_clock" in known:
            return "clock"
        type_ = known[name].type
        if name == "state" or name in words.DOMAINS.get(self.table, {}):
            return "choice"
        for kind, cls in (
            ("bool", Boolean),
            ("moment", Moment),
            ("date", Date),
            ("number", Integer),
        ):
            if isinstance(type_, cls):
                return kind
        return "text"

    def options(self, name: str) -> Links:
        """The choices of a column that is searched by choosing."""
        tongue = language()
        if self._kind(name) == "choice":
            subject = "case" if self.table == "hotline_case" else self.table
            domain = words.DOMAINS.get(self.table, {}).get(name, "")
            names = words.STATES.get(subject, {}) if name == "state" else words.VALUES[domain]
            return [(one, words.word(pair, tongue)) for one, pair in names.items()]
        if self._kind(name) == "bool":
            return [
                ("y", "是" if tongue == "zh" else "yes"),
                ("n", "否" if tongue == "zh" else "no"),
            ]
        model = inspect(self.datamodel.obj).relationships[name].mapper.class_
        return _chosen_from(model) if model.__tablename__ in CHOICES else []

    def inputs(self) -> Inputs:
        """The fields of the search form with what was asked for."""
        made = []
        for name in self.search_columns:
            kind = self._kind(name)
            options = self.options(name) if kind in ("choice", "bool", "relation") else []
            if kind == "relation" and not options:
                if name != "case":
                    continue
                kind = "text"
            made.append(
                {
                    "name": name,
                    "kind": kind,
                    "label": words.column(self.table, name, language()),
                    "options": options,
                    "value": self.asked().get(f"q_{name}", ""),
                    "from": self.asked().get(f"from_{name}", ""),
                    "to": self.asked().get(f"to_{name}", ""),
                }
            )
        return made

    def narrowed(self) -> dict[str, str]:
        """What was asked for, for the access log: the words of what is chosen and days, and of what
        was typed only that something was."""
        told = {}
        for name, value in self.asked().items():
            part, _, column = name.partition("_")
            if value and part in ("q", "from", "to") and column in self.search_columns:
                told[name] = value[:80] if part != "q" or self._kind(column) in PLAIN else "…"
            elif value and name == "work":
                told[name] = value[:80]
        return told

    def asked_filters(self) -> Any:
        """The filters of this request: an object of its own, never shared between requests."""
        filters = self.datamodel.get_filters(self.search_columns)
        for name in self.search_columns:
            self._filter(filters, name)
        waiting = self.waiting()
        if waiting is not None:
            filters.add_filter(self.key, Waiting, tuple(waiting.where(actor(), now())))
        return filters.get_joined_filters(self._base_filters)

    def _filter(self, filters: Any, name: str) -> None:
        """Add what is asked of a column; what cannot be read is left out, and said by the page."""
        kind = self._kind(name)
        if kind in DATED:
            for end, bound in (("from", Since), ("to", Until)):
                day = day_of(self.asked().get(f"{end}_{name}"))
                if day:
                    filters.add_filter(name, bound, (day, kind))
            return
        value = self.asked().get(f"q_{name}", "").strip()
        if not value or not understood(self, name, value):
            return
        if kind == "relation" and name == "case":
            filters.add_filter(name, OfCase, value)
        elif kind == "bool":
            filters.add_filter(name, Truth, value == "y")
        elif kind == "number":
            filters.add_filter(name, FilterEqual, reading.whole(value))
        elif name in self.exact:
            filters.add_filter(name, FilterEqual, self.exactly(name, value))
        elif kind in ("choice", "relation"):
            filters.add_filter(name, FilterEqual if kind == "choice" else OfRow, value)
        else:
            found = Contains if name not in self.free or actor().reads_as_typed else Covered
            filters.add_filter(name, found, value)

    def exactly(self, name: str, value: str) -> str:
        """What is asked of a column that is searched as a whole, as the column has it."""
        return value

    def misread(self) -> Links:
        """(what it is called, what was typed) of all that is asked and means nothing."""
        labels = {name: words.column(self.table, name, language()) for name in self.search_columns}
        found = self._sought()
        left_out = (
            labels.get(name.partition("_")[2], name) for name in (found.left_out if found else ())
        )
        return [*unread(self, self.asked(), labels), *((label, "…") for label in left_out)]

    def gone(self) -> list[str]:
        """The sentence about a search whose session has ended."""
        return [words.word(SEARCH_GONE, language())] if self._sought() is None else []

    def unread(self) -> list[str]:
        """What of the address could not be read, as sentences: each is left out of what is asked,
        and said."""
        told = [words.unread(label, value, language()) for label, value in self.misread()]
        return [*told, *self.gone()]

    def offered(self) -> list[str]:
        """The columns by which this person may order rows: of those that are looked up for him one
        by one, by when they came; by when they end, all that are not his might stand before
        them."""
        who = seen()
        if who is None or not held_back(self.datamodel.obj, who):
            return self.order_columns
        return [
            name
            for name in self.order_columns
            if name == "number" or self._kind(name) in ("moment", "date")
        ]

    def order(self) -> tuple[str, str]:
        """The order asked for, where it is one of a column shown."""
        name, way = self.asked().get("order", ""), self.asked().get("way", "desc")
        known = name in self.offered() and (name not in self.free or actor().reads_as_typed)
        return (name, "asc" if way == "asc" else "desc") if known else self.base_order

    def address(self, view: str, **changed: Any) -> str:
        """The address of a view of this page with what was asked for, some of it changed; what was
        typed sealed."""
        asked = [
            (name, value)
            for name, value in self.asked().items(multi=True)
            if value and name not in changed
        ]
        asked += [(name, str(value)) for name, value in changed.items()]
        told = [(name, value) for name, value in asked if self.stays(name, value)]
        typed = [(name, value) for name, value in asked if not self.stays(name, value)]
        if typed:
            told.append((ASKED, token_of(self.page, typed)))
        return url_for(f"{self.endpoint}.{view}") + (f"?{urlencode(told)}" if told else "")
