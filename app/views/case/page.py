"""What a case page shows: the facts, the clocks that run, the timeline, the person's verbs, each
with its reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import case as either
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app import words
from app.models import Case, Event
from app.roles import Actor
from app.verbs import possible
from app.verbs.offers import ACTS_ON, offer
from app.views.actor import actor, language, now, reader
from app.views.case.clocks import clocks
from app.views.case.rows import rows_of
from app.views.case.tables import said, tables
from app.views.pages.acted import bot_word, know_people
from app.views.pages.masking import masked_caller
from app.views.pages.shown import shown

HEADS = (
    "case_page.head.number",
    "case_page.head.unit",
    "case_page.head.kind",
    "case_page.head.state",
    "case_page.head.round",
    "case_page.head.at",
    "case_page.head.due",
    "case_page.head.words",
)
"""The columns of the tables on a case page."""
NOT_FOR_UNITS = ("repeat_check", "refusal_reason", "told_caller")
"""Facts of a case that name other cases, which may be other units', and what the centre told a
caller whose demand it refused."""
NEWEST = 200
"""How many events the timeline shows."""
CONTACTED = ("case.contacted", "case.repeated")
"""Events of a contact: its kind stands in them."""
INSTRUCTED = ("case.instructed", "case.filed")
"""Events of an instruction: the leader who gave it stands in them, beside who entered it."""


@dataclass
class Button:
    """A verb on the page: where its form is, and why it is not possible now, in words."""

    verb: str
    label: str
    href: str
    why: str = ""


@dataclass
class Page:
    """All that the template needs."""

    case: Case
    facts: list[tuple[str, str]] = field(default_factory=list)
    together: list[tuple[str, str, str]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    stages: list[tuple[str, list[Button]]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, Sequence[Any]] = field(default_factory=dict)
    caller: dict[str, str] = field(default_factory=dict)
    files: Sequence[Any] = ()
    closed: list[Button] = field(default_factory=list)
    tables: list[tuple[str, list[dict[str, str]]]] = field(default_factory=list)
    drafts: list[dict[str, str]] = field(default_factory=list)


def load(id: int) -> Case | None:
    """A case within what the person sees, with what its facts name."""
    if not 0 < id < 2**62:
        return None
    query = (
        select(Case)
        .where(Case.id == id)
        .options(
            joinedload(Case.category), joinedload(Case.lead_unit), joinedload(Case.complained_unit)
        )
    )
    return reader().scalars(query).first()


def why_not(verb: str, rows: dict[str, Sequence[Any]]) -> str:
    """Why a verb is not possible now, or nothing where it may be tried."""
    who, tongue = actor(), language()
    found = offer(verb, rows, (who.unit_id or 0) if who.of_a_unit else None)
    if found.open:
        return ""
    if found.against is not None:
        return found.against.text(tongue)
    name = words.table(_TABLES.get(found.subject, ""), tongue, otherwise=found.subject)
    if found.missing:
        return words.word("case_page.there_is_none", tongue, name=name)
    state = words.state(
        "assignment" if found.subject == "assist" else found.subject, found.state or "", tongue
    )
    return words.word("case_page.state_now", tongue, name=name, state=state)


_TABLES = {
    "case": "hotline_case",
    "assignment": "assignment",
    "assist": "assignment",
    "request": "request",
    "reminder": "reminder",
    "supervision": "supervision",
    "visit": "visit",
    "referral": "referral",
    "reply": "reply",
}


def buttons(
    who: Actor, case: Case, rows: dict[str, Sequence[Any]]
) -> list[tuple[str, list[Button]]]:
    """The verbs of a person on a case, by stage; those that are possible come first."""
    tongue = language()
    found: dict[str, list[Button]] = {}
    for verb in possible(who):
        # A unit's paper is opened by the link in its row; the verb alone is for who reads
        # referrals.
        if verb.name in ACTS_ON and (verb.name != "open_paper" or "Referrals" in who.pages):
            href = url_for(f"Verbs.{verb.name}", case=case.id)
            one = Button(verb.name, words.title(verb.name, tongue), href, why_not(verb.name, rows))
            found.setdefault(verb.stage, []).append(one)
    stages = [(stage, sorted(ones, key=lambda one: bool(one.why))) for stage, ones in found.items()]
    return [(words.word(f"stage.{stage}", tongue), ones) for stage, ones in stages]


def timeline(case: Case) -> list[dict[str, Any]]:
    """The newest events of a case, the last first, as words: what, when, by whom."""
    tongue = language()
    contacted = either((Event.kind.in_((*CONTACTED, *INSTRUCTED)), Event.payload), else_="").label(
        "contacted"
    )
    query = select(
        Event.id,
        Event.at,
        Event.kind,
        Event.actor,
        Event.from_state,
        Event.to_state,
        Event.subject,
        contacted,
    )
    rows = (
        reader()
        .execute(query.where(Event.chain == case.id).order_by(Event.seq.desc()).limit(NEWEST))
        .all()
    )
    names = names_of({row.actor for row in rows})
    return [
        {
            "at": row.at,
            "what": _what(row, tongue),
            "who": names.get(row.actor, row.actor),
            "state": words.state(row.subject, row.to_state, tongue) if row.to_state else "",
        }
        for row in rows
    ]


def _what(row: Any, tongue: str) -> str:
    """What an event was; a contact by its kind: who chases does not say the same as who complains
    again."""
    told = words.event(row.kind, tongue)
    payload = json.loads(row.contacted) if row.contacted else {}
    kind, sign = payload.get("kind", ""), words.word("list.colon", tongue)
    if not kind:
        return f"{told}{sign}{payload['leader']}" if payload.get("leader") else told
    head = words.event("case.contacted", tongue)
    return head + sign + words.value("contact_kind", kind, tongue)


def names_of(actors: set[str]) -> dict[str, str]:
    """Word of the record -> the name; units see the names of offices, not of the centre's
    people."""
    tongue, own = language(), actor().unit_id
    centre = words.word("case_page.hotline", tongue)
    other = words.word("case_page.another_unit", tongue)
    names = {"bot": bot_word(tongue)}
    for word, one in know_people(actors).items():
        stranger = actor().of_a_unit and one.unit_id != own
        names[word] = (centre if one.unit_id is None else other) if stranger else one.name
    return names


def facts(case: Case) -> list[tuple[str, str]]:
    """The facts of a case that the person may see, labelled; phones and numbers in free words are
    masked for units."""
    tongue = language()
    found = []
    for name in words.COLUMNS["hotline_case"]:
        value = getattr(case, name, None)
        if value in (None, "", False) or name in ("number", "state"):
            continue
        if name in NOT_FOR_UNITS and actor().of_a_unit:
            continue
        told = shown(
            "hotline_case",
            name,
            value if isinstance(value, (bool, int, datetime, date)) else str(value),
        )
        found.append((words.column("hotline_case", name, tongue), said(told, case.id)))
    who = actor()
    if who.id is not None and who.id == case.operator_id:
        found.append((words.word("case_page.query_code", tongue), case.query_code))
    return found


def together(case: Case) -> list[tuple[str, str, str]]:
    """The case that this one was merged into, or those merged into it: label, number, page. Not for
    units."""
    if actor().of_a_unit:
        return []
    lead = Case.id == (case.merged_into_id if case.state == "merged" else 0)
    query = (
        select(Case.id, Case.number)
        .where(or_(lead, (Case.merged_into_id == case.id) & (Case.state == "merged")))
        .order_by(Case.id)
    )
    labels = (
        words.word("case_page.merged_into", language()),
        words.word("case_page.merged_here", language()),
    )
    return [
        (
            labels[row.id != case.merged_into_id],
            row.number,
            url_for("Cases.page_of_case", id=row.id),
        )
        for row in reader().execute(query)
    ]


def drafts_of(case: Case, rows: dict[str, Sequence[Any]]) -> list[dict[str, str]]:
    """What staff drafted and the head has not used, with where he approves it; who does not, reads
    that it waits."""
    tongue, rights = language(), actor().rights
    return [
        {
            "label": words.title(row.kind, tongue),
            "at": row.at.strftime("%m-%d %H:%M"),
            "href": url_for(f"Verbs.{row.kind}", case=case.id, draft=row.id)
            if row.kind in rights
            else "",
        }
        for row in rows.get("draft", ())
    ]


def tags(case: Case) -> list[tuple[str, str]]:
    """What must be seen at once: urgency, confidentiality, a leader's matter, repeats."""
    tongue = language()
    found = (
        [("red", words.value("urgency", case.urgency, tongue))] if case.urgency != "normal" else []
    )
    if case.confidential:
        found.append(("amber", words.word("case_page.confidential", tongue)))
    if case.leader_assigned:
        found.append(("red", words.word("case_page.leader_assigned", tongue)))
    if case.repeats:
        found.append(("amber", words.word("case_page.repeats", tongue, n=case.repeats)))
    return found


def page_of(case: Case) -> Page:
    """The page of a case for the person who asks."""
    who = actor()
    rows = rows_of(case, who)
    stages = buttons(who, case, rows)
    return Page(
        case=case,
        facts=facts(case),
        together=together(case),
        clocks=clocks(case, rows, now()),
        stages=stages,
        closed=[one for _, ones in stages for one in ones if one.why],
        timeline=timeline(case),
        rows=rows,
        caller=masked_caller(case),
        drafts=drafts_of(case, rows),
        files=[
            (
                url_for("Files.open", id=row.id),
                {
                    "number": said(row.number, case.id),
                    "at": row.at,
                    "kind": words.value("file_kind", row.kind, language()),
                },
            )
            for row in rows.get("stored_file", ())
        ],
        tables=tables(rows),
    )
