"""The first page: what waits for this person, list by list, each with what presses most; and the lists
behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import refresh
from flask_login import current_user

from app import words
from app.roles import Actor
from app.verbs import Verb, possible
from app.views.actor import actor, language, now, reader
from app.views.bar import BANNERS, CLOSED, closed_today, tell_waiting
from app.views.figures.home import above
from app.views.many.rows import over_many
from app.views.pages.paging import another_size, beyond, left_out, number_typed
from app.views.triage.page import is_part, part
from app.views.triage.panel import LIST, VERB, panel_of, waiting_case
from app.views.unit_home import unit_home
from app.views.waiting import SIZES, in_list, page_size, rows_of_list, waiting
from app.worklists import COUNTED_TO, Queue, about, count_told, counted, pressing, queues_of

FIRST = 3
"""So many rows of each list stand on the first page."""
DAY = 24 * 3600
THEMES, KEPT = ("light", "dark"), 365 * DAY
"""How the panel may look, and for how long (seconds) a browser remembers it."""
NOT_ALONE = (
    "change_password",
    "contest_figures",
    "end_substitute",
    "look_up",
    "take_message",
    "hand_back_message",
    "answer_message",
    "empty_message",
    "hand_over_sheet",
    *("take_in_roster", "make_slips", "print_slips"),
    *(
        "approve_gateway",
        "approve_field",
        "test_gateway",
        "retry_delivery",
        "drop_delivery",
        "call_instead",
    ),
    *("record_call", "approve_article", "hand_over_article", "end_article"),
)
"""Verbs without a case that the first page does not begin: they are reached from the bar or the row that they
are about."""


def speak(locale: str) -> Any:
    """Change the language of the panel, and stay on the page."""
    if locale not in current_app.config["LANGUAGES"]:
        abort(404)
    session["locale"] = locale
    refresh()
    return redirect(_back())


def _back() -> str:
    """The page that somebody came from, where it is one of the desk."""
    back = urlsplit(request.referrer or "")
    if back.netloc != request.host:
        return url_for("Home.home")
    path = "/" + back.path.lstrip("/\\")
    return f"{path}?{back.query}" if back.query else path


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
        counts, queues = counted(reader(), who, now()), queues_of(who)
        tell_waiting(who, current_user.session_version, counts)
        if who.of_a_unit:
            chips = [
                (self._href(key, queue), words.word(queue.title, tongue), count_told(counts[key]))
                for key, queue in queues.items()
                if counts.get(key)
            ]
            cards = unit_home(who, queues, counts)
            starts = _starts(who)
            given = {"chips": chips, "starts": starts, "above": above(who, counts), **cards}
            return self.render_template("desk/unit_home.html", **given)
        first = pressing(reader(), who, now(), FIRST)
        pairs = [(key, row) for key in queues for row in first.get(key, ())]
        told = waiting([(queues[key], row) for key, row in pairs])
        lists = [
            {
                "title": words.word(queue.title, tongue),
                "n": counts.get(key, 0),
                "href": self._href(key, queue),
                "told": count_told(counts.get(key, 0)),
                "red": queue.red,
                "nothing": "" if counts.get(key, 0) else _nothing(key),
                "rows": [
                    row for (of, _), row in zip(pairs, told, strict=True) if row and of == key
                ],
            }
            for key, queue in queues.items()
        ]
        return self.render_template(
            "desk/home.html", title="", lists=lists, starts=_starts(who), above=above(who, counts)
        )

    def _href(self, key: str, queue: Queue) -> str:
        if queue.desk:
            return url_for(queue.desk, work=key)
        return (
            url_for(f"{queue.page}.list", work=key) if queue.page else url_for("Home.work", key=key)
        )

    @expose("/theme/<name>")
    def theme(self, name: str) -> Any:
        """Show the panel light or dark from now on, and stay on the page."""
        if name not in THEMES:
            abort(404)
        answer = redirect(_back())
        answer.set_cookie("theme", name, max_age=KEPT, httponly=True, samesite="Lax")
        return answer

    @expose("/banners/close", methods=["POST"])
    @has_access
    @permission_name("home")
    def close_banner(self) -> Any:
        """Show a banner no more today, and stay on the page."""
        name, at = request.form.get("banner", ""), now()
        if name not in BANNERS:
            abort(404)
        answer = redirect(_back())
        closed = ".".join([f"{at:%Y%m%d}", *sorted({*closed_today(), name})])
        answer.set_cookie(CLOSED, closed, max_age=DAY, httponly=True, samesite="Lax")
        return answer

    @expose("/work/<key>")
    @has_access
    @permission_name("home")
    def work(self, key: str) -> Any:
        """One list."""
        queue = queues_of(actor()).get(key)
        if queue is None or queue.page:
            abort(404)
        if about(queue.model) is None:
            # Rows of no case: they are worked through on a page of their own.
            return redirect(url_for(queue.desk, work=key))
        beside = key == LIST and VERB in actor().rights
        named = waiting_case(number_typed(request.args.get("case")) or 0) if beside else None
        if beside and is_part():
            return part(named, shown=number_typed(request.args.get("shown")) or 0)
        wanted, size = number_typed(request.args.get("page")) or 0, page_size(request.args)
        said = left_out(request.args, "page", "size", *(("case",) if beside else ()))
        page, rows = _turned_to(queue, wanted, size)
        said += another_size(number_typed(request.args.get("size")), size)
        if page != wanted:
            said.append(beyond(wanted))
        return self.render_template(
            "desk/work.html",
            title=words.word(queue.title, language()),
            rows=[*filter(None, waiting([(queue, row) for row in rows[:size]]))],
            page=page,
            more=len(rows) > size and page < COUNTED_TO // size,
            key=key,
            n=count_told(in_list(actor(), queue) if page or len(rows) > size else len(rows)),
            size=size,
            sizes=SIZES if page or len(rows) > SIZES[0] else (),
            left_out=said,
            in_unit=actor().of_a_unit,
            over=[words.title(verb.name, language()) for verb in over_many(queue)],
            beside=beside,
            units=not beside and not actor().of_a_unit,
            panel=panel_of(named) if named is not None else None,
            nothing=_nothing(key),
        )


def _nothing(key: str) -> str:
    """What would be in a list that is empty."""
    msgid = f"work_list.empty.{key}"
    return words.word(msgid if words.known(msgid) else "work_list.none", language())


def _turned_to(queue: Queue, wanted: int, size: int) -> tuple[int, Any]:
    """(page, its rows and one more where there is a next page) of the page of a list that is wanted;
    of the first where there is no such page."""
    rows = _page(queue, wanted, size) if wanted <= COUNTED_TO // size else ()
    return (wanted, rows) if rows or not wanted else (0, _page(queue, 0, size))


def _page(queue: Queue, page: int, size: int) -> Any:
    return rows_of_list(actor(), queue, page * size, size + 1)


def _starts(who: Actor) -> list[tuple[str, str]]:
    """(address, words) of what a person begins without a case."""
    return [
        (url_for(f"Verbs.{verb.name}"), words.title(verb.name, language()))
        for verb in possible(who)
        if _begins_here(verb)
    ]


def _begins_here(verb: Verb) -> bool:
    """Whether the first page begins a verb: one that needs no case and no row."""
    alone = verb.target == "none" and verb.name not in NOT_ALONE
    if verb.name == "change_setting" and "Settings" not in actor().pages:
        return False  # The room's head comes to it from the room's page.
    return verb.alone or (alone and not verb.name.startswith(("edit_", "reset_")))
