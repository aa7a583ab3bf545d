"""What the pages of the front work with, and how they are drawn: by an environment of their own, which
knows of no session and nobody who is logged in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response
from jinja2 import Environment, FileSystemLoader

from app import words
from app.files.scanner import Scanner
from app.front.aside import Aside
from app.front.behind import Behind
from app.front.form import version_of
from app.front.keys import Keys
from app.front.limits import Limits
from app.front.wechat import Account
from app.words.terms import until

LANGUAGE = "zh"
"""The front speaks Chinese. [reach, In]"""
TEMPLATES = Path(__file__).parents[1] / "templates"
EXTENSION = "duban_front"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Room:
    """What a front works with: who stands behind it, its keys and counters, where photographs wait,
    the scanner, who asks, and the clock."""

    behind: Behind
    keys: Keys
    limits: Limits
    aside: Aside
    scanner: Scanner | None
    address: Callable[[], str]
    clock: Callable[[], datetime]
    wechat: Account | None = None


def room() -> Room:
    """The front of this application."""
    found: Room = current_app.extensions[EXTENSION]
    return found


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
    made.globals |= {"_": _said, "value": _value, "until": _until}
    return made


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, LANGUAGE, **facts)


def _value(domain: str, name: str) -> str:
    return words.value(domain, name, LANGUAGE)


def _until(moment: str) -> str:
    return until(datetime.fromisoformat(moment), LANGUAGE)


def page(template: str, status: int = 200, **shown: Any) -> Response:
    """A page of the front, which no browser keeps."""
    behind = room().behind
    text = (
        _environment()
        .get_template(f"front/{template}.html")
        .render(office=behind.office(), **shown)
    )
    return make_response(text, status)


def notice() -> tuple[str, list[str]]:
    """The version of the notice and its paragraphs."""
    text = room().behind.notice()
    return version_of(text), [line.strip() for line in text.splitlines() if line.strip()]


def secured(response: Response) -> Response:
    """The answer with the heads that every page of the front has."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    # A link to a page of the front may hold a code: no other page learns of it.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
