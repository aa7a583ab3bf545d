"""A backup while people register, and the machine gone afterwards."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from app.database import reading
from app.files import keep
from app.models import Case
from jobs.keeping.making import backups
from tests.databases import Desk, desk_at
from tests.keeping.conftest import Machine
from tests.papers.samples import PDF
from tests.servers import PostgresCluster
from tests.supervised import waited
from tests.unlucky.conftest import Office, office_on
from tests.unlucky.forms import CASE, words

A_SECOND = 5
"""How many register."""
WORKERS = 5
BEFORE = 15
"""So many are accepted before the backup begins."""


@dataclass
class Clerks:
    """Operators who register one case after another, and when each was accepted."""

    office: Office
    accepted: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def work(self, first: int, browser: requests.Session, over: threading.Event) -> None:
        served, dice = self.office.served, random.Random(first)
        while not over.is_set():
            began, said = time.monotonic(), words(dice)
            answer = served.post(browser, "/do/register", {**CASE, "narrative": said})
            if answer.status_code == 302:
                self.accepted[said] = time.time()
            else:
                self.refused.append(answer.text)
            time.sleep(max(0.0, WORKERS / A_SECOND - (time.monotonic() - began)))


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """A panel that is served over either database, with some files in its store."""
    desk: Desk = request.getfixturevalue(f"{request.param}_desk")
    data = tmp_path / "data"
    with office_on(desk, data) as made:
        for number in range(40):
            keep(data, "a.pdf", PDF + b"%" * number)
        yield made


@pytest.mark.long
@pytest.mark.timeout(400)
def test_under_five_registrations_a_second_the_last_accepted_before_the_snapshot_is_there(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The machine is deleted, the backup restored elsewhere: verified, files whole."""
    data, url = office.served.data, office.desk.url
    machine, clerks = Machine(data, url), Clerks(office)
    machine.done("keys", "seal", DESK_CLOCK="")
    over, browsers = threading.Event(), [office.enter("operator") for _ in range(WORKERS)]
    people = [
        threading.Thread(target=clerks.work, args=(first, browser, over))
        for first, browser in enumerate(browsers)
    ]
    for one in people:
        one.start()
    try:
        waited(lambda: len(clerks.accepted) >= BEFORE or clerks.refused, 60, "registrations")
        began = time.time()
        machine.done("backup", str(tmp_path / "backups"), DESK_CLOCK="")
        during = len(clerks.accepted)
        waited(lambda: len(clerks.accepted) > during or clerks.refused, 60, "more of them")
    finally:
        over.set()
        for one in people:
            one.join()
    before = {said for said, at in clerks.accepted.items() if at < began}
    assert not clerks.refused, clerks.refused[0]
    assert BEFORE <= len(before) < during
    office.served.process.terminate()
    office.served.process.wait(30)
    shutil.rmtree(data)
    place = Machine(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'elsewhere' / 'desk.db'}")
    if not office.desk.sqlite:
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        place.url = cluster.database("after_load")
    place.done("restore", str(tmp_path / "backups"), DESK_CLOCK="")
    place.done("verify", "--files", DESK_CLOCK="")
    with desk_at(place.url) as desk, reading(desk.sessions) as session:
        there = set(session.scalars(select(Case.narrative).execution_options(unscoped=True)))
    assert before <= there
    (made,) = backups(tmp_path / "backups")
    assert made.manifest.tables["hotline_case"] == len(there)
    assert len(list((place.data / "files").rglob("*.*"))) == 0
    assert sum(path.is_file() for path in (place.data / "files").rglob("*")) == 40
