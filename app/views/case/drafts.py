"""The drafts of a unit's staff on the page of a case: where each is approved, or drafted anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from app import words
from app.models import Case
from app.verbs import VERBS
from app.views.actor import actor, language


def drafts_of(case: Case, rows: Mapping[str, Sequence[Any]]) -> list[dict[str, str]]:
    """What staff drafted and the head has not used: who may approve it is led there, who drafts to
    what was sent back; others read how it stands."""
    return [_told(case, row) for row in rows.get("draft", ())]


def _told(case: Case, row: Any) -> dict[str, str]:
    tongue, rights = language(), actor().rights
    waits = row.state == "waiting"
    verb = row.kind if waits else VERBS[row.kind].draft
    state = words.state("draft", row.state, tongue)
    return {
        "label": words.aside(words.title(row.kind, tongue), state, tongue),
        "at": row.at.strftime("%m-%d %H:%M"),
        "href": url_for(f"Verbs.{verb}", case=case.id, draft=row.id) if verb in rights else "",
    }
