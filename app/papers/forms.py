"""The papers that are forms: the submission 呈批件, the record of a visit 回访记录表, the review of
responsibility 责任认定表, the proof of service 送达回证, the receipt of a letter 接收回执."""

from __future__ import annotations

from app.papers.blocks import Block, Page, day, grouped, moment, pairs, say, value, with_extra
from app.papers.letter import Facts, form, matter, page, said_by, words_of


def submission(facts: Facts) -> Page:
    """呈批件: why a case goes to a leader, the matter, and room for what the leader writes."""
    fields = {"case_number": facts["case_number"]}
    parts = {"reason": words_of(facts["reason"]), "matter": matter(facts)}
    blocks = said_by(facts, "submission", fields, parts)
    return page(facts, say("papers.submission.title"), _room("papers.submission.room"), *blocks)


def _room(msgid: str) -> Block:
    """An empty frame in which somebody writes by hand, with what it is for."""
    return {"is": "room", "words": say(msgid)}


def visit(facts: Facts) -> Page:
    """回访记录表: one attempt at a visit; a corrected version says which, and why."""
    outcome = [(msgid, _told(name, facts[name])) for name, msgid in _OUTCOME.items()]
    again = [
        ("papers.visit.version", say("papers.visit.nth", n=facts["version"])),
        ("papers.visit.corrected", facts["reason"]),
    ]
    rows = [
        ("papers.case_number", facts["case_number"]),
        ("papers.visit.unit", facts["unit"]),
        ("papers.narrative", facts["narrative"]),
        ("papers.demand", facts["demand"]),
        ("papers.visit.at", moment(facts["at"])),
        ("papers.visit.attempt", say("papers.visit.nth", n=facts["attempt"])),
        ("papers.visit.method", value("method", facts["method"])),
        ("papers.visit.reached", bool(facts["reached"])),
        *(outcome if facts["reached"] else ()),
        ("papers.visit.words", facts["words"]),
        *(again if facts["version"] > 1 else ()),
        ("papers.visit.by", facts["by"]),
    ]
    return form(_by_case(facts), say("papers.visit.title"), with_extra(pairs(rows), facts))


_OUTCOME = {
    "contacted_by_unit": "papers.visit.contacted",
    "truth": "papers.visit.truth",
    "solved": "papers.visit.solved",
    "satisfied": "papers.visit.satisfied",
    "why": "papers.visit.why",
}
"""column of a visit's record -> what it is called on paper."""


def _told(name: str, said: str | bool | None) -> str | bool | None:
    return value(name, said) if isinstance(said, str) and said else said


def _by_case(facts: Facts) -> Facts:
    """A paper without a series of its own carries the number of its case."""
    if facts.get("draft"):
        return facts
    return {**facts, "number": say("papers.of_case", case_number=facts["case_number"])}


def responsibility(facts: Facts) -> Page:
    """责任认定表: whether the unit is responsible that a round was not good enough, and why."""
    left_out = facts["excluded_as"]
    verdict = "papers.verdict.unit" if facts["unit_responsible"] else _NOT_THE_UNIT[bool(left_out)]
    rows = [
        ("papers.case_number", facts["case_number"]),
        ("papers.visit.unit", facts["unit"]),
        ("papers.head.round", facts["round"]),
        ("papers.narrative", facts["narrative"]),
        ("papers.demand", facts["demand"]),
        ("papers.head.verdict", say(verdict)),
        ("papers.head.grounds", facts["grounds"]),
        *([("papers.excluded", value("excluded", left_out))] if left_out else ()),
        ("papers.head.reviewer", facts["by"]),
        ("papers.head.at", moment(facts["at"])),
    ]
    return form(facts, say("papers.responsibility.title"), pairs(rows))


_NOT_THE_UNIT = {True: "papers.verdict.not_the_unit", False: "papers.verdict.exhausted"}
"""Whether a result is left out of satisfaction -> the verdict; without, a second redo had failed."""


_TITLES = {
    "allocation": "papers.allocation.title",
    "redo": "papers.redo.title",
    "instruction": "papers.instruction.title",
    "reminder": "papers.reminder.title",
    "supervision": "papers.supervision.plain_title",
}
"""kind of a notice -> what it is called on the proof of its service."""


def service(facts: Facts) -> Page:
    """送达回证: which paper was served on which unit, when and how, and who had it in hand."""
    blank = say("papers.blank")
    rows = [
        ("papers.service.paper", say(_TITLES[facts["kind"]])),
        ("papers.service.number", facts["number"]),
        ("papers.service.to", facts["to"]),
        ("papers.service.issued_at", moment(facts["at"])),
        ("papers.service.how", value("service", facts["how"]) if facts["how"] else blank),
        ("papers.service.served_at", moment(facts["served_at"]) if facts["served_at"] else blank),
        ("papers.service.opened_by", facts["opened_by"] or blank),
        ("papers.service.acted_by", facts["acted_by"] or blank),
        ("papers.service.signed", blank),
        ("papers.receipt.remarks", blank),
    ]
    return form(facts, say("papers.service.title"), pairs(rows))


def receipt(facts: Facts) -> Page:
    """接收回执: the blank form that the committee fills in and sends back; it stands beside the
    letter."""
    rows = [
        ("papers.receipt.letter", facts["number"]),
        ("papers.receipt.sent_on", day(facts["at"])),
        ("papers.receipt.dossier", f"{facts['dossier']}.zip"),
        ("SHA-256", grouped(facts["sha256"])),
        ("papers.receipt.unit", facts["to"]),
        ("papers.receipt.person", say("papers.blank")),
        ("papers.receipt.at", say("papers.blank_date")),
        ("papers.receipt.remarks", say("papers.blank")),
    ]
    seal: Block = {"is": "sign", "lines": [say("papers.receipt.seal"), say("papers.blank_date")]}
    return form(facts, say("papers.receipt.title"), pairs(rows), seal, signed=False)
