"""The views of a list, as tabs: all, what is due today and tomorrow, what was told again, and those
that people keep for themselves or share with their role or unit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, url_for
from sqlalchemy import or_, select

from app import words
from app.models import Case, KeptView
from app.views.actor import actor, language, now, reader
from app.views.pages.chips import Chips
from app.views.pages.listed import Listed

TODAY, TOMORROW, REPEATED = "today", "tomorrow", "repeated"
DAYS = {TODAY: 0, TOMORROW: 1}
"""A tab of what is due -> how many days from today."""
OFFERED = 24
"""So many kept views of a page stand as tabs."""
NOT_KEPT = ("view", "page")
"""What of an address is no part of a view."""


@dataclass(frozen=True)
class ViewTab:
    """A view of a list as a tab; `drop` is the id of one that the person may drop."""

    label: str
    href: str
    open: bool
    shared: bool = False
    drop: int = 0


class Viewed(Chips, Listed):
    """A page with its views. `empty` is the message that says what would be in its list."""

    empty: str = "list.empty"

    def tab_words(self) -> tuple[str, ...]:
        """The tabs that every page of its kind has: by the clock, by being told again."""
        due = (TODAY, TOMORROW) if self.clock else ()
        return (*due, REPEATED) if self.datamodel.obj is Case else due

    def tab(self) -> str:
        """The tab that is asked for; nothing where it is none."""
        asked = self.asked().get("tab", "")
        return asked if asked in self.tab_words() else ""

    def of_the_tab(self) -> Sequence[Any]:
        """The conditions of the tab that is asked for."""
        tab = self.tab()
        if tab == REPEATED:
            return [Case.repeats > 0]
        if not tab:
            return []
        first = now().replace(hour=0, minute=0, second=0, microsecond=0)
        first += timedelta(days=DAYS[tab])
        return self.due_within(first, first + timedelta(days=1))

    def besides(self) -> Sequence[Any]:
        """What is asked for besides the columns: to be in a list of work, and in the tab."""
        return [*super().besides(), *self.of_the_tab()]

    def due_within(self, first: datetime, last: datetime) -> list[Any]:
        """That a clock runs and ends within a day. One that ends with it is stored as the midnight
        after."""
        model = self.datamodel.obj
        ends = getattr(model, self.clock)
        runs = [model.state.in_(self.running)] if self.running else []
        return [ends > first, ends <= last, *runs]

    def kept_views(self) -> Sequence[KeptView]:
        """The views of this page that a person keeps or is given, asked once a request."""
        known: dict[str, Sequence[KeptView]] = g.setdefault("desk_kept_views", {})
        if self.page not in known:
            who = actor()
            theirs = [KeptView.person_id == (who.id or 0), KeptView.role.in_(who.roles)]
            if who.unit_id is not None:
                theirs.append(KeptView.unit_id == who.unit_id)
            query = select(KeptView).where(KeptView.page == self.page, or_(*theirs))
            known[self.page] = reader().scalars(query.order_by(KeptView.id).limit(OFFERED)).all()
        return known[self.page]

    def kept_view(self) -> KeptView | None:
        """The kept view that is asked for, where it is this person's to use."""
        asked = self.asked().get("view")
        if not asked:
            return None
        return next((kept for kept in self.kept_views() if str(kept.id) == asked), None)

    def columns_here(self) -> list[str]:
        """The columns of the list: of the kept view that is asked for, else the page's own."""
        kept = self.kept_view()
        chosen = self.choosable()
        named = [name for name in json.loads(kept.shown) if name in chosen] if kept else []
        return named or self.named(self.list_columns)

    def choosable(self) -> list[str]:
        """The columns that a view may show: those that this person reads, beside the line."""
        kept_back = self.not_for_units if actor().of_a_unit else ()
        return [name for name in self.named(self.show_columns) if name not in kept_back]

    def view_tabs(self) -> list[ViewTab]:
        """The views of the page, as tabs."""
        list_, tongue, kept = url_for(f"{self.endpoint}.list"), language(), self.kept_view()
        open_ = "" if kept else self.tab()
        plain = not kept and not open_ and self.waiting() is None
        named = {"today": "list.today", "tomorrow": "list.tomorrow", "repeated": "list.repeated"}
        return [
            ViewTab(words.word("list.all", tongue), list_, plain),
            *(
                ViewTab(words.word(named[one], tongue), f"{list_}?tab={one}", one == open_)
                for one in self.tab_words()
            ),
            *(self._kept_tab(one, one is kept) for one in self.kept_views()),
        ]

    def _kept_tab(self, one: KeptView, open_: bool) -> ViewTab:
        own = one.person_id == actor().id
        shared = bool(one.role or one.unit_id)
        return ViewTab(one.name, self.kept_href(one), open_, shared, one.id if own else 0)

    def kept_href(self, kept: KeptView) -> str:
        """The address of a kept view: all that is asked of it, and whose columns count."""
        pairs = [*map(tuple, json.loads(kept.asked)), ("view", str(kept.id))]
        return f"{url_for(f'{self.endpoint}.list')}?{urlencode(pairs)}"

    def sharing(self) -> list[tuple[str, str]]:
        """(value, words) of those with whom a person may share a view."""
        who, tongue = actor(), language()
        roles = [(role, words.value("role", role, tongue)) for role in sorted(who.roles)]
        return [
            ("", words.word("list.for_me", tongue)),
            *((role, words.word("list.for_role", tongue, role=name)) for role, name in roles),
            *([("unit", words.word("list.for_unit", tongue))] if who.unit_id is not None else []),
        ]

    def would_hold(self) -> str:
        """What the list would hold, where it is empty."""
        return words.word(self.empty, language())

    def to_keep(self) -> list[tuple[str, str]]:
        """What of this request would be kept as a view: what is chosen from lists and calendars."""
        asked = self.asked().items(multi=True)
        return [
            (name, value)
            for name, value in asked
            if value and name not in NOT_KEPT and self.stays(name, value)
        ]

    def has_typed(self) -> bool:
        """Whether anything is asked that somebody typed: it is kept in no view."""
        asked = self.asked().items(multi=True)
        return any(value and not self.stays(name, value) for name, value in asked)
