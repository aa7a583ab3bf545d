"""What is asked of a generated page: which rows, by the kind of each column, and in which order.
What is chosen from lists and calendars stands in the address; what is typed stands there sealed. So
a search can be gone back to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for
from flask_appbuilder.models.sqla.filters import FilterEqual
from werkzeug.datastructures import MultiDict

from app import words
from app.rules import reading
from app.scope import held_back
from app.views.actor import actor, language, now, seen
from app.views.pages.columns import Columns, Inputs, Links
from app.views.pages.filters import OfCase, OfRow, Since, Truth, Until, Waiting, day_of
from app.views.pages.operators import (
    BETWEEN,
    EMPTY,
    TEXTS,
    AtLeast,
    AtMost,
    Empty,
)
from app.views.pages.own_filters import Made, filters_of
from app.views.pages.paging import number_typed
from app.views.pages.picked import is_picked, reading_of
from app.views.pages.sealed_search import ASKED, Pairs, Sought, sought_in, token_of
from app.views.pages.unread_conditions import DATED, SEEN, understood, unread
from app.worklists import Queue, queues_of

SEARCH_GONE = "search.gone"
PARTS = ("q", "op", "from", "to")
"""What an address may say of a column, before its name."""
PLAIN = ("choice", "bool", "number")
"""The kinds of columns whose search holds nobody's words."""


