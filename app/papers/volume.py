"""The volume: the pages of a dossier 移送卷宗 in the procedure's order, from cover to closing note, and
the caller's sealed sheet. Words state facts and rules ("涉嫌", "反映"), never guilt. [procedure 8]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.papers import outcomes, records
from app.papers.blocks import (
    NONE,
    Block,
    Page,
    aside,
    day,
    grouped,
    heading,
    listed,
    moment,
    page_break,
    pairs,
    paragraph,
    say,
    sign,
    table,
    value,
    witnessed,
)
from app.papers.copies import copies_pages
from app.papers.favour import favour_pages
from app.papers.report import report_pages
from app.papers.timeline import timeline_pages

Facts = Mapping[str, Any]


def dossier(facts: Facts) -> Page:
    """The dossier of a referral, or a supplement's volume, from its frozen facts."""
    volume = facts["volume"]
    parts = _PARTS if volume == 1 else ((_supplement, True), *_PARTS)
    blocks = [*_cover(facts), page_break(), _title(say("papers.contents")), {"is": "outline"}]
    for part, on_a_page_of_its_own in parts:
        blocks += [page_break()] if on_a_page_of_its_own else []
        blocks += part(facts)
    title = say("papers.dossier.title_of", case_number=facts["case_number"]) + (
        say("papers.dossier.supplement_n", n=volume - 1) if volume > 1 else ""
    )
    return {"title": title, "show_title": False, "draft": facts["draft"], "blocks": blocks}


def _title(words: str) -> Block:
    return {"is": "title", "words": words}


def _cover(facts: Facts) -> list[Block]:
    under = (
        say("papers.dossier.supplement_volume", n=facts["volume"] - 1)
        if facts["volume"] > 1
        else say("papers.dossier.main")
    )
    rows = [
        ("papers.case_number", facts["case_number"]),
        ("papers.supervision.number", facts["item"]),
        ("papers.dossier.unit", facts["unit_name"]),
        ("papers.dossier.suspected", value("finding", facts["finding"] or "")),
        ("papers.dossier.sender", facts["offices"]["room"]),
        ("papers.receipt.unit", facts["offices"]["committee"]),
        ("papers.dossier.formed_at", moment(facts["formed_at"])),
        ("papers.dossier.formed_by", facts["formed_by"]),
    ]
    return [{"is": "cover", "words": say("papers.dossier.title"), "under": under}, pairs(rows)]


def _supplement(facts: Facts) -> list[Block]:
    return [heading("papers.dossier.supplement", label="supplement"), paragraph(facts["words"])]


def _letter(facts: Facts) -> list[Block]:
    people = listed(
        aside(person["person"], value("post", person["post"])) for person in facts["persons"]
    )
    words = say(
        "papers.dossier.letter",
        unit_name=facts["unit_name"],
        case_number=facts["case_number"],
        finding=value("finding", facts["finding"] or ""),
    )
    if people:
        words += say("papers.letter.people", people=people)
    words += say("papers.dossier.letter.end")
    return [
        heading("papers.dossier.letter.title", label="letter"),
        paragraph(records.letter_number(facts), indent=False, align="right"),
        paragraph(say("papers.addressed", to=facts["offices"]["committee"]), indent=False),
        paragraph(words),
        paragraph(say("papers.dossier.letter.note")),
        sign(facts["offices"]["room"], say("papers.blank_date")),
    ]


def _approval(facts: Facts) -> list[Block]:
    held = facts["approval"]
    approved = f"{held['leader'] or NONE}" + (
        say("papers.approval.on_paper") if held["entered_by"] else ""
    )
    return [
        heading("papers.approval.title", label="approval"),
        pairs(
            [
                ("papers.approval.completed_by", held["completed_by"]),
                ("papers.approval.completed_at", moment(held["completed_at"])),
                ("papers.approval.reviewed_by", held["reviewed_by"]),
                ("papers.approval.reviewed_at", moment(held["reviewed_at"])),
                ("papers.approval.approved_by", approved),
                ("papers.approval.approved_at", moment(held["approved_at"])),
                ("papers.approval.entered_by", held["entered_by"]),
                ("papers.approval.scan", held["scan"]),
                (
                    "papers.approval.identity",
                    say("papers.approval.sealed") if facts["with_identity"] else say("papers.no"),
                ),
                ("papers.approval.proposal", facts["proposal"]),
            ]
        ),
    ]


def _persons(facts: Facts) -> list[Block]:
    rows = [
        [
            person["person"],
            value("post", person["post"]),
            person["duty"],
            person["cadre_authority"],
            outcomes.held(person),
        ]
        for person in facts["persons"]
    ]
    people = (
        table(
            (
                "papers.head.person",
                "papers.head.post",
                "papers.head.duty",
                "papers.head.authority",
                "papers.head.held",
            ),
            rows,
            ("28mm", "1fr", "1.2fr", "1.2fr", "1.2fr"),
        )
        if rows
        else paragraph(say("papers.persons.none"))
    )
    return [
        heading("papers.persons.title", label="persons"),
        pairs(
            [
                ("papers.dossier.unit", facts["unit_name"]),
                ("papers.persons.fault_on", day(facts.get("fault_on"))),
            ]
        ),
        people,
        paragraph(say("papers.persons.note")),
    ]


def _closing(facts: Facts) -> list[Block]:
    last = facts["timeline"][-1] if facts["timeline"] else None
    words = say(
        "papers.closing.said",
        formed_at=moment(facts["formed_at"]),
        formed_by=facts["formed_by"] or NONE,
    )
    marks = [("papers.closing.last", grouped(str(last[5])) if last else NONE)]
    if facts.get("signed_with"):
        marks.append(("papers.letter.fingerprint", grouped(facts["signed_with"])))
    chain = pairs(marks)
    return [
        heading("papers.closing.title", label="closing"),
        paragraph(words),
        chain,
        *witnessed(facts),
        sign(facts["offices"]["room"], day(facts["formed_at"])),
    ]


def identity(facts: Facts) -> Page:
    """The caller's sheet 诉求人身份信息（密封）: apart from the dossier, only where the approver let it go
    along."""
    rows = [[row["case_number"], row["name"], row["phone"]] for row in facts["callers"]]
    return {
        "title": say("papers.identity.title"),
        "draft": False,
        "blocks": [
            paragraph(say("papers.identity.said", case_number=facts["case_number"])),
            table(
                ("papers.case_number", "papers.head.person", "papers.head.phone"),
                rows,
                ("1fr", "1fr", "1fr"),
            ),
        ],
    }


_PARTS: tuple[tuple[Callable[[Facts], list[Block]], bool], ...] = (
    (_letter, True),
    (_approval, True),
    (report_pages, True),
    (_persons, False),
    (timeline_pages, False),
    (records.case_pages, False),
    (records.reminders_pages, False),
    (records.supervision_pages, False),
    (copies_pages, False),
    (outcomes.repeats_pages, True),
    (outcomes.redo_pages, False),
    (outcomes.statements_pages, False),
    (outcomes.review_pages, False),
    (favour_pages, False),
    (outcomes.rules_pages, False),
    (outcomes.evidence_pages, False),
    (outcomes.receipt_pages, True),
    (_closing, True),
)
"""The parts of a dossier in the procedure's order; whether each begins on a new page: what is signed
or filled in does, else a page would hold a line or two."""
