"""What a database must be before any process serves it or works on it: at the schema of the program, no sample."""

from __future__ import annotations

import contextlib

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import config
from app.database import engine_from, reading, sessions_from
from app.models import Setting
from migrations.upgrade import behind

BEHIND = "The database is behind its migrations: make a backup, then run `python -m app upgrade`."


class Refused(Exception):
    """Nothing is started; the message is one sentence that says what to do. `code` is the exit code."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


def servable(settings: config.Config) -> None:
    """Raises Refused where the database is behind, or is the sample office in production. One that does not answer now
    is no reason to stay away: it is waited for."""
    engine = engine_from(settings.database_url)
    try:
        with contextlib.suppress(OperationalError):
            if behind(engine):
                raise Refused(BEHIND)
            with reading(sessions_from(engine, settings.ledger_key)) as session:
                no_sample(settings, session)
    finally:
        engine.dispose()


def no_sample(settings: config.Config, session: Session) -> None:
    """Raises Refused where production would serve the sample office."""
    if settings.production and is_sample(session):
        raise Refused(
            "The database holds the sample office, whose accounts are no secret: set DATABASE_URL to another one when"
            " DESK_ENV is production, and make an office in it with `python -m app init`."
        )


def is_sample(session: Session) -> bool:
    """Whether the office is the sample one."""
    return session.scalar(select(Setting.value).where(Setting.name == "sample_office")) == "true"
