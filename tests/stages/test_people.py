"""Accounts and roles: who is let in, as what, and for how long. On Monday 2025-06-09."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app.database import reading, retried, transaction
from app.models import AccountChange, Event, Person, Unit
from app.roles import NO_CASE_CONTENT, PAGES, SCOPES, UNIT_ROLES, Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import beijing
from app.stages.people import LOCKED_FOR, WRONG_PASSWORDS, locked, logged_in, login_failed
from app.stages.rights import NOT_FOR_CUSTOM_ROLES, RIGHTS, person
from app.stages.roles import COMPOSABLE
from app.story.theatre.cast import actor_named
from app.verbs import perform
from tests.databases import Desk
from tests.office import Office, moment

MONDAY = "2025-06-09 09:00"
NOON = moment("2025-06-09 12:00")


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def add(office: Office, username: str = "lihua", **changed: Any) -> Person:
    """An account as an IT administrator makes it: an operator, unless told otherwise."""
    given: dict[str, Any] = {"first_name": "李华", "roles": ["operator"], **changed}
    made: Person = office.confirmed(MONDAY, "it_admin", "add_user", username=username, **given)
    return made


def edit(office: Office, row: Person, who: str = "it_admin", **changed: Any) -> Person:
    given: dict[str, Any] = {"first_name": "李华", "roles": ["operator"], **changed}
    done: Person = office.confirmed(MONDAY, who, "edit_user", id=row.id, **given)
    return done


def account(office: Office, row: Person) -> Person:
    return office.row(Person, id=row.id)


def roles_of(office: Office, row: Person) -> set[str]:
    with reading(office.desk.sessions) as session:
        return {role.name for role in session.get_one(Person, row.id).roles}


# --- accounts ---


def test_an_account_is_made_with_its_roles_and_is_on_the_record_without_its_password(
    office: Office,
) -> None:
    made = add(office, roles=["operator", "visitor"])
    slip, row = made.slip or "", account(office, made)
    assert (row.username, row.first_name, row.active, row.unit_id, row.session_version) == (
        "lihua",
        "李华",
        True,
        None,
        0,
    )
    assert roles_of(office, row) == {"operator", "visitor"}
    [said] = office.told("user.changed")
    assert said == {
        "user": row.id,
        "change": "added",
        "roles": ["operator", "visitor"],
        "unit": None,
    }
    written = "".join(event.payload for event in office.rows(Event))
    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", slip) and check_password_hash(
        row.password, slip
    )
    assert slip not in written and row.password not in written


def test_the_log_auditor_is_told_of_every_change_of_an_account(office: Office) -> None:
    row = add(office)
    edit(office, row, roles=["visitor"])
    office.confirmed(MONDAY, "it_admin", "reset_password", id=row.id)
    office.confirmed(MONDAY, "it_admin", "add_role", name="只看工单", rights=["Cases"])
    told = [
        office.row(Event, id=one.event_id).kind
        for one in office.notices()
        if one.recipient == "log_auditor"
    ]
    assert set(told) == {
        "account.proposed",
        "account.confirmed",
        "user.changed",
        "user.password_reset",
        "role.changed",
    }


def test_a_name_is_taken_whatever_its_capitals(office: Office) -> None:
    add(office)
    for name in ("lihua", "LiHua", " lihua "):
        told = office.refused(
            MONDAY, "it_admin", "add_user", username=name, first_name="又一人", roles=["operator"]
        )
        assert told == "username_taken"


@pytest.mark.parametrize("name", ["李华", "li hua", "7li", "l", "li/../hua", "l" * 41])
def test_a_user_name_is_letters_figures_and_a_few_signs(office: Office, name: str) -> None:
    told = office.refused(
        MONDAY, "it_admin", "add_user", username=name, first_name="某人", roles=["operator"]
    )
    assert told == "username_wrong"


def test_an_account_needs_a_role_that_is_there(office: Office) -> None:
    form = {"username": "lihua", "first_name": "李华"}
    assert office.refused(MONDAY, "it_admin", "add_user", roles=[], **form) == "field_missing"
    assert office.refused(MONDAY, "it_admin", "add_user", roles=["king"], **form) == "unknown_role"
    assert office.refused(
        MONDAY, "it_admin", "add_user", roles=["operator"], **form | {"first_name": " "}
    ) == ("field_missing")


@pytest.mark.parametrize("alone", NO_CASE_CONTENT)
def test_who_sees_no_case_content_holds_no_other_role(office: Office, alone: str) -> None:
    form = {"username": "lihua", "first_name": "李华"}
    assert (
        office.refused(MONDAY, "it_admin", "add_user", roles=[alone, "operator"], **form)
        == "role_stands_alone"
    )
    row = add(office, roles=[alone])
    assert roles_of(office, row) == {alone}
    assert office.refused(
        MONDAY, "it_admin", "edit_user", id=row.id, first_name="李华", roles=[alone, "leader"]
    ) == ("role_stands_alone")


@pytest.mark.parametrize("role", UNIT_ROLES)
def test_a_units_people_and_nobody_else_belong_to_a_unit(office: Office, role: str) -> None:
    office.unit("WATER")
    form = {"username": "lihua", "first_name": "李华"}
    refused = {
        "unit_missing": {"roles": [role]},
        "unit_role_stands_alone": {"roles": [role, "examiner"], "unit": "WATER"},
        "field_wrong": {"roles": ["examiner"], "unit": "WATER"},
    }
    for told, given in refused.items():
        assert office.refused(MONDAY, "it_admin", "add_user", **form, **given) == told
    row = add(office, roles=[role], unit="WATER")
    assert row.unit_id == office.unit("WATER").id


def test_nobody_is_let_in_for_a_unit_that_was_dissolved(office: Office) -> None:
    office.unit("WATER"), office.unit("HOUSING"), office.unit("ROADS")
    row = add(office, roles=["unit_head"], unit="WATER")
    office.do(MONDAY, "it_admin", "succeed_unit", unit="WATER", successor="HOUSING")
    form = {"username": "wangwu", "first_name": "王五", "roles": ["unit_staff"], "unit": "WATER"}
    assert office.refused(MONDAY, "it_admin", "add_user", **form) == "unit_inactive"
    same = {"id": row.id, "first_name": "李华", "roles": ["unit_head"], "unit": "WATER"}
    assert office.refused(MONDAY, "it_admin", "edit_user", **same) == "unit_inactive"
    assert not edit(office, row, roles=["unit_head"], unit="WATER", active=False).active
    assert edit(office, row, roles=["unit_head"], unit="ROADS").unit_id == office.unit("ROADS").id


# --- what a change of an account does ---


@pytest.mark.parametrize(
    ("changed", "ends"),
    [
        ({"roles": ["visitor"]}, True),
        ({"active": False}, True),
        ({"first_name": "李小华"}, False),
        ({}, False),
        ({"roles": ["unit_head"], "unit": "WATER"}, True),
    ],
)
def test_a_change_of_role_unit_or_activity_ends_the_sessions_and_another_name_does_not(
    office: Office, changed: dict[str, Any], ends: bool
) -> None:
    office.unit("WATER")
    row = add(office)
    edit(office, row, **changed)
    assert bool(account(office, row).session_version) is ends
    assert [said["change"] for said in office.told("user.changed")] == ["added", "edited"]


def test_another_password_ends_the_sessions_and_the_lock(office: Office) -> None:
    row = add(office)
    for _ in range(WRONG_PASSWORDS):
        retried(office.desk.sessions, lambda session: login_failed(session, NOON, row.id))
    assert locked(account(office, row), NOON)
    slip = office.confirmed(MONDAY, "it_admin", "reset_password", id=row.id).slip
    now = account(office, row)
    assert (now.session_version, now.locked_until, now.fail_login_count) == (1, None, 0)
    assert check_password_hash(now.password, slip)
    assert office.told("user.password_reset") == [{"user": row.id}]


@pytest.mark.parametrize("id", [0, -1, 10**6, 2**31, 2**62, 2**70])
def test_an_account_or_a_role_that_is_not_there_is_not_found(office: Office, id: int) -> None:
    form = {"first_name": "李华", "roles": ["operator"]}
    assert office.refused(MONDAY, "it_admin", "edit_user", id=id, **form) == "not_found"
    assert office.refused(MONDAY, "it_admin", "reset_password", id=id) == "not_found"
    assert office.refused(MONDAY, "it_admin", "edit_role", id=id, rights=["Cases"]) == "not_found"


def _self(office: Office) -> Person:
    """The IT administrator who acts."""
    with transaction(office.desk.sessions) as session:
        return session.get_one(Person, actor_named(session, "it_admin").id)


def test_nobody_changes_his_own_roles(office: Office) -> None:
    row = _self(office)
    add(office, "second", roles=["it_admin"])
    for roles in (["operator"], ["it_admin", "operator"], ["log_auditor"]):
        told = office.refused(
            MONDAY, "it_admin", "edit_user", id=row.id, first_name="管理员", roles=roles
        )
        assert told == "own_role", roles
    edit(office, row, first_name="管理员", roles=["it_admin"])
    assert (account(office, row).first_name, account(office, row).session_version) == ("管理员", 0)


def test_the_last_it_administrator_stays(office: Office) -> None:
    row = _self(office)
    same = {"id": row.id, "first_name": "管理员", "roles": ["it_admin"]}
    assert (
        office.refused(MONDAY, "it_admin", "edit_user", active=False, **same)
        == "last_administrator"
    )
    other = add(office, "second", roles=["it_admin"])
    edit(office, other, roles=["it_admin"], active=False)
    assert (
        office.refused(MONDAY, "it_admin", "edit_user", active=False, **same)
        == "last_administrator"
    )
    edit(office, other, roles=["it_admin"], active=True)
    edit(office, row, roles=["it_admin"], active=False)
    last = {"id": other.id, "first_name": "又一人", "roles": ["operator"]}
    assert office.refused(MONDAY, "it_admin", "edit_user", **last) == "last_administrator"


def _at_once(office: Office, *acts: tuple[str, str, dict[str, Any]]) -> list[str]:
    """Several people act at the same moment: what each was told, empty where it was done."""
    with transaction(office.desk.sessions) as session:
        actors = {who: actor_named(session, who) for who, _, _ in acts}
    ready, told = threading.Barrier(len(acts), timeout=30), []

    def run(actor: Actor, verb: str, fields: dict[str, Any]) -> None:
        ready.wait()
        try:
            retried(
                office.desk.sessions,
                lambda session: perform(session, moment(MONDAY), actor, verb, **fields),
            )
            told.append("")
        except NotAllowed as no:
            told.append(no.msgid)

    threads = [
        threading.Thread(target=run, args=(actors[who], verb, fields)) for who, verb, fields in acts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def test_of_two_administrators_whose_accounts_are_closed_at_once_one_stays(office: Office) -> None:
    """Each was proposed by the other while both were there; two auditors confirm at the same
    moment."""
    with transaction(office.desk.sessions) as session:
        one, other = actor_named(session, "it_admin").id, actor_named(session, "it_admin#2").id
    form = {"first_name": "管理员", "roles": ["it_admin"], "active": False}
    first = office.do(MONDAY, "it_admin", "edit_user", id=other, **form)
    second = office.do(MONDAY, "it_admin#2", "edit_user", id=one, **form)
    told = _at_once(
        office,
        ("log_auditor", "confirm_account", {"row": first.id, "accept": True}),
        ("log_auditor#2", "confirm_account", {"row": second.id, "accept": True}),
    )
    assert told == ["", "last_administrator"]
    with reading(office.desk.sessions) as session:
        admins = (
            session.scalars(select(Person).join(Person.roles).where(Role.name == "it_admin"))
            .unique()
            .all()
        )
        assert [row.active for row in admins].count(True) == 1


def test_of_two_who_give_the_same_name_at_once_one_is_refused(office: Office) -> None:
    form = {"username": "lihua", "first_name": "李华", "roles": ["operator"]}
    told = _at_once(
        office,
        ("it_admin", "add_user", form),
        ("it_admin#2", "add_user", {**form, "first_name": "李桦"}),
    )
    assert told == ["", ""]
    rows = office.rows(AccountChange)
    told = _at_once(
        office,
        *(
            (who, "confirm_account", {"row": row.id, "accept": True})
            for who, row in zip(("centre_head", "centre_head#2"), rows, strict=True)
        ),
    )
    assert told == ["", "username_taken"]
    role = {"name": "只看工单", "rights": ["Calendar"]}
    assert _at_once(office, ("it_admin", "add_role", role), ("it_admin#2", "add_role", role)) == [
        "",
        "role_name_taken",
    ]


# --- logging in ---


def _wrong(office: Office, row: Person, *minutes: float) -> None:
    for minute in minutes:
        at = NOON + timedelta(minutes=minute)
        retried(office.desk.sessions, lambda session: login_failed(session, at, row.id))  # noqa: B023


def test_five_wrong_passwords_within_a_quarter_of_an_hour_lock_for_a_quarter_of_an_hour(
    office: Office,
) -> None:
    row = add(office)
    _wrong(office, row, 0, 1, 2, 3)
    assert not locked(account(office, row), NOON + timedelta(minutes=3))
    _wrong(office, row, 14)
    now = account(office, row)
    assert beijing(now.locked_until) == NOON + timedelta(minutes=14) + LOCKED_FOR
    assert locked(now, NOON + timedelta(minutes=28, seconds=59))
    assert not locked(now, NOON + timedelta(minutes=29))
    assert office.told("user.locked") == [{"user": row.id}]


def test_the_it_administrator_and_the_log_auditor_are_told_of_a_lock(office: Office) -> None:
    row = add(office)
    _wrong(office, row, 0, 1, 2, 3, 4)
    event = office.row(Event, kind="user.locked")
    told = [notice.recipient for notice in office.notices() if notice.event_id == event.id]
    assert sorted(told) == ["it_admin", "log_auditor"]


def test_wrong_passwords_that_lie_further_apart_lock_nobody(office: Office) -> None:
    row = add(office)
    _wrong(office, row, 0, 1, 2, 3, 15.1, 16, 17, 18)
    assert account(office, row).locked_until is None
    _wrong(office, row, 19)
    assert account(office, row).locked_until is not None


def test_a_login_is_counted_and_forgets_the_wrong_passwords_before_it(office: Office) -> None:
    row = add(office)
    _wrong(office, row, 0, 1, 2, 3)
    retried(office.desk.sessions, lambda session: logged_in(session, NOON, row.id))
    _wrong(office, row, 4, 5, 6, 7)
    now = account(office, row)
    assert (now.login_count, now.fail_login_count, now.locked_until) == (1, 4, None)
    assert now.last_login == NOON.replace(tzinfo=None)


# --- roles of the office's own ---


def _rights_of(office: Office, role: str) -> set[tuple[str, str]]:
    with reading(office.desk.sessions) as session:
        query = (
            select(Permission.name, ViewMenu.name)
            .select_from(Role)
            .join(Role.permissions)
            .join(Permission, PermissionView.permission_id == Permission.id)
            .join(ViewMenu, PermissionView.view_menu_id == ViewMenu.id)
            .where(Role.name == role)
        )
        return {(row[0], row[1]) for row in session.execute(query)}


def test_a_role_is_composed_of_verbs_pages_and_scopes_and_recomposed(office: Office) -> None:
    rights = ["register", "Cases", "all", "register"]
    role = office.confirmed(MONDAY, "it_admin", "add_role", name="夜班", rights=rights)
    assert _rights_of(office, "夜班") == {
        ("can_register", "Verbs"),
        ("can_list", "Cases"),
        ("can_all", "Scopes"),
    }
    row = add(office, roles=["夜班"])
    office.confirmed(MONDAY, "it_admin", "edit_role", id=role.id, rights=["Cases"])
    assert _rights_of(office, "夜班") == {("can_list", "Cases")}
    assert account(office, row).session_version == 1
    assert office.told("role.changed") == [
        {"role": role.id, "rights": ["Cases", "all", "register"]},
        {"role": role.id, "rights": ["Cases"]},
    ]


@pytest.mark.parametrize("right", sorted(NOT_FOR_CUSTOM_ROLES) + ["king", "can_register"])
def test_no_role_is_composed_of_user_role_and_security_rights(office: Office, right: str) -> None:
    assert right not in COMPOSABLE
    told = office.refused(MONDAY, "it_admin", "add_role", name="夜班", rights=["Cases", right])
    assert told == "right_not_for_roles"
    role = office.confirmed(MONDAY, "it_admin", "add_role", name="夜班", rights=["Cases"])
    assert (
        office.refused(MONDAY, "it_admin", "edit_role", id=role.id, rights=[right])
        == "right_not_for_roles"
    )


def test_a_role_may_be_composed_of_everything_else() -> None:
    everything = (
        {right for rights in RIGHTS.values() for right in rights}
        | set(PAGES)
        | set(SCOPES.values())
    )
    assert set(COMPOSABLE) == everything - NOT_FOR_CUSTOM_ROLES


def test_a_role_of_the_procedure_is_neither_made_again_nor_changed(office: Office) -> None:
    for name in ("operator", "leader"):
        told = office.refused(MONDAY, "it_admin", "add_role", name=name, rights=["Cases"])
        assert told == "role_name_taken"
    add(office)
    role = office.row(Role, name="operator")
    assert (
        office.refused(MONDAY, "it_admin", "edit_role", id=role.id, rights=["Cases"])
        == "role_is_built_in"
    )


def test_a_role_needs_a_name_of_its_own_and_a_right(office: Office) -> None:
    assert (
        office.refused(MONDAY, "it_admin", "add_role", name=" ", rights=["Cases"])
        == "field_missing"
    )
    assert office.refused(MONDAY, "it_admin", "add_role", name="夜班", rights=[]) == "field_missing"
    office.confirmed(MONDAY, "it_admin", "add_role", name="Night", rights=["Cases"])
    assert (
        office.refused(MONDAY, "it_admin", "add_role", name="night", rights=["Cases"])
        == "role_name_taken"
    )
    assert (
        office.refused(MONDAY, "it_admin", "add_role", name="夜" * 65, rights=["Cases"])
        == "field_too_long"
    )


def _actors() -> Iterator[tuple[str, Actor]]:
    for role in RIGHTS:
        unit = 1 if role in UNIT_ROLES else None
        yield role, person(1, role, [role], unit, custom=[*COMPOSABLE, *NOT_FOR_CUSTOM_ROLES])


def test_a_custom_role_gives_a_units_people_only_what_units_have_and_the_others_nothing_that_only_units_do() -> (
    None
):
    of_units = {right for role in UNIT_ROLES for right in RIGHTS[role]}
    of_others = {
        right for role, rights in RIGHTS.items() if role not in UNIT_ROLES for right in rights
    }
    for role, actor in _actors():
        own = set(RIGHTS[role])
        gained = actor.rights - own
        assert not gained & NOT_FOR_CUSTOM_ROLES, role
        if role == "it_admin":
            assert actor.rights == own and not actor.scopes
        elif role in UNIT_ROLES:
            assert gained <= of_units and actor.scopes == {"unit"}, role
        else:
            assert not gained & (of_units - of_others), role


def test_an_account_that_holds_a_custom_role_alone_may_belong_to_a_unit(office: Office) -> None:
    office.unit("WATER")
    office.confirmed(MONDAY, "it_admin", "add_role", name="看板", rights=["Cases", "unit"])
    row = add(office, roles=["看板"], unit="WATER")
    assert office.row(Unit, id=row.unit_id).code == "WATER"
    assert add(office, "zhaoliu", roles=["unit_staff", "看板"], unit="WATER").unit_id == row.unit_id
