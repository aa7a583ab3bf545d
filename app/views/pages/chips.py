"""What a list is narrowed to, as chips: each says one condition in words, and leads to the list
without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app import words
from app.views.actor import language
from app.views.pages.conditions import PARTS, Asking
from app.views.pages.filters import day_of
from app.views.pages.operators import BETWEEN, EMPTY
from app.views.pages.unread_conditions import DATED, understood

CHOSEN = ("choice", "bool", "relation")


@dataclass(frozen=True)
class Chip:
    """A condition in words, and the address of the list without it."""

    said: str
    href: str


class Chips(Asking):
    """The conditions that are set of a page."""

    def chips(self) -> list[Chip]:
        """What the list is narrowed to, in the order of the columns."""
        return [*self._of_work(), *(chip for name in self.searched() for chip in self._of(name))]

    def _of_work(self) -> Iterator[Chip]:
        """The list of work that was asked for."""
        waiting = self.waiting()
        if waiting is not None:
            yield Chip(words.word(waiting.title, language()), self.without("work"))

    def _of(self, name: str) -> Iterator[Chip]:
        """The condition of a column, where there is one."""
        told = self._condition(name)
        if told:
            said = words.pair(self.label(name), told, language())
            yield Chip(said, self.without(*(f"{part}_{name}" for part in PARTS)))

    def without(self, *names: str) -> str:
        """The address of the list without some of what was asked, from its first page."""
        return self.address("list", **dict.fromkeys((*names, "page")))

    def _condition(self, name: str) -> str:
        """What is asked of a column, in words; nothing where nothing is, or it means nothing."""
        operator, tongue = self.operator(name), language()
        if operator == EMPTY:
            return words.value("operator", EMPTY, tongue)
        if operator == BETWEEN:
            return self._span(name)
        value = self.asked().get(f"q_{name}", "").strip()
        if not value or not understood(self, name, value):
            return ""
        if self._kind(name) in CHOSEN:
            return dict(self.options(name)).get(value, value)
        usual = operator == self.operators(name)[0]
        how = words.value("operator", operator, tongue)
        return value if usual else words.word("list.how", tongue, how=how, told=value)

    def _span(self, name: str) -> str:
        """The two ends of a span, or the one that is told."""
        ends = {end: self._end(end, name) for end in ("from", "to")}
        if not any(ends.values()):
            return ""
        if ends["from"] == ends["to"]:
            return ends["from"]
        tongue, first, last = language(), ends["from"], ends["to"]
        if first and last:
            return words.word("list.span", tongue, first=first, last=last)
        if first:
            return words.word("list.since", tongue, first=first)
        return words.word("list.until", tongue, last=last)

    def _end(self, end: str, name: str) -> str:
        typed = self.asked().get(f"{end}_{name}", "").strip()
        means = day_of(typed) if self._kind(name) in DATED else understood(self, name, typed)
        return typed if typed and means else ""
