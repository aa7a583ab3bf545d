"""Which paper is laid out by which function: kind -> facts to page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.papers import carried, digests, forms, lists, notices, verifying, volume
from app.papers.blocks import Page

LAYOUTS: dict[str, Callable[[Mapping[str, Any]], Page]] = {
    "allocation": notices.allocation,
    "redo": notices.redo,
    "instruction": notices.instruction,
    "reminder": notices.reminder,
    "supervision": notices.supervision,
    "conclusion": notices.conclusion,
    "submission": forms.submission,
    "visit": forms.visit,
    "responsibility": forms.responsibility,
    "service": forms.service,
    "list": lists.supervision_list,
    "referral": notices.letter,
    "handover": carried.handover,
    "receipt": forms.receipt,
    "suggestions": digests.suggestions,
    "scores": digests.scores,
    "dossier": volume.dossier,
    "identity": volume.identity,
    "verify": verifying.verify_page,
}
"""Every paper that the press can print."""
