"""Demands are entered: each becomes a case with the contact that brought it, its caller, a leader's
words and its place in the pool of suggestions. However many come at once, each table is written in
one statement."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.ledger import Entry, Opened, add_rows, born, move_many, open_cases
from app.models import Caller, Case, Contact, Instruction, Suggestion, ToldAs
from app.models.caller import compared
from app.models.columns import clock
from app.models.pairs import put_pairs
from app.roles import Actor
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline
from app.stages.acceptance.callers import caller_known, exactly, is_answered, told_as


@dataclass(frozen=True)
class Typed:
    """A caller as typed, and what was answered about who of the number they are."""

    name: str
    phone: str
    person: str = ""


@dataclass
class Demand:
    """One demand to enter: the columns of its case, a leader's words where they brought it, and
    what is looked up as it is entered: its caller by name and number (`told`: they stand on
    file otherwise than they were typed), its category by a query for the id."""

    columns: dict[str, Any]
    terms: dict[str, Any] | None = None
    caller: Typed | None = None
    category: Select[int] | None = None
    told: bool = False


def enter(session: Session, now: datetime, actor: Actor, office: Office, demand: Demand) -> Case:
    """Enter one demand: its case. NotAllowed where its category is not on file."""
    looks: dict[str, Select[int]] = {}
    wanted = _wanted([demand])
    if demand.caller is not None:
        typed = demand.caller
        known = caller_known(session, typed.name, typed.phone, typed.person)
        looks |= {"caller": known, "exactly": exactly(known, typed.name, typed.phone)}
        wanted |= {"caller": 1, "told_as": 1}
    if demand.category is not None:
        looks["category"] = demand.category
    opened = open_cases(session, now.date(), 1, wanted, looks)
    if demand.category is not None:
        if opened.known["category"] is None:
            raise NotAllowed("unknown_category")
        demand.columns["category_id"] = opened.known["category"]
    if demand.caller is not None:
        demand.columns["caller_id"] = _caller(session, opened, demand.caller)
        demand.told = opened.known["caller"] != opened.known["exactly"]
    return _write(session, now, actor, office, [demand], opened, [])[0]


def enter_split(
    session: Session,
    now: datetime,
    actor: Actor,
    office: Office,
    case: Case,
    demands: Sequence[Demand],
) -> list[Case]:
    """Enter the parts of a case as cases of their own, with the event that says so on the case that
    they come from."""
    opened = open_cases(session, now.date(), len(demands), _wanted(demands, 1), {})
    note = Entry(
        case.id, "case.split", "case", case.id, payload={"into": list(opened.ids["hotline_case"])}
    )
    return _write(session, now, actor, office, demands, opened, [note])


def _caller(session: Session, opened: Opened, typed: Typed) -> int:
    """The id of the caller who was found, else of a new one."""
    found = opened.known["caller"]
    is_answered(typed.person, found)
    if found is None:
        found = opened.ids["caller"][0]
        add_rows(session, Caller, [{"id": found, **compared(typed.name, typed.phone)}])
    return found


def to_screen(now: datetime, office: Office) -> Deadline:
    """By when the centre head screens a suggestion that is marked now. [procedure 1]"""
    return office.calendar.run(now.date(), office.limits.screen_workdays)


def _suggests(demand: Demand) -> bool:
    return bool(demand.columns.get("suggestion")) or demand.columns["kind"] == "suggestion"


def _wanted(demands: Sequence[Demand], events: int = 0) -> dict[str, int]:
    """table -> how many ids demands and their events take."""
    cases, marked = len(demands), sum(map(_suggests, demands))
    wanted = {"event": events + cases + marked, "hotline_case": cases, "contact": cases}
    wanted |= {
        "suggestion": marked,
        "told_as": sum(demand.told for demand in demands),
        "instruction": sum(demand.terms is not None for demand in demands),
    }
    return {table: n for table, n in wanted.items() if n}


def _write(
    session: Session,
    now: datetime,
    actor: Actor,
    office: Office,
    demands: Sequence[Demand],
    opened: Opened,
    notes: Sequence[Entry],
) -> list[Case]:
    """Write demands as cases, with all that belongs to each, and further events (`notes`)."""
    births = [
        _birth(now, actor, office, demand, number, *ids)
        for demand, number, *ids in zip(
            demands, opened.numbers, opened.ids["hotline_case"], opened.ids["contact"], strict=True
        )
    ]
    marked = [_marked(now, birth, opened) for birth in births if birth.columns["suggestion"]]
    entries = [*births, *marked, *notes]
    for entry, event_id in zip(entries, opened.ids["event"], strict=True):
        entry.event_id = event_id
    for birth, demand in zip(births, demands, strict=True):
        birth.rows += _rows_beside(now, actor, birth, demand, opened)
    tips = move_many(session, now, actor, entries)
    put_pairs(session, [{"id": birth.chain, **birth.columns} for birth in births])
    return [born(session, birth, tips) for birth in births]


def _marked(now: datetime, birth: Entry, opened: Opened) -> Entry:
    """The event of a case that is marked as a suggestion, with its row of the pool."""
    case_id = birth.chain
    entry = Entry(case_id, "suggestion.marked", "case", case_id, category_id=birth.category_id)
    pooled = {
        "id": opened.ids["suggestion"].pop(0),
        "case_id": case_id,
        "marked_at": now,
        "words": "",
    }
    entry.rows.append((Suggestion, pooled))
    return entry


def _rows_beside(
    now: datetime, actor: Actor, birth: Entry, demand: Demand, opened: Opened
) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    """The rows that are written with a case: its contact, the caller as typed, a leader's words."""
    yield Contact, _contact(now, actor, birth)
    if demand.caller is not None and demand.told:
        typed, id = demand.caller, opened.ids["told_as"].pop(0)
        caller, contact = birth.key("caller_id"), birth.payload["contact"]
        row = told_as(caller, contact, birth.chain, typed.name, typed.phone)
        yield ToldAs, {"id": id, **row}
    if demand.terms:
        led = {"id": opened.ids["instruction"].pop(0), "case_id": birth.chain, **demand.terms}
        yield Instruction, {**led, "entered_at": now, "entered_by_id": actor.id}


