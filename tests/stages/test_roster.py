"""The roster of an office: one workbook brings units, townships, posts, accounts and categories."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import func, select
from werkzeug.security import check_password_hash

from app.channels.sheets import sheets_of
from app.database import reading, transaction
from app.ledger import verify
from app.ledger.keys import ring_of
from app.models import Address, Category, Event, Person, Roster, Slip, Unit, UnitPost
from app.papers.roster import template_xlsx
from app.rules.roster import SHEETS
from app.stages.outbox.addresses import opened_address
from app.stages.roster import give, looked_through, to_make
from app.stages.secrets_sealed import new_pair
from app.words.roster import COLUMN_NAMES, called
from jobs.slips import AT_ONCE, _made
from tests.databases import KEY, Desk
from tests.office import Office, moment
from tests.statements import counted

AT = "2026-06-08 09:00"
SHA = "a" * 64
Rows = Sequence[Sequence[str]]
UNITS: Rows = [
    ["SHUIWU", "水务集团", "SHUILI", "0912-8332211", "是"],
    ["SHUILI", "市水利局", "", "", ""],
]
TOWNS: Rows = [["DALIUTA", "大柳塔镇", "", "", ""]]
ACCOUNTS: Rows = [
    ["wang.fang", "王芳", "单位经办人", "SHUILI", "13800001234", ""],
    ["li.na", "李娜", "话务员、派单员", "", "", ""],
]
POSTS: Rows = [
    ["SHUILI", "王芳", "联络员", "2026-01-01", "", "日常联络", "", "wang.fang", "13800001234"],
    ["DALIUTA", "赵强", "主要负责人", "2025/3/1", "", "", "市委组织部", "", ""],
]
CATEGORIES: Rows = [
    ["供水", "停水", "SHUIWU", "转办", "5", ""],
    ["", "供水", "SHUILI", "", "", ""],
]
WHOLE = {
    "units": UNITS,
    "townships": TOWNS,
    "posts": POSTS,
    "accounts": ACCOUNTS,
    "categories": CATEGORIES,
}


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def rows(filled: Mapping[str, Rows]) -> str:
    """What a workbook says that was filled in on the template."""
    return json.dumps(sheets_of(template_xlsx(filled)), ensure_ascii=False)


def take(office: Office, filled: Mapping[str, Rows], at: str = AT) -> Roster:
    done: Roster = office.do(
        at, "it_admin", "take_in_roster", name="名册.xlsx", sha256=SHA, rows=rows(filled)
    )
    return done


def taken(office: Office, filled: Mapping[str, Rows]) -> Roster:
    """The same, and confirmed."""
    row = take(office, filled)
    if row.waiting:
        office.do(AT, "centre_head", "confirm_roster", row=row.id, accept=True)
    return row


def faults(office: Office, filled: Mapping[str, Rows]) -> list[tuple[str, str]]:
    with reading(office.desk.sessions) as session:
        return [(one.cell, one.why) for one in looked_through(session, rows(filled))[1]]


def whole(office: Office) -> None:
    with reading(office.desk.sessions) as session:
        assert verify(session, ring_of(session, KEY, ())) == []


def test_the_good_rows_go_in_and_accounts_wait_for_the_second_person(office: Office) -> None:
    row = take(office, WHOLE)
    assert (row.added, row.changed, row.waiting, row.faults) == (9, 0, 3, 0)
    with reading(office.desk.sessions) as session:
        units = {one.code: one for one in session.scalars(select(Unit))}
        assert units["SHUIWU"].superior_id == units["SHUILI"].id
        assert units["DALIUTA"].name == "大柳塔镇" and units["DALIUTA"].active
        below = session.scalars(select(Category).where(Category.name == "停水")).one()
        assert (str(below), below.default_mode, below.default_workdays) == (
            "供水／停水",
            "transfer",
            5,
        )
        assert below.default_unit_id == units["SHUIWU"].id
        assert session.scalar(select(Person.id).where(Person.username == "wang.fang")) is None
        assert [
            post.person for post in session.scalars(select(UnitPost)) if post.person in "王芳赵强"
        ] == ["赵强"]
    assert office.refused(AT, "it_admin", "confirm_roster", row=row.id, accept=True) == "no_right"
    office.do(AT, "centre_head", "confirm_roster", row=row.id, accept=True)
    with reading(office.desk.sessions) as session:
        person = session.scalars(select(Person).where(Person.username == "wang.fang")).one()
        assert person.unit.code == "SHUILI" and not check_password_hash(person.password, "")
        assert [role.name for role in person.roles] == ["unit_staff"]
        post = session.scalars(select(UnitPost).where(UnitPost.person == "王芳")).one()
        assert post.user_id == person.id
        numbers = {
            one.owner: opened_address(session, one) for one in session.scalars(select(Address))
        }
        assert numbers[f"user:{person.id}"] == numbers[f"post:{post.id}"] == "13800001234"
        kept = session.scalars(select(Roster)).one()
        assert "13800001234" not in kept.done + kept.waits + kept.wrong
    whole(office)


def test_what_is_turned_down_makes_no_account(office: Office) -> None:
    row = take(office, WHOLE)
    office.do(AT, "centre_head", "confirm_roster", row=row.id, accept=False)
    with reading(office.desk.sessions) as session:
        assert session.scalar(select(Person.id).where(Person.username == "wang.fang")) is None
    whole(office)


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    taken(office, WHOLE)
    with reading(office.desk.sessions) as session:
        assert looked_through(session, rows(WHOLE)) == ([], [])
    assert (
        office.refused(AT, "it_admin", "take_in_roster", name="x", sha256=SHA, rows=rows(WHOLE))
        == "nothing_changed"
    )


def test_a_changed_file_shows_the_difference_and_no_more(office: Office) -> None:
    taken(office, WHOLE)
    changed = {
        **WHOLE,
        "units": [["SHUIWU", "水务有限公司", "SHUILI", "", "是"], UNITS[1]],
        "accounts": [
            ["wang.fang", "王芳", "单位经办人", "SHUILI", "13900005678", "否"],
            ACCOUNTS[1],
        ],
    }
    with reading(office.desk.sessions) as session:
        found, wrong = looked_through(session, rows(changed))
    assert wrong == []
    assert [(one.key[1], one.waits) for one in found] == [("SHUIWU", False), ("wang.fang", False)]
    assert (found[0].was, found[0].will) == ({"name": "水务集团"}, {"name": "水务有限公司"})
    assert found[1].will["active"] is False and found[1].will["mobile"]["shown"] == "139****5678"
    take(office, changed)
    with reading(office.desk.sessions) as session:
        assert (
            not session.scalars(select(Person).where(Person.username == "wang.fang")).one().active
        )
    whole(office)


def test_who_gains_by_a_roster_waits_and_gets_another_password(office: Office) -> None:
    taken(office, {"units": UNITS, "accounts": ACCOUNTS})
    with transaction(office.desk.sessions) as session:
        for slip in session.scalars(select(Slip)):
            session.delete(slip)
        session.scalars(select(Person).where(Person.username == "li.na")).one().password = "known"
    more = [["li.na", "李娜", "话务员、派单员、审核员", "", "", ""]]
    row = take(office, {"accounts": more})
    assert row.waiting == 1
    office.do(AT, "centre_head", "confirm_roster", row=row.id, accept=True)
    with reading(office.desk.sessions) as session:
        person = session.scalars(select(Person).where(Person.username == "li.na")).one()
        assert person.password != "known" and session.get(Slip, person.id) is not None


def test_what_moved_since_it_was_proposed_is_not_confirmed(office: Office) -> None:
    row = take(office, WHOLE)
    taken_since = office.confirmed(
        AT, "it_admin", "add_user", username="Wang.Fang", first_name="王芳", roles=["operator"]
    )
    assert taken_since is not None
    no = office.refused(AT, "centre_head", "confirm_roster", row=row.id, accept=True)
    assert no == "changed_since"
    whole(office)


WRONG = {
    "units": [
        ["", "无代码", "", "", ""],
        ["A1", "", "", "", ""],
        ["A2", "甲", "NOWHERE", "", ""],
        ["A3", "乙", "", "12", ""],
        ["A4", "丙", "", "", "也许"],
        ["A5", "丁", "A6", "", ""],
        ["A6", "戊", "A5", "", ""],
        ["OK1", "好", "", "", ""],
        ["OK1", "好", "", "", ""],
    ],
    "accounts": [
        ["1bad", "名", "话务员", "", "", ""],
        ["a.b", "名", "国王", "", "", ""],
        ["a.c", "名", "单位经办人", "", "", ""],
        ["a.d", "名", "话务员", "OK1", "", ""],
        ["a.e", "名", "系统管理员", "", "", ""],
        ["a.f", "名", "单位经办人、话务员", "OK1", "", ""],
        ["a.g", "名", "单位经办人", "A1", "", ""],
        ["a.h", "名", "话务员", "", "139", ""],
        *([f"{n}", "名", "话务员", "", "", ""] for n in range(11)),
    ],
    "posts": [
        ["OK1", "人", "国王", "2026-01-01", "", "", "", "", ""],
        ["OK1", "人", "联络员", "昨天吧", "", "", "", "", ""],
        ["OK1", "人", "联络员", "2026-02-01", "2026-01-01", "", "", "", ""],
        ["OK1", "人", "联络员", "2026-03-01", "", "", "", "nobody", ""],
    ],
    "categories": [
        ["没有", "甲", "", "", "", ""],
        ["", "甲／乙", "", "", "", ""],
        ["", "丙", "NOWHERE", "", "", ""],
        ["", "丁", "", "随便", "", ""],
        ["", "戊", "", "", "0", ""],
        ["", "己", "", "", "99", ""],
    ],
}


NAMED = [
    ("A2", "roster_cell_missing"),
    ("B3", "roster_cell_missing"),
    ("C4", "roster_unknown"),
    ("D5", "address_wrong"),
    ("E6", "roster_cell_unread"),
    ("C7", "roster_unknown"),
    ("C8", "roster_unknown"),
    ("A10", "roster_twice"),
    ("C2", "roster_cell_unread"),
    ("D3", "roster_cell_unread"),
    ("E4", "field_wrong"),
    ("H5", "roster_unknown"),
    ("A2", "username_wrong"),
    ("C3", "unknown_role"),
    ("D4", "unit_missing"),
    ("D5", "field_wrong"),
    ("C6", "roster_guard"),
    ("C7", "unit_role_stands_alone"),
    ("D8", "roster_unknown"),
    ("E9", "address_wrong"),
    *((f"A{n}", "username_wrong") for n in range(10, 21)),
    ("A2", "roster_unknown"),
    ("B3", "field_wrong"),
    ("C4", "roster_unknown"),
    ("D5", "roster_cell_unread"),
    ("E6", "roster_number_wrong"),
    ("E7", "roster_number_wrong"),
]
"""37 cells, as the sheets stand in the workbook."""


def test_wrong_rows_are_named_by_cell_and_the_good_ones_stay(office: Office) -> None:
    found = faults(office, WRONG)
    assert found == NAMED and len(found) == 37
    row = take(office, WRONG)
    assert (row.added, row.faults) == (1, 37)
    with reading(office.desk.sessions) as session:
        assert session.scalars(select(Unit.name).where(Unit.code == "OK1")).one() == "好"


def test_names_that_cannot_be_are_refused_and_nothing_is_written(office: Office) -> None:
    for said in ("", "[]", "{", '{"x": 1}', '{"单": [[1]]}', "[" * 3000):
        no = office.refused(AT, "it_admin", "take_in_roster", name="x", sha256=SHA, rows=said)
        assert no in ("field_wrong", "field_missing", "roster_no_sheet"), said[:10]
    other = json.dumps({"Sheet1": [["a"], ["b"]]})
    assert (
        office.refused(AT, "it_admin", "take_in_roster", name="x", sha256=SHA, rows=other)
        == "roster_no_sheet"
    )
    assert set(COLUMN_NAMES) == {one.name for columns in SHEETS.values() for one in columns}
    assert set(called()["sheet"].values()) == {*SHEETS}


def test_the_slips_are_made_by_a_worker_printed_once_and_kept_nowhere(office: Office) -> None:
    row = taken(office, WHOLE)
    desk, (own, public) = office.desk, new_pair()
    with reading(desk.sessions) as session:
        assert to_make(session, AT_ONCE) == []
    no = office.refused(AT, "it_admin", "make_slips", id=row.id, public=public)
    assert no == "no_right"
    assert office.refused(AT, "centre_head", "make_slips", id=row.id, public="x") == "field_wrong"
    office.do(AT, "centre_head", "make_slips", id=row.id, public=public)
    with reading(desk.sessions) as session:
        made = [_made(user) for user, _ in to_make(session, AT_ONCE)]
    with transaction(desk.sessions) as session:
        assert give(session, moment(AT), made) == 2
    with transaction(desk.sessions) as session:
        assert give(session, moment(AT), made) == 0
    with reading(desk.sessions) as session:
        held = "".join(str(one.__dict__) for one in session.scalars(select(Slip)))
        held += "".join(f"{one.payload}{one.seals}" for one in session.scalars(select(Event)))
    assert not any(one.words in held for one in made)
    other, _ = new_pair()
    no = office.refused(AT, "centre_head", "print_slips", id=row.id, own=other)
    assert no == "slips_key_gone"
    printed = office.do(AT, "centre_head", "print_slips", id=row.id, own=own)
    assert printed == {one.user: one.words for one in made}
    with reading(desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Slip)) == 0
        for one in made:
            person = session.get_one(Person, one.user)
            assert check_password_hash(person.password, one.words) and person.slip_until
    no = office.refused(AT, "centre_head", "print_slips", id=row.id, own=own)
    assert no == "nothing_changed"
    whole(office)


def many() -> dict[str, Rows]:
    """60 units, 120 posts, 300 accounts, 300 categories."""
    units = [[f"U{n:03}", f"成员单位{n}", "", "0912-8332211", ""] for n in range(60)]
    accounts = [
        [f"user{n}", f"人员{n}", "单位经办人", f"U{n % 60:03}", f"138{n:08}", ""]
        for n in range(300)
    ]
    posts = [
        [f"U{n % 60:03}", f"人员{n}", "联络员", "2026-01-01", "", "", "", f"user{n}", ""]
        for n in range(120)
    ]
    top = [["", f"大类{n}", f"U{n:03}", "转办", "7", ""] for n in range(30)]
    below = [[f"大类{n % 30}", f"小类{n}", "", "", "", ""] for n in range(270)]
    return {"units": units, "accounts": accounts, "posts": posts, "categories": [*top, *below]}


@pytest.mark.long
def test_a_whole_office_is_taken_in_within_a_minute_and_in_few_statements(office: Office) -> None:
    began = time.monotonic()
    said = rows(many())
    office.do(AT, "it_admin", "add_unit", code="X", name="先有")
    with counted(office.desk, traced=False) as asked:
        row = office.do(AT, "it_admin", "take_in_roster", name="x", sha256=SHA, rows=said)
        office.do(AT, "centre_head", "confirm_roster", row=row.id, accept=True)
    assert time.monotonic() - began < 60
    assert (row.added, row.waiting, row.faults) == (780, 420, 0)
    distinct = [words for one in asked.transactions for words, _ in one]
    runs = sum(1 for n, words in enumerate(distinct) if n == 0 or distinct[n - 1] != words)
    assert runs < 80, runs
    whole(office)


def test_a_unit_that_would_be_above_itself_is_named(office: Office) -> None:
    taken(office, {"units": UNITS})
    turned = [["SHUILI", "市水利局", "SHUIWU", "", ""]]
    assert faults(office, {"units": turned}) == [("C2", "roster_cycle")]
    both = [["SHUILI", "市水利局", "SHUIWU", "", ""], ["SHUIWU", "水务集团", "", "", ""]]
    assert faults(office, {"units": both}) == []


def test_what_is_too_long_and_headings_that_are_none_are_named(office: Office) -> None:
    assert faults(office, {"units": [["X", "长" * 121, "", "", ""]]}) == [
        ("B2", "roster_cell_too_long")
    ]
    book = json.loads(rows({"units": [["X", "名", "", "", ""]]}))
    book["成员单位"][0][2:4] = ["上司", "名称"]
    with reading(office.desk.sessions) as session:
        changes, wrong = looked_through(session, json.dumps(book))
        assert [one.key for one in changes] == [("units", "X")]
        assert [(one.cell, one.why) for one in wrong] == [
            ("C1", "roster_column_unknown"),
            ("D1", "roster_column_twice"),
        ]
        book["成员单位"][0][0] = ""
        changes, wrong = looked_through(session, json.dumps(book))
    assert changes == [] and "roster_column_missing" in {one.why for one in wrong}
    long = json.dumps({"成员单位": [["a"]] * 5001})
    told = {"name": "x", "sha256": SHA, "rows": long}
    assert office.refused(AT, "it_admin", "take_in_roster", **told) == "roster_too_long"


def test_a_second_roster_waits_for_the_first_and_its_slips_are_of_who_confirmed(
    office: Office,
) -> None:
    row = take(office, {"accounts": [ACCOUNTS[1]]})
    told = {"name": "x", "sha256": SHA, "rows": rows({"units": UNITS})}
    assert office.refused(AT, "it_admin", "take_in_roster", **told) == "roster_waits"
    _, public = new_pair()
    no = office.refused(AT, "centre_head", "make_slips", id=row.id, public=public)
    assert no == "slips_of_another"
