"""The page that says what a verb would do to the rows that were chosen, and the one that says what
came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case
from app.rules.refusal import NotAllowed
from app.stages.allocation import handling_deadline
from app.stages.calendar import assist_deadline, office_known
from app.verbs import Verb
from app.verbs.typed import cleaned
from app.views.actor import actor, language, now, reader
from app.views.forms.form import Drawing, VerbForm, values_of
from app.views.forms.likely import proposals, proposed_for
from app.views.forms.once import ONCE, Sending, key_for, remember
from app.views.forms.options import options_of
from app.views.many.assists import (
    ASSISTS,
    SAID,
    are_said,
    assists_typed,
    insist_on_assists,
    mark_of,
    named_twice,
    said_of,
)
from app.views.many.doing import do_all
from app.views.many.rows import (
    PER_ROW,
    ROWS,
    Chosen,
    Typed,
    chosen,
    ids_typed,
    over_many,
    say_why_not,
)
from app.views.pages.paging import number_typed
from app.views.pages.picked import is_picked, reading_of
from app.views.pages.shown import term
from app.views.waiting import page_size, rows_of_list
from app.worklists import Queue, queues_of

REFUSED = 422


class Many(BaseView):
    """One verb over many rows of a list of work."""

    route_base = "/work"
    class_permission_name = "Home"
    base_permissions = ["can_home"]
    default_view = "ask"

    @expose("/<key>/many")
    @has_access
    @permission_name("home")
    def ask(self, key: str) -> Any:
        """What would be done to how many, and why not to which."""
        queue = _queue(key)
        ids = _whole_page(queue) if request.args.get("all") else ids_typed(request.args)
        return self._page(key, queue, ids, request.args)

    @expose("/<key>/many", methods=["POST"])
    @has_access
    @permission_name("home")
    def do(self, key: str) -> Any:
        """Do what was said, and say what came of each row."""
        queue, typed = _queue(key), request.form
        ids, form = ids_typed(typed), Sending(_bound(key), None)
        try:
            form.insist()
            rows = chosen(queue, ids)
            _readable(rows, typed)
            insist_on_assists(typed)
        except NotAllowed as no:
            return self._page(key, queue, ids, typed, no, form.key)
        if not are_said(typed):
            return self._page(key, queue, ids, typed, None, form.key)
        outcomes = do_all(form, rows, typed)
        remember(form.key)
        unseen = len(ids) - len(rows)
        return self.render_template(
            "desk/many_done.html",
            title=words.word(queue.title, language()),
            key=key,
            done=[each.one for each in outcomes if not each.no],
            refused=[each for each in outcomes if each.no],
            unseen=unseen,
        )

    def _page(
        self,
        key: str,
        queue: Queue,
        ids: Sequence[int],
        typed: Typed,
        no: NotAllowed | None = None,
        once: str = "",
    ) -> Any:
        """The page that asks; once more where what is the same for all rows cannot be taken."""
        rows, tongue = chosen(queue, ids), language()
        units = _units(rows, typed)
        _say_why_not(queue, rows, units, typed)
        able = [one for one in rows if not one.why]
        verb = (able or rows)[0].verb if rows else over_many(queue)[0]
        offered = _offered(verb, tongue)
        page = self.render_template(
            "desk/many.html",
            title=words.word(queue.title, tongue),
            key=key,
            verbs={one.title for one in able},
            able=able,
            unable=[one for one in rows if one.why],
            unseen=len(ids) - len(rows),
            form=_form(verb, typed, once or key_for(_bound(key), None)),
            said=said_of(typed, len(able)) if no is None else "",
            units=units,
            offered=offered,
            picked=is_picked(offered),
            read=reading_of(offered),
            until=_until([one.case for one in able]) if verb.name == "allocate" else {},
            no=words.said(no, tongue, verb.name) if no is not None else "",
        )
        return page, REFUSED if no is not None else 200


def _queue(key: str) -> Queue:
    """A list that this person has and whose rows they may answer together; else 404."""
    queue = queues_of(actor()).get(key)
    if queue is None or queue.page or not over_many(queue):
        abort(404)
    return queue


def _bound(key: str) -> str:
    """What the key of the form is bound to."""
    return f"many:{key}"


def _whole_page(queue: Queue) -> list[int]:
    """The rows of a page of the list."""
    page, size = number_typed(request.args.get("page")) or 0, page_size(request.args)
    return [row.row for row in rows_of_list(actor(), queue, page * size, size)]


def _readable(rows: Sequence[Chosen], typed: Typed) -> None:
    """NotAllowed where what is the same for all rows is missing or cannot be read: then it is of
    each, and none is tried."""
    for verb in {one.verb.name: one.verb for one in rows}.values():
        if not any(field.name in PER_ROW for field in verb.fields):
            cleaned(reader(), verb, values_of(reader(), verb, typed))


def _form(verb: Verb, typed: Typed, once: str) -> VerbForm:
    """The fields that are asked once for all rows."""
    unseen = [(ONCE, once), *([(SAID, mark_of(typed))] if assists_typed(typed) else [])]
    drawing = Drawing(reader(), verb, language(), PER_ROW, unseen=unseen)
    return drawing.form(MultiDict([pair for pair in typed.items(multi=True) if pair[0] != ROWS]))


def _units(rows: Sequence[Chosen], typed: Typed) -> dict[int, str]:
    """Row id -> the unit that is chosen for it: what was typed, else what is proposed."""
    asks_unit = [one for one in rows if any(field.name == "unit" for field in one.verb.fields)]
    found = proposals(one.case.category for one in asks_unit) if asks_unit else {}
    units = {}
    for one in asks_unit:
        likely = proposed_for(one.case, found)
        own = typed.get(f"unit-{one.row.id}", likely[0].code if likely else "")
        units[one.row.id] = typed.get("unit") or own
    return units


def _say_why_not(
    queue: Queue, rows: Sequence[Chosen], units: Mapping[int, str], typed: Typed
) -> None:
    """Say of each row why it cannot be done together with the others, with what is chosen for it."""
    assists = [(ASSISTS, code) for code in assists_typed(typed)]
    asked = {id: MultiDict([("unit", unit), *assists]) for id, unit in units.items()}
    say_why_not(queue, rows, asked)
    for one in rows:
        one.why = one.why or named_twice(units.get(one.row.id, ""), typed)


def _offered(verb: Verb, tongue: str) -> Sequence[tuple[str, str]]:
    """The units among which each row chooses."""
    field = next((field for field in verb.fields if field.name in PER_ROW), None)
    return options_of(reader(), verb, field, tongue) if field is not None else ()


def _until(cases: Sequence[Case]) -> dict[int, tuple[str, str]]:
    """Case id -> until when its unit would have time, and until when one that assists."""
    office, told = office_known(reader(), now()), {}
    for case in cases:
        lead = handling_deadline(office, case, office.limits, office.now)
        assist = assist_deadline(office.calendar, lead, office.now.date())
        told[case.id] = (term(lead.at), term(assist.at))
    return told
