"""What the people of the sample office fill into forms: verb -> the fields, where nothing else is
said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from app.story.sample.desk import Desk, File

UNSOLVED = "正在办理中"
"""Why a poor reply says that nothing is solved yet."""
Form = Callable[[Desk, File, Random, str], dict[str, Any]]


def registration(desk: Desk, file: File, dice: Random, **given: Any) -> dict[str, Any]:
    """The registration of a demand; `given` are other fields, which win."""
    matter = file.matter
    form: dict[str, Any] = {
        "kind": matter.kind,
        "narrative": matter.narrative,
        "demand": matter.asks,
        "place": matter.place,
        "category": matter.category,
        "channel": desk.callers.channel(),
        "repeat_check": "已核对近九十日工单，未见重复",
        **given,
    }
    form["narrative"] = desk.callers.opening(matter, form["channel"]) + form["narrative"]
    if not form.get("anonymous"):
        file.caller = form.setdefault("caller", desk.callers.caller())
    return form


def reply(desk: Desk, file: File, dice: Random, unit: str) -> dict[str, Any]:
    """A good final reply."""
    contacted_at = desk.hours.within(desk.diary.now - timedelta(hours=2))
    return {
        "opinion": desk.say("opinion", dice, file.matter, unit),
        "next_step": desk.say("next_step", dice, file.matter),
        "step_on": desk.hours.calendar.after(desk.diary.now.date(), dice.randint(1, 4)),
        "public_answer": f"您好，您反映的事项已收悉。{file.matter.answer}感谢您的监督。",
        "contacted": True,
        "contacted_at": min(contacted_at, desk.diary.now),
        "contact_number": file.caller.get("phone", ""),
        "found_true": dice.random() < 0.85,
        "solved": dice.random() < 0.85,
        "handling": desk.say("handling", dice, file.matter, unit),
        "evidence": "现场照片两张",
    }


def poor_reply(desk: Desk, file: File, dice: Random, unit: str) -> dict[str, Any]:
    """A reply that says little: the examiner refuses it."""
    return reply(desk, file, dice, unit) | {
        "opinion": desk.say("poor_opinion", dice, file.matter),
        "solved": False,
        "why_unsolved": UNSOLVED,
        "public_answer": "您好，您反映的事项正在处理当中，请耐心等待。",
        "contacted": False,
        "why_not_contacted": "电话暂时无人接听",
        "evidence": "",
    }


def good_visit(desk: Desk, file: File, dice: Random) -> dict[str, Any]:
    """A visit after which the case closes."""
    return {
        "method": "internet" if dice.random() < 0.1 else "phone",
        "reached": True,
        "contacted_by_unit": True,
        "truth": "proven" if dice.random() < 0.9 else "partly",
        "solved": "solved" if dice.random() < 0.8 else "partly",
        "satisfied": dice.choice(("satisfied", "satisfied", "satisfied", "basically")),
        "words": desk.say("satisfied", dice, file.matter),
    }


def bad_visit(desk: Desk, file: File, dice: Random) -> dict[str, Any]:
    """A visit after which the case goes to review."""
    return {
        "method": "phone",
        "reached": True,
        "contacted_by_unit": dice.random() < 0.4,
        "truth": dice.choice(("untrue", "partly", "partly")),
        "solved": "unsolved",
        "satisfied": "dissatisfied",
        "why": dice.choice(("result", "attitude", "timeliness")),
        "words": desk.say("dissatisfied", dice, file.matter),
    }


def missed_visit(desk: Desk, file: File, dice: Random) -> dict[str, Any]:
    """An attempt that reached nobody."""
    return {"method": "phone", "reached": False, "words": desk.say("missed", dice, file.matter)}


def leader(desk: Desk, file: File, dice: Random, **given: Any) -> dict[str, Any]:
    """A leader's instruction."""
    return {
        "level": "county",
        "name": "张明礼",
        "text": desk.say("leader", dice, file.matter),
        **given,
    }


def _said(field: str, what: str) -> Form:
    return lambda desk, file, dice, unit: {field: desk.say(what, dice, file.matter, unit)}


def _visit(desk: Desk, file: File, dice: Random, unit: str) -> dict[str, Any]:
    return good_visit(desk, file, dice)


def _examine(desk: Desk, file: File, dice: Random, unit: str) -> dict[str, Any]:
    return {"words": "要素齐全，意见明确。"}


def _instruct(desk: Desk, file: File, dice: Random, unit: str) -> dict[str, Any]:
    return {"leader": leader(desk, file, dice)}


_SAME = (
    "request_return",
    "reclassify",
    "reassign",
    "waive_assist",
    "void_reminder",
    "propose",
    "decline",
    "defer",
    "strike_row",
    "amend_visit",
    "send_back_referral",
    "abandon_referral",
    "withdraw",
    "submit",
    "request_extension",
)
FORMS: dict[str, Form] = {
    **{verb: _said("reason", verb) for verb in _SAME},
    "reveal": lambda desk, file, dice, unit: {
        "purpose": "contact",
        "reason": desk.say("reveal", dice, file.matter),
    },
    "answer_directly": _said("answer", "answer"),
    "contact": _said("words", "repeat"),
    "explain": _said("words", "explain"),
    "reply_interim": lambda desk, file, dice, unit: {
        "opinion": desk.say("interim", dice, file.matter),
        "next_step": desk.say("next_step", dice, file.matter),
    },
    "first_response": _said("words", "first_response"),
    "feed_back": _said("words", "feed_back"),
    "ask_review": _said("words", "review"),
    "record_statement": _said("words", "statement"),
    "open_supervision": _said("requirement", "open_supervision"),
    "reissue": _said("requirement", "reissue"),
    "draft_finding": _said("words", "finding"),
    "conclude": _said("conclusion", "conclude"),
    "complete_referral": lambda desk, file, dice, unit: {
        "report": desk.say("report", dice, file.matter, unit),
        "proposal": desk.say("proposal", dice, file.matter),
    },
    "supplement_referral": _said("words", "supplement"),
    "record_outcome": _said("words", "outcome"),
    "instruct": _instruct,
    "reply": reply,
    "record_visit": _visit,
    "examine": _examine,
}
"""verb -> what is filled in; drafts take the form of what they draft."""
