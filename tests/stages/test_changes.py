"""Changes of accounts and roles take effect when a second person confirms them. On Monday
2025-06-09. [procedure, Who may do what]"""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.security import check_password_hash

from app.database import reading, transaction
from app.models import AccountChange, Event, Notice, Person
from app.rules.refusal import NotAllowed
from app.stages.changes import from_shell, reset_password
from app.stages.people import SLIP_HOLDS
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment

MONDAY = "2025-06-09 09:00"
TUESDAY = "2025-06-10 09:00"
NEW = {"username": "lihua", "first_name": "李华"}


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def _id(office: Office, word: str) -> int:
    with transaction(office.desk.sessions) as session:
        return int(actor_named(session, word).id or 0)


def _row(office: Office, word: str) -> Person:
    return office.row(Person, id=_id(office, word))


def _waits(done: Any, confirmers: str) -> AccountChange:
    assert isinstance(done, AccountChange) and done.confirmers == confirmers
    return done


def _roles(office: Office, id: int) -> set[str]:
    with reading(office.desk.sessions) as session:
        return {role.name for role in session.get_one(Person, id).roles}


@pytest.mark.parametrize(
    ("roles", "unit", "confirmers"),
    [
        (["operator"], None, "centre_head"),
        (["supervision_head"], None, "centre_head"),
        (["log_auditor"], None, "centre_head"),
        (["unit_head"], "WATER", "centre_head"),
        (["centre_head"], None, "either"),
        (["it_admin"], None, "log_auditor"),
    ],
)
def test_an_account_is_made_when_a_second_person_confirms_it(
    office: Office, roles: list[str], unit: str | None, confirmers: str
) -> None:
    """The centre head; the log auditor for an IT administrator. Until then there is nobody of that
    name."""
    office.unit("WATER")
    row = _waits(
        office.do(MONDAY, "it_admin", "add_user", **NEW, roles=roles, unit=unit), confirmers
    )
    assert not office.rows(Person, username="lihua")
    for other in {"centre_head": ["log_auditor"], "log_auditor": ["centre_head"], "either": []}[
        confirmers
    ]:
        assert (
            office.refused(MONDAY, other, "confirm_account", row=row.id) == "confirmed_by_another"
        )
    who = "log_auditor" if confirmers == "log_auditor" else "centre_head"
    done = office.do(TUESDAY, who, "confirm_account", row=row.id)
    made = office.row(Person, username="lihua")
    assert _roles(office, made.id) == set(roles) and check_password_hash(
        made.password, done.made.slip
    )
    assert made.slip_until == moment(TUESDAY) + SLIP_HOLDS
    kinds = [
        one["change"] for one in office.told("account.proposed") + office.told("account.confirmed")
    ]
    assert kinds == [row.id, row.id]


def test_what_gives_no_case_reveal_supervision_or_audit_right_is_done_at_once(
    office: Office,
) -> None:
    """A role that opens the calendar and the directory, and an account that holds nothing else."""
    office.do(MONDAY, "it_admin", "add_role", name="看日历", rights=["Calendar", "Units"])
    made = office.do(MONDAY, "it_admin", "add_user", **NEW, roles=["看日历"])
    assert isinstance(made, Person) and made.slip
    assert isinstance(office.do(MONDAY, "it_admin", "reset_password", id=made.id), Person)
    assert not office.rows(AccountChange)


@pytest.mark.parametrize(
    "right", ["Cases", "allocate", "reveal", "all", "Visits", "confirm_finding", "Referrals"]
)
def test_a_role_that_gives_more_waits_when_it_is_made_and_when_it_is_changed(
    office: Office, right: str
) -> None:
    _waits(office.do(MONDAY, "it_admin", "add_role", name="夜班", rights=[right]), "centre_head")
    role = office.do(MONDAY, "it_admin", "add_role", name="看日历", rights=["Calendar"])
    row = _waits(
        office.do(MONDAY, "it_admin", "edit_role", id=role.id, rights=["Calendar", right]),
        "centre_head",
    )
    assert json.loads(row.stood)["rights"] == ["Calendar"] and json.loads(row.wanted)["rights"] == [
        "Calendar",
        right,
    ]


