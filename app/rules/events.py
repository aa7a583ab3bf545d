"""The event words: past participles after their subject, who is told, and which are counted day by
day."""

from __future__ import annotations


class Word(str):
    """One event word: whom it tells (`unit`: the assignment's unit; `user`: the account it is
    about; else a role) and whether it is counted. One that stands in no list is its verb's own."""

    tells: tuple[str, ...]
    counted: bool

    def __new__(cls, word: str, tells: tuple[str, ...] = (), counted: bool = False) -> Word:
        """The word with whom it tells."""
        made = super().__new__(cls, word)
        made.tells, made.counted = tells, counted
        return made


_WORDS = (
    Word("case.registered", ("allocator",), counted=True),
    Word("case.edited"),
    Word("case.contacted", counted=True),
    Word("case.repeated", ("unit", "allocator"), counted=True),
    Word("case.reopened", ("allocator", "examiner")),
    Word("case.refusal_proposed", ("allocator",)),
    Word("case.refused", counted=True),
    Word("case.handed_on", counted=True),
    Word("case.merged"),
    Word("case.took_over", ("allocator",)),
    Word("case.split"),
    Word("case.withdrawn", ("centre_head",)),
    Word("case.reclassified", ("unit",)),
    Word("case.lifting_proposed", ("centre_head",)),
    Word("case.lifted", ("unit", "allocator")),
    Word("case.lifting_refused", ("allocator",)),
    Word("case.answered", counted=True),
    Word("case.praised", ("unit",)),
    Word("case.allocated"),
    Word("case.submitted", ("leader",)),
    Word("case.instructed", ("unit", "allocator")),
    Word("case.filed"),
    Word("instruction.issued", ("unit",)),
    Word("case.unallocated", ("allocator",)),
    Word("case.replied", ("examiner",)),
    Word("case.sent_back"),
    Word("case.examined", ("visitor",)),
    Word("case.visited"),
    Word("case.disputed", ("examiner",)),
    Word("case.redo_ordered", ("unit",), counted=True),
    Word("case.redo_failed", ("centre_head",)),
    Word("case.closed", counted=True),
    Word("case.attached"),
    Word("case.covered"),
    Word("file.opened"),
    Word("contact.recorded"),
    Word("caller.flagged", ("centre_head",)),
    Word("caller.revealed", ("log_auditor",)),
    Word("caller.revealed_often", ("log_auditor",)),
    Word("caller.looked_up"),
    Word("caller.looked_up_often", ("log_auditor",)),
    Word("suggestion.marked", ("centre_head",)),
    Word("suggestion.screened", counted=True),
    Word("suggestion.commented", ("centre_head", "allocator")),
    Word("assignment.allocated", ("unit",), counted=True),
    Word("assignment.signed", counted=True),
    Word("assignment.auto_signed", ("unit",), counted=True),
    Word("assignment.responded"),
    Word("assignment.warned", ("unit",)),
    Word("assignment.overdue", ("unit",), counted=True),
    Word("assignment.replied", counted=True),
    Word("assignment.reply_refused", ("unit",)),
    Word("assignment.accepted", counted=True),
    Word("assignment.return_asked", ("allocator",)),
    Word("assignment.returned", counted=True),
    Word("assignment.return_refused", ("unit",), counted=True),
    Word("assignment.cancelled", ("unit",)),
    Word("assignment.moved", ("unit",)),
    Word("assignment.succeeded", ("unit",)),
    Word("request.filed", ("allocator",)),
    Word("request.accepted", ("unit",)),
    Word("request.refused", ("unit",)),
    Word("request.withdrawn"),
    Word("reply.filed"),
    Word("reply.passed"),
    Word("reply.refused"),
    Word("reply.withdrawn"),
    Word("draft.made", ("unit",)),
    Word("reminder.issued", ("unit",), counted=True),
    Word("reminder.satisfied"),
    Word("reminder.reopened", ("unit",)),
    Word("reminder.lapsed", ("unit", "centre_head"), counted=True),
    Word("reminder.voided", ("unit",)),
    Word("supervision.watched", ("centre_head",)),
    Word("supervision.proposed", ("officer",)),
    Word("supervision.listed", ("officer", "unit"), counted=True),
    Word("supervision.struck", ("officer",)),
    Word("supervision.opened", ("unit",), counted=True),
    Word("supervision.declined", ("centre_head",)),
    Word("supervision.deferred"),
    Word("supervision.fed_back", ("officer",)),
    Word("supervision.overdue", ("officer", "unit")),
    Word("supervision.cleared", ("unit",)),
    Word("supervision.reissued", ("unit",)),
    Word("supervision.found", ("supervision_head",)),
    Word("supervision.confirmed", ("unit",)),
    Word("supervision.sent_back", ("officer",)),
    Word("supervision.stated", ("officer",)),
    Word("supervision.heard", ("officer",)),
    Word("supervision.concluded", ("unit",)),
    Word("supervision.review_asked", ("supervision_head",)),
    Word("supervision.review_ruled", ("unit", "officer")),
    Word("supervision.referred", counted=True),
    Word("supervision.closed", ("unit",)),
    Word("visit.planned"),
    Word("visit.attempted"),
    Word("visit.recorded", counted=True),
    Word("visit.unreachable"),
    Word("visit.not_applicable"),
    Word("visit.amended"),
    Word("referral.drafted", ("officer",)),
    Word("referral.completed", ("supervision_head",)),
    Word("referral.reviewed", ("leader",)),
    Word("referral.approved", ("officer",)),
    Word("referral.sent_back", ("officer",)),
    Word("referral.sealed"),
    Word("referral.sent", ("committee",)),
    Word("referral.received"),
    Word("referral.outcome", ("supervision_head",)),
    Word("referral.supplemented", ("committee",)),
    Word("referral.closed"),
    Word("referral.abandoned", ("officer",)),
    Word("referral.made", ("officer",)),
    Word("paper.opened"),
    Word("clock.moved", ("unit",)),
    Word("centre.overdue", ("allocator", "centre_head")),
    Word("room.overdue", ("supervision_head",)),
    Word("list.issued", ("officer",)),
    Word("report.drafted", ("centre_head", "unit_head")),
    Word("report.contested", ("centre_head",)),
    Word("report.issued", ("leader",)),
    Word("report.reissued", ("leader",)),
    Word("calendar.proposed", ("centre_head",)),
    Word("calendar.loaded", ("allocator",)),
    Word("calendar.refused"),
    Word("rule.refused"),
    Word("rule.proposed", ("centre_head",)),
    Word("rule.changed", ("allocator",)),
    Word("unit.succeeded"),
    Word("unit.changed"),
    Word("post.changed"),
    Word("category.changed"),
    Word("setting.changed"),
    Word("row.saved"),
    Word("account.proposed", ("centre_head", "log_auditor")),
    Word("account.confirmed", ("it_admin", "log_auditor")),
    Word("account.refused", ("it_admin", "log_auditor")),
    Word("user.changed", ("log_auditor", "user")),
    Word("user.added_from_shell", ("centre_head", "it_admin", "log_auditor")),
    Word("user.password_reset", ("log_auditor", "user")),
    Word("user.password_reset_from_shell", ("centre_head", "log_auditor", "user")),
    Word("user.password_changed", ("log_auditor",)),
    Word("user.factor_set", ("log_auditor",)),
    Word("user.factor_reset", ("log_auditor", "user")),
    Word("user.factor_reset_from_shell", ("centre_head", "it_admin", "log_auditor", "user")),
    Word("user.unlocked_from_shell", ("centre_head", "log_auditor")),
    Word("user.locked", ("it_admin", "log_auditor")),
    Word("role.changed", ("log_auditor",)),
    Word("key.registered"),
    Word("key.added", ("it_admin", "log_auditor")),
    Word("file.lost", ("it_admin", "log_auditor")),
    Word("record.sealed"),
    Word("record.baseline"),
)
EVENTS: dict[str, Word] = {str(word): word for word in _WORDS}
"""Every event that the ledger may write, but for those that verbs bring themselves; another word is
a programming error."""

COUNTED = frozenset(word for word, said in EVENTS.items() if said.counted)
"""The words that the day x unit x category summary counts."""


def known(word: str) -> Word:
    """An event word with whom it tells: one of the list, or the one that a verb brings. ValueError
    where it is neither."""
    if isinstance(word, Word):
        return word
    if word not in EVENTS:
        raise ValueError(f"no such event word: {word}")
    return EVENTS[word]
