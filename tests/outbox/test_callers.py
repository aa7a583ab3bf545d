"""What callers hear: number and code, a new date, the answer, the closing; by text message or telephone;
nothing for nobody, nothing of the matter where it is confidential."""

from __future__ import annotations

from typing import Any

import pytest

from app.database import reading
from app.models import Visit
from app.rules.codes import shown_code
from app.rules.refusal import NotAllowed
from app.rules.telling import TEXTS, fields_of, refuse_setting, wrong_fields
from app.stages.outbox import fields_of_row, telephone_of, text_of
from app.stages.visit.internet import code_of
from tests.databases import Desk
from tests.office import Office
from tests.outbox.posts import SMS, Script, deliveries, post, sms
from tests.room import Room

DAY = "2025-06-03"
CALLER = {"name": "李梅", "phone": "13911112222"}
KINDS = ("registered", "extended", "answered", "closed", "asked", "neutral")
TEMPLATES: dict[str, Any] = {
    **SMS["templates"],  # type: ignore[dict-item]
    **{f"caller_{kind}": {"id": f"C_{kind}", "fields": []} for kind in KINDS},
}


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office(desk)
    sms(made, f"{DAY} 08:00", templates=TEMPLATES)
    return made


def registered(office: Office, letter: str = "A", **facts: Any) -> None:
    told = {
        "kind": "consultation",
        "channel": "web",
        "wants_reply": True,
        "caller": CALLER,
        **facts,
    }
    office.do(f"{DAY} 09:00", "operator", "register", letter, **told)


def heard(office: Office, desk: Desk, at: str) -> list[tuple[str, str, str]]:
    """(kind, to, text) of what callers are sent at a moment."""
    script = Script()
    post(desk, at, script.make)
    return [(one.kind, one.to, one.text) for one in script.told if one.kind.startswith("caller_")]


def test_the_caller_hears_number_and_query_code_once_the_case_stands(
    office: Office, desk: Desk
) -> None:
    registered(office)
    ((kind, to, text),) = heard(office, desk, f"{DAY} 09:01")
    case = office.case("A")
    assert (kind, to) == ("caller_registered", CALLER["phone"])
    assert case.number in text and case.query_code in text and CALLER["name"] not in text


def test_the_caller_hears_the_new_date_the_answer_and_how_to_say_that_it_is_not_solved(
    office: Office, desk: Desk
) -> None:
    registered(office)
    office.do(f"{DAY} 09:30", "allocator", "allocate", "A", unit="WATER")
    heard(office, desk, f"{DAY} 09:31")
    office.do("2025-06-04 09:00", "head@WATER", "request_extension", "A", workdays=5)
    office.do("2025-06-04 10:00", "allocator", "rule_on_extension", "A", accept=True)
    ((kind, _, text),) = heard(office, desk, "2025-06-04 10:01")
    due = office.assignment("A").due_at
    assert kind == "caller_extended" and due is not None
    assert "2025-06-13" in text
    office.do("2025-06-05 09:00", "head@WATER", "reply", "A", public_answer="管道已修复。")
    office.do("2025-06-05 10:00", "examiner", "examine", "A", passes=True)
    ((kind, _, text),) = heard(office, desk, "2025-06-05 10:01")
    assert kind == "caller_answered" and "管道已修复。" in text
    office.do(
        "2025-06-06 10:00",
        "visitor",
        "record_visit",
        "A",
        method="phone",
        reached=True,
        truth="proven",
        solved="solved",
        satisfied="satisfied",
    )
    ((kind, _, text),) = heard(office, desk, "2025-06-06 10:01")
    assert kind == "caller_closed" and "未解决" in text and "12345" in text


def test_nobody_hears_of_an_anonymous_case(office: Office, desk: Desk) -> None:
    registered(office, anonymous=True, caller=None)
    office.do(f"{DAY} 09:30", "allocator", "answer_directly", "A", answer="已答复。")
    assert heard(office, desk, f"{DAY} 09:31") == []
    assert deliveries(office) == []


def test_of_a_confidential_case_the_caller_is_told_nothing_of_the_matter(
    office: Office, desk: Desk
) -> None:
    registered(office, confidential=True)
    ((kind, _, text),) = heard(office, desk, f"{DAY} 09:01")
    case = office.case("A")
    assert kind == "caller_neutral"
    assert case.number not in text and case.query_code not in text
    (row,) = deliveries(office, kind="caller_neutral")
    with reading(desk.sessions) as session:
        assert set(fields_of_row(session, row)) == {"office"}


