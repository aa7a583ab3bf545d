"""Reach 送达与渠道: what is told outside the panel, by which ways, and where people are reached."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import g, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import words
from app.models import (
    Address,
    Choice,
    Delivery,
    Gateway,
    Person,
    Unit,
    UnitPost,
)
from app.models.reach import CALL
from app.rules.telling import PRETEND, TEXTS, fields_of, worded
from app.stages.calendar import office_known
from app.stages.outbox import in_force, masked, telephone_of, text_of
from app.views.actor import actor, language, now, reader
from app.views.calendar import Proposals
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.delivered import how_it_works
from app.views.pages.row_query import DeskInterface

NEWEST = 100
"""So many of the newest messages stand on the page of pretended ways."""
Names = dict[str, str]


def know_receivers(receivers: Iterable[str]) -> Names:
    """receiver -> who that is, in a statement for each kind that is not known yet."""
    known: Names = g.setdefault("desk_receivers", {})
    receivers = {*receivers}
    for word, named in _NAMED.items():
        ids = {
            int(one.partition(":")[2])
            for one in receivers
            if one.startswith(f"{word}:") and one not in known
        }
        if ids:
            known |= {f"{word}:{id}": name for id, name in named(ids).items()}
    return known


def _units(ids: set[int]) -> dict[int, str]:
    rows = reader().execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _accounts(ids: set[int]) -> dict[int, str]:
    query = select(Person.id, Person.first_name, Person.unit_id).where(Person.id.in_(ids))
    rows = reader().execute(query).all()
    units = _units({row.unit_id for row in rows if row.unit_id})
    return {
        row.id: words.aside(row.first_name, units[row.unit_id], language())
        if row.unit_id in units
        else row.first_name
        for row in rows
    }


def _posts(ids: set[int]) -> dict[int, str]:
    query = select(UnitPost.id, UnitPost.person, UnitPost.unit_id).where(UnitPost.id.in_(ids))
    rows = reader().execute(query).all()
    units = _units({row.unit_id for row in rows})
    return {row.id: words.aside(row.person, units.get(row.unit_id, ""), language()) for row in rows}


def _callers(ids: set[int]) -> dict[int, str]:
    return dict.fromkeys(ids, words.word("reach.caller", language()))


_NAMED: Mapping[str, Callable[[set[int]], dict[int, str]]] = {
    "unit": _units,
    "user": _accounts,
    "post": _posts,
    "case": _callers,
}


class Deliveries(DeskView):
    """Messages on their way, taken or dead; and the list of calls."""

    datamodel = DeskInterface(Delivery)
    page = "Deliveries"
    extra = ("whom", "text", "telephone")
    list_columns = ("kind", "number", "whom", "medium", "stands", "made_at")
    show_columns = (
        *("kind", "number", "n", "whom", "text", "medium", "way", "telephone", "stands", "reached"),
        *("words", "made_at", "ended_at", "urgent", "attempts", "next_try_at", "error", "theirs"),
        "reference",
    )
    export_columns = ("kind", "number", "n", "medium", "way", "stands", "made_at", "ended_at")
    filters = ("stands", "kind", "medium", "number")
    exact = ("number",)
    unsearched = (
        *("n", "way", "reached", "words", "urgent", "attempts", "next_try_at", "ended_at"),
        *("error", "theirs", "reference"),
    )
    list_template = "desk/deliveries.html"

    def pretends(self) -> bool:
        """Whether a way out in force only pretends."""
        return any(row.kind == PRETEND for row in in_force(reader()).values())

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement each who the receivers are."""
        know_receivers(row.receiver for row in rows)

    def beside(self, item: Delivery, name: str, always: bool) -> str:
        """Whom it is for, what it says, and the number to be called."""
        if name == "whom":
            return know_receivers([item.receiver]).get(item.receiver, item.receiver)
        if name == "text":
            return text_of(reader(), office_known(reader(), now()), item)
        if item.way != CALL or item.stands != "waiting":
            return ""
        if item.receiver.startswith("case:"):
            return words.word("reach.by_reveal", language())
        return telephone_of(reader(), item) or words.word("reach.no_number", language())

    def links(self, item: Delivery) -> Links:
        """What may be done about it; of a call to a caller first to be shown the number."""
        verbs: tuple[str, ...] = ()
        if item.stands == "dead":
            verbs = ("retry_delivery", "call_instead", "drop_delivery")
        elif item.way == CALL and item.stands == "waiting":
            again = ("retry_delivery",) if item.instead_of_id else ()
            verbs = ("record_call", *again, "drop_delivery")
        links = [
            (url_for(f"Verbs.{verb}", id=item.id), words.title(verb, language()))
            for verb in verbs
            if verb in actor().rights
        ]
        case = item.receiver.partition(":")[2] if item.receiver.startswith("case:") else ""
        if case and verbs and "reveal" in actor().rights:
            href = url_for("Verbs.reveal", case=int(case), purpose="answer")
            links.insert(0, (href, words.title("reveal", language())))
        return links

    @expose("/pretended/", methods=["GET"])
    @has_access
    @permission_name("list")
    def pretended(self) -> Any:
        """What a pretended way took, as its receivers would have read it."""
        names = select(Gateway.name).where(Gateway.kind == PRETEND).distinct()
        query = (
            select(Delivery)
            .where(Delivery.way.in_(names), Delivery.stands == "taken")
            .order_by(Delivery.id.desc())
            .limit(NEWEST)
        )
        rows = reader().scalars(query).all()
        office, known = office_known(reader(), now()), know_receivers(row.receiver for row in rows)
        told = [
            {
                "whom": known.get(row.receiver, row.receiver),
                "kind": words.value("notice_kind", row.kind, language()),
                "at": row.at,
                "text": text_of(reader(), office, row),
                "href": url_for("Deliveries.show", pk=row.id),
            }
            for row in rows
        ]
        title = words.word("reach.pretended", language())
        return self.render_template("desk/pretended.html", title=title, rows=told)


