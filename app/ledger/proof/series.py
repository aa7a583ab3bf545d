"""Whether every number that was given out stands on a row: numbers have no gap, so a hole is a row
that was deleted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ledger.proof.flaw import Flaw
from app.models import OFFICE_CHAIN

Taken = dict[int, Counter[int]]
"""period -> number -> on how many rows it stands."""

_STANDS: dict[tuple[str, ...], str] = {
    ("allocation", "redo"): "SELECT number FROM assignment",
    ("reminder",): "SELECT number FROM reminder",
    ("supervision",): "SELECT number FROM supervision UNION SELECT notice_number FROM supervision "
    "UNION SELECT number FROM paper WHERE kind LIKE 'supervision%'",
    ("list",): "SELECT number FROM supervision_list",
    ("referral",): "SELECT number FROM referral",
    ("responsibility",): "SELECT number FROM responsibility",
    ("submission",): "SELECT number FROM submission",
    ("instruction",): "SELECT number FROM instruction_notice",
}
"""The series that one column of numbers comes from -> where these numbers stand."""
_PAPER = re.compile(r"〔(\d{4})〕第?(\d+)[号期]")
MOST = 20
"""Numbers that are named of one series and period."""
_DIRECT = "direct"
"""The series by which direct answers are drawn for a visit: one number for each answer."""


def _papers(session: Session, query: str, **given: Any) -> Taken:
    taken: Taken = {}
    for number in session.connection().execute(text(query), given).scalars():
        found = _PAPER.search(str(number or ""))
        if found:
            taken.setdefault(int(found[1]), Counter())[int(found[2])] += 1
    return taken


def _cases(session: Session) -> Taken:
    taken: Taken = {}
    for number in session.connection().execute(text("SELECT number FROM hotline_case")).scalars():
        if number and re.fullmatch(r"\d{12,}", str(number)):
            taken.setdefault(int(number[:8]), Counter())[int(number[8:])] += 1
    return taken


def holes(session: Session, named: Collection[str]) -> Iterator[Flaw]:
    """Numbers that stand on no row, and those that were never given out. Of tables of which a row
    is `named` already nothing is said: the row says it better."""
    last: dict[str, dict[int, int]] = {}
    for name, period, n in session.connection().execute(
        text("SELECT name, period, last FROM series")
    ):
        last.setdefault(name, {})[period] = n
    yield from _compared(("case",), last, _cases(session))
    for names, query in _STANDS.items():
        if query.split()[3] in named:
            continue
        yield from _compared(names, last, _papers(session, query))
    for name in sorted(one for one in last if one.startswith("report.") and "report" not in named):
        query = "SELECT number FROM report WHERE kind = :kind AND version = 1"
        yield from _compared(
            (name,), last, _papers(session, query, kind=name.removeprefix("report."))
        )
    if _DIRECT in last:
        answered = text("SELECT count(*) FROM event WHERE kind = 'case.answered'")
        n = session.connection().execute(answered).scalar() or 0
        if last[_DIRECT] != {0: n}:
            yield _flaw(_DIRECT, 0, f"is at {last[_DIRECT].get(0, 0)} after {n} direct answers")


def _compared(
    names: tuple[str, ...], last: dict[str, dict[int, int]], taken: Taken
) -> Iterator[Flaw]:
    """Series that share a column: number n stands as often as there are series that came so far."""
    given = [last.get(name, {}) for name in names]
    for period in sorted({*taken, *(one for series in given for one in series)}):
        ends = [series.get(period, 0) for series in given]
        stand = taken.get(period, Counter())
        told = 0
        for n in range(1, max([*ends, *stand], default=0) + 1):
            if told == MOST:
                break
            wanted = sum(end >= n for end in ends)
            told += stand[n] != wanted
            if stand[n] < wanted:
                yield _flaw("/".join(names), period, f"number {n} stands on no row")
            elif stand[n] > wanted:
                yield _flaw("/".join(names), period, f"number {n} was never given out")


def _flaw(name: str, period: int, what: str) -> Flaw:
    return Flaw(
        OFFICE_CHAIN, 0, f"series {name} {period}: {what}", ("series", f"{name}/{period}"), True
    )
