"""Files of a case: attached by who works on it, opened on the record, kept for ever. (1) "...
record them accurately": files belong to what is registered, and to what a unit answers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note, note_office
from app.models import Assignment, Case, Dossier, Event, File, Referral
from app.roles import AT_THE_CENTRE, BOT, ROOM, UNIT_ROLES, Actor
from app.rules.files import (
    IDENTIFYING,
    KINDS,
    MEDIA,
    MOST_BYTES,
    MOST_CHARACTERS,
    is_sha256,
    kept_name,
)
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE
from app.stages.covers import keeps_from
from app.stages.papers import case_of_print
from app.stages.verb import ANY_CASE, Verb, case, choice, field

Item = tuple[str, int]
"""A thing that was kept: `file`, `dossier` or `paper` (a PDF of one), and its row's id."""


def attach(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    kind: str,
    name: str,
    sha256: str,
    size: int,
    media_type: str,
    referral: int | None = None,
) -> File:
    """Attach a file that the store has taken in: `sha256`, `size` (bytes) and `media_type` are the
    store's, never the sender's, and its name ends as its content does. A unit's people attach to
    cases that their unit holds; what belongs to a referral only the room adds."""
    _held(session, actor, case)
    wrong = {
        "kind": kind not in KINDS,
        "sha256": not is_sha256(sha256),
        "size": not 0 < size <= MOST_BYTES,
        "media_type": media_type not in MEDIA,
    }
    for name_of in (named for named, bad in wrong.items() if bad):
        raise NotAllowed("field_wrong", field=name_of)
    if referral is not None:
        _referral(session, actor, case, referral)
    row = File(
        case_id=case.id,
        referral_id=referral,
        kind=kind,
        name=kept_name(name, MEDIA[media_type]),
        sha256=sha256,
        size=size,
        media_type=media_type,
        added_at=now,
        added_by_id=actor.id,
        unit_id=actor.unit_id,
    )
    session.add(row)
    session.flush()
    payload = {"file": row.id, "kind": kind, "sha256": sha256, "size": size, "referral": referral}
    note(session, now, actor, case, "case.attached", None, payload, actor.unit_id)
    return row


def open_file(session: Session, now: datetime, actor: Actor, case: Case, file: int) -> File:
    """Open a file of a case, on the record. A unit's people see their own and the centre's; where
    the case is confidential or its caller withheld from them, nothing that may show the caller,
    unless their unit brought it."""
    _held(session, actor, case)
    row = session.scalars(select(File).where(File.id == file, File.case_id == case.id)).first()
    if row is None:
        raise NotAllowed("not_found")
    if actor.of_a_unit and row.unit_id != actor.unit_id:
        if row.unit_id is not None or row.referral_id is not None:
            raise NotAllowed("not_found")
        if row.kind in IDENTIFYING and keeps_from(session, case, actor.unit_id):
            raise NotAllowed("confidential")
    note(
        session,
        now,
        actor,
        case,
        "file.opened",
        None,
        {"file": row.id, "sha256": row.sha256},
        actor.unit_id,
    )
    return row


def record_lost(session: Session, now: datetime, items: Sequence[Item]) -> int:
    """Put on the record of their cases, or of the office, that files, dossiers or papers are gone from
    the disk, or altered: once each. How many were not known to be."""
    fresh = [item for item in items if item not in set(lost_items(session))]
    for kind, id in fresh:
        case = _case_of(session, kind, id)
        if case is None:
            note_office(session, now, BOT, "file.lost", {kind: id})
        else:
            note(session, now, BOT, session.get_one(Case, case), "file.lost", None, {kind: id})
    return len(fresh)


def _case_of(session: Session, kind: str, id: int) -> int | None:
    """The case that a kept thing belongs to; None where it is the office's."""
    if kind == "paper":
        return case_of_print(session, id)
    query = select(File.case_id).where(File.id == id)
    if kind == "dossier":
        query = (
            select(Referral.case_id)
            .join(Dossier, Dossier.referral_id == Referral.id)
            .where(Dossier.id == id)
        )
    return session.scalars(query).one()


def lost_items(session: Session) -> list[Item]:
    """The files and dossiers that were put on record as lost; whether they still are, the disk
    tells."""
    query = select(Event.payload).where(Event.kind == "file.lost").order_by(Event.id)
    return [next(iter(json.loads(payload).items())) for payload in session.scalars(query)]


def _held(session: Session, actor: Actor, case: Case) -> None:
    """A unit's people work on the cases that their unit holds, or answered."""
    if not actor.of_a_unit:
        return
    held = select(Assignment.id).where(
        Assignment.case_id == case.id,
        Assignment.unit_id == actor.unit_id,
        Assignment.state.in_((*LIVE, "accepted")),
    )
    if actor.unit_id is None or session.scalar(held.limit(1)) is None:
        raise NotAllowed("not_found")


def _referral(session: Session, actor: Actor, case: Case, referral: int) -> None:
    query = select(Referral.id).where(Referral.id == referral, Referral.case_id == case.id)
    if not actor.is_a("officer", "supervision_head") or session.scalar(query) is None:
        raise NotAllowed("not_found")


_FILING = (*AT_THE_CENTRE, *UNIT_ROLES, *ROOM)

VERBS = (
    Verb(
        "attach",
        run=attach,
        on=case(),
        fields=(
            choice("kind!", KINDS),
            field("name!", most=MOST_CHARACTERS),
            field("sha256!"),
            field("size!", "int"),
            field("media_type!"),
            field("referral", "id"),
        ),
        roles=_FILING,
        event="case.attached",
    ),
    Verb(
        "open_file",
        run=open_file,
        on=ANY_CASE,
        fields=(field("file!", "id"),),
        roles=(*_FILING, "leader"),
        event="file.opened",
    ),
)
