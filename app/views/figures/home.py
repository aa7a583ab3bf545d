"""What stands above the lists of the first page, by role: the figures of heads and leaders, what the
room has before it, how the machine is, who looked at callers today, the phone field."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup
from sqlalchemy import func, select

from app import words
from app.models import Supervision
from app.models.waiting import holds
from app.papers.figures.charts import Bar, lying, upright
from app.roles import ROOM, Actor
from app.stages.reporting.glance import Figures, Standing, standing
from app.views.actor import language, now, reader
from app.views.figures.machine import BETTER, WORSE, Looked, Tile, looked_today, of_the_machine
from app.worklists import count_told

KEPT_FOR = 60.0
"""How long (seconds) a process keeps the figures of the county or of a unit."""
UNITS = 8
"""So many units with most that is late are shown."""
CHARTS = 2
"""So many charts are shown."""
OF_THE_COUNTY = ("centre_head", "supervision_head", "leader")


@dataclass(frozen=True)
class Chart:
    """A picture with its title."""

    title: str
    picture: Markup


@dataclass(frozen=True)
class Above:
    """What stands above the lists. `looked` is who looked at callers today; None for who is not told
    of it."""

    tiles: Sequence[Tile] = ()
    charts: Sequence[Chart] = ()
    phone: bool = False
    looked: Sequence[Looked] | None = None


def above(who: Actor, counts: Mapping[str, int]) -> Above:
    """What stands above the lists of a person; `counts` is how much waits in each of these."""
    tiles: list[Tile] = []
    charts: list[Chart] = []
    unit = who.unit_id if who.is_a("unit_head") else None
    if unit or who.is_a(*OF_THE_COUNTY):
        found = _kept(unit)
        tiles += _figures(who, found, bool(unit))
        charts += _charts(who, found, bool(unit))
    if who.is_a(*ROOM):
        tiles += _of_the_room(counts)
    if who.is_a("it_admin"):
        tiles += of_the_machine()
    phone = who.is_a("operator") and "register" in who.rights
    return Above(tiles, charts, phone, looked_today() if who.is_a("log_auditor") else None)


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, language(), **facts)


def _kept(unit: int | None) -> Standing:
    """The figures, asked anew once a minute and process."""
    told = current_app.extensions["desk_told"].setdefault("standing", {})
    at, kept = told.get(unit or 0, (0.0, None))
    if kept is None or time.monotonic() - at >= KEPT_FOR:
        kept = standing(reader(), now(), unit)
        told[unit or 0] = (time.monotonic(), kept)
    answer: Standing = kept
    return answer


def _figures(who: Actor, found: Standing, own: bool) -> list[Tile]:
    """The four figures of thirty days, each with its change."""
    one, before = found.now, found.before
    span = {"from": found.since.isoformat(), "to": found.until.isoformat()}
    due = _rows(who, "Assignments", "due_at", span)
    return [
        Tile(
            _said("home.figures.given" if own else "home.figures.came"),
            str(one.came),
            _change(one.came - before.came),
            href=_rows(who, "Cases", "registered_at", span) if not own else "",
        ),
        Tile(
            _said("home.figures.punctual"),
            _percent(one.punctual),
            *_better(one.punctual, before.punctual),
            href=due,
        ),
        Tile(_said("home.figures.late"), str(one.late), *_fewer(one, before), href=due),
        Tile(
            _said("home.figures.satisfied"),
            _percent(one.satisfied),
            *_better(one.satisfied, before.satisfied),
            href=_rows(who, "VisitRecords", "at", span),
        ),
    ]


def _rows(who: Actor, page: str, column: str, span: Mapping[str, str], **more: Any) -> str:
    """Where the rows of a span stand, for who may open their page."""
    if page not in who.pages:
        return ""
    asked: dict[str, Any] = {f"{end}_{column}": day for end, day in span.items()}
    return url_for(f"{page}.list", **asked, **more)


def _percent(share: Decimal | None) -> str:
    return "—" if share is None else _said("home.figures.percent", n=f"{share:.1f}")


def _change(by: Decimal | int, points: bool = False) -> str:
    """How much more or less it is than in the thirty days before."""
    if not by:
        return _said("home.figures.same")
    n = f"{abs(by):.1f}" if points else str(abs(by))
    if points and by > 0:
        return _said("home.figures.points_up", n=n)
    if points:
        return _said("home.figures.points_down", n=n)
    return _said("home.figures.up", n=n) if by > 0 else _said("home.figures.down", n=n)


def _better(now_: Decimal | None, before: Decimal | None) -> tuple[str, str]:
    """The change of a share, and whether it is a good one."""
    if now_ is None or before is None:
        return _said("home.figures.nothing_before"), ""
    by = now_ - before
    return _change(by, points=True), BETTER if by > 0 else WORSE if by < 0 else ""


def _fewer(one: Figures, before: Figures) -> tuple[str, str]:
    """The change of what was late, and whether it is a good one."""
    by = one.late - before.late
    return _change(by), WORSE if by > 0 else BETTER if by < 0 else ""


def _charts(who: Actor, found: Standing, own: bool) -> list[Chart]:
    """What came and went by weeks; and where most is late, or where there are no units to tell of, how
    much was in time."""
    came, went = (
        ("home.chart.given", "home.chart.accepted")
        if own
        else ("home.chart.came", "home.chart.went")
    )
    bars: dict[str, list[Bar]] = {came: [], went: []}
    for week in found.weeks:
        span = {"from": week.first.isoformat(), "to": _sunday(week.first)}
        href = "" if own else _rows(who, "Cases", "registered_at", span)
        gone = "" if own else _rows(who, "Cases", "closed_at", span)
        for msgid, n, leads in ((came, week.came, href), (went, week.went, gone)):
            said = _said("home.chart.week", first=week.first, what=_said(msgid), n=n)
            bars[msgid].append(Bar(n, said, leads))
    labels = [f"{week.first:%m-%d}" for week in found.weeks]
    drawn = [
        Chart(
            _said("home.chart.weeks"),
            upright(labels, [(_said(msgid), row) for msgid, row in bars.items()]),
        )
    ]
    return [*drawn, *([] if own else _where_late(who, found)), _in_time(found)][:CHARTS]


def _in_time(found: Standing) -> Chart:
    """What was answered in time and what was not, in these thirty days and in those before."""
    spans = {"home.chart.before": found.before, "home.chart.now": found.now}
    bars: dict[str, list[Bar]] = {"home.chart.in_time": [], "home.chart.passed": []}
    for span, one in spans.items():
        for msgid, n in zip(bars, (one.in_time, one.late), strict=True):
            bars[msgid].append(
                Bar(n, _said("home.chart.span", span=_said(span), what=_said(msgid), n=n))
            )
    labels = [_said(span) for span in spans]
    series = [(_said(msgid), row) for msgid, row in bars.items()]
    return Chart(_said("home.chart.punctual"), upright(labels, series))


def _where_late(who: Actor, found: Standing) -> list[Chart]:
    span = {"from": found.since.isoformat(), "to": found.until.isoformat()}
    few = found.late[:UNITS]
    if not few:
        return []
    bars = [
        Bar(
            n,
            _said("home.chart.late_of", unit=name, n=n),
            _rows(who, "Assignments", "due_at", span, q_unit=str(id)),
        )
        for id, name, n in few
    ]
    labels = [_short(name) for _, name, _ in few]
    return [Chart(_said("home.chart.late"), lying(labels, [(_said("home.chart.late"), bars)]))]


def _short(name: str) -> str:
    return name if len(name) <= 12 else f"{name[:11]}…"


def _sunday(monday: date) -> str:
    return (monday + timedelta(days=6)).isoformat()


def _of_the_room(counts: Mapping[str, int]) -> list[Tile]:
    """Candidates, what is overdue, hearings."""
    query = (
        select(func.count()).select_from(Supervision).where(holds(Supervision.state, "confirmed"))
    )
    hearings = reader().scalar(query) or 0
    told = [
        (
            "home.room.candidates",
            counts.get("candidates", 0),
            url_for("Supervision.room", work="candidates"),
        ),
        ("home.room.overdue", counts.get("overdue", 0), url_for("Home.work", key="overdue")),
        ("home.room.hearings", hearings, url_for("Supervision.list", q_state="confirmed")),
    ]
    return [
        Tile(
            _said(msgid), count_told(n), "", WORSE if n and msgid.endswith("overdue") else "", href
        )
        for msgid, n, href in told
    ]
