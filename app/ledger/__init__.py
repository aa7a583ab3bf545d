"""The ledger: the one door through which every state, event and number passes."""

from app.ledger.checkpoints import take_checkpoint, witness
from app.ledger.entries import Columns, Entry, allot_ids
from app.ledger.heads import look_at, write_heads
from app.ledger.ids import allot
from app.ledger.kept_views import View, drop_view, keep_view
from app.ledger.leftovers import seal_leftovers
from app.ledger.moves import bear, born, move, move_many, note, note_office
from app.ledger.numbers import case_number, paper, take, worded
from app.ledger.opening import Opened, open_cases
from app.ledger.proof import Flaw, NoWitness, found_rows, verify, witness_flaws
from app.ledger.tips import Tip, lock_cases, lock_office, locked_here
from app.ledger.told import mark_read
from app.ledger.watch import add_rows, touched, wrote
from app.ledger.writing import append

__all__ = [
    "Columns",
    "Entry",
    "Flaw",
    "NoWitness",
    "Opened",
    "Tip",
    "View",
    "add_rows",
    "allot",
    "allot_ids",
    "append",
    "bear",
    "born",
    "case_number",
    "drop_view",
    "found_rows",
    "lock_cases",
    "lock_office",
    "keep_view",
    "locked_here",
    "look_at",
    "mark_read",
    "move",
    "move_many",
    "note",
    "note_office",
    "open_cases",
    "paper",
    "seal_leftovers",
    "take",
    "take_checkpoint",
    "touched",
    "verify",
    "witness",
    "witness_flaws",
    "worded",
    "write_heads",
    "wrote",
]
