"""The forms of verbs, drawn from the verb table: what a field looks like, and what was typed into
it.

What was typed is handed back as it was when a verb is refused: nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case, Category, Person, Unit
from app.roles import PAGES
from app.rules import arrangement, reading
from app.rules.files import MOST_BYTES, TAKEN
from app.rules.reading import lines, visible
from app.rules.refusal import NotAllowed
from app.stages.rights import RIGHTS
from app.stages.roles import COMPOSABLE
from app.verbs import VERBS, Field, Verb
from app.verbs.typed import unread
from app.views.pages.shown import SCOPE_TITLES, right_title

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
_HINTS = {
    "narrative": "form.hint.secret",
    "words:contact": "form.hint.secret",
    "words:refuse": "form.hint.answer",
    "parts": "form.hint.parts",
    "days": "form.hint.days",
    "counts": "form.hint.counts",
    "names": "form.hint.names",
    "file": "form.hint.file",
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
}
"""What a form starts with."""
_BESIDE = "form.on_file"
_TAKEN = "form.taken_over"
_EMPTY = "form.empty"
YES_NO = (("y", "list.yes"), ("n", "list.no"))


@dataclass
class Input:
    """One field as the page draws it: its kind decides the control, `value` is what was typed,
    `beside` what somebody else wrote meanwhile."""

    name: str
    label: str
    kind: str
    required: bool = False
    value: str = ""
    values: Sequence[str] = ()
    options: Sequence[tuple[str, str]] = ()
    hint: str = ""
    beside: str = ""
    own: bool = False
    parts: list[Input] = field(default_factory=list)

    @property
    def accept(self) -> str:
        """How the names of files may end that a browser offers here."""
        return ",".join(f".{ending}" for ending in TAKEN)


def tell(inputs: Sequence[Input], beside: Mapping[str, Sequence[str]], tongue: str) -> None:
    """Say below each of these fields what stands on file now, and which of them have taken it
    over."""
    for one in inputs:
        tell(one.parts, beside, tongue)
        if one.name in beside:
            worded = dict(one.options)
            now = "、".join(worded.get(value, value) for value in beside[one.name] if value)
            taken = list(filter(None, one.values or [one.value])) == list(
                filter(None, beside[one.name])
            )
            one.beside = words.word(_TAKEN if taken else _BESIDE, tongue) + (
                now or words.word(_EMPTY, tongue)
            )


def hint_of(name: str, tongue: str) -> str:
    """What is said below a field of this name or kind, or nothing."""
    if name not in _HINTS:
        return ""
    taken = words.word("files.taken", tongue)
    return words.word(_HINTS[name], tongue, taken=taken, megabytes=MOST_BYTES // 1024**2)


def domain_of(verb: str, name: str) -> str:
    """The vocabulary of a field's choices."""
    return _DOMAINS.get((verb, name), name)


