"""The pages of a dossier from repeats to receipt: repeats and visits, redo, statements, review, rules, evidence.
[procedure 8, page order]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.papers.blocks import (
    NONE,
    Block,
    before,
    extra_below,
    grouped,
    heading,
    moment,
    pairs,
    paragraph,
    say,
    sign,
    strung,
    table,
    value,
)
from app.papers.records import letter_number, served

Facts = Mapping[str, Any]


def repeats_pages(facts: Facts) -> list[Block]:
    """Repeat complaints and visits, the caller redacted."""
    rows = [
        [
            n,
            moment(contact["at"]),
            value("contact_kind", contact["kind"]),
            value("channel", contact["channel"]),
            extra_below(contact["words"], contact),
        ]
        for n, contact in enumerate(facts["repeats"], 1)
    ]
    blocks = [heading("papers.repeats.title", label="repeats")]
    head = (
        "papers.head.n",
        "papers.head.at",
        "papers.head.contact",
        "papers.head.channel",
        "papers.head.words",
    )
    blocks.append(
        table(head, rows, ("10mm", "34mm", "20mm", "22mm", "1fr"))
        if rows
        else paragraph(say("papers.repeats.none"))
    )
    blocks.append(heading("papers.visits.title", 2))
    return (
        [*blocks, *_visits(facts["visits"])]
        if facts["visits"]
        else [*blocks, paragraph(say("papers.visits.none"))]
    )


def _visits(visits: Sequence[Facts]) -> list[Block]:
    rows = []
    for visit in visits:
        outcome = say("papers.visit.unreached")
        if visit["reached"]:
            outcome = strung(
                value(name, visit[name] or "") for name in ("truth", "solved", "satisfied")
            )
        again = (
            say("papers.visit.amended", n=visit["version"] - 1, reason=visit["reason"])
            if visit["version"] > 1
            else ""
        )
        nth, how = f"{visit['attempt']}{again}", value("method", visit["method"])
        words = extra_below(visit["words"], visit)
        rows.append([visit["round"], nth, moment(visit["at"]), how, outcome, words])
    head = (
        "papers.head.round",
        "papers.head.attempt",
        "papers.head.at",
        "papers.head.method",
        "papers.head.result",
        "papers.head.record",
    )
    return [table(head, rows, ("10mm", "20mm", "24mm", "18mm", "1fr", "1.4fr"))]


def _verdict(review: Facts) -> str:
    """The outcome of a review. Without a code it was the closing of a case whose second redo
    failed."""
    if review["unit_responsible"]:
        return say("papers.verdict.unit")
    return (
        say("papers.verdict.not_the_unit")
        if review["excluded_as"]
        else say("papers.verdict.exhausted")
    )


def redo_pages(facts: Facts) -> list[Block]:
    """Examination, responsibility, redo."""
    rows = [
        [
            review["number"],
            review["round"],
            moment(review["at"]),
            review["by"],
            _verdict(review),
            review["grounds"],
        ]
        for review in facts["responsibility"]
    ]
    again = [assignment for assignment in facts["assignments"] if assignment["round"] > 1]
    orders = [
        [
            assignment["number"],
            assignment["round"],
            moment(assignment["at"]),
            served(assignment),
            before(assignment["due_at"]),
        ]
        for assignment in again
    ]
    blocks = [heading("papers.redo.pages", label="redo")]
    head = (
        "papers.head.number",
        "papers.head.round",
        "papers.head.at",
        "papers.head.reviewer",
        "papers.head.verdict",
        "papers.head.grounds",
    )
    widths = ("1fr", "10mm", "24mm", "22mm", "20mm", "1.4fr")
    blocks.append(table(head, rows, widths) if rows else paragraph(say("papers.redo.none")))
    if orders:
        named = (
            "papers.head.redo",
            "papers.head.round",
            "papers.head.at",
            "papers.head.served",
            "papers.head.clock",
        )
        blocks.append(table(named, orders, ("1.4fr", "12mm", "28mm", "28mm", "28mm")))
    return blocks


def statements_pages(facts: Facts) -> list[Block]:
    """The unit's statement, or a note that none came; the named persons'."""
    said = facts["unit_statement"]
    unit = said if said else say("papers.statements.none_of_unit")
    blocks = [
        heading("papers.statements.title", label="statements"),
        heading("papers.statements.unit", 2),
    ]
    blocks += (
        [paragraph(moment(facts["unit_stated_at"])), paragraph(unit)] if said else [paragraph(unit)]
    )
    blocks.append(heading("papers.statements.persons", 2))
    rows = [
        [person["person"], person["statement"] or say("papers.statements.none")]
        for person in facts["persons"]
    ]
    return [
        *blocks,
        table(("papers.head.person", "papers.head.statement"), rows, ("30mm", "1fr"))
        if rows
        else paragraph(say("papers.statements.nobody")),
    ]


def review_pages(facts: Facts) -> list[Block]:
    """The review, or a note that none was asked for."""
    if not facts["review_asked_at"]:
        return [
            heading("papers.review.title", label="review"),
            paragraph(say("papers.review.none")),
        ]
    ruled = {
        True: say("papers.request.accepted"),
        False: say("papers.request.refused"),
        None: say("papers.review.waits"),
    }[facts["review_accepted"]]
    rows = [
        ("papers.review.asked_at", moment(facts["review_asked_at"])),
        ("papers.review.asked", facts["review"]),
        ("papers.review.ruling", ruled),
    ]
    return [heading("papers.review.title", label="review"), pairs(rows)]


def rules_pages(facts: Facts) -> list[Block]:
    """The text of the rules cited, each with the days on which it is in force."""
    cited = facts["rules"]
    if isinstance(cited, str):  # sealed before rules had days
        return [heading("papers.rules.title", label="rules"), paragraph(cited)]
    rows = [[n, rule["words"], _in_force(rule)] for n, rule in enumerate(cited, 1)]
    head, widths = (
        ("papers.head.n", "papers.head.rule", "papers.head.in_force"),
        ("10mm", "1fr", "46mm"),
    )
    listed = table(head, rows, widths) if rows else paragraph(say("papers.rules.none"))
    return [
        heading("papers.rules.title", label="rules"),
        paragraph(say("papers.rules.said")),
        listed,
    ]


def _in_force(one: Facts) -> str:
    return held(one) if one["from"] else NONE


def held(one: Facts) -> str:
    """From when to when; to now, where there is no end."""
    return say("papers.from_to", since=one["from"], to=one["to"] or say("papers.until_now"))


def evidence_pages(facts: Facts) -> list[Block]:
    """The list of evidence."""
    rows = [
        [
            file["n"],
            f"{file['name']}\n{value('file_kind', file['kind'])}",
            file["from"] or facts["offices"]["office"],
            say("papers.evidence.attached")
            if file["attached"]
            else say("papers.evidence.left_out"),
            file.get("pages", NONE),
            grouped(file["sha256"]),
        ]
        for file in facts["evidence"]
    ]
    head = (
        say("papers.head.n"),
        say("papers.head.name_and_kind"),
        say("papers.head.source"),
        say("papers.head.original"),
        say("papers.head.pages"),
        "SHA-256",
    )
    listed = (
        table(head, rows, ("10mm", "1.2fr", "1fr", "20mm", "11mm", "42mm"))
        if rows
        else paragraph(say("papers.evidence.none"))
    )
    beside = pairs(
        [
            ("papers.evidence.events", "events.jsonl"),
            ("papers.evidence.manifest", "MANIFEST.json"),
            ("papers.evidence.sums", "SHA256SUMS"),
        ]
    )
    return [
        heading("papers.evidence.title", label="evidence"),
        listed,
        paragraph(say("papers.evidence.beside")),
        beside,
    ]


def receipt_pages(facts: Facts) -> list[Block]:
    """The receipt form."""
    rows = [
        ("papers.receipt.letter", letter_number(facts)),
        (
            "papers.receipt.dossier",
            say("papers.receipt.volume", case_number=facts["case_number"], volume=facts["volume"]),
        ),
        ("papers.receipt.unit", facts["offices"]["committee"]),
        ("papers.receipt.person", say("papers.blank")),
        ("papers.receipt.at", say("papers.blank_date")),
        ("papers.receipt.remarks", say("papers.blank")),
    ]
    return [
        heading("papers.receipt.title", label="receipt"),
        pairs(rows),
        sign(say("papers.receipt.seal")),
    ]
