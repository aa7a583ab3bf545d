"""The volume: the pages of a dossier 移送卷宗 in the procedure's order, from cover to closing note, and
the caller's sealed sheet. Words state facts and rules ("涉嫌", "反映"), never guilt. [procedure 8]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.papers import records
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
    page_of,
    pairs,
    paragraph,
    sign,
    table,
)
from app.words import event, value

Facts = Mapping[str, Any]
_COUNTED_DAYS = 40
"""So many counted days are named one by one; of a longer clock the first and the last."""


def dossier(facts: Facts) -> Page:
    """The dossier of a referral, or a supplement's volume, from its frozen facts."""
    volume = facts["volume"]
    pages = records
    parts: tuple[Callable[[Facts], list[Block]], ...] = (
        _letter,
        _approval,
        _report,
        _persons,
        _timeline,
        pages.case_pages,
        pages.reminders_pages,
        pages.supervision_pages,
        pages.repeats_pages,
        pages.redo_pages,
        pages.statements_pages,
        pages.review_pages,
        pages.rules_pages,
        pages.evidence_pages,
        pages.receipt_pages,
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
        f"{one['person']}（{value('post', one['post'])}）" for one in facts["persons"]
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


def _report(facts: Facts) -> list[Block]:
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


def _facts(facts: Facts) -> list[tuple[str, str, str]]:
    """(when, what, where the evidence stands) of the facts that matter."""
    found = [(moment(facts["matter"]["registered_at"]), "登记工单", "case")]
    for one in facts["assignments"]:
        role = value("role_of_unit", one["role"])
        words = f"{one['number'] or NONE}派{one['unit']}{role}，期限{before(one['due_at'])}"
        found.append((moment(one["at"]), words, "case"))
    for part, label in (
        ("assignments", "case"),
        ("reminders", "reminders"),
        ("notices", "supervision"),
    ):
        found += [
            (
                moment(one["served"]["at"]),
                f"{one['number'] or NONE}送达（{records.how_served(one)}）",
                label,
            )
            for one in facts[part]
            if one.get("served") and one["served"]["at"]
        ]
    for one in facts["reminders"]:
        found.append(
            (
                moment(one["at"]),
                f"{one['number']}催办，限{before(one['reply_by_at'])}答复",
                "reminders",
            )
        )
        if one["lapsed_at"]:
            found.append((moment(one["lapsed_at"]), f"{one['number']}逾期未答复", "reminders"))
    found += [
        (moment(one["at"]), f"{one['unit']}提交办理回复", "reminders") for one in facts["replies"]
    ]
    for notice in facts["notices"]:
        by = before(notice.get("due_at"), notice["due_on"])
        found.append((moment(notice["at"]), f"{notice['number']}督办，限{by}反馈", "supervision"))
    found += [
        (moment(one["at"]), f"{value('contact_kind', one['kind'])}", "repeats")
        for one in facts["repeats"]
    ]
    ends = (
        ("confirmed_at", "确认认定"),
        ("heard", "听取说明完毕"),
        ("concluded_at", "作出督查结论"),
    )
    found += [(moment(facts[name]), words, "supervision") for name, words in ends if facts[name]]
    return sorted(found)


def _persons(facts: Facts) -> list[Block]:
    rows = [
        [
            one["person"],
            value("post", one["post"]),
            one["duty"],
            one["cadre_authority"],
            f"{one['from']}至{one['to'] or '今'}",
        ]
        for one in facts["persons"]
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
        what = event(kind) + (f"（{facts['chains'][str(chain)]}）" if several else "")
        who = "系统" if actor == "bot" else facts["actors"].get(actor, actor)
        rows.append([n, moment(str(at)), what, who, NONE if counted is None else counted])
    clocks = [
        [f"{one['number'] or NONE} 办理期限", *_clock(one["due"]), before(one["due_at"])]
        for one in facts["assignments"]
    ]
    clocks += [
        [f"{one['number']} 催办答复期限", *_clock(one["reply_by"]), before(one["reply_by_at"])]
        for one in facts["reminders"]
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
    shown = [one[5:] for one in days]
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
    rows = [[one["case_number"], one["name"], one["phone"]] for one in facts["callers"]]
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
