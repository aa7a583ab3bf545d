"""Supervision 督办: items, and the lists that the bot issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import models, words
from app.models import SupervisionList
from app.models.supervision import TO_FEED_BACK
from app.papers import list_xlsx
from app.papers.blocks import titles
from app.papers.lists import LIST_HEAD, STRUCK_HEAD, list_rows, rows_in_order, struck_rows
from app.rules.office import REQUIREMENTS
from app.rules.workflow import STANDING
from app.verbs import possible
from app.views import access_notes
from app.views.actor import actor, language, now, reader
from app.views.forms.back import PLACES, Place
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.paging import beyond, left_out, number_typed
from app.views.pages.row_query import DeskInterface
from app.views.papers import Noticed, form_link, list_facts, sent, sent_issued
from app.views.supervised import Row, meant, rows_of
from app.worklists import COUNTED_TO, Queue, count_told, counted, queues_of

DECIDES = "decline"
"""The right of who decides on candidates."""
SHOWN = 25
DEEPEST = COUNTED_TO // SHOWN
"""So many rows a page has, and the last page (from 0 on) of a list that is turned to."""


class Supervision(Noticed):
    """Candidates and items of the supervision room."""

    datamodel = DeskInterface(models.Supervision)
    page, subject = "Supervision", "supervision"
    list_columns = ("number", "unit", "state", "ground", "listed_on")
    filters = ("state", "unit", "ground", "listed_on", "due_at")
    clock, running, empty = "due_at", TO_FEED_BACK, "list.empty_supervision"
    page_only = (
        "requirement",
        "feedback",
        "finding_words",
        "unit_statement",
        "conclusion",
        "review_words",
        "reason",
        "struck_reason",
        "ended_reason",
        "cleared_to",
        "confirmed_at",
        "heard_at",
        "concluded_at",
        "review_accepted",
        "taken_back",
        "fed_back_at",
        "ended_at",
    )

    def menu_address(self) -> str:
        """Where the menu leads: who decides comes to the room's rows, others to the list."""
        return url_for("Supervision.room" if DECIDES in actor().rights else "Supervision.list")

    @expose("/room")
    @has_access
    @permission_name("list")
    def room(self) -> Any:
        """The lists of the room, whose rows are decided where they stand."""
        self.insist(DECIDES)
        lists, who = _lists(), actor()
        key = request.args.get("work", "")
        key = key if key in lists else next(iter(lists), "")
        if not key:
            abort(403)
        wanted = number_typed(request.args.get("page")) or 0
        page, items = _turned_to(lists[key], wanted)
        said = left_out(request.args, "page", lists=lists)
        if page != wanted:
            said.append(beyond(wanted))
        counts = counted(reader(), who, now())
        return self.render_template(
            "desk/supervision_room.html",
            title=words.word("supervision_room.title", language()),
            tabs=[
                (url_for("Supervision.room", work=name), words.word(queue.title, language()))
                + (count_told(counts.get(name, 0)), name == key)
                for name, queue in lists.items()
            ],
            rows=rows_of(items[:SHOWN], f"room.{key}"),
            nothing=words.word(f"work_list.empty.{key}", language()),
            key=key,
            blocks=url_for("Verbs.change_setting", name=REQUIREMENTS, back=f"room.{key}")
            if "change_setting" in who.rights
            else "",
            page=page,
            more=len(items) > SHOWN and page < DEEPEST,
            left_out=said,
        )

    def ends(self, item: Any) -> datetime | None:
        """When the clock of an item ends: the unit's while it is awaited, else the room's."""
        own: datetime | None = item.own_at if item.state in STANDING else None
        return super().ends(item) or own

    def links(self, item: Any) -> Links:
        """The verbs that the item's state allows, each about this item; and its paper."""
        verbs = [verb for verb in possible(actor()) if meant(verb, item)]
        return [
            *(
                (
                    url_for(f"Verbs.{verb.name}", case=item.case_id, item=item.id),
                    words.title(verb.name, language()),
                )
                for verb in verbs
            ),
            *super().links(item),
            *(form_link("conclusion", item.id) if item.concluded_at else ()),
        ]


def _lists() -> dict[str, Queue]:
    """The lists of the room that this person has, of candidates and items."""
    return {
        key: queue for key, queue in queues_of(actor()).items() if queue.desk == "Supervision.room"
    }


def _turned_to(queue: Queue, wanted: int) -> tuple[int, Sequence[Any]]:
    """(page, its items and one more where there is a next page) of the page of a list that is wanted;
    of the first where there is no such page."""
    items = _items(queue, wanted) if wanted <= DEEPEST else ()
    return (wanted, items) if items or not wanted else (0, _items(queue, 0))


def _items(queue: Queue, page: int) -> Sequence[Any]:
    """The items of a page of a list and one more, those that press most first."""
    model = models.Supervision
    query = (
        select(model)
        .where(*queue.where(actor(), now()))
        .options(joinedload(model.unit))
        .order_by(getattr(model, queue.when), model.id)
        .offset(page * SHOWN)
        .limit(SHOWN + 1)
    )
    return reader().scalars(query).all()


PLACES["room"] = Place(lambda rest: url_for("Supervision.room", work=rest))
PLACES["list"] = Place(lambda rest: url_for("SupervisionLists.show", pk=rest))


ON_PAGE = (0, 1, 2, 3, 5, 6, 7, 8, 9, 11, 12)
"""Which columns of a list its page shows: what a row is about stands below it."""


class SupervisionLists(DeskView):
    """The lists of working days, frozen and numbered, as a sheet and as a PDF."""

    datamodel = DeskInterface(SupervisionList)
    page = "SupervisionLists"
    show_template = "desk/supervision_list.html"

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        """A list with its rows, as they were frozen."""
        item = self.found(pk)
        facts = list_facts(item)
        standing = _standing([row["supervision"] for row in facts["rows"]], item.id)
        return self.render_template(
            self.show_template,
            title=item.number,
            view=self,
            item=item,
            rows=[
                ([cells[place] for place in ON_PAGE], standing.get(row.get("supervision", 0)))
                for cells, row in zip(list_rows(facts), rows_in_order(facts), strict=True)
            ],
            head=titles([LIST_HEAD[place] for place in ON_PAGE]),
            struck=struck_rows(facts),
            struck_head=titles(STRUCK_HEAD),
        )

    @expose("/<int:id>/list.xlsx")
    @has_access
    @permission_name("show")
    def sheet(self, id: int) -> Any:
        """The list as a spreadsheet."""
        item = self.found(str(id))
        return sent(list_xlsx(self._opened(item)), "xlsx", item.number)

    @expose("/<int:id>/list.pdf")
    @has_access
    @permission_name("show")
    def pdf(self, id: int) -> Any:
        """The list as a paper."""
        item = self.found(str(id))
        self._opened(item)
        return sent_issued("list", item.id)

    def _opened(self, item: SupervisionList) -> dict[str, Any]:
        """The facts of a list that is given out, which the access log is told of."""
        access_notes.note("paper_opened", page=self.page, filters={"number": item.number})
        return list_facts(item)


def _standing(ids: Sequence[int], of: int) -> dict[int, Row]:
    """The rows of a list as they stand now, with what can be done with them; a row that this person
    does not see is left out."""
    model = models.Supervision
    query = select(model).where(model.id.in_(ids)).options(joinedload(model.unit))
    return {row.id: row for row in rows_of(reader().scalars(query), f"list.{of}")}
