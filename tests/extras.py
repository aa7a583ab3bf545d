"""An office that has given its rows fields of its own: one of each kind on each kind of row, and a case
that went through all of them."""

from __future__ import annotations

from typing import Any

from tests.people import People

KINDS: dict[str, dict[str, Any]] = {
    "text": {"label": "门牌"},
    "long": {"label": "经过"},
    "number": {"label": "面积", "unit_word": "平方米"},
    "bool": {"label": "有照片"},
    "choice": {"label": "道路", "choices": ["主干道", "次干道", "支路"]},
    "choices": {"label": "涉及", "choices": ["供水", "供电", "供气"]},
    "date": {"label": "发现日"},
    "file": {"label": "凭据"},
}
SAID: dict[str, Any] = {
    "text": "槐安里七号",
    "long": "先漏水\n后停水",
    "number": "12.5",
    "bool": True,
    "choice": "支路",
    "choices": ["供气", "供水"],
    "date": "2025-06-01",
    "file": {"name": "凭据.pdf", "sha256": "a" * 64},
}
SHOWN: dict[str, str] = {
    "text": "槐安里七号",
    "long": "先漏水",
    "number": "12.5 平方米",
    "bool": "是",
    "choice": "支路",
    "choices": "供水、供气",
    "date": "2025-06-01",
    "file": "凭据.pdf",
}
SUBJECTS = {"case": "工单", "contact": "来电", "reply": "回复", "visit": "回访"}


def define(people: People, code: str, subject: str, kind: str, **more: Any) -> None:
    """A field that IT proposed and the centre head confirmed."""
    usual = {"for_units": True, "searched": True, "prints": True, **KINDS[kind]}
    given = {**usual, **more, "code": code, "subject": subject, "kind": kind}
    row = people.plainly("it_admin", "propose_field", **given)
    people.plainly("centre_head", "approve_field", row=row.id, accept=True)


def label(subject: str, kind: str) -> str:
    """What a field of each kind of an office made by `with_all` is called."""
    return f"{SUBJECTS[subject]}{KINDS[kind]['label']}"


def with_all(people: People) -> None:
    """A field of each kind on each kind of row, and one on each that units do not see."""
    for subject in SUBJECTS:
        for kind in KINDS:
            define(people, f"{subject}_{kind}", subject, kind, label=label(subject, kind))
        if subject != "reply":
            hidden = {"label": f"密{SUBJECTS[subject]}", "for_units": False}
            define(people, f"{subject}_secret", subject, "text", **hidden)
    hidden = {"label": "密选", "for_units": False, "choices": ["密甲选", "密乙选"]}
    define(people, "case_hidden", "case", "choice", **hidden)


def said(subject: str, secret: bool = False) -> dict[str, Any]:
    """What is typed into all fields of a kind of row."""
    found = {f"x_{subject}_{kind}": value for kind, value in SAID.items()}
    return {**found, f"x_{subject}_secret": f"密语{SUBJECTS[subject]}"} if secret else found


def gone_through(people: People) -> int:
    """A case with its contact, reply and visit, in all of which all fields say something; its id."""
    case = people.case(**said("case", True), x_case_hidden="密乙选")
    people.do("operator", "contact", case, kind="chase", **said("contact", True))
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("head@WATER", "reply", case, **said("reply"))
    people.do("examiner", "examine", case, passes=True)
    outcome = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
    people.do("visitor", "record_visit", case, reached=True, **outcome, **said("visit", True))
    return case
