"""The wall 大屏: six figures, two pictures and the units that are overdue, dark and readable across a room.
Behind a token of its own, without an account and without a word of a case."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import words
from app.database import reading
from app.models import Assignment, Reminder, Setting, Supervision, Unit
from app.models.sessions import UNSCOPED
from app.models.supervision import UNDER_WAY
from app.models.waiting import among, holds
from app.papers.figures.charts import Bar, lying, upright
from app.papers.figures.grid import tenths
from app.rules.office import SETTINGS
from app.rules.workdays import beijing, minute
from app.rules.workflow import OPEN_ASSIGNMENT
from app.stages.reporting.daily import state_of
from app.stages.reporting.live import totals
from app.stages.reporting.measures import MEASURES
from app.views.actor import desk, now

blueprint = Blueprint("wall", __name__)
COOKIE, LANGUAGE = "wall", "zh"
KEPT_FOR, DAYS, UNITS = 30.0, 14, 10
"""How long (seconds) a process keeps what it shows; so many days and so many units are shown."""
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Shown:
    """What the wall shows: (name, value, below) of each figure, the two pictures, (unit, how much)
    of those overdue, as of when."""

    tiles: Sequence[tuple[str, str, str]]
    days: Any
    late: Any
    overdue: Sequence[tuple[str, int]]
    as_of: str
    office: str


@blueprint.get("/wall")
def wall() -> Any:
    """The wall, for who has the token: once in the address, then in a cookie of this page alone.
    Without a token in the settings there is no wall."""
    token = desk().settings.wall_token
    if token is None:
        abort(404)
    mark = sha256(token.encode()).hexdigest()
    if "token" in request.args:
        if not hmac.compare_digest(request.args["token"].encode(), token.encode()):
            abort(403)
        answer = make_response(redirect(url_for("wall.wall")))
        answer.set_cookie(
            COOKIE,
            mark,
            max_age=A_YEAR,
            path="/wall",
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
        )
        return answer
    if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), mark.encode()):
        abort(403)
    return render_template("desk/wall.html", shown=_kept(), _=_said)


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, LANGUAGE, **facts)


def _kept() -> Shown:
    """What is shown, asked anew twice a minute and process."""
    told = current_app.extensions["desk_told"]
    at, kept = told.get("wall", (0.0, None))
    if kept is None or time.monotonic() - at >= KEPT_FOR:
        with reading(desk().sessions) as session:
            kept = shown(session, now().date())
        told["wall"] = (time.monotonic(), kept)
    found: Shown = kept
    return found


def shown(session: Session, today: date) -> Shown:
    """What the wall shows on a day."""
    month = totals(session, "", today.replace(day=1), today).get("", {})
    days = totals(session, "day", today - timedelta(days=DAYS - 1), today)
    overdue = _overdue(session)
    state = state_of(session)
    setting = session.get(Setting, "office")
    return Shown(
        _tiles(session, month, days.get(today, {}), sum(n for _, n in overdue)),
        _days(days, today),
        _late(overdue[:UNITS]),
        overdue[:UNITS],
        "" if state is None else minute(beijing(state.counted_at)),
        setting.value if setting is not None and setting.value else SETTINGS["office"],
    )


def _tiles(
    session: Session, month: Mapping[str, int], today: Mapping[str, int], overdue: int
) -> list[tuple[str, str, str]]:
    """The six figures: today, this month, and what stands at this moment."""
    reminders = select(func.count()).where(holds(Reminder.state, "open"))
    items = select(func.count()).where(among(Supervision.state, UNDER_WAY))
    open_, under_way = (
        session.scalar(query, execution_options=UNSCOPED) or 0 for query in (reminders, items)
    )
    shares = [
        (
            _said(f"measure.{name}"),
            "—" if figure.percent is None else f"{tenths(figure.percent)}%",
            _said("figures.wall.month", n=figure.n, of=figure.of),
        )
        for name in ("timely", "satisfaction")
        for figure in [MEASURES[name].of_counts(month)]
    ]
    came = _said("figures.wall.came", n=month.get("registered", 0))
    return [
        (_said("figures.wall.today"), str(today.get("registered", 0)), came),
        *shares,
        (_said("measure.overdue"), str(overdue), _said("figures.wall.now")),
        (_said("figures.wall.reminders"), str(open_), _said("figures.wall.now")),
        (_said("figures.wall.items"), str(under_way), _said("figures.wall.now")),
    ]


def _overdue(session: Session) -> list[tuple[str, int]]:
    """(unit, how many assignments are overdue), most first."""
    n = func.count().label("n")
    query = (
        select(Unit.name, n)
        .select_from(Assignment)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            among(Assignment.state, OPEN_ASSIGNMENT), Assignment.overdue_for == Assignment.due_at
        )
        .group_by(Unit.id, Unit.name)
        .order_by(n.desc(), Unit.id)
    )
    return [(row.name, row.n) for row in session.execute(query, execution_options=UNSCOPED)]


def _days(days: Mapping[Any, Mapping[str, int]], today: date) -> Any:
    """What came and what was closed, day by day."""
    shown_days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    rows = [
        (
            _said(f"measure.{measure}"),
            [Bar(days.get(day, {}).get(flag, 0), f"{day:%m-%d}") for day in shown_days],
        )
        for measure, flag in (("received", "registered"), ("closed", "closed"))
    ]
    return upright([f"{day:%m-%d}" for day in shown_days], rows, height=300, name="days")


def _late(overdue: Sequence[tuple[str, int]]) -> Any:
    """The units with most that is overdue."""
    if not overdue:
        return ""
    bars = [Bar(n, name) for name, n in overdue]
    labels = [name if len(name) <= UNITS else f"{name[: UNITS - 1]}…" for name, _ in overdue]
    return lying(labels, [(_said("measure.overdue"), bars)], height=300, name="overdue")
