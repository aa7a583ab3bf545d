"""Every kind of field: what was typed is shown again as it was typed, and what cannot be read is
refused in a sentence by the verb table, with the text still in its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm

from app.story.theatre.pages import read_page
from app.verbs import VERBS
from app.views.actor import reader
from app.views.forms.field_looks import Look
from app.views.forms.fields import KINDS
from app.views.forms.form import drawn_as, values_of
from tests.views.canaries import cases_of
from tests.views.garbage import ON_FORMS, well, who_may
from tests.views.panel import Panel, refused

TYPED: dict[str, tuple[str, dict[str, str | list[str]]]] = {
    "text": ("register", {"place": "滨河路 1号 <b>&\"'"}),
    "long": ("register", {"narrative": "第一行\n\n  第三行 </textarea>"}),
    "int": ("request_extension", {"workdays": "三天"}),
    "bool": ("register", {"anonymous": "y"}),
    "date": ("explain", {"promised_on": "2025年6月31日"}),
    "moment": ("register", {"received_at": "昨天下午"}),
    "choice": ("register", {"channel": "wechat"}),
    "unit": ("register", {"complained_unit": "WATER"}),
    "units": ("allocate", {"assists": ["WATER", "ROADS"]}),
    "case": ("merge", {"into": "2025 0609"}),
    "leader": ("register", {"leader.name": "王市长", "leader.text": "请办\n速报"}),
    "caller": ("register", {"caller.name": "张 三", "caller.phone": "139-1111"}),
    "names": ("cover", {"more": "一\n二"}),
    "many": ("add_role", {"rights": ["Cases", "Contacts"]}),
    "parts": ("split", {"parts": "一件事\n\n另一件事"}),
    "days": ("load_calendar", {"days": "2027年1月3日 上班\n没有日期的一行"}),
    "counts": ("issue_report", {"leaks": "WATER 很多"}),
    "any": ("change_rule", {"value": '{"a": '}),
}
"""kind -> a verb with such a field, and what is typed into it."""
GARBAGE: dict[str, tuple[str, str]] = {
    "int": ("三天", "field_wrong"),
    "bool": ("也许", "field_wrong"),
    "date": ("2025-02-30", "field_wrong"),
    "moment": ("昨天下午", "field_wrong"),
    "choice": ("没有的词", "field_wrong"),
    "unit": ("NOWHERE", "unknown_unit"),
    "units": ("NOWHERE", "unknown_unit"),
    "case": ("没有的工单", "not_found"),
    "days": ("没有日期的一行", "line_unread"),
    "counts": ("WATER 很多", "line_unread"),
    "text": ("字\0字", "field_wrong"),
    "names": ("字\0字", "field_wrong"),
    "parts": ("字\0字", "field_wrong"),
    "any": ('"\\ud800"', "field_wrong"),
}
"""kind -> what cannot be read, and how it is refused."""


def _address(panel: Panel, verb: str) -> str:
    case = cases_of(panel.desk, "HOUSING")[0]
    return f"/do/{verb}" if VERBS[verb].target == "none" else f"/do/{verb}/{case}"


@pytest.mark.parametrize("kind", TYPED)
def test_what_was_typed_into_each_kind_of_field_is_shown_again(
    sqlite_panel: Panel, kind: str
) -> None:
    verb, typed = TYPED[kind]
    browser = sqlite_panel.of(who_may(verb))
    page = read_page(browser.get(_address(sqlite_panel, verb), query_string=typed).text)
    form = page.form(verb)
    assert form is not None
    for name, value in typed.items():
        assert form.controls[name].values == ([value] if isinstance(value, str) else value), name


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_in_each_kind_of_field_gets_its_sentence_and_stays_in_its_field(
    sqlite_panel: Panel, kind: str
) -> None:
    value, expected = GARBAGE[kind]
    verb, (name, *_) = TYPED[kind][0], TYPED[kind][1]
    sent = {**well(VERBS[verb]), name: value}
    answer = sqlite_panel.of(who_may(verb)).post(_address(sqlite_panel, verb), sent)
    assert refused(answer) == expected, kind
    form = read_page(answer.text).form(verb)
    assert form is not None and "".join(form.controls[name].values) == value, kind


def test_a_refused_field_is_marked_with_its_sentence(sqlite_panel: Panel) -> None:
    address = _address(sqlite_panel, "register")
    answer = sqlite_panel.of("operator").post(
        address, {**well(VERBS["register"]), "received_at": "昨天"}
    )
    assert refused(answer) == "field_wrong"
    field = answer.text.split('name="received_at"')[1].split('class="field"')[0]
    assert 'class="invalid-feedback' in field


def test_every_field_of_every_verb_has_its_class() -> None:
    """A kind that the verb table has and no class draws would end in an error of the panel's."""
    for verb in ON_FORMS:
        for one in verb.fields:
            for offers in (True, False):
                assert drawn_as(one, offers) in KINDS, (verb.name, one.name)
            assert not hasattr(PlainForm, one.name), (verb.name, one.name)


HANDED: dict[str, tuple[list[str], Any]] = {
    "text": (["一\r\n二"], "一\n二"),
    "int": (["三天"], "三天"),
    "bool": (["也许"], "也许"),
    "date": (["2025-02-30"], "2025-02-30"),
    "moment": (["昨天"], "昨天"),
    "unit": (["NOWHERE"], "NOWHERE"),
    "case": (["2025"], "2025"),
    "days": (["x"], "x"),
    "counts": (["x"], "x"),
    "units": (["A", "B\nC"], ["A", "B", "C"]),
    "names": (["一\r\n\r\n二"], ["一", "二"]),
    "parts": (["一\n\n二"], [{"narrative": "一"}, {"narrative": "二"}]),
    "any": (["[1, 2]"], [1, 2]),
}
"""kind -> what is sent, and what is handed to the verb table."""


@pytest.mark.parametrize("kind", HANDED)
def test_a_field_splits_what_was_typed_and_judges_nothing(kind: str) -> None:
    sent, handed = HANDED[kind]
    form = type("Typed", (PlainForm,), {"field": KINDS[kind](Look())})
    assert form(MultiDict([("field", text) for text in sent]))["field"].handed() == handed
    for nothing in ("", " ", "\u200b"):
        assert form(MultiDict({"field": nothing}))["field"].handed() is None
    assert form(MultiDict())["field"].handed() is None


def test_what_a_form_has_to_know_is_read_by_the_verb_table(sqlite_panel: Panel) -> None:
    """Yes or no, a number, days and counts mean in a question what they mean in the verb."""
    with sqlite_panel.app.test_request_context():
        read = values_of(reader(), VERBS["load_calendar"], MultiDict({"days": "2027-01-03 上班"}))
        assert read == {"days": {date(2027, 1, 3): "work"}}
        read = values_of(reader(), VERBS["register"], MultiDict({"anonymous": "否"}))
        assert read == {"anonymous": False}
        read = values_of(reader(), VERBS["request_extension"], MultiDict({"workdays": "３"}))
        assert read == {"workdays": 3}
