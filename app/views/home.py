"""The first page: what waits for this person, list by list, with counts; and the bell of
notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import refresh
from sqlalchemy import Select, and_, false, func, select, true, union

from app import words
from app.ledger import mark_read
from app.models import Case, Event, Notice, NoticeRead, Unit
from app.roles import Actor
from app.rules.workdays import minute
from app.scope import Seen, seen_by, within
from app.verbs import Verb, possible
from app.views.actor import actor, language, now, reader, written
from app.views.pages.masking import know_callers, masked_text
from app.views.pages.paging import beyond, left_out, number_typed
from app.views.pages.shown import term
from app.worklists import COUNTED_TO, Queue, count_told, counted, queues_of

SHOWN = 50
DEEPEST = COUNTED_TO // SHOWN
"""The last page (from 0 on) of a list of work that is turned to."""
BELL = 50
COUNTED = 100
"""So many of the newest notices of a role or unit are counted as unread."""
NOT_ALONE = ("change_password", "contest_figures")
"""Verbs without a case that the first page does not begin: they are reached from the row that they
are about."""
CLOCKS = ("due_at", "own_at", "reply_by_at", "response_at", "sign_at", "screen_at")
"""The columns of the lists that are the ends of clocks; the others are moments at which something
happened."""


def _rows(who: Actor, queue: Queue, page: int) -> Select[Any]:
    """The rows of a list: the case, the unit, the moment that matters; those that press most come
    first. Which rows they are is found in the list's own table alone, and cases and units are
    fetched for these."""
    model, when = queue.model, getattr(queue.model, queue.when)
    # A visit is of a caller: of a case that was merged into another one, its own.
    about = model.id if model is Case else getattr(model, "caller_case_id", model.case_id)
    columns = [model.id.label("row"), when.label("at"), about.label("case")]
    if hasattr(model, "unit_id"):
        columns.append(model.unit_id.label("unit"))
    few = (
        select(*columns)
        .where(*queue.where(who, now()))
        .order_by(when, model.id)
        .offset(page * SHOWN)
        .limit(SHOWN + 1)
    )
    row = few.subquery().c
    of_case = (Case.number, Case.kind, Case.urgency, Case.place, Case.narrative, Case.state)
    query = select(row.row, row.at, row.case, *of_case, Unit.name.label("unit"))
    query = query.join(Case, Case.id == row.case)
    query = query.outerjoin(Unit, Unit.id == (row.unit if "unit" in row else Case.lead_unit_id))
    return query.order_by(row.at, row.row)


def _found(who: Actor, queue: Queue, page: int) -> Sequence[Any]:
    """The rows of a page of a list, and one more where there is a next page."""
    return (
        reader()
        .execute(_rows(who, queue, page).execution_options(unscoped=bool(queue.brief)))
        .all()
    )


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
        counts = counted(reader(), who, now())
        lists = [
            {
                "title": words.word(queue.title, tongue),
                "n": counts.get(key, 0),
                "href": self._href(key, queue),
                "told": count_told(counts.get(key, 0)),
                "red": queue.red,
            }
            for key, queue in queues_of(who).items()
        ]
        starts = [
            (url_for(f"Verbs.{verb.name}"), words.title(verb.name, tongue))
            for verb in possible(who)
            if _begins_here(verb)
        ]
        return self.render_template("desk/home.html", title="", lists=lists, starts=starts)

    def _href(self, key: str, queue: Queue) -> str:
        return (
            url_for(f"{queue.page}.list", work=key) if queue.page else url_for("Home.work", key=key)
        )

    @expose("/work/<key>")
    @has_access
    @permission_name("home")
    def work(self, key: str) -> Any:
        """One list."""
        who = actor()
        queue = queues_of(who).get(key)
        if queue is None or queue.page:
            abort(404)
        wanted, said = number_typed(request.args.get("page")) or 0, left_out(request.args, "page")
        page, rows = _turned_to(who, queue, wanted)
        if page != wanted:
            said.append(beyond(wanted))
        if not who.reads_as_typed and not queue.brief:
            know_callers(row.case for row in rows)
        return self.render_template(
            "desk/work.html",
            title=words.word(queue.title, language()),
            rows=[_line(who, queue, row) for row in rows[:SHOWN]],
            page=page,
            more=len(rows) > SHOWN and page < DEEPEST,
            key=key,
            left_out=said,
        )


def _turned_to(who: Actor, queue: Queue, wanted: int) -> tuple[int, Sequence[Any]]:
    """(page, its rows) of the page of a list that is wanted; of the first where there is no such
    page."""
    rows = _found(who, queue, wanted) if wanted <= DEEPEST else ()
    return (wanted, rows) if rows or not wanted else (0, _found(who, queue, 0))


def _begins_here(verb: Verb) -> bool:
    """Whether the first page begins a verb: one that needs no case and no row."""
    alone = verb.target == "none" and verb.name not in NOT_ALONE
    return verb.alone or (alone and not verb.name.startswith(("edit_", "reset_")))


def _line(who: Actor, queue: Queue, row: Any) -> dict[str, Any]:
    """A row of a list of work, in words."""
    tongue = language()
    return {
        "href": _leads_to(queue, row.case),
        "number": row.number,
        "kind": words.value("kind", row.kind, tongue),
        "urgency": words.value("urgency", row.urgency, tongue),
        "unit": row.unit or "",
        "state": words.state("case", row.state, tongue),
        "words": "" if queue.brief else _words(who, row),
        "at": _shown(row.at, queue.when),
        "late": bool(row.at and queue.when in CLOCKS and row.at <= now()),
    }


def _leads_to(queue: Queue, case: int) -> str:
    """Where a line leads: to the case's page, or to the one form that a person has for a case read
    in brief."""
    return (
        url_for(f"Verbs.{queue.brief}", case=case)
        if queue.brief
        else url_for("Cases.page_of_case", id=case)
    )


def _words(who: Actor, row: Any) -> str:
    """What a line tells of the matter: to a unit the place only; callers covered as everywhere."""
    told = row.place if who.of_a_unit else f"{row.place} {row.narrative}"
    return (told if who.reads_as_typed else masked_text(told, row.case))[:60]


def _shown(at: Any, when: str) -> str:
    if at is None:
        return ""
    return term(at) if when in CLOCKS else minute(at)


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
