"""The points of the evaluation as people read them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app import words
from app.papers.figures.heads import DEDUCTED, ITEMS
from app.rules.evaluation import Points


def points_told(points: Points, tongue: str) -> str:
    """The points of the evaluation as people read them, a line for each item and for each
    deduction."""
    lines = [
        words.pair(words.word(ITEMS[name], tongue), _scale(item, tongue), tongue)
        for name, item in points.items.items()
    ]
    taken = asdict(points.deductions)
    most = taken.pop("most")
    deducted = (f"{words.word(DEDUCTED[name], tongue)} {value}" for name, value in taken.items())
    each = words.clauses(deducted, tongue)
    return "\n".join([*lines, words.word("figures.scale.deductions", tongue, each=each, most=most)])


def _scale(item: Any, tongue: str) -> str:
    """How the points of an item are counted."""
    return words.word(
        "figures.scale",
        tongue,
        weight=item.weight,
        full=item.full,
        each=item.each,
        least=item.least,
    )
