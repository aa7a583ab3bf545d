"""What is on file: every table of the desk. No decisions, no commits."""

from typing import Any

from app.models.acceptance import Case, Category, Contact
from app.models.access import Access
from app.models.accountability import Dossier, Handover, Referral, Supplement
from app.models.allocation import Assignment, Instruction, InstructionNotice, Submission
from app.models.article import Article, ArticlePair, ArticleUse, ArticleVersion
from app.models.calendar import CalendarDay, CalendarProposal
from app.models.caller import Caller, ToldAs
from app.models.checkpoint import Checkpoint, CheckpointHead
from app.models.event import OFFICE_CHAIN, Event, OfficeHead
from app.models.extra import ExtraField, ExtraValue
from app.models.file import File
from app.models.handling import Draft, Reply, Request
from app.models.kept_view import KeptView
from app.models.mailbox import Mailbox, MailCursor, MailLook
from app.models.media import MessageMedia
from app.models.message import Message, MessageFile, MessageRaw
from app.models.notice import Notice, NoticeRead
from app.models.pairs import PairCount
from app.models.paper import Paper, PaperPrint, Series, WordingVersion
from app.models.people import AccountChange, Person
from app.models.posts import Unit, UnitPost
from app.models.reach import (
    Address,
    Choice,
    Delivery,
    DeliveryNotice,
    Gateway,
    GatewayState,
)
from app.models.reasons import Cover, Lifting, Reveal, TurnedDown
from app.models.redo import Responsibility
from app.models.reminder import Reminder
from app.models.reporting import (
    DayCount,
    FigureCount,
    FigureState,
    Report,
    ReportContest,
    ReportCount,
    ReportDraft,
    ReportRows,
)
from app.models.roster import Roster, Slip
from app.models.run import Run, RunTotal
from app.models.sent import SentForm
from app.models.setting import Setting, SlaRule
from app.models.sheet import Sheet, SheetFault, SheetProgress
from app.models.substitute import Substitute
from app.models.suggestion import Suggestion, SuggestionComment
from app.models.supervision import NamedPerson, Supervision, SupervisionList
from app.models.visit import Visit, VisitCode, VisitRecord
from app.models.waiting import narrow

SUBJECTS: dict[str, type[Any]] = {
    "case": Case,
    "assignment": Assignment,
    "request": Request,
    "reply": Reply,
    "reminder": Reminder,
    "supervision": Supervision,
    "visit": Visit,
    "referral": Referral,
}
"""The subjects that have a state, and their tables."""
narrow(Case.metadata.tables)

__all__ = [
    "OFFICE_CHAIN",
    "SUBJECTS",
    "Access",
    "AccountChange",
    "Address",
    "Article",
    "ArticlePair",
    "ArticleUse",
    "ArticleVersion",
    "Assignment",
    "CalendarDay",
    "CalendarProposal",
    "Caller",
    "Case",
    "Category",
    "Checkpoint",
    "CheckpointHead",
    "Choice",
    "Contact",
    "Cover",
    "DayCount",
    "Delivery",
    "DeliveryNotice",
    "Dossier",
    "Draft",
    "Event",
    "ExtraField",
    "ExtraValue",
    "FigureCount",
    "FigureState",
    "File",
    "Gateway",
    "GatewayState",
    "Handover",
    "Instruction",
    "InstructionNotice",
    "KeptView",
    "Lifting",
    "MailCursor",
    "MailLook",
    "Mailbox",
    "Message",
    "MessageFile",
    "MessageMedia",
    "MessageRaw",
    "NamedPerson",
    "Notice",
    "NoticeRead",
    "OfficeHead",
    "PairCount",
    "Paper",
    "PaperPrint",
    "Person",
    "Referral",
    "Reminder",
    "Reply",
    "Report",
    "ReportContest",
    "ReportCount",
    "ReportDraft",
    "ReportRows",
    "Request",
    "Responsibility",
    "Reveal",
    "Roster",
    "Run",
    "RunTotal",
    "SentForm",
    "Series",
    "Setting",
    "Sheet",
    "SheetFault",
    "SheetProgress",
    "SlaRule",
    "Slip",
    "Submission",
    "Substitute",
    "Suggestion",
    "SuggestionComment",
    "Supervision",
    "SupervisionList",
    "Supplement",
    "ToldAs",
    "TurnedDown",
    "Unit",
    "UnitPost",
    "Visit",
    "VisitCode",
    "VisitRecord",
    "WordingVersion",
]
