"""The inbox 收件箱: what arrived in writing and waits, and each message with what may be done with it and
the cases that it may be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import abort, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import Select, func, select

from app import files, words
from app.models import Message, MessageFile
from app.rules.files import MEDIA, MOST_BYTES, kept_name
from app.rules.gist import gist
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.views.actor import actor, asked, desk, key_typed, language, now, reader
from app.views.forms.back import BACK, PLACES, Place
from app.views.forms.once import ONCE, key_for
from app.views.message_told import about_it, beside, facts_of, files_of, near_to, notes_of, who_sent
from app.views.pages.badge import Badge, badge_of
from app.views.pages.paging import beyond, left_out, number_typed
from app.worklists import COUNTED_TO, QUEUES, count_told

PAGE, READ = 50, 400
"""So many messages stand on a page, and so many signs of each are read for its line."""
TABS = ("inbox", "inbox_mine", "inbox_overdue")
"""The lists of work that are tabs of the inbox; behind them stands what has ended."""
ENDED = "ended"
LONGEST = 20_000
"""So many signs of a message are compared with cases."""
MOST = MOST_BYTES // 1024**2
"""How large a file may be, in megabytes."""


@dataclass(frozen=True)
class Line:
    """A message in a list."""

    id: int
    gist: str
    told: str
    state: str
    badge: Badge | None
    at: str
    href: str


class Inbox(BaseView):
    """What arrived: lists of it, and each message."""

    page = "Inbox"
    route_base = "/inbox"
    class_permission_name = "Inbox"
    base_permissions = ["can_list", "can_show"]
    default_view = "list"

    @expose("/list/", methods=["GET"])
    @has_access
    def list(self) -> Any:
        """The messages that wait, those in hand, those overdue, or those that have ended."""
        tab = request.args.get("work", TABS[0])
        tab = tab if tab in (*TABS, ENDED) else TABS[0]
        wanted = number_typed(request.args.get("page")) or 0
        page = wanted if wanted <= COUNTED_TO // PAGE else 0
        rows = reader().execute(_of(tab).offset(page * PAGE).limit(PAGE + 1)).all()
        if page and not rows:
            page, rows = 0, reader().execute(_of(tab).limit(PAGE + 1)).all()
        said = left_out(request.args, "page", lists=(*TABS, ENDED))
        if page != wanted:
            said.append(beyond(wanted))
        return self.render_template(
            "desk/inbox.html",
            title=words.page("Inbox", language()),
            tabs=_tabs(tab),
            tab=tab,
            rows=[_line(row) for row in rows[:PAGE]],
            page=page,
            more=len(rows) > PAGE and page < COUNTED_TO // PAGE,
            left_out=said,
            hands="hand_over_sheet" in actor().rights,
        )

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """A message, with what may be done with it."""
        row = _message(pk)
        return self.render_template(
            "desk/message.html",
            title=row.subject or words.word("inbox.without_subject", language()),
            row=row,
            facts=facts_of(row),
            notes=notes_of(row),
            files=files_of(row),
            near=[beside(row, one) for one in near_to(row)],
            about=[beside(row, one) for one in about_it(row)],
            does=_does(row),
            goes=_goes(row),
            badge=None if row.ended_at else badge_of(row.own_at),
        )

    @expose("/file/<int:id>", methods=["GET"])
    @has_access
    @permission_name("show")
    def file(self, id: int) -> Any:
        """A file that came with a message, always as an attachment."""
        row = asked(MessageFile, id)
        if row is None:
            abort(404)
        try:
            content = files.content_of(desk().settings.data, row.sha256)
        except NotAllowed as no:
            sentence = words.said(no, language())
            page = self.render_template("desk/error.html", title="404", code=404, sentence=sentence)
            return page, 404
        name = kept_name(row.name, MEDIA[row.media_type])
        return send_file(
            BytesIO(content), mimetype=row.media_type, as_attachment=True, download_name=name
        )

    @expose("/next", methods=["GET"])
    @has_access
    @permission_name("list")
    def next(self) -> Any:
        """The message that waits longest."""
        first = reader().execute(_of(TABS[0]).limit(1)).first()
        if first is None:
            return redirect(url_for("Inbox.list"))
        return redirect(url_for("Inbox.show", pk=first.id))


PLACES["inbox"] = Place(lambda rest: url_for("Inbox.show", pk=key_typed(rest) or 0))


def _message(pk: str) -> Message:
    known = key_typed(pk)
    row: Message | None = asked(Message, known) if known else None
    if row is None or row.read_at is None:
        abort(404)
    return row


def _of(tab: str) -> Select[Any]:
    """The messages of a tab, what presses most first; those that have ended, the newest first."""
    query = select(
        Message.id,
        Message.source,
        Message.sender,
        Message.name,
        Message.subject,
        func.substr(Message.words, 1, READ).label("words"),
        Message.received_at,
        Message.own_at,
        Message.taken_at,
        Message.ended_as,
        Message.ended_at,
    )
    if tab == ENDED:
        return query.where(Message.ended_at.is_not(None)).order_by(Message.id.desc())
    held = QUEUES[tab].where(actor(), now())
    return query.where(*held).order_by(Message.own_at, Message.id)


def _tabs(tab: str) -> Sequence[tuple[str, str, str, bool]]:
    """(address, words, how many, whether it is open) of each tab."""
    found = []
    for key in TABS:
        some = select(Message.id).where(*QUEUES[key].where(actor(), now())).limit(COUNTED_TO + 1)
        n = reader().scalar(select(func.count()).select_from(some.subquery())) or 0
        label = words.word(QUEUES[key].title, language())
        found.append((url_for("Inbox.list", work=key), label, count_told(n), key == tab))
    label = words.word("inbox.ended", language())
    return [*found, (url_for("Inbox.list", work=ENDED), label, "", tab == ENDED)]


def _line(row: Any) -> Line:
    tongue = language()
    stands = row.ended_as or ("taken" if row.taken_at else "new")
    told = [words.value("message_source", row.source, tongue), who_sent(row.name, row.sender)]
    subject = row.subject.strip()
    said = gist(subject or row.words) or words.word("inbox.without_subject", tongue)
    return Line(
        row.id,
        said,
        " · ".join(filter(None, told)),
        words.state("message", stands, tongue),
        None if row.ended_at else badge_of(row.own_at),
        minute(row.received_at),
        url_for("Inbox.show", pk=row.id),
    )


def _does(row: Message) -> list[dict[str, Any]]:
    """What may be done with a message with one click: its address, words and hidden fields."""
    if row.ended_at is not None:
        return []
    mine = row.taken_by_id == actor().id
    wanted = "take_message" if row.taken_at is None else "hand_back_message" if mine else ""
    if wanted not in actor().rights:
        return []
    hidden = {"id": row.id, BACK: f"inbox.{row.id}", ONCE: key_for(wanted, None)}
    title = words.title(wanted, language())
    return [{"href": url_for(f"Verbs.{wanted}"), "title": title, "hidden": hidden}]


def _goes(row: Message) -> list[tuple[str, str]]:
    """(address, words) of the forms with which a message that is in this person's hand is ended."""
    if row.ended_at is not None or row.taken_by_id != actor().id:
        return []
    rights, back = actor().rights, f"inbox.{row.id}"
    of = (
        ("register", "inbox.make_case", {"message": row.id}),
        ("contact", "inbox.join", {"message": row.id}),
        ("answer_message", "verb.answer_message", {"id": row.id, BACK: back}),
        ("empty_message", "verb.empty_message", {"id": row.id, BACK: back}),
    )
    return [
        (url_for(f"Verbs.{verb}", **asks), words.word(said, language()))
        for verb, said, asks in of
        if verb in rights
    ]
