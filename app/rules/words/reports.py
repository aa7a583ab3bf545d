"""Words about drafts of reports."""

from __future__ import annotations

Pair = tuple[str, str]

ISSUED: Pair = ("已印发", "issued")
CONTESTABLE: Pair = ("可提异议", "may be contested")
TO_ISSUE: Pair = ("待印发", "to be issued")
OVERDUE: Pair = ("逾期未印发", "not issued in time")
CONTESTS: Pair = ("各单位异议", "Contested by units")
