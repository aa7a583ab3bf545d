"""Supervision 督办: items, and the lists that the bot issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import models, words
from app.models import SupervisionList
from app.papers import list_pdf, list_xlsx
from app.papers.blocks import titles
from app.papers.lists import LIST_HEAD, list_rows, struck_rows
from app.rules.workflow import STANDING
from app.stages.supervision import review_open
from app.verbs import Verb, possible
from app.views import access_notes
from app.views.actor import actor, language, now
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface
from app.views.papers import Noticed, list_facts, sent

UNIT_AWAITED = ("opened", "reissued", "confirmed")
"""The states of an item in which its unit is awaited."""


class Supervision(Noticed):
    """Candidates and items of the supervision room."""

    datamodel = DeskInterface(models.Supervision)
    page, subject = "Supervision", "supervision"
    list_columns = ("number", "unit", "state", "ground", "listed_on")
    filters = ("state", "unit", "ground", "listed_on", "due_at")
    clock, running, empty = "due_at", UNIT_AWAITED, "list.empty_supervision"
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

    def ends(self, item: Any) -> datetime | None:
        """When the clock of an item ends: the unit's while it is awaited, else the room's."""
        own: datetime | None = item.own_at if item.state in STANDING else None
        return super().ends(item) or own

    def links(self, item: Any) -> Links:
        """The verbs that the item's state allows, each about this item; and its paper."""
        verbs = [verb for verb in possible(actor()) if _meant(verb, item)]
        return [
            *(
                (
                    url_for(f"Verbs.{verb.name}", case=item.case_id, item=item.id),
                    words.title(verb.name, language()),
                )
                for verb in verbs
            ),
            *super().links(item),
        ]


def _states(verb: Verb) -> Sequence[str]:
    """The states of an item in which a verb can be about it."""
    if verb.name == "open_supervision":
        return ("candidate",)
    return verb.states if verb.target == "item" else ()


def _meant(verb: Verb, item: Any) -> bool:
    """Whether a verb can be about an item; after it was closed its conclusion may still be
    reviewed, for a time."""
    if item.state in _states(verb):
        return True
    if item.state not in verb.ended:
        return False
    askable = item.review_asked_at is None and item.ask_at is not None and now() < item.ask_at
    return askable if verb.name == "ask_review" else review_open(item)


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
        return self.render_template(
            self.show_template,
            title=item.number,
            view=self,
            item=item,
            rows=list_rows(list_facts(item)),
            head=titles(LIST_HEAD),
            struck=struck_rows(list_facts(item)),
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
        return sent(list_pdf(self._opened(item)), "pdf", item.number)

    def _opened(self, item: SupervisionList) -> dict[str, Any]:
        """The facts of a list that is given out, which the access log is told of."""
        access_notes.note("paper_opened", page=self.page, filters={"number": item.number})
        return list_facts(item)
