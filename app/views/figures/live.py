"""Live figures: the measures of any days, by unit, category, township, channel or day, with two spans
beside one another; read from the second summary, as of when it was counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from markupsafe import Markup
from sqlalchemy import select

from app import words
from app.models import Unit
from app.models.sessions import UNSCOPED
from app.papers.figures.charts import Bar, lying
from app.papers.figures.grid import Cell, Grid, Lead, Line, number, plain, share, tenths
from app.papers.figures.sheet import Book
from app.rules.workdays import beijing, minute
from app.stages.reporting.behind import ids_now
from app.stages.reporting.by_extra import counts, totals_by
from app.stages.reporting.daily import state_of
from app.stages.reporting.live import totals
from app.stages.reporting.measures import MEASURES, Figure, Measure
from app.stages.reporting.period import Period
from app.stages.reporting.volumes import category_names
from app.views.actor import language, now, reader
from app.views.figures.asking import BIES, Asking, asking, counted_fields
from app.views.figures.downloads import sheet
from app.views.figures.listed import asked, listed, own_unit

SHOWN = tuple(name for name, one in MEASURES.items() if one.source.of_days)
DRAWN = 12
"""So many bars stand in the picture."""
Counts = Mapping[str, int]


class LiveFigures(BaseView):
    """Figures of any days."""

    page = "Figures"
    route_base = "/figures"
    class_permission_name = "Figures"
    base_permissions = ["can_list"]
    default_view = "list"

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """The figures that are asked for, as a table with its picture."""
        wanted = asking(request.args)
        state = state_of(reader())
        told = _told(wanted, leads_of(wanted))
        return self.render_template(
            "desk/live_figures.html",
            title=words.page("Figures", language()),
            wanted=wanted,
            wrong=_said("figures.wrong_days") if wanted.wrong else "",
            grid_=told,
            picture=_picture(wanted, leads_of(wanted)),
            leads=leads_of(wanted),
            bies=[(by, _by_told(by)) for by in (*_bies(), *counted_fields())],
            units=_units(),
            own=own_unit() is not None,
            as_of="" if state is None else minute(beijing(state.counted_at)),
            file=url_for("Figures.file", **wanted.given()),
        )

    @expose("/rows")
    @has_access
    @permission_name("list")
    def rows(self) -> Any:
        """The rows behind a live figure, as they are now."""
        wanted, days = asked(), asking(request.args)
        extra = _extra_asked()
        ids = ids_now(reader(), days.period, now(), wanted.flag, wanted.of, extra)
        return self.render_template(
            "desk/figure_rows.html",
            title=words.page("Figures", language()),
            what=_said(f"flag.{wanted.flag}"),
            rows=listed(wanted, ids),
        )

    @expose("/figures.xlsx")
    @has_access
    @permission_name("list")
    def file(self) -> Any:
        """The table as a spreadsheet."""
        wanted = asking(request.args)
        book = Book()
        book.table(words.page("Figures", language()), _told(wanted, leads_of(wanted)))
        name = f"{words.page('Figures', language())}{wanted.first}_{wanted.last}"
        return sheet(book.read(), name)


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, language(), **facts)


def _bies() -> Sequence[str]:
    return [by for by in BIES if by != "unit" or own_unit() is None]


def _by_told(by: str) -> str:
    """What figures are told apart by, in words."""
    own = counted_fields().get(by)
    return _said(f"report_page.by.{by}") if own is None else words.field(own.name, language())


def _extra_asked() -> tuple[str, bool, str] | None:
    """The field of the office's own and the value in it that a row of figures leads to."""
    for name, one in counted_fields().items():
        if name in request.args:
            return one.code, one.subject == "case", request.args[name][:80]
    return None


def _shown(by: str) -> Sequence[str]:
    """The measures that can be told apart so."""
    own = counted_fields().get(by)
    return [name for name in SHOWN if own is None or counts(own, MEASURES[name].source)]


def _totals(wanted: Asking, period: Period, by: str) -> Any:
    """The figures of some days, told apart so."""
    own = counted_fields().get(by)
    if own is None:
        return totals(reader(), by, period.first, period.last, wanted.of)
    return totals_by(reader(), own, period, now(), wanted.of)


def _units() -> Sequence[tuple[int, str]]:
    if own_unit() is not None:
        return []
    query = select(Unit.id, Unit.name).where(Unit.active.is_(True)).order_by(Unit.name)
    return [(row.id, row.name) for row in reader().execute(query, execution_options=UNSCOPED)]


def leads_of(wanted: Asking) -> Callable[[Lead], str]:
    """Where live figures lead: to their rows in the same days."""

    def leads(lead: Lead) -> str:
        of: dict[str, Any] = {**wanted.of, **dict(lead.of)}
        days: dict[str, Any] = {"first": wanted.first.isoformat(), "last": wanted.last.isoformat()}
        if "day" in of:
            days = dict.fromkeys(days, str(of.pop("day")))
        return url_for("Figures.rows", flag=lead.flag, **days, **of)

    return leads


