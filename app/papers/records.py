"""The pages of a dossier that show the record itself: case, reminders, supervision, repeats and
redo, page by page. [procedure 8, page order]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.papers.blocks import (
    NONE,
    Block,
    before,
    day,
    heading,
    moment,
    pairs,
    paragraph,
    table,
)
from app.rules.words import value

Facts = Mapping[str, Any]


def letter_number(facts: Facts) -> str:
    """The letter's number is allotted when it is sent: here stands its place."""
    return f"{facts['offices']['series.referral']}〔　　　　〕　　号"


def case_pages(facts: Facts) -> list[Block]:
    """Case and allocation papers, signing."""
    matter = facts["matter"]
    flags = "、".join(
        words for name, words in (("confidential", "保密"), ("anonymous", "匿名")) if matter[name]
    )
    about = pairs(
        [
            ("工单编号", facts["case_number"]),
            ("受理时间", moment(matter["received_at"])),
            ("登记时间", moment(matter["registered_at"])),
            ("渠道", value("channel", matter["channel"])),
            ("类型", value("kind", matter["kind"])),
            ("分类", matter["category"]),
            ("紧急程度", value("urgency", matter["urgency"])),
            ("地点", matter["place"]),
            ("诉求内容", matter["narrative"]),
            ("诉求目的", matter["demand"]),
            ("诉求人", f"已隐去{'（' + flags + '）' if flags else ''}"),
            ("重复次数", matter["repeats"]),
        ]
    )
    rows = [
        [
            assignment["number"],
            assignment["unit"],
            value("role_of_unit", assignment["role"]),
            assignment["round"],
            moment(assignment["at"]),
            served(assignment),
            f"{moment(assignment['signed_at'])}\n{value('signed_by', assignment['signed_by'] or '')}",
            before(assignment["due_at"]),
        ]
        for assignment in facts["assignments"]
    ]
    head = ("编号", "承办单位", "主协办", "轮次", "分派", "送达", "签收", "期限")
    blocks = [heading("工单、派单与签收", label="case"), about]
    blocks.append(
        table(head, rows, ("1.2fr", "1fr", "11mm", "9mm", "21mm", "21mm", "21mm", "22mm"))
    )
    said = [
        f"{instruction['leader']}（{value('level', instruction['level'])}）{day(instruction['on'])}批示："
        f"{instruction['words']}"
        for instruction in facts["instructions"]
    ]
    return [*blocks, heading("（一）领导批示", 2), paragraph("\n".join(said))] if said else blocks


def served(one: Facts) -> str:
    """When a paper was served, and how: it was first opened, or stood in the panel to the end of
    the next working day."""
    held = one.get("served")
    if not held:
        return NONE
    if held["at"] is None:
        return "尚未送达"
    return f"{moment(held['at'])}\n{how_served(one)}"


def how_served(one: Facts) -> str:
    """How a paper was served that was."""
    held = one["served"]
    return value("service", held.get("how") or ("opened" if held["opened"] else "stood"))


def reminders_pages(facts: Facts) -> list[Block]:
    """Reminder, service, reply."""
    rows = [
        [
            reminder["number"],
            reminder["unit"],
            moment(reminder["at"]),
            served(reminder),
            before(reminder["reply_by_at"]),
            _heeded(reminder),
        ]
        for reminder in facts["reminders"]
    ]
    head = ("编号", "承办单位", "发出", "送达", "答复期限", "结果")
    blocks = [heading("催办、送达与答复", label="reminders")]
    widths = ("1.2fr", "1fr", "24mm", "24mm", "26mm", "1fr")
    blocks.append(table(head, rows, widths) if rows else paragraph("未发出催办。"))
    asked = [
        [
            value("request", request["kind"]),
            request["unit"],
            moment(request["at"]),
            request["words"],
            request["promised_on"],
            _STATES[request["state"]],
        ]
        for request in facts["requests"]
    ]
    if asked:
        titles = ("种类", "单位", "提出", "内容", "承诺日期", "审定")
        blocks += [heading("（一）情况说明与申请", 2)]
        blocks.append(table(titles, asked, ("18mm", "1fr", "24mm", "1.6fr", "22mm", "16mm")))
    blocks.append(heading("（二）办理回复" if asked else "（一）办理回复", 2))
    for reply in facts["replies"]:
        blocks.append(_reply(reply))
    return blocks if facts["replies"] else [*blocks, paragraph("未提交办理回复。")]


_STATES = {"pending": "待审定", "accepted": "同意", "refused": "不同意", "withdrawn": "失效"}


def _heeded(one: Facts) -> str:
    if one["state"] == "void":
        return f"作废 {one['void'] or ''}".strip()
    if one["state"] == "lapsed":
        return f"逾期未答复（{moment(one['lapsed_at'])}认定）"
    return {"open": "待答复", "satisfied": "逾期后答复" if one["late"] else "期限内答复"}[
        one["state"]
    ]


