"""The second factor: which codes are taken, how often, and what is kept of it. On Monday
2025-06-09. [trust, Access: "In production TOTP for IT admin, supervision head and log auditor"]"""

from __future__ import annotations

from base64 import b32decode
from datetime import datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from app.database import reading, retried
from app.models import Person
from app.roles import UNIT_ROLES
from app.rules.refusal import NotAllowed
from app.stages.factors import begin_factor, factor_address, tell_code
from app.stages.logins import refuse_try, tried_wrongly
from app.stages.people import LOCKED_FOR, WRONG_PASSWORDS, locked
from app.stages.rights import RIGHTS, person
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.office import Office, moment

STRANGER = "10.1.1.1"
NOON = moment("2025-06-09 12:00")
MONDAY = "2025-06-09 09:00"


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


@pytest.fixture
def one(office: Office) -> int:
    """The id of a log auditor's account with a secret that he has not proven yet."""
    given = {"username": "lihua", "first_name": "李华", "roles": ["log_auditor"]}
    row: Person = office.confirmed(MONDAY, "it_admin", "add_user", **given)
    retried(office.desk.sessions, lambda session: begin_factor(session, row.id))
    return row.id


def address(office: Office, id: int) -> str | None:
    with reading(office.desk.sessions) as session:
        return factor_address(session, id, "督办")


def device(office: Office, id: int) -> TOTP:
    """What a person's app makes of the address."""
    told = parse_qs(urlsplit(address(office, id) or "").query)
    key, digits, period = (
        b32decode(told["secret"][0]),
        int(told["digits"][0]),
        int(told["period"][0]),
    )
    return TOTP(key, digits, SHA1(), period)  # noqa: S303


def code(app: TOTP, at: datetime) -> str:
    return app.generate(int(at.timestamp())).decode()


def told(office: Office, id: int, at: datetime, typed: str) -> bool:
    """Whether the code was taken at an address that nobody is known at, where wrong ones are
    counted."""

    def tell(session: Session) -> bool:
        try:
            refuse_try(session, at, session.get_one(Person, id), STRANGER)
        except NotAllowed:
            return False
        right = tell_code(session, at, id, typed)
        if not right:
            tried_wrongly(session, at, id, STRANGER)
        return right

    return retried(office.desk.sessions, tell)


def row(office: Office, id: int) -> Person:
    return office.row(Person, id=id)


def test_who_holds_a_right_of_the_three_roles_or_shows_callers_is_asked_for_a_code() -> None:
    """IT administrator, head of the supervision room, log auditor; who shows callers beyond a task
    of his own; who approves what IT proposes."""
    asked = {
        role
        for role in RIGHTS
        if person(1, role, [role], 1 if role in UNIT_ROLES else None).needs_code
    }
    assert asked == {
        "it_admin",
        "supervision_head",
        "log_auditor",
        "allocator",
        "centre_head",
        "officer",
    }


