"""What an office is called, which nobody can know for it: its own name, the short word of its numbers, the room,
the committee, the area code. Each is a setting; until all are set the office is not set up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Setting
from app.roles import BOT
from app.rules import phones
from app.rules.office import AREA_CODE, LONGEST_NAME, WORDS
from app.rules.refusal import NotAllowed

SHORT = "short"
"""The short word with which every number series begins (神 of 神热线交)."""
ASKED = ("office", SHORT, "room", "committee", AREA_CODE)
"""What `init` asks for."""
SERIES = tuple(name for name in WORDS if name.startswith("series."))
LONGEST_SHORT = 8
_OUR_SHORT = "神"


def refuse_names(told: Mapping[str, str]) -> None:
    """Raises NotAllowed where an office cannot be called so."""
    for name, said in told.items():
        if name not in ASKED:
            raise NotAllowed("unknown_setting", name=name)
        most = LONGEST_SHORT if name == SHORT else LONGEST_NAME
        if not said.strip():
            raise NotAllowed("field_missing", field=name)
        if len(said.strip()) > most:
            raise NotAllowed("field_too_long", field=name, most=most)
        if name == AREA_CODE and not phones.AREA.fullmatch(said.strip()):
            raise NotAllowed("field_wrong", field=name)


def settings_of(told: Mapping[str, str]) -> dict[str, str]:
    """The settings that names come to: of the short word, the word of every series."""
    found = {name: said.strip() for name, said in told.items() if name != SHORT}
    if SHORT in told:
        short = told[SHORT].strip()
        found |= {name: WORDS[name].replace(_OUR_SHORT, short, 1) for name in SERIES}
    return found


def name_office(session: Session, now: datetime, told: Mapping[str, str]) -> None:
    """Set the names of an office that is being set up, each an event. Raises NotAllowed."""
    refuse_names(told)
    for name, said in sorted(settings_of(told).items()):
        row = session.get(Setting, name) or Setting(name=name, value="")
        row.value = said
        session.add(row)
        session.flush()
        note_office(session, now, BOT, "setting.changed", {"setting": name, "shell": True})


def unnamed(session: Session) -> list[str]:
    """Which of the names nobody has set."""
    wanted = {name for name in (*ASKED, *SERIES) if name != SHORT}
    there = set(session.scalars(select(Setting.name).where(Setting.name.in_(wanted))))
    lacks_series = bool({*SERIES} - there)
    return [name for name in ASKED if (lacks_series if name == SHORT else name not in there)]
