"""The first page: what waits for this person, list by list, with counts; and the bell of notices."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import refresh
from sqlalchemy import Select, func, select, update

from app.models import Case, Event, Notice, Unit
from app.roles import Actor
from app.rules import words
from app.scope import seen_by
from app.verbs import possible
from app.views.actor import actor, language, now, reader, written
from app.views.base import page_of
from app.views.masking import know_callers, masked_text
from app.views.shown import term
from app.views.worklists import Queue, counted, queues_of

SHOWN = 50
BELL = 50
CLOCKS = ("due_at", "own_at", "reply_by_at", "response_at", "sign_at")
"""The columns of the lists that are the ends of clocks; the others are moments at which something happened."""


def _rows(who: Actor, queue: Queue, page: int) -> Select[Any]:
    """The rows of a list: the case, the unit, the moment that matters; those that press most come first."""
    model, when = queue.model, getattr(queue.model, queue.when)
    columns = [model.id.label("row"), when.label("at"), Case.id.label("case"), Case.number, Case.kind, Case.urgency,
               Case.place, Case.narrative, Case.state]  # fmt: skip
    query = select(*columns, Unit.name.label("unit")).where(*queue.where(who))
    if model is not Case:
        # A visit is of a caller: of a case that was merged into another one, its own.
        query = query.join(Case, Case.id == getattr(model, "caller_case_id", model.case_id))
    holder = model.unit_id if hasattr(model, "unit_id") else Case.lead_unit_id
    query = query.outerjoin(Unit, Unit.id == holder)
    return query.order_by(when, model.id).offset(page * SHOWN).limit(SHOWN + 1)


def speak(locale: str) -> Any:
    """Change the language of the panel, and stay on the page."""
    if locale not in current_app.config["LANGUAGES"]:
        abort(404)
    session["locale"] = locale
    refresh()
    back = urlsplit(request.referrer or "")
    if back.netloc != request.host:
        return redirect(url_for("Home.home"))
    path = "/" + back.path.lstrip("/\\")
    return redirect(f"{path}?{back.query}" if back.query else path)


class Home(BaseView):
    """The first page and the lists behind it."""

    route_base = ""
    class_permission_name = "Home"
    base_permissions = ["can_home"]
    default_view = "home"

    @expose("/")
    def home(self) -> Any:
        """What waits for this person."""
        who, tongue = actor(), language()
        if who.id is None:
            return redirect(url_for("Login.login"))
        counts = counted(who)
        lists = [
            {"title": words.word(queue.title, tongue), "n": counts.get(key, 0), "href": self._href(key, queue),
             "red": queue.red}
            for key, queue in queues_of(who).items()
        ]  # fmt: skip
        alone = [one for one in possible(who) if one.target == "none" and one.name != "change_password"
                 and not one.name.startswith(("edit_", "reset_")) or one.alone]  # fmt: skip
        starts = [(url_for(f"Verbs.{one.name}"), words.title(one.name, tongue)) for one in alone]
        return self.render_template("desk/home.html", title="", lists=lists, starts=starts)

    def _href(self, key: str, queue: Queue) -> str:
        return url_for(f"{queue.page}.list", work=key) if queue.page else url_for("Home.work", key=key)

    @expose("/work/<key>")
    @has_access
    @permission_name("home")
    def work(self, key: str) -> Any:
        """One list."""
        who, tongue = actor(), language()
        queue = queues_of(who).get(key)
        if queue is None or queue.page:
            abort(404)
        page = page_of(request.args.get("page"), 200)
        rows = reader().execute(_rows(who, queue, page).execution_options(unscoped=bool(queue.brief))).all()
        at = now()
        if not who.reads_as_typed and not queue.brief:
            know_callers(row.case for row in rows)
        lines = [
            {
                "href": _leads_to(queue, row.case), "number": row.number,
                "kind": words.value("kind", row.kind, tongue), "urgency": words.value("urgency", row.urgency, tongue),
                "unit": row.unit or "", "state": words.state("case", row.state, tongue),
                "words": "" if queue.brief else _words(who, row),
                "at": _shown(row.at, queue.when), "late": bool(row.at and queue.when in CLOCKS and row.at <= at),
            }
            for row in rows[:SHOWN]
        ]  # fmt: skip
        title, more = words.word(queue.title, tongue), len(rows) > SHOWN
        return self.render_template("desk/work.html", title=title, rows=lines, page=page, more=more, key=key)


def _leads_to(queue: Queue, case: int) -> str:
    """Where a line leads: to the case's page, or to the one form that a person has for a case he reads in brief."""
    return url_for(f"Verbs.{queue.brief}", case=case) if queue.brief else url_for("Cases.page_of_case", id=case)


def _words(who: Actor, row: Any) -> str:
    """What a line tells of the matter: to a unit the place only; callers covered as everywhere."""
    told = row.place if who.of_a_unit else f"{row.place} {row.narrative}"
    return (told if who.reads_as_typed else masked_text(told, row.case))[:60]


def _shown(at: Any, when: str) -> str:
    if at is None:
        return ""
    return term(at) if when in CLOCKS else str(at.strftime("%Y-%m-%d %H:%M"))


def page_order(page: str) -> int:
    """The order of pages in the menu: that of the procedure."""
    from app.roles import PAGES

    return list(PAGES).index(page)


class Bell(BaseView):
    """Notices: to the person's roles and his unit. Read is read for all of a role."""

    route_base = "/notices"
    class_permission_name = "Bell"
    base_permissions = ["can_list"]

    @expose("/")
    @has_access
    @permission_name("list")
    def list(self) -> Any:
        """The newest notices."""
        tongue = language()
        query = (
            select(Notice.event_id, Notice.recipient, Notice.at, Notice.read_at, Event.kind, Event.chain, Case.number)
            .join(Event, Event.id == Notice.event_id).outerjoin(Case, Case.id == Event.chain)
            .where(Notice.recipient.in_(seen_by(actor()).told)).order_by(Notice.event_id.desc()).limit(BELL)
            .execution_options(unscoped=True)
        )  # fmt: skip
        reads = "Cases" in actor().pages
        rows = [
            {
                "what": words.word(words.EVENT_TITLES.get(row.kind, (row.kind, row.kind)), tongue), "at": row.at,
                "unread": row.read_at is None, "number": row.number,
                "href": url_for("Cases.page_of_case", id=row.chain) if row.number and reads else None,
            }
            for row in reader().execute(query)
        ]  # fmt: skip
        return self.render_template("desk/bell.html", title="消息" if tongue == "zh" else "Notices", rows=rows)

    @expose("/read", methods=["POST"])
    @has_access
    @permission_name("list")
    def read(self) -> Any:
        """Mark all as read."""
        told, at = seen_by(actor()).told, now()
        query = update(Notice).where(Notice.recipient.in_(told), Notice.read_at.is_(None)).values(read_at=at)
        written(lambda session: session.execute(query))
        return redirect(url_for("Bell.list"))


def unread(who: Actor) -> int:
    """How many notices nobody of his has read, counted to 99."""
    told = seen_by(who).told
    query = select(Notice.event_id).where(Notice.recipient.in_(told), Notice.read_at.is_(None)).limit(100)
    counted_ = select(func.count()).select_from(query.subquery()).execution_options(unscoped=True)
    return int(reader().scalar(counted_) or 0)
