"""Drafts go both ways: staff drafts, the head approves, changes or sends back with words; both
discard. All on Monday 2025-06-09 and the day after."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.database import reading
from app.models import Draft, Event, Notice, Request
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.story.theatre.cast import actor_named
from app.worklists import QUEUES, queues_of
from tests.databases import Desk
from tests.office import Office, moment

MONDAY, TUESDAY = "2025-06-09 09:00", "2025-06-10 09:00"
TEN, ELEVEN = "2025-06-10 10:00", "2025-06-10 11:00"
STAFF, HEAD = "staff@WATER", "head@WATER"
EXTENDED = {"workdays": 2, "reason": "等待配件"}
WORDS = "请写明配件到货的日期。"


@pytest.fixture
def office(desk: Desk) -> Office:
    """An office with case A at the water unit."""
    made = Office(desk)
    made.allocated(MONDAY, "A")
    return made


def drafted(office: Office, who: str = STAFF, at: str = TUESDAY, **fields: Any) -> Draft:
    made: Draft = office.do(at, who, "draft_extension", "A", **{**EXTENDED, **fields})
    return made


def sent_back(office: Office, row: Draft) -> None:
    office.do(TEN, HEAD, "send_back_draft", "A", row=row.id, words=WORDS)


def payload(office: Office, kind: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(office.row(Event, kind=kind).payload)
    return told


def told_by(office: Office, event: Event) -> list[str]:
    """Whom an event tells."""
    with reading(office.desk.sessions) as session:
        query = select(Notice.recipient).where(Notice.event_id == event.id)
        return list(session.scalars(query))


def listed(office: Office, who: str, key: str) -> list[int]:
    """The drafts of a list of work."""
    with reading(office.desk.sessions) as session:
        actor: Actor = actor_named(session, who)
        assert key in queues_of(actor)
        query = session.query(Draft).where(*QUEUES[key].where(actor, moment(TEN)))
        return [row.id for row in query]


def test_a_head_approves_a_draft_as_it_stands_or_changed_and_the_record_says_which(
    office: Office,
) -> None:
    office.allocated(MONDAY, "B")
    office.do(TEN, HEAD, "request_extension", "A", draft=drafted(office).id, **EXTENDED)
    assert payload(office, "draft.approved")["changed"] is False
    other = office.do(TUESDAY, STAFF, "draft_extension", "B", **EXTENDED)
    filed = office.do(
        TEN, HEAD, "request_extension", "B", draft=other.id, workdays=3, reason="等待配件"
    )
    assert (filed.workdays, payload(office, "draft.approved")["changed"]) == (3, True)
    assert office.row(Draft, id=other.id).ended_by_id == filed.filed_by_id


def test_a_head_sends_a_draft_back_with_words_and_staff_has_it_in_its_list(office: Office) -> None:
    row = drafted(office)
    assert listed(office, HEAD, "drafts") == [row.id]
    sent_back(office, row)
    kept = office.row(Draft)
    assert (kept.state, kept.returned_words, kept.returned_at) == ("returned", WORDS, moment(TEN))
    assert listed(office, HEAD, "drafts") == []
    assert listed(office, STAFF, "returned_drafts") == [row.id]
    event = office.row(Event, kind="draft.sent_back")
    assert WORDS not in event.payload
    assert told_by(office, event) == [f"unit:{row.unit_id}"]


def test_sending_back_needs_words_and_the_right_of_a_head(office: Office) -> None:
    row = drafted(office)
    told = office.refused(TEN, HEAD, "send_back_draft", "A", row=row.id, words=" 。 ")
    assert told == "words_missing"
    told = office.refused(TEN, STAFF, "send_back_draft", "A", row=row.id, words=WORDS)
    assert told == "no_right"
    told = office.refused(TEN, "head@HOUSING", "send_back_draft", "A", row=row.id, words=WORDS)
    assert told == "not_found"


def test_what_was_sent_back_is_drafted_anew_and_the_new_draft_stands_in_its_place(
    office: Office,
) -> None:
    row = drafted(office)
    sent_back(office, row)
    told = office.refused(ELEVEN, HEAD, "request_extension", "A", draft=row.id)
    assert told == "draft_returned"
    new = drafted(office, at=ELEVEN, draft=row.id, reason="配件12日到货")
    before = office.row(Draft, id=row.id)
    assert (before.state, before.successor_id) == ("replaced", new.id)
    assert payload(office, "draft.replaced") == {
        "verb": "request_extension",
        "draft": new.id,
        "replaced": row.id,
    }
    assert listed(office, HEAD, "drafts") == [new.id]
    assert listed(office, STAFF, "returned_drafts") == []
    assert office.refused(ELEVEN, HEAD, "request_extension", "A", draft=row.id) == "draft_replaced"
    said = {**EXTENDED, "reason": "配件12日到货"}
    office.do(ELEVEN, HEAD, "request_extension", "A", draft=new.id, **said)
    assert office.row(Request).drafted_by_id == new.drafted_by_id
    assert payload(office, "draft.approved")["changed"] is False


def test_who_replaces_a_draft_that_was_sent_back_meanwhile_is_told_by_whom(office: Office) -> None:
    row = drafted(office)
    sent_back(office, row)
    with pytest.raises(NotAllowed) as no:
        drafted(office, at=ELEVEN, draft=row.id, stood=0)
    head = office.row(Draft).returned_by_id
    assert (no.value.msgid, no.value.facts["by"]) == ("draft_returned", f"user:{head}")
    assert len(office.rows(Draft)) == 1
    drafted(office, at=ELEVEN, draft=row.id, stood=1)


def test_of_two_who_replace_one_draft_the_second_is_told_by_whom(office: Office) -> None:
    row = drafted(office)
    drafted(office, "staff@WATER#2", TEN, draft=row.id, stood=0)
    with pytest.raises(NotAllowed) as no:
        drafted(office, at=ELEVEN, draft=row.id, stood=0)
    second = office.rows(Draft)[1].drafted_by_id
    assert (no.value.msgid, no.value.facts["by"]) == ("draft_replaced", f"user:{second}")


@pytest.mark.parametrize("who", [STAFF, HEAD])
@pytest.mark.parametrize("back", [False, True])
def test_staff_and_head_discard_a_draft_sent_back_or_not(
    office: Office, who: str, back: bool
) -> None:
    row = drafted(office)
    if back:
        sent_back(office, row)
    office.do(ELEVEN, who, "discard_draft", "A", row=row.id)
    assert office.row(Draft).state == "discarded"
    assert listed(office, HEAD, "drafts") + listed(office, STAFF, "returned_drafts") == []
    assert office.refused(ELEVEN, HEAD, "request_extension", "A", draft=row.id) == "draft_discarded"
    told = office.refused(ELEVEN, STAFF, "discard_draft", "A", row=row.id)
    assert told == "draft_discarded"
    assert drafted(office, at=ELEVEN).state == "waiting"


def test_a_draft_that_was_used_is_neither_sent_back_nor_discarded_nor_replaced(
    office: Office,
) -> None:
    row = drafted(office)
    office.do(TEN, HEAD, "request_extension", "A", draft=row.id)
    told = office.refused(ELEVEN, HEAD, "send_back_draft", "A", row=row.id, words=WORDS)
    assert told == "draft_used"
    assert office.refused(ELEVEN, STAFF, "discard_draft", "A", row=row.id) == "draft_used"
    assert office.refused(ELEVEN, STAFF, "draft_extension", "A", draft=row.id) == "draft_used"


def test_of_several_drafts_somebody_says_which(office: Office) -> None:
    drafted(office)
    second = office.do(
        TUESDAY,
        STAFF,
        "draft_explanation",
        "A",
        words="因配件缺货施工受阻，已协调厂家调货，预计本周内到货施工。",
        promised_on=date(2025, 6, 16),
    )
    assert office.refused(TEN, STAFF, "discard_draft", "A") == "name_one"
    office.do(TEN, STAFF, "discard_draft", "A", row=second.id)
    office.do(TEN, STAFF, "discard_draft", "A")
    assert {row.state for row in office.rows(Draft)} == {"discarded"}
