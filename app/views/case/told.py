"""What an event of a case says in words: what was answered, refused, promised, the reasons of
rulings, and of the bot's own the rule and its facts - as far as this person reads the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app import words
from app.models import Case
from app.sweep.ahead import rule_of
from app.views.actor import actor, language
from app.views.case.kinds import BETWEEN, SAID_OF_ITEMS
from app.views.case.tables import said

Rows = Mapping[tuple[str, int], Any]
"""(table, id) -> a row that hangs on the case, of those that this person sees."""
_OF_ROWS = {
    "request.filed": "words",
    "request.accepted": "more",
    "request.refused": "more",
    "reply.filed": "words",
    "reply.refused": "more",
    "reminder.voided": "more",
    "visit.recorded": "more",
    "visit.amended": "more",
    "supervision.opened": "words",
    "supervision.reissued": "words",
}
"""event -> the column of its row that it says."""
_OF_ITEMS = {
    "supervision.fed_back": "feedback",
    "supervision.confirmed": "finding_words",
    "supervision.stated": "unit_statement",
    "supervision.concluded": "conclusion",
    "supervision.review_asked": "review_words",
    "supervision.declined": "ended_reason",
    "supervision.struck": "struck_reason",
    "supervision.proposed": "reason",
}
"""event -> what is said of an item in it."""
_OF_PAYLOAD = {
    "case.contacted": "contact",
    "case.repeated": "contact",
    "case.instructed": "instruction",
    "case.filed": "instruction",
}
"""event -> the row that it names, whose words it says."""
_BY_RULE = {
    "sign": "case_page.by.sign",
    "warn": "case_page.by.warn",
    "overdue": "case_page.by.overdue",
    "remind": "case_page.by.remind",
    "lapse": "case_page.by.lapse",
    "watch": "case_page.by.watch",
    "repeated": "case_page.by.repeated",
    "silent": "case_page.by.silent",
    "leader": "case_page.by.leader",
    "redo_failed": "case_page.by.redo_failed",
    "by_hand": "case_page.by.by_hand",
    "feedback": "case_page.by.feedback",
    "draft": "case_page.by.draft",
}
"""rule of the bot -> what it says of what it did by it."""


def rows_by_id(rows: Mapping[str, Sequence[Any]]) -> Rows:
    """The rows that hang on a case, each by its table and id."""
    return {(table, row.id): row for table, ones in rows.items() for row in ones}


def payload_of(event: Any) -> dict[str, Any]:
    """What stands in an event beside its word."""
    found: dict[str, Any] = json.loads(event.payload) if event.payload else {}
    return found


def told_in(event: Any, rows: Rows, case: Case) -> str:
    """What was said in an event, as this person may read it; nothing where it holds no words."""
    kind, tongue = event.kind, language()
    if kind in ("case.answered", "case.refused", "case.refusal_proposed"):
        return _of_case(kind, case, tongue)
    if kind in _OF_PAYLOAD:
        table = _OF_PAYLOAD[kind]
        row = rows.get((table, payload_of(event).get(table, 0)))
        return said(row.words or "", case.id) if row is not None else ""
    row = rows.get((event.subject, event.subject_id or 0))
    if row is None:
        return ""
    text = _of_item(kind, row) if kind in _OF_ITEMS else getattr(row, _OF_ROWS.get(kind, ""), "")
    if kind == "reply.refused" and row.kind:
        text = words.pair(words.value("examination", row.kind, tongue), text or "", tongue)
    return said(text or "", case.id)


def _of_item(kind: str, row: Any) -> str:
    texts = dict(zip(SAID_OF_ITEMS, (row.told or "").split(BETWEEN), strict=False))
    return texts.get(_OF_ITEMS[kind], "")


def _of_case(kind: str, case: Case, tongue: str) -> str:
    """What the caller was answered; why his demand was refused, which no unit reads."""
    if kind == "case.answered":
        return said(case.answer or "", case.id)
    if actor().of_a_unit or not case.refusal_reason:
        return ""
    why = words.value("refusal", case.refusal_reason, tongue)
    return said(words.pair(why, case.told_caller or "", tongue), case.id)


def facts_in(event: Any) -> str:
    """What else is told of an event: by which rule and facts the bot did it, the day that somebody
    set."""
    payload, tongue = payload_of(event), language()
    if "deliveries" in payload:
        mediums = (words.value("medium", one, tongue) for one in payload.get("mediums", ()))
        return words.listed(mediums, tongue)
    dates = {name: payload.get(name) or "" for name in ("due_on", "reply_by", "send_by")}
    if event.actor == "bot":
        msgid = _BY_RULE.get(rule_of(event.kind, payload))
        facts = {**dates, "number": payload.get("number") or payload.get("reminder") or ""}
        facts["at"] = str(payload.get("true_at", ""))[:10]
        return words.word(msgid, tongue, **facts) if msgid else ""
    if not dates["due_on"]:
        return ""
    return words.word("case_page.by.until", tongue, **dates)
