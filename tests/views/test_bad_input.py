"""Bad input gets a sentence; nothing typed is lost, nothing is written, nothing is an error of the
panel's. The list of the promise, one by one, through forms. [trust, Input]"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from app.database import transaction
from app.models import Draft
from app.verbs import VERBS
from tests.people import People, fingerprint
from tests.test_refusals import after, handling, item, registered
from tests.views.canaries import cases_of
from tests.views.panel import Panel, refused

Place = Callable[[People], int | None]
TYPED = "这一段话写了很久，不应当丢失。"
NOTICE = {"requirement": TYPED, "due_on": "2025-02-30"}
BAD: dict[str, tuple[Place | None, str, str, Mapping[str, str], str]] = {
    "a date that is none": (
        None,
        "operator",
        "register",
        {"kind": "help", "narrative": TYPED, "anonymous": "y", "received_at": "2025-02-30T09:00"},
        "field_wrong",
    ),
    "a date before all time": (
        handling(),
        "head@WATER",
        "explain",
        {"words": TYPED * 2, "promised_on": "0001-01-01"},
        "field_wrong",
    ),
    "a date gone by": (
        handling(),
        "head@WATER",
        "explain",
        {"words": TYPED * 2, "promised_on": "2025-06-01"},
        "promise_not_after_today",
    ),
    "a date far ahead": (
        handling(),
        "head@WATER",
        "reply_interim",
        {"opinion": TYPED, "next_step": TYPED, "promised_on": "2026-06-01"},
        "promise_too_far",
    ),
    "a leader's date that is none": (
        registered(),
        "officer",
        "open_supervision",
        NOTICE,
        "field_wrong",
    ),
    "a line of days that is none": (
        None,
        "it_admin",
        "load_calendar",
        {"days": "2027-01-03 上班\n没有日期的一行"},
        "line_unread",
    ),
    "an empty narrative": (
        None,
        "operator",
        "register",
        {"kind": "help", "narrative": " \r\n ", "anonymous": "y", "demand": TYPED},
        "field_missing",
    ),
    "a narrative of nine characters": (
        None,
        "operator",
        "register",
        {"kind": "help", "narrative": "路灯不亮请来修理。", "anonymous": "y", "demand": TYPED},
        "narrative_too_short",
    ),
    "nobody who called": (
        None,
        "operator",
        "register",
        {"kind": "help", "narrative": TYPED},
        "caller_missing",
    ),
    "a unit that is none": (
        registered(),
        "allocator",
        "allocate",
        {"unit": "NOWHERE"},
        "unknown_unit",
    ),
    "an assist that is none": (
        registered(),
        "allocator",
        "allocate",
        {"unit": "WATER", "assists": "NOWHERE"},
        "unknown_unit",
    ),
    "a second return": (
        after(
            handling(),
            ("head@WATER", "request_return"),
            ("allocator", "rule_on_return", {"accept": False}),
        ),
        "head@WATER",
        "request_return",
        {"reason": TYPED},
        "returned_once",
    ),
    "a late extension": (
        after(handling(), ("sweep", "2025-06-17")),
        "head@WATER",
        "request_extension",
        {"workdays": "3", "reason": TYPED},
        "too_late_to_extend",
    ),
    "an extension of no days": (
        handling(),
        "head@WATER",
        "request_extension",
        {"workdays": "三天", "reason": TYPED},
        "field_wrong",
    ),
    "one's own finding": (
        after(item("fed_back"), ("supervision_head", "draft_finding", {"finding": "inaction"})),
        "supervision_head",
        "confirm_finding",
        {"accept": "y"},
        "own_finding",
    ),
    "one's own referral": (
        after(item("drafted"), ("supervision_head", "complete_referral")),
        "supervision_head",
        "review_referral",
        {},
        "completed_it_himself",
    ),
    "a leader's paper that he did not open": (
        item("reviewed"),
        "leader",
        "approve_referral",
        {},
        "paper_not_opened",
    ),
}
"""What is bad -> where the case stands, who does what with which fields, and how it is refused."""


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_gets_a_sentence_and_nothing_is_lost_or_written(empty: Panel, bad: str) -> None:
    place, word, verb, fields, expected = BAD[bad]
    people = People(empty.desk).hire("WATER", "HOUSING", "ROADS")
    case = place(people) if place is not None else None
    empty.now = people.now
    browser = empty.of(word)
    before = fingerprint(empty.desk)
    answer = browser.post(f"/do/{verb}/{case}" if case else f"/do/{verb}", fields)
    assert refused(answer) == expected
    assert fingerprint(empty.desk) == before
    for name, value in fields.items():
        if value.strip() and not (name in ("unit", "assists") and value == "NOWHERE"):
            assert value in answer.text, f"{name} is lost"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/cases/list/?page=abc", 200),
        ("/cases/list/?page=-1&size=abc", 200),
        (f"/cases/list/?page={'9' * 30}", 200),
        (f"/cases/{'9' * 30}", 404),
        (f"/cases/show/{'9' * 30}", 404),
        ("/cases/show/abc", 404),
        (f"/do/allocate/{'9' * 30}", 404),
        (f"/files/{'9' * 30}", 404),
        ("/work/to_allocate?page=abc", 200),
        (f"/cases/{'9' * 5000}", 404),
        (f"/papers/allocation/{'9' * 30}.pdf", 404),
        (f"/do/contact/1?id={'9' * 30}&draft={'9' * 30}", 404),
    ],
    ids=range(12),
)
def test_odd_page_numbers_and_ids_of_thirty_digits_are_no_error(
    empty: Panel, address: str, code: int
) -> None:
    """Seen failing with the bounds of `key_of` and `page_of` left out, one by one."""
    assert empty.of("allocator").get(address).status_code == code


def test_a_draft_of_another_case_of_the_unit_is_not_on_this_ones_form(sqlite_panel: Panel) -> None:
    """Seen failing with only the unit of the draft looked at."""
    own = cases_of(sqlite_panel.desk, "HOUSING")
    with transaction(sqlite_panel.desk.sessions) as session:
        draft = max(row.id for row in session.query(Draft).filter_by(case_id=own[1], verb="reply"))
    browser = sqlite_panel.of("head@HOUSING")
    assert browser.get(f"/do/reply/{own[1]}?draft={draft}").status_code == 200
    assert browser.get(f"/do/reply/{own[4]}?draft={draft}").status_code == 404
    assert refused(browser.post(f"/do/reply/{own[4]}", {"draft": str(draft)})) == "not_found"


MISSING = {
    "change_rule": ("it_admin", {"value": "3"}, "请选择规则。"),
    "add_unit": ("it_admin", {"code": "NEW"}, "请填写单位名称。"),
    "change_setting": ("it_admin", {"value": "热线"}, "请选择设置项。"),
    "add_category": ("it_admin", {}, "请填写分类名称。"),
    "add_role": ("it_admin", {"rights": "Cases"}, "请填写角色名称。"),
    "add_post": (
        "it_admin",
        {"unit": "WATER", "post": "head", "from_on": "2025-01-01"},
        "请填写姓名。",
    ),
    "add_user": ("it_admin", {"username": "new", "first_name": "新人"}, "请选择角色。"),
    "issue_report": ("centre_head", {"first": "2025-06-02"}, "请选择类型。"),
    "allocate": ("allocator", {}, "请选择单位。"),
    "examine": ("examiner", {}, "请选择是否通过。"),
    "attach": ("allocator", {"kind": "other"}, "请选择文件。"),
    "withdraw": ("allocator", {}, "请填写理由。"),
}
"""verb -> who leaves out which field, and the sentence that says so."""


def test_what_is_missing_is_named_as_the_form_names_it_and_asked_for_as_it_is_given(
    empty: Panel,
) -> None:
    """Seen failing: `name` was somebody's name on every form, and one was to fill in a choice or a
    file."""
    people = People(empty.desk).hire("WATER")
    case = after(handling(), ("head@WATER", "reply"))(people)
    empty.now = people.now
    for verb, (who, fields, told) in MISSING.items():
        address = f"/do/{verb}" if VERBS[verb].target == "none" else f"/do/{verb}/{case}"
        answer = empty.of(who).post(address, fields)
        assert refused(answer) == "field_missing", verb
        assert f">{told}</div>" in answer.text, (verb, told)
    answer = empty.of("it_admin").post("/do/change_rule", {"name": "sign_workdays", "value": "-1"})
    assert "sign_workdays" not in answer.text.split("data-msgid")[1].split("</div>")[0]
