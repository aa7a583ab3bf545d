"""The report on the matter in a dossier: each fact with the page of its evidence. [procedure 8]"""

from __future__ import annotations

from collections.abc import Iterator

from app.papers import records
from app.papers.blocks import (
    NONE,
    Block,
    aside,
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
    rows = [[at, words, page_of(*labels)] for at, words, *labels in _facts(facts)]
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


Fact = tuple[str, ...]
"""When it was, what it was, and the labels of the pages on which the evidence stands, the best
first."""


def _facts(facts: Facts) -> list[Fact]:
    """The facts that matter, in the order of time."""
    return sorted(
        [
            (moment(facts["matter"]["registered_at"]), say("papers.fact.registered"), "case"),
            *_allocated(facts),
            *_served(facts),
            *_reminded(facts),
            *_asked(facts),
            *_supervised(facts),
            *_stated(facts),
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
        yield moment(assignment["at"]), words, *_copy(facts, assignment), "case"


def _copy(facts: Facts, paper: Facts) -> list[str]:
    """Where the copy of a paper stands, which is known by its number."""
    papers = facts.get("papers", ())
    return [f"copy-{one['n']}" for one in papers if one["number"] == paper["number"]]


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
        yield moment(reminder["at"]), words, *_copy(facts, reminder), "reminders"
        if reminder["lapsed_at"]:
            words = say("papers.fact.lapsed", number=number)
            yield moment(reminder["lapsed_at"]), words, "reminders"
    for reply in facts["replies"]:
        words = aside(say("papers.fact.replied", unit=reply["unit"]), _in_time(reply))
        yield moment(reply["at"]), words, "reminders"


def _in_time(one: Facts) -> str:
    """Whether what came from the unit was in time, both said."""
    return say("papers.fact.late") if one["late"] else say("papers.fact.in_time")


def _asked(facts: Facts) -> Iterator[Fact]:
    """What the unit explained and asked for, and what was ruled."""
    for request in facts["requests"]:
        words = say(
            "papers.fact.asked", unit=request["unit"], request=value("request", request["kind"])
        )
        ruled = say(records.STATES[request["state"]])
        yield moment(request["at"]), aside(words, ruled), "reminders"


def _supervised(facts: Facts) -> Iterator[Fact]:
    """The notices, and what was fed back on each."""
    for notice in facts["notices"]:
        by, number = before(notice.get("due_at"), notice["due_on"]), notice["number"]
        words = say("papers.fact.supervised", number=number, by=by)
        yield moment(notice["at"]), words, *_copy(facts, notice), "supervision"
        fed = notice["feedback"]
        if fed:
            told = aside(say("papers.fact.fed_back", number=number), _in_time(fed))
            yield moment(fed["at"]), told, "supervision"


def _stated(facts: Facts) -> Iterator[Fact]:
    """The unit's statement when it was heard, and the review that it asked for."""
    if facts["unit_statement"]:
        yield moment(facts["unit_stated_at"]), say("papers.fact.stated"), "statements"
    if facts["review_asked_at"]:
        yield moment(facts["review_asked_at"]), say("papers.fact.review_asked"), "review"


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
