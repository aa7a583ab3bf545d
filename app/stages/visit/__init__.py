"""(6) visit. "Regularly visit by telephone, internet and on-site investigation; establish
authenticity of the result and satisfaction; record truthfully."
"""

from __future__ import annotations

from app.stages.visit.amending import amend_visit
from app.stages.visit.outcomes import METHODS, SATISFIED, SOLVED, TRUTHS, bad
from app.stages.visit.planning import plan
from app.stages.visit.recording import record_visit

__all__ = [
    "METHODS",
    "SATISFIED",
    "SOLVED",
    "TRUTHS",
    "amend_visit",
    "bad",
    "plan",
    "record_visit",
]
