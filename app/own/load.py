"""Puts what an office added where the desk looks for it: into the tables of pages, rights, words,
scopes, guards, verbs and papers. All of it, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import inspect

from app import roles, scope, words
from app.models.columns import Moment
from app.own.checks import (
    unfinished,
    wrong_channel,
    wrong_list,
    wrong_paper,
    wrong_role,
    wrong_verb,
    wrong_view,
)
from app.own.entries import Channel, Own, OwnList, OwnRole, OwnVerb, OwnView, Pair, Paper, Wrong
from app.papers.layouts import LAYOUTS
from app.rules import limits, seals
from app.stages.own_rows import SAVED, saving
from app.stages.rights import EVERYBODYS, RIGHTS
from app.stages.verb import NO_CASE, Field, Verb, of_column
from app.stages.verb import case as on_case
from app.verbs import VERBS
from app.verbs.offers import ACTS_ON
from app.worklists import QUEUES

STAGE = "own_rows"
TITLES = ("own_rows.add", "own_rows.edit")
"""What the verbs of a page are called, around its title."""
NEVER_TYPED = ("id", "unit_id", "case_id")
"""Columns of a table of an office's own that no form asks for by themselves."""


def load(own: Own) -> None:
    """Check all that an office added and put it in place. Raises Wrong with a sentence for each
    fault, and nothing is in place then."""
    join_facts()
    faults = [*_faults(own), *unfinished()]
    if faults:
        raise Wrong("\n".join(faults))
    for role in own.roles:
        _put_role(role)
    for entry in own.views:
        _put_view(entry)
    for verb in own.verbs:
        _put_verb(verb)
    for work in own.lists:
        _put_list(work)
    for channel in own.channels:
        _put_channel(channel)
    for paper in own.papers:
        _put_paper(paper)


def join_facts() -> None:
    """Give every column that is a fact its place among those that people read, the last of its
    table where no place is named; English says its name where it has no label of its own."""
    for mapper in Model.registry.mappers:
        table = mapper.class_.__tablename__
        for column in mapper.columns:
            if not column.info.get("fact") or column.key in words.COLUMNS.get(table, ()):
                continue
            words.COLUMNS[table] = (*words.COLUMNS.get(table, ()), column.key)
            label = column.key.replace("_", " ").capitalize()
            words.add(f"column.{table}.{column.key}", "", label)


def _faults(own: Own) -> Iterator[str]:
    """What is wrong with what an office added: with each entry, then with all together."""
    known = {*roles.ROLES, *(role.name for role in own.roles)}
    yield from chain.from_iterable(map(wrong_role, own.roles))
    yield from chain.from_iterable(wrong_view(view, known) for view in own.views)
    yield from chain.from_iterable(wrong_verb(verb, known) for verb in own.verbs)
    yield from chain.from_iterable(wrong_list(work, known) for work in own.lists)
    yield from chain.from_iterable(map(wrong_channel, own.channels))
    pages = {*roles.PAGES, *(view.page for view in own.views)}
    for paper in own.papers:
        yield from wrong_paper(paper, pages)
    names = Counter(
        [
            *(view.page for view in own.views),
            *(verb.verb.name for verb in own.verbs),
            *(role.name for role in own.roles),
            *(work.key for work in own.lists),
        ]
    )
    twice = sorted(name for name, times in names.items() if times > 1)
    if twice:
        yield f"app/extend.py adds {', '.join(twice)} twice."


def typed_columns(model: type[Any]) -> list[Any]:
    """The columns of a table of an office's own that are typed and may change."""
    return [column for column in inspect(model).columns if column.key not in NEVER_TYPED]


def labels_of(entry: OwnView) -> dict[str, Pair]:
    """column -> its label: the entry's, the view's, else its name as Flask-AppBuilder writes it."""
    named = getattr(entry.view, "label_columns", None) or {}
    related = inspect(entry.model).relationships.keys()
    labels = {}
    for name in [*related, *(column.key for column in typed_columns(entry.model))]:
        label = entry.labels.get(name) or named.get(name) or name.replace("_", " ").title()
        labels[name] = (label, label) if isinstance(label, str) else label
    return labels


