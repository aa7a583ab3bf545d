"""What stands still between the desk and the people outside is found, with what to do about it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import config
from app.channels import Sent
from app.database import transaction
from app.models import Mailbox, MailLook
from jobs.reach_health import FRONT_GONE, HEARD, heard, reach_findings
from tests.databases import Desk
from tests.office import Office, moment
from tests.outbox.posts import Script, post, sms

DAY = "2025-06-03"


@pytest.fixture
def settings(desk: Desk, tmp_path: Path) -> config.Config:
    made = config.load({"DESK_DATA": str(tmp_path), "DATABASE_URL": desk.url})
    return replace(made, front="off")


def found(desk: Desk, settings: config.Config, at: str) -> list[tuple[str, str]]:
    findings = reach_findings(desk.sessions, moment(at), settings)
    for one in findings:
        for language in ("zh", "en"):
            assert one.said(language) and one.todo(language)
            assert "sent." not in one.said(language) and "inbox." not in one.said(language)
    return [(one.code, one.level) for one in findings]


def allocated(desk: Desk) -> Office:
    office = Office(desk)
    sms(office, f"{DAY} 08:00")
    office.unit("WATER")
    told = {"unit": "WATER", "kind": "mobile", "value": "13800138021"}
    office.do(f"{DAY} 08:05", "it_admin", "set_address", **told)
    post(desk, f"{DAY} 08:10", Script().make)
    office.allocated(f"{DAY} 09:00", "A")
    return office


def test_notices_that_nobody_takes_are_found(desk: Desk, settings: config.Config) -> None:
    allocated(desk)
    assert found(desk, settings, f"{DAY} 09:10") == []
    assert found(desk, settings, f"{DAY} 09:16") == [("telling_behind", "red")]
    post(desk, f"{DAY} 09:17", Script().make)
    assert found(desk, settings, f"{DAY} 09:18") == []


def test_a_way_out_that_rests_for_long_is_found_and_one_that_is_switched_off_is_not(
    desk: Desk, settings: config.Config
) -> None:
    office = allocated(desk)
    post(desk, f"{DAY} 09:01", Script(usual=Sent("away", "out_of_order")).make)
    assert found(desk, settings, f"{DAY} 09:10") == []
    assert found(desk, settings, f"{DAY} 09:17") == [("way_paused", "warning")]
    off = {"name": "sms", "kind": "http", "off": True}
    row = office.do(f"{DAY} 09:18", "it_admin", "propose_gateway", **off)
    office.do(f"{DAY} 09:19", "centre_head", "approve_gateway", row=row.id, accept=True)
    post(desk, f"{DAY} 09:20", Script().make)
    assert found(desk, settings, f"{DAY} 09:21") == []


def test_a_mailbox_that_cannot_be_read_is_found(desk: Desk, settings: config.Config) -> None:
    with transaction(desk.sessions) as session:
        box = Mailbox(name="县长信箱", speaks="imaps", host="mail.example", port=993, account="a")
        box.sealed, box.folder, box.changed_at = "sealed", "INBOX", moment(f"{DAY} 08:00")
        session.add(box)
        session.flush()
        look = MailLook(mailbox_id=box.id, at=moment(f"{DAY} 09:00"), taken=0, code="")
        session.add(look)
    assert found(desk, settings, f"{DAY} 09:01") == []
    with transaction(desk.sessions) as session:
        session.query(MailLook).update({"code": "credentials_wrong"})
    assert found(desk, settings, f"{DAY} 09:02") == [("mailbox_unread", "warning")]


def test_a_front_on_another_machine_that_is_not_heard_is_found(
    desk: Desk, settings: config.Config
) -> None:
    there = replace(settings, front="https://front.example")
    assert found(desk, there, f"{DAY} 09:00") == [("front_away", "warning")]
    heard(there.data)
    assert found(desk, there, f"{DAY} 09:00") == []
    ago = time.time() - FRONT_GONE - timedelta(seconds=5).total_seconds()
    os.utime(there.data / HEARD, (ago, ago))
    assert found(desk, there, f"{DAY} 09:00") == [("front_away", "warning")]
