"""The verbs of the inbox. To make a message a case is `register`, to join it to one `contact`, to
mark it empty `empty_message` of acceptance: each takes the message along."""

from __future__ import annotations

from app.roles import CENTRE
from app.stages.inbox.holding import answer_message, hand_back_message, take_message
from app.stages.inbox.mailboxes import SECURITY, SPEAKS, set_mailbox
from app.stages.inbox.sheets import hand_over_sheet
from app.stages.verb import NO_CASE, ROW, WORDS, Verb, choice, field

AT_THE_INBOX = ("operator", *CENTRE)
VERBS = (
    Verb(
        "take_message",
        run=take_message,
        on=NO_CASE,
        fields=(ROW,),
        roles=AT_THE_INBOX,
        event="message.taken",
    ),
    Verb(
        "hand_back_message",
        run=hand_back_message,
        on=NO_CASE,
        fields=(ROW,),
        roles=AT_THE_INBOX,
        event="message.handed_back",
    ),
    Verb(
        "answer_message",
        run=answer_message,
        on=NO_CASE,
        fields=(ROW, WORDS),
        roles=AT_THE_INBOX,
        event="message.answered",
    ),
    Verb(
        "set_mailbox",
        run=set_mailbox,
        on=NO_CASE,
        fields=(
            field("mailbox!", most=80),
            field("host!", most=253),
            field("login!", most=320),
            choice("speaks", SPEAKS),
            field("port", "int"),
            field("mailbox_password", most=200),
            field("folder", most=200),
            field("answers_from", most=254),
            field("smtp_host", most=253),
            field("smtp_port", "int"),
            choice("security", SECURITY),
            field("active", "bool"),
        ),
        roles=("it_admin",),
        event="mailbox.changed",
        guarded=True,
    ),
    Verb(
        "hand_over_sheet",
        run=hand_over_sheet,
        on=NO_CASE,
        fields=(
            field("sender!", most=80),
            field("name!", most=120),
            field("sha256!"),
            field("size!", "int"),
            field("media_type!"),
            field("columns!"),
        ),
        roles=AT_THE_INBOX,
        event="sheet.handed_over",
    ),
)
