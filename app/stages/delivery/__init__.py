"""Service 送达: when a paper reached its unit, and the proof of it."""

from app.stages.delivery.proof import Proof, keep_service
from app.stages.delivery.serving import (
    ACTED,
    ISSUED,
    NOTICES,
    OPENED,
    Key,
    Service,
    of_cases,
    of_row,
    open_notice,
)

__all__ = [
    "ACTED",
    "ISSUED",
    "Key",
    "NOTICES",
    "OPENED",
    "Proof",
    "Service",
    "keep_service",
    "of_cases",
    "of_row",
    "open_notice",
]
