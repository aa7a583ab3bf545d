"""The configuration of an office as one file: taken in, confirmed and written again it is the same."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from app.cli.configuration import _taken
from app.database import reading, transaction
from app.models import AccountChange, Category, Event, ExtraField, Setting, SlaRule
from app.rules.configuration import LineWrong, read, written
from app.rules.refusal import NotAllowed
from app.stages.configured import configured
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment

AT = "2026-06-08 09:00"
PLAIN = {"active": True, "mode": None, "unit": None, "workdays": None}
FIELD = {
    **dict.fromkeys(("label_en", "unit", "default", "when", "group"), ""),
    **{"choices": [], "answers": [], "order": 0, "category": None, "subject": "case"},
    **{"required": False, "for_units": True, "searched": True, "prints": False},
}
ROAD = {
    **FIELD,
    "label": "道路",
    "kind": "choice",
    "choices": ["主干道", "支路"],
    "default": "支路",
}
LANES = {**FIELD, "label": "车道", "kind": "number", "unit": "条", "category": ["供水", "停水"]}
ENTRIES = [
    ("setting", "office", "某市12345热线中心"),
    ("setting", "area_code", "0913"),
    ("setting", "series.reminder", "某热线催"),
    ("rule", "help_workdays", 6),
    ("category", ["", "供水"], {**PLAIN, "unit": "WATER", "mode": "transfer", "workdays": 5}),
    ("category", ["供水", "停水"], PLAIN),
    ("category", ["供水", "水质"], {**PLAIN, "active": False}),
    ("field", "a_lanes", {**LANES, "when": "x_road", "answers": ["主干道"]}),
    (
        "field",
        "b_urgent",
        {**FIELD, "label": "急", "kind": "bool", "when": "urgency", "answers": ["urgent"]},
    ),
    ("field", "road", ROAD),
    ("role", "值班长", ["Cases", "all"]),
]
WHOLE = written(ENTRIES)


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office(desk)
    made.do(AT, "it_admin", "add_unit", code="WATER", name="水务集团")
    return made


def taken(office: Office, content: bytes, look: bool = False) -> None:
    with transaction(office.desk.sessions) as session:
        _taken(session, moment(AT), actor_named(session, "it_admin"), read(content), look)


def exported(office: Office, at: str = AT) -> bytes:
    with reading(office.desk.sessions) as session:
        return written(configured(session, moment(at)))


def counts(office: Office) -> list[int]:
    with reading(office.desk.sessions) as session:
        return [
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Event, Setting, SlaRule, Category, AccountChange, ExtraField)
        ]


def test_taken_in_confirmed_and_written_again_it_is_the_same(office: Office) -> None:
    taken(office, WHOLE)
    assert b"help_workdays" not in exported(office)
    with reading(office.desk.sessions) as session:
        rule = session.scalars(select(SlaRule)).one().id
        role = session.scalars(select(AccountChange)).one()
        fields = session.scalars(select(ExtraField.id).order_by(ExtraField.id)).all()
    office.do(AT, "centre_head", "approve_rule", row=rule, accept=True)
    office.do(AT, role.confirmers, "confirm_account", row=role.id, accept=True)
    with pytest.raises(NotAllowed, match="field_waits_for_another"):
        office.do(AT, "centre_head", "approve_field", row=fields[-1], accept=True)
    for field in fields:
        office.do(AT, "centre_head", "approve_field", row=field, accept=True)
    assert exported(office, "2026-06-08 09:01") == WHOLE
    before = counts(office)
    taken(office, WHOLE)
    assert counts(office) == before


def test_who_only_looks_is_told_the_difference_and_nothing_is_written(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    before = counts(office)
    taken(office, WHOLE, look=True)
    assert counts(office) == before
    assert "rule help_workdays: None -> 6" in capsys.readouterr().out


HEAD = '["duban", 1]\n'
BROKEN = {
    "too long": (HEAD.encode() + b" " * 5_000_000, 0, "config_too_long"),
    "no text": (b"\xff\xfe\x00", 0, "config_unreadable"),
    "another file": (b"{}\n", 1, "config_unreadable"),
    "deep": ((HEAD + "[" * 100_000).encode(), 2, "config_unreadable"),
    "unknown section": ((HEAD + '["user", "a", "b"]').encode(), 2, "config_unknown"),
    "unknown setting": ((HEAD + '["setting", "secret", "b"]').encode(), 2, "config_unknown"),
    "unknown key": (
        (HEAD + json.dumps(["category", ["", "a"], {**PLAIN, "x": 1}])).encode(),
        2,
        "config_unknown",
    ),
    "twice": ((HEAD + '["setting", "office", "b"]\n' * 2).encode(), 3, "config_twice"),
    "a right that is none": (
        (HEAD + '["setting", "office", "b"]\n["role", "r", ["add_user"]]').encode(),
        3,
        "right_not_for_roles",
    ),
    "a unit that is not there": (
        written([("category", ["", "a"], {**PLAIN, "unit": "NOWHERE"})]),
        2,
        "config_no_unit",
    ),
    "a field that is none": (
        written([("field", "road", {**ROAD, "kind": "colour"})]),
        2,
        "field_wrong",
    ),
    "a field without a part": (
        (HEAD + json.dumps(["field", "road", {"label": "x"}])).encode(),
        2,
        "config_unknown",
    ),
    "fields in a circle": (
        written(
            [
                ("field", "road", {**ROAD, "when": "x_lane", "answers": ["支路"]}),
                ("field", "lane", {**ROAD, "when": "x_road", "answers": ["支路"]}),
            ]
        ),
        2,
        "field_condition",
    ),
    "a cycle": (
        written([("category", ["b", "a"], PLAIN), ("category", ["a", "b"], PLAIN)]),
        2,
        "unknown_category",
    ),
    "a rule out of bounds": (
        written([("setting", "office", "b"), ("rule", "help_workdays", -5)]),
        2,
        "rule_out_of_bounds",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_hostile_file_is_refused_by_its_line_and_nothing_is_written(
    office: Office, name: str
) -> None:
    content, line, why = BROKEN[name]
    before = counts(office)
    with pytest.raises(LineWrong) as wrong:
        taken(office, content)
    assert (wrong.value.line, wrong.value.no.msgid) == (line, why)
    assert counts(office) == before
