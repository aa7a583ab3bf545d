"""Which paper is laid out by which function: kind -> facts to page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.papers import lists, notices, volume
from app.papers.blocks import Page

LAYOUTS: dict[str, Callable[[Mapping[str, Any]], Page]] = {
    "allocation": notices.allocation,
    "redo": notices.redo,
    "instruction": notices.instruction,
    "reminder": notices.reminder,
    "supervision": notices.supervision,
    "list": lists.supervision_list,
    "referral": notices.letter,
    "dossier": volume.dossier,
    "identity": volume.identity,
}
"""Every paper that the press can print."""
