"""What a process says of its work: one line for each event, of ids and counts, with nobody's words.

Lines are JSON, or plain where a person looks at a terminal. An error is told by its kind and the
places in the program that it came through; what it says only where it cannot be somebody's words.
"""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import datetime
from typing import Any

import structlog
from redis import RedisError
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from app.rules.workdays import BEIJING

OURS = "duban"
"""What our handler is called: there is one."""
_SPEAK = (OSError, RedisError)
_SPEAKS_TOO = ("sqlalchemy.exc", "DBAPIError")
"""Errors whose sentence names no value: `database.engine_from` sees to the last, which is known by
its name, for a process that asks no database has no room for the library."""
_QUIET = ("rq", "alembic", "fontTools", "PIL", "waitress", "gunicorn", "urllib3")
"""Packages whose own lines begin at a warning."""
_OWN_HANDLERS = ("gunicorn.error", "gunicorn.access", "rq.worker")
"""Packages that write their lines by themselves, in a form of their own."""
_FRAMES = 12


def _moment(_: WrappedLogger, __: str, told: EventDict) -> EventDict:
    told["time"] = datetime.now(BEIJING).isoformat(timespec="milliseconds")
    return told


def _failure(_: WrappedLogger, __: str, told: EventDict) -> EventDict:
    """The error of a line: `error` its kind, `said` its sentence where that may be told, `at` where
    it was raised and through what."""
    found = told.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        told["error"] = type(error).__qualname__
        if isinstance(error, _SPEAK) or _SPEAKS_TOO in [
            (of.__module__, of.__name__) for of in type(error).__mro__
        ]:
            told["said"] = str(error).splitlines()[0][:200] if str(error) else ""
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        told["at"] = [
            f"{one.filename.rpartition('/site-packages/')[2]}:{one.lineno} {one.name}"
            for one in frames
        ]
    return told


def _shared(process: str) -> list[Processor]:
    def named(_: WrappedLogger, __: str, told: EventDict) -> EventDict:
        told.setdefault("process", process)
        return told

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        named,
        _moment,
        _failure,
    ]


def _configure(shared: list[Processor]) -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


# Until a process writes its lines they are left to Python's own logging: unconfigured, structlog
# prints them all.
_configure([])


def write_lines(process: str, level: str = "INFO", plain: bool | None = None) -> None:
    """Have this process write its lines to standard error from now on, from `level` on. `plain`:
    for a person's eyes; without it, where standard error is a terminal."""
    shared = _shared(process)
    eyes = sys.stderr.isatty() if plain is None else plain
    last: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if eyes
        else (structlog.processors.JSONRenderer(ensure_ascii=False))
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(OURS)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared, processors=[ProcessorFormatter.remove_processors_meta, last]
        )
    )
    _configure(shared)
    root = logging.getLogger()
    root.handlers[:] = [one for one in root.handlers if one.get_name() != OURS] + [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel("WARNING")
    for name in _OWN_HANDLERS:
        known = logging.getLogger(name)
        known.handlers[:] = []
        known.propagate = True


def logger(name: str) -> Any:
    """Who speaks: `logger("duban.web").info("request", code=200)`."""
    return structlog.stdlib.get_logger(name)
