"""The volume: the pages of a dossier 移送卷宗 in the procedure's order, from cover to closing note, and
the caller's sealed sheet. Words state facts and rules ("涉嫌", "反映"), never guilt. [procedure 8]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.papers import annexes, records
from app.papers.blocks import (
    NONE,
    Block,
    Page,
    before,
    day,
    grouped,
    heading,
    moment,
    page_break,
    pairs,
    paragraph,
    sign,
    table,
)
from app.papers.report import report_pages
from app.rules.words import EVENT_TITLES, value

Facts = Mapping[str, Any]
_COUNTED_DAYS = 40
"""So many counted days are named one by one; of a longer clock the first and the last."""


def dossier(facts: Facts) -> Page:
    """The dossier of a referral, or a supplement's volume, from its frozen facts."""
    volume = facts["volume"]
    parts: tuple[Callable[[Facts], list[Block]], ...] = (
        _letter,
        _approval,
        report_pages,
        _persons,
        _timeline,
        records.case_pages,
        records.reminders_pages,
        records.supervision_pages,
        records.repeats_pages,
        records.redo_pages,
        annexes.statements_pages,
        annexes.review_pages,
        annexes.rules_pages,
        annexes.evidence_pages,
        annexes.receipt_pages,
        _closing,
    )
    if volume > 1:
        parts = (_supplement, *parts)
    blocks = [*_cover(facts), page_break(), _title("目录"), {"is": "outline"}]
    for part in parts:
        blocks += [page_break(), *part(facts)]
    title = f"移送卷宗 {facts['case_number']}" + (f" 补充卷{volume - 1}" if volume > 1 else "")
    return {"title": title, "show_title": False, "draft": facts["draft"], "blocks": blocks}


def _title(words: str) -> Block:
    return {"is": "title", "words": words}


def _cover(facts: Facts) -> list[Block]:
    under = f"补充卷（第{facts['volume'] - 1}册）" if facts["volume"] > 1 else "（正卷）"
    rows = [
        ("工单编号", facts["case_number"]),
        ("督办编号", facts["item"]),
        ("被反映单位", facts["unit_name"]),
        ("涉嫌情形", value("finding", facts["finding"] or "")),
        ("移送单位", facts["offices"]["room"]),
        ("接收单位", facts["offices"]["committee"]),
        ("成卷时间", moment(facts["formed_at"])),
        ("提取人", facts["formed_by"]),
    ]
    return [{"is": "cover", "words": "移送卷宗", "under": under}, pairs(rows)]


def _supplement(facts: Facts) -> list[Block]:
    return [heading("补充说明", label="supplement"), paragraph(facts["words"])]


def _letter(facts: Facts) -> list[Block]:
    people = "、".join(
        f"{person['person']}（{value('post', person['post'])}）" for person in facts["persons"]
    )
    words = (
        f"经督办查明，{facts['unit_name']}在办理编号{facts['case_number']}的群众诉求过程中，涉嫌"
        f"“{value('finding', facts['finding'] or '')}”。{'反映的有关责任人员：' + people + '。' if people else ''}"
        "督查结论已反馈该单位，现将有关卷宗移送你委，请依规依法处理。"
    )
    return [
        heading("移送函", label="letter"),
        paragraph(records.letter_number(facts), indent=False, align="right"),
        paragraph(f"{facts['offices']['committee']}：", indent=False),
        paragraph(words),
        paragraph("本函编号和日期在发出时填写，正式函件与本卷一并送交，可在系统内下载。"),
        sign(facts["offices"]["room"], "　　年　月　日"),
    ]


