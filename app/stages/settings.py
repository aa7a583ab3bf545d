"""The words of the office: its names, its series, what its papers and messages say. Each change is on the
record; of what papers say every version is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Setting, WordingVersion
from app.roles import Actor
from app.rules import evaluation, phones, telling, wording
from app.rules.articles import articles
from app.rules.office import AREA_CODE, LONGEST, LONGEST_NAME, REQUIREMENTS, SETTINGS
from app.rules.refusal import NotAllowed

OF_THE_ROOM = (REQUIREMENTS,)
"""The settings that the head of the supervision room changes too."""


def _readable(value: str) -> None:
    """The rules that dossiers cite, each a line: the days between which one is in force can be
    read."""
    try:
        articles(value)
    except ValueError as line:
        raise NotAllowed("rule_line_wrong", line=str(line)[:60]) from None


def may_set(actor: Actor, name: str) -> bool:
    """Whether a setting is this person's to change: IT's all, the room's head's those of the room."""
    return actor.is_a("it_admin") or (actor.is_a("supervision_head") and name in OF_THE_ROOM)


def change_setting(session: Session, now: datetime, actor: Actor, name: str, value: str) -> Setting:
    """Change a word of the office: its name, or a series word, which goes into the numbers of
    papers. Versions that the desk counts itself are not settings that anybody types. The head of
    the supervision room words the room's own."""
    if name not in SETTINGS:
        raise NotAllowed("unknown_setting", name=name)
    if not may_set(actor, name):
        raise NotAllowed("no_right", verb="change_setting")
    if not value.strip():
        raise NotAllowed("field_missing", field="value")
    most = LONGEST.get(name.partition(".")[0], LONGEST_NAME)
    if len(value.strip()) > most:
        raise NotAllowed("field_too_long", field="value", most=most)
    if name == AREA_CODE and not phones.AREA.fullmatch(value.strip()):
        raise NotAllowed("field_wrong", field="value")
    if name == "dossier.rules":
        _readable(value)
    if name == evaluation.TABLE:
        evaluation.points_of({name: value})
    telling.refuse_setting(name, value.strip())
    wording.refuse_wording(name, value)
    row = session.get(Setting, name) or Setting(name=name, value="")
    row.value = value.strip()
    session.add(row)
    if name in wording.WORDINGS:
        _keep_version(session, now, actor, name, row.value)
    session.flush()
    note_office(session, now, actor, "setting.changed", {"setting": name})
    return row


def _keep_version(session: Session, now: datetime, actor: Actor, name: str, text: str) -> None:
    """Put a new wording of a paper on file as the next version of its own, which papers name that
    are issued from now on."""
    counter = f"{name}{wording.VERSION}"
    row = session.get(Setting, counter) or Setting(name=counter, value="0")
    row.value = str(int(row.value) + 1)
    session.add(row)
    session.add(
        WordingVersion(
            name=name, version=int(row.value), text=text, made_at=now, made_by_id=actor.id
        )
    )
