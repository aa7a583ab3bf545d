"""What the forms of the calendar show before days are loaded: the year, what it lacks, which clocks
move. Loads without any framework."""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

HOLIDAYS: Mapping[str, Pair] = {
    "new_year": ("元旦", "New Year's Day"),
    "spring_festival": ("春节", "Spring Festival"),
    "qingming": ("清明节", "Qingming"),
    "labour_day": ("劳动节", "Labour Day"),
    "dragon_boat": ("端午节", "Dragon Boat Festival"),
    "mid_autumn": ("中秋节", "Mid-Autumn Festival"),
    "national_day": ("国庆节", "National Day"),
}
"""A public holiday -> what it is called."""

CLOCKS: Mapping[tuple[str, str], Pair] = {
    ("case", "own"): ("中心办理期限", "the centre's clock"),
    ("case", "screen"): ("建议筛选期限", "screening"),
    ("assignment", "sign"): ("签收期限", "sign by"),
    ("assignment", "return"): ("退回期限", "return by"),
    ("assignment", "due"): ("办理期限", "due"),
    ("request", "own"): ("申请审定期限", "ruling on a request"),
    ("reply", "own"): ("回复审核期限", "examination of a reply"),
    ("reminder", "reply_by"): ("催办答复期限", "reply to a reminder"),
    ("supervision", "own"): ("督查室办理期限", "the room's clock"),
    ("supervision", "due"): ("督办反馈期限", "feedback"),
    ("supervision", "heard"): ("听取说明期限", "hearing"),
    ("supervision", "ask"): ("申请复核期限", "asking for review"),
    ("referral", "own"): ("移送办理期限", "the room's clock of a referral"),
    ("referral", "send_by"): ("移送期限", "send by"),
    ("report_draft", "contest"): ("通报异议期限", "contesting a report's figures"),
    ("report_draft", "own"): ("通报印发期限", "issuing a report"),
}
"""(subject, clock) -> what it is called."""

FORESEEN: Mapping[str, Pair] = {
    "load_calendar": (
        "尚未录入。请核对下面的年历和将变动的时限：无误的，请再次提交，由中心负责人批准；有误的，请修改后提交。",
        "Nothing is loaded yet. Check the calendar below and what would move: if it is right, send the form again, and "
        "the head of the centre approves it; else mend it.",
    ),
    "approve_calendar": (
        "批准后，年历和时限如下。请核对后提交。",
        "Once approved, the calendar and the clocks are as below. Check them before you send the form.",
    ),
    "lacking": (
        "{year}年日历不完整，缺少这些节假日的放假安排：{holidays}。补齐之前，该年未写明的日期仍按暂定日历推算。",
        "{year} is not complete. No rest day is loaded for: {holidays}. Until they are, the days of that year that no "
        "notice names stay guessed.",
    ),
    "complete": (
        "{year}年各节假日齐全。",
        "{year} is complete: every public holiday is a rest day.",
    ),
    "year": ("{year}年", "{year}"),
    "moves": ("将顺延的时限{n}个，涉及工单{cases}件", "{n} clocks run longer, of {cases} cases"),
    "none": ("没有时限变动。", "No clock moves."),
    "more": (
        "只列出最先到期的{shown}个，其余{left}个未列。",
        "The {shown} that end first are shown, {left} more are not.",
    ),
    "settled": (
        "另有{n}个时限日期不变，不再依据暂定日历。",
        "{n} more end as before, and no longer rest on guessed days.",
    ),
    "legend_rest": ("通知放假", "rest day of a notice"),
    "legend_work": ("调休上班", "make-up working day"),
    "legend_week": ("周末", "weekend"),
    "legend_guessed": ("暂定", "guessed"),
    "legend_new": ("本次录入", "loaded now"),
    "rest": ("休", "off"),
    "work": ("班", "on"),
    "case": ("工单", "Case"),
    "unit": ("单位", "Unit"),
    "clock": ("时限", "Clock"),
    "old": ("原时限", "Until now"),
    "new": ("新时限", "Then"),
    "weekdays": ("一二三四五六日", "MTWTFSS"),
}
"""What is said above the form, and in the calendar."""
MONTHS: tuple[Pair, ...] = (
    ("1月", "January"),
    ("2月", "February"),
    ("3月", "March"),
    ("4月", "April"),
    ("5月", "May"),
    ("6月", "June"),
    ("7月", "July"),
    ("8月", "August"),
    ("9月", "September"),
    ("10月", "October"),
    ("11月", "November"),
    ("12月", "December"),
)