def test_a_caller_without_a_mobile_number_is_told_by_telephone_after_a_logged_reveal(
    office: Office, desk: Desk
) -> None:
    registered(office, caller={"name": "李梅", "phone": "0912-8330099"})
    assert heard(office, desk, f"{DAY} 09:01") == []
    (call,) = deliveries(office, way="call")
    with reading(desk.sessions) as session:
        assert telephone_of(session, call) == "", "shown by a reveal, not here"
        assert office.case("A").number in text_of(session, office.office(f"{DAY} 09:02"), call)
    office.do(f"{DAY} 09:05", "allocator", "reveal", "A", purpose="answer")
    office.do(f"{DAY} 09:06", "allocator", "record_call", id=call.id, reached="本人")
    assert "delivery.called" in office.events("A") and "caller.revealed" in office.events("A")


def test_who_was_told_number_and_code_while_speaking_is_not_called_about_them(
    office: Office, desk: Desk
) -> None:
    registered(office, channel="phone", caller={"name": "李梅", "phone": "0912-8330099"})
    heard(office, desk, f"{DAY} 09:01")
    assert deliveries(office) == []


def test_who_wants_no_reply_hears_of_the_registering_and_the_closing_only(
    office: Office, desk: Desk
) -> None:
    registered(office, wants_reply=False)
    office.do(f"{DAY} 09:30", "allocator", "answer_directly", "A", answer="已答复。")
    kinds = [kind for kind, _, _ in heard(office, desk, f"{DAY} 09:31")]
    assert kinds == ["caller_registered"], "the answer closed it"


def test_no_text_says_more_than_its_kind_may() -> None:
    assert [name for name, said in TEXTS.items() if wrong_fields(name, said)] == []
    assert fields_of("tell.caller_neutral") == ("office",)
    assert wrong_fields("tell.reminder", "{office}{code}") == ["code"]
    assert wrong_fields("tell.caller_neutral", "{number}") == ["number"]
    assert wrong_fields("tell.reminder", "{office") == ["{}"]
    assert wrong_fields("tell.reminder", "{}") == ["{}"]
    with pytest.raises(NotAllowed, match="hours_wrong"):
        refuse_setting("tell.hours", "18:00-08:00")
    refuse_setting("tell.hours", "08:30-17:30")


def test_the_office_words_a_text_itself(office: Office, desk: Desk) -> None:
    at = (f"{DAY} 08:30", "it_admin", "change_setting")
    office.do(*at, name="tell.caller_registered", value="受理号{number}，码{code}")
    assert office.refused(*at, name="tell.caller_registered", value="{unit}") == "text_fields_wrong"
    assert office.refused(*at, name="tell.hours", value="always") == "hours_wrong"
    registered(office)
    ((_, _, text),) = heard(office, desk, f"{DAY} 09:01")
    case = office.case("A")
    assert text == f"受理号{case.number}，码{case.query_code}"


def asked(office: Office, desk: Desk, **facts: Any) -> list[tuple[str, str, str]]:
    """What callers are sent when a visit by internet is planned."""
    room = Room(desk)
    room.number("internet_visits", True)
    room.allocated(f"{DAY} 09:10", "A", **{"caller": CALLER, "kind": "help", **facts})
    room.do(f"{DAY} 14:00", "head@WATER", "reply", "A")
    heard(office, desk, f"{DAY} 14:01")
    room.do(f"{DAY} 15:00", "examiner", "examine", "A", passes=True)
    return heard(office, desk, f"{DAY} 15:01")


def test_who_is_visited_by_internet_is_sent_the_code(office: Office, desk: Desk) -> None:
    told = {kind: (to, text) for kind, to, text in asked(office, desk)}
    to, text = told["caller_asked"]
    with reading(desk.sessions) as session:
        code = code_of(session, office.rows(Visit)[0].id)
    assert code is not None and shown_code(code) in text and to == CALLER["phone"]
    assert "2025-06-10" in text, "seven days, the last of them"


def test_who_asked_for_confidence_is_sent_no_code(office: Office, desk: Desk) -> None:
    told = asked(office, desk, confidential=True)
    with reading(desk.sessions) as session:
        code = code_of(session, office.rows(Visit)[0].id)
    assert told and {kind for kind, _, _ in told} == {"caller_neutral"}
    assert code is not None and not any(shown_code(code) in text for _, _, text in told)


def test_nobody_is_telephoned_to_be_told_a_code(office: Office, desk: Desk) -> None:
    row = office.do(
        f"{DAY} 08:10", "it_admin", "propose_gateway", name="sms", kind="http", off=True
    )
    office.do(f"{DAY} 08:11", "centre_head", "approve_gateway", row=row.id, accept=True)
    assert asked(office, desk) == []
    assert "caller_asked" not in {row.kind for row in deliveries(office)}
