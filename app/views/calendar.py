"""Calendar and rules 日历与规则: days, what IT proposes, the numbers of the office."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import func, select

from app import words
from app.models import CalendarDay, CalendarProposal, SlaRule
from app.rules.limits import SOURCES, Limits
from app.stages.calendar import PROVISIONAL, numbers_known
from app.views.actor import actor, language, now, reader, refuse_access
from app.views.case.caught import FARTHEST, caught, day_asked
from app.views.forms.in_force import RULES, InForce
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.filters import day_of
from app.views.pages.months import Year, months_of, span_of
from app.views.pages.row_query import DeskInterface
from app.views.pages.shown import shown

YEARS_BACK = 5
"""So many years before this one are always offered; others beside the one that is shown."""


class Calendar(DeskView):
    """The table of days."""

    datamodel = DeskInterface(CalendarDay)
    page = "Calendar"
    key = "day"
    base_order = ("day", "desc")
    add_verb = "load_calendar"
    list_template = "desk/calendar.html"

    def year(self) -> Year:
        """The year that the days asked for begin in, that of today where none are, as twelve
        months."""
        first, last = span_of(self._year_asked())
        query = select(CalendarDay.day, CalendarDay.worked, CalendarDay.source)
        rows = reader().execute(query.where(CalendarDay.day.between(first, last)))
        held = {row.day: (row.worked, row.source) for row in rows}
        known = bool(held) and all(source != PROVISIONAL for _, source in held.values())
        return Year(
            words.word("foreseen.year", language(), year=first.year),
            known,
            words.word("foreseen.year_known", language(), year=first.year)
            if known
            else words.word("foreseen.year_guessed", language(), year=first.year),
            months_of(first.year, held, today=now().date()),
        )

    def years(self) -> list[tuple[int, str, bool]]:
        """(year, address, whether it is shown) of the years that the table knows."""
        query = select(func.min(CalendarDay.day), func.max(CalendarDay.day))
        first, last = reader().execute(query).one()
        asked, lately = self._year_asked(), now().year - YEARS_BACK
        known = range(first.year, last.year + 1) if first is not None else ()
        years = [year for year in known if year >= lately or abs(year - asked) <= 1]
        return [(year, self._days_of(year), year == asked) for year in years]

    def _days_of(self, year: int) -> str:
        """The address of the days of a year."""
        first, last = span_of(year)
        return url_for("Calendar.list", from_day=first.isoformat(), to_day=last.isoformat())

    def _year_asked(self) -> int:
        day = day_of(self.asked().get("from_day", ""))
        return (day or now().date()).year

    def changes_rows(self) -> bool:
        """Whether this person may propose days."""
        return self.add_verb in actor().rights

    def change_of(self, item: Any) -> tuple[str, str] | None:
        """The form with which a day is proposed anew, as it is now."""
        if not self.changes_rows():
            return None
        said = words.word("form.day.work" if item.worked else "form.day.rest", language())
        href = url_for(f"Verbs.{self.add_verb}", days=f"{item.day.isoformat()} {said}")
        return href, words.word("in_force.change", language())

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

    def in_force(self) -> list[InForce]:
        """Every number, with the value that counts today."""
        limits, tongue, may = numbers_known(reader(), now()), language(), RULES in actor().rights
        pairs = [(name, getattr(limits, name), getattr(Limits(), name)) for name in SOURCES]
        return [
            InForce(
                words.value("rule", name, tongue),
                shown(self.table, "value", value),
                value != usual,
                url_for(f"Verbs.{RULES}", name=name) if may else "",
            )
            for name, value, usual in pairs
        ]