def _approval(facts: Facts) -> list[Block]:
    held = facts["approval"]
    approved = f"{held['leader'] or NONE}" + (
        "（纸质审批，扫描件在卷）" if held["entered_by"] else ""
    )
    return [
        heading("审批表", label="approval"),
        pairs(
            [
                ("承办人", held["completed_by"]),
                ("完成时间", moment(held["completed_at"])),
                ("审核人", held["reviewed_by"]),
                ("审核时间", moment(held["reviewed_at"])),
                ("审批人", approved),
                ("审批时间", moment(held["approved_at"])),
                ("录入人", held["entered_by"]),
                ("审批扫描件", held["scan"]),
                ("附诉求人身份", "是（另页密封）" if facts["with_identity"] else "否"),
                ("处理建议", facts["proposal"]),
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
            f"{person['from']}至{person['to'] or '今'}",
        ]
        for person in facts["persons"]
    ]
    people = (
        table(
            ("姓名", "职务", "职责", "干部管理权限", "任职时间"),
            rows,
            ("28mm", "1fr", "1.2fr", "1.2fr", "1.2fr"),
        )
        if rows
        else paragraph("认定未列具体责任人员。")
    )
    return [
        heading("单位与责任人", label="persons"),
        pairs([("被反映单位", facts["unit_name"])]),
        people,
        paragraph("职务为问题发生之日所任职务，据任职历史载明。"),
    ]


def _timeline(facts: Facts) -> list[Block]:
    """Every event with the working days since the allocation, and each clock with the days that it
    counted."""
    several = len(facts["chains"]) > 1
    rows = []
    for n, (chain, _seq, at, kind, actor, _hash, counted) in enumerate(facts["timeline"], 1):
        what = EVENT_TITLES.get(kind, (kind, kind))[0] + (
            f"（{facts['chains'][str(chain)]}）" if several else ""
        )
        who = "系统" if actor == "bot" else facts["actors"].get(actor, actor)
        rows.append([n, moment(str(at)), what, who, NONE if counted is None else counted])
    clocks = [
        [f"{row['number'] or NONE} 办理期限", *_clock(row["due"]), before(row["due_at"])]
        for row in facts["assignments"]
    ]
    clocks += [
        [f"{row['number']} 催办答复期限", *_clock(row["reply_by"]), before(row["reply_by_at"])]
        for row in facts["reminders"]
    ]
    return [
        heading("时间线与工作日计算", label="timeline"),
        table(
            ("序号", "时间", "事项", "经办", "派单后第几个工作日"),
            rows,
            ("10mm", "34mm", "1fr", "30mm", "22mm"),
        ),
        heading("（一）期限计算", 2),
        paragraph("期间开始之日不计入；只计工作日（含调休上班日），至最后一个工作日24时届满。"),
        table(
            ("期限", "起算日", "计算", "计入的日期", "届满"),
            clocks,
            ("1.1fr", "22mm", "22mm", "1.4fr", "26mm"),
        ),
    ]


def _clock(trace: Facts) -> list[str]:
    """Start, length and counted days of a clock."""
    days = trace["days"]
    shown = [day[5:] for day in days]
    if len(shown) > _COUNTED_DAYS:
        shown = [shown[0], "…", shown[-1]]
    unit = {"workdays": "个工作日", "hours": "小时", "named": ""}[trace["unit"]]
    length = "指定日期" if trace["unit"] == "named" else f"{trace['n']}{unit}"
    return [trace["start"], length, "、".join(shown) or NONE]


def _closing(facts: Facts) -> list[Block]:
    last = facts["timeline"][-1] if facts["timeline"] else None
    words = (
        f"本卷于{moment(facts['formed_at'])}由{facts['formed_by'] or NONE}成卷。"
        "成卷后内容不再变更，新的事实另立补充卷。"
    )
    chain = pairs([("成卷前最后一条记录", grouped(str(last[5])) if last else NONE)])
    return [
        heading("备考表", label="closing"),
        paragraph(words),
        chain,
        sign(facts["offices"]["room"], day(facts["formed_at"])),
    ]


def identity(facts: Facts) -> Page:
    """The caller's sheet 诉求人身份信息（密封）: apart from the dossier, only where the approver let it go
    along."""
    rows = [[row["case_number"], row["name"], row["phone"]] for row in facts["callers"]]
    return {
        "title": "诉求人身份信息（密封）",
        "draft": False,
        "blocks": [
            paragraph(
                f"工单编号{facts['case_number']}。经审批人批准随卷移送，仅供接收单位依法使用，不得向被反映单位透露。"
            ),
            table(("工单编号", "姓名", "电话"), rows, ("1fr", "1fr", "1fr")),
        ],
    }
