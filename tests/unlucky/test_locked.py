"""A SQLite file that another process keeps locked: writers wait five seconds and get their words
back, readers do not wait."""

from __future__ import annotations

import html
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing

import pytest
import requests
from sqlalchemy import text

from app.database import reading
from tests.unlucky.conftest import PASSWORD, Office
from tests.unlucky.forms import CASE, fields_of

PAGES = ("/", "/cases/list/", "/units/list/", "/do/register")


def _locked_and_asked(office: Office, seconds: float) -> None:
    served, operator = office.served, office.enter("operator")
    form = served.form(operator, "/do/register")
    waited: list[float] = []
    answers: list[requests.Response] = []
    over = threading.Event()

    def write() -> None:
        fields = {**CASE, **form}
        while not over.is_set():
            began = time.monotonic()
            answers.append(served.post(operator, "/do/register", fields))
            waited.append(time.monotonic() - began)
            fields = fields_of(answers[-1].text)

    with closing(sqlite3.connect(office.served.data / "desk.db", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.5)
        until, read = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            for path in PAGES:
                served.seconds(operator, path)
                read += 1
            assert read > len(answers) * len(PAGES), "readers are not held up by writers"
            time.sleep(0.2)
        over.set()
        writer.join(30)
        refused = served.post(
            served.browser(),
            "/login/",
            {"username": office.names["operator"], "password": PASSWORD},
        )
        lock.execute("ROLLBACK")
    assert (
        Counter(one.status_code for one in answers) == {503: len(answers)}
        and len(answers) <= seconds / 4 + 2
    )
    assert min(waited) > 4.5, waited
    assert "系统正忙" in html.unescape(answers[-1].text)
    assert (
        refused.status_code == 503
        and PASSWORD not in refused.text
        and office.names["operator"] in refused.text
    )
    assert served.post(operator, "/do/register", fields_of(answers[-1].text)).status_code == 302
    with reading(office.desk.sessions) as session:
        assert session.scalars(text("SELECT narrative FROM hotline_case")).all() == [
            CASE["narrative"]
        ]


@pytest.mark.long
def test_while_a_file_is_locked_writers_get_their_words_back_and_readers_are_not_held_up(
    on_sqlite: Office,
) -> None:
    _locked_and_asked(on_sqlite, 6)


@pytest.mark.long
def test_the_same_for_a_minute(on_sqlite: Office) -> None:
    _locked_and_asked(on_sqlite, 60)
