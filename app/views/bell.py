"""The bell: what was told to a person's roles and unit, newest first, and how much of it is unread."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import and_, select, true

from app import words
from app.ledger import mark_read
from app.models import Case, Event, NoticeRead, Unit
from app.scope import seen_by, within
from app.views.actor import actor, language, now, reader, written
from app.views.bar import newest_told, polled, unread_of
from app.views.pages.paging import left_out

BELL, NEWEST = 50, 8
"""So many of the newest notices are on the page of the bell, and below the bell itself."""
OVER = 286
"""The status with which a page that is left open is told to ask no more."""


class Bell(BaseView):
    """Notices: to the person's roles and unit. What one has read stays unread for all others."""

    route_base = "/notices"
    class_permission_name = "Bell"
    base_permissions = ["can_list"]

    @expose("/")
    @has_access
    @permission_name("list")
    def list(self) -> Any:
        """The newest notices."""
        rows = _newest(BELL)
        title = words.word("layout.notices", language())
        return self.render_template(
            "desk/bell.html", title=title, rows=rows, left_out=left_out(request.args)
        )

    @expose("/newest")
    @has_access
    @permission_name("list")
    def newest(self) -> Any:
        """The few newest ones, to be shown below the bell."""
        return render("desk/_newest.html", rows=_newest(NEWEST))

    @expose("/count")
    def count(self) -> Any:
        """How much is unread and how much waits, for a page that is left open; it is told to ask no
        more where its session is over."""
        found = polled()
        if found is None:
            return "", OVER, {"HX-Reswap": "none"}
        return render("desk/_counts.html", counts=found)

    @expose("/read", methods=["POST"])
    @has_access
    @permission_name("list")
    def read(self) -> Any:
        """Mark as read, for this person, what the bell counts."""
        who, at = actor(), now()
        waiting = reader().scalars(unread_of(who).execution_options(unscoped=True)).all()
        written(lambda session: mark_read(session, at, who.id or 0, waiting))
        return redirect(url_for("Bell.list"))


def render(template: str, **told: Any) -> str:
    """A part of a page, without what stands around every page."""
    return str(current_app.jinja_env.get_template(template).render(**told))


def _newest(most: int) -> list[dict[str, Any]]:
    """The newest notices in words, each with its case and the unit that leads it, where the person
    may read of that."""
    tongue, who = language(), actor()
    told = newest_told(seen_by(who), most).subquery()
    own = and_(NoticeRead.event_id == Event.id, NoticeRead.person_id == (who.id or 0))
    readable = and_(true(), *within(Case, seen_by(who))).label("readable")
    query = (
        select(
            Event.at,
            Event.kind,
            Event.chain,
            Event.payload,
            Case.number,
            Unit.name.label("unit"),
            NoticeRead.at.label("read_at"),
            readable,
        )
        .join(told, told.c.event_id == Event.id)
        .outerjoin(Case, Case.id == Event.chain)
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .outerjoin(NoticeRead, own)
        .order_by(Event.id.desc())
        .limit(most)
        .execution_options(unscoped=True)
    )
    reads = "Cases" in who.pages
    return [
        {
            "what": words.pair(words.event(row.kind, tongue), _ended_as(row, tongue), tongue),
            "at": row.at,
            "unread": row.read_at is None,
            "number": row.number,
            "unit": row.unit if row.readable else None,
            "href": _address(row, reads),
        }
        for row in reader().execute(query)
    ]


def _ended_as(row: Any, tongue: str) -> str:
    """As what a case ended, which is what a leader is told of a matter."""
    how = json.loads(row.payload).get("as") if row.kind == "case.closed" else None
    return words.value("closed_as", how, tongue) if how else ""


def _address(row: Any, reads: bool) -> str | None:
    """Where a notice leads: to its case for who reads that, a leader to the page of their matters."""
    if row.number and reads and row.readable:
        return url_for("Cases.page_of_case", id=row.chain)
    if row.number and "leader" in actor().scopes:
        return url_for("Instructions.mine")
    return None
