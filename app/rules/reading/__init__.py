"""What a person types, read the same way in every form: dates, ranges of days, moments, numbers,
yes and no, lines.

Full-width digits and signs, blanks and signs that nobody sees make no difference; a line on which
nothing can be seen is empty. What cannot be read is refused with the line it stands on, never
guessed. Loads without any framework.
"""

from app.rules.reading.dates import LONGEST_RANGE, YEARS, day, moment, span, span_at
from app.rules.reading.days import WORKED, days, days_of, year_of
from app.rules.reading.text import (
    Line,
    Unread,
    folded,
    letters,
    lines,
    paragraphs,
    seen,
    tight,
    visible,
)
from app.rules.reading.values import counts, whole, yes

__all__ = [
    "LONGEST_RANGE",
    "WORKED",
    "YEARS",
    "Line",
    "Unread",
    "counts",
    "day",
    "days",
    "days_of",
    "folded",
    "letters",
    "lines",
    "moment",
    "paragraphs",
    "seen",
    "span",
    "span_at",
    "tight",
    "visible",
    "whole",
    "year_of",
    "yes",
]
