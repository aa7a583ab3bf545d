"""The office of a story: its calendar, its settings, and everything that it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Category, SlaRule
from app.roles import CALLER
from app.rules.workdays import BEIJING
from app.stages.calendar import fill, set_days
from app.story.theatre.cast import actor_named, unit_named
from app.story.theatre.stories import Story


def furnish(session: Session, story: Story) -> None:
    """The office of a story: its calendar, its settings, every unit and category that it names."""
    fill(session, story.start, max(story.calendar, default=None))
    if story.calendar:
        set_days(session, story.calendar)
    since = datetime(2000, 1, 1, tzinfo=BEIJING)
    session.add_all(
        SlaRule(
            name=name,
            value=_word(value),
            valid_from=since,
            reason="",
            changed_at=since,
            approved_at=since,
        )
        for name, value in story.office.items()
    )
    for step in story.steps:
        _name(session, step)
    session.add_all(Category(name=name) for name in _lacking(session, story))


def _word(value: Any) -> str:
    """A setting as it stands on file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(session: Session, step: Mapping[str, Any]) -> None:
    """Make sure of the units that a step names, and of who acts."""
    _, _, code = str(step["as"]).partition("#")[0].partition("@")
    units = map(step.get, ("unit", "successor", "complained_unit"))
    for named in filter(None, (code, *units, *(step.get("assists") or ()))):
        unit_named(session, named)
    if step["as"] != CALLER.name:
        actor_named(session, str(step["as"]))


def _lacking(session: Session, story: Story) -> list[str]:
    """The categories that a story uses, does not make itself, and that are not there."""
    adds = [step for step in story.steps if step["do"] == "add_category"]
    made = {step["name"] for step in adds if "name" in step}
    there = set(session.scalars(select(Category.name)))
    return sorted(_categories(story) - made - there)


def _categories(story: Story) -> set[str]:
    """The categories by which a story classifies."""
    return {
        str(step["category"])
        for step in story.steps
        if step["do"] in ("register", "reclassify")
        and step.get("category")
        and not step.get("refused")
    }
