"""The notices: allocation 派单通知单, redo 重办通知单, reminder 催办通知单, supervision 督办通知单, the day's list
督办建议清单 and the letter 移送函. Words state facts and rules, never guilt. [procedure 8]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.papers.blocks import (
    NONE,
    Block,
    Page,
    before,
    day,
    grouped,
    heading,
    moment,
    pairs,
    paragraph,
    sign,
    table,
)
from app.rules.terms import end_told, until
from app.rules.words import value

Facts = Mapping[str, Any]
_NUMBERS = "一二三"
GUESSED = "所载期限跨越放假安排尚未公布的日期，按暂定日历推算；放假安排公布后重新计算，期限只会顺延，不会提前。"
"""What a paper or a list says where a clock crosses guessed days. [procedure 0]"""


def _page(facts: Facts, title: str, *blocks: Block | None, head: str | None = None) -> Page:
    """A paper with the red head of its issuer, signed by it on its day, with room for the seal."""
    end = sign(facts["issuer"], day(facts["at"]))
    if facts.get("guessed"):
        blocks = (*blocks, paragraph(GUESSED))
    return {
        "head": head or facts["issuer"],
        "number": facts["number"],
        "title": title,
        "to": facts.get("to", ""),
        "blocks": [*(one for one in blocks if one is not None), end],
        "foot": "double",
    }


def _said(instructions: Sequence[Facts]) -> Block | None:
    words = [
        f"{one['leader']}（{value('level', one['level'])}）{day(one['on'])}批示"
        f"{'（' + one['document'] + '）' if one['document'] else ''}：{one['words']}"
        for one in instructions
    ]
    return paragraph("\n".join(words)) if words else None


def _matter(facts: Facts) -> Block:
    """The demand, without the caller."""
    return pairs(
        [
            ("工单编号", facts["case_number"]),
            ("受理时间", moment(facts["received_at"])),
            ("受理渠道", value("channel", facts["channel"])),
            ("事发地点", facts["place"]),
            ("诉求内容", facts["narrative"]),
            ("诉求目的", facts["demand"]),
        ]
    )


def allocation(facts: Facts) -> Page:
    """派单通知单: a case for a unit, lead or assist, and by when."""
    role = value("role_of_unit", facts["role"])
    beside = "、".join(
        f"{one['unit']}（{value('role_of_unit', one['role'])}）" for one in facts["beside"]
    )
    asks = (
        f"现将编号{facts['case_number']}的群众诉求交由你单位{role}，请于{before(facts['due_at'])}办结，并在系统内提交"
        f"明确的办理意见（意见、下一步措施和时间）。{'其他承办单位：' + beside + '。' if beside else ''}"
    )
    end = "请及时签收；逾期未办结且未说明原因的，将予催办。诉求人信息不在本单载明，请依权限在系统内查阅。"
    return _page(
        facts,
        "派单通知单",
        paragraph(asks),
        _matter(facts),
        _said(facts["instructions"]),
        paragraph(end),
    )


def instruction(facts: Facts) -> Page:
    """领导批示办理单: what a leader wrote on a matter, to the unit that handles it, and by when."""
    role = value("role_of_unit", facts["role"])
    asks = (
        f"现将领导对编号{facts['case_number']}群众诉求的批示转你单位（{role}，交办编号{facts['assignment']}）。"
        f"请按批示要求抓紧办理，并于{before(facts['due_at'])}办结，在系统内提交明确的办理意见。"
    )
    end = "逾期未办结且未说明原因的，列入督办建议清单。"
    return _page(
        facts,
        "领导批示办理单",
        paragraph(asks),
        _said(facts["instructions"]),
        _matter(facts),
        paragraph(end),
    )


def redo(facts: Facts) -> Page:
    """重办通知单: back to the same unit, a round on."""
    nth = _NUMBERS[facts["round"] - 2] if 2 <= facts["round"] <= 4 else str(facts["round"] - 1)
    asks = (
        f"编号{facts['case_number']}的群众诉求，经回访和审核，认定办理结果未达到要求且属承办单位责任，"
        f"现退回你单位重新办理（第{nth}次重办）。请于{before(facts['due_at'])}重新办结并提交明确的办理意见。"
    )
    end = "重办结果将再次审核、回访；重办仍不合格的，列入督办建议清单。"
    return _page(facts, "重办通知单", paragraph(asks), _matter(facts), paragraph(end))


def reminder(facts: Facts) -> Page:
    """催办通知单: overdue and not explained; a reply within two working days."""
    asks = (
        f"我中心以{facts['assignment']}交你单位办理的群众诉求（工单编号{facts['case_number']}），办理期限为"
        f"{before(facts.get('due_at'), facts['due_on'])}，现已逾期，且未说明原因。请抓紧办理，并于"
        f"{before(facts.get('reply_by_at'), facts['reply_by'])}作出答复。"
    )
    end = "逾期仍未答复的，将视情形列入关注或者督办建议清单。确有客观原因的，请在上述期限内提交情况说明及承诺办结日期。"
    again = (
        None
        if facts["attempt"] == 1
        else paragraph(f"本单为本轮办理的第{facts['attempt']}次催办。")
    )
    return _page(facts, "催办通知单", paragraph(asks), again, paragraph(end))


def supervision(facts: Facts) -> Page:
    """督办通知单: the room's notice, again where the feedback was not enough."""
    again = f"（第{facts['n']}次）" if facts["n"] > 1 else ""
    asks = (
        f"你单位承办的群众诉求（工单编号{facts['case_number']}，交办编号{facts['assignment']}），因"
        f"“{value('ground', facts['ground'])}”，经研究决定立项督办。现将有关要求通知如下："
    )
    by = before(facts.get("due_at"), facts["due_on"])
    end = f"请你单位主要负责人于{by}书面反馈办理情况。逾期未反馈的，将予通报并按规定处理。"
    reason = paragraph(f"立项理由：{facts['reason']}") if facts["reason"] else None
    return _page(
        facts,
        f"督办通知单{again}",
        paragraph(asks),
        paragraph(facts["requirement"]),
        reason,
        paragraph(end),
    )


