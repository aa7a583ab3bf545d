"""Outbox: people are told outside the panel - by text message, mail, robot or telephone - of what the
notices say. [reach, Out]

`gateways` are the ways out, `addresses` where people are reached and by which ways, `recipients` who is
meant; `taking` makes deliveries of notices, `callers` those for callers, `ways` say which way has something
to send, `sending` claims it, `outcomes` are what became of it, `noting` writes that into the record,
`deciding` is what people do about them."""

from __future__ import annotations

from app.stages.outbox.addresses import masked
from app.stages.outbox.callers import phone_of
from app.stages.outbox.gateways import SetUp, in_force, set_up
from app.stages.outbox.letters import fields_of_row, text_of
from app.stages.outbox.noting import note_ended, unnoted
from app.stages.outbox.outcomes import Result, record
from app.stages.outbox.recipients import telephone_of
from app.stages.outbox.sending import Claimed, claim, waiting_calls
from app.stages.outbox.taking import anything, ready_notices, take
from app.stages.outbox.ways import due_ways, let_go, state_of

__all__ = [
    "Claimed",
    "Result",
    "SetUp",
    "anything",
    "claim",
    "due_ways",
    "fields_of_row",
    "in_force",
    "let_go",
    "masked",
    "note_ended",
    "phone_of",
    "ready_notices",
    "record",
    "set_up",
    "state_of",
    "take",
    "telephone_of",
    "text_of",
    "unnoted",
    "waiting_calls",
]
