"""A leader's instruction: who handles, rules on, supervises or examines the case reads it; the unit
has it as a numbered paper; the leader sees his matters and what became of them. [procedure 2]"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.database import transaction
from app.models import Event, Instruction, InstructionNotice
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment
from tests.views.panel import Panel, panel_over
from tests.views.test_papers import title

WORDS = "请住建局三日内到现场查看，限期修复并回复群众。"
COUNTY: dict[str, Any] = {
    "level": "county",
    "name": "张县长",
    "text": WORDS,
    "document": "神政批〔2025〕7号",
    "due_on": date(2025, 6, 20),
    "date": date(2025, 6, 9),
    "scan": "批示.pdf",
}


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office(desk)
    made.allocated("2025-06-09 09:00", "A", kind="complaint")
    made.do("2025-06-09 10:00", "staff@WATER", "sign_for", "A")
    return made


@pytest.fixture
def panel(office: Office, tmp_path: Path) -> Iterator[Panel]:
    office.do("2025-06-10 09:00", "centre_head", "instruct", "A", leader=COUNTY)
    with panel_over(office.desk, tmp_path / "data", moment("2025-06-10 10:00")) as made:
        yield made


def reads(page: str) -> bool:
    return all(
        said in page for said in (WORDS, "张县长", "县级", "神政批〔2025〕7号", "2025-06-20")
    )


READERS = ("staff@WATER", "head@WATER", "allocator", "centre_head", "officer", "supervision_head")


@pytest.mark.parametrize("word", READERS)
def test_who_handles_rules_on_or_supervises_reads_the_instruction_on_the_page(
    panel: Panel, office: Office, word: str
) -> None:
    """Seen failing for all of them."""
    assert reads(panel.of(word).get(f"/cases/{office.id('A')}").text)


FORMS = (
    ("head@WATER", "reply"),
    ("staff@WATER", "draft_reply"),
    ("head@WATER", "request_extension"),
    ("allocator", "rule_on_extension"),
    ("centre_head", "reassign"),
    ("officer", "open_supervision"),
    ("centre_head", "examine"),
    ("centre_head", "review_responsibility"),
)


@pytest.mark.parametrize(("word", "verb"), FORMS)
def test_who_decides_reads_the_instruction_in_the_form(
    panel: Panel, office: Office, word: str, verb: str
) -> None:
    assert reads(panel.of(word).get(f"/do/{verb}/{office.id('A')}").text)


def test_the_examiner_reads_the_instruction_on_the_page_and_in_the_form(
    panel: Panel, office: Office
) -> None:
    office.do("2025-06-10 11:00", "head@WATER", "reply", "A")
    for address in ("/cases/{}", "/do/examine/{}"):
        assert reads(panel.of("examiner").get(address.format(office.id("A"))).text), address


def test_an_instruction_that_comes_later_is_a_numbered_paper_of_the_unit(
    panel: Panel, office: Office
) -> None:
    notice = office.row(InstructionNotice)
    assert notice.number == "神热线批〔2025〕1号"
    case = panel.of("staff@WATER").get(f"/cases/{office.id('A')}").text
    assert f'href="/papers/instruction/{notice.id}.pdf"' in case and notice.number in case
    assert "批示办理单发出" in panel.of("staff@WATER").get("/notices/").text
    told = title(panel.of("staff@WATER").get(f"/papers/instruction/{notice.id}.pdf").data)
    for said in (
        "领导批示办理单",
        "神热线批〔2025〕1号",
        "WATER单位",
        WORDS,
        "张县长",
        "神政批〔2025〕7号",
        "2025年6月18日24时前",
        office.case("A").number or "?",
    ):
        assert said in told, said
    assert panel.of("head@HOUSING").get(f"/papers/instruction/{notice.id}.pdf").status_code == 404


def test_its_service_is_on_the_record_like_that_of_other_papers(
    panel: Panel, office: Office
) -> None:
    notice, one = office.row(InstructionNotice), office.assignment("A").id
    page = panel.of("centre_head").get(f"/assignments/show/{one}").text
    assert "批示办理单送达" in page and "尚未打开，2025-06-11当日24时视为送达" in page
    for word in ("centre_head", "staff@WATER", "head@WATER"):
        assert panel.of(word).get(f"/papers/instruction/{notice.id}.pdf").status_code == 200
    opened = [row.payload for row in office.rows(Event, kind="paper.opened")]
    assert opened == [f'{{"n":1,"notice":{notice.id},"paper":"instruction"}}']
    assert (
        "2025-06-10 10:00 首次打开" in panel.of("centre_head").get(f"/assignments/show/{one}").text
    )
    assert (
        f"/papers/instruction/{notice.id}.pdf"
        in panel.of("head@WATER").get(f"/assignments/show/{one}").text
    )


def test_the_page_names_the_leader_and_who_entered_it(panel: Panel, office: Office) -> None:
    timeline = (
        panel.of("allocator").get(f"/cases/{office.id('A')}").text.split('class="timeline"')[1]
    )
    assert "领导批示：张县长" in timeline


def test_a_matter_assigned_by_a_leader_comes_with_its_paper_at_the_allocation(desk: Desk) -> None:
    office = Office(desk)
    office.do("2025-06-09 09:00", "operator", "register", "A", kind="help", leader=COUNTY)
    assert office.rows(InstructionNotice) == []
    office.do("2025-06-09 10:00", "allocator", "allocate", "A", unit="WATER", assists=["ROADS"])
    assert [(row.number, row.unit_id) for row in office.rows(InstructionNotice)] == [
        ("神热线批〔2025〕1号", office.unit("WATER").id),
        ("神热线批〔2025〕2号", office.unit("ROADS").id),
    ]
    office.do(
        "2025-06-10 09:00",
        "centre_head",
        "instruct",
        "A",
        leader={**COUNTY, "name": "李市长", "level": "city"},
    )
    assert len(office.rows(InstructionNotice)) == 4
    office.do("2025-06-10 10:00", "centre_head", "reassign", "A", reason="职责调整")
    office.do("2025-06-10 11:00", "allocator", "allocate", "A", unit="HOUSING")
    given = [
        row for row in office.rows(InstructionNotice) if row.unit_id == office.unit("HOUSING").id
    ]
    assert [row.number for row in given] == ["神热线批〔2025〕5号", "神热线批〔2025〕6号"]


def test_a_submitted_case_comes_back_with_the_paper(desk: Desk) -> None:
    office = Office(desk)
    office.do("2025-06-09 09:00", "operator", "register", "A", kind="help")
    office.do("2025-06-09 10:00", "allocator", "submit", "A", reason="职责交叉")
    office.do("2025-06-09 11:00", "leader", "instruct", "A", unit="WATER")
    assert office.row(InstructionNotice).unit_id == office.unit("WATER").id
    assert (
        office.row(Event, kind="case.instructed").actor
        == f"user:{office.row(Instruction).leader_id}"
    )


def test_a_successor_reads_the_paper_that_was_issued_to_the_unit_before_it(desk: Desk) -> None:
    office = Office(desk)
    office.do("2025-06-09 09:00", "operator", "register", "A", kind="help", leader=COUNTY)
    office.do("2025-06-09 10:00", "allocator", "allocate", "A", unit="WATER")
    office.do("2025-06-09 10:30", "it_admin", "succeed_unit", unit="WATER", successor="ROADS")
    assert office.row(InstructionNotice).unit_id == office.unit("ROADS").id


def test_a_leader_sees_his_matters_and_what_became_of_them(panel: Panel, office: Office) -> None:
    """His own, given on paper under his account too, and those that no account was named for;
    callers covered."""
    with transaction(office.desk.sessions) as session:
        accounts = {word: actor_named(session, word).id for word in ("leader", "leader#2")}
    words = {"leader": "请速办甲件。", "leader#2": "请速办乙件。"}
    for letter, word in (("B", "leader"), ("C", "leader#2")):
        office.allocated("2025-06-10 09:00", letter, kind="complaint")
        given = {**COUNTY, "text": words[word], "account": accounts[word]}
        office.do("2025-06-10 09:30", "centre_head", "instruct", letter, leader=given)
    told = panel.of("leader").get("/instructions/list/").text
    assert words["leader"] in told and WORDS[:10] in told and words["leader#2"] not in told
    assert "WATER单位" in told and "2025-06-18 24时前" in told and "办理中" in told
    assert words["leader#2"] in panel.of("leader#2").get("/instructions/export.csv").text
    office.do(
        "2025-06-10 10:00",
        "head@WATER",
        "reply",
        "B",
        public_answer="已派人修复，王先生13900001111表示满意。",
    )
    office.do("2025-06-10 10:10", "examiner", "examine", "B", passes=True)
    good = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
    office.do("2025-06-10 10:20", "officer", "record_visit", "B", **good)
    id = office.row(Instruction, case_id=office.id("B")).id
    page = panel.of("leader").get(f"/instructions/show/{id}").text
    assert "已派人修复" in page and "13900001111" not in page and "已办结" in page
    assert panel.of("leader").get(f"/cases/{office.id('B')}").status_code == 404
    other = office.row(Instruction, case_id=office.id("C")).id
    assert panel.of("leader").get(f"/instructions/show/{other}").status_code == 404
    assert "批示事项及办理结果" in panel.of("leader").get("/").text


def test_an_account_that_is_no_leaders_gave_no_instruction(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2025-06-09 09:00", "A", kind="help")
    with transaction(desk.sessions) as session:
        clerk = actor_named(session, "allocator").id
    for account in (clerk, 10**6):
        given = {**COUNTY, "account": account}
        assert (
            office.refused("2025-06-09 10:00", "centre_head", "instruct", "A", leader=given)
            == "unknown_leader"
        )
        assert (
            office.refused("2025-06-09 10:00", "operator", "register", kind="help", leader=given)
            == "unknown_leader"
        )
