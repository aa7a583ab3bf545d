"""Answers on file beside a form: found by the words of the case, or by others; a button puts the text of
one into the answer, and which version it was goes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.models import ArticleVersion, Case
from app.models.sessions import UNSCOPED
from app.stages.allocation import DIRECT_KINDS
from app.stages.articles import Found, found
from app.verbs import Verb
from app.views.actor import actor, key_typed, now, reader

ARTICLE = "article"
"""What the button of an article sends: the id of its version; 0 to look for others."""
SOUGHT = "article_words"
"""The field with the words that articles are looked for by."""
USED = "articles"
"""The field of the versions that were put in, one a line."""
FILLS = {"answer_directly": "answer"}
"""verb -> the field of its form that articles go into."""
LOOKED_AT = 1000
"""So many signs of what is said are looked for."""


@dataclass(frozen=True)
class Beside:
    """What a form shows of the articles: those found, by which words where they were typed."""

    found: list[Found]
    sought: str
    used: tuple[int, ...]


def inserts(verb: Verb, typed: Mapping[str, str]) -> bool:
    """Whether a form was sent to have an article put in, and not to be done."""
    return verb.name in FILLS and ARTICLE in typed


def with_article(verb: Verb, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, with the text of the article that was chosen behind it, once, and its version
    among those used."""
    if not inserts(verb, typed):
        return typed
    filled = MultiDict(list(typed.items(multi=True)))
    version = _approved(key_typed(filled.pop(ARTICLE)))
    if version is not None:
        name = FILLS[verb.name]
        before = filled.get(name, "").strip()
        if version.text not in before:
            filled[name] = "\n".join(filter(None, (before, version.text)))
        filled[USED] = "\n".join(map(str, dict.fromkeys([*used_in(filled), version.id])))
    return filled


def used_in(typed: Mapping[str, str]) -> list[int]:
    """The versions that a form says were used."""
    return [id for id in map(key_typed, typed.get(USED, "").split()) if id]


def _approved(id: int) -> ArticleVersion | None:
    query = select(ArticleVersion).where(
        ArticleVersion.id == id, ArticleVersion.approved_at.is_not(None)
    )
    return reader().scalars(query.execution_options(**UNSCOPED)).first()


def beside(verb: Verb, case: Case | None, typed: Mapping[str, str]) -> Beside | None:
    """The articles beside a form; None beside one that takes none."""
    if verb.name not in FILLS or case is None:
        return None
    sought = typed.get(SOUGHT, "").strip()[:LOOKED_AT]
    said = sought or f"{case.narrative}\n{case.demand}"[:LOOKED_AT]
    return Beside(list(found(reader(), now().date(), said)), sought, tuple(used_in(typed)))


def said_to(told: str) -> list[Found]:
    """The articles that speak for what a caller says."""
    return list(found(reader(), now().date(), told[:LOOKED_AT]))


def answered_with(case: Any, typed: Mapping[str, str]) -> str:
    """Where a registration leads for who wants to answer with an article at once; nowhere where none
    was chosen, or the case is not answered so."""
    version = key_typed(typed.get(ARTICLE))
    direct = case.kind in DIRECT_KINDS and case.state == "registered"
    if not version or not direct or "answer_directly" not in actor().rights:
        return ""
    return url_for("Verbs.answer_directly", case=case.id, article=version)
