"""The inbox's pages: what waits, each message with its sender covered, and the intake that it opens."""

from __future__ import annotations

import html
import re

from sqlalchemy import select

from app.database import reading
from app.models import Case, Contact, Message
from tests.views.canaries import CALLER, WORDS
from tests.views.panel import Panel

PHONE = "13900000001"


def message(panel: Panel, unit: str = "WATER") -> Message:
    """The message about a unit."""
    with reading(panel.desk.sessions) as session:
        return session.scalars(select(Message).where(Message.key == unit)).one()


def test_who_has_a_message_in_hand_opens_the_intake_with_its_words_and_its_sender(
    panel: Panel,
) -> None:
    row, browser = message(panel), panel.of("operator")
    page = browser.get(f"/inbox/show/{row.id}").text
    assert WORDS["WATER"] in page
    assert f"{CALLER}@" not in page
    assert f"{row.receipt[:4]} {row.receipt[4:8]}" in page
    before = html.unescape(browser.get(f"/do/register?message={row.id}").text)
    assert row.words not in before
    taken = browser.post("/do/take_message", {"id": str(row.id), "back": f"inbox.{row.id}"})
    assert taken.location.endswith(f"/inbox/show/{row.id}")
    form = html.unescape(browser.get(f"/do/register?message={row.id}").text)
    assert row.words in form
    assert f'value="{CALLER}"' in form
    assert 'name="channel"' not in form
    other = html.unescape(panel.of("allocator").get(f"/do/contact?message={row.id}").text)
    assert row.words not in other


def test_the_form_of_a_message_makes_a_case_and_the_message_is_done(panel: Panel) -> None:
    row, browser = message(panel), panel.of("operator")
    browser.post("/do/take_message", {"id": str(row.id)})
    form = {
        "message": str(row.id),
        "kind": "help",
        "narrative": f"{row.words}另行补充。",
        "caller.name": CALLER,
        "caller.phone": PHONE,
    }
    answer = browser.post("/do/register", form)
    if answer.status_code == 200:
        asked = re.search(r'name="asked" value="([^"]*)"', answer.text)
        assert asked
        answer = browser.post("/do/register", {**form, "asked": html.unescape(asked[1])})
    assert answer.status_code == 302, answer.text[-2000:]
    done = message(panel)
    assert (done.stands, done.ended_as) == ("case", "case")
    with reading(panel.desk.sessions) as session:
        case = session.get_one(Case, done.case_id)
        assert (case.channel, case.received_at) == ("email", done.received_at)
    assert str(case.number) in browser.get(f"/inbox/show/{row.id}").text


def test_a_message_that_another_has_is_refused_in_words_and_nothing_is_lost(panel: Panel) -> None:
    row = message(panel)
    panel.of("allocator").post("/do/take_message", {"id": str(row.id)})
    answer = panel.of("operator").post("/do/answer_message", {"id": str(row.id), "words": "已办"})
    assert answer.status_code == 422
    assert "已办" in answer.text
    assert message(panel).stands == "taken"


def test_a_message_joins_the_case_beside_it(panel: Panel) -> None:
    row, browser = message(panel), panel.of("operator")
    browser.post("/do/take_message", {"id": str(row.id)})
    with reading(panel.desk.sessions) as session:
        case = session.scalars(select(Case.id).where(Case.state == "handling")).first()
    form = {"message": str(row.id), "kind": "chase", "words": row.words}
    answer = browser.post(f"/do/contact/{case}", form)
    assert answer.status_code == 302, answer.text[-2000:]
    with reading(panel.desk.sessions) as session:
        made = session.scalars(select(Contact).order_by(Contact.id.desc())).first()
        assert made is not None
        assert (made.case_id, made.kind, made.channel) == (case, "chase", "email")
    assert message(panel).stands == "joined"


def test_no_unit_and_no_leader_opens_the_inbox(sqlite_panel: Panel) -> None:
    row = message(sqlite_panel)
    for who in ("head@WATER", "staff@WATER", "leader", "visitor", "officer", "it_admin"):
        browser = sqlite_panel.of(who)
        assert browser.get("/inbox/list/").status_code == 403
        assert browser.get(f"/inbox/show/{row.id}").status_code == 403


def test_a_sheet_is_tried_before_it_is_taken_in(panel: Panel) -> None:
    page = panel.of("operator").get("/sheets/list/").text
    assert "市平台" in page
    assert "第3行" in panel.of("operator").get("/sheets/show/1").text