def _told(wanted: Asking, leads: Callable[[Lead], str]) -> Grid:
    """The table: a line for each, all together last; beside each number that of the other days."""
    found, shown_ = _totals(wanted, wanted.period, wanted.by), _shown(wanted.by)
    other = _other(wanted, wanted.by)
    lines = []
    for key, name in _named(wanted.by, found):
        lines.append(
            Line(
                [
                    plain(name),
                    *_cells(shown_, found[key], other and other.get(key, {}), ((wanted.by, key),)),
                ]
            )
        )
    whole = totals(reader(), "", wanted.first, wanted.last, wanted.of).get("", {})
    others = _other(wanted, "")
    total = _cells(shown_, whole, others and others.get("", {}), ())
    lines.append(Line([Cell(_said("figures.all")), *total], "total"))
    heads = [_by_told(wanted.by), *(_said(f"measure.{name}") for name in shown_)]
    return Grid(_title(wanted), heads, lines, widths=(4, *(1.5,) * len(shown_)))


def _title(wanted: Asking) -> str:
    return _said("report_page.span", first=wanted.first, last=wanted.last)


def _other(wanted: Asking, by: str) -> Any:
    """The same of the days that are compared with; None where none are. Days are not told apart by
    days of another span."""
    if wanted.other is None or by == "day":
        return None
    return _totals(wanted, wanted.other, by)


def _cells(
    names: Sequence[str], found: Counts, other: Counts | None, of: tuple[Any, ...]
) -> list[Cell]:
    return [_cell(MEASURES[name], found, other, of) for name in names]


def _cell(measure: Measure, counts: Counts, other: Counts | None, of: tuple[Any, ...]) -> Cell:
    found, lead = measure.of_counts(counts), Lead(measure.top, of)
    cell = share(found, lead) if measure.share else number(found.n, lead)
    if other is None:
        return cell
    before = measure.of_counts(other)
    return Cell(cell.text, cell.value, _beside(measure, found, before), cell.lead, cell.share)


def _beside(measure: Measure, now_: Figure, before: Figure) -> str:
    """What it was in the other days, and the fraction where it is a share."""
    was = str(before.n)
    if measure.share:
        was = "—" if before.percent is None else f"{tenths(before.percent)}%"
    told = _said("figures.was", was=was)
    return f"{now_.n}/{now_.of} {told}" if measure.share and now_.of else told


def _named(by: str, found: Mapping[Any, Any]) -> Sequence[tuple[Any, str]]:
    """(key, what it is called), by how much came; days in their order."""
    if by == "day":
        return [(key, key.isoformat()) for key in sorted(found)]
    names = _names(by)
    no = "figures.no_extra" if by in counted_fields() else f"figures.no.{by}"
    order = sorted(found, key=lambda key: (-found[key].get(_first(by), 0), str(key)))
    return [(key, names.get(key) or _said(no)) for key in order]


def _measured(by: str) -> str:
    """The measure by which lines are in order: how much came, where that can be told apart so."""
    names = _shown(by)
    return "received" if "received" in names else names[0]


def _first(by: str) -> str:
    return MEASURES[_measured(by)].top


def _names(by: str) -> Mapping[Any, str]:
    if by == "category":
        return {int(key): name for key, name in category_names(reader()).items()}
    own = counted_fields().get(by)
    if own is not None and own.kind == "bool":
        return {"y": _said("list.yes"), "n": _said("list.no")}
    if own is not None:
        return {word: word for word in own.choices}
    if by == "channel":
        return {word: words.value("channel", word, language()) for word in words.VALUES["channel"]}
    query = select(Unit.id, Unit.name, Unit.area)
    rows = reader().execute(query, execution_options=UNSCOPED)
    return {row.id: row.area if by == "township" else row.name for row in rows}


def _picture(wanted: Asking, leads: Callable[[Lead], str]) -> Markup:
    """Bars of what came, the most first, beside the other days."""
    found = _totals(wanted, wanted.period, wanted.by)
    rows = _named(wanted.by, found)[:DRAWN]
    if not rows:
        return Markup("")
    flag = _first(wanted.by)
    name = _said(f"measure.{_measured(wanted.by)}")
    bars = [
        Bar(
            found[key].get(flag, 0),
            _said("report_page.bar", what=label, when=name, n=found[key].get(flag, 0)),
            leads(Lead(flag, ((wanted.by, key),))),
        )
        for key, label in rows
    ]
    return lying(
        [label for _, label in rows], [(name, bars)], height=60 + 26 * len(rows), name="live"
    )
