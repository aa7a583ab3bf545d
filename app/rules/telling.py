"""Telling people outside the panel: which notices go out, how urgent each is, in which words, in which
hours, and how often it is tried. [reach, Out]"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from string import Formatter

from app.rules.refusal import NotAllowed
from app.rules.workdays import Calendar, beijing

TRIES = 8
"""A message whose answer was lost so often is dead: a person decides."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=12)
SEND_SECONDS, JOB_SECONDS = 15, 20
"""One send ends within the first; a job begins no send after the second."""
LEASE = timedelta(seconds=45)
"""For so long a claimed delivery, and a way out, is one sender's: longer than a job with its last
send."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=10)
DOUBLED = 8
"""So often at most a wait grows: by then it is as long as any."""
LOST_IN_A_ROW = 3
"""A way that loses so many answers one after another is out of order."""
A_MINUTE, SILENCE = 20, timedelta(minutes=10)
"""A robot takes so many messages a minute; of more it wants none for so long."""
ROBOTS = ("wecom", "dingtalk")
SMS = ("aliyun", "tencent", "mas", "http")
PRETEND = "pretend"
WECHAT = "wechat"
"""Reaches callers who wrote by the same account, and nobody else."""
KINDS = (*SMS, "smtp", *ROBOTS, WECHAT, PRETEND)
"""The kinds of ways out; what a pretended one takes can be read in the panel, and goes nowhere."""

MEDIUMS: Mapping[str, str] = {
    **dict.fromkeys(SMS, "sms"),
    "smtp": "mail",
    "wecom": "wecom",
    "dingtalk": "dingtalk",
    WECHAT: WECHAT,
    PRETEND: PRETEND,
}
"""kind of a way out -> what people call it."""

HOURS = "tell.hours"
"""The setting of the hours in which anything but an emergency goes out, on working days."""

KIND_OF: Mapping[str, str] = {
    "assignment.allocated": "allocated",
    "case.instructed": "instructed",
    "instruction.issued": "instructed",
    "case.redo_ordered": "redo",
    "case.repeated": "repeated",
    "assignment.warned": "warned",
    "assignment.overdue": "overdue",
    "reminder.issued": "reminder",
    "reminder.reopened": "reminder",
    "reminder.lapsed": "lapsed",
    "assignment.reply_refused": "returned",
    "assignment.return_refused": "returned",
    "request.accepted": "ruled",
    "request.refused": "ruled",
    "assignment.moved": "ruled",
    "clock.moved": "ruled",
    "supervision.opened": "supervised",
    "supervision.reissued": "supervised",
    "supervision.overdue": "supervised",
    "supervision.confirmed": "supervised",
    "supervision.concluded": "supervised",
    "centre.overdue": "own_overdue",
    "room.overdue": "own_overdue",
    "case.submitted": "submitted",
    "referral.reviewed": "submitted",
}
"""event -> the kind of notice that goes out for it; of every other event the panel tells."""
TEST, SEVERAL, NEUTRAL = "test", "several", "caller_neutral"
ASKED = "caller_asked"
"""The code with which a caller rates what was done. [procedure 6]"""
CALLERS: Mapping[str, str] = {
    "case.registered": "caller_registered",
    "request.accepted": "caller_extended",
    "case.answered": "caller_answered",
    "case.examined": "caller_answered",
    "case.closed": "caller_closed",
    "visit.asked": ASKED,
}
"""event -> what the caller hears of it."""
RANKS: Mapping[str, int] = {
    TEST: 0,
    "instructed": 1,
    "supervised": 1,
    "reminder": 1,
    "lapsed": 1,
    "overdue": 2,
    "redo": 2,
    "returned": 2,
    "repeated": 2,
    "submitted": 2,
    "own_overdue": 3,
}
"""kind -> how soon it goes out among others, the smallest first."""
OTHERS = 4
CHOSEN = tuple(dict.fromkeys(KIND_OF.values()))
"""The kinds of notices for which ways are chosen."""
PROMPT = ("instructed", "redo", "overdue", "reminder", "lapsed", "supervised")
"""What a unit is told by telephone where no other way reaches it. [src 3: promptly urges]"""

TEXTS: Mapping[str, str] = {
    "tell.allocated": "{office}：工单{number}已交办{unit}，请于{due}前办结。",
    "tell.instructed": "{office}：工单{number}有领导批示，请{unit}于{due}前落实并报告。",
    "tell.redo": "{office}：工单{number}经认定需重办，请{unit}于{due}前办结。",
    "tell.repeated": "{office}：工单{number}诉求人再次来电，请{unit}抓紧办理。",
    "tell.warned": "{office}：工单{number}将于{due}到期，请{unit}抓紧办理。",
    "tell.overdue": "{office}：工单{number}已逾期，请{unit}立即办理并说明原因。",
    "tell.reminder": "{office}：催办{paper}，工单{number}逾期未复，请{unit}于{due}前答复。",
    "tell.lapsed": "{office}：工单{number}的催办到期未答复，已报送督查。",
    "tell.returned": "{office}：工单{number}的办理回复或退单未通过，请{unit}继续办理。",
    "tell.ruled": "{office}：工单{number}的期限或申请已有审定结果，请{unit}登录查看。",
    "tell.supervised": "{office}：督办{paper}，工单{number}，请{unit}于{due}前反馈。",
    "tell.own_overdue": "{office}：工单{number}有中心或督查室应办事项超期。",
    "tell.submitted": "{office}：工单{number}呈请领导批示或审批。",
    "tell.several": "{office}：{unit}有{kinds}，首件工单{number}，请于{due}前办理或答复。",
    "tell.test": "{office}：这是一条测试消息，收到即表示渠道可用。",
    "tell.caller_registered": "{office}：您反映的事项已受理，编号{number}，查询码{code}。",
    "tell.caller_extended": "{office}：编号{number}的事项需延长办理，预计{due}前办结。",
    "tell.caller_answered": "{office}：编号{number}的事项办理结果：{answer} 如未解决，请拨打12345并报编号。",
    "tell.caller_closed": "{office}：编号{number}的事项已办结。如未解决，请拨打12345并报编号。",
    "tell.caller_asked": "{office}：请评价编号{number}的办理结果，评价码{code}，{due}前有效。",
    "tell.caller_neutral": "{office}：您联系的事项有新进展，请拨打12345查询。",
}
"""The words of each kind, which the office may change, with the named fields that a text gateway maps to
its own. [reach: "a message is a kind plus named fields"]"""
_FOR_UNITS = ("office", "number", "unit", "due", "paper", "n", "kinds")
_FOR_CALLERS = ("office", "number", "code", "due", "answer")


def fields_of(setting: str) -> tuple[str, ...]:
    """The named fields that a text may use. A neutral one says nothing of the matter."""
    kind = setting.removeprefix("tell.")
    if kind in (TEST, NEUTRAL):
        return ("office",)
    return _FOR_CALLERS if kind.startswith("caller_") else _FOR_UNITS


def wrong_fields(setting: str, text: str) -> list[str]:
    """The fields of a text that its kind does not have, or `{}` where its braces cannot be read."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        text.format_map(dict.fromkeys(fields_of(setting), ""))
    except KeyError:
        pass
    except (ValueError, IndexError, AttributeError):
        return ["{}"]
    return [name or "{}" for name in named if name not in fields_of(setting)]


