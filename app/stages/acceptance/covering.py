"""Covering a word of a case more, or uncovering one that is an ordinary word besides being a name,
on the record. [procedure 1: identity never reaches a unit, in no view, export, paper, search, API
or error]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Case, Cover
from app.roles import Actor
from app.rules.covering import is_on_file_with
from app.rules.folding import visible
from app.rules.refusal import NotAllowed
from app.stages.covers import hidden_of

LONGEST_WORD = 80


def cover(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    more: Sequence[str] = (),
    less: Sequence[str] = (),
) -> Case:
    """Cover words of a case more (`more`) and show others again (`less`), wherever they stand in
    it. The event says how many, the words stand in rows of their own. NotAllowed where nothing is
    new, where a word is too long or without a visible sign, or where one that is to be shown is
    what the caller is on file with."""
    if any(len(word) > LONGEST_WORD for word in (*more, *less)):
        raise NotAllowed("field_too_long", field="more", most=LONGEST_WORD)
    known = hidden_of(session, [case.id])[case.id]
    if any(is_on_file_with(word, known) for word in less):
        raise NotAllowed("stays_covered")
    return _decide(session, now, actor, case, more, less)


def _decide(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    more: Sequence[str],
    less: Sequence[str],
) -> Case:
    """Put on file what is new of words that are covered and shown again."""
    new = _new(_standing(session, case), more, less)
    if not new:
        raise NotAllowed("nothing_changed")
    counts = {"more": sum(covers for _, covers in new)}
    counts["less"] = len(new) - counts["more"]
    decided = {"event_id": None, "case_id": case.id, "at": now, "by_id": actor.id}
    rows = [(Cover, {**decided, "word": word, "covers": covers}) for word, covers in new]
    note(session, now, actor, case, "case.covered", None, counts, rows=rows)
    return case


def _new(
    stands: Mapping[str, bool], more: Sequence[str], less: Sequence[str]
) -> list[tuple[str, bool]]:
    """The words on which something else is decided than stands, each with whether it is covered."""
    chosen = {visible(word): (word.strip(), False) for word in less}
    chosen |= {visible(word): (word.strip(), True) for word in more}
    return [held for key, held in chosen.items() if key and stands.get(key) != held[1]]


def _standing(session: Session, case: Case) -> dict[str, bool]:
    query = select(Cover.word, Cover.covers).where(Cover.case_id == case.id).order_by(Cover.id)
    return {visible(word): covers for word, covers in session.execute(query)}


def cover_alike(
    session: Session, now: datetime, actor: Actor, case: Case, others: Sequence[Case]
) -> None:
    """Cover in other cases what is covered more or uncovered in this one: parts that were split off
    hold the same words."""
    stands = session.scalars(select(Cover).where(Cover.case_id == case.id).order_by(Cover.id))
    newest = {visible(row.word): row for row in stands}
    more = [row.word for row in newest.values() if row.covers]
    less = [row.word for row in newest.values() if not row.covers]
    for other in others if newest else ():
        _decide(session, now, actor, other, more, less)
