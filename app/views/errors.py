"""Errors in words, with a way on; never a trace, never a statement."""

from __future__ import annotations

import logging
import secrets
from contextlib import suppress
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app import words
from app.database import kept_by_guard
from app.faults import FULL, fault, lost
from app.views.actor import actor, come_back_to, for_program, language, reader
from app.views.forms.given_back import kept
from app.views.login import sessions
from app.views.pages.export_places import NoPlace

log = logging.getLogger(__name__)
ERRORS = {
    400: "error.400",
    401: "error.401",
    403: "error.403",
    404: "error.404",
    405: "error.405",
    409: "error.409",
    413: "error.413",
    500: "error.500",
}
_CSRF = "error.page_too_old"
RETRY_SECONDS = {"away": 10, "busy": 5, "full": 60}
"""What a client is told to wait, by the fault."""
TRIES = 2
"""How often a request is begun anew whose connection broke before anything was written."""
_OF_THIS_TRY = ("_login_user", "desk_actor", "desk_seen", "desk_written")
"""What a request remembers that has to be read anew when it is begun once more."""


def handle_errors(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(NoPlace, _no_place)
    app.register_error_handler(Exception, _unknown)


def _page(code: int, sentence: str, back: str | None = None) -> tuple[Any, int]:
    if for_program():
        return jsonify(message=sentence), code
    return render_template(
        "desk/error.html", title=str(code), code=code, sentence=sentence, back=back
    ), code


def _csrf(error: CSRFError) -> Any:
    form = come_back_to()
    # No message that the session would hold: the cookie of whoever was led here from another site
    # stays as it is.
    if form and actor().id is None:
        login = url_for("Login.login", next=form, ended=1)
        return ("", {"HX-Redirect": login}) if "HX-Request" in request.headers else redirect(login)
    return _page(400, words.word(_CSRF, language()), form)


def _known(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    pair = ERRORS.get(code, ERRORS[400] if code < 500 else ERRORS[500])
    if sessions.is_static(request.endpoint):  # nobody is asked who he is there, so nobody is named
        return Response(words.word(pair, language()), code, mimetype="text/plain")
    return _page(code, words.word(pair, language()))


def _no_place(error: NoPlace) -> Response:
    answer = make_response(_page(error.code, str(error)))
    answer.headers["Retry-After"] = str(RETRY_SECONDS["busy"])
    return answer


def _unknown(error: Exception) -> Any:
    """Once more where nothing was done and the line broke; the page of what is outside; else that
    of a mistake."""
    if lost(error) and not g.get("desk_written") and g.get("desk_tries", 0) < TRIES:
        return _once_more()
    g.desk_failed = True
    _let_go()
    what = fault(error)
    if what is not None:
        return _faulty(what, error)
    number = g.get("request_number") or secrets.token_hex(8)
    log.error("error %s at %s", number, request.endpoint, exc_info=error)
    code = 409 if kept_by_guard(error) else 500
    said = words.word(ERRORS[code], language())
    return _page(code, words.word("error.numbered", language(), said=said, number=number))


def _let_go() -> None:
    """Give the connection back; one that broke has nothing to be rolled back."""
    with suppress(DBAPIError):
        reader().rollback()


def _once_more() -> Any:
    """The request from its beginning, over another connection: its own broke before anything was
    written."""
    g.desk_tries = g.get("desk_tries", 0) + 1
    _let_go()
    for name in _OF_THIS_TRY:
        g.pop(name, None)
    for file in request.files.values():
        file.stream.seek(0)
    try:
        answer = current_app.preprocess_request()
        return current_app.dispatch_request() if answer is None else answer
    except HTTPException as error:
        return _known(error)
    except (SQLAlchemyError, OSError) as error:
        return _unknown(error)


def _faulty(what: str, error: Exception) -> Response:
    """The page of what is outside: in words, with what was typed. It asks the database nothing."""
    log.warning(
        "%s at %s: %s", what, request.endpoint, type(getattr(error, "orig", None) or error).__name__
    )
    code, sentence = 507 if what == FULL else 503, words.word(f"fault.{what}", language())
    if request.blueprint == "health" or sessions.is_static(request.endpoint):
        answer = Response(f"{sentence}\n", code, mimetype="text/plain")
    else:
        answer = make_response(page_of_fault(code, sentence), code)
    answer.headers["Retry-After"] = str(RETRY_SECONDS[what])
    return answer


def page_of_fault(code: int, sentence: str) -> str:
    """A page that says what is not possible now and gives back what was typed; nobody is looked up
    for it."""
    g.desk_failed = True
    g._login_user = current_app.extensions[
        "appbuilder"
    ].sm.lm.anonymous_user()  # or each page would look him up
    return render_template(
        "desk/fault.html",
        title="",
        code=code,
        sentence=sentence,
        account=session.get("_user_id"),
        **kept(),
    )
