"""What the program changes is what its guards let change: nothing that is not listed, and nothing
is listed that it never changes. Played without guards, so that a refusal hides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ledger.seals import recorded
from app.models import SUBJECTS, Case
from app.rules.seals import AFTER_END, FACTS_CHANGE, MAY_CHANGE, MAY_GO
from app.rules.workflow import CLOCKS, MAY_BECOME
from app.stages.acceptance.merging import INHERITED, MOVES_ALONG
from app.stages.deciding import WRITTEN
from app.story.theatre.player import perform_story, read
from migrations import triggers
from migrations.triggers import STATEFUL
from tests.changes import GOES, Change, seen, watch
from tests.databases import Desk, sqlite_copy
from tests.ledger.rich import played
from tests.test_story import STORIES

TABLES = {subject: model.__tablename__ for subject, model in SUBJECTS.items()}
FINAL = {
    table: {state for state, after in MAY_BECOME[word].items() if not after}
    for table, word in STATEFUL.items()
}


def may_change(table: str) -> set[str]:
    """The columns of a table that the guards let change."""
    model = next(iter(one for one in recorded() if one.name == table))
    facts = (
        {column.name for column in model.columns if column.info.get("fact")}
        if table in FACTS_CHANGE
        else set()
    )
    stateful = {"state", "state_event_id"} if table in STATEFUL else set()
    return {*MAY_CHANGE.get(table, ()), *facts, *stateful}


def refused_by_a_guard(changes: set[Change]) -> list[Change]:
    """Those of some changes that guards would have refused."""
    found = []
    for one in sorted(changes):
        if one.column == GOES:
            kept = one.table not in MAY_GO
        else:
            kept = one.column not in may_change(one.table)
            kept |= one.state in FINAL.get(one.table, ()) and one.column not in AFTER_END[one.table]
        found += [one] if kept else []
    return found


def laid_bare(desk: Desk) -> Desk:
    """A desk without guards, on which every change is noted."""
    with desk.engine.begin() as connection:
        triggers.drop(connection)
        watch(connection)
    return desk


def test_the_program_changes_nothing_that_is_kept(desk: Desk, tmp_path: Path) -> None:
    """The rich office."""
    played(laid_bare(desk), tmp_path / "data")
    changes = seen(desk.engine)
    assert len(changes) > 200
    assert refused_by_a_guard(changes) == []


def test_what_moves_along_is_inherited_or_is_written_by_the_bot_may_change() -> None:
    for model in MOVES_ALONG:
        assert "case_id" in may_change(model.__tablename__)
        assert model.__tablename__ not in STATEFUL or "case_id" in AFTER_END[model.__tablename__]
    assert set(INHERITED) <= may_change(Case.__tablename__)
    for subject, columns in WRITTEN.items():
        assert set(columns) <= may_change(TABLES[subject])


def test_a_clock_that_may_be_moved_may_change() -> None:
    for subject, (clocks, _) in CLOCKS.items():
        assert {f"{clock}_{part}" for clock in clocks for part in ("at", "clock")} <= may_change(
            TABLES[subject]
        )


_SELDOM: dict[str, dict[str, tuple[str, ...]]] = {
    "an account is locked, or has a second factor": {
        "ab_user": (
            "factor_sealed",
            "factor_since",
            "factor_step",
            "failing_since",
            "locked_until",
        ),
    },
    "an account is corrected": {
        "ab_user": ("first_name", "last_name", "email", "unit_id", "active")
    },
    "somebody logs in, or mistypes a password": {
        "ab_user": ("last_login", "login_count", "fail_login_count")
    },
    "Flask-AppBuilder's own": {"ab_user": ("changed_on", "changed_by_fk")},
    "a calendar or an outage moves a clock": {
        "assignment": ("return_at", "return_clock", "sign_at", "sign_clock"),
        "referral": ("send_by_at", "send_by_clock"),
        "reply": ("own_at", "own_clock"),
        "request": ("own_at", "own_clock"),
        "report_draft": ("contest_at", "contest_clock", "own_at", "own_clock"),
    },
    "a caller is corrected": {
        "caller": ("name", "named", "phone", "number"),
        "contact": ("caller_id",),
        "hotline_case": ("caller_id",),
        "told_as": ("caller_id", "name", "named", "phone", "number"),
    },
    "a number is flagged": {"caller": ("flagged_at",)},
    "a registration is corrected": {
        "hotline_case": (
            "channel",
            "complained_person",
            "complained_unit_id",
            "complex",
            "dangerous",
            "demand",
            "narrative",
            "paper_form",
            "repeat_check",
            "wants_reply",
        ),
    },
    "the bot could not look": {"hotline_case": ("look_error", "look_failures")},
    "what belongs to a withdrawn lead goes to its heir": {
        "draft": ("case_id",),
        "referral": ("case_id",),
        "responsibility": ("case_id",),
    },
    "a unit is dissolved": {"instruction_notice": ("unit_id",)},
    "the bot finds the centre late": {"referral": ("own_overdue_for",)},
    "a proposal is refused": {
        "account_change": ("refused_at",),
        "calendar_proposal": ("refused_at",),
        "sla_rule": ("refused_at", "valid_from"),
    },
    "the directory is corrected": {
        "category": ("active", "parent_id"),
        "unit": ("code",),
        "unit_post": ("duty",),
    },
    "a person is called otherwise": {"ab_user": ("pinyin",)},
    "a report is issued from its draft": {"report_draft": ("report_id",)},
    "a struck row is told in the next list": {"supervision": ("struck_on_list",)},
}
"""What happens in no story -> the columns that change then: tests of their own let it happen,
guards standing."""


@pytest.mark.long
def test_what_may_change_does_change(sqlite_template: Path, tmp_path: Path) -> None:
    """All stories and the rich office: nothing that is kept changes, and what changes in none is
    named with when."""
    changes: set[Change] = set()
    for stem, path in STORIES.items():
        with sqlite_copy(sqlite_template, tmp_path / f"{stem}.db") as desk:
            perform_story(laid_bare(desk).sessions, read(path))
            changes |= seen(desk.engine)
    with sqlite_copy(sqlite_template, tmp_path / "rich.db") as desk:
        played(laid_bare(desk), tmp_path / "data")
        changes |= seen(desk.engine)
    assert refused_by_a_guard(changes) == []
    seldom = {
        (table, column)
        for of in _SELDOM.values()
        for table, columns in of.items()
        for column in columns
    }
    listed = {(table, column) for table, columns in MAY_CHANGE.items() for column in columns}
    assert listed - {(one.table, one.column) for one in changes} <= seldom
    assert seldom <= listed
