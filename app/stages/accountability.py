"""(8) accountability. "Units and responsible persons who are perfunctory, do not act or fail their
duties are, after being supervised, handed to the county supervisory committee." Never straight from
hotline data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.ledger import move, note, paper
from app.ledger.chain import canonical
from app.models import Case, Dossier, Event, Referral, Supervision, Supplement, Unit
from app.models.columns import clock
from app.roles import AT_THE_CENTRE, BOT, ROOM, UNIT_ROLES, Actor
from app.rules.facts import CaseFacts, Effect, ReferralFacts, SupervisionFacts
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workflow import UNSENT
from app.stages.calendar import office_at
from app.stages.delivery import NOTICES, open_notice
from app.stages.dossier import contents
from app.stages.duties import doers
from app.stages.named import id_of, unit_id_of
from app.stages.supervision import review_open
from app.stages.verb import PAPER, REASON, WORDS, Verb, choice, field, referral

OUTCOMES = ("accepted", "supplement", "forwarded", "no_jurisdiction", "result")
ENDING = ("forwarded", "no_jurisdiction", "result")
TO_SEND = ("approved", "sealed")
"""The states of a referral whose clock is the one to send it; so is a draft's that nobody has
completed yet."""
DRAFTING = (
    "supervision.opened",
    "supervision.reissued",
    "supervision.found",
    "supervision.concluded",
)
"""What an officer writes of a dossier before it is one."""


def decide_draft(case: CaseFacts, row: SupervisionFacts, office: Office) -> list[Effect]:
    """The bot drafts the dossier at the first working-day sweep after the conclusion, once per
    item."""
    if row.state != "concluded" or not office.calendar.is_workday(office.now.date()):
        return []
    if (
        any(referral.supervision_id == row.id for referral in case.referrals)
        or row.confirmed_at is None
    ):
        return []
    send_by = office.calendar.run(
        row.confirmed_at.date(), office.kept(case.allocated_at).send_workdays
    )
    columns = {
        "case_id": case.id,
        "assignment_id": row.assignment_id,
        "supervision_id": row.id,
        "unit_id": row.unit_id,
        "drafted_at": office.now,
        **clock("send_by", send_by),
        **clock("own", send_by),
    }
    payload = {"send_by": send_by.on.isoformat(), "ground": row.ground}
    return [Effect("referral.drafted", "referral", None, "drafted", columns, payload, row.unit_id)]


def decide_referral_overdue(case: CaseFacts, row: ReferralFacts, office: Office) -> list[Effect]:
    """The room's own clock on a referral, or the time to send it, has run out: a red list of its
    own. While a review is open the sending is held, and not late."""
    if row.state in ("closed", "abandoned") or row.own_at is None:
        return []
    held = any(item.id == row.supervision_id and review_open(item) for item in case.supervision)
    if held and (row.state in TO_SEND or (row.state == "drafted" and row.completed_at is None)):
        return []
    if office.now < row.own_at or row.own_overdue_for == row.own_at:
        return []
    payload = {"task": f"referral.{row.state}", "true_at": row.own_at.isoformat()}
    return [Effect("room.overdue", "referral", row, None, {"own_overdue_for": row.own_at}, payload)]


_SNAPSHOT = (
    "WITH RECURSIVE line(root, id) AS (SELECT case_id, case_id FROM supervision WHERE id IN (SELECT {id} FROM {ids} w) "
    "UNION SELECT line.root, c.id FROM hotline_case c JOIN line ON c.taken_over_by_id = line.id) "
    "SELECT line.root, e.chain, e.seq, e.at, e.kind, e.actor, e.hash FROM line JOIN event e ON e.chain = line.id "
    "ORDER BY line.root, e.id"
)
_SNAPSHOT_OF = {
    "postgresql": text(
        _SNAPSHOT.format(id="CAST(w AS bigint)", ids="json_array_elements_text(CAST(:ids AS json))")
    ),
    "sqlite": text(_SNAPSHOT.format(id="w.value", ids="json_each(:ids)")),
}


def snapshots(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Case id -> the frozen timeline of the cases of supervision items, with those they took over,
    in one statement: what a draft starts from."""
    statement = _SNAPSHOT_OF[session.get_bind().dialect.name]
    lines: dict[int, list[list[Any]]] = {}
    for row in session.execute(statement, {"ids": json.dumps(sorted(ids))}):
        at = row.at if isinstance(row.at, str) else row.at.isoformat(sep=" ")
        lines.setdefault(row.root, []).append(
            [row.chain, row.seq, at, row.kind, row.actor, row.hash]
        )
    return {chain: canonical({"timeline": timeline}) for chain, timeline in lines.items()}


