"""Handling: what the member unit does between allocation and visit. Staff signs and drafts, the
head approves."""

from __future__ import annotations

from app.stages.handling.asking import request_extension, request_return
from app.stages.handling.drafts import (
    discard_draft,
    draft,
    draft_meant,
    draft_to_replace,
    drafting,
    send_back_draft,
    use_draft,
)
from app.stages.handling.held import held_by
from app.stages.handling.promising import explain, reply_interim
from app.stages.handling.replying import clear_opinion, reply
from app.stages.handling.signing import decide_signing, first_response, sign_for
from app.stages.handling.substitutes import colleagues, lenders, running

__all__ = [
    "clear_opinion",
    "colleagues",
    "decide_signing",
    "discard_draft",
    "draft",
    "draft_meant",
    "draft_to_replace",
    "drafting",
    "explain",
    "first_response",
    "held_by",
    "lenders",
    "reply",
    "reply_interim",
    "request_extension",
    "request_return",
    "running",
    "send_back_draft",
    "sign_for",
    "use_draft",
]
