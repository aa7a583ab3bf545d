"""(2) allocation. "Cases go to member units by direct office, transfer office and submission office
according to content and nature."
"""

from __future__ import annotations

from app.stages.allocation.clocks import (
    handling_deadline,
    is_redo,
    lead_assignment,
    live_assists,
    move_due,
    redo_deadline,
    refuse_open_assists,
)
from app.stages.allocation.instructions import OF_PAPER, instruct, signature
from app.stages.allocation.lifting import confirm_lifting
from app.stages.allocation.offices import (
    DIRECT_KINDS,
    allocate,
    answer_directly,
    assign,
    complained_of,
    drawn,
    fit,
    liaisons,
    submit,
    transfer,
)
from app.stages.allocation.reclassified import reclassify
from app.stages.allocation.rulings import (
    rule_on_explanation,
    rule_on_extension,
    rule_on_interim,
    rule_on_return,
    waive_assist,
)
from app.stages.allocation.taken_back import reassign, recall, register_again

__all__ = [
    "OF_PAPER",
    "DIRECT_KINDS",
    "allocate",
    "answer_directly",
    "assign",
    "complained_of",
    "confirm_lifting",
    "drawn",
    "fit",
    "handling_deadline",
    "instruct",
    "is_redo",
    "lead_assignment",
    "liaisons",
    "live_assists",
    "move_due",
    "reassign",
    "recall",
    "reclassify",
    "redo_deadline",
    "refuse_open_assists",
    "register_again",
    "rule_on_explanation",
    "rule_on_extension",
    "rule_on_interim",
    "rule_on_return",
    "signature",
    "submit",
    "transfer",
    "waive_assist",
]
