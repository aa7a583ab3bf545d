"""What is written to the access log 查阅日志 where somebody comes or looks."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from logging.handlers import SysLogHandler, WatchedFileHandler
from typing import Any

from flask import request
from sqlalchemy.orm import Session

import config
from app import words
from app.stages.access import log as accesses
from app.stages.access import note_access
from app.verbs import perform
from app.views.actor import actor, now, written


def address() -> str:
    """Where the request comes from: who asked the web server that stands before the panel on this
    machine, else who asked the panel. What a browser says of itself is not believed: the last hop
    is the web server's own word."""
    from_here = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return _told(told) or from_here if _loopback(from_here) else from_here


def address_is_ours() -> bool:
    """Whether this machine itself asks: a web server that stands before the panel."""
    return _loopback(request.remote_addr or "")


def _told(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def noting(kind: str, account_id: int | None = None, **told: Any) -> Any:
    """What writes that the person of this request (or another account; 0: none that there is) came
    or looked, in a transaction given to it."""
    at, where = now(), address()
    id = actor().id if account_id is None else account_id or None

    def write(session: Session) -> None:
        note_access(session, at, kind, where, id, **told)

    return write


def note(kind: str, account_id: int | None = None, **told: Any) -> None:
    """The same, in a transaction of its own."""
    written(noting(kind, account_id, **told))


def paper_opened(session: Session, case: int, **named: Any) -> Any:
    """Open a paper of a case as the person of this request, on the record and in the access log:
    what it says."""
    done = perform(session, now(), actor(), "open_paper", case=case, **named)
    noting("paper_opened", case_id=case)(session)
    return done


def tell_accesses(where: str) -> None:
    """Write each row of the access log as a line of JSON too: to a file, which may be rotated, or
    to syslog."""
    if where == "syslog":
        handler: logging.Handler = SysLogHandler("/dev/log", SysLogHandler.LOG_AUTHPRIV)
    else:
        try:
            handler = WatchedFileHandler(where, encoding="utf-8")
        except OSError as error:
            told = words.both("shell.access_log_unwritable", file=where, why=error.strerror)
            raise config.ConfigError(told) from error
    handler.setFormatter(logging.Formatter("%(message)s"))
    accesses.addHandler(handler)
    accesses.setLevel(logging.INFO)
    accesses.propagate = False
