"""Who is asking, in which language, and the desk behind the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import abort, current_app, g, has_request_context, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy import BigInteger, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import config
from app.database import Sessions, retried
from app.faults import unsure
from app.models import Person
from app.roles import Actor
from app.rules.office import Office
from app.rules.workdays import beijing
from app.scope import FEW, NOTHING, Seen, few, seen_by
from app.stages.calendar import office_known
from app.stages.handling import lenders
from app.stages.rights import RIGHTS, person
from app.stages.roles import custom_rights

Result = TypeVar("Result")
NOT_LOGGED_IN = Actor(None, "nobody")
PROGRAMS = "/api/v1/"
"""Where programs read; the address itself is a page for people."""
SEARCHED = ("q_", "asked")
"""How the parameters of a search begin: of its fields, and of what is sealed of them."""


@dataclass(frozen=True)
class Desk:
    """What a request works with: the settings, sessions of its own for verbs, and the clock."""

    settings: config.Config
    sessions: Sessions
    clock: Callable[[], datetime]


def desk() -> Desk:
    """The desk of this application."""
    the_desk: Desk = current_app.extensions["desk"]
    return the_desk


def now() -> datetime:
    """The moment of this request, the same for all of it."""
    if "desk_now" not in g:
        g.desk_now = beijing(desk().clock())
    moment: datetime = g.desk_now
    return moment


def reader() -> Session:
    """The session that pages read with: scoped, and unable to write."""
    session: Session = current_app.extensions["appbuilder"].session
    return session


def actor_of(reading: Session, user: Person) -> Actor:
    """The actor that an account is, by his person's name, with what its custom roles add."""
    named = [role for role in user.roles if role.name in RIGHTS]
    other = [role.id for role in user.roles if role.name not in RIGHTS]
    extra = custom_rights(reading, other) if other else set()
    return person(
        user.id,
        user.first_name or user.username,
        [role.name for role in named],
        user.unit_id,
        extra,
        _stands_in_for(reading, user),
    )


def _stands_in_for(reading: Session, user: Person) -> int | None:
    """The head of the unit for whom somebody stands in today; a head has what would be lent."""
    if user.unit_id is None or "unit_head" in [role.name for role in user.roles]:
        return None
    known: dict[int, int | None] = g.get("desk_lent", {})
    if user.id not in known:
        known = {user.id: reading.scalar(lenders(now().date(), user.id, user.unit_id))}
    return known[user.id]


def actor() -> Actor:
    """Who is asking; nobody, where no one has logged in."""
    if "desk_actor" not in g:
        user: Any = current_user._get_current_object() if current_user else None
        known = user is not None and user.is_authenticated
        g.desk_actor = actor_of(reader(), user) if known else NOT_LOGGED_IN
    found: Actor = g.desk_actor
    return found


def seen() -> Seen | None:
    """What this request may see; None outside a request, where nothing is held back."""
    if not has_request_context():
        return None
    if "desk_seen" not in g:
        who = actor()
        g.desk_seen = NOTHING if who is NOT_LOGGED_IN else seen_by(who)
    found: Seen = g.desk_seen
    return found


def know_few(since: Any) -> int | None:
    """Find out, before rows are asked for, whether this person sees few cases; and where he does
    not, the key that a query gives, in the same statement."""
    who = seen()
    assert who is not None  # noqa: S101
    number, key = reader().execute(few(who).add_columns(since.scalar_subquery())).one()
    if number <= FEW:
        g.desk_seen = replace(who, few=True)
        return None
    found: int | None = key
    return found


def office_here() -> Office:
    """The office as it stands, asked in one statement a request."""
    if "desk_office" not in g:
        g.desk_office = office_known(reader(), now())
    held: Office = g.desk_office
    return held


def language() -> str:
    """The language that the person chose; Chinese where none was chosen."""
    chosen = session.get("locale") if has_request_context() else None
    return str(chosen) if chosen in current_app.config["LANGUAGES"] else "zh"


WROTE = "wrote"
"""How often this session wrote something: what was counted before is counted anew, in whichever process
the next page is made."""


def written(work: Callable[[Session], Result]) -> Result:
    """Do work that writes, in a transaction of its own. What was read so far is let go first: on
    SQLite a reader that stays would hold the writer's log open."""
    reader().commit()
    try:
        done = retried(desk().sessions, work)
    except DBAPIError as error:
        g.desk_written = g.get("desk_written", False) or unsure(error)
        raise
    g.desk_written = True
    if "_user_id" in session:
        session[WROTE] = session.get(WROTE, 0) + 1
    return done


def key_typed(text: str | None) -> int:
    """The id that stands in an address or a hidden field; 0, which no row has, where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def most(model: type[Any]) -> int:
    """The first id that is too great for a table: PostgreSQL refuses to look for it."""
    return 2**62 if isinstance(inspect(model).primary_key[0].type, BigInteger) else 2**31


def asked(model: type[Any], id: int) -> Any:
    """A row within what this person may see, or None."""
    if not 0 < id < most(model):
        return None
    return reader().scalars(select(model).where(model.id == id)).first()


FORMS = ("Verbs", "Triage", "Many")
"""Where forms are sent to an address that can be opened too."""


def come_back_to() -> str | None:
    """Where whoever has to log in first is led then: to the page he asked for, to the form he sent;
    else None. What he searched for is left out: it would stand in one more address, and in the logs
    of whatever is between."""
    if request.method != "GET" and request.blueprint not in FORMS:
        return None
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if not name.startswith(SEARCHED)
    ]
    plain = len(kept) == sum(1 for _ in request.args.items(multi=True))
    return request.full_path if plain else f"{request.path}?{urlencode(kept)}"


def for_program() -> bool:
    """Whether a program asks, which reads no page: neither one that says no nor one to log in."""
    return request.path.startswith(PROGRAMS) and request.path != PROGRAMS


def refuse_access() -> Any:
    """To the login page, or 403 for who has logged in; 401 for a program in nobody's name."""
    if actor().id is None and for_program():
        abort(401)
    if actor().id is None and "HX-Target" in request.headers:
        # The part of a page that somebody asked for: the whole page goes to the login.
        return current_app.response_class("", headers={"HX-Redirect": url_for("Login.login")})
    if actor().id is None:
        return redirect(url_for("Login.login", next=come_back_to()))
    abort(403)
