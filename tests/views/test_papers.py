"""Papers on the panel: who opens one, what that leaves on the record, and where its service is
shown."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from app.database import transaction
from app.models import Event, Person, Reminder
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment
from tests.room import Room
from tests.views.panel import Panel, panel_over

BAD: dict[str, Any] = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


@pytest.fixture
def reminded(office: Office) -> Office:
    """A case of the Water bureau, reminded of on Friday 13 June 2025."""
    office.allocated("2025-06-09 09:00", "A")
    office.sweeps("2025-06-10", "2025-06-13")
    return office


@pytest.fixture
def panel(reminded: Office, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(reminded.desk, tmp_path / "data", moment("2025-06-13 10:00")) as made:
        yield made


def title(content: bytes) -> str:
    """What a paper's pages say, without blanks."""
    return re.sub(
        r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    )


def opened(office: Office) -> list[tuple[str, str]]:
    return [(row.subject, row.payload) for row in office.rows(Event, kind="paper.opened")]


def test_a_unit_that_downloads_its_paper_has_opened_it_once(reminded: Office, panel: Panel) -> None:
    id = reminded.row(Reminder).id
    for who in ("centre_head", "staff@WATER", "head@WATER"):
        answer = panel.of(who).get(f"/papers/reminder/{id}.pdf")
        assert answer.status_code == 200
        assert "催办通知单" in title(answer.data)
    assert opened(reminded) == [("reminder", '{"n":1,"paper":"reminder"}')]
    assert panel.of("head@HOUSING").get(f"/papers/reminder/{id}.pdf").status_code == 404


def test_the_page_of_a_notice_shows_how_it_was_served_and_leads_to_its_paper(
    reminded: Office, panel: Panel
) -> None:
    id = reminded.row(Reminder).id
    page = panel.of("centre_head").get(f"/reminders/show/{id}").text
    assert "尚未打开，2025-06-16当日24时视为送达" in page
    assert f'href="/papers/reminder/{id}.pdf"' in page
    panel.of("staff@WATER").get(f"/papers/reminder/{id}.pdf")
    assert "2025-06-13 10:00 首次打开" in panel.of("centre_head").get(f"/reminders/show/{id}").text
    one = reminded.assignment("A").id
    assert (
        "2025-06-11 00:00 视为送达" in panel.of("staff@WATER").get(f"/assignments/show/{one}").text
    )
    english = panel.of("centre_head")
    english.get("/lang/en")
    assert "2025-06-13 10:00 first opened" in english.get(f"/reminders/show/{id}").text


def test_looking_at_the_page_of_a_notice_opens_no_paper(reminded: Office, panel: Panel) -> None:
    panel.of("staff@WATER").get(f"/reminders/show/{reminded.row(Reminder).id}")
    assert opened(reminded) == []


def test_a_redo_is_printed_as_a_redo_notice_wherever_it_is_asked_for(
    reminded: Office, panel: Panel
) -> None:
    reminded.do("2025-06-13 10:00", "head@WATER", "reply", "A")
    reminded.do("2025-06-13 11:00", "examiner", "examine", "A", passes=True)
    reminded.do("2025-06-13 12:00", "visitor", "record_visit", "A", **BAD)
    first = reminded.assignment("A").id
    reminded.do("2025-06-13 13:00", "examiner", "review_responsibility", "A", unit_responsible=True)
    again = reminded.assignment("A").id
    panel.now = moment("2025-06-13 14:00")
    case = panel.of("staff@WATER").get(f"/cases/{reminded.id('A')}").text
    assert f'href="/papers/redo/{again}.pdf"' in case
    assert f'href="/papers/allocation/{first}.pdf"' in case
    for kind in ("redo", "allocation"):
        told = title(panel.of("staff@WATER").get(f"/papers/{kind}/{again}.pdf").data)
        assert "重办通知单" in told and "神热线重〔2025〕1号" in told
    assert "派单通知单" in title(panel.of("staff@WATER").get(f"/papers/redo/{first}.pdf").data)
    assert [payload for _, payload in opened(reminded)] == [
        '{"n":1,"paper":"redo"}',
        '{"n":1,"paper":"allocation"}',
    ]


def test_a_dossier_names_the_people_who_made_and_approved_it_not_their_accounts(
    desk: Desk, tmp_path: Path
) -> None:
    """Seen failing: `officer` extracted it, and `leader` had approved it."""
    room, named = Room(desk), {"officer": "刘建国", "leader": "高志远"}
    room.data = tmp_path / "data"
    room.to("review_referral")
    with transaction(desk.sessions) as session:
        for account, name in named.items():
            who = actor_named(session, account).id
            session.execute(update(Person).where(Person.id == who).values(first_name=name))
    id, case = room.referral.id, room.id("A")
    with panel_over(desk, tmp_path / "data", moment("2025-06-11 14:00")) as panel:
        assert panel.of("leader").get(f"/referrals/{id}/paper.pdf").status_code == 200
        assert panel.of("leader").post(f"/do/approve_referral/{case}", {}).status_code == 302
        panel.now = moment("2025-06-12 10:00")
        assert panel.of("officer").post(f"/do/seal_referral/{case}", {}).status_code == 302
        pages = title(panel.of("officer").get(f"/referrals/{id}/paper.pdf").data)
    assert "提取人刘建国" in pages and "审批人高志远" in pages and "由刘建国成卷" in pages
    assert "officer" not in pages and "leader" not in pages


def test_the_transfer_letter_is_had_by_who_reads_the_referral_and_names_its_dossier(
    desk: Desk, tmp_path: Path
) -> None:
    """Seen failing: the letter that the dossier speaks of was to be had nowhere."""
    room = Room(desk)
    room.data = tmp_path / "data"
    room.to("seal_referral")
    id = room.referral.id
    with panel_over(desk, tmp_path / "data", moment("2025-06-12 14:00")) as panel:
        assert panel.of("officer").get(f"/papers/referral/{id}.pdf").status_code == 404, (
            "it is not sent yet"
        )
    room.to("send_referral")
    before = len(opened(room))
    with panel_over(
        desk, tmp_path / "data", room.referral.sent_at or moment("2025-06-20 10:00")
    ) as panel:
        for word in ("officer", "supervision_head", "leader", "committee"):
            answer = panel.of(word).get(f"/papers/referral/{id}.pdf")
            assert answer.status_code == 200, word
            told = title(answer.data)
            assert "关于移送有关问题线索的函" in told and (room.referral.number or "?") in told
            assert (
                f'href="/papers/referral/{id}.pdf"'
                in panel.of(word).get(f"/referrals/show/{id}").text
            ), word
        assert len(opened(room)) == before + 4
        for word in ("allocator", "head@WATER", "examiner"):
            assert panel.of(word).get(f"/papers/referral/{id}.pdf").status_code == 403, word