class Form:
    """The form of one verb: its inputs, and the values that were typed."""

    def __init__(
        self, reading: Session, verb: Verb, typed: MultiDict[str, str], tongue: str
    ) -> None:
        self.reading, self.verb, self.typed, self.tongue = reading, verb, typed, tongue

    def inputs(
        self,
        without: Sequence[str] = (),
        offered: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> list[Input]:
        """The inputs of all fields but some; `offered` are choices that the page knows."""
        given, first = offered or {}, FIRST.get(self.verb.name, ())
        fields = [one for one in self.verb.fields if one.name not in without]
        fields.sort(key=lambda one: first.index(one.name) if one.name in first else len(first))
        return [self._input(one, given.get(one.name)) for one in fields]

    def _input(self, one: Field, offered: Sequence[tuple[str, str]] | None) -> Input:
        label = words.field(one.name, self.tongue, self.verb.name)
        made = Input(one.name, label, one.kind, one.required, self.typed.get(one.name, ""))
        made.values = self.typed.getlist(one.name)
        if one.kind in ("leader", "caller"):
            made.parts = [
                self._part(one.name, *part) for part in (LEADER if one.kind == "leader" else CALLER)
            ]
        elif one.kind == "text" and one.name in UPLOADED:
            made.kind = "file"
        elif one.name.endswith("password"):
            made.kind, made.value = "password", ""
        elif one.kind == "text" and one.name in LONG:
            made.kind = "long"
        made.options = offered if offered is not None else self._options(one)
        if one.kind == "names" and made.options:
            made.kind = "many"
        elif one.kind in ("text", "long") and made.options:
            made.kind = "choice"
        made.own = one.name in OF_PERSONS
        said = (
            hint_of(key, self.tongue)
            for key in (f"{one.name}:{self.verb.name}", one.name, made.kind)
        )
        made.hint = next(filter(None, said), "")
        return made

    def _part(self, whole: str, name: str, kind: str) -> Input:
        key = f"{whole}.{name}"
        made = Input(key, words.field(name, self.tongue), kind, value=self.typed.get(key, ""))
        if name == "level":
            made.options = self._named("level")
        if name == "account":
            made.options = self._leaders()
        if name in LONG:
            made.kind = "long"
        made.own = whole == "caller"
        made.hint = hint_of(kind, self.tongue)
        return made

    def _named(self, domain: str) -> list[tuple[str, str]]:
        return [(word, words.value(domain, word, self.tongue)) for word in words.VALUES[domain]]

    def _leaders(self) -> list[tuple[str, str]]:
        """The accounts of leaders: what is entered on paper is shown to the one who gave it."""
        query = select(Person.id, Person.first_name, Person.username).join(Person.roles)
        rows = self.reading.execute(
            query.where(Role.name == "leader", Person.active.is_(True)).order_by(Person.id)
        )
        return [
            (str(row.id), f"{row.first_name or row.username}（{row.username}）") for row in rows
        ]

    def _options(self, one: Field) -> Sequence[tuple[str, str]]:
        if one.kind == "bool":
            return [(sign, words.word(pair, self.tongue)) for sign, pair in YES_NO]
        if one.kind == "choice":
            domain = domain_of(self.verb.name, one.name)
            return [(choice, words.value(domain, choice, self.tongue)) for choice in one.choices]
        if one.kind in ("unit", "units"):
            query = (
                select(Unit.code, Unit.name)
                .where(Unit.active.is_(True))
                .order_by(Unit.id)
                .limit(500)
            )
            return told_apart([(code, name) for code, name in self.reading.execute(query)])
        if one.name in ("category", "parent"):
            return [(path, path) for path in self._categories(one.name == "parent")]
        if (self.verb.name, one.name) == ("change_rule", "name"):
            return self._named("rule")
        if one.name == "to_leader":
            query__ = (
                select(Person.username, Person.first_name)
                .join(Person.roles)
                .where(Role.name == "leader", Person.active.is_(True))
            )
            rows__ = self.reading.execute(query__.order_by(Person.id).limit(500))
            return told_apart([(account, name) for account, name in rows__])
        if one.name == "roles":
            rows = self.reading.scalars(
                select(Role.name).where(Role.name.not_in(RIGHTS)).order_by(Role.id).limit(500)
            )
            return [(role, words.value("role", role, self.tongue)) for role in (*RIGHTS, *rows)]
        if one.name == "rights":
            return [
                (word, right_title(word, self.tongue)) for word in sorted(COMPOSABLE, key=_rank)
            ]
        return ()

    def _categories(self, top: bool) -> list[str]:
        """The paths of the categories that may be chosen, each below the one above it; only those
        at the top."""
        query = select(Category).where(Category.active.is_(True)).order_by(Category.id).limit(500)
        rows = list(
            self.reading.scalars(query.where(Category.parent_id.is_(None)) if top else query)
        )
        places = {row.id: n for n, row in enumerate(rows)}
        rows.sort(
            key=lambda row: (
                places.get(row.parent_id or row.id, 0),
                row.parent_id is not None,
                row.id,
            )
        )
        return [str(row) for row in rows]

    def values(self) -> dict[str, Any]:
        """What was typed, as the verb table takes it; an empty field is not there. NotAllowed names
        the field that cannot be read."""
        found: dict[str, Any] = {}
        for one in self.verb.fields:
            try:
                value = self._value(one)
            except (ValueError, OverflowError) as wrong:
                raise unread(one.name, wrong) from None
            if value is None and one.clears and one.name in self.typed:
                value = ""
            if value is not None:
                found[one.name] = value
        return found

    def _value(self, one: Field) -> Any:
        if one.kind in ("leader", "caller"):
            names = [name for name, _ in (LEADER if one.kind == "leader" else (*CALLER, *ANSWERED))]
            parts = {name: self.typed.get(f"{one.name}.{name}", "").strip() for name in names}
            emptied = {name for name in names if one.clears and f"{one.name}.{name}" in self.typed}
            return {name: said for name, said in parts.items() if said or name in emptied} or None
        if one.kind in ("units", "names"):
            return [
                line.text for text in self.typed.getlist(one.name) for line in lines(text)
            ] or None
        text = self.typed.get(one.name, "")
        if not visible(text):
            return None
        if "\0" in text:
            raise ValueError
        return _READ.get(one.kind, _plain)(text, self.reading)


def told_apart(options: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices of which no two read alike: what has the name of another says its code or account as
    well."""
    names = [name for _, name in options]
    return [(key, f"{name}（{key}）" if names.count(name) > 1 else name) for key, name in options]


def _rank(word: str) -> tuple[int, int]:
    """The order in which rights are offered: verbs as the procedure has them, then scopes, then
    pages."""
    for place, known in enumerate((list(VERBS), list(SCOPE_TITLES), list(PAGES))):
        if word in known:
            return place, known.index(word)
    return len(RIGHTS), 0


def _plain(text: str, session: Session) -> str:
    return text.replace("\r\n", "\n")


def _any(text: str, session: Session) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()
    except RecursionError:
        raise ValueError from None


def _case(text: str, session: Session) -> int:
    found = session.scalar(select(Case.id).where(Case.number == text.strip()))
    if found is None:
        raise NotAllowed("not_found")
    return int(found)


def _typed(text: str, session: Session) -> str:
    """What the verb table reads itself, as text."""
    return text


_READ = {
    "bool": lambda text, _: reading.yes(text),
    "int": lambda text, _: reading.whole(text),
    "any": _any,
    "case": _case,
    "parts": lambda text, _: [{"narrative": part} for part in reading.paragraphs(text)],
    "days": lambda text, _: arrangement.days(text),
    "counts": lambda text, _: reading.counts(text),
    "date": _typed,
    "moment": _typed,
}
