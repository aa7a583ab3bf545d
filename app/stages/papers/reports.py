"""The papers that go with a report: the digest of suggestions, the ranking of the units. Each says what
the frozen figures say, and carries the number of its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Report
from app.rules.covering import NOBODY, without_caller
from app.stages.covers import hidden_of
from app.stages.papers.facts import Facts, row_of, said_in, words_of


def suggestions_facts(session: Session, id: int) -> Facts:
    """合理化建议汇编: the suggestions that were kept in the period, in their own words, and why they were
    kept; the callers are covered in both."""
    head, figures = _of_report(session, id, "suggestions")
    kept = figures["suggestions"]
    query = select(Case.number, Case.id).where(Case.number.in_(kept["digest"]))
    ids = {str(row.number): row.id for row in session.execute(query)}
    hidden = hidden_of(session, set(ids.values())) if ids else {}
    return {
        **head,
        "counts": {name: kept.get(name, 0) for name in ("marked", "kept", "dropped", "waiting")},
        "rows": [
            {"case": number, **without_caller(row, hidden.get(ids.get(number, 0), NOBODY))}
            for number, row in kept["digest"].items()
        ],
    }


def scores_facts(session: Session, id: int) -> Facts:
    """考核得分排名表: the units' places within each tier of volume, and who is listed without one."""
    head, figures = _of_report(session, id, "scores")
    evaluation, names = figures["evaluation"], figures["units"]
    return {
        **head,
        "tiers": [*evaluation["points"]["tiers"], evaluation["ranked_closed"]],
        "ranking": evaluation["ranking"],
        "not_ranked": [_name(names, code) for code in evaluation["not_ranked"]],
        "least": evaluation["ranked_closed"],
    }


def _name(units: Mapping[str, Any], code: str) -> str:
    return str(units[code]["name"]) if code in units else code


def _of_report(session: Session, id: int, kind: str) -> tuple[Facts, Facts]:
    """The head of a paper of a report, and the report's figures."""
    row: Report = row_of(session, Report, id)
    head = {
        **said_in(words_of(session), kind, "office"),
        "number": row.number,
        "at": row.issued_at.isoformat(),
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
    }
    return head, json.loads(row.figures)
