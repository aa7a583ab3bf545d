"""What hangs on a case, kind by kind, as one person sees it: one statement for the page of a case
and for its forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import false, or_, select, union_all

from app.models import Assignment, Case, Draft, Referral, Reply, Unit
from app.models.file import File
from app.roles import Actor
from app.rules.files import IDENTIFYING
from app.stages.covers import keeps_from
from app.views.actor import reader
from app.views.case import kinds

_HANDLING = (kinds.assignments, kinds.replies)
"""The kinds of rows of which the lead unit sees those of its assists too."""
_OF_UNITS = (kinds.requests, kinds.reminders, kinds.notices, kinds.items)
"""The kinds of rows of which a unit sees its own."""


def _parts(case: Case, who: Actor) -> list[Any]:
    """The kinds of rows that a person sees on a case. A unit sees its own; the lead also what its
    assists answer."""
    attached = kinds.attached(case)
    if who.of_a_unit:
        own = who.unit_id or 0
        held, attached = _of_one_unit(case, own), attached.where(*_readable_files(case, own))
    else:
        held = [kind(case) for kind in (*_HANDLING, *_OF_UNITS)]
    shared = (kinds.instructions(case), kinds.visits(case, who))
    return [*held, *shared, *_by_right(case, who), attached]


def _of_one_unit(case: Case, own: int) -> list[Any]:
    """What units hold on a case, as far as one of them sees it; and the drafts of its staff."""
    theirs = _of_assists(case) if case.lead_unit_id == own else (false(), false())
    return [
        *(
            kind(case).where(or_(Unit.id == own, of_an_assist))
            for kind, of_an_assist in zip(_HANDLING, theirs, strict=True)
        ),
        *(kind(case).where(Unit.id == own) for kind in _OF_UNITS),
        kinds.drafts(case).where(Draft.unit_id == own),
    ]


def _of_assists(case: Case) -> tuple[Any, Any]:
    """Which assignments, and which replies, are those of a case's assists."""
    assists = select(Assignment.id).where(
        Assignment.case_id == case.id, Assignment.role == "assist"
    )
    return Assignment.role == "assist", Reply.assignment_id.in_(assists)


def _readable_files(case: Case, own: int) -> tuple[Any, Any]:
    """Which files of a case a unit reads: its own, and those of the centre; of a caller who is kept
    from it none that identify them."""
    hidden = IDENTIFYING if keeps_from(reader(), case, own) else ()
    of_the_centre = File.unit_id.is_(None) & File.kind.not_in(hidden)
    return File.referral_id.is_(None), or_(of_the_centre, File.unit_id == own)


def _by_right(case: Case, who: Actor) -> Iterator[Any]:
    """The kinds of rows that only some people see."""
    if not who.of_a_unit:
        yield kinds.submissions(case)
    if "Contacts" in who.pages:
        yield kinds.contacts(case)
    if who.is_a("officer", "supervision_head", "leader"):
        yield kinds.referrals(case)
    elif "sealed" in who.scopes:
        yield kinds.referrals(case).where(Referral.sent_at.is_not(None))
    if "confirm_lifting" in who.rights:
        yield kinds.liftings(case)


def rows_of(case: Case, who: Actor) -> dict[str, Sequence[Any]]:
    """What hangs on a case, by table, in one statement; the case itself among it."""
    rows: dict[str, list[Any]] = {"case": [case]}
    both = union_all(*_parts(case, who)).subquery()
    # The scope is in the parts: it does not reach into a union.
    query = select(*both.c).order_by(both.c.subject, both.c.id).execution_options(unscoped=True)
    for row in reader().execute(query):
        rows.setdefault(row.subject, []).append(row)
    return dict(rows)
