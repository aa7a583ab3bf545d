"""(8) accountability. "Units and responsible persons who are perfunctory, do not act or fail their
duties are, after being supervised, handed to the county supervisory committee." Never straight from
hotline data.
"""

from __future__ import annotations

from app.stages.accountability.approving import (
    approve_referral,
    complete_referral,
    open_paper,
    opened_since_review,
    review_referral,
    send_back_referral,
)
from app.stages.accountability.carrying import carry_dossier
from app.stages.accountability.deciding import decide_draft, decide_referral_overdue
from app.stages.accountability.referrals import referral_meant
from app.stages.accountability.sealing import (
    Made,
    draft_contents,
    record_dossier,
    seal_referral,
    snapshots,
)
from app.stages.accountability.sending import (
    OUTCOMES,
    abandon_referral,
    record_outcome,
    record_receipt,
    send_referral,
    supplement_referral,
)

__all__ = [
    "Made",
    "OUTCOMES",
    "abandon_referral",
    "approve_referral",
    "carry_dossier",
    "complete_referral",
    "decide_draft",
    "decide_referral_overdue",
    "draft_contents",
    "open_paper",
    "opened_since_review",
    "record_dossier",
    "record_outcome",
    "record_receipt",
    "referral_meant",
    "review_referral",
    "seal_referral",
    "send_back_referral",
    "send_referral",
    "snapshots",
    "supplement_referral",
]