def _state(referral: Referral, *states: str) -> None:
    if referral.state not in states:
        raise NotAllowed("referral_state", state=referral.state)


def complete_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, report: str, proposal: str
) -> Referral:
    """An officer completes a drafted dossier: the report of the matter and what is proposed."""
    _state(referral, "drafted")
    if not report.strip() or not proposal.strip():
        raise NotAllowed("words_missing")
    own = office_at(session, now)
    due = own.calendar.run(now.date(), _limits(session, own, referral).review_referral_workdays)
    columns = {
        "report": report,
        "proposal": proposal,
        "completed_at": now,
        "completed_by_id": actor.id,
        **clock("own", due),
    }
    note(session, now, actor, referral, "referral.completed", columns)
    return referral


def _limits(session: Session, office: Office, referral: Referral) -> Any:
    return office.kept(session.get_one(Case, referral.case_id).allocated_at)


def review_referral(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """The room's head reviews what somebody else completed."""
    _state(referral, "drafted")
    if referral.completed_by_id is None:
        raise NotAllowed("not_completed")
    if actor.id in doers(session, "referral", referral.id, "referral.completed"):
        raise NotAllowed("completed_it_himself")
    office = office_at(session, now)
    own = office.calendar.run(
        now.date(), _limits(session, office, referral).approve_referral_workdays
    )
    columns = {"reviewed_by_id": actor.id, "opened_by_id": None, **clock("own", own)}
    move(session, now, actor, referral, "reviewed", "referral.reviewed", columns)
    return referral


def open_paper(session: Session, now: datetime, actor: Actor, referral: Referral) -> str:
    """Open a referral's paper, on the record: its facts as JSON, frozen once it is sealed, as they
    are now before. The room and leaders read it, a committee reader sealed ones only."""
    sealed_too = referral.sealed is not None and "sealed" in actor.scopes
    if not (actor.is_a("officer", "supervision_head") or "leader" in actor.scopes or sealed_too):
        raise NotAllowed("not_found")
    columns = {"opened_by_id": actor.id} if actor.is_a("leader") else {}
    note(session, now, actor, referral, "paper.opened", columns, {"paper": "referral"})
    return referral.sealed or canonical(draft_contents(session, now, referral))


def referral_of(session: Session, case_id: int, id: int) -> Referral:
    """A referral of a case by its id; NotAllowed where it is not one of that case."""
    found = session.scalars(
        select(Referral).where(Referral.id == id, Referral.case_id == case_id)
    ).first()
    if found is None:
        raise NotAllowed("not_found")
    return found


def approve_referral(
    session: Session,
    now: datetime,
    actor: Actor,
    referral: Referral,
    leader: str = "",
    scan: str = "",
    with_identity: bool = False,
) -> Referral:
    """A leader approves, having opened the paper. An approval on paper is entered, with the scan,
    by an officer who drafted nothing of it. Who completed, reviewed and approved are three
    persons."""
    _state(referral, "reviewed")
    item = session.get_one(Supervision, referral.supervision_id)
    if actor.id in doers(
        session, "referral", referral.id, "referral.completed", "referral.reviewed"
    ):
        raise NotAllowed("completed_or_reviewed_it_himself")
    on_paper = not actor.is_a("leader")
    if on_paper and not (leader.strip() and scan.strip()):
        raise NotAllowed("approval_without_scan")
    if on_paper and actor.id in doers(session, "supervision", item.id, *DRAFTING):
        raise NotAllowed("drafted_part_of_it")
    if not on_paper and not _opened(session, actor, referral):
        raise NotAllowed("paper_not_opened")
    columns = {
        "approved_by_id": None if on_paper else actor.id,
        "approval_entered_by_id": actor.id if on_paper else None,
        "approval_scan": scan,
        "with_identity": with_identity,
        "own_at": referral.send_by_at,
        "own_clock": referral.send_by_clock,
    }
    payload = {
        "on_paper": on_paper,
        "with_identity": with_identity,
        "leader": leader if on_paper else actor.name,
    }
    move(session, now, actor, referral, "approved", "referral.approved", columns, payload)
    return referral


def _opened(session: Session, actor: Actor, referral: Referral) -> bool:
    """Whether he opened the paper since it was reviewed last: what he approves is what he read."""
    about = select(func.max(Event.id)).where(
        Event.subject == "referral", Event.subject_id == referral.id
    )
    reviewed = session.scalar(about.where(Event.kind == "referral.reviewed")) or 0
    opened = (
        session.scalar(about.where(Event.kind == "paper.opened", Event.actor == actor.word)) or 0
    )
    return opened > reviewed


def send_back_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, reason: str
) -> Referral:
    """The room's head sends back what was completed, the leader what was reviewed, who is both
    either: it is a draft again."""
    his = {"reviewed"} if actor.is_a("leader") else {"drafted"}
    _state(referral, *his, *(["drafted"] if actor.is_a("supervision_head") else []))
    if referral.completed_by_id is None:
        raise NotAllowed("not_completed")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {
        "completed_by_id": None,
        "completed_at": None,
        "reviewed_by_id": None,
        "opened_by_id": None,
        "own_at": referral.send_by_at,
        "own_clock": referral.send_by_clock,
    }
    move(session, now, actor, referral, "drafted", "referral.sent_back", columns)
    return referral


