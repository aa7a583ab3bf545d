"""The wording of papers: what each says between its head and its signature, which the office may
change. A line is a paragraph; `{field}` is filled in; a field that stands alone on its line may be a
table, several paragraphs, or nothing. [procedure, Papers]"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

from app.rules.refusal import NotAllowed

PREFIX = "wording."
VERSION = ".version"
"""What the setting with the number of a wording's version ends with."""
LONGEST_WORDING = 2000

WORDINGS: Mapping[str, str] = {
    "wording.allocation": "现将编号{case_number}的群众诉求交由你单位{role}，请于{by}办结，"
    "并在系统内提交明确的办理意见（意见、下一步措施和时间）。{beside}\n"
    "{matter}\n{instructions}\n"
    "请及时签收；逾期未办结且未说明原因的，将予催办。诉求人信息不在本单载明，请依权限在系统内查阅。",
    "wording.redo": "编号{case_number}的群众诉求，经回访和审核，认定办理结果未达到要求且属承办单位责任，"
    "现退回你单位重新办理（第{nth}次重办）。请于{by}重新办结并提交明确的办理意见。\n"
    "{matter}\n"
    "重办结果将再次审核、回访；重办仍不合格的，列入督办建议清单。",
    "wording.instruction": "现将领导对编号{case_number}群众诉求的批示转你单位（{role}，交办编号{assignment}）。"
    "请按批示要求抓紧办理，并于{by}办结，在系统内提交明确的办理意见。\n"
    "{instructions}\n{matter}\n"
    "请在上述期限内办结并回复；逾期未办结且未说明原因的，列入督办建议清单。",
    "wording.reminder": "我中心以{assignment}交你单位办理的群众诉求（工单编号{case_number}），"
    "办理期限为{by}，现已逾期，且未说明原因。请抓紧办理，并于{reply_by}作出答复。\n"
    "{again}\n"
    "逾期仍未答复的，将视情形列入关注或者督办建议清单。确有客观原因的，"
    "请在上述期限内提交情况说明及承诺办结日期。",
    "wording.supervision": "你单位承办的群众诉求（工单编号{case_number}，交办编号{assignment}），"
    "因“{ground}”，经研究决定立项督办。现将有关要求通知如下：\n"
    "{requirement}\n{reason}\n"
    "请你单位主要负责人于{by}书面反馈办理情况。逾期未反馈的，将予通报并按规定处理。",
    "wording.submission": "{matter}\n编号{case_number}的上述群众诉求，因下列原因需呈请领导批示：\n"
    "{reason}\n"
    "妥否，请批示。",
    "wording.conclusion": "你单位承办的群众诉求（工单编号{case_number}，督办编号{item}），"
    "经督办并听取说明，现将督查结论反馈如下：\n"
    "{conclusion}\n"
    "对本结论有异议的，请于{ask_by}由单位主要负责人申请复核一次。",
    "wording.referral": "经督办查明，{unit}在办理编号{case_number}的群众诉求过程中，涉嫌“{finding}”。"
    "现将有关卷宗移送你委，请依规依法处理。\n"
    "{people}\n建议：{proposal}\n{file}\n"
    "请在收到本函及卷宗后填写所附接收回执退回我室，并及时反馈处理结果。",
}
"""The wording of each paper with which the desk begins, until the office has its own."""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "wording.allocation": ("case_number", "by", "matter", "instructions"),
    "wording.redo": ("case_number", "by", "matter"),
    "wording.instruction": ("case_number", "by", "instructions", "matter"),
    "wording.reminder": ("case_number", "assignment", "by", "reply_by"),
    "wording.supervision": ("case_number", "requirement", "by"),
    "wording.submission": ("case_number", "reason", "matter"),
    "wording.conclusion": ("case_number", "conclusion", "ask_by"),
    "wording.referral": ("case_number", "unit", "finding", "proposal", "file"),
}
"""What a wording may not leave out: without it the paper does not do what it is for."""

_ALSO: Mapping[str, tuple[str, ...]] = {
    "wording.allocation": ("role", "beside"),
    "wording.redo": ("nth",),
    "wording.instruction": ("role", "assignment"),
    "wording.reminder": ("again",),
    "wording.supervision": ("assignment", "ground", "reason"),
    "wording.conclusion": ("item",),
    "wording.referral": ("people",),
}
ALONE = ("matter", "instructions", "again", "requirement", "reason", "conclusion", "people", "file")
"""The fields that stand alone on their line: tables, or words of somebody in paragraphs."""
_ACCUSING = re.compile("违法|违纪|犯罪|渎职|有罪|严重失职|玩忽职守|滥用职权|贪污|受贿")
"""What a paper may not say of a unit or a person: it states facts and rules. [procedure 8]"""


def fields_of(name: str) -> tuple[str, ...]:
    """The named fields that a wording may use."""
    return (*REQUIRED[name], *_ALSO.get(name, ()))


def kind_of(setting: str) -> str:
    """The kind of paper that a setting words; nothing for any other setting."""
    return setting.removeprefix(PREFIX) if setting in WORDINGS else ""


def accuses(text: str) -> str:
    """The first word of a text that says that somebody is guilty, or nothing."""
    found = _ACCUSING.search(text)
    return found.group() if found else ""


def named_in(text: str) -> list[str]:
    """The fields of a text in order. ValueError where its braces cannot be read, or a field asks for
    more than to be filled in."""
    named = []
    for _, name, form, conversion in Formatter().parse(text):
        if name is not None:
            if form or conversion or not name.isidentifier():
                raise ValueError(name)
            named.append(name)
    return named


def refuse_wording(name: str, text: str) -> None:
    """Refuse a wording that cannot be so. Raises NotAllowed (wording_unreadable,
    wording_unknown_fields, wording_lacks_fields, wording_not_alone, wording_accuses)."""
    if name not in WORDINGS:
        return
    try:
        named = named_in(text)
    except ValueError:
        raise NotAllowed("wording_unreadable") from None
    unknown = [field for field in named if field not in fields_of(name)]
    if unknown:
        raise NotAllowed("wording_unknown_fields", fields=_told(unknown))
    lacking = [field for field in REQUIRED[name] if field not in named]
    if lacking:
        raise NotAllowed("wording_lacks_fields", fields=_told(lacking))
    beside = [field for field in ALONE if f"{{{field}}}" in _shared_lines(text)]
    if beside:
        raise NotAllowed("wording_not_alone", fields=_told(beside))
    if accuses(text):
        raise NotAllowed("wording_accuses", word=accuses(text))


def _shared_lines(text: str) -> str:
    """The lines of a text on which more stands than one field."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if not re.fullmatch(r"\{\w+\}", line))


def _told(fields: list[str]) -> str:
    return "、".join(f"{{{field}}}" for field in dict.fromkeys(fields))


def worded(text: str, fields: Mapping[str, str]) -> str:
    """One line of a wording with its fields filled in; what is filled in is not read again."""
    known = {name: fields.get(name, "") for name in named_in(text)}
    return text.format_map(known)
