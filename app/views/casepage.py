"""What a case page shows: the facts, the clocks that run, the timeline, the person's verbs, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import Integer, Text, cast, false, func, literal, null, or_, select, type_coerce, union_all
from sqlalchemy import case as either
from sqlalchemy.orm import joinedload

from app.models import (
    Assignment,
    Case,
    Contact,
    Draft,
    Event,
    Referral,
    Reminder,
    Reply,
    Request,
    Supervision,
    Unit,
    Visit,
    VisitRecord,
)
from app.models.columns import Moment
from app.models.file import File
from app.roles import Actor
from app.rules import words
from app.rules.files import IDENTIFYING
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING
from app.scope import AWAITING
from app.verbs import possible
from app.verbs.offers import ACTS_ON, TO_RESPOND, offer
from app.views.acted import bot_word, know_people
from app.views.actor import actor, language, now, reader
from app.views.masking import masked_caller, masked_text
from app.views.shown import shown, term

HEADS = (
    ("编号", "单位", "类型", "状态", "轮次", "时间", "期限", "内容", ""),
    ("Number", "Unit", "Kind", "State", "Round", "At", "Due", "Words", ""),
)
"""The columns of the tables on a case page."""
NOT_FOR_UNITS = ("repeat_check",)
"""Facts of a case that name other cases, which may be other units'."""
NEWEST = 200
"""How many events the timeline shows."""
MOST_LINES = 50
"""How many rows of a kind the page shows: the newest."""
CONTACTED = ("case.contacted", "case.repeated")
"""Events of a contact: its kind stands in them."""


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
    query = select(Case).where(Case.id == id).options(
        joinedload(Case.category), joinedload(Case.lead_unit), joinedload(Case.complained_unit)
    )  # fmt: skip
    return reader().scalars(query).first()


_NAMES = ("subject", "id", "state", "kind", "number", "unit_id", "unit", "round", "at", "due_at", "due_clock",
          "own_at", "own_clock", "words", "more", "mark", "paper")  # fmt: skip


def _part(model: type[Any], case: Case, *, unit: bool = True, **columns: Any) -> Any:
    """One kind of row that hangs on a case, in the columns that all kinds share."""
    empty = {
        "state": "", "kind": "", "number": "", "round": 0, "at": None, "due_at": None, "due_clock": None,
        "own_at": None, "own_clock": None, "words": "", "more": "", "mark": "", "paper": "",
    }  # fmt: skip
    types = {"at": Moment, "due_at": Moment, "own_at": Moment, "round": Integer}
    given = {**empty, **columns}
    shown_ = {name: cast(null(), types.get(name, Text)) if value is None else value for name, value in given.items()}
    cells = [literal(model.__tablename__).label("subject"), model.id.label("id")]
    cells += [_text(shown_[name]).label(name) for name in ("state", "kind", "number")]
    held = model.unit_id if unit else null()
    cells += [cast(held, Integer).label("unit_id"), (Unit.name if unit else cast(null(), Text)).label("unit")]
    cells += [_typed(shown_[name], types.get(name, Text)).label(name) for name in _NAMES[7:]]
    query = select(*cells).where(model.case_id == case.id)
    return query.join(Unit, Unit.id == model.unit_id) if unit else query


def _typed(value: Any, type_: Any) -> Any:
    """A cell of a union. SQLite would make a number of a moment that is cast, so a moment is only told to be one."""
    return type_coerce(value, Moment) if type_ is Moment else cast(value, type_)


def _text(value: Any) -> Any:
    return cast(value, Text) if not isinstance(value, str) else literal(value)


