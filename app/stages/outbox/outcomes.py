"""What became of deliveries, written down one by one, so that a sudden death repeats one message at
most.

A way that is out of order uses up no tries; a message whose answer was lost is sent again under the
same key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.models import Delivery, GatewayState
from app.rules.telling import LEASE, LOST_IN_A_ROW, SILENCE, TRIES, pause_after, wait_after
from app.stages.outbox.ways import state_of

HAD_ENOUGH = "receiver_had_enough"


@dataclass(frozen=True)
class Result:
    """What became of a message, as a way out tells it. [app.channels.channel.Sent]"""

    outcome: str
    code: str
    reference: str = ""
    theirs: str = ""
    again_in: int = 0


def end(row: Delivery, now: datetime, stands: str) -> None:
    """Let a delivery stand ended so; its end is to be written into the record anew."""
    row.stands, row.ended_at, row.lease, row.lease_until = stands, now, "", None
    row.noted_at = None


def record(
    session: Session, now: datetime, name: str, sender: str, id: int, result: Result
) -> bool:
    """Write down what became of one message; whether the way takes more. Nothing where the lease is
    somebody else's by now."""
    state = state_of(session, name, lock=True)
    row = session.get_one(Delivery, id, with_for_update=True, populate_existing=True)
    if row.lease != sender or row.stands != "sending":
        return False
    row.error = "" if result.outcome == "taken" else result.code
    row.theirs = result.theirs
    goes_on = _OUTCOMES[result.outcome](row, state, now, result)
    if goes_on:
        state.held_until = now + LEASE
    session.flush()
    return goes_on


def _works(state: GatewayState) -> None:
    state.paused_since, state.paused_until, state.why = None, None, ""
    state.failures, state.lost = 0, 0


def _taken(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    end(row, now, "taken")
    row.reference = result.reference[:64]
    row.attempts += 1
    _works(state)
    return True


def _refused(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """Dead at once: the way itself works."""
    end(row, now, "dead")
    row.attempts += 1
    _works(state)
    return True


def _waits(row: Delivery, until: datetime) -> None:
    row.stands, row.lease, row.lease_until, row.next_try_at = "waiting", "", None, until


def _pause(state: GatewayState, now: datetime, result: Result) -> None:
    state.failures += 1
    state.paused_since = state.paused_since or now
    state.why = result.code
    wait = timedelta(seconds=result.again_in) if result.again_in else pause_after(state.failures)
    state.paused_until = now + wait


def _away(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """The way is out of order, which uses up no try."""
    _waits(row, now)
    _pause(state, now, result)
    return False


def _busy(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """Too many at once: silence, and no try is used up."""
    wait = timedelta(seconds=result.again_in) if result.again_in else SILENCE
    if result.code == HAD_ENOUGH:  # only this receiver has to wait
        _waits(row, now + wait)
        return True
    _waits(row, now)
    state.why, state.silent_until = result.code, now + wait
    return False


def _unknown(row: Delivery, state: GatewayState, now: datetime, result: Result) -> bool:
    """结果未知: tried again under the same key, so often and no more; a way that loses one answer after
    another rests."""
    row.attempts += 1
    state.lost += 1
    if row.attempts >= TRIES:
        end(row, now, "dead")
    else:
        _waits(row, now + wait_after(row.attempts))
        row.stands = "unknown"
    if state.lost < LOST_IN_A_ROW and state.paused_until is None:
        return True
    _pause(state, now, result)
    return False


_OUTCOMES = {
    "taken": _taken,
    "refused": _refused,
    "away": _away,
    "busy": _busy,
    "unknown": _unknown,
}
