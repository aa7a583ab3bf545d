"""What the centre head words otherwise in a draft, and the cases that he chooses; the rule's own
text stays beside it. [5]"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import words
from app.ledger import note_office
from app.ledger.chain import canonical, content_hash
from app.models import ReportDraft
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.reporting.attention import MOST
from app.stages.reporting.draft import typical_cases
from app.stages.reporting.drafting import named
from app.stages.reporting.issue import lock_reports

PAPER = "zh"
"""The language of papers."""
SENTENCES = tuple(f"attention{n}" for n in range(1, MOST + 1))
"""The fields of the form, one a sentence."""
LONGEST, MOST_CASES = 200, 10
"""How many signs a sentence has at most, and how many cases are chosen."""
_BETWEEN = re.compile(r"\W+")


def key_of(sentence: Mapping[str, Any]) -> str:
    """By what a sentence is known when the figures are counted again: its rule and whose rows it
    leads to."""
    of = ",".join(f"{name}={value}" for name, value in sorted(sentence["of"].items()))
    return f"{sentence['rule']}:{of}"


def text_of(sentence: Mapping[str, Any], language: str = PAPER) -> str:
    """What a rule says."""
    rule, facts = sentence["rule"], dict(sentence["facts"])
    known = "" if facts.get("was", 0) is not None else "_alone"
    return words.word(f"attention.{rule}{known}", language, **facts)


def worded(figures: Mapping[str, Any], edited: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """The sentences as they are printed: (what is printed, what the rule said, the rule's sentence);
    one of the centre head's own has no rule."""
    told = [(edited.get(key_of(one)), text_of(one), one) for one in figures["attention"]]
    there = {key_of(one) for one in figures["attention"]}
    own = [(text, "", None) for key, text in sorted(edited.items()) if key not in there]
    return [(text or said, said, one) for text, said, one in told] + own


def word_report(
    session: Session, now: datetime, actor: Actor, id: int, typical: str = "", **said: str
) -> ReportDraft:
    """Word the sentences of a draft otherwise, and choose its typical cases by their numbers; what
    is empty, or as the rule says it, is the rule's."""
    lock_reports(session)
    draft = session.get(ReportDraft, id)
    if draft is None:
        raise NotAllowed("not_found")
    if draft.report_id is not None:
        raise NotAllowed("report_issued", kind=draft.kind, first=draft.first.isoformat())
    sentences = json.loads(draft.figures).get("attention")
    if sentences is None:
        raise NotAllowed("not_found")
    numbers = list(dict.fromkeys(filter(None, _BETWEEN.split(typical))))
    if len(numbers) > MOST_CASES:
        raise NotAllowed("typical_too_many", most=MOST_CASES)
    typical_cases(session, numbers)
    texts = [str(said.get(name) or "").strip() for name in SENTENCES]
    edited = {
        "attention": _edited(sentences, texts),
        "typical": numbers,
    }
    draft.edited = canonical(edited)
    session.flush()
    payload = {**named(draft), "sha256": content_hash(draft.edited)}
    note_office(session, now, actor, "report.worded", payload)
    return draft


def _edited(sentences: list[Mapping[str, Any]], texts: list[str]) -> dict[str, str]:
    """key -> the words of those that are not the rule's."""
    found = {}
    for place, text in enumerate(texts):
        rule = sentences[place] if place < len(sentences) else None
        if text and (rule is None or text != text_of(rule)):
            found[key_of(rule) if rule is not None else f"own:{place + 1}"] = text
    return found