LIST_HEAD = (
    "序号",
    "工单编号",
    "承办单位",
    "列入情形",
    "类别",
    "轮次",
    "办理期限",
    "逾期工作日",
    "催办编号",
    "重复",
    "领导批示",
    "说明",
)
"""The columns of the day's list, on paper and in the sheet."""
_CLASSES = {"mandatory": "应当督办", "by_hand": "人工提出"}


def list_rows(facts: Facts) -> list[list[str | int]]:
    """A row for each row of the frozen list: numbers as numbers, the rest as words."""
    return [[n, *_list_row(row)] for n, row in enumerate(facts["rows"], 1)]


def _list_row(row: Facts) -> list[str | int]:
    cited = row["facts"]
    said = "；".join(f"{one['leader']} {one['on']} {one['words']}" for one in row["instructions"])
    return [
        row["case"] or NONE,
        row["unit"],
        value("ground", row["ground"]),
        _CLASSES[row["class"]],
        row["round"],
        _cited_due(cited),
        cited.get("workdays_late", 0),
        cited.get("reminder") or NONE,
        cited.get("repeats", 0),
        said or NONE,
        row["reason"] or NONE,
    ]


def _cited_due(cited: Facts) -> str:
    """The due date that a row cites; of rows that were frozen before they held the moment, the end
    of the day."""
    return until(end_told(cited.get("due_at"), cited["due_on"])) if cited.get("due_on") else NONE


STRUCK_HEAD = ("工单编号", "承办单位", "列入情形", "原清单日期", "勘误理由")


def struck_rows(facts: Facts) -> list[list[str]]:
    """The rows of earlier lists that this one strikes, with the reason."""
    return [
        [
            one["case"] or NONE,
            one["unit"],
            value("ground", one["ground"]),
            one["listed_on"],
            one["reason"] or NONE,
        ]
        for one in facts["struck"]
    ]


def supervision_list(facts: Facts) -> Page:
    """督办建议清单: as many rows as the day's list has, and the struck rows of earlier ones."""
    shown = [
        [
            row[0],
            row[1],
            row[2],
            row[3],
            row[6],
            row[7],
            row[8],
            row[9],
            "\n".join(str(one) for one in (row[10], row[11]) if one != NONE) or NONE,
        ]
        for row in list_rows(facts)
    ]
    head = (
        "序号",
        "工单编号",
        "承办单位",
        "列入情形",
        "办理期限",
        "逾期\n工作日",
        "催办编号",
        "重复",
        "批示、说明",
    )
    # The last is wide enough for a date: a word that does not break would stand over the frame.
    widths = ("11mm", "27mm", "0.9fr", "0.8fr", "22mm", "14mm", "1fr", "11mm", "1.6fr")
    opening = (
        f"{day(facts['day'])}经逐件核对，下列{len(shown)}件符合列入督办建议清单的情形，现提请研究决定是否立项督办。"
        "每行所列情形、催办、逾期工作日数均以清单印发时的记录为准。"
    )
    blocks: list[Block | None] = [paragraph(opening), table(head, shown, widths)]
    struck = struck_rows(facts)
    if struck:
        blocks += [
            heading("勘误"),
            paragraph("此前清单中的下列各行系误列，予以删除："),
            table(STRUCK_HEAD, struck, ("28mm", "1fr", "1fr", "24mm", "1.4fr")),
        ]
    return _page(facts, "督办建议清单", *blocks, paragraph("特此提请。"))


def letter(facts: Facts) -> Page:
    """移送函: the dossier goes to the committee, named by its SHA-256."""
    people = "、".join(
        f"{one['person']}（{value('post', one['post'])}）" for one in facts["persons"]
    )
    opening = (
        f"经督办查明，{facts['unit']}在办理编号{facts['case_number']}的群众诉求过程中，涉嫌"
        f"“{value('finding', facts['finding'])}”。现将有关卷宗移送你委，请依规依法处理。"
    )
    persons = f"反映的有关责任人员：{people}。" if people else "未反映具体责任人员。"
    return _page(
        facts,
        "关于移送有关问题线索的函",
        paragraph(opening),
        paragraph(persons),
        paragraph(f"建议：{facts['proposal']}"),
        pairs([("卷宗文件", f"{facts['dossier']}.zip"), ("SHA-256", grouped(facts["sha256"]))]),
        paragraph("请在收到后出具接收回执，并反馈处理结果。"),
    )