def seal_referral(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """Freeze the contents of the dossier: nothing in it changes afterwards."""
    _state(referral, "approved")
    whole = _frozen(session, now, actor, referral, 1)
    columns = {"sealed": whole, "sealed_at": now, "sealed_by_id": actor.id}
    move(
        session,
        now,
        actor,
        referral,
        "sealed",
        "referral.sealed",
        columns,
        {"characters": len(whole)},
    )
    return referral


def draft_contents(
    session: Session, now: datetime, referral: Referral, **more: Any
) -> dict[str, Any]:
    """The facts of a dossier as they are now: what the reviewer and the approver read before it is
    sealed."""
    timeline = json.loads(snapshots(session, [referral.supervision_id])[referral.case_id])[
        "timeline"
    ]
    formed = {"volume": 1, "draft": True, "formed_at": now.isoformat(), "formed_by": None, **more}
    return contents(session, office_at(session, now), referral, timeline, **formed)


def _frozen(
    session: Session, now: datetime, actor: Actor, referral: Referral, volume: int, **more: Any
) -> str:
    return canonical(
        draft_contents(
            session, now, referral, volume=volume, draft=False, formed_by=actor.name, **more
        )
    )


def record_dossier(
    session: Session,
    now: datetime,
    referral: Referral,
    sha256: str,
    name: str,
    size: int,
    version: int = 1,
) -> Dossier | None:
    """Record the files that were made of a sealed dossier (version 1) or of a supplement's volume:
    the SHA-256 and the bytes of its zip. None where they are recorded already. The case must be
    locked."""
    volume = select(Supplement.id).where(
        Supplement.referral_id == referral.id, Supplement.n == version - 1
    )
    if referral.sealed is None or (version > 1 and session.scalar(volume) is None):
        raise ValueError(f"volume {version} of referral {referral.id} is not sealed")
    if dossier_of(session, referral, version) is not None:
        return None
    row = Dossier(
        referral_id=referral.id,
        version=version,
        name=name,
        sha256=sha256,
        size=size,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    note(
        session,
        now,
        BOT,
        referral,
        "referral.made",
        None,
        {"version": version, "sha256": sha256, "size": size},
    )
    return row


def dossier_of(session: Session, referral: Referral, version: int = 1) -> Dossier | None:
    """The recorded files of a volume, or None while they are not made."""
    query = select(Dossier).where(Dossier.referral_id == referral.id, Dossier.version == version)
    return session.scalars(query).first()


def send_referral(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """Send the sealed dossier with a numbered letter, once the time to ask for a review is over or
    it is ruled on."""
    _state(referral, "sealed")
    item = session.get_one(Supervision, referral.supervision_id)
    if review_open(item):
        raise NotAllowed("review_open")
    if item.review_asked_at is None and item.ask_at is not None and now < item.ask_at:
        raise NotAllowed("review_may_be_asked", until=item.ask_at.isoformat())
    if dossier_of(session, referral) is None:
        raise NotAllowed("dossier_not_made")
    office = office_at(session, now)
    late = now >= referral.send_by_at
    number = paper(session, office, "referral")
    columns = {"number": number, "sent_at": now, "sent_by_id": actor.id, **clock("own", None)}
    move(
        session,
        now,
        actor,
        referral,
        "sent",
        "referral.sent",
        columns,
        {"number": number, "late": late},
    )
    return referral


def _last_supplement(session: Session, referral: Referral) -> Supplement | None:
    query = (
        select(Supplement)
        .where(Supplement.referral_id == referral.id)
        .order_by(Supplement.n.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def record_receipt(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """The officer records the committee's receipt 接收回执, of the dossier and again of each
    supplement, in order."""
    supplement = None
    if referral.state != "sent":
        waiting = select(Supplement).where(
            Supplement.referral_id == referral.id, Supplement.received_at.is_(None)
        )
        supplement = session.scalars(waiting.order_by(Supplement.n).limit(1)).first()
        if referral.state != "received" or supplement is None:
            raise NotAllowed("nothing_to_receive", state=referral.state)
        supplement.received_at = now
    payload = {"supplement": supplement.n if supplement else None}
    move(
        session,
        now,
        actor,
        referral,
        "received",
        "referral.received",
        {"received_at": now},
        payload,
    )
    return referral


def record_outcome(
    session: Session,
    now: datetime,
    actor: Actor,
    referral: Referral,
    outcome: str,
    words: str = "",
    due_on: date | None = None,
) -> Referral:
    """The committee's outcome: accepted, a supplement asked for by a date, forwarded, no
    jurisdiction, a result."""
    _state(referral, "received")
    if outcome not in OUTCOMES:
        raise NotAllowed("unknown_outcome", outcome=outcome)
    columns: dict[str, Any] = {"outcome": outcome, "outcome_words": words}
    if outcome == "supplement":
        if due_on is None or due_on <= now.date():
            raise NotAllowed("date_not_after_today")
        due = office_at(session, now).calendar.name(due_on, now.date())
        columns |= {"supplement_due_at": due.at, **clock("own", due)}
    note(session, now, actor, referral, "referral.outcome", columns, {"outcome": outcome})
    if outcome in ENDING:
        move(
            session,
            now,
            actor,
            referral,
            "closed",
            "referral.closed",
            {"ended_at": now},
            {"outcome": outcome},
        )
    return referral


def supplement_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, words: str
) -> Supplement:
    """New facts make a supplementary volume; what was sealed stays as it is."""
    _state(referral, "received", "sent")
    if not words.strip():
        raise NotAllowed("words_missing")
    last = _last_supplement(session, referral)
    n = (last.n if last else 0) + 1
    whole = _frozen(session, now, actor, referral, n + 1, words=words)
    row = Supplement(
        referral_id=referral.id, n=n, sent_at=now, sent_by_id=actor.id, words=words, sealed=whole
    )
    session.add(row)
    session.flush()
    note(
        session,
        now,
        actor,
        referral,
        "referral.supplemented",
        clock("own", None),
        {"supplement": n},
    )
    return row


def abandon_referral(
    session: Session, now: datetime, actor: Actor, referral: Referral, reason: str
) -> Referral:
    """Abandon a referral before it is sent, with a reason; its item closes."""
    _state(referral, "drafted", "reviewed", "approved", "sealed")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    columns = {"abandon_reason": reason, "ended_at": now, **clock("own", None)}
    move(session, now, actor, referral, "abandoned", "referral.abandoned", columns)
    return referral


def referrals(session: Session, case_id: int, unit_id: int | None = None) -> Sequence[Referral]:
    """The referrals of a case (of a unit), the newest last."""
    query = select(Referral).where(Referral.case_id == case_id)
    if unit_id is not None:
        query = query.where(Referral.unit_id == unit_id)
    return session.scalars(query.order_by(Referral.id)).all()


# The verbs.


def referral_meant(
    session: Session,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    states: Sequence[str],
    item: int | None = None,
) -> Referral:
    """The referral meant: of the item that is named, else the only one in a state that the verb is
    about, else the newest."""
    rows = referrals(session, case.id, unit_id_of(actor, unit))
    if item is not None:
        rows = [row for row in rows if row.supervision_id == id_of(item)]
    if not rows:
        raise NotAllowed("not_found")
    fitting = [row for row in rows if row.state in states]
    if len(fitting) > 1:
        raise NotAllowed("name_one", n=len(fitting))
    return fitting[0] if fitting else rows[-1]


def _to_read(
    session: Session, actor: Actor, case: Case, unit: Unit | None, item: int | None
) -> Referral:
    """The referral whose paper is meant: the one that waits for its approval, else the only one."""
    meant = referral_meant(session, actor, case, unit, ("reviewed",), item)
    others = referrals(session, case.id, unit_id_of(actor, unit))
    if meant.state != "reviewed" and item is None and len(others) > 1:
        raise NotAllowed("name_one", n=len(others))
    return meant


def _open_paper(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    paper: str = "referral",
    referral: int | None = None,
    notice: int | None = None,
    item: int | None = None,
) -> Any:
    """Open a paper of a case: one that went to a unit, or a referral's - of the row or the item
    that is named, else of the one meant."""
    if paper != "referral":
        return open_notice(session, now, actor, case, paper, unit_id_of(actor, unit), notice)
    if referral is not None:
        return open_paper(session, now, actor, referral_of(session, case.id, referral))
    return open_paper(session, now, actor, _to_read(session, actor, case, unit, item))


_HEADS = ("supervision_head", "leader")

VERBS = (
    Verb(
        "complete_referral",
        run=complete_referral,
        on=referral(("drafted",)),
        fields=(field("report!"), field("proposal!")),
        roles=ROOM,
        event="referral.completed",
        recuses=True,
    ),
    Verb(
        "review_referral",
        run=review_referral,
        on=referral(("drafted",)),
        roles=("supervision_head",),
        event="referral.reviewed",
        recuses=True,
    ),
    Verb(
        "open_paper",
        run=_open_paper,
        on=PAPER,
        fields=(
            choice("paper", ("referral", *NOTICES)),
            field("referral", "id"),
            field("notice", "id"),
        ),
        roles=(*AT_THE_CENTRE, *UNIT_ROLES, *ROOM, "leader", "committee"),
        event="paper.opened",
    ),
    Verb(
        "approve_referral",
        run=approve_referral,
        on=referral(("reviewed",)),
        fields=(field("leader"), field("scan"), field("with_identity", "bool")),
        roles=(*ROOM, "leader"),
        event="referral.approved",
        recuses=True,
    ),
    Verb(
        "send_back_referral",
        run=send_back_referral,
        on=referral(("reviewed", "drafted")),
        fields=(REASON,),
        roles=_HEADS,
        event="referral.sent_back",
        recuses=True,
    ),
    Verb(
        "seal_referral",
        run=seal_referral,
        on=referral(("approved",)),
        roles=ROOM,
        event="referral.sealed",
        recuses=True,
    ),
    Verb(
        "send_referral",
        run=send_referral,
        on=referral(("sealed",)),
        roles=ROOM,
        event="referral.sent",
    ),
    Verb(
        "record_receipt",
        run=record_receipt,
        on=referral(("sent", "received")),
        roles=ROOM,
        event="referral.received",
    ),
    Verb(
        "record_outcome",
        run=record_outcome,
        on=referral(("received",)),
        fields=(choice("outcome!", OUTCOMES), field("words"), field("due_on", "date")),
        roles=(*ROOM, "committee"),
        event="referral.outcome",
    ),
    Verb(
        "supplement_referral",
        run=supplement_referral,
        on=referral(("received", "sent")),
        fields=(WORDS,),
        roles=ROOM,
        event="referral.supplemented",
        recuses=True,
    ),
    Verb(
        "abandon_referral",
        run=abandon_referral,
        on=referral(UNSENT),
        fields=(REASON,),
        roles=ROOM,
        event="referral.abandoned",
        recuses=True,
    ),
)
