"""The report on the matter in a dossier: each fact with the page of its evidence. [procedure 8]"""

from __future__ import annotations

from collections.abc import Iterator

from app.papers import records
from app.papers.blocks import (
    NONE,
    Block,
    before,
    heading,
    moment,
    page_of,
    paragraph,
    say,
    table,
    value,
)
from app.papers.records import Facts


def report_pages(facts: Facts) -> list[Block]:
    """Source, facts with their evidence, finding, rules, report and proposal."""
    matter = facts["matter"]
    source = say(
        "papers.report.source",
        received_at=moment(matter["received_at"]),
        channel=value("channel", matter["channel"]),
        kind=value("kind", matter["kind"]),
        place=matter["place"] or NONE,
    )
    found = say(
        "papers.supervision.suspected",
        finding=value("finding", facts["finding"] or ""),
        finding_words=facts["finding_words"],
    )
    rows = [[at, words, page_of(label)] for at, words, label in _facts(facts)]
    head = ("papers.head.at", "papers.head.fact", "papers.head.page")
    return [
        heading("papers.report.title", label="report"),
        heading("papers.report.of_source", 2),
        paragraph(source),
        heading("papers.report.of_facts", 2),
        table(head, rows, ("34mm", "1fr", "22mm")),
        heading("papers.report.of_finding", 2),
        paragraph(found),
        heading("papers.report.of_rules", 2),
        paragraph(say("papers.report.rules")),
        heading("papers.report.of_proposal", 2),
        paragraph(facts["report"]),
        paragraph(say("papers.letter.proposal", proposal=facts["proposal"])),
    ]


Fact = tuple[str, str, str]
"""When it was, what it was, and the page on which the evidence stands."""


def _facts(facts: Facts) -> list[Fact]:
    """The facts that matter, in the order of time."""
    return sorted(
        [
            (moment(facts["matter"]["registered_at"]), say("papers.fact.registered"), "case"),
            *_allocated(facts),
            *_served(facts),
            *_reminded(facts),
            *_supervised(facts),
            *_repeated(facts),
            *_ended(facts),
        ]
    )


def _allocated(facts: Facts) -> Iterator[Fact]:
    for assignment in facts["assignments"]:
        words = say(
            "papers.fact.allocated",
            number=assignment["number"] or NONE,
            unit=assignment["unit"],
            role=value("role_of_unit", assignment["role"]),
            by=before(assignment["due_at"]),
        )
        yield moment(assignment["at"]), words, "case"


def _served(facts: Facts) -> Iterator[Fact]:
    """When papers reached the unit."""
    parts = (("assignments", "case"), ("reminders", "reminders"), ("notices", "supervision"))
    for part, label in parts:
        for paper in facts[part]:
            if paper.get("served") and paper["served"]["at"]:
                number, how = paper["number"] or NONE, records.how_served(paper)
                words = say("papers.fact.served", number=number, how=how)
                yield moment(paper["served"]["at"]), words, label


def _reminded(facts: Facts) -> Iterator[Fact]:
    """Reminders, those that lapsed, and the replies."""
    for reminder in facts["reminders"]:
        number, by = reminder["number"], before(reminder["reply_by_at"])
        words = say("papers.fact.reminded", number=number, by=by)
        yield moment(reminder["at"]), words, "reminders"
        if reminder["lapsed_at"]:
            words = say("papers.fact.lapsed", number=number)
            yield moment(reminder["lapsed_at"]), words, "reminders"
    for reply in facts["replies"]:
        yield moment(reply["at"]), say("papers.fact.replied", unit=reply["unit"]), "reminders"


def _supervised(facts: Facts) -> Iterator[Fact]:
    for notice in facts["notices"]:
        by = before(notice.get("due_at"), notice["due_on"])
        words = say("papers.fact.supervised", number=notice["number"], by=by)
        yield moment(notice["at"]), words, "supervision"


def _repeated(facts: Facts) -> Iterator[Fact]:
    for contact in facts["repeats"]:
        yield moment(contact["at"]), value("contact_kind", contact["kind"]), "repeats"


_ENDS = (
    ("confirmed_at", "papers.fact.confirmed"),
    ("heard", "papers.supervision.heard"),
    ("concluded_at", "papers.fact.concluded"),
)


def _ended(facts: Facts) -> Iterator[Fact]:
    """How the supervision ended."""
    for name, msgid in _ENDS:
        if facts[name]:
            yield moment(facts[name]), say(msgid), "supervision"
