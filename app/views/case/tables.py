"""The rows that hang on a case as tables of words, each row with its page and its paper."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for

from app import words
from app.rules.workdays import minute
from app.scope import AWAITING
from app.views.actor import actor, language
from app.views.pages.masking import masked_text
from app.views.pages.shown import term

MOST_LINES = 50
"""How many rows of a kind the page shows: the newest."""
_DOMAINS = {
    "instruction": "level",
    "submission": "",
    "reply": "examination",
    "request": "request",
    "contact": "contact_kind",
    "assignment": "role_of_unit",
    "instruction_notice": "",
    "reminder": "",
    "supervision": "ground",
    "visit": "satisfied",
    "referral": "",
}
"""The tables of the page in their order, each with the vocabulary of its kinds."""
_MORE = {
    "reply": "case_page.more.reply",
    "request": "case_page.more.request",
    "reminder": "case_page.more.reminder",
    "visit": "case_page.more.visit",
    "instruction": "case_page.more.instruction",
}
"""table -> whose words stand below those of a row."""


def tables(
    rows: dict[str, Sequence[Any]], told: Collection[tuple[str, int]] = ()
) -> list[tuple[str, list[dict[str, str]]]]:
    """What hangs on the case as tables: a title, and rows of words; without the rows that are told
    already."""
    tongue = language()
    found = []
    for table, domain in _DOMAINS.items():
        left = [row for row in rows.get(table, ()) if (table, row.id) not in told]
        newest = left[-MOST_LINES:]
        lines = [_line(table, row, domain, tongue, rows["case"][0].id) for row in newest]
        if lines:
            found.append((words.table(table, tongue), lines))
    return found


def said(told: str, case_id: int) -> str:
    """Words as this person may read them."""
    return told if actor().reads_as_typed else masked_text(told, case_id)


def _line(table: str, row: Any, domain: str, tongue: str, case_id: int) -> dict[str, str]:
    solved = table == "visit" and row.words
    told = words.value("solved", row.words, tongue) if solved else said(row.words or "", case_id)
    return {
        "number": row.number or "",
        "unit": row.unit or "",
        "kind": words.value(domain, row.kind or "", tongue),
        "state": words.state(table, row.state, tongue),
        "round": str(row.round or ""),
        "at": minute(row.at) if row.at else "",
        "due": term(row.due_at) if row.due_at else _named_day(table, row),
        "words": told,
        "more": _more(table, row, tongue, case_id),
        "paper": _paper(row),
        "href": own_page(table, row),
    }


def _named_day(table: str, row: Any) -> str:
    """The date that a leader named, which stands as named."""
    return row.due_clock or "" if table == "instruction" else ""


def _more(table: str, row: Any, tongue: str, case_id: int) -> str:
    """What somebody else said to a row: why a reply was refused, what the caller answered when he
    was visited."""
    if not row.more:
        return ""
    return words.pair(words.word(_MORE[table], tongue), said(row.more, case_id), tongue)


_OWN_PAGES = {table: page for page, table in words.PAGE_TABLES.items()}


def own_page(table: str, row: Any) -> str:
    """Where the row's own page is, for who may open it: a unit reads what its assists answered on
    this page only, a leader the referrals that wait for him."""
    who, page = actor(), _OWN_PAGES.get(table)
    others = who.of_a_unit and row.unit_id is not None and row.unit_id != who.unit_id
    not_his = (
        table == "referral"
        and not who.is_a("officer", "supervision_head")
        and row.state != AWAITING
    )
    return "" if page not in who.pages or others or not_his else url_for(f"{page}.show", pk=row.id)


_PAGES = {
    "allocation": "Assignments",
    "instruction": "Assignments",
    "redo": "Assignments",
    "reminder": "Reminders",
    "supervision": "Supervision",
    "submission": "Cases",
}


def _paper(row: Any) -> str:
    """Where the PDF of a numbered paper is, for who may open it."""
    who = actor()
    may = row.number and _PAGES.get(row.paper) in who.pages and "open_paper" in who.rights
    page = "Forms.of" if row.paper == "submission" else "Papers.of"
    return url_for(page, kind=row.paper, id=row.id) if may else ""
