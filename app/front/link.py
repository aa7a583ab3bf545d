"""Where the desk reaches its front: it asks, signed, and nobody else may. What it gets is of use to
nobody else: sealed parcels, and questions of callers that live for seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request

from app.front.away import Away
from app.front.signing import AT, SIGNATURE, Gate
from app.front.spool import is_name

link = Blueprint("desk", __name__, url_prefix="/desk")
BEHIND, GATE = "duban_behind", "duban_gate"
MOST_BODY = 512 * 1024
MOST_NAMES = 1000


def _asked() -> Mapping[str, Any]:
    """What the desk asks. 413 for too much, 403 for whoever is not the desk, 400 for what is no
    JSON."""
    if (request.content_length or 0) > MOST_BODY:
        abort(413)
    body, gate = request.get_data(), current_app.extensions[GATE]
    assert isinstance(gate, Gate)  # noqa: S101
    at, signature = request.headers.get(AT, ""), request.headers.get(SIGNATURE, "")
    if not gate.lets_in(request.path, at, signature, body):
        abort(403)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        abort(400)
    return told if isinstance(told, dict) else abort(400)


def _behind() -> Away:
    found: Away = current_app.extensions[BEHIND]
    return found


@link.post("/hold")
def hold() -> Response:
    """Hold the desk's request: `answers` by the ids of questions, `newest` the newest parcel that it
    knows of, `seconds`, and what the office calls itself. Told: `questions` by their ids, `newest`
    what waits."""
    told, behind = _asked(), _behind()
    behind.tell(told)
    answers = {
        str(id): answer
        for id, answer in dict(told.get("answers") or {}).items()
        if isinstance(answer, dict)
    }
    known, seconds = str(told.get("newest") or ""), float(told.get("seconds") or 0.0)
    questions = behind.questions.held(answers, seconds, lambda: _newest(behind) > known)
    return jsonify(questions=questions, newest=_newest(behind))


@link.post("/pull")
def pull() -> Response:
    """The oldest parcel after the one named in `after`: its name, a line end, and it, sealed; 204
    where nothing waits."""
    told, behind = _asked(), _behind()
    after = str(told.get("after") or "")
    for name in behind.spool.names():
        if name > after:
            whole = name.encode() + b"\n" + behind.spool.read(name)
            return Response(whole, mimetype="application/octet-stream")
    return Response(status=204)


@link.post("/acknowledge")
def acknowledge() -> Response:
    """Forget the parcels that the desk has: `names`."""
    told = _asked()
    names = [str(name) for name in list(told.get("names") or ())[:MOST_NAMES]]
    return jsonify(gone=_behind().spool.drop(name for name in names if is_name(name)))


@link.after_request
def plain(response: Response) -> Response:
    """Nothing of this is kept anywhere."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _newest(behind: Away) -> str:
    names = behind.spool.names()
    return names[-1] if names else ""
