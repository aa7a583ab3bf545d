"""Which row a verb acts on: the very one that its form showed, or none. What moved meanwhile is
refused with what stands now; where several could be meant and none is named, nobody chooses for
whoever acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, not_, select
from sqlalchemy import case as either
from sqlalchemy.orm import Session

from app.models import (
    SUBJECTS,
    Assignment,
    Case,
    Draft,
    Event,
    Supervision,
)
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.rules.workflow import OPEN_CASE
from app.stages.duties import lineage
from app.stages.named import id_of
from app.stages.proposals import waits
from app.stages.supervision.verbs import BY_HAND
from app.stages.table import VERBS
from app.stages.verb import Verb

__all__ = [
    "BY_HAND",
    "PROPOSED",
    "Kind",
    "kind_of",
    "mark_of",
    "moved",
    "named_row",
    "only_one",
    "proposal_meant",
    "rows_of_kind",
    "standing",
    "standings",
    "waiting",
]

PROPOSED: dict[str, type[Any]] = {
    verb.name: verb.on.proposals for verb in VERBS.values() if verb.on.proposals is not None
}
"""verb -> the table of the proposals that it decides on."""


@dataclass(frozen=True)
class Kind:
    """The rows of a case that a verb can be about: of which subject and table, in which states,
    with which values."""

    subject: str
    model: type[Any]
    states: tuple[str, ...] | None = None
    equal: tuple[tuple[str, str], ...] = ()

    def fits(self, row: Any) -> bool:
        """Whether the verb can be about a row as it stands."""
        return self.states is None or row.state in self.states


def kind_of(verb: Verb) -> Kind | None:
    """Which rows a verb chooses among; None where it acts on its case as such, or on none."""
    if verb.on.waits is not None:
        return Kind("request", verb.on.waits, ("pending",))
    if verb.on.decides:
        return Kind("case", Case)
    if verb.target == "room":
        return Kind("supervision", Supervision, ("candidate",))
    if verb.target == "item":
        return Kind("supervision", Supervision, verb.on.offered)
    if verb.target == "assignment":
        return _of_assignments(verb)
    if verb.target == "draft":
        return Kind("draft", Draft, verb.on.states)
    return _plain(verb) if verb.target in ("reminder", "referral") else None


def _plain(verb: Verb) -> Kind:
    return Kind(verb.on.subject, SUBJECTS[verb.on.subject], verb.on.states)


def _of_assignments(verb: Verb) -> Kind:
    states = verb.on.states
    name, _, kind = verb.on.subject.partition(":")
    if name == "request":
        return Kind(name, SUBJECTS[name], states, (("kind", kind),))
    if name == "assist":
        return Kind("assignment", Assignment, states, (("role", "assist"),))
    # What staff drafts about an item is kept on the assignment of the unit, in whatever state it
    # is.
    return Kind("assignment", Assignment, states if name == "assignment" else None)


def rows_of_kind(session: Session, kind: Kind, case: Case, unit_id: int | None) -> Sequence[Any]:
    """The rows of a kind on a case (a unit's own), the newest last."""
    model = kind.model
    if model is Case:
        return [case]
    query = select(model).where(model.case_id == case.id).filter_by(**dict(kind.equal))
    if unit_id is not None:
        own = lineage(session, unit_id) if model is Supervision else [unit_id]
        query = query.where(model.unit_id.in_(own))
    return session.scalars(query.order_by(model.id)).all()


def mark_of(session: Session, verb: Verb, row: Any) -> str:
    """What a form carries of a row: its id and the event that made it what was shown."""
    return f"{row.id}-{standing(session, verb, row)}"


def standing(session: Session, verb: Verb, row: Any) -> int:
    """The newest event that made a row what the form of a verb shows: that of its state, or one on
    which the verb rests."""
    moved: int = getattr(row, "state_event_id", 0)
    if not verb.on.rests:
        return moved
    kind = kind_of(verb)
    chain = row.id if isinstance(row, Case) else row.case_id
    of_another = and_(
        Event.subject == (kind.subject if kind is not None else ""), Event.subject_id != row.id
    )
    query = select(func.max(Event.id)).where(
        Event.chain == chain, Event.kind.in_(verb.on.rests), not_(of_another)
    )
    # Which event it was is no secret, and must be the same for who may not read it.
    newest = session.scalar(query.execution_options(unscoped=True))
    return max(moved, newest or 0)


def standings(session: Session, verb: Verb, rows: Sequence[Any]) -> dict[int, int]:
    """id -> the newest event that made a row what the form of a verb shows, of many rows of one
    table, in one statement."""
    moved = {row.id: int(getattr(row, "state_event_id", 0)) for row in rows}
    if not verb.on.rests or not rows:
        return moved
    kind = kind_of(verb)
    subject = kind.subject if kind is not None else ""
    chains = {row.id: row.id if isinstance(row, Case) else row.case_id for row in rows}
    of = either((Event.subject == subject, Event.subject_id), else_=0)
    query = (
        select(Event.chain, of.label("of"), func.max(Event.id).label("newest"))
        .where(Event.chain.in_({*chains.values()}), Event.kind.in_(verb.on.rests))
        .group_by(Event.chain, of)
    )
    found: dict[tuple[int, int], int] = {
        (event.chain, event.of): event.newest
        for event in session.execute(query.execution_options(unscoped=True))
    }
    return {
        id: max(
            moved[id],
            found.get((chain, 0), 0),
            found.get((chain, id), 0),
        )
        for id, chain in chains.items()
    }


def named_row(
    session: Session, actor: Actor, verb: Verb, case: Case, row: int | None, seen: int | None
) -> Any:
    """The row that a form names; None where nothing is named. `row` 0: the form showed none, so
    there must be none."""
    kind = kind_of(verb)
    if row is None or kind is None:
        return None
    rows = rows_of_kind(session, kind, case, actor.unit_id)
    if row == 0:
        _refuse_any(kind, rows)
        return None
    named = next((each for each in rows if each.id == id_of(row)), None)
    if named is None:
        raise NotAllowed("not_found")
    stands = standing(session, verb, named)
    decided = verb.on.waits is not None and not kind.fits(named)
    if decided or (seen is not None and stands != seen and not _holds_still(verb, named)):
        raise moved(session, kind.subject, named, stands)
    return named


def _refuse_any(kind: Kind, rows: Sequence[Any]) -> None:
    """NotAllowed where a row came that the verb can be about."""
    fitting = [row for row in rows if kind.fits(row)]
    if fitting:
        raise NotAllowed("name_one", n=len(fitting))


def _holds_still(verb: Verb, row: Any) -> bool:
    """Whether a verb is to be done though its row moved on: a caller's words about a case that is
    open still."""
    return verb.holds and row.state in OPEN_CASE


def moved(session: Session, subject: str, row: Any, event: int) -> NotAllowed:
    """The refusal that says where a row stands now, since when and by whom."""
    last = session.get(Event, event)
    by, when = (last.actor, last.at) if last is not None else ("", None)
    if getattr(row, "decided_at", None) is not None:
        by, when = f"user:{row.decided_by_id}", row.decided_at
    at = minute(when) if when is not None else ""
    return NotAllowed("row_moved", stands=f"{subject}.{row.state}", by=by, at=at)


def only_one(verb: Verb, rows: Sequence[Any]) -> Any:
    """The only row that a verb can be about, None where there is none; NotAllowed where several
    could be meant: a person says which."""
    kind = kind_of(verb)
    fitting = [row for row in rows if kind is not None and kind.fits(row)]
    if len(fitting) > 1:
        raise NotAllowed("name_one", n=len(fitting))
    return fitting[0] if fitting else None


def waiting(session: Session, verb: str) -> Sequence[Any]:
    """The proposals that wait for a decision, the oldest first."""
    model = PROPOSED[verb]
    return session.scalars(select(model).where(waits(model)).order_by(model.id)).all()


def proposal_meant(session: Session, verb: str, row: int | None) -> int | None:
    """The id of the proposal that is named, else of the only one that waits; where a form showed
    none, there must be none."""
    if row:
        return row
    rows = waiting(session, verb)
    if len(rows) > 1 or (rows and row == 0):
        raise NotAllowed("name_one", n=len(rows))
    return rows[0].id if rows else None
