"""Indexes of the rows that wait, each in the order of its list: such a list is read as far as it is
shown, however many rows are on file.

A database takes the index of a part of a table only for a statement that says the same in words of
its own, not in parameters: so lists of work are asked with the conditions below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Index, Table, bindparam, text


def among(column: Any, words: Sequence[str]) -> Any:
    """That a column holds one of some words, said in the statement itself."""
    held: Any = bindparam(None, list(words), unique=True, expanding=True, literal_execute=True)
    return column.in_(held)


def holds(column: Any, word: str) -> Any:
    """That a column holds a word, said in the statement itself."""
    held: Any = bindparam(None, word, unique=True, literal_execute=True)
    return column == held


def words_of(column: str, words: Sequence[str]) -> str:
    """The same as `among`, as an index says it."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def waiting(name: str, *columns: Column[Any] | str, where: str) -> Index:
    """An index of a part of a table. SQLite's statements say 1 where it is true."""
    plain = where.replace("IS true", "IS 1").replace("IS false", "IS 0")
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(plain))


NARROWED: dict[str, tuple[str, ...]] = {
    "hotline_case": (
        "kind",
        "urgency",
        "channel",
        "repeats",
        "received_at",
        "allocated_at",
        "closed_as",
        "complex",
        "dangerous",
        "confidential",
        "anonymous",
        "mode",
        "agreed_named",
        "suggestion",
        "leader_due_on",
        "refusal_reason",
        "line",
        "redo_failed",
        "disputed_by",
        "excluded_as",
        "!wants_reply",
        "allocations",
        "own_at",
        "screen_at",
    ),
    "contact": ("kind", "channel"),
    "suggestion": ("screened_at", "kept"),
    "instruction": ("level", "due_on", "entered_at"),
    "assignment": (
        "state",
        "role",
        "signed_at",
        "signed_by",
        "replied_at",
        "late",
        "leader_assigned",
        "response_at",
        "first_response_at",
        "ended_at",
        "sign_at",
        "return_at",
    ),
    "request": (
        "kind",
        "state",
        "category",
        "promised_on",
        "workdays",
        "self_approved",
        "ruled_at",
    ),
    "reply": (
        "state",
        "late",
        "found_true",
        "beyond_duty",
        "contacted",
        "solved",
        "step_on",
        "self_approved",
        "refusal",
        "own_at",
    ),
    "reminder": (
        "state",
        "attempt",
        "reply_by_at",
        "answered_late",
        "lapsed_at",
        "in_error",
        "ended_at",
    ),
    "supervision": (
        "ground",
        "opened_at",
        "due_at",
        "fed_back_at",
        "cleared_to",
        "finding",
        "confirmed_at",
        "heard_at",
        "concluded_at",
        "taken_back",
        "outcome",
        "ended_at",
        "ask_at",
        "reissues",
        "review_accepted",
    ),
    "visit": ("state", "attempts", "truth", "solved", "satisfied"),
    "visit_record": (
        "attempt",
        "version",
        "method",
        "!reached",
        "contacted_by_unit",
        "truth",
        "solved",
        "satisfied",
        "why",
    ),
    "responsibility": ("excluded_as", "!unit_responsible"),
    "referral": (
        "send_by_at",
        "sealed_at",
        "sent_at",
        "received_at",
        "outcome",
        "supplement_due_at",
        "ended_at",
        "approved_by_id",
    ),
    "delivery": ("medium", "number"),
    "event": ("actor",),
    "access": ("kind",),
    "run": ("looked_at", "failures"),
}
"""table -> the columns (`!`: a mark that nearly every row has) by which its page is narrowed,
beside those that an index begins with: so that what is rare, or not there, is found without reading
the table; the last end of a clock, too. Round, and what nearly every row has, is found without."""


def narrow(tables: Mapping[str, Table]) -> None:
    """Give every table the indexes of the columns by which its page is narrowed: of a mark those
    rows that have it, of what may be missing those rows where it is not."""
    for name, columns in NARROWED.items():
        for said in columns:
            column, rare = said.removeprefix("!"), "false" if said.startswith("!") else "true"
            of, key = tables[name].c[column], tables[name].c["id"]
            mark = isinstance(of.type, Boolean)
            if mark and not of.nullable:
                waiting(f"ix_{name}_is_{column}", key, where=f"{column} IS {rare}")
            elif of.nullable and not mark:
                waiting(f"ix_{name}_by_{column}", of, key, where=f"{column} IS NOT NULL")
            else:
                Index(f"ix_{name}_by_{column}", of, key)
