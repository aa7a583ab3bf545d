"""What each paper says, frozen when it is first made: from columns and events that never change,
and without the caller. A paper that is printed again years later says the same.
"""

from __future__ import annotations

from app.stages.papers.assigned import assignment_paper, instruction_facts
from app.stages.papers.facts import SPARED, Facts
from app.stages.papers.feedback import keep_notice, notices_of
from app.stages.papers.keeping import frozen

__all__ = [
    "Facts",
    "SPARED",
    "assignment_paper",
    "frozen",
    "instruction_facts",
    "keep_notice",
    "notices_of",
]
