"""What the columns of a generated page are: of which kind, with which choices and operators, and which
of them a person may narrow the rows by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g
from sqlalchemy import Boolean, Date, Integer, inspect, select

from app import words
from app.models import Person
from app.models.columns import Moment
from app.rules.extra import Extra
from app.views.actor import actor, language, reader
from app.views.extras import fields_of
from app.views.pages.operators import OF_KINDS, operators_of
from app.views.pages.picked import Named

Inputs = list[dict[str, Any]]
Links = list[tuple[str, str]]
"""(address, label) of each."""


SHORT = 500
"""So many rows of a short table are read for choices."""


def _chosen_from(model: type[Any]) -> Named:
    """The rows of a short table as choices, read once a request. What is called like another says its
    code as well, or its number."""
    rows = _read(model)
    times = Counter(str(row) for row in rows)
    told = [(str(row.id), _apart(row, times[str(row)] > 1)) for row in rows]
    return Named(told, {str(row.id): row.pinyin for row in rows})


def _apart(row: Any, alike: bool) -> str:
    key = getattr(row, "code", row.id)
    return words.aside(str(row), str(key), language()) if alike else str(row)


def accounts() -> Named:
    """All accounts as choices, also those that are closed: each may have come or done something.
    Read once a request."""
    if "desk_accounts" not in g:
        columns = Person.id, Person.username, Person.first_name, Person.pinyin
        rows = reader().execute(select(*columns).order_by(Person.username)).all()
        told = [(str(row.id), f"{row.username} {row.first_name}") for row in rows]
        g.desk_accounts = Named(told, {str(row.id): row.pinyin for row in rows})
    found: Named = g.desk_accounts
    return found


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
SEARCHED = ("hotline_case", "contact", "reply", "visit")
"""The tables whose rows are searched by fields of the office's own."""
OWN_KINDS = {
    "number": "number",
    "bool": "bool",
    "choice": "choice",
    "choices": "choice",
    "date": "date",
}
"""The kind of such a field -> how it is searched; text, where it is not named."""


class Lengthened:
    """A set of columns that the fields of the office's own join: for each person those that they may
    see, in each request as they are then."""

    def __init__(self, searched: bool = False) -> None:
        self._searched = searched

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._kept = f"_plain_{name}"

    def __get__(self, view: Any, owner: type[Any] | None = None) -> Any:
        if view is None:
            return []
        own = view.own_searched() if self._searched else view.own()
        return [*view.__dict__.get(self._kept, ()), *own]

    def __set__(self, view: Any, names: Sequence[str]) -> None:
        view.__dict__[self._kept] = names


class Columns:
    """The columns of a page. The names below are the page's own."""

    page: str
    table: str
    key: str
    endpoint: str
    datamodel: Any
    relations: tuple[str, ...]
    free: tuple[str, ...]
    search_columns: Any = Lengthened(searched=True)
    show_columns: Any = Lengthened()
    read_columns: Any = Lengthened()
    export_columns: Any = Lengthened()
    order_columns: list[str]
    not_for_units: tuple[str, ...]
    base_order: tuple[str, str]
    exact: tuple[str, ...]
    _base_filters: Any
    own_labels: Mapping[str, str]
    persons: tuple[str, ...] = ()
    """The relations to accounts by which rows may be narrowed, for who is not of a unit."""

    def own(self) -> dict[str, Extra]:
        """The fields of the office's own that this person may see here, by their names."""
        return fields_of(self.__dict__.get("table", ""))

    def own_searched(self) -> list[str]:
        """Those of them by which rows are searched: a version of a visit is found by its visit."""
        if self.__dict__.get("table") not in SEARCHED:
            return []
        return [name for name, one in self.own().items() if one.searched]

    def label(self, name: str) -> str:
        """What a column is called: by the view's own label, else as on all pages."""
        if name in self.own_labels:
            return words.word(self.own_labels[name], language())
        return words.column(self.table, name, language())

    def _kind(self, name: str) -> str:
        """How a column is searched: relation, choice, bool, date, moment, clock, number or text."""
        if name in self.relations:
            return "relation"
        if name in self.own():
            return OWN_KINDS.get(self.own()[name].kind, "text")
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
        if name in self.own() and self._kind(name) == "choice":
            return [(word, word) for word in self.own()[name].choices]
        if self._kind(name) == "choice":
            subject = "case" if self.table == "hotline_case" else self.table
            domain = words.DOMAINS.get(self.table, {}).get(name, "")
            if name == "state":
                states = words.STATES.get(subject, ())
                return [(state, words.state(subject, state, tongue)) for state in states]
            return [(word, words.value(domain, word, tongue)) for word in words.VALUES[domain]]
        if self._kind(name) == "bool":
            return [
                ("y", words.word("list.yes", tongue)),
                ("n", words.word("list.no", tongue)),
            ]
        model = inspect(self.datamodel.obj).relationships[name].mapper.class_
        if name in self.persons:
            return [] if actor().of_a_unit else accounts()
        return _chosen_from(model) if model.__tablename__ in CHOICES else []

    def searched(self) -> list[str]:
        """The columns by which this person may narrow the rows: those that he reads."""
        if not actor().of_a_unit:
            return self.search_columns
        return [name for name in self.search_columns if name not in self.not_for_units]

    def operators(self, name: str) -> tuple[str, ...]:
        """The operators of a column."""
        if name in self.own():
            return OF_KINDS[self._kind(name)]
        return operators_of(self.datamodel.obj, name, self._kind(name), name in self.exact)