class Asking(Columns):
    """The search form of a page, the filters that it makes, and the order."""

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
        if part in PARTS and column in self.searched():
            return self._column_stays(part, column, value)
        if name in ("page", "size", "view"):
            return number_typed(value) is not None
        known = {
            "order": self.order_columns,
            "way": ("asc", "desc"),
            "work": queues_of(actor()),
            "tab": self.tab_words(),
            "columns": SEEN,
        }
        return value in known.get(name, ())

    def tab_words(self) -> Sequence[str]:
        """The tabs that the page has besides that of all rows."""
        return ()

    def besides(self) -> Sequence[Any]:
        """What is asked for besides the columns: to be in a list of work."""
        waiting = self.waiting()
        return waiting.where(actor(), now()) if waiting is not None else ()

    def _column_stays(self, part: str, column: str, value: str) -> bool:
        """The same of what is asked of a column."""
        if part == "op":
            return value in self.operators(column)
        kind = self._kind(column)
        if part != "q":
            return kind in DATED and day_of(value) is not None
        typed = kind in ("text", "number") or (kind == "relation" and not self.options(column))
        return not typed and understood(self, column, value)

    def operator(self, name: str) -> str:
        """The operator that is chosen for a column, else its first one."""
        known, asked = self.operators(name), self.asked()
        span = BETWEEN in known and any(asked.get(f"{end}_{name}") for end in ("from", "to"))
        chosen = asked.get(f"op_{name}") or (BETWEEN if span else "")
        return chosen if chosen in known else known[0]

    def waiting(self) -> Queue | None:
        """The list of work that was asked for, where it is this person's and of this page."""
        queue = queues_of(actor()).get(self.asked().get("work", ""))
        return queue if queue is not None and queue.page == self.page else None

    def inputs(self) -> Inputs:
        """The fields of the search form with what was asked for."""
        made = []
        for name in self.searched():
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
                    "label": self.label(name),
                    "options": options,
                    "picked": is_picked(options),
                    "read": reading_of(options),
                    "value": self.asked().get(f"q_{name}", ""),
                    "from": self.asked().get(f"from_{name}", ""),
                    "to": self.asked().get(f"to_{name}", ""),
                    **self._choice_of_operator(name),
                }
            )
        return made

    def _choice_of_operator(self, name: str) -> dict[str, Any]:
        """The operators of a column as the form offers them, and the one that was chosen."""
        known, tongue = self.operators(name), language()
        return {
            "operators": [
                (
                    operator if operator != known[0] else "",
                    words.value("operator", operator, tongue),
                )
                for operator in known
            ],
            "operator": self.operator(name),
            "how": words.word("search.how", tongue, label=self.label(name)),
        }

    def narrowed(self) -> dict[str, str]:
        """What was asked for, for the access log: the words of what is chosen and days, and of what
        was typed only that something was."""
        told = {}
        for name, value in self.asked().items():
            part, _, column = name.partition("_")
            if value and part in PARTS and column in self.searched():
                told[name] = value[:80] if part != "q" or self._kind(column) in PLAIN else "…"
            elif value and name in ("work", "tab"):
                told[name] = value[:80]
        return told

    def asked_filters(self) -> Any:
        """The filters of this request: an object of its own, never shared between requests."""
        own = self.own()
        filters = self.datamodel.get_filters([one for one in self.search_columns if one not in own])
        for name in self.searched():
            self._filter(filters, name)
        besides = self.besides()
        if besides:
            filters.add_filter(self.key, Waiting, tuple(besides))
        return filters.get_joined_filters(self._base_filters)

    def _filter(self, filters: Any, name: str) -> None:
        """Add what is asked of a column; what cannot be read is left out, and said by the page."""
        kind, operator = self._kind(name), self.operator(name)
        if name in self.own():
            for made in self._of_own(name, operator):
                filters.add_filter(name, *made)
        elif operator == EMPTY:
            filters.add_filter(name, Empty, None)
        elif operator == BETWEEN:
            self._between(filters, name, kind)
        else:
            value = self.asked().get(f"q_{name}", "").strip()
            if value and understood(self, name, value):
                filters.add_filter(name, *self._equal(name, kind, operator, value))

    def _of_own(self, name: str, operator: str) -> Iterator[Made]:
        """The filters of what is asked of a field of the office's own."""
        told = {
            part: self.asked().get(f"{part}_{name}", "").strip() for part in ("q", "from", "to")
        }
        in_turn = self.order() == self.base_order
        return filters_of(self.own()[name], operator, told, in_turn, not actor().reads_as_typed)

    def _between(self, filters: Any, name: str, kind: str) -> None:
        """Add the two ends of a span of days or numbers, or the one that is told."""
        for end, of_days, of_numbers in (("from", Since, AtLeast), ("to", Until, AtMost)):
            told = self.asked().get(f"{end}_{name}", "").strip()
            if kind in DATED and day_of(told):
                filters.add_filter(name, of_days, (day_of(told), kind))
            elif kind == "number" and told and understood(self, name, told):
                filters.add_filter(name, of_numbers, reading.whole(told))

    def _equal(self, name: str, kind: str, operator: str, value: str) -> tuple[Any, Any]:
        """The filter of a column that is searched for one value, and the value as it takes it."""
        if kind == "relation":
            return (OfCase if name == "case" else OfRow), value
        if kind == "bool":
            return Truth, value == "y"
        if kind == "number":
            return FilterEqual, reading.whole(value)
        if name in self.exact:
            return FilterEqual, self.exactly(name, value)
        if kind == "choice":
            return FilterEqual, value
        covers = name in self.free and not actor().reads_as_typed
        return TEXTS[operator, covers], value

    def exactly(self, name: str, value: str) -> str:
        """What is asked of a column that is searched as a whole, as the column has it."""
        return value

    def misread(self) -> Links:
        """(what it is called, what was typed) of all that is asked and means nothing."""
        labels = {name: self.label(name) for name in self.searched()}
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
        """The columns by which this person may order rows: of those that are looked up for them one
        by one, by when they came; by when they end, all that are not theirs might stand before."""
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
        """The address of a view of this page with what was asked for, some of it changed, or left out
        where it is None; what was typed sealed."""
        kept = ((name, value) for name, value in self.asked().items(multi=True) if value)
        pairs = [(name, value) for name, value in kept if name not in changed]
        pairs += [(name, str(value)) for name, value in changed.items() if value is not None]
        open_, typed = self._apart(pairs)
        if typed:
            open_.append((ASKED, token_of(self.page, typed)))
        return url_for(f"{self.endpoint}.{view}") + (f"?{urlencode(open_)}" if open_ else "")

    def _apart(self, pairs: Pairs) -> tuple[Pairs, Pairs]:
        """The parameters that may stand in an address as they are, and those that are sealed."""
        open_: Pairs = []
        sealed: Pairs = []
        for name, value in pairs:
            (open_ if self.stays(name, value) else sealed).append((name, value))
        return open_, sealed
