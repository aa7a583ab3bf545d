"""Three addresses for machines: is the process alive, is the desk ready, and numbers for a graph.

No word of a case: counts and ages only. They need no login, so that what watches the desk needs no account.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.database import reading
from app.models import Case, Run
from app.rules.workflow import OPEN_CASE
from jobs.health import (
    UNSCOPED,
    WRONG,
    Finding,
    bot_findings,
    calendar_findings,
    key_findings,
    pass_findings,
    schema_findings,
    swept,
    unreachable,
)

blueprint = Blueprint("health", __name__)
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else was asked. For what starts it again, and for a load balancer."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether database, calendar, Redis and bot are as they should be: 200, or 503 with what is not."""
    desk = current_app.extensions["desk"]
    now: datetime = desk.clock()
    told: dict[str, Any] = {"last_sweep_seconds": None}
    found: list[Finding] = []
    try:
        with reading(desk.sessions) as session:
            found += [*schema_findings(session.connection())]
            if not found:
                found += key_findings(session)
                age = swept(session, now)
                told["last_sweep_seconds"] = None if age is None else int(age.total_seconds())
                found += [*calendar_findings(session, now), *pass_findings(session, now)]
    except DatabaseError as error:
        found.append(unreachable(error))
    found += bot_findings(desk.settings)
    told["findings"] = [{"code": one.code, "level": one.level} for one in found]
    wrong = any(one.level == WRONG for one in found)
    told["status"] = "not ready" if wrong else "ready"
    return jsonify(told), 503 if wrong else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Numbers in Prometheus' text format, for this machine itself or whoever has the token."""
    desk = current_app.extensions["desk"]
    if not _may_measure(desk.settings.metrics_token):
        abort(403)
    with reading(desk.sessions) as session:
        lines = "".join(f"{line}\n" for line in _measured(session, desk.clock()))
    return Response(lines, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(token: str | None) -> bool:
    """With a token, who has it; without one, this machine itself - not whoever comes through a proxy on it."""
    if token is not None:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    return _loopback(request.remote_addr or "") and _loopback(_asked_for())


def _asked_for() -> str:
    """The host that was asked for, without its port: a proxy that names nobody else still passes that on."""
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _measured(session: Session, now: datetime) -> Iterator[str]:
    yield "# HELP desk_runs_total Passes of the bot, by name."
    yield "# TYPE desk_runs_total counter"
    runs = select(Run.name, func.count(), func.sum(Run.failures)).group_by(Run.name).order_by(Run.name)
    counted = session.execute(runs).all()
    yield from (f'desk_runs_total{{name="{name}"}} {n}' for name, n, _ in counted)
    yield "# HELP desk_look_failures_total Looks at a case that failed, by name of the pass."
    yield "# TYPE desk_look_failures_total counter"
    yield from (f'desk_look_failures_total{{name="{name}"}} {n}' for name, _, n in counted)
    age = swept(session, now)
    yield "# HELP desk_last_sweep_age_seconds Time since the last whole pass."
    yield "# TYPE desk_last_sweep_age_seconds gauge"
    yield f"desk_last_sweep_age_seconds {'NaN' if age is None else age.total_seconds()}"
    yield "# HELP desk_open_cases Cases that are not closed."
    yield "# TYPE desk_open_cases gauge"
    cases = select(func.count()).select_from(Case).where(Case.state.in_(OPEN_CASE))
    yield f"desk_open_cases {session.scalar(cases, execution_options=UNSCOPED)}"
