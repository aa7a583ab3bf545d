"""Whether every number that was given out stands on a row: numbers have no gap, so a hole is a row
that was deleted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ledger.proof.flaw import Flaw
from app.models import OFFICE_CHAIN
from app.words import Message

Taken = dict[int, Counter[int]]
"""period -> number -> on how many rows it stands."""
Last = dict[str, dict[int, int]]
"""series -> period -> the last number that was given out."""

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
    last = _last(session)
    yield from _compared(("case",), last, _cases(session))
    for names, query in _STANDS.items():
        if query.split()[3] not in named:
            yield from _compared(names, last, _papers(session, query))
    if "report" not in named:
        yield from _of_reports(session, last)
    if _DIRECT in last:
        yield from _of_answers(session, last[_DIRECT])


def _last(session: Session) -> Last:
    last: Last = {}
    counters = text("SELECT name, period, last FROM series")
    for name, period, n in session.connection().execute(counters):
        last.setdefault(name, {})[period] = n
    return last


def _of_reports(session: Session, last: Last) -> Iterator[Flaw]:
    """Each kind of report has a series of its own."""
    query = "SELECT number FROM report WHERE kind = :kind AND version = 1"
    for name in sorted(name for name in last if name.startswith("report.")):
        taken = _papers(session, query, kind=name.removeprefix("report."))
        yield from _compared((name,), last, taken)


def _of_answers(session: Session, last: dict[int, int]) -> Iterator[Flaw]:
    """Direct answers have a number each, and no paper."""
    answered = text("SELECT count(*) FROM event WHERE kind = 'case.answered'")
    n = session.connection().execute(answered).scalar() or 0
    if last != {0: n}:
        yield _flaw("flaw.series.direct", _DIRECT, 0, last=last.get(0, 0), answers=n)


def _compared(names: tuple[str, ...], last: Last, taken: Taken) -> Iterator[Flaw]:
    """Series that share a column: number n stands as often as there are series that came so far."""
    given = [last.get(name, {}) for name in names]
    for period in sorted({*taken, *(period for series in given for period in series)}):
        ends = [series.get(period, 0) for series in given]
        wrong = _uneven(ends, taken.get(period, Counter()))
        for what, number in islice(wrong, MOST):
            yield _flaw(what, "/".join(names), period, number=number)


def _uneven(ends: Sequence[int], stand: Counter[int]) -> Iterator[tuple[str, int]]:
    """The numbers up to the last one that stand more or less often than they should."""
    for n in range(1, max([*ends, *stand], default=0) + 1):
        wanted = sum(end >= n for end in ends)
        if stand[n] < wanted:
            yield "flaw.series.gone", n
        elif stand[n] > wanted:
            yield "flaw.series.never_given", n


def _flaw(msgid: str, name: str, period: int, **facts: object) -> Flaw:
    what = Message(msgid, {"series": name, "period": period, **facts})
    return Flaw(OFFICE_CHAIN, 0, what, ("series", f"{name}/{period}"), True)
