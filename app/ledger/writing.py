"""How entries are written down: events, rows, notices and counts, each kind in one statement.

Low level: nothing ends with what is written here. People's moves go through `moves`, the bot's
batches come from the sweep, which decides itself what follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.ledger.bulk import Batch, completed, hold, insert_rows, insert_together
from app.ledger.chain import Head, canonical, seal
from app.ledger.entries import Entry, born_tips, table_of, tips_of
from app.ledger.heads import look
from app.ledger.recipients import notices
from app.ledger.seals import Sealer, Written, line, row_key, sealer, written
from app.ledger.tips import Tip
from app.ledger.watch import Rows
from app.ledger.watch import due as unsealed_rows
from app.ledger.waves import waves_of, write_wave
from app.models import OFFICE_CHAIN, SUBJECTS, DayCount, Event
from app.roles import Actor
from app.rules.events import COUNTED, known
from app.rules.workdays import beijing
from app.rules.workflow import MAY_BECOME


def _check(entry: Entry) -> None:
    known(entry.kind)
    if entry.to is not None and entry.to not in MAY_BECOME[entry.subject][entry.was]:
        raise ValueError(f"{entry.subject} may not become {entry.to} from {entry.was}")


def _sealed(
    entry: Entry,
    head: Head,
    actor: Actor,
    now: datetime,
    key: bytes,
    besides: Mapping[tuple[str, str], Written],
) -> dict[str, Any]:
    """An event with its place in its chain, and with the seals of its row and of those written
    `besides`."""
    seals = _seals(entry, sealer(key), besides)
    event: dict[str, Any] = {
        "id": entry.event_id,
        "chain": entry.chain,
        "at": now,
        "actor": actor.word,
        "kind": str(entry.kind),
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "from_state": entry.was,
        "to_state": entry.to,
        "payload": canonical(_done_for(entry.payload, actor)),
        "seals": canonical(seals) if seals else None,
    }
    seal(head, event, key)
    return event


def _done_for(payload: Mapping[str, Any], actor: Actor) -> Mapping[str, Any]:
    """What an event says, and for whom it was done where somebody stands in."""
    return payload if actor.acting_for is None else {**payload, "acting_for": actor.acting_for}


def _seals(
    entry: Entry, sealer: Sealer, besides: Mapping[tuple[str, str], Written]
) -> dict[str, str]:
    """The seals that an event carries: row -> line."""
    seals = {
        f"{table}:{row}": line(sealer, table, row, what) for (table, row), what in besides.items()
    }
    for model, row in entry.rows:
        of: Any = model.__table__
        key = row_key(of, row)
        seals[f"{of.name}:{key}"] = line(
            sealer, of.name, key, written(of, completed(of, row), True)
        )
    if entry.subject == "office":
        return seals
    table = table_of(entry.subject)
    settled = entry.columns if entry.settles is None else entry.settles
    own = written(table, completed(table, settled) if entry.birth else settled, entry.birth)
    other = besides.get((table.name, str(entry.subject_id)))
    if other is not None:
        other.take(own)
        own = other
    if own.founded or own.cells:
        seals[f"{table.name}:{entry.subject_id}"] = line(
            sealer, table.name, str(entry.subject_id), own
        )
    return seals


def _shared(session: Session, entries: Sequence[Entry]) -> list[Rows]:
    """Rows written past the ledger and not sealed yet, for each entry: with its own case's, else
    the first."""
    shared: list[Rows] = [{} for _ in entries]
    rows = unsealed_rows(session)
    if rows and entries:
        places = {entry.chain: place for place, entry in reversed(list(enumerate(entries)))}
        for row, what in rows.items():
            shared[places.get(what.case or OFFICE_CHAIN, 0)][row] = what
    return shared


def _born(entry: Entry, tips: Mapping[int, Tip]) -> dict[str, Any]:
    """The new row that a birth makes."""
    row = {
        "id": entry.subject_id,
        "state": entry.to,
        "state_event_id": entry.event_id,
        **entry.columns,
    }
    if entry.subject == "case":
        tip = tips[entry.chain]
        row |= {"head_seq": tip.head.seq, "head_hash": tip.head.hash, "head_at": tip.head.at}
        row |= {"look_again_at": tip.look_again_at, "look_seal": tip.look_seal}
    return completed(table_of(entry.subject), row)


def hold_born(session: Session, entry: Entry, tips: Mapping[int, Tip]) -> Any:
    """The row of a birth that was just written."""
    return hold(session, SUBJECTS[entry.subject], _born(entry, tips))


def _write_births(session: Session, entries: Sequence[Entry], tips: Mapping[int, Tip]) -> None:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        if entry.birth:
            groups[entry.subject].append(_born(entry, tips))
    for subject, rows in groups.items():
        insert_rows(session, table_of(subject), rows)


def _rows(entries: Sequence[Entry]) -> list[Batch]:
    groups: dict[tuple[type[Any], tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        for model, row in entry.rows:
            groups[model, tuple(sorted(row))].append(row)
    tables: list[tuple[Any, list[dict[str, Any]]]] = [
        (model.__table__, rows) for (model, _), rows in groups.items()
    ]
    return [Batch(table, [completed(table, row) for row in rows]) for table, rows in tables]


def _counts(entries: Sequence[Entry], tips: Mapping[int, Tip], now: datetime) -> Batch:
    counts: dict[tuple[int, int, str], int] = defaultdict(int)
    for entry in entries:
        if entry.kind in COUNTED:
            category = tips[entry.chain].category_id or 0
            counts[entry.unit_id or 0, category, entry.kind] += 1
    day = beijing(now).date()
    rows = [
        {"day": day, "unit_id": unit, "category_id": category, "word": word, "n": n}
        for (unit, category, word), n in sorted(counts.items())
    ]
    table = DayCount.__table__
    assert isinstance(table, Table)  # noqa: S101
    tail = (
        "ON CONFLICT (day, unit_id, category_id, word) DO UPDATE SET n = day_count.n + excluded.n"
    )
    return Batch(table, rows, tail)


def append(
    session: Session,
    now: datetime,
    actor: Actor,
    entries: Sequence[Entry],
    tips: Mapping[int, Tip] | None = None,
) -> Mapping[int, Tip]:
    """Write entries whose ids are allotted: events, rows, notices, counts; heads are moved but not
    yet written."""
    tips = {**tips_of(session, entries), **born_tips(entries)} if tips is None else tips
    key: bytes = session.info["ledger_key"]
    for entry in entries:
        _check(entry)
    table = Event.__table__
    assert isinstance(table, Table)  # noqa: S101
    session.info["ledger_now"] = now
    events = [
        _sealed(entry, tips[entry.chain].head, actor, now, key, besides)
        for entry, besides in zip(entries, _shared(session, entries), strict=True)
    ]
    insert_rows(session, table, events)
    for case, tip in tips.items():
        if tip.born:
            tip.look_seal = look(session, case, tip.head.seq, tip.look_again_at)["look_seal"]
    _write_births(session, entries, tips)
    for wave in waves_of(entries):
        write_wave(session, wave)
    insert_together(
        session, [*_rows(entries), notices(session, entries, now), _counts(entries, tips, now)]
    )
    return tips
