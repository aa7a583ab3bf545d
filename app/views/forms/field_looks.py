"""How the fields of verbs look on a form: which have room for more than a line, what stands below
them, in which order a form asks and what it starts with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wtforms.fields.core import UnboundField

from app import words
from app.rules.files import MOST_BYTES, TAKEN
from app.views.pages.picked import Option


@dataclass(frozen=True)
class Look:
    """How a field is drawn: its label, the hint below it, what may be chosen, what choosing nothing
    is called; `own` where a browser offers nothing of earlier ones; `clears` where empty takes out
    what stands on file; `groups` the heading below which a choice stands; `when` what it hangs on;
    `sentences` what may be put into it; `heading` what stands above it, `heading_when` what that
    hangs on."""

    label: str = ""
    hint: str = ""
    required: bool = False
    own: bool = False
    clears: bool = False
    options: Sequence[Option] = ()
    nothing: str = ""
    parts: Mapping[str, UnboundField] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    sentences: Sequence[str] = ()
    heading: str = ""
    heading_when: str = ""


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
        "settings",
    }
)
"""Fields with room for more than a line."""
SECRET = ("password", "secrets")
"""How the name of a field ends that is never shown again."""
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
PARTS = {"leader": LEADER, "caller": CALLER}
"""kind of a field -> the parts that it is asked in, each with its kind."""
ANSWERED = (("person", "text"),)
"""What is asked of a caller only where it has to be: who of his number he is."""
OF_PERSONS = frozenset(
    {"contact_number", "complained_person", "met", "person", "place", "paper_form"}
)
"""Fields that tell of a caller, or of another person: a browser on a shared seat offers nothing of
earlier ones."""
STOOD = "stood"
"""The hidden field that says how the row stood when the form was opened."""
UPLOADED = ("scan",)
"""Text fields that name a file: it is uploaded with the form and kept on the case."""
_DOMAINS = {
    ("contact", "kind"): "contact_kind",
    ("issue_report", "kind"): "report_kind",
    ("reissue_report", "kind"): "report_kind",
    ("add_category", "default_mode"): "mode",
    ("edit_category", "default_mode"): "mode",
    ("refuse", "reason"): "refusal",
    ("examine", "reason"): "examination",
    ("explain", "category"): "explanation",
    ("draft_explanation", "category"): "explanation",
    ("close_supervision", "outcome"): "closing",
    ("review_responsibility", "excluded_as"): "excluded",
    ("add_post", "post"): "post",
    ("attach", "kind"): "file_kind",
    ("propose_gateway", "kind"): "gateway_kind",
    ("set_address", "kind"): "address_kind",
    ("choose_ways", "notice"): "notice_kind",
    ("change_setting", "name"): "setting",
    ("propose_field", "subject"): "extra_subject",
    ("propose_field", "kind"): "extra_kind",
}
_HINTS = {
    "narrative": "form.hint.secret",
    "words:contact": "form.hint.secret",
    "words:refuse": "form.hint.answer",
    "parts": "form.hint.parts",
    "days": "form.hint.days",
    "counts": "form.hint.counts",
    "names": "form.hint.names",
    "file": "form.hint.file",
    "photos": "form.hint.photos",
    "handling_files": "form.hint.files",
    "public_answer": "form.hint.public_answer",
    "handling": "form.hint.handling",
    "case": "form.hint.case",
    "complained_unit": "form.hint.complained_unit",
    "received_at": "form.hint.received_at",
    "dangerous": "form.hint.dangerous",
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
    "propose_field": {"for_units": "y", "searched": "y"},
    "set_mailbox": {"speaks": "imaps", "active": "y"},
}
"""What a form starts with."""
YES_NO = (("y", "list.yes"), ("n", "list.no"))
"""What a truth is chosen by."""
ACCEPTED = ",".join(f".{ending}" for ending in TAKEN)
"""How the names of files may end that a browser offers."""


def hint_of(name: str, tongue: str) -> str:
    """What is said below a field of this name or kind, or nothing."""
    if name not in _HINTS:
        return ""
    taken = words.word("files.taken", tongue)
    return words.word(_HINTS[name], tongue, taken=taken, megabytes=MOST_BYTES // 1024**2)


def domain_of(verb: str, name: str) -> str:
    """The vocabulary of a field's choices."""
    return _DOMAINS.get((verb, name), name)
