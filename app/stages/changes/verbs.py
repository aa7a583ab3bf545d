"""The verbs of accounts and roles."""

from __future__ import annotations

from functools import partial

from app.models import AccountChange
from app.stages import people
from app.stages.changes.asking import (
    add_role,
    add_user,
    edit_role,
    edit_user,
    reset_password,
    reset_second_factor,
)
from app.stages.changes.waiting import confirm_account
from app.stages.verb import ACCEPT, NO_CASE, ROW, Verb, field, proposals

_by_it = partial(Verb, on=NO_CASE, roles=("it_admin",))
_ACCOUNT = (field("first_name!"), field("roles!", "names"), field("unit", "unit"))
_RIGHTS = field("rights!", "names")
_PROPOSED = "account.proposed"

VERBS = (
    _by_it(
        "add_user",
        run=add_user,
        fields=(field("username!"), *_ACCOUNT),
        event=(_PROPOSED, "user.changed"),
    ),
    _by_it(
        "edit_user",
        run=edit_user,
        fields=(ROW, *_ACCOUNT, field("active", "bool")),
        event=(_PROPOSED, "user.changed"),
    ),
    *people.VERBS,
    _by_it(
        "reset_password",
        run=reset_password,
        fields=(ROW,),
        event=(_PROPOSED, "user.password_reset"),
    ),
    _by_it(
        "reset_second_factor",
        run=reset_second_factor,
        fields=(ROW,),
        event=(_PROPOSED, "user.factor_reset"),
    ),
    _by_it(
        "add_role",
        run=add_role,
        fields=(field("name!", most=64), _RIGHTS),
        event=(_PROPOSED, "role.changed"),
    ),
    _by_it("edit_role", run=edit_role, fields=(ROW, _RIGHTS), event=(_PROPOSED, "role.changed")),
    Verb(
        "confirm_account",
        run=confirm_account,
        on=proposals(AccountChange),
        fields=(ACCEPT,),
        roles=("centre_head", "log_auditor"),
        event=("account.confirmed", "account.refused"),
        guarded=True,
    ),
)