def _birth(
    now: datetime, actor: Actor, office: Office, demand: Demand, number: str, id: int, contact: int
) -> Entry:
    own, terms = office.calendar.run(now.date(), office.limits.allocate_workdays), demand.terms
    screen = to_screen(now, office) if _suggests(demand) else None
    columns = {
        **demand.columns,
        "number": number,
        "registered_at": now,
        "operator_id": actor.id,
        "query_code": f"{secrets.randbelow(10**6):06d}",
        "suggestion": _suggests(demand),
        "leader_assigned": terms is not None,
        "leader_due_on": terms["due_on"] if terms else None,
        **clock("own", own),
        **clock("screen", screen),
    }
    payload = {
        "number": number,
        "contact": contact,
        "kind": columns["kind"],
        "channel": columns["channel"],
        "urgency": columns["urgency"],
        "received_at": columns["received_at"].isoformat(),
        "caller": f"caller:{columns.get('caller_id') or 0}",
        "allocate_by": own.on.isoformat(),
    }
    return Entry(
        id,
        "case.registered",
        "case",
        id,
        None,
        "registered",
        columns,
        payload,
        None,
        columns.get("category_id"),
    )


def _contact(now: datetime, actor: Actor, birth: Entry) -> dict[str, Any]:
    """The contact that brought a demand."""
    case = birth.columns
    return {
        "id": birth.payload["contact"],
        "case_id": birth.chain,
        "kind": "demand",
        "channel": case["channel"],
        "received_at": case["received_at"],
        "entered_at": now,
        "caller_id": case.get("caller_id"),
        "words": "",
        "operator_id": actor.id,
    }
