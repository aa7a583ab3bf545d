"""What a form offers to choose from where only the case knows it: its units, the persons of a unit.

What is chosen is sent by its id or code; a label tells two of one name apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app import words
from app.models import Assignment, Case, NamedPerson, Supervision, Unit, UnitPost
from app.rules.workflow import STANDING
from app.stages.duties import lineage
from app.stages.settings import OF_THE_ROOM
from app.stages.supervision import told_apart
from app.verbs import Verb
from app.views.actor import actor, reader
from app.views.pages.picked import Named


def units_of(verb: Verb, case: Case | None) -> Sequence[tuple[str, str]]:
    """The units among which a form asks whose assignment is meant where no row of it is there yet:
    those of the case, where it has several."""
    if case is None or verb.target not in ("room", "paper") or actor().unit_id:
        return []
    columns = Unit.code, Unit.name, Unit.pinyin
    query = select(*columns).join(Assignment, Assignment.unit_id == Unit.id)
    query = query.where(Assignment.case_id == case.id).group_by(Unit.id, *columns)
    rows = reader().execute(query).all()
    if len(rows) < 2:
        return []
    return Named(((row.code, row.name) for row in rows), {row.code: row.pinyin for row in rows})


def offered(
    verb: Verb, case: Case | None, tongue: str, rows: Mapping[str, Sequence[Any]]
) -> dict[str, Sequence[tuple[str, str]]]:
    """The choices that only the case knows: persons to name, persons named, the grounds that
    stand."""
    if verb.name == "change_setting" and not actor().is_a("it_admin"):
        return {"name": [(name, words.value("setting", name, tongue)) for name in OF_THE_ROOM]}
    if case is None:
        return {}
    if verb.name == "draft_finding":
        supervised = {row.unit_id for row in rows.get("supervision", ())}
        units = {id for unit in supervised for id in lineage(reader(), unit)}
        query = (
            select(UnitPost)
            .where(UnitPost.unit_id.in_(units))
            .order_by(UnitPost.person, UnitPost.id)
        )
        return {"persons": _holders(query, tongue)}
    if verb.name in ("record_statement", "draft_statement"):
        named = select(NamedPerson.post_id).join(
            Supervision, Supervision.id == NamedPerson.supervision_id
        )
        query = select(UnitPost).where(UnitPost.id.in_(named.where(Supervision.case_id == case.id)))
        return {"person": _holders(query.order_by(UnitPost.id), tongue)}
    if verb.name in ("open_supervision", "defer", "decline"):
        found = select(Supervision.ground).where(
            Supervision.case_id == case.id, Supervision.state.in_(STANDING)
        )
        grounds = sorted(
            {*reader().scalars(found), *(["by_hand"] if verb.name == "open_supervision" else [])}
        )
        return {"ground": [(ground, words.value("ground", ground, tongue)) for ground in grounds]}
    return {}


def _holders(query: Select[Any], tongue: str) -> Named:
    """The posts as choices: by their ids, and labels that tell two of one name apart."""
    posts = reader().scalars(query.options(joinedload(UnitPost.unit))).all()
    return Named((str(post.id), words.holder(told_apart(post), tongue)) for post in posts)
