"""What things are called: states, kinds, verbs, columns and sentences in the language of who reads.

The texts stand in `app/translations`, by message id; the names that ids are made of stand in the tables here. Loads
without any framework: the panel, the papers, the bot and the command line word what they show from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.rules.refusal import NotAllowed
from app.words.catalogue import CATALOGUES, FALLBACK
from app.words.columns import COLUMNS, PAGE_TABLES, TABLES
from app.words.joined import aside, clauses, listed, pair, strung, then
from app.words.terms import until
from app.words.values import DOMAINS, STATES, VALUES
from app.words.verbs import FIELDS, STAGES

__all__ = [
    "COLUMNS",
    "DOMAINS",
    "FALLBACK",
    "FIELDS",
    "PAGE_TABLES",
    "PARAMETERS",
    "SPOKEN",
    "STAGES",
    "STATES",
    "TABLES",
    "VALUES",
    "Message",
    "add",
    "aside",
    "both",
    "clauses",
    "column",
    "event",
    "field",
    "holder",
    "known",
    "labelled",
    "languages",
    "listed",
    "own",
    "page",
    "pair",
    "said",
    "sentence",
    "silent",
    "state",
    "strung",
    "table",
    "then",
    "title",
    "told",
    "unread",
    "value",
    "word",
    "worded",
]


SPOKEN = ("zh", "en")
"""What the command line speaks, Chinese first."""


class Message(NamedTuple):
    """A message id and the facts that go into its text; a message among them is said in the same
    language, a tuple is a list of names."""

    msgid: str
    facts: Mapping[str, object] = {}

    def text(self, language: str) -> str:
        """The text in a language."""
        facts = {name: _in(language, fact) for name, fact in self.facts.items()}
        return CATALOGUES.text(self.msgid, language, facts)

    def both(self) -> str:
        """The text in Chinese and in English, as the command line says it."""
        return " ".join(self.text(language) for language in SPOKEN)


def told(message: Message, language: str) -> str:
    """The text of a message in a language."""
    return message.text(language)


def _in(language: str, fact: object) -> object:
    if isinstance(fact, Message):
        return fact.text(language)
    return listed(fact, language) if isinstance(fact, tuple) else fact


def languages() -> tuple[str, ...]:
    """The languages that the panel can be read in."""
    return CATALOGUES.languages


def known(msgid: str) -> bool:
    """Whether a message id is one of ours."""
    return CATALOGUES.find(msgid, FALLBACK) is not None


def silent(msgid: str) -> tuple[str, ...]:
    """The languages, of Chinese and English, that do not say a message."""
    return tuple(code for code in SPOKEN if CATALOGUES.own(msgid, code) is None)


def add(msgid: str, zh: str, en: str) -> None:
    """Add the texts of a message of an office's own, an empty one where a language has none; a
    catalogue that says it itself stands before them."""
    CATALOGUES.add(msgid, {"zh": zh, "en": en})


def own(name: str, language: str) -> str:
    """What a language says of itself - its name, tag or flag; its code where it says nothing."""
    return CATALOGUES.own(f"language.{name}", language) or language


def word(msgid: str, language: str, **facts: object) -> str:
    """The text of a message id, its facts filled in."""
    return CATALOGUES.text(msgid, language, facts)


def both(msgid: str, between: str = " ", **facts: object) -> str:
    """The text in Chinese and in English, as the command line says it."""
    return between.join(word(msgid, language, **facts) for language in SPOKEN)


def _of(msgid: str, name: str, language: str) -> str:
    text = CATALOGUES.find(msgid, language)
    return name if text is None else text


def title(verb: str, language: str) -> str:
    """What a verb is called on buttons and forms."""
    return _of(f"verb.{verb}", verb, language)


def event(kind: str, language: str) -> str:
    """What a timeline says of an event."""
    return _of(f"event.{kind}", kind, language)


def field(name: str, language: str, verb: str = "") -> str:
    """The label of a form's field: the verb's own where it has one, else what all forms call it,
    else that of the first column of its name."""
    own = CATALOGUES.find(f"field.{verb}.{name}", language) if verb else None
    label = own or CATALOGUES.find(f"field.{name}", language)
    return label or column(_table_of(name), name, language)


def labelled(name: str) -> bool:
    """Whether a column has the name of a field, and lends it its label."""
    return bool(_table_of(name))


def _table_of(name: str) -> str:
    """The first table with a column of a name."""
    return next((table for table, names in COLUMNS.items() if name in names), "")


def table(name: str, language: str, otherwise: str = "") -> str:
    """What the rows of a table are called; else `otherwise`, or the table's own name."""
    return _of(f"table.{name}", otherwise or name, language)


