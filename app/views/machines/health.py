"""Three addresses for machines: is the process alive, is the desk ready, and numbers for a graph.

No word of a case: counts and ages only. They need no login, so that what watches the desk needs no
account.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy.exc import DatabaseError

from app import VERSION
from app.database import reading
from app.views.machines.metrics import CONTENT_TYPE, measured
from jobs.health import (
    WRONG,
    Finding,
    bot_findings,
    calendar_findings,
    pass_findings,
    scanner_findings,
    schema_findings,
    swept,
    unreachable,
)
from jobs.key_health import key_findings
from jobs.room import data_findings, database_findings, disk_findings

blueprint = Blueprint("health", __name__)
PROBED_SECONDS = 5.0
"""How long what was found by writing counts: whoever asks oftener makes the disk no work."""
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


class Probe:
    """What a process last found by writing somewhere."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._until = 0.0
        self._found: list[Finding] = []

    def found(self, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
        """What is wrong, looked at anew where that is some seconds ago; one look at a time."""
        with self._one:
            if time.monotonic() >= self._until:
                self._found = list(look())
                self._until = time.monotonic() + PROBED_SECONDS
            return self._found


def _probed(what: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    probe: Probe = current_app.extensions.setdefault(f"desk_probe_{what}", Probe())
    return probe.found(look)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else was asked. For what starts it again, and for a load
    balancer."""
    return jsonify(status="ok", version=VERSION)


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether database, calendar, disk, Redis and bot are as they should be: 200, or 503 with what
    is not. Database and data folder are written to every few seconds at most, and left as they
    were."""
    desk = current_app.extensions["desk"]
    now: datetime = desk.clock()
    told: dict[str, Any] = {"last_sweep_seconds": None}
    findings: list[Finding] = []
    try:
        with reading(desk.sessions) as session:
            findings += [*schema_findings(session.connection())]
            if not findings:
                findings += key_findings(session)
                age = swept(session, now)
                told["last_sweep_seconds"] = None if age is None else int(age.total_seconds())
                findings += [*calendar_findings(session, now), *pass_findings(session, now)]
        findings += _probed("database", lambda: database_findings(desk.sessions.kw["bind"]))
    except DatabaseError as error:
        findings.append(unreachable(error))
    findings += disk_findings(desk.settings.data)
    findings += _probed("data", lambda: data_findings(desk.settings.data))
    findings += [*bot_findings(desk.settings), *scanner_findings(desk.settings)]
    told["findings"] = [{"code": finding.code, "level": finding.level} for finding in findings]
    wrong = any(finding.level == WRONG for finding in findings)
    told["status"] = "not ready" if wrong else "ready"
    return jsonify(told), 503 if wrong else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Numbers in Prometheus' text format, for this machine itself or whoever has the token."""
    desk = current_app.extensions["desk"]
    if not _may_measure(desk.settings.metrics_token):
        abort(403)
    return Response(measured(desk), content_type=CONTENT_TYPE)


def _may_measure(token: str | None) -> bool:
    """With a token, who has it; without one, this machine itself - not whoever comes through a
    proxy on it."""
    if token is not None:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    return _loopback(request.remote_addr or "") and _loopback(_asked_for())


def _asked_for() -> str:
    """The host that was asked for, without its port: a proxy that names nobody else still passes
    that on."""
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
