"""By which index the rows are found that hold some words. Every index names candidates: each pair
of signs of the words stands in what they say, and whoever searches looks whether the words do.

Cases are found by the index of pairs that the repeat check has. For the other tables PostgreSQL has
an index of the pairs of all that is searched in a row; SQLite has none, and reads their texts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, and_, bindparam, cast, column, func, literal_column, text

from app.models.columns import Key
from app.models.pairs import INDEX
from app.rules.similarity import PLACE, pairs, place_pairs

OF_CASES = {"narrative": pairs, "demand": pairs, "place": place_pairs}
"""The columns of a case that its pairs tell of."""
SEARCHED: dict[str, tuple[str, ...]] = {
    "assignment": ("waived_reason",),
    "contact": ("words",),
    "instruction": ("leader", "words", "document", "scan"),
    "referral": ("report", "proposal", "outcome_words", "abandon_reason"),
    "reminder": ("void_reason",),
    "reply": ("opinion", "next_step", "handling", "public_answer", "refusal_words"),
    "request": ("words", "ruling_words"),
    "responsibility": ("number", "grounds"),
    "suggestion": ("words",),
    "supervision": (
        "requirement",
        "feedback",
        "finding_words",
        "unit_statement",
        "conclusion",
        "review_words",
        "reason",
        "struck_reason",
        "ended_reason",
    ),
    "visit_record": ("place", "met", "words", "evidence", "reason"),
}
"""table -> the columns of free words by which its page is searched."""
RARELY = ("assignment", "reminder")
"""The tables whose rows mostly say nothing, and are not in the index then: the bot moves many of
them at once."""
NAMED = "ix_words_"
"""How the names of their indexes begin."""


def said(where: str) -> str:
    """All that is searched in a row of a table, as its index has it."""
    return " || ' ' || ".join(f"coalesce({name}, '')" for name in SEARCHED[where])


def holding(model: type[Any], name: str, words: str, postgres: bool) -> Any:
    """That a row may hold words in a column, as an index knows it; None where none does, and the
    texts have to be read: the words are a single sign, or the table has no such index."""
    where, asked = model.__tablename__, pairs(words)
    if not asked:
        return None
    if where == "hotline_case" and name in OF_CASES:
        return _of_cases(model, OF_CASES[name](words), postgres)
    if not postgres or name not in SEARCHED.get(where, ()):
        return None
    column_asked = getattr(model, name)
    parts = [
        func.coalesce(getattr(model, column), literal_column("''")) for column in SEARCHED[where]
    ]
    whole: Any = parts[0]
    for part in parts[1:]:
        whole = whole.op("||")(literal_column("' '")).op("||")(part)
    found = func.desk_pairs(whole).op("@>", is_comparison=True)(func.desk_pairs(cast(words, Text)))
    return and_(column_asked.is_not(None), found) if where in RARELY else found


def _of_cases(model: type[Any], asked: Any, postgres: bool) -> Any:
    ordered = sorted(asked)
    if postgres:
        given = "{" + ",".join(str(pair - PLACE) for pair in ordered) + "}"
        found = text(f"SELECT case_id FROM {INDEX} WHERE pairs @> CAST(:given AS int[])")  # noqa: S608
    else:
        given = " ".join(map(str, ordered))
        found = text(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :given")  # noqa: S608
    return model.id.in_(
        found.bindparams(bindparam("given", given, unique=True)).columns(column("id", Key))
    )