def page(name: str, language: str) -> str:
    """What a page of the panel is called; its own name where no word is known."""
    return table(PAGE_TABLES[name], language) if name in PAGE_TABLES else name


def column(table: str, name: str, language: str) -> str:
    """The label of a column."""
    return _of(f"column.{table}.{name}", name, language)


def state(subject: str, name: str, language: str) -> str:
    """What a state of a subject is called."""
    return _of(f"{subject}.state.{name}", name, language)


def value(domain: str, name: str, language: str) -> str:
    """What a word of a vocabulary is called; the word itself where the vocabulary does not hold
    it."""
    return _of(f"value.{domain}.{name}", name, language)


_FACTS = {
    "kind": ("kind", "request", "report_kind", "contact_kind", "address_kind"),
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
PARAMETERS = ("page", "size", "order", "work", "tab", "view", "columns")
"""What an address may say besides what is searched for."""
_QUOTED = 80


def unread(label: str, told: str, language: str) -> str:
    """The sentence about a condition of a search that could not be read."""
    return word("search.unread", language, label=label, told=told[:_QUOTED])


def holder(told: Mapping[str, str], language: str, whole: bool = True) -> str:
    """A person by the post that is held: post and duty, and `whole` the unit and since when as
    well, so that two of one name are told apart."""
    post = value("post", told["post"], language)
    parts = (told["unit"] * whole, post, told["duty"], told["since"] * whole)
    held = clauses(filter(None, parts), language)
    return word("post.holder", language, person=told["person"], held=held)


def _fact(name: str, fact: object, language: str, verb: str) -> object:
    """A fact of a refusal as a person reads it: states, verbs, fields and words by their names."""
    if name == "candidates" and isinstance(fact, list):
        return strung((holder(candidate, language) for candidate in fact), language)
    if not isinstance(fact, str):
        return fact
    if name == "field":
        return field(fact, language, verb)
    wording = _WORDINGS.get(name)
    return _of_vocabularies(name, fact, language) if wording is None else wording(fact, language)


def _end(moment: str, language: str) -> str:
    return until(datetime.fromisoformat(moment), language)


def _where(stands: str, language: str) -> str:
    """A subject's state, told as `subject.state`."""
    subject, _, name = stands.partition(".")
    return state(subject, name, language)


def _any_state(name: str, language: str) -> str:
    """A state by its name alone: that of the first subject that has one so called."""
    subject = next((subject for subject, names in STATES.items() if name in names), None)
    return name if subject is None else state(subject, name, language)


def _of_vocabularies(name: str, word: str, language: str) -> str:
    """A word by the first of a fact's vocabularies that holds it."""
    named = (value(domain, word, language) for domain in _FACTS.get(name, ()))
    return next((text for text in named if text != word), word)


_WORDINGS: Mapping[str, Callable[[str, str], str]] = {
    "verb": title,
    "until": _end,
    "stands": _where,
    "state": _any_state,
}
"""fact -> how it is worded, where no vocabulary holds it."""


def said(no: NotAllowed, language: str, verb: str = "", chosen: bool = False) -> str:
    """The sentence of a refusal, its facts worded as well: fields as the form of the verb calls
    them; `chosen` where the field that is missing is one from which something is chosen."""
    if no.msgid == "field_missing" and chosen:
        return CATALOGUES.text("question.choose", language, _facts(no.facts, language, verb))
    return said_of(no.msgid, no.facts, language, verb)


def said_of(msgid: str, facts: Mapping[str, Any], language: str, verb: str = "") -> str:
    """The sentence of a refusal that was kept: its message id and its facts, worded as well."""
    return worded(msgid, language, _facts(facts, language, verb))


def _facts(facts: Mapping[str, Any], language: str, verb: str) -> dict[str, Any]:
    return {name: _fact(name, told, language, verb) for name, told in facts.items()}


def sentence(no: NotAllowed, language: str) -> str:
    """The sentence of a refusal with its facts filled in."""
    return worded(no.msgid, language, no.facts)


def worded(msgid: str, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence of a refusal's message id with its facts filled in."""
    return CATALOGUES.text(f"refusal.{msgid}", language, facts or {})
