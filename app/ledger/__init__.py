"""The ledger: the one door through which every state, event and number passes."""

from app.ledger.bulk import add_rows
from app.ledger.moves import bear, born, move, move_many, note, note_office
from app.ledger.numbers import case_number, paper, take, worded
from app.ledger.opening import Opened, open_cases
from app.ledger.proof import Flaw, verify
from app.ledger.told import mark_read
from app.ledger.writing import (
    Entry,
    Tip,
    allot_ids,
    append,
    lock_cases,
    lock_office,
    write_births,
    write_heads,
)

__all__ = [
    "Entry", "Flaw", "Opened", "Tip", "add_rows", "allot_ids", "append", "bear", "born", "case_number", "lock_cases",
    "lock_office", "mark_read", "move", "move_many", "note", "note_office", "open_cases", "paper", "take", "verify",
    "worded",
    "write_births", "write_heads",
]  # fmt: skip
