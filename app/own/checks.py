"""What is held against everything that an office adds, before anything runs: each fault is one
sentence that names the entry and says what to change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from flask_appbuilder import Model, ModelView
from sqlalchemy import DateTime, inspect

from app import words
from app.models.columns import Moment
from app.own.entries import Channel, OwnList, OwnRole, OwnVerb, OwnView, Paper
from app.papers.layouts import LAYOUTS
from app.roles import PAGES, PAGES_OF_OFFICE, ROLES
from app.stages.rights import NOT_FOR_CUSTOM_ROLES, RIGHTS
from app.verbs import VERBS
from app.worklists import QUEUES

SCOPES = ("office", "unit_id", "case_id")
READ_BY = ("", "all", "leader", "to_examine", "to_visit", "sealed")
"""Whose cases a role of the office's own may read; what a unit's people read, its own roles do."""
LONGEST_ROLE = LONGEST_WORD = 40
POINTS_TO = {"unit_id": "unit", "case_id": "hotline_case"}
"""A column by which rows are scoped -> the table that it must point to."""
CALLERS = ("caller", "told_as")
PERSONAL = ("phone", "caller", "caller_id", "query_code", "password", "email", "id_number")
"""Names of columns that no table of an office's own has: who called stands in one place."""
BROUGHT = {"action", "action_post", "add", "delete", "download", "edit", "list", "show"}
"""The routes that Flask-AppBuilder's `ModelView` has itself."""


def wrong_view(entry: OwnView, known: Collection[str]) -> Iterator[str]:
    """What keeps a page from being used; `known` are the roles there are."""
    prefix = f"app/extend.py, add_view({entry.view.__name__}):"
    if not (isinstance(entry.view, type) and issubclass(entry.view, ModelView)):
        yield f"{prefix} a page is a ModelView of Flask-AppBuilder."
        return
    if entry.model is None:
        yield f"{prefix} give it datamodel = SQLAInterface(YourTable)."
        return
    faults = (
        *_roles(entry.roles, known),
        *_roles(entry.edits, known, False),
        *_names(entry),
        *_scope(entry),
        *_table(entry),
        *_columns(entry),
        *_more_routes(entry.view),
    )
    yield from (f"{prefix} {fault}" for fault in faults)


def _names(entry: OwnView) -> Iterator[str]:
    if entry.page in PAGES:
        yield "a page of the desk has this name; call the class otherwise."
    if entry.category in PAGES:
        yield f"its category {entry.category} is a page of the desk: call it otherwise."
    taken = [name for name in entry.verbs if name in VERBS]
    if taken:
        yield f"the desk has a verb {taken[0]}: call the table otherwise."


def _more_routes(view: type[Any]) -> Iterator[str]:
    more = sorted(_routes(view) - BROUGHT)
    if more:
        yield f"it brings routes of its own ({', '.join(more)}): make each a verb."


def _roles(roles: tuple[str, ...], known: Collection[str], needed: bool = True) -> Iterator[str]:
    unknown = sorted(set(roles) - set(known))
    if needed and not roles:
        yield "say who opens it: roles=('centre_head', ...), of app/roles.py."
    if unknown:
        yield f"there is no role {', '.join(unknown)}: take those of app/roles.py."


def _scope(entry: OwnView) -> Iterator[str]:
    if entry.scope not in SCOPES:
        yield "say whose rows it shows: scope='office', 'unit_id' or 'case_id'."
        return
    if entry.scope == "office":
        return
    columns = inspect(entry.model).columns
    if entry.scope not in columns:
        yield f"its table has no column {entry.scope}: add it, or take scope='office'."
        return
    target = {key.column.table.name for key in columns[entry.scope].foreign_keys}
    if target != {POINTS_TO[entry.scope]} or columns[entry.scope].nullable:
        yield f"its column {entry.scope} has to point to {POINTS_TO[entry.scope]} and never be empty."


def _table(entry: OwnView) -> Iterator[str]:
    table = inspect(entry.model).local_table
    if table.name in words.TABLES or not entry.model.__module__.startswith("app."):
        yield f"{table.name} is a table of the desk: a page of yours stands over one of your own."
    if [column.name for column in table.primary_key] != ["id"]:
        yield f"the key of {table.name} has to be one column, id: Mapped[Id]."
    if "state" in table.c:
        yield f"{table.name} has a column state, which only the ledger moves: call it otherwise."
    if entry.model.__str__ is object.__str__ or "__str__" not in vars(entry.model):
        yield f"{entry.model.__name__} needs a __str__: it is what a list calls a row."


def _columns(entry: OwnView) -> Iterator[str]:
    for column in inspect(entry.model).local_table.columns:
        targets = {key.column.table.name for key in column.foreign_keys}
        if targets & set(CALLERS) or column.name in PERSONAL:
            yield (
                f"its column {column.name} keeps or names a caller: who called stands with the case"
                " alone; point to the case with case_id."
            )
        elif targets and POINTS_TO.get(column.name) not in targets:
            yield (
                f"its column {column.name} points to {', '.join(sorted(targets))}: a table of yours"
                " points to unit as unit_id and to hotline_case as case_id."
            )
        if isinstance(column.type, DateTime) and not isinstance(column.type, Moment):
            yield f"its column {column.name} is a moment: type it with AMoment of app/models/columns.py."


