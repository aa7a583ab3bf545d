"""The bot by itself: the real supervisor, ticker and workers, and nobody who calls a sweep."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq.registry import FailedJobRegistry, FinishedJobRegistry
from sqlalchemy import select

from app.database import reading
from app.ledger import verify
from app.models import Event, Notice, Referral, Run, Supervision, SupervisionList, Unit
from jobs.desk import queue_on
from jobs.timetable import QUEUE, TIMETABLE
from tests.databases import Desk
from tests.office import Office
from tests.supervised import Duban, sqlite_data, waited

NAMES = {"sweep", "supervision-list", "drafting", "files"}
"""The wake-ups that leave a row of their run."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk with its data folder; on PostgreSQL the folder holds the key only."""
    with sqlite_data(request.getfixturevalue("sqlite_template"), tmp_path / "data") as made:
        if request.param == "sqlite":
            yield made
            return
    (tmp_path / "data" / "desk.db").unlink()
    yield request.getfixturevalue("postgres_desk")


def the_day_before(desk: Desk) -> Office:
    """Monday 2025-09-29 in the evening: R is due today, L was proposed for the list, D is
    concluded."""
    office = Office(desk)
    office.allocated("2025-09-25 09:00", "R", unit="WATER")
    office.allocated("2025-09-25 09:30", "L", unit="ROADS")
    office.do("2025-09-26 09:00", "operator", "register", "D", kind="help", complex=True)
    office.do("2025-09-26 09:10", "allocator", "allocate", "D", unit="HOUSING")
    office.do("2025-09-26 10:00", "staff@HOUSING", "sign_for", "D")
    office.do("2025-09-26 10:30", "officer", "open_supervision", "D", workdays=3)
    office.do("2025-09-26 15:00", "head@HOUSING", "feed_back", "D")
    office.sweep("2025-09-29 08:30")
    office.do(
        "2025-09-29 09:00",
        "officer",
        "draft_finding",
        "D",
        finding="perfunctory",
        persons=["HOUSING_head"],
    )
    office.do("2025-09-29 10:00", "supervision_head", "confirm_finding", "D")
    office.do("2025-09-29 11:00", "head@HOUSING", "record_statement", "D")
    office.do("2025-09-29 15:00", "officer", "conclude", "D")
    office.do("2025-09-29 17:00", "centre_head", "propose", "L")
    assert (
        office.reminders("R") == []
        and office.rows(SupervisionList) == []
        and office.rows(Referral) == []
    )
    return office


def done(office: Office) -> bool:
    """Whether reminder, list and dossier are there."""
    return bool(office.reminders("R") and office.rows(SupervisionList) and office.rows(Referral))


def finished(redis: Redis) -> set[str]:
    """The names of the jobs that ended well."""
    return {id.rsplit("-", 2)[0] for id in FinishedJobRegistry(queue=queue_on(redis)).get_job_ids()}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("clock", "seconds"),
    [
        ("2025-09-30T08:30:00", 120),
        pytest.param("2025-09-30T08:29:30", 120, marks=pytest.mark.long),
    ],
)
def test_an_overdue_assignment_is_reminded_of_the_list_issued_and_a_dossier_drafted_with_nobody_calling(
    desk: Desk, tmp_path: Path, clock: str, seconds: int
) -> None:
    office = the_day_before(desk)
    url = "" if desk.sqlite else desk.url
    began = time.monotonic()
    with Duban(tmp_path / "data", DATABASE_URL=url, DESK_CLOCK=clock) as duban:
        waited(lambda: done(office), seconds, f"the bot\n{duban.said}")
        with Redis.from_url(duban.redis_url) as redis:
            all_names = {wake.name for wake in TIMETABLE if wake.queue == QUEUE}
            waited(
                lambda: finished(redis) == all_names,
                seconds,
                f"the jobs of all names\n{duban.said}",
            )
            assert time.monotonic() - began < seconds
            assert FailedJobRegistry(queue=queue_on(redis)).count == 0
        waited(
            lambda: duban.workers() == 2,
            30,
            "two live workers: one that was cut off for a moment comes back",
        )
        assert duban.stop() == 0
    _what_it_did(office)
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


def _what_it_did(office: Office) -> None:
    (reminder,) = office.reminders("R")
    assert (reminder.state, reminder.issued_at.date().isoformat()) == ("open", "2025-09-30")
    assert (reminder.issued_at.hour, reminder.issued_at.minute) in ((8, 30), (8, 31), (8, 32))
    with reading(office.desk.sessions) as session:
        water = session.scalar(select(Unit.id).where(Unit.code == "WATER"))
        issued = session.scalars(select(Event.id).where(Event.kind == "reminder.issued")).all()
        told = session.scalars(select(Notice.recipient).where(Notice.event_id.in_(issued))).all()
        runs = set(session.scalars(select(Run.name).where(Run.finished_at.is_not(None))))
        assert session.scalars(select(Run.id).where(Run.failures > 0)).all() == []
    assert f"unit:{water}" in told and len(issued) == 2  # L is as late as R
    (listed,) = office.rows(SupervisionList)
    assert listed.day.isoformat() == "2025-09-30" and listed.number
    assert [item.ground for item in office.items("L")] == ["by_hand"]
    assert office.row(Supervision, case_id=office.id("L")).listed_on == listed.day
    (referral,) = office.rows(Referral)
    assert (referral.case_id, referral.state) == (office.id("D"), "drafted")
    assert runs - {"outbox"} == {"sweep", "supervision-list", "drafting"}
