"""An empty office of its own for each story: made from one template, dropped afterwards."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine, make_url, text

from app.database import Sessions, engine_from, sessions_from
from migrations.upgrade import upgrade

SIGNS = bytes([1] * 32)
"""The key that rehearsals sign with: nobody's, so that what they make passes for no office's."""


class Theatre:
    """Empty migrated databases, one after another: files on SQLite, databases of their own on
    PostgreSQL."""

    def __init__(self, url: str, key: bytes) -> None:
        self._url = make_url(url)
        self._key = key
        self._folder = Path(tempfile.mkdtemp(prefix="duban-story-"))
        self._template: str | None = None
        self._office: Engine | None = None

    def __enter__(self) -> Theatre:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._office is not None:
            if self._template is not None:
                self._run(f'DROP DATABASE IF EXISTS "{self._template}"')
            self._office.dispose()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def empty(self) -> Iterator[Sessions]:
        """Sessions of an empty office, gone at the end."""
        opened = (
            self._postgres() if self._url.get_backend_name() == "postgresql" else self._sqlite()
        )
        with opened as engine:
            yield sessions_from(engine, self._key, signing=(SIGNS,))

    @contextmanager
    def _sqlite(self) -> Iterator[Engine]:
        template = self._folder / "template.db"
        if not template.exists():
            engine = engine_from(f"sqlite:///{template}")
            upgrade(engine)
            engine.dispose()
        copy = self._folder / f"{secrets.token_hex(6)}.db"
        shutil.copy(template, copy)
        engine = engine_from(f"sqlite:///{copy}")
        try:
            yield engine
        finally:
            engine.dispose()
            for left in self._folder.glob(f"{copy.name}*"):
                left.unlink()

    def _run(self, statement: str) -> None:
        if self._office is None:
            self._office = engine_from(
                self._url.render_as_string(hide_password=False), isolation_level="AUTOCOMMIT"
            )
        with self._office.connect() as connection:
            connection.execute(text(statement))

    def _at(self, name: str) -> Engine:
        return engine_from(self._url.set(database=name).render_as_string(hide_password=False))

    @contextmanager
    def _postgres(self) -> Iterator[Engine]:
        if self._template is None:
            name = f"duban_template_{secrets.token_hex(6)}"
            self._run(f'CREATE DATABASE "{name}"')
            self._template = name
            engine = self._at(name)
            upgrade(engine)
            engine.dispose()
        name = f"duban_story_{secrets.token_hex(6)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        engine = self._at(name)
        try:
            yield engine
        finally:
            engine.dispose()
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')
