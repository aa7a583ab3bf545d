"""Reporting 工作通报: reports, their figures frozen at issue."""

from __future__ import annotations

import json
from typing import Any

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access

from app.models import Report
from app.views.actor import language
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
        item = self.found(pk)
        return self.render_template(
            self.show_template, title=item.number, view=self, item=item, figures=figures_of(item, language()),
            changes=json.loads(item.changes),
        )  # fmt: skip