def _put_view(entry: OwnView) -> None:
    table, title = entry.model.__tablename__, entry.title or (entry.name, entry.name)
    labels = labels_of(entry)
    roles.PAGES[entry.page] = entry.roles
    words.PAGE_TABLES[entry.page], words.COLUMNS[table] = table, tuple(labels)
    words.add(f"table.{table}", *title)
    for name, label in labels.items():
        words.add(f"column.{table}.{name}", *label)
    scope.lay(entry.model, entry.scope)
    seals.MAY_CHANGE[table] = tuple(column.name for column in typed_columns(entry.model))
    zh, en = title
    for verb, msgid in zip(_saving(entry), TITLES, strict=True):
        titles = words.word(msgid, "zh", page=zh), words.word(msgid, "en", page=en)
        _put_verb(OwnVerb(verb, titles, labels))


def _saving(entry: OwnView) -> tuple[Verb, Verb]:
    """The verbs that add a row of a page and change one: their fields are the columns of the table,
    and both save it in one way."""
    of_a_case = entry.scope == "case_id"
    typed = [_field(column) for column in typed_columns(entry.model)]
    unit = [Field("unit", "unit")] if entry.scope == "unit_id" else []
    changed = [replace(field, clears=_may_be_empty(field)) for field in typed]
    adds, edits = entry.verbs
    shared: dict[str, Any] = {
        "run": saving(entry.model, of_a_case),
        "on": on_case() if of_a_case else NO_CASE,
        "roles": entry.edits or entry.roles,
        "event": SAVED,
        "stage": STAGE,
    }
    return (
        Verb(adds, fields=(*unit, *typed), **shared),
        Verb(edits, fields=(Field("id", "int", True), *changed), **shared),
    )


def _may_be_empty(field: Field) -> bool:
    return field.kind == "text" and not field.required


def _field(column: Any) -> Field:
    made = of_column(column)
    needed = not column.nullable and column.default is None and made.kind != "bool"
    kind = "moment" if isinstance(column.type, Moment) else made.kind
    return Field(made.name, kind, needed, most=made.most)


def _put_verb(entry: OwnVerb) -> None:
    verb, name = entry.verb, entry.verb.name
    VERBS[name] = verb
    words.add(f"verb.{name}", *entry.title)
    for field, label in entry.labels.items():
        words.add(f"field.{name}.{field}", *label)
        if not words.known(f"field.{field}"):
            words.add(f"field.{field}", *label)
    if verb.on.subject:
        ACTS_ON[name] = (verb.on.subject, verb.on.offered)
    for role in verb.roles:
        RIGHTS[role] = (*RIGHTS[role], name)


def _put_role(entry: OwnRole) -> None:
    roles.ROLES.append(entry.name)
    words.VALUES["role"] = (*words.VALUES["role"], entry.name)
    words.add(f"value.role.{entry.name}", *entry.title)
    if entry.scope:
        roles.SCOPES[entry.name] = entry.scope
    for page in entry.pages:
        roles.PAGES[page] = (*roles.PAGES[page], entry.name)
    for verb in entry.verbs:
        VERBS[verb] = replace(VERBS[verb], roles=(*VERBS[verb].roles, entry.name))
    RIGHTS[entry.name] = (*EVERYBODYS, *entry.verbs)


def _put_list(entry: OwnList) -> None:
    QUEUES[entry.key] = entry.queue
    words.add(entry.queue.title, *entry.title)


def _put_paper(entry: Paper) -> None:
    LAYOUTS[entry.kind] = entry.layout
    words.add(f"paper.{entry.kind}", *entry.title)
    for name, text in entry.texts.items():
        words.add(f"paper.{entry.kind}.{name}", *text)


def _put_channel(entry: Channel) -> None:
    words.VALUES["channel"] = (*words.VALUES["channel"], entry.word)
    words.add(f"value.channel.{entry.word}", *entry.title)
    limits.CHANNELS = (*limits.CHANNELS, entry.word)
    for name, verb in VERBS.items():
        fields = tuple(_with_channels(field) for field in verb.fields)
        VERBS[name] = replace(verb, fields=fields)


def _with_channels(field: Field) -> Field:
    return replace(field, choices=limits.CHANNELS) if field.name == "channel" else field