@pytest.mark.parametrize(
    ("custom", "asked"),
    [
        (["Cases"], False),
        (["reveal", "to_visit", "Visits"], False),
        (["reveal", "all"], True),
        (["confirm_finding"], True),
        (["allocate", "Cases"], False),
        ([], False),
    ],
)
def test_the_factor_goes_by_rights_whatever_a_role_is_called(
    custom: list[str], asked: bool
) -> None:
    assert person(1, "somebody", ["visitor"], custom=custom).needs_code is asked


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six of its eight digits: the app on a phone makes the same."""
    for at, digits in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert TOTP(b"12345678901234567890", 6, SHA1(), 30).generate(at).decode() == digits  # noqa: S303


def test_the_address_names_office_and_account_and_is_shown_until_it_is_proven(
    office: Office, one: int
) -> None:
    shown = address(office, one) or ""
    assert unquote(urlsplit(shown).path) == "/督办:lihua" and shown.startswith("otpauth://totp/")
    assert told(office, one, NOON, code(device(office, one), NOON))
    assert address(office, one) is None
    assert office.told("user.factor_set") == [{"user": one}]


def test_a_code_is_taken_once_and_one_that_is_older_than_the_last_is_not_taken(
    office: Office, one: int
) -> None:
    app = device(office, one)
    assert told(office, one, NOON, code(app, NOON))
    assert not told(office, one, NOON, code(app, NOON))
    assert not told(office, one, NOON + timedelta(seconds=20), code(app, NOON))
    assert not told(office, one, NOON, code(app, NOON - timedelta(seconds=30)))
    assert told(office, one, NOON + timedelta(seconds=30), code(app, NOON + timedelta(seconds=30)))


@pytest.mark.parametrize(
    ("off", "taken"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_the_persons_clock_may_be_half_a_minute_off(
    office: Office, one: int, off: int, taken: bool
) -> None:
    assert (
        told(office, one, NOON, code(device(office, one), NOON + timedelta(seconds=off))) is taken
    )


@pytest.mark.parametrize(
    "typed", ["", "0", "12345", "1234567", "абвгде", "１２３４５６", "000000 ", "\0\0\0\0\0\0"]
)
def test_what_is_no_code_is_wrong(office: Office, one: int, typed: str) -> None:
    assert not told(office, one, NOON, typed)
    assert row(office, one).fail_login_count == 1


def test_wrong_codes_lock_the_account_as_wrong_passwords_do_and_a_right_one_does_not_open_it(
    office: Office, one: int
) -> None:
    app = device(office, one)
    for _ in range(WRONG_PASSWORDS):
        assert not told(office, one, NOON, "no code")
    assert locked(row(office, one), NOON)
    assert not told(office, one, NOON, code(app, NOON))
    after = NOON + LOCKED_FOR
    assert told(office, one, after, code(app, after))
    now = row(office, one)
    assert (now.fail_login_count, now.locked_until, now.login_count) == (0, None, 1)


def test_the_secret_is_sealed_and_opens_in_its_own_row_only(office: Office, one: int) -> None:
    """Whoever reads the database has no codes; whoever writes to it cannot give an account another
    one's."""
    secret = parse_qs(urlsplit(address(office, one) or "").query)["secret"][0]
    sealed = row(office, one).factor_sealed or ""
    assert secret not in sealed and b32decode(secret) not in sealed.encode()
    with office.desk.sessions() as session:
        other = session.get_one(Person, actor_named(session, "it_admin").id)
        other.factor_sealed = sealed
        session.flush()
        with pytest.raises(InvalidTag):
            factor_address(session, other.id, "督办")
        session.rollback()


def test_a_secret_that_was_not_proven_is_made_anew_and_one_that_was_stays(
    office: Office, one: int
) -> None:
    first = address(office, one)
    retried(office.desk.sessions, lambda session: begin_factor(session, one))
    assert address(office, one) != first
    app = device(office, one)
    assert told(office, one, NOON, code(app, NOON))
    retried(office.desk.sessions, lambda session: begin_factor(session, one))
    assert told(office, one, NOON + timedelta(minutes=1), code(app, NOON + timedelta(minutes=1)))


def test_a_reset_forgets_the_device_and_ends_the_sessions(office: Office, one: int) -> None:
    app = device(office, one)
    assert told(office, one, NOON, code(app, NOON))
    office.confirmed("2025-06-09 13:00", "it_admin", "reset_second_factor", id=one)
    now = row(office, one)
    assert (now.factor_sealed, now.factor_since, now.factor_step, now.session_version) == (
        None,
        None,
        None,
        1,
    )
    assert office.told("user.factor_reset") == [{"user": one}]
    assert not told(office, one, NOON + timedelta(hours=2), code(app, NOON + timedelta(hours=2)))
    assert (
        office.refused("2025-06-09 13:05", "it_admin", "reset_second_factor", id=one)
        == "nothing_changed"
    )
    assert (
        office.refused("2025-06-09 13:05", "it_admin", "reset_second_factor", id=10**6)
        == "not_found"
    )
