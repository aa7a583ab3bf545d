"""The access log: who logged in, or tried to, from where; who exported what; whom somebody was
shown. [trust, The caller, Access]"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

import config
from app.database import transaction
from app.forgetting import forget
from app.models import Access, Case, Person
from app.stages.access import KINDS, note_access
from app.stages.access import log as accesses
from app.views.access_notes import tell_accesses
from tests.databases import Desk
from tests.office import moment
from tests.views.canaries import CALLER, cases_of
from tests.views.panel import PASSWORD, Panel

NUMBER = "13909121003"


def rows(desk: Desk, **equal: Any) -> list[Access]:
    with transaction(desk.sessions) as session:
        return list(session.scalars(select(Access).filter_by(**equal).order_by(Access.id)))


def id_of(desk: Desk, name: str) -> int:
    with transaction(desk.sessions) as session:
        return session.scalars(select(Person.id).where(Person.username == name)).one()


def test_a_login_a_failed_one_and_a_logout_are_kept_with_their_address(panel: Panel) -> None:
    name, browser = panel.account("operator"), panel.browser()
    assert browser.login(name, "not his password").status_code == 401
    assert browser.login("nobody-there", PASSWORD).status_code == 401
    assert browser.login(name).status_code == 302
    browser.get("/")
    browser.logout()
    id = id_of(panel.desk, name)
    told = [(row.kind, row.account_id, row.address) for row in rows(panel.desk)]
    assert told == [
        ("login_failed", id, "127.0.0.1"),
        ("login_failed", None, "127.0.0.1"),
        ("login", id, "127.0.0.1"),
        ("logout", id, "127.0.0.1"),
    ]


def test_what_was_typed_as_a_name_is_kept_nowhere(sqlite_panel: Panel) -> None:
    """People type their passwords into that field."""
    sqlite_panel.browser().login("my secret phrase", "x")
    with sqlite_panel.desk.engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM access")).all()
    assert len(kept) == 1 and "my secret phrase" not in str(kept)


@pytest.mark.parametrize(
    ("sent", "remote", "told"),
    [
        ({"X-Forwarded-For": "10.1.2.3"}, "127.0.0.1", "10.1.2.3"),
        ({"X-Forwarded-For": "6.6.6.6, 10.1.2.3"}, "127.0.0.1", "10.1.2.3"),
        ({"X-Forwarded-For": "6.6.6.6"}, "10.9.9.9", "10.9.9.9"),
        ({"X-Forwarded-For": "李华"}, "127.0.0.1", "127.0.0.1"),
        ({"X-Forwarded-For": "fe80::1"}, "::1", "fe80::1"),
        ({}, "10.9.9.9", "10.9.9.9"),
    ],
)
def test_the_address_is_the_one_that_the_web_server_saw(
    sqlite_panel: Panel, sent: dict[str, str], remote: str, told: str
) -> None:
    """What a browser says of itself is not believed."""
    browser = sqlite_panel.browser()
    browser.get("/login/")
    fields = {"csrf_token": browser.token, "username": "nobody", "password": "x"}
    headers = {name: value.encode().decode("latin-1") for name, value in sent.items()}
    browser.client.post(
        "/login/", data=fields, headers=headers, environ_base={"REMOTE_ADDR": remote}
    )
    assert [row.address for row in rows(sqlite_panel.desk)] == [told]


def test_an_export_names_its_page_its_filters_and_how_many_rows_it_had(panel: Panel) -> None:
    """The words of what was chosen; of what was typed only that it was."""
    browser = panel.of("centre_head")
    taken = browser.get(f"/cases/export.csv?q_kind=help&q_narrative={CALLER}").text
    [row] = rows(panel.desk, kind="exported")
    assert (row.page, row.account_id) == ("Cases", id_of(panel.desk, "centre_head"))
    assert CALLER not in row.filters and json.loads(row.filters)["q_kind"] == "help"
    assert row.rows == len([line for line in taken.splitlines() if line]) - 1


def test_who_was_shown_a_caller_is_found_by_the_case(panel: Panel) -> None:
    case = cases_of(panel.desk, "HOUSING")[2]
    panel.of("allocator").post(f"/do/reveal/{case}", {"purpose": "visit", "reason": "回访前核对"})
    [row] = rows(panel.desk, kind="revealed")
    assert (row.case_id, row.account_id) == (case, id_of(panel.desk, "allocator"))
    assert json.loads(row.filters) == {"purpose": "visit"}
    told = panel.of("log_auditor").get("/accesslog/list/?q_kind=revealed").text
    assert ">回访<" in told


def test_the_auditor_asks_by_kind_account_and_address(sqlite_panel: Panel) -> None:
    sqlite_panel.of("operator")
    sqlite_panel.browser().login("operator", "wrong wrong wrong")
    auditor = sqlite_panel.of("log_auditor")
    told = auditor.get("/accesslog/list/?q_kind=login_failed").text
    assert "共 1 条" in told and "登录失败" in told and "127.0.0.1" in told
    assert "共 0 条" in auditor.get("/accesslog/list/?q_address=10.0.0.1").text
    assert auditor.get("/accesslog/export.csv").status_code == 200
    for word in ("it_admin", "centre_head", "officer", "operator"):
        assert sqlite_panel.of(word).get("/accesslog/list/").status_code == 403


def test_the_auditor_finds_what_one_account_did_and_who_was_shown_one_case(panel: Panel) -> None:
    """By choosing the account in the form of the page and by typing the case's number, together
    with kind and address. Seen failing: no field asked for an account, and no case was found."""
    case = cases_of(panel.desk, "HOUSING")[2]
    with transaction(panel.desk.sessions) as session:
        number = session.scalars(select(Case.number).where(Case.id == case)).one()
    for word in ("allocator", "centre_head"):
        panel.of(word).post(f"/do/reveal/{case}", {"purpose": "visit", "reason": "回访前核对"})
    auditor, id = panel.of("log_auditor"), id_of(panel.desk, "allocator")
    page = auditor.get("/accesslog/list/").text
    assert 'name="q_account"' in page and re.search(rf'<option value="{id}"[^>]*>allocator', page)
    asked = {
        f"q_account={id}": len(rows(panel.desk, account_id=id)),
        f"q_account={id}&q_kind=revealed": 1,
        f"q_account={id}&q_kind=revealed&q_address=127.0.0.1": 1,
        f"q_account={id}&q_kind=revealed&q_address=10.0.0.1": 0,
        f"q_account={id_of(panel.desk, 'operator')}&q_kind=revealed": 0,
        f"q_case={number}": 2,
        f"q_case={number}&q_account={id}": 1,
        "q_case=2025999999": 0,
    }
    for query, count in asked.items():
        assert f"共 {count} 条" in auditor.get(f"/accesslog/list/?{query}").text, query


def test_nobody_changes_a_row_or_deletes_a_young_one(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        note_access(session, moment("2025-06-09 09:00"), "login", "10.0.0.1", None)
        note_access(session, moment("2999-06-09 09:00"), "login", "10.0.0.1", None)
    for statement in (update(Access).values(address="6.6.6.6"), delete(Access)):
        with pytest.raises(DatabaseError), transaction(desk.sessions) as session:
            session.execute(statement)
    with transaction(desk.sessions) as session:
        session.execute(delete(Access).where(Access.at < moment("2025-12-31 09:00")))
    assert len(rows(desk)) == 1


def test_what_is_older_than_it_is_kept_is_forgotten(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        for day in ("2020-01-01 09:00", "2022-06-11 09:00", "2025-06-09 09:00"):
            note_access(session, moment(day), "login", "10.0.0.1", None)
    forget(desk.sessions, moment("2025-06-09 10:00"))
    assert [row.at.year for row in rows(desk)] == [2022, 2025]


def test_each_row_is_a_line_of_json_without_anybodys_words(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, accesses.name)
    with transaction(desk.sessions) as session:
        note_access(
            session,
            moment("2025-06-09 09:00"),
            "exported",
            "10.0.0.1",
            None,
            page="Cases",
            filters={"q_words": "…"},
            rows=3,
        )
        assert not caplog.records, "not before it is committed"
    [line] = [
        json.loads(record.getMessage()) for record in caplog.records if record.name == accesses.name
    ]
    assert (line["kind"], line["address"], line["page"], line["rows"]) == (
        "exported",
        "10.0.0.1",
        "Cases",
        3,
    )
    assert line["at"].startswith("2025-06-09T09:00")


def test_the_lines_go_to_a_file_that_may_be_rotated_and_one_that_cannot_be_written_is_refused(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "access.jsonl"
    try:
        tell_accesses(str(file))
        for moved in (False, True):
            if moved:
                file.rename(tmp_path / "access.1")
            with transaction(desk.sessions) as session:
                note_access(session, moment("2025-06-09 09:00"), "login", "10.0.0.1", None)
    finally:
        for handler in list(accesses.handlers):
            accesses.removeHandler(handler)
            handler.close()
        accesses.propagate = True
    for one in (file, tmp_path / "access.1"):
        [line] = one.read_text("utf-8").splitlines()
        assert json.loads(line)["kind"] == "login"
    with pytest.raises(config.ConfigError, match="DESK_ACCESS_LOG"):
        tell_accesses(str(tmp_path / "no-folder" / "access.jsonl"))


def test_every_kind_is_written_somewhere_and_has_a_name() -> None:
    from app import words

    assert set(KINDS) == set(words.VALUES["access_kind"])