class Gateways(Proposals):
    """Ways out as they were proposed and approved; whether the one in force works."""

    datamodel = DeskInterface(Gateway)
    page = "Gateways"
    add_verb, approve_verb = "propose_gateway", "approve_gateway"
    extra = ("works", "secrets")
    list_columns = ("name", "kind", "active", "works", "secrets", "proposed_at", "approved_at")
    unsearched = ("settings", "reason")
    list_template = "desk/gateways.html"

    def beside(self, item: Gateway, name: str, always: bool) -> str:
        """Which secrets are set, never what they are; how the way stands."""
        if name == "secrets":
            held = sorted(json.loads(item.secrets_sealed))
            said = words.listed(held, language())
            return words.word("reach.set", language(), names=said) if held else ""
        return self._stands(item)

    def _stands(self, item: Gateway) -> str:
        if item.approved_at is None or not item.active:
            return ""
        return how_it_works(item.name)

    def links(self, item: Gateway) -> Links:
        """Approve it, while it waits; send a test by what is in force."""
        links = super().links(item)
        if item.approved_at is not None and item.active and "test_gateway" in actor().rights:
            href = url_for("Verbs.test_gateway", name=item.name)
            links.append((href, words.title("test_gateway", language())))
        return links

    @expose("/texts/", methods=["GET"])
    @has_access
    @permission_name("list")
    def texts(self) -> Any:
        """What each kind of notice says, with its fields filled in by an example."""
        office, tongue = office_known(reader(), now()), language()
        example = {
            "office": office.word("office"),
            **{name: words.word(f"reach.example.{name}", tongue) for name in _EXAMPLES},
        }
        rows = [
            {
                "name": words.value("setting", name, tongue),
                "fields": "".join(f"{{{field}}} " for field in fields_of(name)),
                "text": worded(office.word(name), example),
                "own": office.words.get(name) not in (None, TEXTS[name]),
            }
            for name in TEXTS
        ]
        title = words.word("reach.texts", tongue)
        return self.render_template("desk/texts.html", title=title, rows=rows)


_EXAMPLES = ("unit", "number", "due", "paper", "n", "kinds", "code", "answer")
"""The fields of a text that an example fills in."""


class Addresses(DeskView):
    """Where people are reached: set or not set, and of a number its ends."""

    datamodel = DeskInterface(Address)
    page = "Addresses"
    add_verb = "set_address"
    extra = ("set",)
    list_columns = ("owner", "kind", "set", "changed_at")
    unsearched = ("owner",)

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement each who the owners are."""
        know_receivers(row.owner for row in rows)

    def value(self, item: Address, name: str) -> str:
        """The owner by name."""
        if name == "owner":
            return know_receivers([item.owner]).get(item.owner, item.owner)
        return super().value(item, name)

    def beside(self, item: Address, name: str, always: bool) -> str:
        """The number's ends; of a robot only that it is set."""
        return masked(reader(), item)


class Choices(DeskView):
    """By which ways units are told of which kind of notice."""

    datamodel = DeskInterface(Choice)
    page = "Choices"
    add_verb = "choose_ways"
    unsearched = ("unit_id", "ways")

    def value(self, item: Choice, name: str) -> str:
        """The unit by name; by no name, everybody who chose nothing."""
        if name != "unit_id":
            return super().value(item, name)
        if not item.unit_id:
            return words.word("reach.everybody", language())
        word = f"unit:{item.unit_id}"
        return know_receivers([word]).get(word, word)

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement which units these are."""
        know_receivers(f"unit:{row.unit_id}" for row in rows if row.unit_id)
