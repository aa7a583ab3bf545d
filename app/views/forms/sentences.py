"""The sentences that forms offer: put behind what a field says, by a button or a list that only opens the
form again. They are the office's settings; one that was not set starts with those of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import words
from app.rules.office import REQUIREMENTS
from app.rules.reading import lines
from app.stages.calendar import settings_known
from app.stages.table import DRAFTED
from app.verbs import Verb
from app.views.actor import language, reader

INSERT = "insert"
"""What the button sends that puts a sentence in: the name of its field."""
CHOSEN = "sentence."
"""How the fields begin in which a sentence is chosen, each followed by the one that it goes into."""
STARTS = {
    REQUIREMENTS: "form.sentences.requirements",
    "sentences.opinion": "form.sentences.opinion",
    "sentences.next_step": "form.sentences.next_step",
    "sentences.public_answer": "form.sentences.public_answer",
    "sentences.why_not_contacted": "form.sentences.why_not_contacted",
    "sentences.why_unsolved": "form.sentences.why_unsolved",
    "sentences.handling": "form.sentences.handling",
    "sentences.returning": "form.sentences.returning",
    "sentences.extension": "form.sentences.extension",
    "sentences.explanation": "form.sentences.explanation",
    "sentences.feedback": "form.sentences.feedback",
    "sentences.sent_back": "form.sentences.sent_back",
}
"""setting -> the message with which it starts."""
_OPINION = {"opinion": "sentences.opinion", "next_step": "sentences.next_step"}
OFFERED: Mapping[str, Mapping[str, str]] = {
    "reply": {
        **_OPINION,
        "public_answer": "sentences.public_answer",
        "why_not_contacted": "sentences.why_not_contacted",
        "why_unsolved": "sentences.why_unsolved",
        "handling": "sentences.handling",
    },
    "reply_interim": _OPINION,
    "request_return": {"reason": "sentences.returning"},
    "request_extension": {"reason": "sentences.extension"},
    "explain": {"words": "sentences.explanation"},
    "feed_back": {"words": "sentences.feedback"},
    "send_back_draft": {"words": "sentences.sent_back"},
    "open_supervision": {"requirement": REQUIREMENTS},
    "reissue": {"requirement": REQUIREMENTS},
}
"""verb -> field -> the setting whose sentences it offers; what staff drafts offers what its head's form
does."""


def said_at_first(name: str, tongue: str) -> str:
    """What a setting of sentences starts with, a line each; nothing of any other setting."""
    return words.word(STARTS[name], tongue) if name in STARTS else ""


def sentences_of(reading: Session, verb: Verb, tongue: str) -> Mapping[str, Sequence[str]]:
    """field -> the sentences that may be put into it."""
    offered = OFFERED.get(DRAFTED.get(verb.name, verb.name), {})
    own = settings_known(reading) if offered else {}
    told = {field: own.get(name) or said_at_first(name, tongue) for field, name in offered.items()}
    return {field: [line.text for line in lines(said)] for field, said in told.items()}


def inserted(verb: Verb, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, with the sentence that was chosen behind what its field says, once."""
    name = typed.get(INSERT, "")
    again = MultiDict(list(typed.items(multi=True)))
    offered = sentences_of(reader(), verb, language()).get(name, ()) if name else ()
    chosen = typed.get(f"{CHOSEN}{name}", "")
    if chosen.isascii() and chosen.isdigit() and int(chosen) < len(offered):
        said, sentence = typed.get(name, "").rstrip(), offered[int(chosen)]
        again[name] = said if sentence in said else "\n".join(filter(None, (said, sentence)))
    return again
