"""Rosters 名册: the workbook from which an office's units, posts, accounts and categories come - its template,
a look through it, what it changed, and the slips of those who came by it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import files, words
from app.channels.sheets import sheets_of
from app.models import Person, Roster
from app.papers.roster import template_xlsx
from app.rules.refusal import NotAllowed
from app.stages.roster import changes_from, looked_through, progress
from app.stages.secrets_sealed import new_pair
from app.verbs import perform
from app.views.actor import actor, desk, language, now, reader, refuse_access, written
from app.views.calendar import Proposals
from app.views.forms.uploads import keep
from app.views.handed import carried, handed_back
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface
from app.views.pages.sheet import MEDIUM
from app.views.roster_told import Told, faults_told, told_of

REFUSED, SHOWN = 422, 200
"""So many rows and cells are shown of each; all of them count."""
_SALT, TAKES, MAKES, PRINTS = "roster", "take_in_roster", "make_slips", "print_slips"


@dataclass(frozen=True)
class Handed:
    """A workbook that was handed over and is not taken in yet, as its page carries it, signed."""

    account: int
    name: str
    sha256: str


class Rosters(Proposals):
    """What was handed over, and what came of it."""

    datamodel = DeskInterface(Roster)
    page = "Rosters"
    approve_verb = "confirm_roster"
    persons = ("proposed_by", "approved_by")
    list_columns = ("name", "proposed_at", "added", "changed", "waiting", "faults", "approved_at")
    list_template, show_template = "desk/rosters.html", "desk/roster.html"

    def hands_over(self) -> bool:
        """Whether this person hands rosters over."""
        return TAKES in actor().rights

    def links(self, item: Any) -> Links:
        """Confirm it while it waits; then print the slips of its accounts."""
        links = super().links(item)
        if self._prints(item) and progress(reader(), item.id)[1]:
            links.append((url_for("Rosters.slips", pk=item.id), words.title(PRINTS, language())))
        return links

    def _prints(self, item: Roster) -> bool:
        who = actor()
        confirmed = item.approved_at is not None and item.approved_by_id == who.id
        return confirmed and MAKES in who.rights

    def changes_of(self, item: Roster) -> list[Told]:
        """What it changed or is to change, what waits first."""
        found = [*changes_from(item.waits), *changes_from(item.done)]
        return told_of(found[:SHOWN])

    def faults_of(self, item: Roster) -> list[tuple[str, str]]:
        """The cells that were left out, each with why."""
        return faults_told(json.loads(item.wrong)[:SHOWN])

    @expose("/template", methods=["GET"])
    @has_access
    @permission_name("list")
    def template(self) -> Any:
        """The workbook to be filled in."""
        name = 'attachment; filename="roster.xlsx"'
        return Response(template_xlsx(), mimetype=MEDIUM, headers={"Content-Disposition": name})

    @expose("/upload", methods=["POST"])
    @has_access
    @permission_name("list")
    def upload(self) -> Any:
        """Keep the workbook, and lead to what it would change."""
        self.insist(TAKES)
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise NotAllowed("field_missing", field="file")
            kept = keep(file)
            handed = Handed(actor().id or 0, kept["name"], kept["sha256"])
            _book(handed)
        except NotAllowed as no:
            flash(words.said(no, language(), TAKES), "danger")
            return redirect(url_for("Rosters.list"), 303)
        return redirect(url_for("Rosters.look", of=carried(handed, _SALT)), 303)

    @expose("/look", methods=["GET", "POST"])
    @has_access
    @permission_name("list")
    def look(self) -> Any:
        """What a workbook would change, and what is wrong with it; and then to take it in."""
        self.insist(TAKES)
        handed = handed_back(Handed, request.values.get("of", ""), _SALT)
        try:
            rows = json.dumps(_book(handed), ensure_ascii=False)
            if request.method == "POST":
                return self._taken(handed, rows)
            changes, faults = looked_through(reader(), rows)
        except NotAllowed as no:
            flash(words.said(no, language(), TAKES), "danger")
            return redirect(url_for("Rosters.list"), 303)
        return self.render_template(
            "desk/roster_look.html",
            title=words.title(TAKES, language()),
            handed=handed,
            of=request.values.get("of", ""),
            told=told_of(changes[:SHOWN]),
            faults=faults_told([asdict(one) for one in faults[:SHOWN]]),
            n={
                "added": sum(one.was is None for one in changes),
                "changed": sum(one.was is not None for one in changes),
                "waits": sum(one.waits for one in changes),
                "wrong": len(faults),
            },
            shown=SHOWN,
        )

    def _taken(self, handed: Handed, rows: str) -> Any:
        who, at = actor(), now()
        facts: dict[str, Any] = {"name": handed.name[:120], "sha256": handed.sha256, "rows": rows}
        made = written(lambda session: perform(session, at, who, TAKES, **facts).id)
        flash(words.word("roster_page.taken_in", language()), "success")
        return redirect(url_for("Rosters.show", pk=made), 303)

    @expose("/slips/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("show")
    def slips(self, pk: str) -> Any:
        """Have the passwords made, wait for them, and print them once: this page alone holds the half
        of the key that opens them."""
        item = self.found(pk)
        if not self._prints(item):
            return refuse_access()
        if request.headers.get("HX-Target") == "progress" or request.method == "GET":
            return self._slips(item)
        try:
            if "own" in request.form:
                return self._printed(item, request.form["own"])
            own, public = new_pair()
            who, at = actor(), now()
            facts = {"id": item.id, "public": public}
            written(lambda session: perform(session, at, who, MAKES, **facts).id)
        except NotAllowed as no:
            return self._slips(item, no=words.said(no, language(), MAKES)), REFUSED
        return self._slips(item, own=own)

    def _slips(self, item: Roster, own: str = "", no: str = "") -> Any:
        made, wanted = progress(reader(), item.id)
        return self.render_template(
            "desk/roster_slips.html",
            title=words.title(PRINTS, language()),
            item=item,
            own=own,
            no=no,
            made=made,
            wanted=wanted,
        )

    def _printed(self, item: Roster, own: str) -> Any:
        who, at = actor(), now()
        told = written(lambda session: dict(perform(session, at, who, PRINTS, id=item.id, own=own)))
        rows = reader().scalars(select(Person).where(Person.id.in_(told)).order_by(Person.username))
        slips = [(row, told[row.id]) for row in rows.unique()]
        return self.render_template(
            "desk/roster_printed.html", title=words.title(PRINTS, language()), slips=slips
        )


def _book(handed: Handed) -> Mapping[str, Sequence[Sequence[str]]]:
    """The sheets of a workbook that was handed over. Raises NotAllowed."""
    return sheets_of(files.content_of(desk().settings.data, handed.sha256))
