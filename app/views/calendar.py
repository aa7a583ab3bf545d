"""Calendar and rules 日历与规则: days, what IT proposes, the numbers of the office."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import words
from app.models import CalendarDay, CalendarProposal, SlaRule
from app.rules.limits import SOURCES, Limits
from app.stages.calendar import numbers_known
from app.views.actor import actor, language, now, reader, refuse_access
from app.views.case.caught import FARTHEST, caught, day_asked
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface
from app.views.pages.shown import shown


class Calendar(DeskView):
    """The table of days."""

    datamodel = DeskInterface(CalendarDay)
    page = "Calendar"
    key = "day"
    base_order = ("day", "desc")
    add_verb = "load_calendar"

    def key_of(self, pk: str) -> Any:
        """A day."""
        try:
            return date.fromisoformat(pk)
        except ValueError:
            return None


class Proposals(DeskView):
    """What was proposed, and what somebody else decides."""

    approve_verb = ""

    def links(self, item: Any) -> Links:
        """Approve it, while it waits."""
        waits = item.approved_at is None and item.refused_at is None
        if not waits or self.approve_verb not in actor().rights:
            return []
        return [
            (
                url_for(f"Verbs.{self.approve_verb}", row=item.id),
                words.title(self.approve_verb, language()),
            )
        ]


class CalendarProposals(Proposals):
    """Days that were proposed."""

    datamodel = DeskInterface(CalendarProposal)
    page = "CalendarProposals"
    add_verb, approve_verb = "load_calendar", "approve_calendar"
    unsearched = ("days",)


class Rules(Proposals):
    """The office's own numbers, each valid from a moment; what is not here is the default of the
    procedure."""

    datamodel = DeskInterface(SlaRule)
    page = "Rules"
    add_verb, approve_verb = "change_rule", "approve_rule"
    list_template = "desk/in_force.html"

    @expose("/preview/", methods=["GET"])
    @has_access
    @permission_name("list")
    def preview(self) -> Any:
        """Which open cases the bot's rules would catch up to a day; nothing is written. For who reads
        the cases."""
        if not self.previews():
            return refuse_access()
        found = caught(request.args.get("rule", ""), day_asked(request.args.get("on", "")))
        return self.render_template(
            "desk/rule_preview.html",
            title=words.word("in_force.preview", language()),
            found=found,
            today=now().date(),
            farthest=now().date() + FARTHEST,
        )

    def previews(self) -> bool:
        """Whether this person may see what the rules would catch: who changes them or supervises."""
        who = actor()
        may = "change_rule" in who.rights or "Supervision" in who.pages
        return may and "all" in who.scopes and "Cases" in who.pages

    def in_force(self) -> list[tuple[str, str, bool]]:
        """Every number: its name, the value that counts today, whether it is the office's own."""
        limits, tongue = numbers_known(reader(), now()), language()
        pairs = [(name, getattr(limits, name), getattr(Limits(), name)) for name in SOURCES]
        return [
            (words.value("rule", name, tongue), shown(self.table, "value", value), value != usual)
            for name, value, usual in pairs
        ]