def _parts(case: Case, who: Actor) -> list[Any]:
    """The kinds of rows that a person sees on a case. A unit sees its own; the lead also what its assists answer."""
    own = (who.unit_id or 0) if who.of_a_unit else None
    leads = own is not None and case.lead_unit_id == own
    held = [
        _part(Assignment, case, state=Assignment.state, kind=Assignment.role, number=Assignment.number,
              round=Assignment.round, at=Assignment.allocated_at, due_at=Assignment.due_at,
              due_clock=Assignment.due_clock, own_at=Assignment.sign_at, own_clock=Assignment.sign_clock,
              mark=either((Assignment.response_at.is_not(None) & Assignment.first_response_at.is_(None), TO_RESPOND),
                          else_=""),
              paper=either((Assignment.return_at.is_(None), "redo"), else_="allocation")),
        _part(Reply, case, state=Reply.state, kind=func.coalesce(Reply.refusal, ""), round=Reply.round,
              at=Reply.filed_at, words=Reply.public_answer, more=func.coalesce(Reply.refusal_words, "")),
    ]  # fmt: skip
    others = [
        _part(Request, case, state=Request.state, kind=Request.kind, round=Request.round, at=Request.filed_at,
              due_at=Request.own_at, due_clock=Request.own_clock, words=Request.words),
        _part(Reminder, case, state=Reminder.state, number=Reminder.number, round=Reminder.round, at=Reminder.issued_at,
              due_at=Reminder.reply_by_at, due_clock=Reminder.reply_by_clock, paper="reminder"),
        _part(Supervision, case, state=Supervision.state, kind=Supervision.ground, number=Supervision.number,
              round=Supervision.round, at=Supervision.opened_at, due_at=Supervision.due_at,
              due_clock=Supervision.due_clock, own_at=Supervision.own_at, own_clock=Supervision.own_clock,
              words=Supervision.requirement, paper="supervision"),
    ]  # fmt: skip
    if own is not None:
        assists = select(Assignment.id).where(Assignment.case_id == case.id, Assignment.role == "assist")
        of_assists = (Assignment.role == "assist", Reply.assignment_id.in_(assists)) if leads else (false(), false())
        held = [one.where(or_(Unit.id == own, theirs)) for one, theirs in zip(held, of_assists, strict=True)]
        others = [one.where(Unit.id == own) for one in others]
        others.append(
            _part(Draft, case, unit=False, kind=Draft.verb, at=Draft.drafted_at)
            .where(Draft.unit_id == own, Draft.used_at.is_(None))
        )  # fmt: skip
    found = [*held, *others, _part(Visit, case, unit=False, state=Visit.state, kind=Visit.satisfied, round=Visit.round,
                                   at=Visit.planned_at, words=Visit.solved, more=_said_at_the_visit(who))]  # fmt: skip
    if "Contacts" in who.pages:
        found.append(_part(Contact, case, unit=False, kind=Contact.kind, at=Contact.received_at, words=Contact.words))
    referrals = _part(Referral, case, state=Referral.state, number=Referral.number, at=Referral.drafted_at,
                      due_at=Referral.send_by_at, due_clock=Referral.send_by_clock)  # fmt: skip
    if who.is_a("officer", "supervision_head", "leader"):
        found.append(referrals)
    elif "sealed" in who.scopes:
        found.append(referrals.where(Referral.sent_at.is_not(None)))
    attached = _part(File, case, unit=False, kind=File.kind, number=File.name, at=File.added_at, words=File.size)
    if own is not None:
        centres = File.unit_id.is_(None) & File.kind.not_in(IDENTIFYING if case.confidential else ())
        attached = attached.where(File.referral_id.is_(None), or_(centres, File.unit_id == own))
    return [*found, attached]


def _said_at_the_visit(who: Actor) -> Any:
    """What the caller said when he was visited last, for who may read the records of visits."""
    if "VisitRecords" not in who.pages:
        return ""
    newest = select(VisitRecord.words).where(VisitRecord.visit_id == Visit.id).order_by(VisitRecord.id.desc()).limit(1)
    return func.coalesce(newest.correlate(Visit).scalar_subquery(), "")


def rows_of(case: Case, who: Actor) -> dict[str, Sequence[Any]]:
    """What hangs on a case, by table, in one statement; the case itself among it."""
    rows: dict[str, list[Any]] = {"case": [case]}
    both = union_all(*_parts(case, who)).subquery()
    # The scope is in the parts: it does not reach into a union.
    query = select(*both.c).order_by(both.c.subject, both.c.id).execution_options(unscoped=True)
    for row in reader().execute(query):
        rows.setdefault(row.subject, []).append(row)
    return dict(rows)


