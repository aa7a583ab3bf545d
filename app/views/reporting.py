"""Reporting 工作通报: reports, their figures frozen at issue."""

from __future__ import annotations

import json
from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import words
from app.models import Report, ReportContest, ReportDraft, Unit
from app.rules.workdays import minute
from app.views import access_notes
from app.views.actor import actor, language, now, reader
from app.views.figures.tables import Table, figures_of, own_part
from app.views.pages.base import DeskView
from app.views.pages.row_query import DeskInterface
from app.views.papers import sent_issued

OF_A_REPORT = {
    "suggestions": "papers.page.suggestions",
    "scores": "papers.page.scores",
}
"""The papers that go with a report, and how they are called where they are opened."""


class Reports(DeskView):
    """Reports, versions of them, and the ranking of the units by published arithmetic."""

    datamodel = DeskInterface(Report)
    page = "Reports"
    add_verb = "issue_report"
    show_template = "desk/report.html"

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        """A report with its figures."""
        item, who = self.found(pk), actor()
        unit = (
            reader().scalar(select(Unit.code).where(Unit.id == who.unit_id))
            if who.of_a_unit
            else None
        )
        return self.render_template(
            self.show_template,
            title=item.number,
            view=self,
            item=item,
            figures=figures_of(item, language(), unit),
            changes=json.loads(item.changes) if unit is None else (),
        )

    @expose("/<int:id>/<kind>.pdf")
    @has_access
    @permission_name("show")
    def paper(self, id: int, kind: str) -> Any:
        """A paper that goes with a report: for the office, whose figures all of it are."""
        item = self.found(str(id))
        if kind not in OF_A_REPORT or actor().of_a_unit:
            abort(404)
        access_notes.note("paper_opened", page=self.page, filters={"number": item.number})
        return sent_issued(kind, item.id)

    def papers(self, item: Any) -> list[tuple[str, str]]:
        """(address, words) of the papers that go with a report, for who may open them."""
        if actor().of_a_unit:
            return []
        return [
            (url_for("Reports.paper", id=item.id, kind=kind), words.word(msgid, language()))
            for kind, msgid in OF_A_REPORT.items()
        ]


class ReportDrafts(DeskView):
    """What the bot drafted of reports: a unit reads its own figures, the centre head all, with what
    units contest."""

    datamodel = DeskInterface(ReportDraft)
    page = "ReportDrafts"
    extra = ("state",)
    unsearched = ("own_overdue_for",)
    show_template = "desk/report_draft.html"

    def beside(self, item: Any, name: str, always: bool) -> str:
        """How a draft stands."""
        return words.word(_state(item), language())

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        """A draft with its figures, and what was said against them."""
        item, who = self.found(pk), actor()
        unit = (
            reader().scalar(select(Unit.code).where(Unit.id == who.unit_id))
            if who.of_a_unit
            else None
        )
        figures = json.loads(item.figures)
        if who.of_a_unit:
            figures = own_part(figures, unit or "")
        shown = figures_of(Report(figures=json.dumps(figures)), language(), unit)
        return self.render_template(
            self.show_template,
            title=self.title_here(),
            view=self,
            item=item,
            values=self.values_of(item),
            figures=shown,
            contests=self._contests(item),
            links=self.links(item),
        )

    def _contests(self, item: ReportDraft) -> Table:
        """What units say against their figures: a unit reads its own."""
        query = select(Unit.name, ReportContest.at, ReportContest.words).join(
            Unit, Unit.id == ReportContest.unit_id
        )
        query = query.where(ReportContest.draft_id == item.id).order_by(ReportContest.id)
        if actor().of_a_unit:
            query = query.where(ReportContest.unit_id == (actor().unit_id or 0))
        lines = [[row.name, minute(row.at), row.words] for row in reader().execute(query)]
        return Table(words.word("draft.contests", language()), [], lines)

    def links(self, item: Any) -> list[tuple[str, str]]:
        """To contest the figures, or to issue the report."""
        found, rights = [], actor().rights
        if item.report_id is None and "issue_report" in rights:
            href = url_for("Verbs.issue_report", kind=item.kind, first=item.first.isoformat())
            found.append((href, words.title("issue_report", language())))
        if _state(item) == "draft.contestable" and "contest_figures" in rights:
            href = url_for("Verbs.contest_figures", id=item.id)
            found.append((href, words.title("contest_figures", language())))
        return found


def _state(item: ReportDraft) -> str:
    if item.report_id is not None:
        return "draft.issued"
    if now() < item.contest_at:
        return "draft.contestable"
    return "draft.to_issue" if item.own_overdue_for is None else "draft.overdue"
