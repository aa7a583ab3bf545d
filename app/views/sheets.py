"""Sheets 工单表 of other platforms: handed over, looked through with what each column means, taken in by
the bot, and given back with what became of each row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import files, words
from app.channels.sheets import rows_of
from app.models import Person, Sheet, SheetFault, SheetProgress
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.stages.inbox.sheets import FIELDS, NEEDED, SHEETS, Wrong, checked, columns_before
from app.verbs import perform
from app.views import access_notes
from app.views.actor import actor, asked, desk, key_typed, language, now, reader, written
from app.views.forms.uploads import keep
from app.views.handed import carried, handed_back
from app.views.inbox_words import COLUMNS, HEADINGS
from app.views.pages.paging import left_out
from app.views.pages.sheet import MEDIUM
from app.views.pages.sheet import Sheet as Book
from app.views.sheet_results import results_of
from app.words.kinds import kinds_called

REFUSED, SHOWN, LISTED = 422, 100, 100
"""So many faults, and so many sheets, are shown."""
EXAMPLES = 3
_SALT, VERB = "sheet", "hand_over_sheet"


@dataclass(frozen=True)
class Handed:
    """A file that was handed over and is not taken in yet, as its page carries it, signed."""

    account: int
    sender: str
    name: str
    sha256: str
    size: int
    media_type: str


class Sheets(BaseView):
    """What was handed over, and handing over."""

    page = "Sheets"
    route_base = "/sheets"
    class_permission_name = "Sheets"
    base_permissions = ["can_list", "can_show"]
    default_view = "list"

    @expose("/list/", methods=["GET"])
    @has_access
    def list(self) -> Any:
        """The sheets that were handed over last, and the form that hands one over."""
        return self._listed()

    def _listed(self, no: str = "", code: int = 200) -> Any:
        query = (
            select(Sheet, SheetProgress, Person.first_name)
            .join(SheetProgress, SheetProgress.id == Sheet.id)
            .outerjoin(Person, Person.id == Sheet.by_id)
        )
        found = reader().execute(query.order_by(Sheet.id.desc()).limit(LISTED))
        page = self.render_template(
            "desk/sheets.html",
            title=words.page("Sheets", language()),
            rows=[
                (sheet, told_of(progress), minute(sheet.at), by) for sheet, progress, by in found
            ],
            no=no,
            left_out=left_out(request.args),
            sender=request.form.get("sender", ""),
        )
        return page, code

    @expose("/upload", methods=["POST"])
    @has_access
    @permission_name("list")
    def upload(self) -> Any:
        """Keep the file, and ask what its columns mean."""
        sender, file = request.form.get("sender", "").strip(), request.files.get("file")
        try:
            if not sender or len(sender) > 80:
                raise NotAllowed("field_missing" if not sender else "field_wrong", field="sender")
            if file is None or not file.filename:
                raise NotAllowed("field_missing", field="file")
            kept = keep(file)
            if kept["media_type"] not in SHEETS:
                raise NotAllowed("sheet_unreadable")
            handed = Handed(actor().id or 0, sender, **kept)
            _rows(handed)
        except NotAllowed as no:
            return self._listed(words.said(no, language(), "hand_over_sheet"), REFUSED)
        return redirect(url_for("Sheets.columns", of=carried(handed, _SALT)), 303)

    @expose("/columns", methods=["GET", "POST"])
    @has_access
    @permission_name("list")
    def columns(self) -> Any:
        """What the columns of a file mean, what would come of it; and then to take it in."""
        handed = handed_back(Handed, request.values.get("of", ""), _SALT)
        rows = _rows(handed)
        chosen = _chosen(handed, rows[0])
        if request.method == "GET":
            return self._asked(handed, rows, chosen)
        try:
            found = checked(rows, chosen, now(), kinds_called()) if _whole(chosen) else []
            if "take" in request.form:
                return self._taken(handed, chosen)
            if not _whole(chosen):
                raise NotAllowed("sheet_columns_missing")
        except NotAllowed as no:
            said = words.said(no, language(), "hand_over_sheet")
            return self._asked(handed, rows, chosen, no=said), REFUSED
        wrong = [one for one in found if isinstance(one, Wrong)]
        dry = {
            "good": len(found) - len(wrong),
            "wrong": len(wrong),
            "faults": [(one.place, _sentence(one.no)) for one in wrong[:SHOWN]],
        }
        return self._asked(handed, rows, chosen, dry=dry)

    def _asked(
        self, handed: Handed, rows: Sequence[Sequence[str]], chosen: Mapping[str, str], **more: Any
    ) -> Any:
        tongue = language()
        fields = [
            (name, words.word(COLUMNS[name], tongue), name in NEEDED, chosen.get(name, ""))
            for name in FIELDS
        ]
        return self.render_template(
            "desk/sheet_columns.html",
            title=words.word("inbox.sheet.columns", tongue),
            handed=handed,
            of=request.values.get("of", ""),
            fields=fields,
            headings=[cell.strip() for cell in rows[0] if cell.strip()],
            examples=[[cell[:60] for cell in row] for row in rows[: EXAMPLES + 1]],
            n=len(rows) - 1,
            **more,
        )

    def _taken(self, handed: Handed, chosen: Mapping[str, str]) -> Any:
        told = {name: value for name, value in asdict(handed).items() if name != "account"}
        columns = json.dumps(dict(chosen), ensure_ascii=False)
        who, at = actor(), now()
        made = written(lambda session: perform(session, at, who, VERB, columns=columns, **told).id)
        flash(words.word("inbox.sheet.handed_over", language()), "success")
        return redirect(url_for("Sheets.show", pk=made), 303)

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """How far a sheet is, and which of its rows were not taken in."""
        sheet, progress = _sheet(pk)
        query = select(SheetFault).where(SheetFault.sheet_id == sheet.id).order_by(SheetFault.row)
        found = reader().scalars(query.limit(SHOWN)).all()
        faults = [
            (one.row, words.said_of(one.why, json.loads(one.facts), language(), VERB))
            for one in found
        ]
        return self.render_template(
            "desk/sheet.html",
            title=f"{sheet.sender} {sheet.name}",
            sheet=sheet,
            progress=progress,
            told=told_of(progress),
            faults=faults,
            part=request.headers.get("HX-Target") == "progress",
        )

    @expose("/results/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def results(self, pk: str) -> Any:
        """The sheet with its own columns, and what became of each row."""
        sheet, _ = _sheet(pk)
        try:
            content = files.content_of(desk().settings.data, sheet.sha256)
            rows = rows_of(content, sheet.media_type)
        except NotAllowed as no:
            sentence = words.said(no, language())
            page = self.render_template("desk/error.html", title="404", code=404, sentence=sentence)
            return page, 404
        access_notes.note(
            "exported", page=self.page, filters={"sheet": sheet.id}, rows=len(rows) - 1
        )
        book = Book()
        try:
            for piece in results_of(sheet, rows):
                book.add(piece)
            name = f'attachment; filename="results-{sheet.id}.xlsx"'
            answer = Response(book.read(), mimetype=MEDIUM, headers={"Content-Disposition": name})
        except BaseException:
            book.forget()
            raise
        answer.call_on_close(book.forget)
        return answer


def _rows(handed: Handed) -> list[list[str]]:
    """The rows of a file that was handed over. Raises NotAllowed."""
    content = files.content_of(desk().settings.data, handed.sha256)
    return rows_of(content, handed.media_type)


def _chosen(handed: Handed, heading: Sequence[str]) -> dict[str, str]:
    """field -> the heading that was chosen for it; before anything is, what the sender's last sheet
    had, else what headings are mostly called."""
    there = [cell.strip() for cell in heading]
    if request.method == "POST":
        told = {name: request.form.get(f"c_{name}", "") for name in FIELDS}
    else:
        told = columns_before(reader(), handed.sender) or _likely(there)
    return {name: value for name, value in told.items() if value in there}


def _likely(there: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in FIELDS:
        called = words.word(HEADINGS[name], "zh").split()
        match = next((one for one in called if one in there and one not in found.values()), "")
        if match:
            found[name] = match
    return found


def _whole(chosen: Mapping[str, str]) -> bool:
    return all(chosen.get(name) for name in NEEDED)


def _sheet(pk: str) -> tuple[Sheet, SheetProgress]:
    known = key_typed(pk)
    sheet: Sheet | None = asked(Sheet, known) if known else None
    if sheet is None:
        abort(404)
    return sheet, reader().get_one(SheetProgress, sheet.id)


def _sentence(no: NotAllowed) -> str:
    return words.said(no, language(), VERB)


def told_of(progress: SheetProgress) -> str:
    """How far a sheet is, in words."""
    facts = {name: getattr(progress, name) for name in ("rows", "done", "taken", "known", "wrong")}
    if progress.failed:
        return words.said_of(progress.failed, {}, language())
    said = "inbox.sheet.finished" if progress.finished_at else "inbox.sheet.under_way"
    return words.word(said, language(), **facts)