def why_not(verb: str, rows: dict[str, Sequence[Any]]) -> str:
    """Why a verb is not possible now, or nothing where it may be tried."""
    who, tongue = actor(), language()
    found = offer(verb, rows, (who.unit_id or 0) if who.of_a_unit else None)
    if found.open:
        return ""
    if found.against is not None:
        return words.word(found.against, tongue)
    name = words.word(words.TABLES.get(_TABLES.get(found.subject, ""), (found.subject, found.subject)), tongue)
    if found.missing:
        return f"没有可办理的{name}" if tongue == "zh" else f"there is none: {name}"
    state = words.state("assignment" if found.subject == "assist" else found.subject, found.state or "", tongue)
    return f"{name}当前状态：{state}" if tongue == "zh" else f"{name}: {state} now"


_TABLES = {
    "case": "hotline_case", "assignment": "assignment", "assist": "assignment", "request": "request",
    "reminder": "reminder", "supervision": "supervision", "visit": "visit", "referral": "referral", "reply": "reply",
}  # fmt: skip


def buttons(who: Actor, case: Case, rows: dict[str, Sequence[Any]]) -> list[tuple[str, list[Button]]]:
    """The verbs of a person on a case, by stage; those that are possible come first."""
    tongue = language()
    found: dict[str, list[Button]] = {}
    for verb in possible(who):
        # A unit's paper is opened by the link in its row; the verb alone is for who reads referrals.
        if verb.name in ACTS_ON and (verb.name != "open_paper" or "Referrals" in who.pages):
            href = url_for(f"Verbs.{verb.name}", case=case.id)
            one = Button(verb.name, words.title(verb.name, tongue), href, why_not(verb.name, rows))
            found.setdefault(verb.stage, []).append(one)
    stages = [(stage, sorted(ones, key=lambda one: bool(one.why))) for stage, ones in found.items()]
    return [(words.word(words.STAGES[stage], tongue), ones) for stage, ones in stages]


def _clock(label: str, at: datetime | None, basis: str | None, moment: datetime) -> dict[str, Any] | None:
    if at is None:
        return None
    provisional = bool(basis and '"provisional"' in basis)
    return {"label": label, "at": term(at), "passed": moment >= at, "provisional": provisional}


def _responses(case: Case, rows: dict[str, Sequence[Any]], moment: datetime) -> list[dict[str, Any] | None]:
    """An emergency's first responses that are still to be given, missed ones marked. [procedure 0]"""
    units = {one.id: one.unit for one in rows.get("assignment", ()) if one.state in OPEN_ASSIGNMENT}
    if case.urgency != "emergency" or not units:
        return []
    query = select(Assignment.id, Assignment.response_at).where(
        Assignment.id.in_(units), Assignment.response_at.is_not(None), Assignment.first_response_at.is_(None)
    )
    label = "首次响应期限" if language() == "zh" else "first response"
    return [
        _clock(f"{units[row.id]} {label}", row.response_at, None, moment)
        for row in reader().execute(query.order_by(Assignment.id))
    ]


def clocks(case: Case, rows: dict[str, Sequence[Any]], moment: datetime) -> list[dict[str, Any]]:
    """The clocks that run on a case, each with its last day and whether it has passed."""
    tongue = language()
    zh = tongue == "zh"
    found = []
    if case.own_at is not None:
        found.append(_clock("中心办理期限" if zh else "the centre's clock", case.own_at, case.own_clock, moment))
    for one in rows.get("assignment", ()):
        if one.state in OPEN_ASSIGNMENT:
            role = words.value("role_of_unit", one.kind, tongue)
            label = f"{one.unit}（{role}）" + ("办理期限" if zh else " due")
            found.append(_clock(label, one.due_at, one.due_clock, moment))
            if one.state == "allocated":
                label = f"{one.unit} " + ("签收期限" if zh else "sign by")
                found.append(_clock(label, one.own_at, one.own_clock, moment))
    found += _responses(case, rows, moment)
    for row in rows.get("reminder", ()):
        if row.state == "open":
            label = ("催办答复期限 " if zh else "reply to reminder ") + row.number
            found.append(_clock(label, row.due_at, row.due_clock, moment))
    for item in rows.get("supervision", ()):
        if item.state in STANDING:
            name = item.number or words.value("ground", item.kind, tongue)
            found.append(_clock(("督办反馈期限 " if zh else "feedback ") + name, item.due_at, item.due_clock, moment))
            label = ("督查室办理期限 " if zh else "the room's clock ") + name
            found.append(_clock(label, item.own_at, item.own_clock, moment))
    return [one for one in found if one is not None]