def _routes(view: type[Any]) -> set[str]:
    return {name for name in dir(view) if hasattr(getattr(view, name, None), "_urls")} | {
        name for name in dir(view) if hasattr(getattr(view, name, None), "_action")
    }


def wrong_verb(entry: OwnVerb, known: Collection[str]) -> Iterator[str]:
    """What keeps a verb from being used; `known` are the roles there are."""
    prefix = f"app/extend.py, add_verb({entry.verb.name}):"
    if entry.verb.name in VERBS:
        yield f"{prefix} the desk has a verb of this name."
    if entry.verb.stage not in words.STAGES:
        yield f"{prefix} its stage {entry.verb.stage} is none: take one of {', '.join(words.STAGES)}."
    yield from (f"{prefix} {said}" for said in _roles(entry.verb.roles, known))
    named = {*words.FIELDS, *entry.labels}
    bare = [field.name for field in entry.verb.fields if field.name not in named]
    if bare:
        yield f"{prefix} its fields {', '.join(bare)} have no label: name them in labels=."


def wrong_role(entry: OwnRole) -> Iterator[str]:
    """What keeps a role from being used."""
    prefix = f"app/extend.py, add_role({entry.name}):"
    if entry.name in ROLES:
        yield f"{prefix} there is a role of this name."
    if not entry.name.isidentifier() or len(entry.name) > LONGEST_ROLE:
        yield f"{prefix} its name has to be letters, figures and _, {LONGEST_ROLE} at most."
    if entry.scope not in READ_BY:
        yield f"{prefix} say whose cases it reads: scope={', '.join(map(repr, READ_BY))}."
    closed = [page for page in entry.pages if page not in PAGES or page in PAGES_OF_OFFICE]
    if closed:
        yield f"{prefix} there is no page {', '.join(closed)} that it may open."
    barred = [verb for verb in entry.verbs if verb not in VERBS or verb in NOT_FOR_CUSTOM_ROLES]
    if barred:
        yield f"{prefix} there is no verb {', '.join(barred)} that it may do."


def wrong_list(entry: OwnList, known: Collection[str]) -> Iterator[str]:
    """What keeps a list of work from being used; `known` are the roles there are."""
    prefix, queue = f"app/extend.py, add_worklist({entry.key}):", entry.queue
    if entry.key in QUEUES:
        yield f"{prefix} there is a list of this name."
    if not entry.key.isidentifier():
        yield f"{prefix} its name has to be letters, figures and _."
    if not (isinstance(queue.model, type) and issubclass(queue.model, Model)):
        yield f"{prefix} its model is a table of app/models."
        return
    if queue.when and queue.when not in inspect(queue.model).columns:
        yield f"{prefix} its table has no column {queue.when}."
    yield from (f"{prefix} {said}" for said in _roles(queue.roles, known))


def wrong_channel(entry: Channel) -> Iterator[str]:
    """What keeps a channel from being used."""
    prefix = f"app/extend.py, add_channel({entry.word}):"
    if entry.word in words.VALUES["channel"]:
        yield f"{prefix} there is a channel of this word."
    if not entry.word.isidentifier() or len(entry.word) > LONGEST_WORD:
        yield f"{prefix} its word has to be letters, figures and _, {LONGEST_WORD} at most."


def wrong_paper(entry: Paper, pages: set[str]) -> Iterator[str]:
    """What keeps a paper from being used."""
    prefix = f"app/extend.py, add_paper({entry.kind}):"
    if entry.kind in LAYOUTS:
        yield f"{prefix} there is a paper of this kind."
    if entry.page not in pages:
        yield f"{prefix} there is no page {entry.page} whose rows it could be about."


def unfinished() -> Iterator[str]:
    """What was begun in the desk's own tables and misses a step: roles, columns that are facts."""
    for role, held in RIGHTS.items():
        yield from _unfinished_role(role, held)
    yield from (
        f"the page {page} names the role {role}, which app/roles.py does not have."
        for page, may in PAGES.items()
        for role in may
        if role not in RIGHTS
    )
    for mapper in Model.registry.mappers:
        for column in mapper.columns:
            if column.info.get("fact"):
                yield from _unlabelled(mapper.class_.__tablename__, column.key)


def _unfinished_role(role: str, held: Iterable[str]) -> Iterator[str]:
    """What a role misses: a name, verbs that are its rights."""
    if role not in words.VALUES["role"]:
        yield f"the role {role} has no name: add it to VALUES['role'] in app/words/values.py."
    yield from (f"the role {role} has no name: {said}" for said in unsaid(f"value.role.{role}"))
    unknown = sorted(set(held) - set(VERBS))
    if unknown:
        yield f"the role {role} has rights that are no verbs: {', '.join(unknown)} (app/roles.py)."


def _unlabelled(table: str, name: str) -> Iterator[str]:
    """What keeps a fact from being shown."""
    prefix = f"the column {table}.{name} is a fact without a label:"
    yield from (f"{prefix} {said}" for said in unsaid(f"column.{table}.{name}"))


def unsaid(msgid: str) -> Iterator[str]:
    """What to write where a language does not say a message."""
    for language in words.silent(msgid):
        yield f"write {msgid} into app/translations/{language}/LC_MESSAGES/duban.po."
