"""Rows that move: updated in waves, each move where its event left it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.ledger.bulk import update_rows
from app.ledger.entries import Entry, table_of
from app.models import SUBJECTS
from app.rules.refusal import Gone

Wave = dict[tuple[str, int], dict[str, Any]]
"""(subject, row) -> its new columns: rows that are updated together."""


def _updates(entry: Entry) -> bool:
    """Whether an entry changes a row that stands and that is not written with its chain's head."""
    if entry.subject == "office" or entry.with_head:
        return False
    return bool(entry.columns) if entry.to is None else entry.was is not None


def waves_of(entries: Sequence[Entry]) -> list[Wave]:
    """The rows to update, in waves: a row that moves twice is written twice, so that each move
    meets its event."""
    waves: list[Wave] = []
    moves: dict[tuple[str, int], int] = defaultdict(int)
    for entry in entries:
        if not _updates(entry):
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


def write_wave(session: Session, wave: Wave) -> None:
    """Update the rows of a wave, those with the same columns together. Gone: one moved on."""
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
