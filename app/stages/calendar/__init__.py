"""The table of days, and the office as it stands at a moment: what every clock rests on.

Days come, in order, from the office's own rows, from the published calendar of the State Council (a
library carries it), and from a provisional guess. A year that arrives late makes open deadlines
longer, never shorter. [procedure 0]
"""

from __future__ import annotations

from app.rules.workflow import CLOCKS
from app.stages.calendar.assists import assist_deadline, marked
from app.stages.calendar.days import LIBRARY, OFFICE, PROVISIONAL, WEEK, set_days
from app.stages.calendar.known import (
    days_held,
    days_known,
    limits_of_case,
    numbers_known,
    office_known,
    office_with,
    settings_known,
)
from app.stages.calendar.moving import longest_open, moving
from app.stages.calendar.numbers import approve_rule, change_rule
from app.stages.calendar.standing import fill, office_at, reach, recompute

__all__ = [
    "CLOCKS",
    "LIBRARY",
    "OFFICE",
    "PROVISIONAL",
    "WEEK",
    "approve_rule",
    "assist_deadline",
    "change_rule",
    "days_held",
    "days_known",
    "fill",
    "limits_of_case",
    "longest_open",
    "marked",
    "moving",
    "numbers_known",
    "office_at",
    "office_known",
    "office_with",
    "reach",
    "recompute",
    "set_days",
    "settings_known",
]
