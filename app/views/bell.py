"""The bell: what was told to a person's roles and unit, newest first, and how much of it is unread."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import Select, and_, false, func, select, true, union

from app import words
from app.ledger import mark_read
from app.models import Case, Event, Notice, NoticeRead
from app.roles import Actor
from app.scope import Seen, seen_by, within
from app.views.actor import actor, language, now, reader, written
from app.views.pages.paging import left_out

BELL = 50
COUNTED = 100
"""So many of the newest notices of a role or unit are counted as unread."""


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
        tongue, who = language(), actor()
        told = _newest(seen_by(who), BELL).subquery()
        own = and_(NoticeRead.event_id == Event.id, NoticeRead.person_id == (who.id or 0))
        readable = and_(true(), *within(Case, seen_by(who))).label("readable")
        query = (
            select(
                Event.at,
                Event.kind,
                Event.chain,
                Case.number,
                NoticeRead.at.label("read_at"),
                readable,
            )
            .join(told, told.c.event_id == Event.id)
            .outerjoin(Case, Case.id == Event.chain)
            .outerjoin(NoticeRead, own)
            .order_by(Event.id.desc())
            .limit(BELL)
            .execution_options(unscoped=True)
        )
        reads = "Cases" in who.pages
        rows = [
            {
                "what": words.event(row.kind, tongue),
                "at": row.at,
                "unread": row.read_at is None,
                "number": row.number,
                "href": url_for("Cases.page_of_case", id=row.chain)
                if row.number and reads and row.readable
                else None,
            }
            for row in reader().execute(query)
        ]
        title = words.word("layout.notices", tongue)
        return self.render_template(
            "desk/bell.html", title=title, rows=rows, left_out=left_out(request.args)
        )

    @expose("/read", methods=["POST"])
    @has_access
    @permission_name("list")
    def read(self) -> Any:
        """Mark as read, for this person, what the bell counts."""
        who, at = actor(), now()
        waiting = reader().scalars(_unread(who).execution_options(unscoped=True)).all()
        written(lambda session: mark_read(session, at, who.id or 0, waiting))
        return redirect(url_for("Bell.list"))


def unread(who: Actor) -> int:
    """How many of the newest events that were told to a person have not been read by that
    person."""
    counted_ = (
        select(func.count()).select_from(_unread(who).subquery()).execution_options(unscoped=True)
    )
    return int(reader().scalar(counted_) or 0)


def _newest(seen: Seen, most: int) -> Any:
    """The newest events that were told to each role and unit of a person, each event once."""
    parts = [
        select(
            select(Notice.event_id)
            .where(Notice.recipient == recipient)
            .order_by(Notice.event_id.desc())
            .limit(most)
            .subquery()
            .c.event_id
        )
        for recipient in seen.told
    ]
    return union(*parts) if parts else select(Notice.event_id).where(false())


def _unread(who: Actor) -> Select[Any]:
    """The events among the newest that a person has not read. Older ones are no longer shown nor
    counted, so that the bell costs the same in its tenth year."""
    told = _newest(seen_by(who), COUNTED).subquery()
    read = select(NoticeRead.event_id).where(NoticeRead.person_id == (who.id or 0))
    return select(told.c.event_id).where(told.c.event_id.not_in(read)).limit(COUNTED)
