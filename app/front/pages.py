"""The pages of the front: a demand comes in, how it stands is told, a result is said to be true or
not. For a telephone, without a login, a cookie or a script."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from app.front import demand, looking, rating, wechat_page
from app.front.behind import Full, Silent
from app.front.limits import TooMany
from app.front.room import page, room, secured
from app.rules.files import NO_ROOM

log = logging.getLogger("duban.front")
BASE = "/front"
UNCOUNTED = ("front.from_wechat", "front.nothing")
"""What may be sent as often as anybody likes: WeChat's few servers bring it for everybody; nothing is
looked at."""
pages = Blueprint(
    "front",
    __name__,
    url_prefix=BASE,
    static_folder=str(Path(__file__).parents[1] / "static" / "front"),
    static_url_path="/assets",
)


@pages.before_request
def count() -> None:
    """Count what is sent, before anything of it is looked at."""
    if request.method == "POST" and request.endpoint not in UNCOUNTED:
        room().limits.post(room().address())


@pages.after_request
def heads(response: Response) -> Response:
    """The heads of every page."""
    if request.endpoint == "front.static":
        response.headers["Cache-Control"] = "public, max-age=3600"
    return secured(response)


@pages.get("/")
def first() -> Response:
    """The form of a demand."""
    return demand.shown()


@pages.post("/")
def send() -> Response:
    """Take a demand, or give its form back."""
    return demand.sent()


@pages.get("/status")
def status() -> Response:
    """The forms in which a case or a message is asked for."""
    return looking.shown()


@pages.post("/status")
def look() -> Response:
    """Say how a case or a message stands."""
    return looking.looked()


@pages.get("/rate")
@pages.get("/rate/<code>")
def rate(code: str = "") -> Response:
    """The form in which a result is rated. Opening it consumes nothing."""
    return rating.opened(code)


@pages.post("/rate")
@pages.post("/rate/<code>")
def rated(code: str = "") -> Response:
    """Take a rating."""
    return rating.sent()


@pages.get("/wechat")
def to_wechat() -> Response:
    """Vouch for this address to WeChat."""
    return wechat_page.vouch()


@pages.post("/wechat")
def from_wechat() -> Response:
    """Take what WeChat brings; its few servers bring it for everybody, so it is not counted."""
    return wechat_page.take()


@pages.route("/<path:other>", methods=["GET", "POST"])
def nothing(other: str) -> Response:
    """A page that is not there."""
    return page("plain", 404, title="public.nothing", sentence="public.nothing_there")


@pages.errorhandler(TooMany)
def too_many(error: TooMany) -> Response:
    """Held back for a while."""
    answer = demand.held_back(error) if request.endpoint == "front.send" else looking.locked(error)
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


@pages.errorhandler(Silent)
def silent(error: Silent) -> Response:
    """The desk does not answer now."""
    answer = page("plain", 503, title="public.later", sentence="public.later_words")
    answer.headers["Retry-After"] = "60"
    return answer


@pages.errorhandler(Full)
def full(error: Full) -> Response:
    """There is no room."""
    return page("plain", 507, title="public.later", sentence="public.full")


@pages.errorhandler(HTTPException)
def known(error: HTTPException) -> Response:
    """What cannot be read, or is too big."""
    code = error.code or 500
    sentence = "public.too_big" if code == 413 else "public.unreadable"
    return page("plain", code, title="public.not_taken", sentence=sentence)


@pages.errorhandler(Exception)
def unknown(error: Exception) -> Any:
    """A disk that is full, or a mistake: told in the log by its kind, to the caller in a sentence."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        log.warning("full at %s", request.endpoint)
        return full(Full())
    log.error("error at %s", request.endpoint, exc_info=error)
    return page("plain", 500, title="public.later", sentence="public.failed")