def timeline(case: Case) -> list[dict[str, Any]]:
    """The newest events of a case, the last first, as words: what, when, by whom."""
    tongue = language()
    contacted = either((Event.kind.in_(CONTACTED), Event.payload), else_="").label("contacted")
    query = select(
        Event.id, Event.at, Event.kind, Event.actor, Event.from_state, Event.to_state, Event.subject, contacted
    )
    rows = reader().execute(query.where(Event.chain == case.id).order_by(Event.seq.desc()).limit(NEWEST)).all()
    names = _names({row.actor for row in rows})
    return [
        {
            "at": row.at, "what": _what(row, tongue),
            "who": names.get(row.actor, row.actor),
            "state": words.state(row.subject, row.to_state, tongue) if row.to_state else "",
        }
        for row in rows
    ]  # fmt: skip


def _what(row: Any, tongue: str) -> str:
    """What an event was; a contact by its kind: who chases does not say the same as who complains again."""
    told = words.word(words.EVENT_TITLES.get(row.kind, (row.kind, row.kind)), tongue)
    kind = json.loads(row.contacted).get("kind", "") if row.contacted else ""
    if not kind:
        return told
    head, sign = words.word(words.EVENT_TITLES["case.contacted"], tongue), "：" if tongue == "zh" else ": "
    return head + sign + words.value("contact_kind", kind, tongue)


def _names(actors: set[str]) -> dict[str, str]:
    """Word of the record -> the name; units see the names of offices, not of the centre's people."""
    tongue, own = language(), actor().unit_id
    centre = "热线中心" if tongue == "zh" else "the hotline"
    other = "其他单位" if tongue == "zh" else "another unit"
    names = {"bot": bot_word(tongue)}
    for word, one in know_people(actors).items():
        stranger = actor().of_a_unit and one.unit_id != own
        names[word] = (centre if one.unit_id is None else other) if stranger else one.name
    return names


def facts(case: Case) -> list[tuple[str, str]]:
    """The facts of a case that the person may see, labelled; phones and numbers in free words are masked for units."""
    tongue = language()
    found = []
    for name, pair in words.COLUMNS["hotline_case"].items():
        value = getattr(case, name, None)
        if value in (None, "", False) or name in ("number", "state"):
            continue
        if name in NOT_FOR_UNITS and actor().of_a_unit:
            continue
        told = shown("hotline_case", name, value if isinstance(value, (bool, int, datetime, date)) else str(value))
        found.append((words.word(pair, tongue), _said(told, case.id)))
    return found


def drafts_of(case: Case, rows: dict[str, Sequence[Any]]) -> list[dict[str, str]]:
    """What staff drafted and the head has not used, with where he approves it; who does not, reads that it waits."""
    tongue, rights = language(), actor().rights
    return [
        {
            "label": words.title(row.kind, tongue), "at": row.at.strftime("%m-%d %H:%M"),
            "href": url_for(f"Verbs.{row.kind}", case=case.id, draft=row.id) if row.kind in rights else "",
        }
        for row in rows.get("draft", ())
    ]  # fmt: skip


def tags(case: Case) -> list[tuple[str, str]]:
    """What must be seen at once: urgency, confidentiality, a leader's matter, repeats."""
    tongue = language()
    zh = tongue == "zh"
    found = [("red", words.value("urgency", case.urgency, tongue))] if case.urgency != "normal" else []
    if case.confidential:
        found.append(("amber", "保密" if zh else "confidential"))
    if case.leader_assigned:
        found.append(("red", "领导交办" if zh else "leader-assigned"))
    if case.repeats:
        found.append(("amber", f"重复 {case.repeats}" if zh else f"repeats {case.repeats}"))
    return found


