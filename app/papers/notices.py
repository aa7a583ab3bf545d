"""The notices: allocation 派单通知单, redo 重办通知单, instruction 领导批示办理单, reminder 催办通知单, supervision
督办通知单 and its conclusion 督办结论; the letter 移送函. Words state facts and rules, never guilt. [procedure 8]
"""

from __future__ import annotations

from app.papers.blocks import (
    Page,
    aside,
    before,
    day,
    grouped,
    listed,
    pairs,
    paragraph,
    say,
    value,
    witnessed,
)
from app.papers.letter import Facts, instructed, matter, page, said_by, words_of

_NTH = {2: "papers.nth.first", 3: "papers.nth.second", 4: "papers.nth.third"}


def allocation(facts: Facts) -> Page:
    """派单通知单: a case for a unit, lead or assist, and by when."""
    beside = listed(
        aside(one["unit"], value("role_of_unit", one["role"])) for one in facts["beside"]
    )
    fields = {
        "case_number": facts["case_number"],
        "role": value("role_of_unit", facts["role"]),
        "by": before(facts["due_at"]),
        "beside": say("papers.allocation.beside", beside=beside) if beside else "",
    }
    parts = {"matter": matter(facts), "instructions": instructed(facts["instructions"])}
    blocks = said_by(facts, "allocation", fields, parts)
    return page(facts, say("papers.allocation.title"), *blocks)


def instruction(facts: Facts) -> Page:
    """领导批示办理单: what a leader wrote on a matter, to the unit that handles it, and by when."""
    fields = {
        "case_number": facts["case_number"],
        "role": value("role_of_unit", facts["role"]),
        "assignment": facts["assignment"],
        "by": before(facts["due_at"]),
    }
    parts = {"matter": matter(facts), "instructions": instructed(facts["instructions"])}
    blocks = said_by(facts, "instruction", fields, parts)
    return page(facts, say("papers.instruction.title"), *blocks)


def redo(facts: Facts) -> Page:
    """重办通知单: back to the same unit, a round on."""
    nth = say(_NTH[facts["round"]]) if facts["round"] in _NTH else str(facts["round"] - 1)
    fields = {"case_number": facts["case_number"], "nth": nth, "by": before(facts["due_at"])}
    blocks = said_by(facts, "redo", fields, {"matter": matter(facts)})
    return page(facts, say("papers.redo.title"), *blocks)


def reminder(facts: Facts) -> Page:
    """催办通知单: overdue and not explained; a reply within two working days."""
    fields = {
        "assignment": facts["assignment"],
        "case_number": facts["case_number"],
        "by": before(facts.get("due_at"), facts["due_on"]),
        "reply_by": before(facts.get("reply_by_at"), facts["reply_by"]),
    }
    again = say("papers.reminder.again", attempt=facts["attempt"]) if facts["attempt"] > 1 else ""
    blocks = said_by(facts, "reminder", fields, {"again": words_of(again)})
    return page(facts, say("papers.reminder.title"), *blocks)


def supervision(facts: Facts) -> Page:
    """督办通知单: the room's notice, again where the feedback was not enough."""
    again = say("papers.supervision.nth", n=facts["n"]) if facts["n"] > 1 else ""
    fields = {
        "case_number": facts["case_number"],
        "assignment": facts["assignment"],
        "ground": value("ground", facts["ground"]),
        "by": before(facts.get("due_at"), facts["due_on"]),
    }
    reason = say("papers.supervision.reason", reason=facts["reason"]) if facts["reason"] else ""
    parts = {"requirement": words_of(facts["requirement"]), "reason": words_of(reason)}
    blocks = said_by(facts, "supervision", fields, parts)
    return page(facts, say("papers.supervision.title", again=again), *blocks)


def conclusion(facts: Facts) -> Page:
    """督办结论: what the room concluded after the hearing, fed back to the unit, and until when a review
    may be asked for."""
    fields = {
        "case_number": facts["case_number"],
        "item": facts["item"],
        "ask_by": day(facts["ask_by"]),
    }
    parts = {"conclusion": words_of(facts["conclusion"])}
    blocks = said_by(facts, "conclusion", fields, parts)
    return page(facts, say("papers.conclusion.title"), *blocks)


def letter(facts: Facts) -> Page:
    """移送函: the dossier goes to the committee, named by its SHA-256."""
    people = listed(aside(one["person"], value("post", one["post"])) for one in facts["persons"])
    persons = say("papers.letter.people", people=people) if people else say("papers.letter.nobody")
    fields = {
        "unit": facts["unit"],
        "case_number": facts["case_number"],
        "finding": value("finding", facts["finding"]),
        "proposal": facts["proposal"],
    }
    parts = {"people": paragraph(persons), "file": pairs(verified_by(facts))}
    blocks = said_by(facts, "referral", fields, parts)
    return page(facts, say("papers.letter.title"), *blocks, *witnessed(facts))


def verified_by(facts: Facts) -> list[tuple[str, str]]:
    """What a dossier is verified by, as letter and slip tell it; of one of before dossiers were signed
    the SHA-256 of its zip alone."""
    rows = [
        ("papers.letter.file", f"{facts['dossier']}.zip"),
        ("papers.letter.sha256", grouped(facts["sha256"])),
    ]
    if facts.get("fingerprint"):
        rows += [
            ("papers.letter.script", grouped(facts["script_sha256"])),
            ("papers.letter.fingerprint", grouped(facts["fingerprint"])),
        ]
    return rows
