"""Handling: what the member unit does between allocation and visit. Staff signs and drafts, the
head approves."""

from __future__ import annotations

from app.stages.handling.asking import request_extension, request_return
from app.stages.handling.drafts import draft, drafting, use_draft
from app.stages.handling.held import held_by
from app.stages.handling.promising import explain, reply_interim
from app.stages.handling.replying import clear_opinion, reply
from app.stages.handling.signing import decide_signing, first_response, sign_for

__all__ = [
    "clear_opinion",
    "decide_signing",
    "draft",
    "drafting",
    "explain",
    "first_response",
    "held_by",
    "reply",
    "reply_interim",
    "request_extension",
    "request_return",
    "sign_for",
    "use_draft",
]
