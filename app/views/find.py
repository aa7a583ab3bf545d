"""The one search box: a number of a case or a paper, a query code, words or a place; and for who has
the right a caller, by a whole number or a name with the last four digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import words
from app.ledger.numbers import ENDS
from app.models import (
    Assignment,
    Caller,
    Case,
    Instruction,
    InstructionNotice,
    Referral,
    Reminder,
    Report,
    Supervision,
    SupervisionList,
)
from app.rules.reading.papers import paper_number
from app.rules.refusal import NotAllowed
from app.stages.acceptance.looking_up import LAST, is_whole
from app.verbs import perform
from app.views.acceptance import Cases
from app.views.actor import actor, asked, language, now, reader, refuse_access, written
from app.views.pages.callers import SHOWN, callers_told
from app.views.pages.lines import Line, lines_of
from app.views.pages.sealed_search import sought_in, token_of

LONGEST = 100
WHERE = ("place", "narrative", "demand")
"""The columns in which words are looked for."""
CODE = re.compile(r"[0-9A-Za-z]{6}")
NAMED = re.compile(rf"(?P<name>[^\d\s].*?)\s*(?P<last>\d{{{LAST}}})")
"""A name with the last four digits of a number."""
NUMBERED: tuple[Any, ...] = (
    Assignment.number,
    Reminder.number,
    Supervision.notice_number,
    Supervision.number,
    InstructionNotice.number,
    Instruction.document,
    Referral.number,
)
"""Where numbers of papers stand, each in a row of a case."""


class Find(BaseView):
    """What the search box finds."""

    route_base = "/find"
    class_permission_name = "Find"
    base_permissions = ["can_find"]
    default_view = "find"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("find")
    def find(self) -> Any:
        """What was asked for: the page of the case that is meant, the callers, or lines of cases.
        What was typed stands in no address."""
        if request.method == "GET":
            return self._lines()
        typed = request.form.get("q", "").strip()[:LONGEST]
        if not typed:
            return redirect(url_for("Home.home"))
        place = _numbered(typed)
        if place is not None:
            return redirect(place, 303)
        meant = _caller_asked(typed)
        if meant is not None and "look_up" in actor().rights:
            answer = self._callers(meant)
            if answer is not None:
                return answer
        token = token_of("Find", [("q", typed)])
        return redirect(url_for("Find.find", asked=token), 303)

    @expose("/caller/<int:id>", methods=["POST"])
    @has_access
    @permission_name("find")
    def caller(self, id: int) -> Any:
        """The history of a case's caller, looked up on the record by the number that they have."""
        if "look_up" not in actor().rights:
            return refuse_access()
        case = asked(Case, id)
        if case is None:
            abort(404)
        query = select(Caller.phone).where(Caller.id == case.caller_id)
        phone = reader().scalar(query) or ""
        if not is_whole(phone):
            return self._page([], refused=words.word("find.no_number", language()))
        return self._callers({"number": phone}) or self._page([])

    def _callers(self, meant: dict[str, Any]) -> Any:
        """The callers that are meant; None where there are none: "惠民路1203" is a place."""
        who, at = actor(), now()
        try:
            found = written(lambda session: perform(session, at, who, "look_up", **meant))
        except NotAllowed as no:
            sentence = words.said(no, language(), "look_up")
            return self._page([], refused=sentence), 422
        return self._page([], callers=callers_told(found)) if found else None

    def _lines(self) -> Any:
        sought = sought_in("Find", request.args.get("asked", ""))
        if sought is None:
            return redirect(url_for("Home.home"))
        typed = dict(sought.pairs).get("q", "")
        return self._page(_found(typed), typed=typed)

    def _page(self, sections: Sequence[Any], **told: Any) -> Any:
        title = words.word("find.title", language())
        return self.render_template("desk/find.html", title=title, sections=sections, **told)


def _numbered(typed: str) -> str | None:
    """Where the one row is that a number or a query code names; None where there is none, or this
    person does not see it."""
    told = paper_number(typed)
    for ids, endpoint, key in _named(told):
        found = reader().scalars(ids.limit(2)).all()
        if len(found) == 1 and found[0] is not None:
            return url_for(endpoint, **{key: found[0]})
    return None


def _named(told: str) -> Iterator[tuple[Any, str, str]]:
    """(statement, endpoint, its parameter) of each way to read what was typed as a number."""
    pages, of_case = actor().pages, ("Cases.page_of_case", "id")
    if "Cases" in pages:
        yield select(Case.id).where(Case.number == told), *of_case
        for number in NUMBERED:
            yield select(number.class_.case_id).where(number == told).distinct(), *of_case
        if CODE.fullmatch(told):
            yield select(Case.id).where(Case.query_code == told), *of_case
    if "Reports" in pages:
        yield (
            select(Report.id).where(Report.number == told.removesuffix(ENDS)),
            "Reports.show",
            "pk",
        )
    if "SupervisionLists" in pages:
        lists = select(SupervisionList.id).where(SupervisionList.number == told)
        yield lists, "SupervisionLists.show", "pk"


def _caller_asked(typed: str) -> dict[str, Any] | None:
    """What to look a caller up by; None where no caller was meant."""
    if is_whole(typed):
        return {"number": typed}
    named = NAMED.fullmatch(unicodedata.normalize("NFKC", typed))
    return {"name": named["name"], "number": named["last"]} if named else None


def _found(typed: str) -> list[tuple[str, list[Line], str]]:
    """(title, lines, address of the whole list) of the cases that hold what was typed, by where."""
    if "Cases" not in actor().pages:
        return []
    view = _cases()
    ids = {column: _holding(view, column, typed) for column in WHERE if column in view.searched()}
    lines = lines_of(id for of_column in ids.values() for id in of_column)
    sections = []
    for column, of_column in ids.items():
        if of_column:
            label = words.column("hotline_case", column, language())
            token = token_of("Cases", [(f"q_{column}", typed)])
            whole = url_for("Cases.list", asked=token)
            sections.append((label, [lines[id] for id in of_column if id in lines], whole))
    return sections


def _holding(view: Cases, column: str, typed: str) -> list[int]:
    """The newest cases that this person sees and that hold what was typed in a column, as they may
    read it."""
    filters = view.datamodel.get_filters(view.search_columns)
    filters.add_filter(column, *view._equal(column, "text", "contains", typed))
    query = filters.get_joined_filters(view._base_filters).apply_all(reader().query(Case))
    return [id for (id,) in query.order_by(Case.id.desc()).limit(SHOWN).with_entities(Case.id)]


def _cases() -> Cases:
    """The page of cases, whose search this one is."""
    views = current_app.extensions["appbuilder"].baseviews
    found: Cases = next(view for view in views if isinstance(view, Cases))
    return found
