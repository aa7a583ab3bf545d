"""Changes of accounts and roles: done at once where they give nothing, else proposed by one person
and confirmed by another. [procedure, Who may do what: "accounts, resets and roles that give case,
reveal, supervision or audit rights take effect when a second person confirms them"]"""

from __future__ import annotations

from app.stages.changes.asking import reset_password
from app.stages.changes.kinds import GUARDS, KINDS
from app.stages.changes.shell import from_shell, named, unguarded
from app.stages.changes.waiting import CONFIRMING, confirmed_by

__all__ = [
    "CONFIRMING",
    "GUARDS",
    "KINDS",
    "confirmed_by",
    "from_shell",
    "named",
    "reset_password",
    "unguarded",
]
