"""How a story's people act: straight through the verb table, with what a story's words stand
for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, retried
from app.files import keep, kind_of
from app.models import (
    Article,
    ArticleVersion,
    Category,
    Draft,
    File,
    Person,
    Substitute,
    Supervision,
    Unit,
    UnitPost,
)
from app.papers.dossier import make_waiting
from app.roles import CALLER
from app.rules.files import kept_name
from app.rules.refusal import NotAllowed
from app.stages.table import DRAFTED
from app.story.theatre.caller import answered
from app.story.theatre.cast import actor_named, person_named
from app.story.theatre.fillers import filled
from app.verbs import VERBS, perform

SEALS = ("seal_referral", "supplement_referral")
"""The verbs after which a dossier's files are made."""
ROWS: dict[str, Any] = {
    "approve_article": ArticleVersion.title,
    "edit_article": Article.title,
    "hand_over_article": Article.title,
    "end_article": Article.title,
    "edit_unit": Unit.code,
    "edit_post": UnitPost.person,
    "edit_category": Category.name,
    "edit_role": Role.name,
    "edit_user": Person.username,
    "end_substitute": Substitute.to_on,
    "reset_password": Person.username,
    "reset_second_factor": Person.username,
}
"""verb -> the column by whose value a story names the `row` that is changed or approved; the newest
of several is meant."""
Step = Mapping[str, Any]


class Refused(Exception):
    """A step was refused, with the reason in words; nothing was written."""


class Fault(Exception):
    """Something is wrong with what people act through, whatever a story says of the step."""


class Hand:
    """How a story's people act: straight through the verb table. `cases`: letter -> id, filled as
    they come in; `data`: where files are kept.

    Beside a verb's own fields a step may name the `row` that is changed (a unit by its code, an
    account by its name), a `file` that is attached or opened, and say with `draft: true` that the
    head approves what staff drafted last."""

    def __init__(self, sessions: Sessions, cases: dict[str, int], data: Path) -> None:
        self.sessions, self.cases, self.data = sessions, cases, data

    def __enter__(self) -> Hand:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        return None

    def do(self, now: datetime, word: str, verb: str, step: Step) -> None:
        """One verb of one person; NotAllowed or Refused where it is refused."""
        if word == CALLER.name:
            answered(self.sessions, now, self.case(step["case"]), step)
            return

        def work(session: Session) -> Any:
            actor = actor_named(session, word, now.date())
            target = {} if verb == "register" else self._target(session, verb, step, actor.unit_id)
            return perform(
                session, now, actor, verb, **target, **self._typed(session, now, verb, step)
            )

        done = retried(self.sessions, work)
        if verb == "register":
            self.name([str(step.get("case", ""))], [done.id])
        elif verb == "split":
            self.name(letters_of(step), [case.id for case in done])
        self.make_volumes(verb, now)

    def make_volumes(self, verb: str, now: datetime) -> None:
        """After a verb that seals, make the files that wait: what the workers do in an office."""
        if verb in SEALS:
            make_waiting(self.sessions, self.data, now)

    def name(self, letters: Sequence[str], ids: Sequence[int]) -> None:
        """Give the cases that a step made their letters, where it says any; ValueError where they
        are not as many."""
        self.cases.update(zip(letters, ids, strict=bool(letters)))

    def case(self, letter: Any) -> int:
        """The case of a letter; one that was never registered is not found."""
        if str(letter) not in self.cases:
            raise NotAllowed("not_found", case=str(letter))
        return self.cases[str(letter)]

    def _target(self, session: Session, verb: str, step: Step, unit: int | None) -> dict[str, Any]:
        target: dict[str, Any] = {name: step[name] for name in ("unit", "ground") if name in step}
        if "case" in step:
            target["case"] = self.case(step["case"])
        if step.get("draft"):
            of = DRAFTED.get(verb, verb)
            query = select(Draft.id).where(
                Draft.case_id == target["case"], Draft.unit_id == unit, Draft.verb == of
            )
            target["draft"] = session.scalars(query.order_by(Draft.id.desc())).first() or 0
        return target

    def _typed(self, session: Session, now: datetime, verb: str, step: Step) -> dict[str, Any]:
        """The fields of a step as the verb table takes them."""
        fields = self.fields(session, now, verb, step)
        if verb == "merge" and "into" in fields:
            fields["into"] = self.case(fields["into"])
        if "row" in fields:
            column = ROWS[verb]
            newest = select(column.class_).order_by(column.class_.id.desc())
            named = session.scalars(newest.where(column == fields.pop("row"))).first()
            told = "id" if any(field.name == "id" for field in VERBS[verb].fields) else "row"
            fields[told] = named.id if named is not None else 0
        if verb == "attach":
            kept = keep(self.data, fields["file"], content_of(fields.pop("file")))
            fields |= {
                "name": kept.name,
                "sha256": kept.sha256,
                "size": kept.size,
                "media_type": kept.media_type,
            }
        if verb == "open_file":
            query = select(File.id).where(
                File.case_id == self.case(step["case"]), File.name == kept_as(fields["file"])
            )
            fields["file"] = session.scalars(query).first() or 0
        return fields

    def fields(self, session: Session, now: datetime, verb: str, step: Step) -> dict[str, Any]:
        """What a step fills in, with what it left out: cases by their letters, files by their
        names."""
        fields = filled(verb, str(step.get("case", "")), step, now)
        fields.pop("draft", None)
        if step.get("draft"):
            fields = {name: value for name, value in fields.items() if name in step}
        if verb == "split" and fields.pop("into", None) and "parts" not in step:
            fields["parts"] = [_part(letter, now) for letter in letters_of(step)]
        if verb in ("draft_finding", "record_statement", "draft_statement") and "case" in step:
            self._people(session, verb, step, fields)
        return fields

    def _people(self, session: Session, verb: str, step: Step, fields: dict[str, Any]) -> None:
        """Persons are named as actors (`head@WATER`) or by a name, which then held a post in the
        unit. A finding that names nobody in the story names the unit's head."""
        query = select(Unit.code).join(Supervision, Supervision.unit_id == Unit.id)
        query = query.where(Supervision.case_id == self.case(step["case"]))
        code = step.get("unit") or session.scalars(query.order_by(Supervision.id)).first()
        if verb == "draft_finding" and code:
            persons = listed(fields.get("persons") or [f"head@{code}"])
            fields["persons"] = [person_named(session, code, str(person)) for person in persons]
        elif fields.get("person") and code:
            fields["person"] = person_named(session, code, str(fields["person"]))


def _part(letter: str, now: datetime) -> dict[str, Any]:
    """One of the cases into which another is split."""
    return {"narrative": filled("register", letter, {}, now)["narrative"]}


def listed(value: Any) -> Sequence[Any]:
    """A list, or what stands for a list of one."""
    return value if isinstance(value, (list, tuple)) else [value]


def letters_of(step: Step) -> list[str]:
    """The letters of the cases that a split makes."""
    return [str(letter) for letter in listed(step.get("into", ()))]


def kept_as(name: str) -> str:
    """How a file that a story names is called once it is kept: what it holds decides how it
    ends."""
    return kept_name(name, kind_of(content_of(name), name))


def content_of(name: str) -> bytes:
    """What stands in a file that a story names: a PDF or plain words, by its ending."""
    head = b"%PDF-1.4\n" if name.endswith(".pdf") else b""
    return head + f"{name}：故事所附。\n".encode()