def _reply(one: Facts) -> Block:
    verdict = {"filed": "待审核", "passed": "通过", "refused": "退回", "withdrawn": "终止"}[
        one["state"]
    ]
    if one["refusal"]:
        verdict += f"：{value('examination', one['refusal'])} {one['refusal_words'] or ''}"
    return pairs(
        [
            ("提交", f"{one['unit']} {moment(one['at'])}{'（逾期）' if one['late'] else ''}"),
            ("办理意见", one["opinion"]),
            ("下一步措施", f"{one['next_step'] or NONE}（{day(one['step_on'])}）"),
            ("办理情况", one["handling"]),
            ("公开答复", one["public_answer"]),
            (
                "联系群众",
                "已联系" if one["contacted"] else f"未联系：{one['why_not_contacted'] or NONE}",
            ),
            ("审核", f"{verdict}　{moment(one['examined_at'])}"),
        ]
    )


def supervision_pages(facts: Facts) -> list[Block]:
    """Supervision notice, feedback, finding, conclusion."""
    listed = f"{facts['list'] or NONE}（{facts['listed_on'] or NONE}）"
    blocks = [
        heading("督办通知、反馈与结论", label="supervision"),
        pairs(
            [
                ("督办编号", facts["item"]),
                ("立项情形", value("ground", facts["ground"])),
                ("督办清单", listed),
                ("立项时间", moment(facts["opened_at"])),
                ("立项理由", facts["reason"]),
            ]
        ),
    ]
    for notice in facts["notices"]:
        fed = notice["feedback"]
        late = "（逾期）" if fed and fed["late"] else ""
        blocks.append(heading(f"第{notice['n']}次督办通知（{moment(notice['at'])}）", 2))
        blocks.append(
            pairs(
                [
                    ("要求", notice["requirement"]),
                    ("送达", served(notice)),
                    ("反馈期限", before(notice.get("due_at"), notice["due_on"])),
                    ("反馈", f"{moment(fed['at'])}{late}\n{fed['words']}" if fed else "未反馈"),
                ]
            )
        )
    found = f"涉嫌{value('finding', facts['finding'] or '')}。{facts['finding_words']}"
    return [
        *blocks,
        heading("认定与结论", 2),
        pairs(
            [
                ("认定", found),
                ("起草人", facts["found_by"]),
                ("确认", f"{facts['confirmed_by'] or NONE} {moment(facts['confirmed_at'])}"),
                ("听取说明完毕", moment(facts["heard"])),
                ("督查结论", facts["conclusion"]),
                ("作出结论", f"{facts['concluded_by'] or NONE} {moment(facts['concluded_at'])}"),
            ]
        ),
    ]


def repeats_pages(facts: Facts) -> list[Block]:
    """Repeat complaints and visits, the caller redacted."""
    rows = [
        [
            n,
            moment(contact["at"]),
            value("contact_kind", contact["kind"]),
            value("channel", contact["channel"]),
            contact["words"],
        ]
        for n, contact in enumerate(facts["repeats"], 1)
    ]
    blocks = [heading("重复投诉与回访（诉求人已隐去）", label="repeats")]
    head = ("序号", "时间", "性质", "渠道", "内容")
    blocks.append(
        table(head, rows, ("10mm", "34mm", "20mm", "22mm", "1fr"))
        if rows
        else paragraph("无重复来电。")
    )
    blocks.append(heading("（一）回访", 2))
    return (
        [*blocks, *_visits(facts["visits"])]
        if facts["visits"]
        else [*blocks, paragraph("未回访。")]
    )


def _visits(visits: Sequence[Facts]) -> list[Block]:
    rows = []
    for visit in visits:
        outcome = "未联系上"
        if visit["reached"]:
            outcome = "；".join(
                value(name, visit[name] or "") for name in ("truth", "solved", "satisfied")
            )
        again = f"（更正{visit['version'] - 1}：{visit['reason']}）" if visit["version"] > 1 else ""
        nth, how = f"{visit['attempt']}{again}", value("method", visit["method"])
        rows.append([visit["round"], nth, moment(visit["at"]), how, outcome, visit["words"]])
    head = ("轮次", "次数", "时间", "方式", "结果", "记录")
    return [table(head, rows, ("10mm", "20mm", "24mm", "18mm", "1fr", "1.4fr"))]


def _verdict(review: Facts) -> str:
    """The outcome of a review. Without a code it was the closing of a case whose second redo
    failed."""
    if review["unit_responsible"]:
        return "单位责任"
    return "非单位责任" if review["excluded_as"] else "重办已满，结案"


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
    blocks = [heading("审核、责任认定与重办", label="redo")]
    head = ("编号", "轮次", "时间", "认定人", "结论", "依据")
    widths = ("1fr", "10mm", "24mm", "22mm", "20mm", "1.4fr")
    blocks.append(table(head, rows, widths) if rows else paragraph("未作责任认定。"))
    if orders:
        named = ("重办编号", "轮次", "时间", "送达", "期限")
        blocks.append(table(named, orders, ("1.4fr", "12mm", "28mm", "28mm", "28mm")))
    return blocks
