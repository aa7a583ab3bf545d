"""Candidates and items as rows in which the room decides: the demand, what the list cites, and the
verbs that the state allows. [procedure 4]"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from app import words
from app.models import Instruction, Supervision
from app.models.supervision import TO_FEED_BACK
from app.rules.gist import gist
from app.stages.supervision import review_open
from app.verbs import Verb, possible
from app.views.actor import actor, language, now, reader
from app.views.asks import asker_told
from app.views.pages.badge import Badge, badge_of
from app.views.pages.lines import Line, lines_of
from app.views.pages.masking import masked_text
from app.views.pages.shown import shown

FIRST = ("open_supervision", "decline", "defer")
"""What a candidate's row offers first, in this order."""
CONFIRMS, RULES_ON_REVIEW = "confirm_finding", "rule_on_review"
ASKS_IN: Mapping[str, Sequence[str]] = {
    "fed_back": ("feedback",),
    "finding": ("finding", "finding_words"),
}
"""state -> the columns that say what waits for an answer."""


@dataclass(frozen=True)
class Row:
    """A candidate or an item, in words. `cites` is what the list says of it, `asks` what waits for an
    answer in it: a finding to confirm, a review to rule on, the unit's feedback."""

    id: int
    line: Line | None
    number: str
    unit: str
    ground: str
    cites: Sequence[str]
    instructions: Sequence[str]
    asks: Sequence[str]
    reason: str
    state: str
    badge: Badge | None
    href: str
    verbs: Sequence[tuple[str, str]]


def meant(verb: Verb, item: Any) -> bool:
    """Whether a verb can be about an item; after it was closed its conclusion may still be
    reviewed, for a time."""
    if verb.name == RULES_ON_REVIEW:
        return review_open(item)
    if item.state in _states(verb):
        return verb.name != "defer" or (bool(item.listed_on) and item.deferred_on is None)
    if item.state not in verb.ended:
        return False
    return item.review_asked_at is None and item.ask_at is not None and now() < item.ask_at


def _states(verb: Verb) -> Sequence[str]:
    """The states of an item in which a verb can be about it."""
    if verb.name == "open_supervision":
        return ("candidate",)
    return verb.states if verb.target == "item" else ()


def rows_of(items: Iterable[Supervision], back: str) -> list[Row]:
    """Items as rows whose forms lead back to a page: lines and instructions of all of them in one
    statement each."""
    rows = list(items)
    lines = lines_of(item.case_id for item in rows)
    instructions = _instructions({item.case_id for item in rows})
    return [_row(item, lines, instructions, back) for item in rows]


def _row(
    item: Supervision,
    lines: Mapping[int, Line],
    instructions: Mapping[int, Sequence[str]],
    back: str,
) -> Row:
    tongue = language()
    return Row(
        item.id,
        lines.get(item.case_id),
        item.notice_number or item.number or "",
        item.unit.name,
        words.value("ground", item.ground, tongue),
        list(_cites(item)),
        instructions.get(item.case_id, ()),
        list(_asks(item)),
        _covered(item.reason, item.case_id),
        words.state("supervision", item.state, tongue),
        badge_of(_ends(item)) if item.ended_at is None else None,
        url_for("Supervision.show", pk=item.id),
        list(_verbs(item, back)),
    )


def _ends(item: Supervision) -> datetime | None:
    """When the clock of an item ends: the unit's while it is awaited, else the room's own."""
    awaited = item.state in TO_FEED_BACK and item.due_at is not None
    return item.due_at if awaited else item.own_at


def _verbs(item: Supervision, back: str) -> Iterable[tuple[str, str]]:
    """(address, words) of the forms of what can be done with an item."""
    able = [verb for verb in possible(actor()) if meant(verb, item) and not _own(verb, item)]
    able.sort(key=lambda verb: FIRST.index(verb.name) if verb.name in FIRST else len(FIRST))
    for verb in able:
        href = url_for(f"Verbs.{verb.name}", case=item.case_id, item=item.id, back=back)
        yield href, words.title(verb.name, language())


def _own(verb: Verb, item: Any) -> bool:
    """Whether a finding was drafted by this person, so that somebody else has to confirm it."""
    return verb.name == CONFIRMS and item.found_by_id == actor().id


def _asks(item: Supervision) -> Iterable[str]:
    """What waits for an answer in an item, and who asked, as this person may read it."""
    tongue = language()
    for name in ASKS_IN.get(item.state, ()) if not review_open(item) else ("review_words",):
        value = getattr(item, name)
        if value:
            label, told = (
                words.column("supervision", name, tongue),
                shown("supervision", name, value),
            )
            yield words.pair(label, _covered(told, item.case_id), tongue)
    if item.state == "finding" and item.found_by_id is not None:
        yield asker_told(f"user:{item.found_by_id}")


def _cites(item: Supervision) -> Iterable[str]:
    """What the list cites of an item: reminder, working days late, repeats, refused replies."""
    cited, tongue = json.loads(item.facts) if item.facts else {}, language()
    if cited.get("reminder"):
        yield words.word("supervision_room.reminder", tongue, number=cited["reminder"])
    if cited.get("workdays_late"):
        yield words.word("supervision_room.late", tongue, n=cited["workdays_late"])
    if cited.get("repeats"):
        yield words.word("case_page.repeats", tongue, n=cited["repeats"])
    if cited.get("refusals"):
        yield words.word("supervision_room.refusals", tongue, n=cited["refusals"])
    if item.reissues:
        yield words.word("supervision_room.reissues", tongue, n=item.reissues)


def _instructions(cases: Collection[int]) -> dict[int, list[str]]:
    """case -> what leaders wrote on it, each shortly, as this person may read it."""
    query = select(
        Instruction.case_id, Instruction.leader, Instruction.instructed_on, Instruction.words
    )
    found: dict[int, list[str]] = {}
    for row in reader().execute(
        query.where(Instruction.case_id.in_(cases)).order_by(Instruction.id)
    ):
        said = gist(_covered(row.words, row.case_id))
        told = words.word(
            "supervision_room.instruction",
            language(),
            leader=row.leader,
            on=row.instructed_on,
            words=said,
        )
        found.setdefault(row.case_id, []).append(told)
    return found


def _covered(text: str, case: int) -> str:
    return text if actor().reads_as_typed else masked_text(text, case)
