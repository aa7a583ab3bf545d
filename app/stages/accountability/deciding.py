"""What the bot decides of referrals: when a dossier is drafted, when the room is late."""

from __future__ import annotations

from app.models.columns import clock
from app.rules.facts import CaseFacts, Effect, ReferralFacts, SupervisionFacts
from app.rules.office import Office
from app.stages.supervision import review_open

TO_SEND = ("approved", "sealed")
"""The states of a referral whose clock is the one to send it; so is a draft's that nobody has
completed yet."""


def decide_draft(case: CaseFacts, row: SupervisionFacts, office: Office) -> list[Effect]:
    """The bot drafts the dossier at the first working-day sweep after the conclusion, once per
    item."""
    if row.state != "concluded" or not office.calendar.is_workday(office.now.date()):
        return []
    if (
        any(referral.supervision_id == row.id for referral in case.referrals)
        or row.confirmed_at is None
    ):
        return []
    send_by = office.calendar.run(
        row.confirmed_at.date(), office.kept(case.allocated_at).send_workdays
    )
    columns = {
        "case_id": case.id,
        "assignment_id": row.assignment_id,
        "supervision_id": row.id,
        "unit_id": row.unit_id,
        "drafted_at": office.now,
        **clock("send_by", send_by),
        **clock("own", send_by),
    }
    payload = {"send_by": send_by.on.isoformat(), "ground": row.ground}
    return [Effect("referral.drafted", "referral", None, "drafted", columns, payload, row.unit_id)]


def decide_referral_overdue(case: CaseFacts, row: ReferralFacts, office: Office) -> list[Effect]:
    """The room's own clock on a referral, or the time to send it, has run out: a red list of its
    own. While a review is open the sending is held, and not late."""
    if row.state in ("closed", "abandoned") or row.own_at is None or _sending_held(case, row):
        return []
    if office.now < row.own_at or row.own_overdue_for == row.own_at:
        return []
    payload = {"task": f"referral.{row.state}", "true_at": row.own_at.isoformat()}
    return [Effect("room.overdue", "referral", row, None, {"own_overdue_for": row.own_at}, payload)]


def _sending_held(case: CaseFacts, row: ReferralFacts) -> bool:
    """Whether the clock of a referral is the one to send it, and a review of its item is open."""
    to_send = row.state in TO_SEND or (row.state == "drafted" and row.completed_at is None)
    return to_send and any(
        item.id == row.supervision_id and review_open(item) for item in case.supervision
    )
