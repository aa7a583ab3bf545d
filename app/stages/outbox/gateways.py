"""Ways out: what IT proposes and a second person confirms; their secrets stand sealed, and are shown as
set or not set. [reach: "Secrets sealed in settings"]"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.channels.setup import built
from app.ledger import note_office
from app.models import Gateway
from app.models.reach import CALL
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.rules.telling import KINDS, SMS
from app.stages.proposals import proposed
from app.stages.secrets_sealed import opened, sealed

_NAME = re.compile(r"[a-z][a-z0-9-]{1,19}")
PURPOSE = "duban gateway"
MOST_SETTINGS = 8000


@dataclass(frozen=True)
class SetUp:
    """A way out in force, opened for who sends: its secrets stay out of the repr."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


def _pairs(field: str, said: str) -> dict[str, Any]:
    """A JSON object as it was typed. Raises NotAllowed."""
    try:
        read = json.loads(said) if said.strip() else {}
    except (ValueError, RecursionError):
        raise NotAllowed("field_wrong", field=field) from None
    if not isinstance(read, dict) or len(said) > MOST_SETTINGS:
        raise NotAllowed("field_wrong", field=field)
    return read


def _sealed(session: Session, name: str, secrets: Mapping[str, Any]) -> dict[str, str]:
    key: bytes = session.info["ledger_key"]
    if not all(isinstance(secret, str) for secret in secrets.values()):
        raise NotAllowed("field_wrong", field="secrets")
    return {
        word: sealed(key, PURPOSE, secret.encode(), f"gateway|{name}|{word}")
        for word, secret in secrets.items()
    }


def unsealed(session: Session, purpose: str, text: str, context: str) -> str:
    """What was sealed, with the key in use or one that was before it. Raises InvalidTag."""
    keys: list[bytes] = [session.info["ledger_key"], *session.info.get("retired_keys", ())]
    for key in keys[:-1]:
        with suppress(InvalidTag):
            return opened(key, purpose, text, context).decode()
    return opened(keys[-1], purpose, text, context).decode()


def in_force(session: Session) -> dict[str, Gateway]:
    """name -> the row of each way out that is in force, those that are switched off left out."""
    newest = (
        select(func.max(Gateway.id)).where(Gateway.approved_at.is_not(None)).group_by(Gateway.name)
    )
    rows = session.scalars(select(Gateway).where(Gateway.id.in_(newest)).order_by(Gateway.name))
    return {row.name: row for row in rows if row.active}


def set_up(session: Session, name: str) -> SetUp | None:
    """A way out in force with its secrets opened; None where there is none of this name."""
    row = in_force(session).get(name)
    if row is None:
        return None
    held: dict[str, str] = json.loads(row.secrets_sealed)
    secrets = {
        word: unsealed(session, PURPOSE, text, f"gateway|{name}|{word}")
        for word, text in held.items()
    }
    return SetUp(name, row.kind, json.loads(row.settings), secrets)


def propose_gateway(
    session: Session,
    now: datetime,
    actor: Actor,
    name: str,
    kind: str,
    settings: str = "",
    secrets: str = "",
    off: bool = False,
    reason: str = "",
) -> Gateway:
    """An IT administrator proposes a way out, a change of it, or to switch it `off`. A secret that is
    not typed anew stays the one in force."""
    if not _NAME.fullmatch(name) or name == CALL:
        raise NotAllowed("gateway_name_wrong")
    before = in_force(session).get(name)
    kept = json.loads(before.secrets_sealed) if before and before.kind == kind else {}
    typed, described = _pairs("secrets", secrets), _pairs("settings", settings)
    made = {**kept, **_sealed(session, name, typed)}
    if not off:
        # Whatever is wrong with it is said now, not when somebody should have been told.
        known = {**dict.fromkeys(kept, "https://set.invalid/"), **typed}
        built(kind, described, known, production=bool(session.info.get("production")))
    row = Gateway(
        name=name,
        kind=kind,
        settings=json.dumps(described, ensure_ascii=False, sort_keys=True),
        secrets_sealed=json.dumps(made, sort_keys=True),
        active=not off,
        reason=reason,
        proposed_at=now,
        proposed_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    note_office(session, now, actor, "gateway.proposed", _told(row))
    return row


def approve_gateway(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> Gateway:
    """A second person lets a proposed way out take effect, or turns it down."""
    row: Gateway = proposed(session, Gateway, proposal)
    if row.proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not accept:
        row.refused_at = now
        session.flush()
        note_office(session, now, actor, "gateway.refused", _told(row))
        return row
    row.approved_at, row.approved_by_id = now, actor.id
    session.flush()
    note_office(session, now, actor, "gateway.changed", _told(row))
    return row


def _told(row: Gateway) -> dict[str, Any]:
    return {"gateway": row.id, "name": row.name, "kind": row.kind, "active": row.active}


def carries(row: Gateway, kind: str) -> bool:
    """Whether a way out has words for a kind of notice: a text gateway those of its templates only."""
    return row.kind not in SMS or kind in json.loads(row.settings).get("templates", {})


__all__ = [
    "KINDS",
    "SetUp",
    "approve_gateway",
    "carries",
    "in_force",
    "propose_gateway",
    "set_up",
    "unsealed",
]
