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
    table,
)
from app.papers.records import Facts
from app.rules.words import value


def report_pages(facts: Facts) -> list[Block]:
    """Source, facts with their evidence, finding, rules, report and proposal."""
    matter = facts["matter"]
    source = (
        f"{moment(matter['received_at'])}，市长热线通过{value('channel', matter['channel'])}受理该诉求，"
        f"类型为{value('kind', matter['kind'])}，地点为{matter['place'] or NONE}。"
    )
    rows = [[at, words, page_of(label)] for at, words, label in _facts(facts)]
    return [
        heading("事项报告", label="report"),
        heading("（一）来源", 2),
        paragraph(source),
        heading("（二）事实", 2),
        table(("时间", "事实", "证据所在页"), rows, ("34mm", "1fr", "22mm")),
        heading("（三）认定", 2),
        paragraph(f"涉嫌{value('finding', facts['finding'] or '')}。{facts['finding_words']}"),
        heading("（四）涉及的规定", 2),
        paragraph("见“所引规定”。"),
        heading("（五）报告与建议", 2),
        paragraph(facts["report"]),
        paragraph(f"建议：{facts['proposal']}"),
    ]


Fact = tuple[str, str, str]
"""When it was, what it was, and the page on which the evidence stands."""


def _facts(facts: Facts) -> list[Fact]:
    """The facts that matter, in the order of time."""
    return sorted(
        [
            (moment(facts["matter"]["registered_at"]), "登记工单", "case"),
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
        role, due = value("role_of_unit", assignment["role"]), before(assignment["due_at"])
        words = f"{assignment['number'] or NONE}派{assignment['unit']}{role}，期限{due}"
        yield moment(assignment["at"]), words, "case"


def _served(facts: Facts) -> Iterator[Fact]:
    """When papers reached the unit."""
    parts = (("assignments", "case"), ("reminders", "reminders"), ("notices", "supervision"))
    for part, label in parts:
        for paper in facts[part]:
            if paper.get("served") and paper["served"]["at"]:
                words = f"{paper['number'] or NONE}送达（{records.how_served(paper)}）"
                yield moment(paper["served"]["at"]), words, label


def _reminded(facts: Facts) -> Iterator[Fact]:
    """Reminders, those that lapsed, and the replies."""
    for reminder in facts["reminders"]:
        words = f"{reminder['number']}催办，限{before(reminder['reply_by_at'])}答复"
        yield moment(reminder["at"]), words, "reminders"
        if reminder["lapsed_at"]:
            yield moment(reminder["lapsed_at"]), f"{reminder['number']}逾期未答复", "reminders"
    for reply in facts["replies"]:
        yield moment(reply["at"]), f"{reply['unit']}提交办理回复", "reminders"


def _supervised(facts: Facts) -> Iterator[Fact]:
    for notice in facts["notices"]:
        by = before(notice.get("due_at"), notice["due_on"])
        yield moment(notice["at"]), f"{notice['number']}督办，限{by}反馈", "supervision"


def _repeated(facts: Facts) -> Iterator[Fact]:
    for contact in facts["repeats"]:
        yield moment(contact["at"]), value("contact_kind", contact["kind"]), "repeats"


_ENDS = (
    ("confirmed_at", "确认认定"),
    ("heard", "听取说明完毕"),
    ("concluded_at", "作出督查结论"),
)


def _ended(facts: Facts) -> Iterator[Fact]:
    """How the supervision ended."""
    for name, words in _ENDS:
        if facts[name]:
            yield moment(facts[name]), words, "supervision"
