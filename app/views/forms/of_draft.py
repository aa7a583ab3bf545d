"""What the form begins with in which the centre head words a report: its sentences as they would be
printed, and the cases that were chosen."""

from __future__ import annotations

import json

from werkzeug.datastructures import MultiDict

from app.models import ReportDraft
from app.stages.reporting.wording import SENTENCES, worded


def of_draft(draft: ReportDraft) -> MultiDict[str, str]:
    """The fields of the form as they stand on file; of a draft that was counted before there were
    sentences they are empty."""
    figures, edited = json.loads(draft.figures), json.loads(draft.edited)
    printed = worded(figures, edited.get("attention", {})) if "attention" in figures else []
    texts = [text for text, _, _ in printed]
    filled = dict(zip(SENTENCES, texts, strict=False))
    empty = dict.fromkeys(SENTENCES, "")
    return MultiDict({**empty, **filled, "typical": " ".join(edited.get("typical", []))})
