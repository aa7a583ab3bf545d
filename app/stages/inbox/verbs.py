"""The verbs of the inbox. To make a message a case is `register`, to join it to one `contact`, to
mark it empty `empty_message` of acceptance: each takes the message along."""

from __future__ import annotations

from app.roles import CENTRE
from app.stages.inbox.holding import answer_message, hand_back_message, take_message
from app.stages.verb import NO_CASE, ROW, WORDS, Verb

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
)
