"""The verbs of acceptance, with how the fields of their forms become those of their functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import Case
from app.models.columns import facts_of
from app.roles import AT_THE_CENTRE, CENTRE, ROOM, UNIT_ROLES, Actor
from app.rules import limits
from app.rules.workflow import OPEN_CASE, UNALLOCATED
from app.stages import files
from app.stages.acceptance.contacts import CONTACT_KINDS, contact
from app.stages.acceptance.covering import cover
from app.stages.acceptance.looking_up import look_up
from app.stages.acceptance.merging import merge, withdraw
from app.stages.acceptance.messages import (
    empty_message,
    joined,
    joined_to,
    made_case,
    of_message,
)
from app.stages.acceptance.refusals import LINES, REFUSALS, confirm_refusal, hand_on, refuse
from app.stages.acceptance.registration import FACTS, edit_case, register, split
from app.stages.acceptance.reveals import PURPOSES, reveal
from app.stages.acceptance.suggestions import screen_suggestion
from app.stages.inbox import in_hand
from app.stages.inbox.verbs import AT_THE_INBOX
from app.stages.named import category_named, with_category
from app.stages.verb import (
    ACCEPT,
    NO_CASE,
    REASON,
    ROW,
    WORDS,
    Field,
    Rows,
    Verb,
    case,
    choice,
    field,
    of_facts,
    only,
    resting,
)
from app.words import Message

_AT_THE_DOOR = ("operator", *CENTRE)


def _caller(values: dict[str, Any]) -> dict[str, Any]:
    """The form's caller as the stage takes them: name and phone, and which person of the number
    they are."""
    caller = values.pop("caller", None) or {}
    named = {"caller_name": "name", "caller_phone": "phone", "same_person": "person"}
    return {**values, **{name: str(caller.get(part) or "") for name, part in named.items()}}


def _register(session: Session, now: datetime, actor: Actor, **values: Any) -> Case:
    complained = values.pop("complained_unit", None)
    if complained is not None:
        values["complained_unit_id"] = complained.id
    name = values.pop("category", None)
    if name:
        values["category"] = category_named(name)
    id = values.pop("message", None)
    values = _caller(values)
    if id is None:
        return register(session, now, actor, **values)
    row = in_hand(session, actor, id)
    case = register(session, now, actor, **of_message(row, values))
    made_case(session, now, actor, row, case)
    return case


def _edit_case(session: Session, now: datetime, actor: Actor, case: Case, **values: Any) -> Case:
    if "complained_unit" in values:
        complained = values.pop("complained_unit")
        values["complained_unit_id"] = complained.id if complained is not None else None
    caller = dict(values.pop("caller", None) or {})
    person = str(caller.pop("person", ""))
    values = with_category(session, values)
    return edit_case(session, now, actor, case, caller=caller, same_person=person, **values)


def _contact(
    session: Session, now: datetime, actor: Actor, case: Case | None = None, **values: Any
) -> Any:
    id = values.pop("message", None)
    values = _caller(values)
    if id is None:
        return contact(session, now, actor, case, **values)
    onto = joined_to(case, values["kind"])
    row = in_hand(session, actor, id)
    made = contact(session, now, actor, onto, **of_message(row, values))
    joined(session, now, actor, row, onto, made)
    return made


def _no_proposal(fitting: Sequence[Any], rows: Rows) -> Message | None:
    proposed = any(row.refusal_reason is not None for row in fitting)
    return None if proposed else Message("why.no_refusal")


def _no_suggestion(fitting: Sequence[Any], rows: Rows) -> Message | None:
    return None if any(row.suggestion for row in fitting) else Message("why.no_suggestion")


_REGISTER: tuple[Field, ...] = (
    choice("kind!", limits.KINDS),
    field("narrative!"),
    choice("channel", limits.CHANNELS),
    choice("urgency", limits.URGENCIES),
    field("complex", "bool"),
    field("anonymous", "bool"),
    field("confidential", "bool"),
    field("caller", "caller"),
    field("leader", "leader"),
    field("received_at", "moment"),
    field("wants_reply", "bool"),
    field("category"),
    field("place"),
    field("complained_unit", "unit"),
    field("complained_person"),
    field("demand"),
    field("dangerous", "bool"),
    field("paper_form"),
    field("repeat_check"),
    field("suggestion", "bool"),
    field("message", "int"),
    *of_facts(Case),
)
_EDIT = tuple(
    replace(each, required=False, clears=each.kind in ("text", "unit", "caller"))
    for each in _REGISTER
    if f"{each.name}_id" in FACTS or each.name in FACTS or each.name in facts_of(Case)
)
_CONTACT = (
    choice("kind!", CONTACT_KINDS),
    choice("channel", limits.CHANNELS),
    field("words"),
    field("caller", "caller"),
    field("received_at", "moment"),
    field("message", "int"),
)

VERBS = (
    Verb(
        "register",
        run=_register,
        on=NO_CASE,
        fields=_REGISTER,
        roles=("operator", "centre_head"),
        event=("case.registered", "message.made_case"),
        extends="case",
    ),
    Verb(
        "edit_case",
        run=_edit_case,
        on=case(UNALLOCATED),
        fields=_EDIT,
        roles=_AT_THE_DOOR,
        event="case.edited",
        extends="case",
    ),
    Verb(
        "contact",
        run=_contact,
        on=case((*OPEN_CASE, "closed", "merged"), decides=True),
        fields=_CONTACT,
        roles=_AT_THE_DOOR,
        event=(
            "case.contacted",
            "case.repeated",
            "case.reopened",
            "contact.recorded",
            "message.joined",
        ),
        alone=True,
        holds=True,
        extends="contact",
    ),
    Verb(
        "empty_message",
        run=empty_message,
        on=NO_CASE,
        fields=(ROW,),
        roles=AT_THE_INBOX,
        event="message.emptied",
    ),
    Verb(
        "merge",
        run=merge,
        on=case(OPEN_CASE, decides=True),
        fields=(field("into!", "case"),),
        roles=CENTRE,
        event="case.merged",
    ),
    Verb(
        "split",
        run=split,
        on=case(OPEN_CASE, decides=True),
        fields=(field("parts!", "parts"),),
        roles=CENTRE,
        event="case.split",
    ),
    Verb(
        "refuse",
        run=refuse,
        on=case(UNALLOCATED),
        fields=(
            choice("reason!", REFUSALS),
            WORDS,
            only(field("re_explained", "bool"), "reason", "no_new_fact"),
        ),
        roles=_AT_THE_DOOR,
        event=("case.refusal_proposed", "case.refused"),
    ),
    Verb(
        "confirm_refusal",
        run=confirm_refusal,
        on=resting(
            case(UNALLOCATED, decides=True),
            "case.refusal_proposed",
            "case.edited",
            "case.reclassified",
        ),
        fields=(ACCEPT,),
        roles=CENTRE,
        event=("case.refused", "case.edited"),
        against=_no_proposal,
    ),
    Verb(
        "hand_on",
        run=hand_on,
        on=case(UNALLOCATED),
        fields=(choice("line!", LINES),),
        roles=("operator", "centre_head"),
        event="case.handed_on",
    ),
    Verb(
        "withdraw",
        run=withdraw,
        on=case(OPEN_CASE, decides=True),
        fields=(REASON,),
        roles=CENTRE,
        event="case.withdrawn",
    ),
    Verb(
        "screen_suggestion",
        run=screen_suggestion,
        on=case(),
        fields=(field("keep!", "bool"), WORDS),
        roles=("centre_head",),
        event="suggestion.screened",
    ),
    *files.VERBS,
    Verb(
        "reveal",
        run=reveal,
        on=case(),
        fields=(choice("purpose!", PURPOSES), field("reason")),
        roles=(*CENTRE, "visitor", *UNIT_ROLES, *ROOM),
        event="caller.revealed",
    ),
    Verb(
        "look_up",
        run=look_up,
        on=NO_CASE,
        fields=(field("number!"), field("name", most=80)),
        roles=_AT_THE_DOOR,
        event=("caller.looked_up", "caller.looked_up_often"),
    ),
    Verb(
        "cover",
        run=cover,
        on=case(),
        fields=(field("more", "names"), field("less", "names")),
        roles=(*AT_THE_CENTRE, *ROOM),
        event="case.covered",
    ),
)
