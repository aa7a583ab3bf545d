"""What can be wrong with a desk, in words: what is so, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app import words

WARNING, WRONG = "warning", "red"
"""How grave a finding is: something to see to in time, or something that does not work."""

ADVICE = (
    "database_unreachable",
    "database_behind",
    "database_newer",
    "database_not_arrived",
    "key_differs",
    "signing_key_differs",
    "signing_key_missing",
    "keys_unsealed",
    "backup_missing",
    "backup_old",
    "guards_missing",
    "database_owned",
    "calendar_short",
    "calendar_missing",
    "unit_without_liaison",
    "pairs_behind",
    "bot_not_running",
    "redis_unreachable",
    "worker_missing",
    "ticker_missing",
    "disk_short",
    "database_unwritable",
    "data_unwritable",
    "child_down",
    "jobs_failed",
    "never_swept",
    "sweep_late",
    "clock_ahead",
    "clock_behind",
    "nobody_confirms",
    "office_unnamed",
    "scanner_missing",
    "file_lost",
    "figures_differ",
    "paper_lost",
    "look_failed",
    "telling_behind",
    "way_paused",
    "mailbox_unread",
    "front_away",
)
"""The codes of what can be wrong: what is so, and what to do, stand in the catalogues."""

OF_THE_BOT = (
    *("bot_not_running", "redis_unreachable", "worker_missing", "ticker_missing"),
    *("child_down", "jobs_failed", "never_swept", "sweep_late"),
)
"""Those that are to be expected of a desk that was stopped."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its code, how grave it is, and the facts of its sentences."""

    code: str
    level: str
    facts: Mapping[str, object]

    def said(self, language: str) -> str:
        """What is so."""
        return words.Message(f"finding.{self.code}.said", self.facts).text(language)

    def todo(self, language: str) -> str:
        """What to do about it."""
        return words.Message(f"finding.{self.code}.todo", self.facts).text(language)


def finding(code: str, level: str = WRONG, **facts: object) -> Finding:
    """A finding with its facts."""
    return Finding(code, level, facts)
