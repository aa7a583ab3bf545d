"""The panel: a Flask application put together from the settings, the clock and the views."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from logging.handlers import SysLogHandler, WatchedFileHandler
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    request,
    session,
)
from flask_appbuilder import AppBuilder, Model
from flask_appbuilder.utils.legacy import get_sqla_class
from flask_login import current_user
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState
from werkzeug.routing import IntegerConverter

import config
from app import scope
from app.clock import clock_from
from app.database import PANEL, engine_from
from app.faults import lost
from app.logs import write_lines
from app.models import Setting
from app.roles import Actor
from app.rules import words
from app.rules.files import MOST_BYTES
from app.rules.office import WORDS
from app.stages.access import log as accesses
from app.supervisor.lanes import THREADS
from app.views import people
from app.views.actor import Desk, actor, language, now, reader, seen
from app.views.door import Door
from app.views.errors import handle_errors
from app.views.health import blueprint as health
from app.views.home import Home, page_order, speak, unread
from app.views.once import told_once
from app.views.register import register
from app.views.telling import tell_requests
from jobs.health import Finding, calendar_findings, clock_findings, swept
from jobs.servable import Refused, office_at, servable, sessions_of

log = logging.getLogger(__name__)
ROOM_FOR_A_FORM = 4 * 1024 * 1024
"""Bytes of a form beside its files."""
POOL = 5
"""Connections that a process keeps. It takes more while it needs them, at most two for each of its threads: a page
reads through one while its verb writes through another."""
READ_BYTES = 2 * MOST_BYTES + ROOM_FOR_A_FORM
"""How much of a request is read at all: twice the largest file, so that who chose one that is too big gets his form
back with what he typed, and a sentence."""
LATE, ASKED_EVERY = timedelta(minutes=30), 60.0
"""When the bot counts as late, and how often (seconds) a process asks for that and for the calendar."""


class PanelSession(FlaskSession):
    """The session that pages read with: within what the person may see, and unable to write."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        """In a request an engine whose transactions only read."""
        engine = super().get_bind(*args, **kwargs)
        return _reading(engine) if has_request_context() and isinstance(engine, Engine) else engine

    def flush(self, objects: Any = None) -> None:
        """Write nothing: in a request only verbs write, in sessions of their own."""
        if has_request_context() and (self.new or self.dirty or self.deleted):
            raise TypeError("the panel's session reads; verbs write")
        super().flush(objects)

    def rollback(self) -> None:
        """Let go of what was read; a connection that broke meanwhile has nothing to be rolled back."""
        with self._broken_or_not():
            super().rollback()

    def commit(self) -> None:
        """The same; nothing was written."""
        with self._broken_or_not():
            super().commit()

    def close(self) -> None:
        """The same, at the end of a request."""
        with self._broken_or_not():
            super().close()

    @contextmanager
    def _broken_or_not(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if not lost(error):
                raise
            self.invalidate()


_READING: dict[int, Engine] = {}


def _reading(engine: Engine) -> Engine:
    """The same engine, reading: one object for each, because a session keeps its connections by engine."""
    if id(engine) not in _READING:
        readonly = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
        _READING[id(engine)] = engine.execution_options(reads=True, **readonly)
    return _READING[id(engine)]


scope.install(PanelSession, seen)


@event.listens_for(PanelSession, "do_orm_execute")
def _only_reads(state: ORMExecuteState) -> None:
    if has_request_context() and (state.is_insert or state.is_update or state.is_delete):
        raise TypeError("the panel's session reads; verbs write")


class Database(get_sqla_class()):  # type: ignore[misc]
    """Flask-AppBuilder's database on the desk's own engine."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        room = {"pool_size": POOL, "max_overflow": 2 * THREADS - POOL, "pool_timeout": PANEL.lock}
        return engine_from(options.pop("url"), PANEL, **{**room, **options})