def test_a_role_loses_a_right_at_once(office: Office) -> None:
    role = office.confirmed(MONDAY, "it_admin", "add_role", name="夜班", rights=["Cases", "all"])
    assert office.do(MONDAY, "it_admin", "edit_role", id=role.id, rights=["Cases"]).id == role.id


@pytest.mark.parametrize(
    ("changed", "waits"),
    [
        ({"roles": ["operator", "visitor"]}, True),
        ({"roles": ["officer"]}, True),
        ({"active": False}, False),
        ({"roles": ["unit_head"], "unit": "WATER"}, True),
        ({"first_name": "李小华"}, False),
    ],
)
def test_what_an_account_gains_waits_and_what_it_loses_it_loses_at_once(
    office: Office, changed: dict[str, Any], waits: bool
) -> None:
    office.unit("WATER")
    made = office.confirmed(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    form = {"id": made.id, "first_name": "李华", "roles": ["operator"], **changed}
    done = office.do(MONDAY, "it_admin", "edit_user", **form)
    assert isinstance(done, AccountChange) is waits
    now = office.row(Person, id=made.id)
    assert (_roles(office, made.id), now.active is changed.get("active", True)) == (
        {"operator"},
        True,
    )


def test_an_account_that_was_closed_is_opened_by_two(office: Office) -> None:
    made = office.confirmed(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    same = {"id": made.id, "first_name": "李华", "roles": ["operator"]}
    office.do(MONDAY, "it_admin", "edit_user", **same, active=False)
    _waits(office.do(MONDAY, "it_admin", "edit_user", **same), "centre_head")


def test_people_of_a_unit_move_to_another_by_two(office: Office) -> None:
    office.unit("WATER"), office.unit("ROADS")
    made = office.confirmed(
        MONDAY, "it_admin", "add_user", **NEW, roles=["unit_staff"], unit="WATER"
    )
    moved = {"id": made.id, "first_name": "李华", "roles": ["unit_staff"], "unit": "ROADS"}
    _waits(office.do(MONDAY, "it_admin", "edit_user", **moved), "centre_head")


@pytest.mark.parametrize(
    ("word", "confirmers"), [("centre_head", "either"), ("log_auditor", "centre_head")]
)
def test_who_guards_the_office_is_not_put_out_by_one_person(
    office: Office, word: str, confirmers: str
) -> None:
    """Else an administrator would close all but one, and reset the last from the shell."""
    row = _row(office, word)
    closed = {"id": row.id, "first_name": row.first_name, "roles": [word], "active": False}
    _waits(office.do(MONDAY, "it_admin", "edit_user", **closed), confirmers)
    less = {"id": row.id, "first_name": row.first_name, "roles": ["operator"]}
    _waits(office.do(MONDAY, "it_admin", "edit_user", **less), confirmers)


@pytest.mark.parametrize(
    "word", ["operator", "supervision_head", "log_auditor", "centre_head", "staff@WATER"]
)
def test_a_reset_of_an_account_that_reads_cases_or_logs_is_done_when_it_is_confirmed(
    office: Office, word: str
) -> None:
    office.unit("WATER")
    before = _row(office, word)
    row = office.do(MONDAY, "it_admin", "reset_password", id=before.id)
    assert isinstance(row, AccountChange)
    assert _row(office, word).password == before.password
    second = "log_auditor" if word == "centre_head" else "centre_head"
    slip = office.do(MONDAY, second, "confirm_account", row=row.id).made.slip
    now = _row(office, word)
    assert (
        check_password_hash(now.password, slip)
        and now.session_version == before.session_version + 1
    )


def test_nobody_confirms_what_he_proposed_or_what_is_about_himself(office: Office) -> None:
    row = office.do(MONDAY, "it_admin", "reset_password", id=_id(office, "centre_head"))
    assert office.refused(MONDAY, "centre_head", "confirm_account", row=row.id) == "own_account"
    with transaction(office.desk.sessions) as session:
        auditor, account = (
            actor_named(session, "log_auditor"),
            actor_named(session, "centre_head#2").id or 0,
        )
        row = reset_password(session, moment(MONDAY), auditor, account)
    assert office.refused(MONDAY, "log_auditor", "confirm_account", row=row.id) == "own_proposal"


@pytest.mark.parametrize(
    "word", ["it_admin", "operator", "supervision_head", "leader", "head@WATER"]
)
def test_nobody_else_confirms(office: Office, word: str) -> None:
    office.unit("WATER")
    row = office.do(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    assert office.refused(MONDAY, word, "confirm_account", row=row.id) == "no_right"


def test_a_change_that_is_turned_down_does_nothing_and_is_decided(office: Office) -> None:
    row = office.do(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    office.do(MONDAY, "centre_head", "confirm_account", row=row.id, accept=False)
    assert not office.rows(Person, username="lihua")
    assert office.refused(MONDAY, "centre_head", "confirm_account", row=row.id) == "row_moved"


def test_what_has_changed_since_it_was_proposed_is_not_confirmed(office: Office) -> None:
    made = office.confirmed(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    more = {"id": made.id, "first_name": "李华", "roles": ["operator", "allocator"]}
    row = office.do(MONDAY, "it_admin", "edit_user", **more)
    office.do(
        MONDAY,
        "it_admin",
        "edit_user",
        id=made.id,
        first_name="李华",
        roles=["operator"],
        active=False,
    )
    assert office.refused(MONDAY, "centre_head", "confirm_account", row=row.id) == "changed_since"


def test_the_same_change_is_not_proposed_twice(office: Office) -> None:
    office.do(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    assert (
        office.refused(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"]) == "change_waits"
    )


def test_a_change_is_kept_without_a_password(office: Office) -> None:
    made = office.confirmed(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    slip = office.confirmed(MONDAY, "it_admin", "reset_password", id=made.id).slip
    kept = "".join(event.payload for event in office.rows(Event))
    kept += "".join(row.wanted + row.stood for row in office.rows(AccountChange))
    assert slip and slip not in kept


def test_the_owner_is_told_of_a_reset_and_of_a_change_of_his_account(office: Office) -> None:
    made = office.confirmed(MONDAY, "it_admin", "add_user", **NEW, roles=["operator"])
    office.confirmed(MONDAY, "it_admin", "reset_password", id=made.id)
    told = [
        office.row(Event, id=one.event_id).kind for one in office.rows_of_notices(f"user:{made.id}")
    ]
    assert told == ["user.changed", "user.password_reset"]


# From the server's shell.


@pytest.mark.parametrize("word", ["it_admin", "centre_head", "log_auditor"])
def test_the_shell_resets_the_last_who_can_log_in_and_centre_heads_and_auditors_are_told(
    office: Office, word: str
) -> None:
    row = _row(office, word)
    with transaction(office.desk.sessions) as session:
        done = from_shell(session, moment(MONDAY), "reset_password", row.username)
        slip = done.account.slip
    assert done.waits is None and check_password_hash(_row(office, word).password, slip)
    [event] = office.rows(Event, kind="user.password_reset_from_shell")
    with reading(office.desk.sessions) as session:
        told = {one.recipient for one in session.query(Notice).filter_by(event_id=event.id)}
    assert told == {"centre_head", "log_auditor", f"user:{row.id}"}


@pytest.mark.parametrize(
    ("word", "second"),
    [("operator", ""), ("centre_head", "centre_head#2"), ("it_admin", "it_admin#2")],
)
def test_any_other_reset_from_the_shell_is_a_proposal(
    office: Office, word: str, second: str
) -> None:
    row = _row(office, word)
    if second:
        with transaction(office.desk.sessions) as session:
            session.get_one(Person, actor_named(session, second).id).password = "kept by him"
    with transaction(office.desk.sessions) as session:
        done = from_shell(session, moment(MONDAY), "reset_password", row.username)
    assert done.waits is not None and done.waits.proposed_by_id is None
    assert _row(office, word).password == row.password


def test_a_lock_makes_nobody_the_last(office: Office) -> None:
    """Else wrong passwords typed for the second auditor would let the shell in as the first."""
    row, second = _row(office, "log_auditor"), _row(office, "log_auditor#2")
    with transaction(office.desk.sessions) as session:
        other = session.get_one(Person, second.id)
        other.password, other.locked_until = "kept by him", moment(TUESDAY)
    with transaction(office.desk.sessions) as session:
        assert from_shell(session, moment(MONDAY), "reset_password", row.username).waits is not None


def test_the_shell_knows_no_account_that_is_not_there(office: Office) -> None:
    with pytest.raises(NotAllowed, match="not_found"), transaction(office.desk.sessions) as session:
        from_shell(session, moment(MONDAY), "reset_password", "nobody")
