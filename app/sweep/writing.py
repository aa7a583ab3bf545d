"""A batch, written down: dossiers frozen, numbers last, each kind of row in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.ledger import Entry, Tip, allot_ids, append, take, worded, write_heads
from app.roles import BOT
from app.rules.office import Office
from app.stages.accountability import snapshots
from app.stages.deciding import WRITTEN, Decided
from app.stages.papers import blank_papers, fill_papers


def _freeze(session: Session, entries: Sequence[Entry]) -> None:
    """Give drafted dossiers the timeline of their case as it stood before this sweep."""
    drafts = [entry for entry in entries if entry.kind == "referral.drafted"]
    if drafts:
        frozen = snapshots(session, [entry.key("supervision_id") for entry in drafts])
        for entry in drafts:
            entry.columns["snapshot"] = frozen[entry.chain]


def _number(session: Session, office: Office, entries: Sequence[Entry]) -> None:
    """Give reminders their numbers: as late as their events can seal them, because the counter is
    held until the transaction ends."""
    reminders = [entry for entry in entries if entry.kind == "reminder.issued"]
    if reminders:
        year = office.now.year
        numbers: dict[int, str] = {}
        for n, entry in enumerate(reminders, take(session, "reminder", year, len(reminders))):
            number = worded(office, "reminder", year, n)
            entry.columns["number"] = numbers[entry.key("assignment_id")] = number
        _cite(entries, numbers)


def _cite(entries: Sequence[Entry], numbers: Mapping[int, str]) -> None:
    """A list row of the sweep that issued its reminder was decided before that had a number, and
    cites it too."""
    for entry in entries:
        if (
            entry.kind == "supervision.listed"
            and entry.birth
            and entry.key("assignment_id") in numbers
        ):
            facts = json.loads(str(entry.columns["facts"]))
            cited = facts | {"reminder": numbers[entry.key("assignment_id")]}
            entry.columns["facts"] = json.dumps(cited, ensure_ascii=False)


def _with_heads(decided: Sequence[tuple[Decided, Tip]]) -> None:
    """Columns of cases themselves go in the statement that moves their heads on."""
    entries = [entry for what, _ in decided for entry in what.entries if entry.subject == "case"]
    if entries:
        for what, tip in decided:
            tip.columns |= {name: getattr(what.case, name) for name in WRITTEN["case"]}
        for entry in entries:
            entry.columns = {}


def write(session: Session, office: Office, decided: Sequence[tuple[Decided, Tip]]) -> None:
    """Everything of a batch: ids, numbers, events, rows, notices, counts, heads."""
    entries = [entry for what, _ in decided for entry in what.entries]
    tips = {what.case.id: tip for what, tip in decided}
    if entries:
        _freeze(session, entries)
        _with_heads(decided)
        blank_papers(entries)
        allot_ids(session, entries)
        _number(session, office, entries)
        fill_papers(session, office, entries)
        append(session, office.now, BOT, entries, tips)
    moved = {what.case.id: tip for what, tip in decided if what.entries or _moved(what, tip)}
    write_heads(session, moved)


def _moved(what: Decided, tip: Tip) -> bool:
    return tip.look_again_at != what.case.look_again_at
