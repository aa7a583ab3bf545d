"""The panel: a Flask application put together from the settings, the clock and the views."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder, Model
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

import config
from app import words
from app.clock import clock_from
from app.database import PANEL
from app.logs import write_lines
from app.rules.files import MOST_BYTES
from app.supervisor.lanes import THREADS
from app.views.access_notes import tell_accesses
from app.views.actor import Desk
from app.views.banners import with_banners, with_texts
from app.views.converters import Bounded, PlainJSON
from app.views.errors import handle_errors
from app.views.figures.wall import blueprint as wall
from app.views.forms.applies import blueprint as looks
from app.views.headers import with_headers
from app.views.home import Home, speak
from app.views.kits import blueprints
from app.views.login.door import Door
from app.views.login.security import DeskSecurityManager
from app.views.machines.health import blueprint as health
from app.views.menu import DeskMenu
from app.views.public import with_front
from app.views.reader import Database, PanelSession
from app.views.register import register
from app.views.request_log import tell_requests
from jobs.servable import Refused, office_at, servable, sessions_of

ROOM_FOR_A_FORM = 4 * 1024 * 1024
"""Bytes of a form beside its files."""
POOL = 5
"""Connections that a process keeps. It takes more while it needs them, at most two for each of its
threads: a page reads through one while its verb writes through another."""
READ_BYTES = 2 * MOST_BYTES + ROOM_FOR_A_FORM
"""How much of a request is read at all: twice the largest file, so that who chose one that is too
big gets his form back with what he typed, and a sentence."""


def _settings_of(settings: config.Config) -> dict[str, Any]:
    """Flask's and Flask-AppBuilder's settings."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": POOL,
            "max_overflow": 2 * THREADS - POOL,
            "pool_timeout": PANEL.lock,
        },
        "SQLALCHEMY_TRACK_MODIFICATIONS": False,
        "MAX_CONTENT_LENGTH": READ_BYTES,
        "MAX_FORM_MEMORY_SIZE": ROOM_FOR_A_FORM,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "SESSION_COOKIE_NAME": "duban",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.production,
        "APP_NAME": words.word("shell.duban", "zh"),
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ADD_SECURITY_API": False,
        "FAB_ADD_OPENAPI_VIEWS": False,
        "FAB_ADD_MENU_API": False,
        "FAB_API_SWAGGER_UI": False,
        "FAB_OPENAPI_SERVERS": [{"url": "/"}],
        "FAB_ADD_SECURITY_VIEWS": True,
        "FAB_BASE_TEMPLATE": "desk/layout.html",
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "zh",
        "RATELIMIT_ENABLED": False,
        "LANGUAGES": {
            language: {"flag": words.own("flag", language), "name": words.own("name", language)}
            for language in words.languages()
        },
        "AUTH_ROLE_PUBLIC": "Public",
        "TEMPLATES_AUTO_RELOAD": False,
    }


def create_app(settings: config.Config, clock: Callable[[], datetime] | None = None) -> Flask:
    """The panel over the database of the settings. `clock` is the desk's; without one, that of the
    settings."""
    app = Flask(
        "app", static_url_path="/assets", static_folder="static", template_folder="templates"
    )
    app.config.update(_settings_of(settings))
    app.json = PlainJSON(app)
    database = Database(
        metadata=Model.metadata,
        session_options={"class_": PanelSession, "expire_on_commit": False, "autoflush": False},
    )
    database.init_app(app)
    app.url_map.converters["int"] = Bounded
    tell_requests(app)
    # Before the token is looked at: whose session has ended is told so, and shown nothing of who he
    # was.
    with_headers(app)
    with_banners(app)
    forms = CSRFProtect(app)
    Bootstrap5(app)
    with app.app_context():
        sessions = sessions_of(settings, database.engine)
        ticks = clock or clock_from(settings.clock, settings.clock_since)
        app.extensions["desk"] = Desk(settings, sessions, ticks)
        app.extensions["desk_told"] = {}
        app.extensions["desk_door"] = Door(settings)
        # The scope listens to this class only: verbs run in sessions of their own.
        database.session.session_factory.kw["info"] = sessions.kw["info"]
        appbuilder = AppBuilder(
            security_manager_class=DeskSecurityManager, indexview=Home, menu=DeskMenu()
        )
        appbuilder.init_app(app, database.session)
        with_texts(app)
        register(appbuilder, database.engine)
        app.view_functions["LocaleView.index"] = speak
    if settings.front == "here":
        with_front(app, settings, sessions, ticks, app.extensions["desk_door"])
        # A form of the public has a key of its own, and no session that another site could use.
        forms.exempt(app.blueprints["front"])
    for each in (health, wall, looks(), *blueprints()):
        app.register_blueprint(each)
    handle_errors(app)
    return app


def from_environment() -> Flask:
    """The panel that the environment describes. Raises `config.ConfigError`, and `Refused` for a
    database that is behind or, in production, the sample office. While a database does not answer,
    every page says so."""
    settings = config.load(os.environ, office=office_at)
    write_lines("web", "INFO" if settings.production else "WARNING")
    servable(settings)
    if settings.access_log:
        tell_accesses(settings.access_log)
    return create_app(settings)


def served() -> Flask:
    """The same for a web server that reads it once and forks: what a WSGI server is told to serve.
    Raises RuntimeError with the sentence of a refusal, which is all that such a server says."""
    try:
        app = from_environment()
    except (config.ConfigError, Refused) as no:
        raise RuntimeError(str(no)) from no
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    # A forked process must not use, nor close, connections of the one that forked it.
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return app
