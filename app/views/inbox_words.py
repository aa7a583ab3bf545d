"""What the pages of the inbox say, by word of the record: ids of messages, each written out."""

from __future__ import annotations

FACTS = {
    "source": "inbox.fact.source",
    "sender": "inbox.fact.sender",
    "name": "inbox.fact.name",
    "phone": "inbox.fact.phone",
    "place": "inbox.fact.place",
    "kind": "inbox.fact.kind",
    "received_at": "inbox.fact.received_at",
    "receipt": "inbox.fact.receipt",
    "stands": "inbox.stands",
    "answer": "inbox.fact.answer",
    "anonymous": "inbox.fact.anonymous",
    "confidential": "inbox.fact.confidential",
}
"""A fact of a message -> its label."""
NOTES = {
    "headers_only": "inbox.note.headers_only",
    "too_large": "inbox.note.too_large",
    "text_cut": "inbox.note.text_cut",
    "charset_unknown": "inbox.note.charset_unknown",
    "files_left_out": "inbox.note.files_left_out",
}
"""What could not be had of a mail -> the sentence that says so."""
TOLD = {
    "due": "inbox.told.due",
    "sent": "inbox.told.sent",
    "answer_due": "inbox.told.answer_due",
    "answer_sent": "inbox.told.answer_sent",
    "once_a_day": "inbox.told.once_a_day",
    "no_address": "inbox.told.no_address",
    "auto": "inbox.told.auto",
    "list": "inbox.told.list",
    "bounce": "inbox.told.bounce",
    "own": "inbox.told.own",
}
"""How the sender of a mail was told -> the sentence that says so."""
NOT_TOLD = "inbox.told.failed"
"""The same where it could not be."""
MAILBOX = {
    "": "inbox.mailbox.read",
    "credentials_wrong": "inbox.mailbox.credentials_wrong",
    "certificate_wrong": "inbox.mailbox.certificate_wrong",
    "not_reached": "inbox.mailbox.not_reached",
    "timed_out": "inbox.mailbox.timed_out",
    "address_inside": "inbox.mailbox.address_inside",
    "address_unknown": "inbox.mailbox.address_unknown",
    "address_in_the_clear": "inbox.mailbox.address_in_the_clear",
}
"""What came of looking into a mailbox -> the words for it."""
MAILBOX_UNREAD, MAILBOX_NEVER = "inbox.mailbox.unread", "inbox.mailbox.never"
COLUMNS = {
    "number": "inbox.sheet.number",
    "words": "inbox.sheet.words",
    "subject": "inbox.sheet.subject",
    "at": "inbox.sheet.at",
    "name": "inbox.sheet.name",
    "phone": "inbox.sheet.phone",
    "place": "inbox.sheet.place",
    "kind": "inbox.sheet.kind",
}
"""What a column of a sheet may say -> its label."""
HEADINGS = {
    "number": "inbox.sheet.headings.number",
    "words": "inbox.sheet.headings.words",
    "subject": "inbox.sheet.headings.subject",
    "at": "inbox.sheet.headings.at",
    "name": "inbox.sheet.headings.name",
    "phone": "inbox.sheet.headings.phone",
    "place": "inbox.sheet.headings.place",
    "kind": "inbox.sheet.headings.kind",
}
"""The same -> what such columns are mostly called, with blanks between."""
ADDED = (
    "inbox.sheet.added.number",
    "inbox.sheet.added.state",
    "inbox.sheet.added.answer",
    "inbox.sheet.added.due",
)
"""The columns that are added to a sheet."""
