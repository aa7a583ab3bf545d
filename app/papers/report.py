"""The report of a dossier: where the matter came from, the facts with the pages of their evidence, the finding.
[procedure 8]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
)
from app.words import value

Facts = Mapping[str, Any]


def report_pages(facts: Facts) -> list[Block]:
    """Source, facts, finding, rules, and what is proposed."""
    matter = facts["matter"]
    source = say(
        "papers.report.source",
        received_at=moment(matter["received_at"]),
        channel=value("channel", matter["channel"]),
        kind=value("kind", matter["kind"]),
        place=matter["place"] or NONE,
    )
    rows = [[at, words, page_of(label)] for at, words, label in _facts(facts)]
    return [
        heading("papers.report.title", label="report"),
        heading("papers.report.of_source", 2),
        paragraph(source),
        heading("papers.report.of_facts", 2),
        table(
            ("papers.head.at", "papers.head.fact", "papers.head.page"),
            rows,
            ("34mm", "1fr", "22mm"),
        ),
        heading("papers.report.of_finding", 2),
        paragraph(
            say(
                "papers.supervision.suspected",
                finding=value("finding", facts["finding"] or ""),
                finding_words=facts["finding_words"],
            )
        ),
        heading("papers.report.of_rules", 2),
        paragraph(say("papers.report.rules")),
        heading("papers.report.of_proposal", 2),
        paragraph(facts["report"]),
        paragraph(say("papers.letter.proposal", proposal=facts["proposal"])),
    ]


def _facts(facts: Facts) -> list[tuple[str, str, str]]:
    """(when, what, where the evidence stands) of the facts that matter."""
    found = [(moment(facts["matter"]["registered_at"]), say("papers.fact.registered"), "case")]
    for one in facts["assignments"]:
        role = value("role_of_unit", one["role"])
        words = say(
            "papers.fact.allocated",
            number=one["number"] or NONE,
            unit=one["unit"],
            role=role,
            by=before(one["due_at"]),
        )
        found.append((moment(one["at"]), words, "case"))
    for part, label in (
        ("assignments", "case"),
        ("reminders", "reminders"),
        ("notices", "supervision"),
    ):
        found += [
            (
                moment(one["served"]["at"]),
                say(
                    "papers.fact.served", number=one["number"] or NONE, how=records.how_served(one)
                ),
                label,
            )
            for one in facts[part]
            if one.get("served") and one["served"]["at"]
        ]
    for one in facts["reminders"]:
        found.append(
            (
                moment(one["at"]),
                say("papers.fact.reminded", number=one["number"], by=before(one["reply_by_at"])),
                "reminders",
            )
        )
        if one["lapsed_at"]:
            found.append(
                (
                    moment(one["lapsed_at"]),
                    say("papers.fact.lapsed", number=one["number"]),
                    "reminders",
                )
            )
    found += [
        (moment(one["at"]), say("papers.fact.replied", unit=one["unit"]), "reminders")
        for one in facts["replies"]
    ]
    for notice in facts["notices"]:
        by = before(notice.get("due_at"), notice["due_on"])
        found.append(
            (
                moment(notice["at"]),
                say("papers.fact.supervised", number=notice["number"], by=by),
                "supervision",
            )
        )
    found += [
        (moment(one["at"]), f"{value('contact_kind', one['kind'])}", "repeats")
        for one in facts["repeats"]
    ]
    ends = (
        ("confirmed_at", say("papers.fact.confirmed")),
        ("heard", say("papers.supervision.heard")),
        ("concluded_at", say("papers.fact.concluded")),
    )
    found += [(moment(facts[name]), words, "supervision") for name, words in ends if facts[name]]
    return sorted(found)
