"""What a story leaves out: sensible words, another caller and another narrative for each case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.stages.table import DRAFTED

Step = Mapping[str, Any]
Filler = Callable[[str, Step, datetime], dict[str, Any]]
OPINION = "经现场核查，反映情况属实，已责成责任科室整改并安排专人跟进。"
NEXT_STEP = "安排施工队进场处理，完工后回访诉求人。"
REASON = "按照热线办理规定和现场核实的情况提出。"
LEADER = {"level": "county", "name": "县长", "text": "请速办理并报结果。"}


def _index(letter: str) -> int:
    return sum(ord(sign) * 31**place for place, sign in enumerate(letter))


def _register(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    place = _index(letter)
    filled: dict[str, Any] = {
        "narrative": f"{letter}区第{place}号楼前路面塌陷积水，行人车辆通行困难，请尽快处理。",
        "demand": "请尽快处理",
        "place": f"滨河路{place}号",
    }
    if not step.get("anonymous"):
        filled["caller"] = {"name": f"诉求人{letter}", "phone": f"139{place % 10**8:08d}"}
    if step.get("received_at"):
        filled["paper_form"] = f"补{place}"
    if step.get("leader"):
        filled["leader"] = {**LEADER, **step["leader"]}
    return filled


def _instruct(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    leader = {**LEADER, **(step.get("leader") or {})}
    if str(step.get("as", "")).startswith("centre_head"):
        leader = {"document": f"神政批{_index(letter)}号", "scan": "批示扫描件.pdf", **leader}
    return {"leader": leader}


def _reply(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    return {
        "opinion": OPINION,
        "next_step": NEXT_STEP,
        "step_on": (now + timedelta(days=3)).date(),
        "public_answer": f"您反映的{letter}事项已核实并处理。",
        "contacted": True,
        "solved": True,
        "found_true": True,
    }


def _promised(now: datetime) -> dict[str, Any]:
    return {"promised_on": (now + timedelta(days=3)).date()}


def _interim(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    if step.get("opinion") is False:
        return {"opinion": "", **_promised(now)}
    return {"opinion": OPINION, "next_step": NEXT_STEP, **_promised(now)}


def _visit(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    filled: dict[str, Any] = {
        "method": "phone",
        "reached": True,
        "words": f"诉求人就{letter}事项所述。",
    }
    if step.get("method") == "onsite":
        filled |= {"place": "现场", "met": f"诉求人{letter}"}
    return filled


def _responsibility(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    if step.get("unit_responsible"):
        return {"grounds": "经审核系承办单位责任。"}
    return {"grounds": "经审核非承办单位责任。", "excluded_as": "unreasonable"}


def _outcome(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    filled: dict[str, Any] = {"outcome": "result", "words": "已作出处理。"}
    if step.get("outcome") == "supplement":
        filled["due_on"] = (now + timedelta(days=10)).date()
    return filled


def _approval(letter: str, step: Step, now: datetime) -> dict[str, Any]:
    return (
        {"leader": "县长", "scan": "审批扫描件.pdf"}
        if str(step.get("as", "")).startswith("officer")
        else {}
    )


def _says(**words: Any) -> Filler:
    return lambda letter, step, now: {name: f"{letter}：{word}" for name, word in words.items()}


def _is(**values: Any) -> Filler:
    return lambda letter, step, now: dict(values)


_REASONED = (
    "withdraw",
    "submit",
    "reclassify",
    "reassign",
    "waive_assist",
    "request_return",
    "void_reminder",
    "end_article",
    "propose",
    "decline",
    "defer",
    "strike_row",
    "amend_visit",
    "send_back_referral",
    "abandon_referral",
    "reissue_report",
)
_APPROVED = (
    "confirm_refusal",
    "confirm_finding",
    "approve_article",
    "approve_calendar",
    "approve_rule",
    "confirm_lifting",
    "confirm_account",
)
_WORDED = (
    "first_response",
    "feed_back",
    "ask_review",
    "record_statement",
    "supplement_referral",
    "screen_suggestion",
    "comment_suggestion",
)

FILLERS: dict[str, Filler] = {
    **{verb: _says(reason=REASON) for verb in _REASONED},
    **{verb: _says(words="已按要求办理并说明情况如下，请予审核。") for verb in _WORDED},
    "reveal": lambda letter, step, now: {"purpose": "contact", "reason": f"{letter}：{REASON}"},
    "register": _register,
    "contact": _says(words="诉求人来电反映问题仍未解决。"),
    "split": lambda letter, step, now: {
        "parts": [{"narrative": f"{letter}另一事项：路灯不亮，夜间出行不便。"}]
    },
    "refuse": lambda letter, step, now: {
        "reason": "territory",
        "words": "不属本地管辖，已告知诉求人。",
    },
    "hand_on": _is(line="110"),
    "answer_directly": _says(answer="已向诉求人解释相关政策。"),
    "instruct": _instruct,
    "request_extension": lambda letter, step, now: {"reason": REASON, "workdays": 5},
    "explain": lambda letter, step, now: {
        "words": f"{letter}事项因配件缺货施工受阻，现已协调厂家调货并排定工期。",
        **_promised(now),
    },
    "reply_interim": _interim,
    "reply": _reply,
    "open_supervision": lambda letter, step, now: {
        "requirement": f"限期办结{letter}事项并反馈。",
        "reason": REASON,
    },
    "reissue": _says(requirement="反馈不具体，限期重新反馈。"),
    "draft_finding": _says(words="逾期未办结，催办后仍未反馈，涉嫌敷衍。"),
    "conclude": _says(conclusion="经督查并听取说明，结论如下。"),
    "close_supervision": _is(outcome="criticism"),
    "examine": lambda letter, step, now: (
        {} if step.get("passes") else {"reason": "opinion_unclear", "words": REASON}
    ),
    "review_responsibility": _responsibility,
    "record_visit": _visit,
    "complete_referral": _says(
        report="事项报告：事实、时间与证据见卷。", proposal="建议依规处理。"
    ),
    "approve_referral": _approval,
    "record_outcome": _outcome,
    **{verb: _is(accept=True) for verb in _APPROVED},
}
"""verb -> what is filled in where a step leaves it out."""
FILLERS |= {draft: FILLERS[head] for draft, head in DRAFTED.items()}


NO_FIELDS = ("at", "as", "do", "case", "refused", "unconfirmed", "unit", "ground", "item")
"""What a step says beside the fields of its form."""


def filled(verb: str, letter: str, step: Step, now: datetime) -> dict[str, Any]:
    """A step's fields with what it left out; its own words win."""
    ours = {k: v for k, v in step.items() if k not in NO_FIELDS}
    filler = FILLERS.get(verb)
    extra = filler(letter, step, now) if filler else {}
    if "leader" in extra and verb in ("register", "instruct"):
        return {**extra, **ours, "leader": extra["leader"]}
    if verb == "reply_interim" and ours.get("opinion") in (False, True):
        ours.pop("opinion")
    return {**extra, **ours}