def _settings_of(settings: config.Config) -> dict[str, Any]:
    """Flask's and Flask-AppBuilder's settings."""
    return {
        "SECRET_KEY": settings.secret_key, "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_TRACK_MODIFICATIONS": False, "MAX_CONTENT_LENGTH": READ_BYTES,
        "MAX_FORM_MEMORY_SIZE": ROOM_FOR_A_FORM, "WTF_CSRF_TIME_LIMIT": None, "WTF_CSRF_SSL_STRICT": False,
        "SESSION_COOKIE_NAME": "duban", "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.production, "APP_NAME": "督办", "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False, "FAB_ADD_SECURITY_API": False, "FAB_ADD_OPENAPI_VIEWS": False,
        "FAB_ADD_MENU_API": False, "FAB_API_SWAGGER_UI": False, "FAB_ADD_SECURITY_VIEWS": True,
        "FAB_BASE_TEMPLATE": "desk/layout.html", "BABEL_DEFAULT_LOCALE": "zh", "RATELIMIT_ENABLED": False,
        "LANGUAGES": {"zh": {"flag": "cn", "name": "简体中文"}, "en": {"flag": "gb", "name": "English"}},
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"), "AUTH_ROLE_PUBLIC": "Public",
        "TEMPLATES_AUTO_RELOAD": False, "JSON_AS_ASCII": False,
    }  # fmt: skip


class Bounded(IntegerConverter):
    """An id in an address: no more digits than both databases can look up."""

    regex = r"\d{1,18}"


def create_app(settings: config.Config, clock: Callable[[], datetime] | None = None) -> Flask:
    """The panel over the database of the settings. `clock` is the desk's; without one, that of the settings."""
    app = Flask("app", static_url_path="/assets", static_folder="static", template_folder="templates")
    app.config.update(_settings_of(settings))
    database = Database(
        metadata=Model.metadata,
        session_options={"class_": PanelSession, "expire_on_commit": False, "autoflush": False},
    )
    database.init_app(app)
    app.url_map.converters["int"] = Bounded
    tell_requests(app)
    # Before the token is looked at: whose session has ended is told so, and shown nothing of who he was.
    _around(app)
    CSRFProtect(app)
    with app.app_context():
        sessions = sessions_of(settings, database.engine)
        ticks = clock or clock_from(settings.clock, settings.clock_since)
        app.extensions["desk"] = Desk(settings, sessions, ticks)
        app.extensions["desk_told"] = {}
        app.extensions["desk_door"] = Door(settings)
        # The scope listens to this class only: verbs run in sessions of their own.
        database.session.session_factory.kw["info"] = sessions.kw["info"]
        appbuilder = AppBuilder(security_manager_class=people.DeskSecurityManager, indexview=Home)
        appbuilder.init_app(app, database.session)
        register(appbuilder)
        app.view_functions["LocaleView.index"] = speak
    app.register_blueprint(health)
    handle_errors(app)
    return app


def from_environment() -> Flask:
    """The panel that the environment describes. Raises `config.ConfigError`, and `Refused` for a database that is
    behind or, in production, the sample office. While a database does not answer, every page says so."""
    settings = config.load(os.environ, office=office_at)
    write_lines("web", "INFO" if settings.production else "WARNING")
    servable(settings)
    if settings.access_log:
        tell_accesses(settings.access_log)
    return create_app(settings)


def served() -> Flask:
    """The same for a web server that reads it once and forks: what a WSGI server is told to serve. Raises RuntimeError
    with the sentence of a refusal, which is all that such a server says."""
    try:
        app = from_environment()
    except (config.ConfigError, Refused) as no:
        raise RuntimeError(str(no)) from no
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    # A forked process must not use, nor close, connections of the one that forked it.
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return app