def refuse_setting(name: str, value: str) -> None:
    """Refuse a setting of telling that cannot be so. Raises NotAllowed (hours_wrong,
    text_fields_wrong)."""
    if name == HOURS:
        try:
            hours_of(value)
        except ValueError:
            raise NotAllowed("hours_wrong") from None
    wrong = wrong_fields(name, value) if name in TEXTS else []
    if wrong:
        raise NotAllowed("text_fields_wrong", fields="、".join(wrong))


def worded(text: str, fields: Mapping[str, str]) -> str:
    """A text with its fields filled in; a field that is not known stays empty."""
    known = {**dict.fromkeys((*_FOR_UNITS, *_FOR_CALLERS), ""), **fields}
    return text.format_map(known)


_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def hours_of(setting: str) -> tuple[time, time]:
    """From when until when anything goes out, as `08:00-18:00`. ValueError where it cannot be read."""
    found = _SPAN.fullmatch(setting.strip())
    if found is None:
        raise ValueError(setting)
    first, last = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    if first >= last:
        raise ValueError(setting)
    return first, last


def is_open(calendar: Calendar, hours: str, now: datetime) -> bool:
    """Whether anything but an emergency goes out at a moment: in the hours of a working day."""
    first, last = hours_of(hours)
    here = beijing(now)
    return calendar.is_workday(here.date()) and first <= here.time() < last


def wait_after(attempts: int) -> timedelta:
    """How long is waited after so many tries: one minute, then three times as long each, at most
    twelve hours."""
    times: int = 3 ** min(max(0, attempts - 1), DOUBLED)
    return min(FIRST_WAIT * times, LONGEST_WAIT)


def pause_after(failures: int) -> timedelta:
    """How long a way out rests that failed so often in a row: one minute, doubled, at most ten."""
    times: int = 2 ** min(max(0, failures - 1), DOUBLED)
    return min(FIRST_PAUSE * times, LONGEST_PAUSE)


def rank_of(kind: str) -> int:
    """How soon a kind goes out among others, the smallest first."""
    return RANKS.get(kind, OTHERS)
