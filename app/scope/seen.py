"""The reach of a person: scopes by their roles, their own account and unit."""

from __future__ import annotations

from dataclasses import dataclass

from app.roles import Actor


@dataclass(frozen=True)
class Seen:
    """Which rows a request may see: its scopes, its person and their unit (0: none), whose notices;
    and whether they are known to see few cases."""

    scopes: frozenset[str]
    user: int
    unit: int
    room: bool
    log: bool
    told: tuple[str, ...]
    few: bool = False


NOTHING = Seen(frozenset(), 0, 0, False, False, ())
"""The reach of somebody who has not logged in."""


def seen_by(actor: Actor) -> Seen:
    """The reach of an actor."""
    unit = actor.unit_id or 0
    scopes = actor.scopes if unit else actor.scopes - {"unit"}
    own = [f"unit:{unit}"] if unit and "unit" in scopes else []
    told = (*sorted(actor.roles), *own, *([f"user:{actor.id}"] if actor.id else []))
    return Seen(
        scopes,
        actor.id or 0,
        unit,
        actor.is_a("officer", "supervision_head"),
        actor.is_a("log_auditor"),
        told,
    )
