"""What is told of each request: a number of its own, a line in the log, its seconds for the
graph."""

from __future__ import annotations

import re
import secrets
import time

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from app.logs import logger
from app.measures import COUNTING
from app.views.access_notes import address_is_ours

NUMBER = "X-Request-Id"
"""The header in which a web server before the panel may name a request, and in which the panel
names it."""
_NAMED = re.compile(r"[A-Za-z0-9-]{8,64}")
UNTOLD = ("static", "appbuilder.static", "health.healthz")
"""What is asked for all day, and tells nothing."""
log = logger("duban.web")


def tell_requests(app: Flask) -> None:
    """Number and time each request, and tell how it ended: where it went, whose it was, and no word
    of it."""

    @app.before_request
    def begin() -> None:
        named = request.headers.get(NUMBER, "") if address_is_ours() else ""
        g.request_number = named if _NAMED.fullmatch(named) else secrets.token_hex(8)
        g.request_began = time.perf_counter()
        clear_contextvars()
        bind_contextvars(request=g.request_number, endpoint=_where())

    @app.after_request
    def end(response: Response) -> Response:
        if "request_began" not in g:
            return response
        seconds = time.perf_counter() - g.request_began
        response.headers[NUMBER] = g.request_number
        COUNTING.count(_where(), seconds, str(response.status_code))
        if request.endpoint not in UNTOLD:
            who = g.desk_actor.id if "desk_actor" in g else None
            level = log.warning if response.status_code >= 500 else log.info
            level(
                "request",
                method=request.method,
                code=response.status_code,
                account=who,
                seconds=round(seconds, 3),
            )
        return response


def _where() -> str:
    """Where a request went, by the name of the page: an address could hold words."""
    return request.endpoint or "none"
