"""How `pybabel extract` finds the message ids: written out in code and templates, or made of the names in tables.

Named in `babel.cfg`; `make words` runs it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from app import words
from app.channels import REASONS
from app.faults import AWAY, BUSY, FULL
from app.own.load import join_facts
from app.rules import festivals
from app.rules.events import EVENTS
from app.rules.workflow import CLOCKS
from app.stages.reporting.attention import ALONE, RULES
from app.stages.reporting.measures import MEASURES
from app.stages.reporting.period import KINDS
from app.stages.reporting.sources import SOURCE_OF
from app.verbs import VERBS
from app.views.menu import IN_CATEGORIES
from app.worklists import QUEUES
from jobs.advice import ADVICE

Found = tuple[int, str | None, str | tuple[str, ...], list[str]]
AREAS = (
    "account",
    "articles",
    "bell",
    "bot",
    "callers",
    "case_page",
    "cover",
    "draft",
    "error",
    "extra",
    "fault",
    "figures",
    "files",
    "filling",
    "find",
    "flaw",
    "foreseen",
    "form",
    "help",
    "home",
    "in_force",
    "inbox",
    "intake",
    "join",
    "kept",
    "keys",
    "layout",
    "leaders",
    "left",
    "list",
    "login",
    "own_rows",
    "papers",
    "post",
    "public",
    "question",
    "referrals",
    "report_page",
    "rest",
    "reach",
    "role_page",
    "roster_page",
    "scope",
    "search",
    "setup_page",
    "served",
    "signers",
    "shell",
    "slip",
    "supervision_list",
    "supervision_room",
    "until",
    "visit_queue",
    "why",
    "work",
    "work_list",
)
"""What the first part of a message id may be that is written out in code."""
PLURALS = ("list.rows",)
"""The messages that differ by their number `n`."""
_RECORDED = {*EVENTS, *(str(event) for verb in VERBS.values() for event in verb.events)}
"""The events that the record knows."""
_ID = re.compile(rf"(?:{'|'.join(AREAS)})(?:\.[a-z0-9_]+)+")
RAISED_BY_NAME = (
    "accounts_there",
    "cases_there",
    "password_is_the_name",
    "password_too_common",
    "password_too_short",
    "roster_column_missing",
    "roster_column_twice",
    "roster_column_unknown",
    "rule_of_another_kind",
    "rule_out_of_bounds",
    "sample_unfinished",
    "unknown_rule",
    "username_wrong",
)
"""The refusals whose id a helper hands on."""


def literals(source: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """The message ids that stand in Python: strings of one of the areas, and what is refused."""
    for node in ast.walk(ast.parse(source.read())):
        if isinstance(node, ast.Constant) and _ID.fullmatch(str(node.value)):
            msgid = str(node.value)
            if msgid not in _RECORDED:
                yield node.lineno, None, msgid, []
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotAllowed":
            for msgid in refused(node):
                yield node.lineno, None, f"refusal.{msgid}", []


def refused(call: ast.Call) -> Iterator[str]:
    """The ids that a refusal may have."""
    for part in ast.walk(call.args[0]) if call.args else ():
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def tables(source: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """The message ids that are made of the names in tables."""
    for msgid in sorted({*_of_the_record(), *_of_verbs(), *_of_the_rest()}):
        yield 0, None, msgid, []
    for msgid in PLURALS:
        yield 0, "ngettext", (msgid, msgid), []


def _made(prefix: str, names: Iterable[object]) -> Iterator[str]:
    return (f"{prefix}.{name}" for name in names)


def _of_the_record() -> Iterator[str]:
    join_facts()
    yield from _made("table", words.TABLES)
    yield from _made("event", _RECORDED)
    for table, columns in words.COLUMNS.items():
        yield from _made(f"column.{table}", columns)
    for subject, states in words.STATES.items():
        yield from _made(f"{subject}.state", states)
    for vocabulary, values in words.VALUES.items():
        yield from _made(f"value.{vocabulary}", values)
    for subject, (clocks, _) in CLOCKS.items():
        yield from _made(f"clock.{subject}", clocks)
    yield from _made("clock.report_draft", ("contest", "own"))


def _of_verbs() -> Iterator[str]:
    yield from _made("stage", words.STAGES)
    yield from _made("field", words.FIELDS)
    for verb in VERBS.values():
        yield f"verb.{verb.name}"
        yield from (
            f"field.{field.name}" for field in verb.fields if not words.labelled(field.name)
        )


def _of_the_rest() -> Iterator[str]:
    for code in ADVICE:
        yield from _made(f"finding.{code}", ("said", "todo"))
    for prefix, names in _REST.items():
        yield from _made(prefix, names)


_BY = ("category", "township", "channel")
_REST: dict[str, Iterable[object]] = {
    "refusal": RAISED_BY_NAME,
    "fault": (AWAY, BUSY, FULL),
    "sent": (*REASONS, "no_address"),
    "reach.example": ("unit", "number", "due", "paper", "n", "kinds", "code", "answer"),
    "export": ("own", "many"),
    "holiday": festivals.NAMES,
    "month": range(1, 13),
    "menu": IN_CATEGORIES,
    "parameter": words.PARAMETERS,
    "left": ("days", "today", "rest", "over", "just_over"),
    "language": ("name", "tag", "flag"),
    "flaw.kind": ("file", "dossier", "paper"),
    "bot.child": ("running", "waiting", "stopped"),
    "work_list.empty": QUEUES,
    "flag": SOURCE_OF,
    "measure": MEASURES,
    "means": MEASURES,
    "attention": (*RULES, *ALONE),
    "report_page.before": KINDS,
    "report_page.year": KINDS,
    "report_page.this": KINDS,
    "report_page.last": KINDS,
    "report_page.of": ("received", "supervised"),
    "figures.no": ("unit", *_BY),
    "report_page.by": ("unit", *_BY, "day"),
    "report_page.all": _BY,
    "report_page.sheet": ("chain", "suggestions", "typical"),
}
"""What message ids begin with -> the names of which each is one."""
