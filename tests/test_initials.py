"""The pinyin initials of names: all readings of a sign, sixteen at most, kept with the row by whoever
saves it, and made for the rows that were there before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from app.database import transaction
from app.models import Category, Person, Unit
from app.models.initials import LETTERS, LONGEST, READINGS, initials
from migrations import upgrade
from tests.databases import Desk
from tests.people import People
from tests.test_migrations import blank  # noqa: F401  (a database with nothing in it)

BEFORE, AFTER = "0025", "0026"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("水利局", "slj"),
        ("曾红", "zh"),
        ("曾红", "ch"),
        ("单伟", "sw"),
        ("单伟", "dw"),
        ("查明", "zm"),
        ("查明", "cm"),
        ("长乐区A2号", "clqa2h"),
        ("重庆市 （城区）", "cqscq"),
    ],
)
def test_a_name_is_found_by_each_reading_of_its_signs(name: str, typed: str) -> None:
    assert typed in initials(name).split()


def test_the_usual_reading_comes_first_and_sixteen_are_kept() -> None:
    assert initials("水利局") == "slj"
    many = initials("重长单曾查乐行会" * 9)
    assert len(many.split()) == READINGS and len(many) <= LONGEST
    assert all(len(reading) == LETTERS for reading in many.split())


@pytest.mark.parametrize("name", ["", " ", "（）", "😀", "\n"])
def test_what_cannot_be_read_has_none(name: str) -> None:
    assert initials(name) == ""


def test_readings_are_loaded_only_where_a_name_is_saved() -> None:
    told = "import sys, app.web; print('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_units_categories_and_accounts_are_saved_with_their_initials(desk: Desk) -> None:
    people = People(desk).hire("WATER")
    people.do("it_admin", "add_unit", code="SLJ", name="水利局")
    people.do("it_admin", "add_category", name="路灯")
    with transaction(desk.sessions) as session:
        unit = session.query(Unit).filter_by(code="SLJ").one()
        assert unit.pinyin == "slj"
        assert session.query(Category).filter_by(name="路灯").one().pinyin == "ld"
        person = session.query(Person).filter_by(username="WATER_head").one()
        person.first_name = "曾红"
        session.flush()
        assert {"zh", "ch"} <= set(person.pinyin.split())
        id = unit.id
    people.do("it_admin", "edit_unit", id=id, code="SLJ", name="水务局", active=True)
    with transaction(desk.sessions) as session:
        assert session.get_one(Unit, id).pinyin.split()[0] == "swj"


@pytest.fixture
def old(blank: Engine) -> Iterator[Engine]:  # noqa: F811
    """A database of before, with a unit, a category and an account."""
    upgrade.upgrade(blank, BEFORE)
    with blank.begin() as connection:
        connection.execute(
            text("INSERT INTO unit (id, code, name, active) VALUES (1, 'SLJ', '水利局', true)")
        )
        connection.execute(text("INSERT INTO category (id, name, active) VALUES (1, '路灯', true)"))
        connection.execute(
            text(
                "INSERT INTO ab_user (id, first_name, last_name, username, email, active, session_version)"
                " VALUES (1, '单伟', '', 'u1', 'u1@desk.invalid', true, 0)"
            )
        )
    yield blank


def test_rows_that_were_there_before_have_their_initials_after_the_migration(
    old: Engine,
) -> None:
    upgrade.upgrade(old, AFTER)
    with old.connect() as connection:
        read = [
            connection.execute(text(f"SELECT pinyin FROM {table} WHERE id = 1")).scalar_one()  # noqa: S608
            for table in ("unit", "category", "ab_user")
        ]
    assert read[:2] == ["slj", "ld"] and {"sw", "dw"} <= set(read[2].split())
