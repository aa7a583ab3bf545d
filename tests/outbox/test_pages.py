"""What the panel shows of telling people: deliveries, calls, ways with their secrets set and never shown,
numbers by their ends, the texts, and the line on a reminder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.channels import Sent
from app.models import Delivery
from tests.databases import Desk
from tests.office import Office, moment
from tests.outbox.posts import MOBILE, SMS, Script, post, sms, way
from tests.views.panel import Panel, panel_over

SECRET = "canary of a gateway's key"
NOW = moment("2025-06-09 10:00")


@pytest.fixture
def office(desk: Desk) -> Office:
    """A reminder and a warning that the gateway refused, others that it took: the reminder became a
    call, the warning is dead."""
    made = Office(desk)
    sms(made, "2025-06-03 08:00", templates=SMS["templates"])
    for unit in ("WATER", "ROADS"):
        made.unit(unit)
        made.do(
            "2025-06-03 08:05", "it_admin", "set_address", unit=unit, kind="mobile", value=MOBILE
        )
    way(
        made,
        "2025-06-03 08:06",
        "mail",
        "wecom",
        secrets={"url": f"https://robot.example/?key={SECRET[:6]}"},
    )
    way(made, "2025-06-03 08:07", "pretend")
    for unit in ("WATER", "ROADS"):
        for notice, ways in (("reminder", "sms"), ("overdue", "pretend"), ("warned", "sms")):
            told = {"unit": unit, "notice": notice, "ways": ways}
            made.do("2025-06-03 08:08", "it_admin", "choose_ways", **told)
    for unit in ("WATER", "ROADS"):
        made.allocated("2025-06-03 09:00", unit, unit=unit)
    post(desk, "2025-06-03 09:05", Script().make)
    made.sweep("2025-06-06")
    made.sweep("2025-06-09")
    refused = Sent("refused", "receiver_wrong", theirs="550")
    answers = Script([refused, Sent("taken", "taken"), refused])
    post(desk, "2025-06-09 08:31", lambda way, _: answers if way.name == "sms" else Script())
    return made


@pytest.fixture
def panel(office: Office, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(office.desk, tmp_path / "data", NOW) as made:
        yield made


def page(panel: Panel, who: str, address: str, **more: Any) -> str:
    answer = panel.of(who).get(address, **more)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def test_a_dead_message_is_on_the_centres_list_and_a_dead_reminder_a_call_that_shows_on_the_reminder(
    office: Office, panel: Panel
) -> None:
    dead = office.row(Delivery, stands="dead", kind="warned")
    listed = page(panel, "allocator", "/deliveries/list/?work=dead_letters")
    assert f"/deliveries/show/{dead.id}" in listed
    shown = page(panel, "allocator", f"/deliveries/show/{dead.id}")
    assert "号码" in shown and "550" in shown
    for verb in ("retry_delivery", "call_instead", "drop_delivery"):
        assert f"/do/{verb}?id={dead.id}" in shown
    allocator = panel.of("allocator")
    assert allocator.post("/do/call_instead", {"id": str(dead.id)}).status_code == 302
    assert office.row(Delivery, way="call", kind="warned").instead_of_id == dead.id
    call = office.row(Delivery, way="call", kind="reminder")
    calls = page(panel, "operator", "/deliveries/list/?work=calls")
    assert f"/deliveries/show/{call.id}" in calls
    to_call = page(panel, "operator", f"/deliveries/show/{call.id}")
    assert MOBILE in to_call, "the liaison's number, to be called"
    again = page(panel, "allocator", f"/deliveries/show/{call.id}")
    assert f"/do/retry_delivery?id={call.id}" in again, "it came of a message"
    operator = panel.of("operator")
    done = operator.post("/do/record_call", {"id": str(call.id), "reached": "王某"})
    assert done.status_code == 302
    unit = next(code for code in ("WATER", "ROADS") if office.unit(code).id == call.unit_id)
    (reminder,) = office.reminders(unit)
    told = page(panel, "allocator", f"/reminders/show/{reminder.id}")
    assert "已告知王某" in told and "电话" in told


def test_a_reminder_says_by_which_way_and_when_it_was_taken(office: Office, panel: Panel) -> None:
    taken = office.row(Delivery, kind="reminder", stands="taken")
    unit = next(code for code in ("WATER", "ROADS") if office.unit(code).id == taken.unit_id)
    (reminder,) = office.reminders(unit)
    told = page(panel, "allocator", f"/reminders/show/{reminder.id}")
    assert "短信 2025-06-09 08:31 已达网关" in told
    own = page(panel, f"head@{unit}", f"/reminders/show/{reminder.id}")
    assert "短信 2025-06-09 08:31 已达网关" in own


@pytest.mark.parametrize("who", ["it_admin", "centre_head"])
def test_secrets_are_shown_as_set_and_numbers_by_their_ends(panel: Panel, who: str) -> None:
    ways = page(panel, who, "/gateways/list/")
    assert "已设置：secret" in ways and "the gateway" not in ways and SECRET[:6] not in ways
    texts = page(panel, who, "/gateways/texts/")
    assert "神热线催〔2026〕12号" in texts and "{office}" in texts
    if who == "it_admin":
        numbers = page(panel, who, "/addresses/list/")
        assert "138****8021" in numbers and MOBILE not in numbers
        assert "WATER" in numbers or "水" in numbers
    assert page(panel, who, "/choices/list/")


def test_the_page_of_the_bot_tells_of_each_way_what_waits_and_what_is_dead(
    office: Office, panel: Panel
) -> None:
    shown = page(panel, "it_admin", "/bot/list/")
    ways = re.search(r'<table class="rows" id="ways">(.*?)</table>', shown, re.S)
    assert ways is not None and "sms" in ways[1] and "失败 1" in ways[1]


def test_a_way_that_rests_says_since_when_and_why(office: Office, panel: Panel) -> None:
    office.allocated("2025-06-09 09:00", "C", unit="WATER")
    post(office.desk, "2025-06-09 09:01", Script(usual=Sent("away", "no_connection")).make)
    for address in ("/gateways/list/", "/bot/list/"):
        assert "2025-06-09 09:01 起暂停" in page(panel, "it_admin", address)


def test_what_a_pretended_way_took_is_read_on_a_page_that_says_so(
    office: Office, panel: Panel
) -> None:
    shown = page(panel, "allocator", "/deliveries/pretended/")
    assert "没有发给任何人" in shown and office.case("WATER").number in shown


@pytest.mark.parametrize("who", ["head@WATER", "leader", "log_auditor", "it_admin", "officer"])
def test_deliveries_are_the_centres(panel: Panel, who: str) -> None:
    assert panel.of(who).get("/deliveries/list/").status_code == 403


def test_the_form_of_a_way_says_what_is_wrong_and_loses_nothing(panel: Panel) -> None:
    it = panel.of("it_admin")
    told = {"name": "new", "kind": "smtp", "settings": json.dumps({"host": "mail.example"})}
    answer = it.post("/do/propose_gateway", told)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "sender" in shown and "mail.example" in shown
    answer = it.post("/do/propose_gateway", {**told, "settings": "{no json"})
    assert answer.status_code == 422 and "{no json" in answer.get_data(as_text=True)


def test_a_number_that_is_none_is_refused_in_a_sentence(panel: Panel) -> None:
    told = {"unit": "WATER", "kind": "mobile", "value": "12345"}
    answer = panel.of("it_admin").post("/do/set_address", told)
    assert answer.status_code == 422 and "手机" in answer.get_data(as_text=True)


def test_no_export_of_deliveries_says_what_was_told(office: Office, panel: Panel) -> None:
    sent = page(panel, "allocator", "/deliveries/export.csv")
    assert office.case("WATER").number in sent
    assert "逾期未复" not in sent and MOBILE not in sent
