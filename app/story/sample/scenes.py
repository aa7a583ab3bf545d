"""Cases that come to rest in a state they are told to: scripts in working days, counted back from
now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import yaml

from app.rules.workdays import BEIJING
from app.story.sample import forms
from app.story.sample.desk import Desk, File
from app.story.sample.diary import Life
from app.story.sample.texts import read_texts

_STEP = re.compile(r"(\d+) (\d\d:\d\d) (\S+) (\w+)(?: (\{.*\}))?")
_DAY = re.compile(r"day\+(\d+)")
PLAIN_KINDS = ("complaint", "help")


@dataclass(frozen=True)
class Step:
    """One thing that one person does on a working day of a scene."""

    day: int
    at: time
    who: str
    verb: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """A script: the state it leaves behind, as `subject state`, the unit it is about, and how many
    working days before the last whole one its last step lies."""

    leaves: str
    unit: str
    ends: int
    steps: tuple[Step, ...]
    look: bool


def _step(line: str) -> Step:
    found = _STEP.fullmatch(line)
    if found is None:
        raise ValueError(f"not a step: {line!r}")
    day, at, who, verb, fields = found.groups()
    return Step(
        int(day), time.fromisoformat(at), who, verb, yaml.safe_load(fields) if fields else {}
    )


def _along(road: Sequence[Step], until: str | None) -> list[Step]:
    """A road up to the first step with a verb, that included."""
    if until is None:
        return list(road)
    last = next(place for place, step in enumerate(road) if step.verb == until)
    return list(road[: last + 1])


def scenes() -> list[Scene]:
    """All scenes, as their file has them; ValueError names a line that is none."""
    texts = read_texts("scenes")
    roads = {name: [_step(line) for line in lines] for name, lines in texts["roads"].items()}
    found = []
    for scene in texts["scenes"]:
        steps = _along(roads[scene["road"]], scene.get("until")) if "road" in scene else []
        steps += [_step(line) for line in scene.get("steps", ())]
        found.append(
            Scene(
                scene["leaves"],
                scene["unit"],
                scene.get("ends", 0),
                tuple(steps),
                scene.get("look", False),
            )
        )
    return found


class Stage:
    """One scene on its way."""

    def __init__(self, desk: Desk, scene: Scene, dice: Random) -> None:
        self.desk, self.scene, self.dice = desk, scene, dice
        self.files: dict[str, File] = {}
        self.before = scene.ends + scene.steps[-1].day

    def day(self, n: int) -> date:
        """The date of working day n of the scene."""
        return self.desk.hours.day(n, self.before)

    def play(self) -> Life:
        """Its steps, one after another."""
        for step in self.scene.steps:
            yield datetime.combine(self.day(step.day), step.at, BEIJING) + timedelta(
                seconds=self.dice.randrange(240)
            )
            self._do(step)

    def _do(self, step: Step) -> None:
        given = {name: self._dated(value) for name, value in step.fields.items()}
        letter = str(given.pop("case", "A"))
        if step.verb == "register":
            self._register(letter, given)
            return
        file = self.files[letter]
        who = self._who(step.who)
        try:
            done = self.desk.do(who, step.verb, file.case, **self._fields(step, file, given))
        except RuntimeError as wrong:
            wrong.add_note(
                f"the scene that leaves {self.scene.leaves} in {self.scene.unit}, day {step.day}"
            )
            raise
        if step.verb == "split":
            self.desk.staged |= {case.id for case in done}
        if step.verb == "allocate" and self.scene.look:
            self.desk.diary.look_at(done.due_at + timedelta(minutes=1))
        if step.verb in ("seal_referral", "supplement_referral"):
            self.desk.make_papers()

    def _who(self, who: str) -> str:
        """`head` and `staff` are the scene's unit's, `head@urban` another's."""
        place, _, unit = who.partition("@")
        return f"{unit or self.scene.unit}_{place}" if place in ("head", "staff") else who

    def _dated(self, value: Any) -> Any:
        """`day+3` as its date, inside mappings too."""
        if isinstance(value, Mapping):
            return {name: self._dated(part) for name, part in value.items()}
        found = _DAY.fullmatch(value) if isinstance(value, str) else None
        return self.day(int(found[1])) if found else value

    def _register(self, letter: str, given: dict[str, Any]) -> None:
        like = given.pop("like", None)
        kinds = [given["kind"]] if "kind" in given else PLAIN_KINDS
        matter = (
            self.files[like].matter if like else self.desk.callers.matter(self.scene.unit, kinds)
        )
        file = self.files[letter] = File(matter)
        if like:
            given["narrative"] = f"我也反映这件事：{matter.narrative}"
        if "leader" in given:
            given["leader"] = forms.leader(self.desk, file, self.dice, **given["leader"])
        form = forms.registration(self.desk, file, self.dice, **given)
        file.case = self.desk.do("operator", "register", **form).id
        self.desk.staged.add(file.case)

    def _fields(self, step: Step, file: File, given: dict[str, Any]) -> dict[str, Any]:
        """The fields of a step with what its form fills in; the scene's own win."""
        desk, dice, verb = self.desk, self.dice, step.verb.replace("draft_", "")
        verb = {
            "extension": "request_extension",
            "explanation": "explain",
            "finding": "draft_finding",
        }.get(verb, verb)
        if given.pop("bad", False):
            return forms.bad_visit(desk, file, dice)
        if given.pop("missed", False):
            return forms.missed_visit(desk, file, dice)
        if given.pop("poor", False):
            return forms.poor_reply(desk, file, dice, self.scene.unit)
        made = forms.FORMS[verb](desk, file, dice, self.scene.unit) if verb in forms.FORMS else {}
        if verb == "instruct":
            given["leader"] = forms.leader(desk, file, dice, **given.get("leader", {}))
        return {**made, **self._named(verb, file, given)}

    def _named(self, verb: str, file: File, given: dict[str, Any]) -> dict[str, Any]:
        """What a scene names in short: the unit to allocate to, another case, the persons of a
        finding, words."""
        if verb == "allocate":
            given.setdefault("unit", self.scene.unit)
        if verb == "draft_finding":
            given["persons"] = [self.desk.members[self.scene.unit].head]
        if verb == "split":
            other = self.desk.callers.matter(self.scene.unit, PLAIN_KINDS)
            given["parts"] = [{"kind": other.kind, "narrative": other.narrative}]
        if "into" in given:
            given["into"] = self.files[given["into"]].case
        for field, what in _worded(verb, given):
            given[field] = self.desk.say(what, self.dice, file.matter)
        return given


def _worded(verb: str, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The field that a verb has words for, and which words, as its other fields say."""
    if verb == "refuse":
        return [("words", f"refuse.{given['reason']}")]
    if verb == "contact":
        return [("words", given["kind"])]
    if verb == "screen_suggestion":
        return [("words", "suggestion.keep" if given["keep"] else "suggestion.drop")]
    if verb == "review_responsibility":
        return [("grounds", "responsible" if given["unit_responsible"] else "not_responsible")]
    if verb == "examine" and not given["passes"]:
        return [("words", "refuse_reply")]
    return []
