"""The session that pages read with: within what the person may see, and unable to write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import (
    Flask,
    has_request_context,
)
from flask_appbuilder.utils.legacy import get_sqla_class
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState

from app import scope
from app.database import PANEL, engine_from
from app.faults import lost
from app.views.actor import seen

READS_ONLY = "the panel's session reads; verbs write"


class PanelSession(FlaskSession):
    """The session that pages read with: within what the person may see, and unable to write."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        """In a request an engine whose transactions only read."""
        engine = super().get_bind(*args, **kwargs)
        return _reading(engine) if has_request_context() and isinstance(engine, Engine) else engine

    def flush(self, objects: Any = None) -> None:
        """Write nothing: in a request only verbs write, in sessions of their own."""
        if has_request_context() and (self.new or self.dirty or self.deleted):
            raise TypeError(READS_ONLY)
        super().flush(objects)

    def rollback(self) -> None:
        """Let go of what was read; a connection that broke meanwhile has nothing to be rolled
        back."""
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
    """The same engine, reading: one object for each, because a session keeps its connections by
    engine."""
    if id(engine) not in _READING:
        readonly = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
        _READING[id(engine)] = engine.execution_options(reads=True, **readonly)
    return _READING[id(engine)]


scope.install(PanelSession, seen)


@event.listens_for(PanelSession, "do_orm_execute")
def _only_reads(state: ORMExecuteState) -> None:
    if has_request_context() and (state.is_insert or state.is_update or state.is_delete):
        raise TypeError(READS_ONLY)


class Database(get_sqla_class()):  # type: ignore[misc]
    """Flask-AppBuilder's database on the desk's own engine."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return engine_from(options.pop("url"), PANEL, **options)
