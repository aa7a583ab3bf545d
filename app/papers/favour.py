"""The page 有利于承办单位的情况: what speaks for the unit, put beside what does not. [procedure 8]"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.papers.blocks import (
    NONE,
    Block,
    day,
    event,
    heading,
    moment,
    paragraph,
    say,
    table,
    value,
)

Facts = Mapping[str, Any]
Row = tuple[str, str]
"""When it was, and what."""
_OURS = ("centre.overdue", "room.overdue")


def favour_pages(facts: Facts) -> list[Block]:
    """What the unit did in time, what was ruled for it, and what others were late with."""
    rows = sorted(
        [
            *_of_assignments(facts),
            *_of_requests(facts),
            *_of_reminders(facts),
            *_of_replies(facts),
            *_of_notices(facts),
            *_of_judgements(facts),
            *_of_others(facts),
        ]
    )
    head = ("papers.head.n", "papers.head.at", "papers.head.fact")
    listed = table(head, [(n, *row) for n, row in enumerate(rows, 1)], ("10mm", "34mm", "1fr"))
    return [
        heading("papers.favour.title", label="favour"),
        paragraph(say("papers.favour.said")),
        listed if rows else paragraph(say("papers.favour.none")),
    ]


def _of_assignments(facts: Facts) -> Iterator[Row]:
    for one in facts["assignments"]:
        number, due = one["number"] or NONE, one["due"]
        if one["signed_by"] == "unit":
            yield moment(one["signed_at"]), say("papers.favour.signed", number=number)
        if due.get("basis") == "provisional":
            yield moment(one["at"]), say("papers.favour.guessed", number=number)


def _of_requests(facts: Facts) -> Iterator[Row]:
    """What the unit asked for and was granted; a promise that was accepted names its day."""
    for one in facts["requests"]:
        if one["state"] == "accepted":
            words = say("papers.favour.granted", request=value("request", one["kind"]))
            if one["promised_on"]:
                words += say("papers.favour.promised", on=day(one["promised_on"]))
            yield moment(one["ruled_at"] or one["at"]), words


def _of_reminders(facts: Facts) -> Iterator[Row]:
    for one in facts["reminders"]:
        if one["state"] == "void":
            told = say("papers.favour.void", number=one["number"], reason=one["void"] or NONE)
            yield moment(one["at"]), told
        elif one["state"] == "satisfied" and not one["late"]:
            yield moment(one["at"]), say("papers.favour.heeded", number=one["number"])
        if one["reply_by"].get("basis") == "provisional":
            yield moment(one["at"]), say("papers.favour.guessed", number=one["number"])


def _of_replies(facts: Facts) -> Iterator[Row]:
    for one in facts["replies"]:
        if not one["late"]:
            yield moment(one["at"]), say("papers.favour.replied", unit=one["unit"])
        if one["state"] == "passed":
            yield moment(one["examined_at"]), say("papers.favour.passed", unit=one["unit"])


def _of_notices(facts: Facts) -> Iterator[Row]:
    for one in facts["notices"]:
        fed = one["feedback"]
        if fed and not fed["late"]:
            yield moment(fed["at"]), say("papers.favour.fed_back", number=one["number"] or NONE)


def _of_judgements(facts: Facts) -> Iterator[Row]:
    """Visits and reviews that found for the unit."""
    for one in facts["visits"]:
        if one["satisfied"] in ("satisfied", "basically"):
            yield moment(one["at"]), say("papers.favour.satisfied")
    for one in facts["responsibility"]:
        if not one["unit_responsible"] and one["excluded_as"]:
            yield moment(one["at"]), say("papers.favour.not_responsible", number=one["number"])
    if facts["review_accepted"]:
        yield moment(facts["review_asked_at"]), say("papers.favour.review")


def _of_others(facts: Facts) -> Iterator[Row]:
    """Late steps of the centre and the room, and outages of the bot."""
    for one in facts.get("late_steps", ()):
        what, true_at = event(one["kind"]), moment(one["true_at"])
        if one["kind"] in _OURS:
            told = say("papers.favour.late", what=what, true_at=true_at)
        else:
            told = say("papers.favour.outage", what=what, true_at=true_at)
        yield moment(one["at"]), told
