"""How the fields of verbs look on a form: which have room for more than a line, what stands below
them, in which order a form asks and what it starts with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wtforms.fields.core import UnboundField

from app.rules import words
from app.rules.files import MOST_BYTES, TAKEN
from app.rules.sentences import TAKEN_EN, TAKEN_ZH

Option = tuple[str, str]
"""What is sent where it is chosen, and what it is called."""


@dataclass(frozen=True)
class Look:
    """How a field is drawn: its label, the hint below it, what may be chosen, what choosing nothing
    is called; `own` where a browser offers nothing of earlier ones; `clears` where empty takes out
    what stands on file."""

    label: str = ""
    hint: str = ""
    required: bool = False
    own: bool = False
    clears: bool = False
    options: Sequence[Option] = ()
    nothing: str = ""
    parts: Mapping[str, UnboundField] = field(default_factory=dict)


LONG = frozenset(
    {
        "narrative",
        "demand",
        "words",
        "opinion",
        "next_step",
        "public_answer",
        "handling",
        "why_not_contacted",
        "reason",
        "why_unsolved",
        "requirement",
        "conclusion",
        "report",
        "proposal",
        "answer",
        "evidence",
        "grounds",
        "repeat_check",
        "text",
        "value",
    }
)
"""Fields with room for more than a line."""
LEADER = (
    ("level", "choice"),
    ("name", "text"),
    ("text", "text"),
    ("date", "date"),
    ("due_on", "date"),
    ("document", "text"),
    ("scan", "file"),
    ("account", "choice"),
)
CALLER = (("name", "text"), ("phone", "text"))
ANSWERED = (("person", "text"),)
"""What is asked of a caller only where it has to be: who of his number he is."""
OF_PERSONS = frozenset(
    {"contact_number", "complained_person", "met", "person", "place", "paper_form"}
)
"""Fields that tell of a caller, or of another person: a browser on a shared seat offers nothing of
earlier ones."""
UPLOADED = ("scan",)
"""Text fields that name a file: it is uploaded with the form and kept on the case."""
_DOMAINS = {
    ("contact", "kind"): "contact_kind",
    ("issue_report", "kind"): "report_kind",
    ("reissue_report", "kind"): "report_kind",
    ("refuse", "reason"): "refusal",
    ("examine", "reason"): "examination",
    ("explain", "category"): "explanation",
    ("draft_explanation", "category"): "explanation",
    ("close_supervision", "outcome"): "closing",
    ("review_responsibility", "excluded_as"): "excluded",
    ("add_post", "post"): "post",
    ("attach", "kind"): "file_kind",
    ("change_setting", "name"): "setting",
}
_SECRET = ("涉及国家秘密的内容不得录入。", "Never type in a secret of the state.")
_HINTS = {
    "narrative": _SECRET,
    "words:contact": _SECRET,
    "words:refuse": (
        "填写告知诉求人的话；涉及国家秘密的内容不得录入。",
        "What the caller was told. Never type in a secret of the state.",
    ),
    "parts": ("每个事项一段，段间空一行。", "One part a paragraph, an empty line between them."),
    "days": (
        "可直接粘贴国务院办公厅的放假通知全文；或每行一个日期（或起止日期）和“上班”或“休息”，如 2027年1月3日 上班。",
        "Paste the State Council's notice as it is; or a date (or a range of dates) and work or rest on each line.",
    ),
    "counts": ("每行一个单位代码和次数。", "A unit's code and a number on each line."),
    "names": ("每行一个。", "One a line."),
    "file": (
        f"{TAKEN_ZH}；每个不超过{MOST_BYTES // 1024**2}MB，不含宏和嵌入对象。",
        f"{TAKEN_EN}; {MOST_BYTES // 1024**2} MB each at most, without macros and embedded objects.",
    ),
    "case": ("填写工单编号。", "The number of the case."),
    "complained_unit": ("表扬的，填写被表扬的单位。", "Of praise: the unit that is praised."),
    "received_at": ("补录时填写；不填为现在。", "For a later entry; empty means now."),
    "dangerous": (
        "是否正在危及人身、财产或公共安全？如是，请诉求人立即拨打110、119或120。",
        "Is there immediate danger to life, property or public safety? Then call 110, 119 or 120 at once.",
    ),
}
"""What is said below a field, by its name (with its verb where only one says it) or its kind."""
FIRST = {
    "register": (
        "channel",
        "caller",
        "anonymous",
        "confidential",
        "narrative",
        "demand",
        "kind",
        "category",
        "place",
        "urgency",
        "dangerous",
        "complained_unit",
        "complained_person",
        "agreed_named",
        "wants_reply",
        "repeat_check",
    ),
}
"""The order in which a form asks; the other fields follow as the verb table has them."""
STANDARD = {
    "register": {"channel": "phone", "urgency": "normal", "wants_reply": "y"},
    "contact": {"channel": "phone"},
}
"""What a form starts with."""
YES_NO = (("y", ("是", "yes")), ("n", ("否", "no")))
"""What a truth is chosen by."""
ACCEPTED = ",".join(f".{ending}" for ending in TAKEN)
"""How the names of files may end that a browser offers."""


def hint_of(name: str, tongue: str) -> str:
    """What is said below a field of this name or kind, or nothing."""
    return words.word(_HINTS[name], tongue) if name in _HINTS else ""


def domain_of(verb: str, name: str) -> str:
    """The vocabulary of a field's choices."""
    return _DOMAINS.get((verb, name), name)
