"""Office 机构: units, posts, settings; the bot and its runs; the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_appbuilder.models.filters import BaseFilter
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import select

from app import words
from app.models import Case, Event, Person, Reveal, Run, Setting, Unit, UnitPost
from app.models.reach import CALL
from app.rules.evaluation import TABLE, points_of
from app.rules.office import SETTINGS
from app.rules.workdays import minute
from app.stages.outbox import in_force
from app.stages.settings import may_set
from app.views.actor import actor, desk, language, now, reader
from app.views.figures.points import points_told
from app.views.forms.in_force import SETS, InForce, settings_now
from app.views.pages.actors import bot_word, caller_word, know_people
from app.views.pages.base import DeskView
from app.views.pages.columns import Inputs
from app.views.pages.delivered import DEAD, WAITS, counted_by_way, how_it_works
from app.views.pages.masking import know_callers, masked_text
from app.views.pages.row_query import DeskInterface
from app.worklists import count_told
from jobs.children import ChildState, read
from jobs.health import scanner_findings
from jobs.keeping.told import STALE, backup_findings, last_backup


def _own_unit() -> int:
    return actor().unit_id or 0


class OwnUnit(BaseFilter):
    """A unit's people see their own unit; the others all."""

    name = "own unit"
    arg_name = "own"

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition, for unit people."""
        return query.filter(self.model.id == _own_unit()) if actor().unit_id else query


class OfficeWords(BaseFilter):
    """The words of the office; versions that the desk counts itself are not shown."""

    name = "office words"
    arg_name = "words"

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        return query.filter(self.model.name.in_(SETTINGS))


class Units(DeskView):
    """Member units."""

    datamodel = DeskInterface(Unit)
    page = "Units"
    add_verb, edit_verb = "add_unit", "edit_unit"
    list_columns = ("code", "name", "active", "superior")
    base_order = ("id", "asc")
    base_filters = [["id", OwnUnit, None]]


class Posts(DeskView):
    """Who held which post, from when to when: the history from which a dossier names persons."""

    datamodel = DeskInterface(UnitPost)
    page = "Posts"
    add_verb, edit_verb = "add_post", "edit_post"
    list_columns = ("unit", "person", "post", "from_on", "to_on")


class Settings(DeskView):
    """Words of the office."""

    datamodel = DeskInterface(Setting)
    page = "Settings"
    key = "name"
    add_verb = "change_setting"
    base_order = ("name", "asc")
    base_filters = [["name", OfficeWords, None]]
    list_template = "desk/in_force.html"

    def in_force(self) -> list[InForce]:
        """Every setting, with the words that count today."""
        tongue, who = language(), actor()
        return [
            InForce(
                words.value("setting", name, tongue),
                points_told(points_of({TABLE: said}), tongue) if name == TABLE else said,
                own,
                url_for(f"Verbs.{SETS}", name=name) if may_set(who, name) else "",
            )
            for name, (said, own) in settings_now(reader(), tongue).items()
        ]

    def key_of(self, pk: str) -> Any:
        """A name."""
        return pk[:40].replace("\0", "")


class Bot(DeskView):
    """The bot: its runs, the processes that the supervisor keeps, the rows that failed."""

    datamodel = DeskInterface(Run)
    page = "Bot"
    list_template = "desk/bot.html"
    page_only = ("error",)

    @expose("/list/", methods=["GET", "POST"])
    @has_access
    def list(self) -> Any:
        """The runs, under the state of the processes."""
        return super().list()

    def children(self) -> tuple[ChildState, ...]:
        """The processes of the supervisor, as it last wrote them; none where no supervisor runs."""
        state = read(desk().settings.data)
        return state.children if state else ()

    def ways(self) -> Inputs:
        """The ways out in force: whether each works, what waits there, what could not be delivered."""
        names = {name: row.kind for name, row in in_force(reader()).items()}
        counts = counted_by_way((*names, CALL))
        called = words.word("reach.call", language())
        return [
            {
                "name": called if name == CALL else name,
                "kind": words.value("gateway_kind", kind, language()) if kind else "",
                "stands": how_it_works(name) if kind else "",
                "waits": count_told(counts[name, WAITS]),
                "dead": counts[name, DEAD] and count_told(counts[name, DEAD]),
            }
            for name, kind in {**names, CALL: ""}.items()
        ]

    def warnings(self) -> Inputs:
        """What keeps files from coming in, and the office from being kept: what is so, and what to
        do."""
        found = [*scanner_findings(desk().settings), *backup_findings(desk().settings, now())]
        return [
            {"said": finding.said(language()), "todo": finding.todo(language())}
            for finding in found
        ]

    def backed_up(self) -> dict[str, Any]:
        """When the last backup was made, and whether that is too long ago."""
        last = last_backup(desk().settings.data)
        said = minute(last) if last else words.word("home.machine.no_backup", language())
        return {"said": said, "late": last is None or now() - last >= STALE}

    def child_name(self, name: str) -> str:
        """What a process is called; workers by their number."""
        kind, _, number = name.partition("-")
        return f"{words.value('child', kind, language())} {number}".rstrip()

    def failing(self) -> Inputs:
        """The cases whose look failed, with the error: what a poison row says."""
        query = select(Case.id, Case.number, Case.look_failures, Case.look_error).where(
            Case.look_failures > 0
        )
        rows = (
            reader()
            .execute(query.order_by(Case.id).limit(50).execution_options(unscoped=True))
            .all()
        )
        return [
            {"number": row.number, "n": row.look_failures, "error": row.look_error} for row in rows
        ]


class Events(DeskView):
    """The log: who did what when, without a word of what was said."""

    datamodel = DeskInterface(Event)
    page = "Events"
    unsearched = ("seq", "chain", "from_state", "to_state", "kind", "subject")
    exact = ("actor",)

    def exactly(self, name: str, value: str) -> str:
        """Somebody by the name or the number of his account, or as the record names him."""
        if value.isdecimal():
            return f"user:{value}"
        known = select(Person.id).where(Person.username == value)
        found = reader().scalar(known)
        return f"user:{found}" if found is not None else value

    def value(self, item: Any, name: str) -> str:
        """Words instead of the record's own: who, about what, from which state to which."""
        tongue = language()
        if name == "actor":
            return _who(item.actor, tongue)
        if name == "subject":
            return words.table(_SUBJECTS.get(item.subject, item.subject), tongue, otherwise="—")
        if name in ("from_state", "to_state") and getattr(item, name):
            return words.state(item.subject, getattr(item, name), tongue)
        if name == "reveal" and item.reveal is not None:
            return _why(item.payload, item.reveal, tongue)
        return super().value(item, name)

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement each who acted, and which callers somebody may have named when he
        was shown them."""
        know_people(row.actor for row in rows)
        know_callers(row.reveal.case_id for row in rows if row.reveal is not None)


def _why(payload: str, row: Reveal, tongue: str) -> str:
    """Why somebody was shown a caller: what for, and in his own words, without the caller."""
    purpose = json.loads(payload).get("purpose")
    said = masked_text(row.reason, row.case_id) if row.reason else ""
    return words.pair(words.value("purpose", purpose, tongue) if purpose else "", said, tongue)


_SUBJECTS = {"case": "hotline_case", "office": "setting"}


def _who(word: str, tongue: str) -> str:
    """Who did it: the bot, or a person by his name and that of his account; by its number where there is
    no such account."""
    if word == "bot":
        return bot_word(tongue)
    if word == "caller":
        return caller_word(tongue)
    number, found = word.removeprefix("user:"), know_people([word]).get(word)
    name, account = (found.name, found.username) if found else ("", number)
    return words.word("list.account", tongue, name=name, number=account)
