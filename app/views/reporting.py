"""Reporting 工作通报: reports, their figures frozen at issue."""

from __future__ import annotations

import json
from typing import Any

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import select

from app.models import Report, Unit
from app.views.actor import actor, language, reader
from app.views.base import DeskInterface, DeskView
from app.views.figures import figures_of


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
        unit = reader().scalar(select(Unit.code).where(Unit.id == who.unit_id)) if who.of_a_unit else None
        return self.render_template(
            self.show_template, title=item.number, view=self, item=item, figures=figures_of(item, language(), unit),
            changes=json.loads(item.changes) if unit is None else (),
        )  # fmt: skip
