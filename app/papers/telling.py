"""What a dossier says of telling people outside the panel. [procedure 8, page order]"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.papers.blocks import moment, say, strung, value

Facts = Mapping[str, Any]


_TOLD = {
    "taken": "papers.told.taken",
    "dead": "papers.told.dead",
    "called": "papers.told.called",
    "dropped": "papers.told.dropped",
}
"""How a message ended -> what a dossier says of it; one that is still on its way is left out."""


def told_outside(reminder: Facts) -> str:
    """How people were told of a reminder outside the panel, which is no service of it."""
    told = [
        say(
            _TOLD[one["stands"]],
            way=value("medium", one["way"]),
            at=moment(one["at"]),
            who=one["reached"] or "",
        )
        for one in reminder.get("told", ())
        if one["stands"] in _TOLD
    ]
    lines = list(dict.fromkeys(told))
    return say("papers.told", number=reminder["number"], told=strung(lines)) if lines else ""
