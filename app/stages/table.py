"""The one table of verbs: collected from the stages in the order of the procedure, and checked
before anything is started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from app.roles import ROLES
from app.rules.events import EVENTS, Word
from app.stages import directory
from app.stages.changes.verbs import VERBS as PEOPLE
from app.stages.extra_fields.verbs import VERBS as EXTRA_FIELDS
from app.stages.office.verbs import VERBS as OFFICE
from app.stages.procedure import DRAFTING, PROCEDURE, of_stage
from app.stages.roster.verbs import VERBS as ROSTER
from app.stages.verb import Verb

_AFTER_ROLES = ("office", "people")
"""The stages whose verbs no role of the office's own is composed of: what roles are is theirs."""


class Misdeclared(Exception):
    """Rows of verbs that cannot stand: one sentence each, with the verb and what to write."""


def collected(verbs: Iterable[Verb]) -> dict[str, Verb]:
    """name -> verb, in this order. Raises Misdeclared with a sentence for each row that is
    wrong."""
    rows = list(verbs)
    wrong = [sentence for verb in rows for sentence in _wrong(verb)]
    table: dict[str, Verb] = {}
    for verb in rows:
        if verb.name in table:
            wrong.append(
                f"{verb.name}: two verbs have this name, in {_file(table[verb.name])} and in"
                f" {_file(verb)}; rename one."
            )
        table[verb.name] = verb
    if wrong:
        raise Misdeclared("\n".join(wrong))
    return table


def _file(verb: Verb) -> str:
    """The module whose function does a verb."""
    return verb.run.__module__


def _wrong(verb: Verb) -> Iterator[str]:
    """What is wrong with a row, in sentences."""
    where = f"{verb.name} ({_file(verb)})"
    yield from _wrong_roles(where, verb)
    if not verb.events:
        yield f"{where}: it records nothing; name its event in its row."
    for event in verb.events:
        yield from _wrong_event(where, event)
    if verb.composable and verb.stage in _AFTER_ROLES:
        yield f"{where}: its stage is above the roles, so none could hold it; write guarded=True."
    names = Counter(field.name for field in verb.fields)
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        yield f"{where}: its field {twice[0]!r} stands twice."
    yield from _wrong_conditions(where, verb)


def _wrong_conditions(where: str, verb: Verb) -> Iterator[str]:
    """What is wrong with the fields of a row that do not always apply."""
    places = {field.name: place for place, field in enumerate(verb.fields)}
    for place, field in enumerate(verb.fields):
        if field.when is None:
            continue
        if places.get(field.when.choice, place) >= place:
            yield (
                f"{where}: its field {field.name!r} hangs on {field.when.choice!r}, which has to be a"
                " field before it."
            )
        if field.required:
            yield f"{where}: its field {field.name!r} is required, so it always applies."


def _wrong_roles(where: str, verb: Verb) -> Iterator[str]:
    """What is wrong with the roles of a row."""
    unknown = [role for role in verb.roles if role not in ROLES]
    if unknown:
        yield f"{where}: no role is called {unknown[0]!r}; the roles stand in app/roles.py."
    if not verb.roles:
        yield f"{where}: nobody may do it; name its roles in its row."


def _wrong_event(where: str, event: str) -> Iterator[str]:
    """What is wrong with an event word of a row."""
    if not isinstance(event, Word):
        if event not in EVENTS:
            yield (
                f"{where}: no event is called {event!r}; write it as a Word with whom it tells in"
                " the stage, or take one of app/rules/events.py."
            )
    elif event in EVENTS and event is not EVENTS[event]:
        yield f"{where}: {str(event)!r} stands in app/rules/events.py; name it as plain text."
    elif event.counted and event not in EVENTS:
        yield f"{where}: the summary counts {str(event)!r}; write it in app/rules/events.py."


VERBS: dict[str, Verb] = collected(
    (
        *PROCEDURE,
        *of_stage("office", (*OFFICE, *directory.VERBS, *EXTRA_FIELDS, *ROSTER)),
        *of_stage("people", PEOPLE),
        *DRAFTING,
    )
)
DRAFTED: dict[str, str] = {verb.draft: verb.name for verb in VERBS.values() if verb.draft}
"""What staff of a unit drafts -> the verb with which the unit's head approves it."""
