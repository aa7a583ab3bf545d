"""Asks every route of the panel for every row there is, and reads whatever comes back: pages,
tables, papers, zips."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_appbuilder import Model
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.database import reading
from app.models import Assignment, Case, Unit
from app.worklists import QUEUES
from tests.databases import Desk
from tests.views.panel import Browser, Panel

UNCOUNTED = ("event", "notice", "calendar_day", "day_count", "delivery", "way_choice")
"""Tables with a row for each thing that happened or is chosen: no page of a unit asks for one by its
id."""
KINDS = (
    "allocation",
    "redo",
    "instruction",
    "reminder",
    "supervision",
    "supervision_1",
    "list",
    "referral",
    "dossier",
    "x",
)
ZIP, XLSX, PDF = b"PK\x03\x04", b"xl/workbook.xml", b"%PDF"
NO_ROW = (0, 10**6, 2**31, 2**62)


def text_of(content: bytes) -> str:
    """All that can be read in an answer: a sheet's cells, a PDF's lines, a zip's parts, or plain
    text."""
    if content.startswith(PDF):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(ZIP) and XLSX in content:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    if content.startswith(ZIP):
        packed = zipfile.ZipFile(io.BytesIO(content))
        return "\n".join(f"{name}\n{text_of(packed.read(name))}" for name in packed.namelist())
    return content.decode("utf-8", "replace")


def ids(desk: Desk) -> list[int]:
    """Every id that a row of any table has, and some that none has."""
    found: set[int] = set(NO_ROW)
    with reading(desk.sessions) as session:
        for table in Model.metadata.sorted_tables:
            if "id" in table.c and table.name not in UNCOUNTED:
                found |= set(session.scalars(select(table.c.id)))
    return sorted(found)


def owners(desk: Desk) -> dict[str, dict[int, str]]:
    """Table -> id -> the code of the unit that the row belongs to, for every table whose rows
    belong to units."""
    with reading(desk.sessions) as session:
        codes = {row.id: row.code for row in session.scalars(select(Unit))}
        query = select(Assignment.case_id, Assignment.unit_id)
        cases = {case: codes[unit] for case, unit in session.execute(query)}
        found: dict[str, dict[int, str]] = {"unit": dict(codes)}
        for table in Model.metadata.sorted_tables:
            if "id" not in table.c or table.name in UNCOUNTED:
                continue
            if table.name == Case.__tablename__:
                found[table.name] = dict(cases)
            elif "unit_id" in table.c and table.name not in ("ab_user", "stored_file"):
                rows = session.execute(select(table.c.id, table.c.unit_id))
                found[table.name] = {id: codes[unit] for id, unit in rows}
            elif "case_id" in table.c:
                rows = session.execute(select(table.c.id, table.c.case_id))
                found[table.name] = {id: cases[case] for id, case in rows if case is not None}
        return found


def variants(
    rule: Rule, known: Sequence[int], more: Mapping[str, Sequence[Any]]
) -> Iterator[dict[str, Any]]:
    """The arguments with which a rule is asked for."""
    named = sorted(rule.arguments)
    made: list[dict[str, Any]] = [{}]
    for name in named:
        values: Sequence[Any] = more.get(name, known)
        made = [{**one, name: value} for one in made for value in values]
    yield from made


MORE: dict[str, Sequence[Any]] = {
    "kind": KINDS,
    "key": (*QUEUES, "x"),
    "locale": ("en", "zh", "x"),
    "filename": ("desk.css", "x.pdf", "1.txt"),
    "name": ("dark", "operator.webp", "x"),
    "role": ("operator", "x"),
}


def rules_of(panel: Panel) -> list[Rule]:
    """Every rule of the application but the files of the packages."""
    found = [
        rule for rule in panel.app.url_map.iter_rules() if not rule.endpoint.endswith("static")
    ]
    return sorted(found, key=lambda rule: rule.rule)


def asked(
    panel: Panel, browser: Browser, rule: Rule, known: Sequence[int], queries: Sequence[str] = ("",)
) -> Iterator[tuple[str, dict[str, Any], TestResponse]]:
    """GET a rule with all its arguments. What the person has no right to is asked for three times,
    not for each row."""
    denied = 0
    with panel.app.test_request_context():
        adapter = panel.app.create_url_adapter(None) or panel.app.url_map.bind("localhost")
    for arguments in variants(rule, known, MORE):
        address = adapter.build(rule.endpoint, arguments, method="GET")
        for query in queries:
            answer = browser.get(address + query)
            yield address + query, arguments, answer
            denied = denied + 1 if answer.status_code == 403 else 0
        if denied >= 3:
            return
