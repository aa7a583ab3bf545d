"""What is done about accounts from the server's shell: the first three of an office, resets, the
end of a lock."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from getpass import getpass

import config
from app import words
from app.database import transaction
from app.stages.calendar import fill
from app.stages.changes import from_shell, named
from app.stages.founding import first_accounts, refuse_unless_they_hold
from app.stages.naming import ASKED, name_office, refuse_names
from app.stages.people import unlocked_from_shell
from app.supervisor import ready
from app.words import both
from jobs.servable import opened


def init(settings: config.Config, given: Namespace) -> int:
    """Set up an empty real office: its roles, its calendar, its first three accounts."""
    clock = ready.clock_of(settings)
    wanted = ready.may_begin(settings, clock)
    names, password = _first_logins(settings, given, wanted)
    called = _called(given)
    refuse_names(called)
    refuse_unless_they_hold(names, {} if password is None else {"it_admin": password})
    # Decided: only now there are keys, and only with them anything is written to the database.
    config.save_keys(settings)
    ready.prepare(settings, clock)
    with transaction(opened(settings)) as session:
        made = first_accounts(session, clock, names, password)
        name_office(session, clock, called)
        fill(session, clock)
    print(both("shell.first_accounts", "\n"))
    for role, (name, slip) in made.items():
        shown = slip if password is None or role != "it_admin" else "(DESK_ADMIN_PASSWORD)"
        print(f"  {both(f'value.role.{role}')}\t{name}\t{shown}")
    return 0


def _called(given: Namespace) -> dict[str, str]:
    """What the office is called: as the call says, at a terminal asked for; what nobody says stays
    unset, and `check` names it."""
    told: dict[str, str] = {}
    for name in ASKED:
        said = getattr(given, name) or (
            input(f"{both(NAMES[name])}: ") if sys.stdin.isatty() else ""
        )
        if said.strip():
            told[name] = said
    return told


NAMES = {
    "office": "shell.name.office",
    "short": "shell.name.short",
    "room": "shell.name.room",
    "committee": "shell.name.committee",
    "area_code": "shell.name.area_code",
}
"""What an office is asked for -> the question."""


def _reset(verb: str, settings: config.Config, given: Namespace) -> int:
    """Reset what the last IT administrator, centre head or log auditor logs in with; of others,
    propose it."""
    with transaction(opened(settings)) as session:
        done = from_shell(session, ready.clock_of(settings), verb, given.username)
        name, slip = done.account.username, done.account.slip
        who = None if done.waits is None else done.waits.confirmers
    if who is not None:
        for language in ("zh", "en"):
            confirmers = words.value("confirmers", who, language)
            print(words.word("shell.reset_proposed", language, name=name, who=confirmers))
    elif slip is not None:
        print(f"{name}: {both('slip.password')}: {slip}")
    else:
        print(f"{name}: {both('shell.factor_reset')}")
    return 0


def reset_password(settings: config.Config, given: Namespace) -> int:
    """Reset an account's password: of the last who can log in of three roles at once, of others as
    a proposal."""
    return _reset("reset_password", settings, given)


def reset_second_factor(settings: config.Config, given: Namespace) -> int:
    """Forget an account's second factor, for who lost his device: as `reset-password` does."""
    return _reset("reset_second_factor", settings, given)


def unlock(settings: config.Config, given: Namespace) -> int:
    """End the lock of an account; its password stays."""
    with transaction(opened(settings)) as session:
        unlocked_from_shell(session, ready.clock_of(settings), named(session, given.username))
    print(f"{given.username}: {both('shell.unlocked')}")
    return 0


def _first_logins(
    settings: config.Config, given: Namespace, wanted: Sequence[str]
) -> tuple[dict[str, str], str | None]:
    """role -> the account of those of the first three that are wanted, from the call, the
    environment or, at a terminal, asked for; and the administrator's first password, where he is
    given one."""
    asked = sys.stdin.isatty()
    if "it_admin" not in wanted:
        return _other_names(settings, given, wanted), None
    username = (
        given.username or settings.admin or (input(f"{both('shell.user_name')}: ") if asked else "")
    )
    password = (
        given.password_file.read_text("utf-8").strip("\r\n")
        if given.password_file
        else settings.admin_password
    )
    if password is None and asked:
        password = getpass(f"{both('shell.password')}: ")
        if getpass(f"{both('shell.once_more')}: ") != password:
            raise ValueError(both("shell.passwords_differ"))
    if not username:
        raise ValueError(both("shell.name_the_first"))
    return {"it_admin": username, **_other_names(settings, given, wanted)}, password


def _other_names(
    settings: config.Config, given: Namespace, wanted: Sequence[str]
) -> dict[str, str]:
    """Those of the centre head and the log auditor; their roles' own, where nobody says
    otherwise."""
    told, names = {"centre_head": given.centre_head, "log_auditor": given.log_auditor}, {}
    for role in [role for role in told if role in wanted]:
        question = f"{both('shell.user_name')} ({both(f'value.role.{role}')}) [{role}]: "
        asked = (
            input(question)
            if sys.stdin.isatty() and not told[role] and not settings.first_accounts[role]
            else ""
        )
        names[role] = told[role] or settings.first_accounts[role] or asked or role
    return names
