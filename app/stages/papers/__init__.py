"""What each paper says, frozen in the transaction that issues it: from columns and events that never
change, and without the caller. A paper that is printed again years later says the same.
"""

from __future__ import annotations

from app.stages.papers.assigned import assignment_paper, instruction_facts, notice_of_instruction
from app.stages.papers.facts import SPARED, Facts, Issue
from app.stages.papers.feedback import keep_notice, notices_of
from app.stages.papers.keeping import (
    FROZEN,
    base_of,
    case_of,
    frozen,
    issue,
    issue_as_it_stands,
)
from app.stages.papers.lists import receipt_facts, referral_facts
from app.stages.papers.notices import conclusion_facts, reminder_facts, supervision_facts
from app.stages.papers.prints import (
    Held,
    NewPrint,
    Printed,
    case_of_print,
    cases_of,
    held_of,
    is_void,
    record_prints,
)
from app.stages.papers.reminders import blank_papers, fill_papers

__all__ = [
    "FROZEN",
    "Facts",
    "Held",
    "Issue",
    "NewPrint",
    "Printed",
    "SPARED",
    "assignment_paper",
    "base_of",
    "blank_papers",
    "case_of",
    "case_of_print",
    "cases_of",
    "conclusion_facts",
    "fill_papers",
    "frozen",
    "held_of",
    "instruction_facts",
    "is_void",
    "issue",
    "issue_as_it_stands",
    "keep_notice",
    "notice_of_instruction",
    "notices_of",
    "receipt_facts",
    "record_prints",
    "referral_facts",
    "reminder_facts",
    "supervision_facts",
]
