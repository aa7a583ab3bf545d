"""Who has the page of a case open: told to the others for a minute, kept in Redis, never in the
database. It locks nothing, and where Redis does not answer nothing is told and nothing waits."""

from __future__ import annotations

import time
from typing import Any

from flask import abort, current_app
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.models import Case
from app.views.actor import actor, asked, desk

SECONDS = 60
"""How long an open page is told to the others."""
ASKED_EVERY = 30
"""How often (seconds) an open page says that it is still open, and asks who else is there."""
PATIENCE, SILENT = 0.2, 60.0
"""How long (seconds) Redis is waited for, and how long it is left alone once it did not answer."""
MOST = 5
"""So many names are told."""
_KEY = "desk:open:{}"
_SIGN = "\t"


class Register:
    """Who is where, as one process asks Redis for it."""

    def __init__(self, url: str | None) -> None:
        self.silent_until = 0.0
        self.client = (
            Redis.from_url(
                url,
                socket_connect_timeout=PATIENCE,
                socket_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),
                decode_responses=True,
            )
            if url
            else None
        )

    def beside(self, case: int, member: str) -> list[str]:
        """Who else has a case open, the newest first; it is noted that this one has."""
        if self.client is None or time.monotonic() < self.silent_until:
            return []
        try:
            return self._beside(self.client, case, member)
        except RedisError:
            self.silent_until = time.monotonic() + SILENT
            return []

    def _beside(self, client: Any, case: int, member: str) -> list[str]:
        key, at = _KEY.format(case), time.time()
        with client.pipeline() as line:
            line.zadd(key, {member: at})
            line.zremrangebyscore(key, "-inf", at - SECONDS)
            line.expire(key, SECONDS)
            line.zrange(key, 0, -1, desc=True)
            there: list[str] = line.execute()[-1]
        return [one for one in there if one != member]


def on_case(case_id: int) -> list[str]:
    """The names of the others who have a case open now, each once; who asks is told to them from now
    on. People of a unit and those of the centre and the room are not told of each other."""
    who = actor()
    if who.id is None:
        return []
    side = str(who.unit_id or "")
    there = _register().beside(case_id, _SIGN.join((str(who.id), side, who.name)))
    others = (one.split(_SIGN, 2) for one in there)
    return [*dict.fromkeys(name for _, of, name in others if of == side)][:MOST]


def _register() -> Register:
    found: Register | None = current_app.extensions.get("desk_presence")
    if found is None:
        found = current_app.extensions["desk_presence"] = Register(desk().settings.redis_url)
    return found


class Presence(BaseView):
    """Who else has a case open, as a page that is open asks for it from time to time."""

    route_base = "/presence"
    class_permission_name = "Cases"
    base_permissions = ["can_show"]
    default_view = "of"

    @expose("/<int:case>")
    @has_access
    @permission_name("show")
    def of(self, case: int) -> Any:
        """The part of a page that names them."""
        if asked(Case, case) is None:
            abort(404)
        return self.render_template("desk/_beside.html", names=on_case(case))
