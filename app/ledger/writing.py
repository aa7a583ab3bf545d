"""How entries are written down: locked heads, ids, events, rows, notices and counts, each kind in
one statement.

Low level: nothing ends with what is written here. People's moves go through `moves`, the bot's
batches come from the sweep, which decides itself what follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.ledger.bulk import Batch, completed, hold, insert_rows, insert_together, update_rows
from app.ledger.chain import Head, canonical, seal
from app.ledger.ids import allot
from app.ledger.seals import Sealer, Written, line, look_seal, plain, row_key, sealer, written
from app.ledger.tips import Tip, lock_cases, lock_office
from app.ledger.watch import Rows
from app.ledger.watch import due as unsealed_rows
from app.models import OFFICE_CHAIN, SUBJECTS, DayCount, Event, Notice, OfficeHead
from app.roles import Actor
from app.rules.events import COUNTED, known
from app.rules.refusal import Gone
from app.rules.workdays import beijing, sweep_not_before
from app.rules.workflow import MAY_BECOME


@dataclass
class Entry:
    """One event to write and, with `to`, the move it stands for. A birth has no `was` and gets its
    id here. `columns` are other columns of the subject's row; `unit_id` and `category_id` where it
    is counted."""

    chain: int
    kind: str
    subject: str = "office"
    subject_id: int | None = None
    was: str | None = None
    to: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)
    unit_id: int | None = None
    category_id: int | None = None
    event_id: int = 0
    settles: Mapping[str, Any] | None = None
    """What of `columns` this event changes, where they hold more than that."""
    rows: list[tuple[type[Any], dict[str, Any]]] = field(default_factory=list)
    """New rows of tables without states that are written with this event: `id`, where they have
    none, and `event_id`, where they leave it open (None), are given here."""

    with_head: bool = False
    """Whether its `columns` are written with the head of its chain, in one statement: a case's own,
    where nothing else is written with it."""

    @property
    def birth(self) -> bool:
        """Whether this entry makes a new row."""
        return self.to is not None and self.was is None


def table_of(subject: str) -> Table:
    """The table of a subject that has a state."""
    table: Any = SUBJECTS[subject].__table__
    assert isinstance(table, Table)  # noqa: S101
    return table


def _new_case(entry: Entry) -> bool:
    return entry.birth and entry.subject == "case"


def tips_of(session: Session, entries: Sequence[Entry]) -> dict[int, Tip]:
    """Lock the chains that entries add to and read their tips; a case that is born here is not
    there yet."""
    born = {entry.subject_id for entry in entries if _new_case(entry)}
    chains = {entry.chain for entry in entries if not _new_case(entry)} - born
    cases = chains - {OFFICE_CHAIN}
    tips = lock_cases(session, cases) if cases else {}
    if OFFICE_CHAIN in chains:
        tips[OFFICE_CHAIN] = lock_office(session)
    return tips


def born_tips(entries: Sequence[Entry]) -> dict[int, Tip]:
    """The tips of cases that are born with these entries, whose ids are allotted."""
    tips = {}
    for entry in entries:
        if _new_case(entry) and entry.subject_id is not None:
            tips[entry.subject_id] = Tip(
                Head(entry.subject_id, 0, ""), entry.columns.get("category_id"), born=True
            )
    return tips


def allot_ids(session: Session, entries: Sequence[Entry]) -> None:
    """Give every entry its event's id, and every birth its row's id; nothing is asked where they
    have them."""
    entries = [entry for entry in entries if not entry.event_id]
    if not entries:
        return
    wanted: dict[str, int] = {"event": len(entries)}
    births = [entry for entry in entries if entry.birth and entry.subject_id is None]
    blank = [(model, row) for entry in entries for model, row in entry.rows if "id" not in row]
    for name in [
        *(table_of(entry.subject).name for entry in births),
        *(model.__tablename__ for model, _ in blank),
    ]:
        wanted[name] = wanted.get(name, 0) + 1
    ids = allot(session, wanted)
    for model, row in blank:
        row["id"] = ids[model.__tablename__].pop(0)
    for entry, event_id in zip(entries, ids["event"], strict=True):
        entry.event_id = event_id
        for _, row in entry.rows:
            if row.get("event_id", 0) is None:
                row["event_id"] = event_id
    for entry in births:
        entry.subject_id = ids[table_of(entry.subject).name].pop(0)
        if entry.subject == "case":
            entry.chain = entry.subject_id


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
        "payload": canonical(entry.payload),
        "seals": canonical(seals) if seals else None,
    }
    seal(head, event, key)
    return event


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
    """What was written past the ledger and is not sealed yet, for each entry: with its own case's,
    else the first."""
    shared: list[Rows] = [{} for _ in entries]
    rows = unsealed_rows(session)
    if rows and entries:
        places = {entry.chain: place for place, entry in reversed(list(enumerate(entries)))}
        for row, what in rows.items():
            shared[places.get(what.case or OFFICE_CHAIN, 0)][row] = what
    return shared


def _waves(entries: Sequence[Entry]) -> list[dict[tuple[str, int], dict[str, Any]]]:
    """The rows to update, in waves: a row that moves twice is written twice, so that each move
    meets its event."""
    waves: list[dict[tuple[str, int], dict[str, Any]]] = []
    moves: dict[tuple[str, int], int] = defaultdict(int)
    for entry in entries:
        if (
            entry.subject == "office"
            or (entry.birth or (entry.to is None and not entry.columns))
            or entry.with_head
        ):
            continue
        assert entry.subject_id is not None  # noqa: S101
        row = (entry.subject, entry.subject_id)
        wave = moves[row] if entry.to is not None else max(moves[row] - 1, 0)
        moves[row] += entry.to is not None
        while len(waves) <= wave:
            waves.append({})
        image = waves[wave].setdefault(row, {"id": entry.subject_id})
        image.update(entry.columns)
        if entry.to is not None:
            image |= {"state": entry.to, "state_event_id": entry.event_id, "was": entry.was}
    return waves


_STAYS = dict.fromkeys(("state", "state_event_id", "was"))
"""The image of a row that keeps its state, where others of its table move in the same statement."""


def _write_wave(session: Session, wave: dict[tuple[str, int], dict[str, Any]]) -> None:
    groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
    for (subject, _), image in wave.items():
        groups[subject, tuple(sorted(image.keys() - _STAYS.keys()))].append(image)
    for (subject, names), images in groups.items():
        columns = (*names, *_STAYS) if any("was" in image for image in images) else names
        images = [{name: image.get(name) for name in columns} for image in images]
        if update_rows(session, table_of(subject), images) != len(images):
            raise Gone(f"a {subject} moved on")
        for image in images:
            refresh(session, subject, image)


def refresh(session: Session, subject: str, image: Mapping[str, Any]) -> None:
    """Tell a row that the session holds what was written past it."""
    held = session.identity_map.get(session.identity_key(SUBJECTS[subject], image["id"]))
    if held is not None:
        for name, value in image.items():
            if name not in ("id", "was") and not (name in _STAYS and value is None):
                set_committed_value(held, name, value)


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


def _office_row(head: Head) -> dict[str, Any]:
    return {"id": OFFICE_CHAIN, "head_seq": head.seq, "head_hash": head.hash, "head_at": head.at}


def look(session: Session, case: int, seq: int, at: datetime | None) -> dict[str, Any]:
    """When the bot looks at a case again, with the MAC that goes with it."""
    mac = look_seal(sealer(session.info["ledger_key"]), case, seq, plain(at))
    return {"look_again_at": at, "look_seal": mac}


def look_at(session: Session, seqs: Mapping[int, int], at: datetime, **columns: Any) -> None:
    """Let the bot look at cases (id -> the number of their last event) at a moment, without an
    event."""
    rows = [
        {"id": case, **look(session, case, seq, at), **columns}
        for case, seq in sorted(seqs.items())
    ]
    for start in range(0, len(rows), 1000):
        update_rows(session, table_of("case"), rows[start : start + 1000])
    for row in rows:
        refresh(session, "case", row)


def write_heads(session: Session, tips: Mapping[int, Tip]) -> None:
    """Move the heads of the chains on, and say when the bot looks at each case again."""
    rows = [
        {
            "id": chain,
            "head_seq": tip.head.seq,
            "head_hash": tip.head.hash,
            "head_at": tip.head.at,
            **look(session, chain, tip.head.seq, tip.look_again_at),
            **tip.columns,
        }
        for chain, tip in sorted(tips.items())
        if chain != OFFICE_CHAIN and not tip.born
    ]
    update_rows(session, table_of("case"), rows)
    for row in rows:
        refresh(session, "case", row)
    if OFFICE_CHAIN in tips:
        head = tips[OFFICE_CHAIN].head
        table = OfficeHead.__table__
        assert isinstance(table, Table)  # noqa: S101
        update_rows(session, table, [_office_row(head)])


def _notices(entries: Sequence[Entry], now: datetime) -> Batch:
    rows = []
    for entry in entries:
        for told in known(entry.kind).tells:
            if told == "user":
                rows.append(
                    {
                        "event_id": entry.event_id,
                        "recipient": f"user:{entry.payload['user']}",
                        "at": now,
                    }
                )
            elif told != "unit":
                rows.append({"event_id": entry.event_id, "recipient": told, "at": now})
            elif entry.unit_id is not None:
                rows.append(
                    {"event_id": entry.event_id, "recipient": f"unit:{entry.unit_id}", "at": now}
                )
    table = Notice.__table__
    assert isinstance(table, Table)  # noqa: S101
    return Batch(table, rows)


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


def look_soon(tip: Tip, now: datetime) -> None:
    """A move by a person: the bot looks at the first 08:30 not before now, where an hour clock runs
    at once."""
    soon = now if tip.hourly else sweep_not_before(now)
    if tip.look_again_at is None or soon < tip.look_again_at:
        tip.look_again_at = soon


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
    for wave in _waves(entries):
        _write_wave(session, wave)
    insert_together(session, [*_rows(entries), _notices(entries, now), _counts(entries, tips, now)])
    return tips
