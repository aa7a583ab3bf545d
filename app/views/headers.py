"""What every request has: its session checked, and its headers. What is served from files may be
kept by browsers: its address names its content."""

from __future__ import annotations

import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from werkzeug.utils import safe_join

from app.views.login.sessions import is_static, keep_session

VERSION = "v"
"""What names the content of a file in its address."""
PUBLIC, WALL = "front", "wall"
"""The pages of the public: they look at no session, and have heads of their own."""
FOR_A_YEAR, FOR_AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"
"""How long a browser keeps a file whose address names its content, and one whose address does
not."""


def with_headers(app: Flask) -> None:
    """What every request has: its session checked, and its headers."""
    app.before_request(_begin)
    app.after_request(_secured)
    app.url_defaults(_name_content)


def _begin() -> Any:
    g.csp_nonce = secrets.token_urlsafe(16)
    if request.blueprint in ("health", PUBLIC, WALL) or is_static(request.endpoint):
        return None
    if session.permanent:
        session.permanent = False
    return keep_session()


def _secured(response: Response) -> Response:
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.blueprint == PUBLIC:
        return response
    nonce = g.get("csp_nonce", "")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self'"
        " data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cache-Control"] = _kept_for(response)
    return response


def _kept_for(response: Response) -> str:
    """How long a browser may keep an answer: only files, and those that are there."""
    if not is_static(request.endpoint) or response.status_code not in (200, 206, 304):
        return "no-store"
    named = request.args.get(VERSION, "")
    known = content_of(str(request.endpoint), (request.view_args or {}).get("filename", ""))
    return FOR_A_YEAR if named and named == known else FOR_AN_HOUR


def _name_content(endpoint: str, values: dict[str, Any]) -> None:
    """Name the content of a file in every address that is made for it."""
    if is_static(endpoint) and values.get("filename"):
        known = content_of(endpoint, values["filename"])
        if known:
            values.setdefault(VERSION, known)


def content_of(endpoint: str, filename: str) -> str:
    """A digest of a file that is served; empty where there is none."""
    blueprint = endpoint.rpartition(".")[0]
    folder = (current_app.blueprints[blueprint] if blueprint else current_app).static_folder
    path = safe_join(folder, filename) if folder else None
    return _digest(path) if path else ""


@cache
def _digest(path: str) -> str:
    """A digest of a file, made once a process."""
    file = Path(path)
    return sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""
