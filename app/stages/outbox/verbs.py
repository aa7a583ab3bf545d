"""The verbs of ways out, addresses and deliveries."""

from __future__ import annotations

from functools import partial

from app.models import Gateway
from app.roles import CENTRE
from app.rules.telling import CHOSEN, KINDS
from app.stages.outbox.addresses import ADDRESSES, choose_ways, set_address
from app.stages.outbox.deciding import (
    call_instead,
    drop_delivery,
    record_call,
    retry_delivery,
    test_gateway,
)
from app.stages.outbox.gateways import approve_gateway, propose_gateway
from app.stages.verb import ACCEPT, NO_CASE, REASON, ROW, Verb, choice, field, proposals

_by_it = partial(Verb, on=NO_CASE, roles=("it_admin",))
_of_centre = partial(Verb, on=NO_CASE, roles=CENTRE)

VERBS = (
    _by_it(
        "propose_gateway",
        run=propose_gateway,
        fields=(
            field("name!", most=20),
            choice("kind!", KINDS),
            field("settings"),
            field("secrets"),
            field("off", "bool"),
            field("reason"),
        ),
        event="gateway.proposed",
    ),
    Verb(
        "approve_gateway",
        run=approve_gateway,
        on=proposals(Gateway),
        fields=(ACCEPT,),
        roles=("centre_head",),
        event=("gateway.changed", "gateway.refused"),
        guarded=True,
    ),
    Verb(
        "test_gateway",
        run=test_gateway,
        on=NO_CASE,
        fields=(field("name!", most=20),),
        roles=("it_admin", "centre_head"),
        event="gateway.tested",
    ),
    Verb(
        "set_address",
        run=set_address,
        on=NO_CASE,
        fields=(
            field("unit", "unit"),
            field("post", "int"),
            field("username"),
            choice("kind!", ADDRESSES),
            field("value", most=400),
        ),
        roles=("it_admin", "unit_head"),
        event="address.changed",
    ),
    _by_it(
        "choose_ways",
        run=choose_ways,
        fields=(field("unit", "unit"), choice("notice!", CHOSEN), field("ways", most=200)),
        event="way.chosen",
    ),
    _of_centre("retry_delivery", run=retry_delivery, fields=(ROW,), event="delivery.retried"),
    _of_centre("drop_delivery", run=drop_delivery, fields=(ROW, REASON), event="delivery.dropped"),
    _of_centre("call_instead", run=call_instead, fields=(ROW,), event="delivery.to_call"),
    Verb(
        "record_call",
        run=record_call,
        on=NO_CASE,
        fields=(
            ROW,
            field("reached!", most=80),
            field("called_at", "moment"),
            field("words"),
        ),
        roles=("operator", *CENTRE),
        event="delivery.called",
    ),
)
