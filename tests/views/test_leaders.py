"""Leaders' matters: a page of their own, the ledger of instructions with what is late, suggestions that
lead to what became of them; told when a matter ends; and nothing of it for a unit. [procedure 1, 2, 5]"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.database import reading, transaction
from app.ledger import verify
from app.models import Case, Event, Instruction, Person, SuggestionComment
from app.stages.acceptance import name_leaders
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment
from tests.views.panel import Panel, panel_over, refused

WORDS = "请住建局三日内到现场查看，限期修复并回复群众。"
SAID = "建议在滨河路增设公交站点，方便居民出行。"
CANARY = "领导密语QZleaderZQ"
LEADER: dict[str, Any] = {"level": "county", "name": "leader", "text": WORDS}
GOOD: dict[str, Any] = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}


@pytest.fixture
def office(desk: Desk) -> Office:
    """A led by a leader and late, B led and closed; C a suggestion that was kept and is open, D one that
    is closed; E submitted."""
    made = Office(desk)
    with transaction(desk.sessions) as session:
        actor_named(session, "leader")
    made.do("2025-06-09 08:00", "centre_head", "register", "A", kind="help", leader=LEADER)
    made.do("2025-06-09 08:00", "operator", "register", "B", kind="help", leader=LEADER)
    for letter in ("A", "B"):
        made.do("2025-06-09 09:10", "allocator", "allocate", letter, unit="WATER")
    made.do("2025-06-09 14:00", "head@WATER", "reply", "B")
    made.do("2025-06-09 15:00", "examiner", "examine", "B", passes=True)
    made.do("2025-06-10 09:00", "officer", "record_visit", "B", **GOOD)
    for letter in ("C", "D"):
        _kept(made, letter)
    made.do("2025-06-09 10:10", "allocator", "allocate", "D", unit="HOUSING")
    made.do("2025-06-09 14:00", "head@HOUSING", "reply", "D")
    made.do("2025-06-09 15:00", "examiner", "examine", "D", passes=True)
    made.do("2025-06-10 09:00", "visitor", "record_visit", "D", **GOOD)
    made.do("2025-06-09 10:20", "operator", "register", "E", kind="help")
    made.do("2025-06-09 10:30", "allocator", "submit", "E")
    return made


def _kept(office: Office, letter: str) -> None:
    said = {"kind": "suggestion", "narrative": f"{SAID}{letter}"}
    office.do("2025-06-09 09:00", "operator", "register", letter, **said)
    kept = {"keep": True, "words": "可列入规划"}
    office.do("2025-06-09 10:00", "centre_head", "screen_suggestion", letter, **kept)


@pytest.fixture
def panel(office: Office, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(office.desk, tmp_path / "data", moment("2025-06-20 10:00")) as made:
        yield made


def test_an_instruction_is_known_by_the_account_of_the_only_leader_of_that_name(
    office: Office,
) -> None:
    rows = office.rows(Instruction)
    assert {row.leader_id for row in rows} == {_leader(office)}
    office.do(
        "2025-06-11 09:00",
        "operator",
        "register",
        "Z",
        kind="help",
        leader={**LEADER, "name": "某"},
    )
    assert office.row(Instruction).leader_id is None


def _leader(office: Office) -> int:
    return office.row(Person, username="leader").id


def test_old_instructions_get_the_account_where_the_name_is_unequivocal(office: Office) -> None:
    name = {"leader": {**LEADER, "name": "李市长"}}
    office.do("2025-06-11 09:00", "operator", "register", "Y", kind="help", **name)
    with transaction(office.desk.sessions) as session:
        row = session.query(Person).filter_by(username="leader").one()
        row.first_name = "李市长"
        session.flush()
        assert name_leaders(session, moment("2025-06-11 10:00")) == 1
        assert name_leaders(session, moment("2025-06-11 10:00")) == 0
    assert office.row(Instruction).leader_id == _leader(office)
    with reading(office.desk.sessions) as session:
        assert verify(session, office.desk.key) == []


def test_two_leaders_of_one_name_are_nobody(office: Office) -> None:
    office.do("2025-06-11 08:50", "leader#2", "comment_suggestion", "D", words="阅")
    with transaction(office.desk.sessions) as session:
        for row in session.query(Person).filter(Person.username.like("leader%")):
            row.first_name = "同名"
    name = {"leader": {**LEADER, "name": "同名"}}
    office.do("2025-06-11 09:00", "operator", "register", "Y", kind="help", **name)
    assert office.row(Instruction).leader_id is None


def test_a_leader_is_told_when_a_matter_closes(office: Office) -> None:
    told = office.rows_of_notices(f"user:{_leader(office)}")
    events = {event.id: event for event in office.rows(Event)}
    closed = [events[row.event_id] for row in told]
    assert [(event.kind, event.chain) for event in closed] == [("case.closed", office.id("B"))]


def test_a_leader_is_told_when_a_matter_is_withdrawn(office: Office) -> None:
    office.do("2025-06-11 09:00", "allocator", "withdraw", "A")
    told = office.rows_of_notices(f"user:{_leader(office)}")
    assert office.row(Event, id=told[-1].event_id).kind == "case.withdrawn"


def test_an_instructions_unit_is_told_at_once(office: Office) -> None:
    office.do("2025-06-11 09:00", "leader", "instruct", "E", leader=LEADER, unit="ROADS")
    unit = office.unit("ROADS").id
    kinds = [
        office.row(Event, id=row.event_id).kind for row in office.rows_of_notices(f"unit:{unit}")
    ]
    assert "instruction.issued" in kinds
    assert {
        office.row(Event, id=row.event_id).at for row in office.rows_of_notices(f"unit:{unit}")
    } == {moment("2025-06-11 09:00")}


def test_a_comment_files_a_suggestion(office: Office) -> None:
    office.do("2025-06-11 09:00", "leader", "comment_suggestion", "D", words="阅", then="filed")
    row = office.row(SuggestionComment)
    assert (row.then, row.made_case_id, office.case("D").state) == ("filed", None, "closed")


def test_a_comment_makes_an_open_suggestion_the_leaders_matter(office: Office) -> None:
    made = {"words": WORDS, "then": "matter", "due_on": date(2025, 6, 20)}
    row = office.do("2025-06-11 09:00", "leader", "comment_suggestion", "C", **made)
    case = office.case("C")
    assert (row.made_case_id, case.leader_assigned) == (case.id, True)
    led = office.row(Instruction)
    assert (led.case_id, led.leader_id, led.words) == (case.id, _leader(office), WORDS)
    office.do("2025-06-11 10:00", "allocator", "allocate", "C", unit="ROADS")
    assert office.assignment("C").deadline("due").on == date(2025, 6, 20)


def test_a_comment_makes_a_closed_suggestion_a_new_matter_in_its_words(office: Office) -> None:
    made = {"words": WORDS, "then": "matter"}
    row = office.do("2025-06-11 09:00", "leader", "comment_suggestion", "D", **made)
    case = office.row(Case, id=row.made_case_id)
    assert case.id != office.id("D") and office.case("D").state == "closed"
    assert (case.state, case.leader_assigned, case.channel) == ("registered", True, "leader")
    assert (case.narrative, case.split_from_id) == (f"{SAID}D", office.id("D"))
    with reading(office.desk.sessions) as session:
        assert verify(session, office.desk.key) == []


def test_a_date_is_named_only_for_a_matter(office: Office) -> None:
    said = {"words": "阅", "then": "filed", "due_on": date(2025, 6, 20)}
    assert office.refused("2025-06-11 09:00", "leader", "comment_suggestion", "D", **said) == (
        "date_of_no_matter"
    )


def test_a_leaders_page_shows_matters_with_answer_days_and_result(
    panel: Panel, office: Office
) -> None:
    page = panel.of("leader").get("/instructions/mine").text
    assert page.count(WORDS) >= 2
    assert "您反映的B事项已核实并处理。" in page and "满意" in page
    assert office.case("A").number in page and "逾期" in page
    assert office.case("E").number in page, "submitted to be instructed on"
    assert f"{SAID}C" in page and f"{SAID}D" in page


def test_a_leader_opens_only_what_was_submitted(panel: Panel, office: Office) -> None:
    page = panel.of("leader").get("/instructions/mine").text
    assert f'href="/cases/{office.id("E")}' in page
    assert f'href="/cases/{office.id("A")}' not in page
    assert panel.of("leader").get(f"/cases/{office.id('A')}").status_code == 404


def test_the_ledger_shows_what_is_late_to_who_looks_after_it(panel: Panel, office: Office) -> None:
    for who in ("centre_head", "officer", "supervision_head", "leader"):
        late = panel.of(who).get("/instructions/ledger?part=late").text
        assert office.case("A").number in late, who
        assert office.case("B").number not in late, who
        closed = panel.of(who).get("/instructions/ledger?part=closed").text
        assert office.case("B").number in closed, who
    for who in ("allocator", "operator", "staff@WATER", "head@WATER", "examiner", "visitor"):
        assert panel.of(who).get("/instructions/ledger").status_code == 403, who


def test_a_stranger_leader_sees_no_other_leaders_matters(panel: Panel, office: Office) -> None:
    office.do("2025-06-11 09:00", "leader#2", "comment_suggestion", "D", words="阅")
    page = panel.of("leader#2").get("/instructions/ledger?part=all").text
    assert office.case("A").number not in page and WORDS not in page


def test_the_ledger_takes_any_address(panel: Panel) -> None:
    for asked in ("part=x", "page=999", "page=x", "leader=%00", "leader=' OR 1=1", "page=99999999"):
        assert panel.of("leader").get(f"/instructions/ledger?{asked}").status_code == 200, asked


def test_a_comment_through_its_form_leads_to_the_matter(panel: Panel, office: Office) -> None:
    address = f"/do/comment_suggestion/{office.id('D')}"
    wrong = {"words": "阅", "then": "filed", "due_on": "2025-06-30"}
    assert refused(panel.of("leader").post(address, wrong)) == "date_of_no_matter"
    panel.of("leader").post(address, {"words": CANARY, "then": "matter"})
    made = office.row(SuggestionComment).made_case_id
    page = panel.of("leader").get("/instructions/mine").text
    assert office.row(Case, id=made).number in page and CANARY in page


def test_a_units_account_sees_none_of_it(panel: Panel, office: Office) -> None:
    """What leaders say to suggestions, and matters of other units, on no page that links lead to."""
    panel.of("leader").post(f"/do/comment_suggestion/{office.id('D')}", {"words": CANARY})
    for who in ("staff@HOUSING", "head@HOUSING"):
        browser = panel.of(who)
        seen, ahead = (
            set[str](),
            ["/", "/instructions/mine", "/instructions/ledger", "/suggestions/list/"],
        )
        while ahead and len(seen) < 150:
            address = ahead.pop(0)
            if address in seen:
                continue
            seen.add(address)
            answer = browser.get(address)
            text = answer.text if answer.mimetype == "text/html" else ""
            assert CANARY not in text and WORDS not in text, (who, address)
            ahead += [
                link
                for link in _links(text)
                if link.startswith("/") and not link.startswith(("/log", "/lang", "/theme", "//"))
            ]
        assert len(seen) > 20


def _links(text: str) -> list[str]:
    import html
    import re

    return [html.unescape(found) for found in re.findall(r'<a[^>]* href="([^"]+)"', text)]