def page_of(case: Case) -> Page:
    """The page of a case for the person who asks."""
    who = actor()
    rows = rows_of(case, who)
    stages = buttons(who, case, rows)
    return Page(
        case=case, facts=facts(case), clocks=clocks(case, rows, now()), stages=stages,
        closed=[one for _, ones in stages for one in ones if one.why],
        timeline=timeline(case), rows=rows, caller=masked_caller(case), drafts=drafts_of(case, rows),
        files=[
            (url_for("Files.open", id=row.id), {
                "number": _said(row.number, case.id), "at": row.at,
                "kind": words.value("file_kind", row.kind, language()),
            })
            for row in rows.get("stored_file", ())
        ],
        tables=tables(rows),
    )  # fmt: skip


_DOMAINS = {
    "contact": "contact_kind", "assignment": "role_of_unit", "request": "request", "reply": "examination",
    "reminder": "", "supervision": "ground", "visit": "satisfied", "referral": "",
}  # fmt: skip
"""The tables of the page in their order, each with the vocabulary of its kinds."""
_MORE = {"reply": ("退回说明", "Refused"), "visit": ("诉求人意见", "The caller")}
"""table -> whose words stand below those of a row."""


def tables(rows: dict[str, Sequence[Any]]) -> list[tuple[str, list[dict[str, str]]]]:
    """What hangs on the case as tables: a title, and rows of words."""
    tongue = language()
    found = []
    for table, domain in _DOMAINS.items():
        newest = rows.get(table, ())[-MOST_LINES:]
        lines = [_line(table, row, domain, tongue, rows["case"][0].id) for row in newest]
        if lines:
            found.append((words.word(words.TABLES[table], tongue), lines))
    return found


def _said(told: str, case_id: int) -> str:
    """Words as this person may read them."""
    return told if actor().reads_as_typed else masked_text(told, case_id)


def _line(table: str, row: Any, domain: str, tongue: str, case_id: int) -> dict[str, str]:
    solved = table == "visit" and row.words
    told = words.value("solved", row.words, tongue) if solved else _said(row.words or "", case_id)
    return {
        "number": row.number or "", "unit": row.unit or "", "kind": words.value(domain, row.kind or "", tongue),
        "state": words.state(table, row.state, tongue), "round": str(row.round or ""),
        "at": row.at.strftime("%Y-%m-%d %H:%M") if row.at else "",
        "due": term(row.due_at) if row.due_at else "", "words": told, "more": _more(table, row, tongue, case_id),
        "paper": _paper(row), "href": _own_page(table, row),
    }  # fmt: skip


def _more(table: str, row: Any, tongue: str, case_id: int) -> str:
    """What somebody else said to a row: why a reply was refused, what the caller answered when he was visited."""
    if not row.more:
        return ""
    sign = "：" if tongue == "zh" else ": "
    return words.word(_MORE[table], tongue) + sign + _said(row.more, case_id)


_OWN_PAGES = {table: page for page, table in words.PAGE_TABLES.items()}


def _own_page(table: str, row: Any) -> str:
    """Where the row's own page is, for who may open it: a unit reads what its assists answered on this page only, a
    leader the referrals that wait for him."""
    who, page = actor(), _OWN_PAGES[table]
    others = who.of_a_unit and row.unit_id is not None and row.unit_id != who.unit_id
    not_his = table == "referral" and not who.is_a("officer", "supervision_head") and row.state != AWAITING
    return "" if page not in who.pages or others or not_his else url_for(f"{page}.show", pk=row.id)


_PAGES = {"allocation": "Assignments", "redo": "Assignments", "reminder": "Reminders", "supervision": "Supervision"}


def _paper(row: Any) -> str:
    """Where the PDF of a numbered paper is, for who may open it."""
    who = actor()
    may = row.number and _PAGES.get(row.paper) in who.pages and "open_paper" in who.rights
    return url_for("Papers.of", kind=row.paper, id=row.id) if may else ""
