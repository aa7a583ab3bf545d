"""What every request has: its session checked, and its headers."""

from __future__ import annotations

import secrets
from typing import Any

from flask import (
    Flask,
    Response,
    g,
    request,
    session,
)

from app.views.login.sessions import STATIC, keep_session


def with_headers(app: Flask) -> None:
    """What every request has: its session checked, and its headers."""

    @app.before_request
    def begin() -> Any:
        g.csp_nonce = secrets.token_urlsafe(16)
        if request.blueprint == "health":
            return None
        if session.permanent:
            session.permanent = False
        return keep_session()

    @app.after_request
    def secured(response: Response) -> Response:
        nonce = g.get("csp_nonce", "")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self'"
            " data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint not in STATIC:
            response.headers["Cache-Control"] = "no-store"
        return response
