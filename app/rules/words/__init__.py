"""What things are called: every word of the record, the verbs, the columns, in Simplified Chinese
and in English.

Standard library only: the panel, the papers and the command line word what they show from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.rules.refusal import NotAllowed
from app.rules.sentences import worded
from app.rules.terms import until
from app.rules.words.columns import COLUMNS, PAGE_TABLES, TABLES
from app.rules.words.events import EVENT_TITLES
from app.rules.words.questions import QUESTIONS
from app.rules.words.values import DOMAINS, STATES, VALUES
from app.rules.words.verbs import FIELDS, STAGES, VERB_TITLES

__all__ = [
    "COLUMNS",
    "DOMAINS",
    "EVENT_TITLES",
    "FIELDS",
    "PAGE_TABLES",
    "QUESTIONS",
    "SERVED",
    "STAGES",
    "STATES",
    "TABLES",
    "VALUES",
    "VERB_TITLES",
    "column",
    "field",
    "holder",
    "page",
    "question",
    "said",
    "state",
    "title",
    "value",
    "word",
]

Pair = tuple[str, str]
SERVED: tuple[Pair, Pair] = (("送达", "Served"), ("批示办理单送达", "The instruction served"))
"""How the service of a row's own paper is labelled, and that of a leader's instruction that came
beside it."""


def word(pair: Pair, language: str = "zh") -> str:
    """One of the two languages of a pair."""
    return pair[language == "en"]


def _of(table: Mapping[str, Pair], key: str, language: str) -> str:
    return word(table[key], language) if key in table else key


def question(name: str, language: str = "zh", **facts: object) -> str:
    """What a form asks, or what one of its other ways is called."""
    return word(QUESTIONS[name], language).format(**facts)


def title(verb: str, language: str = "zh") -> str:
    """What a verb is called on buttons and forms."""
    return _of(VERB_TITLES, verb, language)


def field(name: str, language: str = "zh", verb: str = "") -> str:
    """The label of a form's field: the verb's own where it has one, else what all forms call it."""
    own = f"{verb}.{name}"
    return _of(FIELDS, own if own in FIELDS else name, language)


def page(name: str, language: str = "zh") -> str:
    """What a page of the panel is called; its own name where no word is known."""
    return table(PAGE_TABLES[name], language) if name in PAGE_TABLES else name


def table(name: str, language: str = "zh") -> str:
    """What the rows of a table are called; its own name where no word is known."""
    return _of(TABLES, name, language)


def column(table: str, name: str, language: str = "zh") -> str:
    """The label of a column."""
    return _of(COLUMNS.get(table, {}), name, language)


def state(subject: str, name: str, language: str = "zh") -> str:
    """What a state of a subject is called."""
    return _of(STATES.get(subject, {}), name, language)


def value(domain: str, name: str, language: str = "zh") -> str:
    """What a word of a vocabulary is called; the word itself where the vocabulary does not hold
    it."""
    return _of(VALUES.get(domain, {}), name, language)


_FACTS = {
    "kind": ("kind", "request", "report_kind", "contact_kind"),
    "channel": ("channel",),
    "urgency": ("urgency",),
    "finding": ("finding",),
    "drafted": ("finding",),
    "outcome": ("closing", "outcome"),
    "method": ("method",),
    "reason": ("refusal", "examination"),
    "line": ("line",),
    "name": ("rule", "setting"),
    "why": ("phone_wrong",),
    "part": ("file_part",),
}
PARAMETERS: dict[str, Pair] = {
    "page": ("页码", "Page"),
    "size": ("每页条数", "Rows a page"),
    "order": ("排序", "Order"),
    "work": ("待办清单", "List of work"),
}
"""What an address may say besides what is searched for -> what it is called."""
_UNREAD: Pair = (
    "“{label}”的条件“{told}”无法识别，未按它查询；其余条件已生效。",
    "{label}: “{told}” cannot be read and was left out; the rest of what was asked counts.",
)
_QUOTED = 80


def unread(label: str, told: str, language: str = "zh") -> str:
    """The sentence about a condition of a search that could not be read."""
    return word(_UNREAD, language).format(label=label, told=told[:_QUOTED])


_NOT_CHOSEN: Pair = ("请选择{field}。", "Choose {field}.")


def holder(told: Mapping[str, str], language: str = "zh", whole: bool = True) -> str:
    """A person by the post that is held: post and duty, and `whole` the unit and since when as
    well, so that two of one name are told apart."""
    post = value("post", told["post"], language)
    said = "，".join(
        filter(None, (told["unit"] * whole, post, told["duty"], told["since"] * whole))
    )
    return (
        f"{told['person']}（{said}）"
        if language == "zh"
        else f"{told['person']} ({said.replace('，', ', ')})"
    )


def _fact(name: str, told: object, language: str, verb: str) -> object:
    """A fact of a refusal as a person reads it: states, verbs, fields and words by their names."""
    if name == "candidates" and isinstance(told, list):
        return "；".join(holder(one, language) for one in told)
    if not isinstance(told, str):
        return told
    if name == "verb":
        return title(told, language)
    if name == "until":
        return until(datetime.fromisoformat(told), language)
    if name == "field":
        return field(told, language, verb)
    if name == "stands":
        subject, _, where = told.partition(".")
        return state(subject, where, language)
    if name == "state":
        return next(
            (word(names[told], language) for names in STATES.values() if told in names), told
        )
    found = (value(domain, told, language) for domain in _FACTS.get(name, ()))
    return next((one for one in found if one != told), told)


def said(no: NotAllowed, language: str = "zh", verb: str = "", chosen: bool = False) -> str:
    """The sentence of a refusal, its facts worded as well: fields as the form of the verb calls
    them; `chosen` where the field that is missing is one from which something is chosen."""
    facts = {name: _fact(name, told, language, verb) for name, told in no.facts.items()}
    if no.msgid == "field_missing" and chosen:
        return word(_NOT_CHOSEN, language).format_map(facts)
    return worded(no.msgid, language, facts)