def tell_accesses(where: str) -> None:
    """Write each row of the access log as a line of JSON too: to a file, which may be rotated, or to syslog."""
    if where == "syslog":
        handler: logging.Handler = SysLogHandler("/dev/log", SysLogHandler.LOG_AUTHPRIV)
    else:
        try:
            handler = WatchedFileHandler(where, encoding="utf-8")
        except OSError as error:
            raise config.ConfigError(
                f"DESK_ACCESS_LOG is {where}, which cannot be written ({error.strerror}): name another file."
            ) from error
    handler.setFormatter(logging.Formatter("%(message)s"))
    accesses.addHandler(handler)
    accesses.setLevel(logging.INFO)
    accesses.propagate = False


def _around(app: Flask) -> None:
    """What every request has: its session checked, its headers, and what the layout shows."""

    @app.before_request
    def begin() -> Any:
        g.csp_nonce = secrets.token_urlsafe(16)
        if request.blueprint == "health":
            return None
        if session.permanent:
            session.permanent = False
        return people.keep_session()

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
        if request.endpoint not in people.STATIC:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.context_processor
    def around() -> dict[str, Any]:
        tongue = language()
        given = {"csp_nonce": lambda: g.get("csp_nonce", ""), "sent": told_once}
        return {"tongue": tongue, "zh": tongue == "zh", **given, **_who(tongue)}

    @app.template_filter("minute")
    def minute(at: datetime | None) -> str:
        return at.strftime("%Y-%m-%d %H:%M") if at else "—"


def _who(tongue: str) -> dict[str, Any]:
    """Who is logged in, what waits for him, and whether this is a sample office."""
    known = _office()
    found: dict[str, Any] = {
        "person": None, "sample": known.get("sample_office") == "true",
        "office_name": known.get("office") or WORDS["office"],
    }  # fmt: skip
    if has_request_context() and "desk_failed" not in g and current_user and current_user.is_authenticated:
        who = actor()
        named = "、".join(words.value("role", role, tongue) for role in sorted(who.roles)) or "—"
        found |= {"person": current_user, "named": named, "unread": unread(who), "menu": _menu(who, tongue),
                  **_warned(who, tongue)}  # fmt: skip
    return found


def _menu(who: Any, tongue: str) -> list[tuple[str, str]]:
    return [(f"{page}.list", words.page(page, language())) for page in sorted(who.pages, key=page_order)]


def _office() -> dict[str, str]:
    """What the office is called, and whether it is a sample one: asked until it is one, because it may be filled while
    the panel runs, and then once a minute."""
    told = current_app.extensions["desk_told"]
    known: dict[str, str] = told.get("office", {})
    fresh = time.monotonic() - told.get("office_asked", -ASKED_EVERY) < ASKED_EVERY
    if (fresh and known.get("sample_office") == "true") or "desk_failed" in g:
        return known
    query = select(Setting.name, Setting.value).where(Setting.name.in_(("sample_office", "office")))
    known = {row.name: row.value for row in reader().execute(query.execution_options(unscoped=True))}
    told.update(office=known, office_asked=time.monotonic())
    return known


def _warned(who: Actor, tongue: str) -> dict[str, Any]:
    """What every page warns of: the bot's last whole pass is over half an hour old, the coming year has no calendar.
    Asked once a minute and process; that of the calendar is no unit's."""
    told = current_app.extensions["desk_told"]
    if "desk_failed" not in g and time.monotonic() - told.get("asked", -ASKED_EVERY) >= ASKED_EVERY:
        age, calendar = swept(reader(), now()), next(_warnings(), None)
        told.update(asked=time.monotonic(), late=age is None or age > LATE, calendar=calendar)
    found: Finding | None = None if who.of_a_unit else told.get("calendar")
    said = {"level": found.level, "words": found.zh if tongue == "zh" else found.en} if found else None
    return {"bot_late": bool(told.get("late")), "calendar": said}


def _warnings() -> Iterator[Finding]:
    """What every page of the centre, the room and IT warns of: a clock that is wrong, a calendar that is missing."""
    yield from clock_findings(reader())
    yield from calendar_findings(reader(), now())
