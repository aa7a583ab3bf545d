"""The last pages of a dossier: statements, review, rules cited, evidence, receipt. [procedure 8,
page order]
"""

from __future__ import annotations

from app.papers.blocks import (
    NONE,
    Block,
    grouped,
    heading,
    moment,
    pairs,
    paragraph,
    sign,
    table,
)
from app.papers.records import Facts, letter_number
from app.rules.words import value


def statements_pages(facts: Facts) -> list[Block]:
    """The unit's statement, or a note that none came; the named persons'."""
    said = facts["unit_statement"]
    unit = said if said else "在规定期限内，未收到单位的书面说明。"
    blocks = [heading("单位说明与本人陈述", label="statements"), heading("（一）单位说明", 2)]
    blocks += (
        [paragraph(moment(facts["unit_stated_at"])), paragraph(unit)] if said else [paragraph(unit)]
    )
    blocks.append(heading("（二）本人陈述", 2))
    rows = [
        [person["person"], person["statement"] or "在规定期限内，未收到陈述。"]
        for person in facts["persons"]
    ]
    return [
        *blocks,
        table(("姓名", "陈述"), rows, ("30mm", "1fr")) if rows else paragraph("未列责任人员。"),
    ]


def review_pages(facts: Facts) -> list[Block]:
    """The review, or a note that none was asked for."""
    if not facts["review_asked_at"]:
        return [heading("复核", label="review"), paragraph("成卷时，未收到复核申请。")]
    ruled = {True: "同意", False: "不同意", None: "待裁定"}[facts["review_accepted"]]
    rows = [
        ("申请时间", moment(facts["review_asked_at"])),
        ("申请内容", facts["review"]),
        ("裁定", ruled),
    ]
    return [heading("复核", label="review"), pairs(rows)]


def rules_pages(facts: Facts) -> list[Block]:
    """The text of the rules cited, each with the days on which it is in force."""
    cited = facts["rules"]
    if isinstance(cited, str):  # sealed before rules had days
        return [heading("所引规定", label="rules"), paragraph(cited)]
    rows = [[n, rule["words"], _in_force(rule)] for n, rule in enumerate(cited, 1)]
    head, widths = ("序号", "规定", "施行起止"), ("10mm", "1fr", "46mm")
    listed = table(head, rows, widths) if rows else paragraph("未载明所引规定。")
    return [heading("所引规定", label="rules"), paragraph("以下为问题发生之日施行的规定。"), listed]


def _in_force(one: Facts) -> str:
    return f"{one['from']}至{one['to'] or '今'}" if one["from"] else NONE


def evidence_pages(facts: Facts) -> list[Block]:
    """The list of evidence."""
    rows = [
        [
            file["n"],
            f"{file['name']}\n{value('file_kind', file['kind'])}",
            file["from"] or facts["offices"]["office"],
            "电子原件" if file["attached"] else "不附（可能显示诉求人）",
            file.get("pages", NONE),
            grouped(file["sha256"]),
        ]
        for file in facts["evidence"]
    ]
    head = ("序号", "名称与种类", "来源", "原件/复制件", "页数", "SHA-256")
    listed = (
        table(head, rows, ("10mm", "1.2fr", "1fr", "20mm", "11mm", "42mm"))
        if rows
        else paragraph("本卷无附件。")
    )
    beside = pairs(
        [("全部记录", "events.jsonl"), ("文件清单", "MANIFEST.json"), ("校验值", "SHA256SUMS")]
    )
    return [heading("证据目录", label="evidence"), listed, paragraph("卷内另附："), beside]


def receipt_pages(facts: Facts) -> list[Block]:
    """The receipt form."""
    rows = [
        ("移送函编号", letter_number(facts)),
        ("卷宗", f"{facts['case_number']} 第{facts['volume']}卷"),
        ("接收单位", facts["offices"]["committee"]),
        ("接收人", "　"),
        ("接收时间", "　　年　月　日"),
        ("备注", "　"),
    ]
    return [heading("接收回执", label="receipt"), pairs(rows), sign("（接收单位盖章）")]
