"""Reporting 工作通报: reports, their figures frozen at issue, and what the bot drafted of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import words
from app.models import Report, ReportContest, ReportDraft, Unit
from app.papers.figures.differences import changed_grid
from app.papers.figures.tables import figures_of, own_part
from app.papers.figures.told import Told
from app.rules.workdays import minute
from app.stages.reporting.kept import rows_behind
from app.stages.reporting.sources import SOURCE_OF
from app.views import access_notes
from app.views.actor import actor, language, now, reader
from app.views.figures.downloads import FILES, report_file
from app.views.figures.listed import asked, leading, listed
from app.views.figures.told_report import own_parts, parts
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface
from app.views.papers import sent, sent_issued

OF_A_REPORT = {
    "suggestions": "papers.page.suggestions",
    "scores": "papers.page.scores",
}
"""The papers that go with a report, and how they are called where they are opened."""


def own_code() -> str | None:
    """The code of the unit of who asks; None for who reads of all."""
    who = actor()
    if not who.of_a_unit:
        return None
    return reader().scalar(select(Unit.code).where(Unit.id == who.unit_id)) or ""


class Counted(DeskView):
    """A page of what was counted: its figures, and the rows behind each of them."""

    def listed_rows(self, item: Any, title: str) -> Any:
        """The rows that one figure counted, as they were kept."""
        wanted = asked()
        if item.count_id is None:
            abort(404)
        source = SOURCE_OF[wanted.flag].name
        kept = rows_behind(reader(), item.count_id, source, wanted.flag, **wanted.of)
        named = json.loads(item.figures)["named"]["unit"]
        units = {row.id: named[str(row.unit)]["name"] for row in kept if str(row.unit) in named}
        return self.render_template(
            "desk/figure_rows.html",
            title=title,
            what=words.word(f"flag.{wanted.flag}", language()),
            rows=listed(wanted, [row.id for row in kept], units),
        )


class Reports(Counted):
    """Reports, versions of them, and the ranking of the units by published arithmetic."""

    datamodel = DeskInterface(Report)
    page = "Reports"
    add_verb = "issue_report"
    show_template = "desk/report.html"

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> Any:
        """A report with its figures."""
        item, unit = self.found(pk), own_code()
        figures = json.loads(item.figures)
        given: dict[str, Any] = {}
        if "by" in figures:
            leads = leading("Reports.rows", id=item.id)
            given["parts"] = parts(figures, leads, unit, ("report", item.id))
            changes = json.loads(item.changes) if unit is None else []
            given["changed"] = changed_grid(Told(figures, language()), changes)
        else:
            given["figures"] = figures_of(item, language(), unit)
        return self.render_template(
            self.show_template, title=item.number, view=self, item=item, links=_files(item), **given
        )

    @expose("/<int:id>/rows")
    @has_access
    @permission_name("show")
    def rows(self, id: int) -> Any:
        """The rows behind a figure of a report."""
        item = self.found(str(id))
        return self.listed_rows(item, item.number)

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

    @expose("/<int:id>/report.pdf")
    @has_access
    @permission_name("show")
    def pdf(self, id: int) -> Any:
        """A report as a paper."""
        return self._printed(id, "pdf")

    @expose("/<int:id>/report.docx")
    @has_access
    @permission_name("show")
    def docx(self, id: int) -> Any:
        """A report as a document to be worked on."""
        return self._printed(id, "docx")

    @expose("/<int:id>/report.xlsx")
    @has_access
    @permission_name("show")
    def xlsx(self, id: int) -> Any:
        """A report as a spreadsheet."""
        return self._printed(id, "xlsx")

    def _printed(self, id: int, kind: str) -> Any:
        """A report as a file, for who reads of all; 404 for units, and of one that was issued before
        its rows were kept."""
        item = self.found(str(id))
        figures = json.loads(item.figures)
        if "by" not in figures or actor().of_a_unit:
            abort(404)
        return sent(report_file(kind, item, figures), kind, item.number)


def _files(item: Report) -> Links:
    """A report as a file, for who reads of all."""
    if actor().of_a_unit:
        return []
    return [
        (url_for(f"Reports.{kind}", id=item.id), words.word(msgid, language()))
        for kind, msgid in FILES.items()
    ]


class ReportDrafts(Counted):
    """What the bot drafted of reports: a unit reads its own figures, the centre head all, with what
    units say to them."""

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
        """A draft with its figures, and what was said to them."""
        item, unit = self.found(pk), own_code()
        figures = json.loads(item.figures)
        given: dict[str, Any] = {"parts": {}}
        if "by" not in figures:
            shown = figures if unit is None else own_part(figures, unit)
            given["figures"] = figures_of(Report(figures=json.dumps(shown)), language(), unit)
        else:
            leads = leading("ReportDrafts.rows", id=item.id)
            if unit is not None:
                given["parts"] = own_parts(figures, leads, unit)
            else:
                shown = figures | {"edited": json.loads(item.edited).get("attention", {})}
                name = ("draft", item.id, item.count_id)
                given["parts"] = parts(shown, leads, unit, name)
        return self.render_template(
            self.show_template,
            title=self.title_here(),
            view=self,
            item=item,
            values=self.values_of(item),
            contests=self._contests(item, figures),
            links=self.links(item),
            **given,
        )

    @expose("/<int:id>/rows")
    @has_access
    @permission_name("show")
    def rows(self, id: int) -> Any:
        """The rows behind a figure of a draft."""
        return self.listed_rows(self.found(str(id)), self.title_here())

    def _contests(self, item: ReportDraft, figures: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
        """What units say to their figures, and what was answered: a unit reads its own."""
        query = select(ReportContest, Unit.name).join(Unit, Unit.id == ReportContest.unit_id)
        query = query.where(ReportContest.draft_id == item.id).order_by(ReportContest.id)
        if actor().of_a_unit:
            query = query.where(ReportContest.unit_id == (actor().unit_id or 0))
        return [_contest(item, figures, row, unit) for row, unit in reader().execute(query)]

    def links(self, item: Any) -> Links:
        """To contest the figures or agree to them, to word the report, to issue it."""
        rights = actor().rights
        verbs: list[tuple[str, dict[str, Any]]] = []
        if item.report_id is None:
            period = {"kind": item.kind, "first": item.first.isoformat()}
            verbs += [("issue_report", period), ("word_report", {"id": item.id})]
        if _state(item) == "draft.contestable" and not _spoke(item):
            verbs += [("agree_figures", {"id": item.id}), ("contest_figures", {"id": item.id})]
        return [
            (url_for(f"Verbs.{verb}", **given), words.title(verb, language()))
            for verb, given in verbs
            if verb in rights
        ]


def _spoke(item: ReportDraft) -> bool:
    """Whether the unit of who asks has said something to a draft."""
    query = select(ReportContest.id).where(
        ReportContest.draft_id == item.id, ReportContest.unit_id == (actor().unit_id or 0)
    )
    return reader().scalar(query) is not None


def _contest(
    item: ReportDraft, figures: Mapping[str, Any], row: ReportContest, unit: str
) -> dict[str, Any]:
    """What a unit said, as the page of its draft shows it."""
    tongue = language()
    waits = not row.agrees and row.accepted is None
    answers = waits and item.report_id is None and "answer_contest" in actor().rights
    changes = json.loads(row.changes or "[]")
    if actor().of_a_unit:
        own = f"by/unit/{actor().unit_id}/"
        changes = [one for one in changes if one["path"].startswith(own)]
    ruled = "draft.accepted" if row.accepted else "draft.refused"
    return {
        "unit": unit,
        "at": minute(row.at),
        "words": words.word("draft.agrees", tongue) if row.agrees else row.words,
        "answer": row.answer,
        "ruled": words.word("draft.waiting" if waits else ruled, tongue),
        "changed": changed_grid(Told(figures, tongue), changes) if changes else None,
        "href": url_for("Verbs.answer_contest", id=row.id) if answers else "",
        "label": words.title("answer_contest", tongue),
    }


def _state(item: Any) -> str:
    if item.report_id is not None:
        return "draft.issued"
    if now() < item.contest_at:
        return "draft.contestable"
    return "draft.to_issue" if item.own_overdue_for is None else "draft.overdue"
