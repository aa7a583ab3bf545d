"""A unit's rounds with a case: answered in the unit's manner, examined, visited and, where it was
bad, done again."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app.models import Assignment, Draft, Reply, Unit
from app.rules.workflow import OPEN_ASSIGNMENT
from app.story.sample import forms
from app.story.sample.desk import Desk, File
from app.story.sample.diary import Life

Part = Generator[datetime, None, bool]
"""A part of a life; whether it goes on as hoped."""


def open_to(desk: Desk, file: File, unit: str) -> bool:
    """Whether an assignment waits for a unit's answer."""
    query = select(Assignment.state).join(Assignment.unit).where(Assignment.case_id == file.case)
    query = query.where(Unit.code == unit).order_by(Assignment.id.desc())
    state = desk.read(lambda session: session.scalars(query.limit(1)).first())
    return state in OPEN_ASSIGNMENT


def handled(desk: Desk, file: File, unit: str, dice: Random) -> Life:
    """A round in the unit's manner, then examination and visit; a bad visit makes another round."""
    for attempt in (1, 2, 3):
        if not (yield from _answered_by(desk, file, unit, dice, attempt)):
            return
        if not (yield from _examined(desk, file, unit, dice)):
            return
        if not (yield from _visited(desk, file, unit, dice, attempt)):
            return
        if not (yield from _reviewed(desk, file, dice, attempt)):
            return
        unit = desk.standing(unit)


def _due(desk: Desk, file: File) -> datetime:
    return desk.lead(file.case).due_at


def _answered_by(desk: Desk, file: File, unit: str, dice: Random, attempt: int) -> Part:
    """The unit's answer of one round: when, and what it asks for before."""
    manner = desk.members[unit].manner
    if attempt == 1 and dice.random() < manner.signs:
        yield desk.hours.later(desk.diary.now, dice, 0.3, 6)
        if open_to(desk, file, unit) and desk.lead(file.case).state == "allocated":
            desk.do(f"{unit}_staff", "sign_for", file.case)
    roll = dice.random()
    if roll < manner.silent:
        yield from _kept_waiting(desk, file, unit, dice)
    elif roll < manner.silent + manner.late:
        yield from _late(desk, file, unit, dice)
    else:
        if attempt == 1 and dice.random() < manner.extends:
            yield from _extended(desk, file, unit, dice)
        yield _in_time(desk, file, manner.pace, dice)
    yield from _past_assists(desk, file, dice)
    unit = desk.standing(unit)
    if not open_to(desk, file, unit):
        return False
    return (yield from _filed(desk, file, unit, dice))


def _past_assists(desk: Desk, file: File, dice: Random) -> Life:
    """The lead waits for its assists."""

    def waiting() -> bool:
        query = select(Assignment.id).where(
            Assignment.case_id == file.case,
            Assignment.role == "assist",
            Assignment.state.in_(OPEN_ASSIGNMENT),
        )
        return bool(desk.ids(query))

    while waiting():
        yield desk.hours.workdays_after(desk.diary.now, 1, dice)


def _in_time(desk: Desk, file: File, pace: tuple[float, float], dice: Random) -> datetime:
    """Some working moment between now and due, in the part of the time that the unit takes; never
    before now."""
    now, due = desk.diary.now, _due(desk, file)
    if due <= now:
        return desk.hours.later(now, dice, 0.2, 1.5)
    at = desk.hours.within(now + (due - now) * dice.uniform(*pace))
    while at >= due and at - timedelta(minutes=40) > now:
        at -= timedelta(minutes=40)
    return at if desk.hours.within(at) == at else desk.hours.later(now, dice, 0.2, 1)


def _late(desk: Desk, file: File, unit: str, dice: Random) -> Life:
    """Too late: explained or not, answered within the reminder's time or only days after."""
    yield _in_time(desk, file, (0.6, 0.9), dice)
    if dice.random() < desk.members[unit].manner.explains and open_to(desk, file, unit):
        yield from _explained(desk, file, unit, dice)
    due = _due(desk, file)
    if due > desk.diary.now:
        yield desk.hours.workdays_after(
            due - timedelta(hours=1), dice.choice((1, 1, 2, 2, 5, 7)), dice
        )


def _explained(desk: Desk, file: File, unit: str, dice: Random) -> Life:
    """An explanation with a promised date, ruled on the next day."""
    promised = desk.hours.calendar.after(
        max(_due(desk, file).date(), desk.diary.now.date()), dice.randint(2, 5)
    )
    words = desk.say("explain", dice, file.matter)
    category = dice.choice(("material", "weather", "owner"))
    desk.do(
        f"{unit}_head", "explain", file.case, words=words, promised_on=promised, category=category
    )
    yield desk.hours.later(desk.diary.now, dice, 2, 9)
    if open_to(desk, file, unit):
        accept = dice.random() < 0.7
        words = "理由充分，同意。" if accept else "理由不充分，请按期办理。"
        desk.do(
            "allocator", "rule_on_explanation", file.case, unit=unit, accept=accept, words=words
        )


def _extended(desk: Desk, file: File, unit: str, dice: Random) -> Life:
    """More time asked for before due, mostly granted the next day."""
    yield _in_time(desk, file, (0.2, 0.5), dice)
    if not open_to(desk, file, unit) or desk.diary.now >= _due(desk, file):
        return
    reason, days = desk.say("request_extension", dice, file.matter), dice.choice((3, 5, 5, 7))
    desk.do(f"{unit}_head", "request_extension", file.case, reason=reason, workdays=days)
    yield desk.hours.later(desk.diary.now, dice, 2, 9)
    if open_to(desk, file, unit):
        desk.do(
            "allocator2",
            "rule_on_extension",
            file.case,
            unit=unit,
            accept=dice.random() < 0.75,
            words="",
        )


def _kept_waiting(desk: Desk, file: File, unit: str, dice: Random) -> Life:
    """Silent until the supervision room has been at it: the caller asks again meanwhile."""
    due = _due(desk, file)
    if dice.random() < 0.6:
        at = desk.hours.workdays_after(max(due, desk.diary.now), dice.randint(1, 3), dice)
        desk.diary.put(_asks_again(desk, file, at, dice))
    yield desk.hours.workdays_after(max(due, desk.diary.now), dice.randint(11, 20), dice)


def _asks_again(desk: Desk, file: File, at: datetime, dice: Random) -> Life:
    yield at
    if desk.case(file.case).state == "handling":
        kind = dice.choice(("repeat", "repeat", "chase"))
        desk.do(
            "operator", "contact", file.case, kind=kind, words=desk.say(kind, dice, file.matter)
        )


def _filed(desk: Desk, file: File, unit: str, dice: Random) -> Part:
    """The reply: drafted by staff and approved by the head, or written by the head alone."""
    made = forms.poor_reply if dice.random() < desk.members[unit].manner.poor else forms.reply
    if dice.random() < 0.5:
        draft: Draft = desk.do(
            f"{unit}_staff", "draft_reply", file.case, **made(desk, file, dice, unit)
        )
        yield desk.hours.later(desk.diary.now, dice, 0.3, 3)
        unit = desk.standing(unit)
        if not open_to(desk, file, unit):
            return False
        desk.do(f"{unit}_head", "reply", file.case, draft=draft.id)
    else:
        desk.do(f"{unit}_head", "reply", file.case, **made(desk, file, dice, unit))
    return True


def _examined(desk: Desk, file: File, unit: str, dice: Random) -> Part:
    """Examined the next day; a poor reply is refused and written anew."""
    for _ in (1, 2):
        yield desk.hours.workdays_after(desk.diary.now, dice.choice((0, 1, 1)), dice)
        one = desk.lead(file.case)
        if one.state != "replied":
            return False
        if not _poor(desk, one):
            told = "要素齐全，意见明确。"
            desk.do(
                "examiner", "examine", file.case, unit=desk.standing(unit), passes=True, words=told
            )
            return True
        words = desk.say("refuse_reply", dice, file.matter)
        refused = {"passes": False, "reason": "opinion_unclear", "words": words}
        desk.do("examiner", "examine", file.case, unit=desk.standing(unit), **refused)
        yield desk.hours.workdays_after(desk.diary.now, dice.randint(1, 2), dice)
        unit = desk.standing(unit)
        if not open_to(desk, file, unit):
            return False
        desk.do(f"{unit}_head", "reply", file.case, **forms.reply(desk, file, dice, unit))
    return False


def _poor(desk: Desk, one: Assignment) -> bool:
    """Whether the reply that stands says too little."""
    return (
        desk.read(lambda session: session.get_one(Reply, one.reply_id)).why_unsolved
        == forms.UNSOLVED
    )


def _visited(desk: Desk, file: File, unit: str, dice: Random, attempt: int) -> Part:
    """Visited within three days, each caller; whether it was bad. Some callers cannot be reached at
    once."""
    case = desk.case(file.case)
    if case.state != "visiting":
        return False
    who = "officer" if case.leader_assigned else dice.choice(("visitor", "visitor2"))
    misses = dice.choice((0, 0, 0, 0, 0, 0, 0, 1, 1, 3))
    reachable = yield from _missed(desk, file, who, dice, misses)
    if not reachable:
        return False
    yield desk.hours.workdays_after(desk.diary.now, dice.randint(1, 2), dice)
    if desk.case(file.case).state != "visiting":
        return False
    bad = dice.random() < desk.members[desk.standing(unit)].manner.bad / attempt
    form = forms.bad_visit if bad else forms.good_visit
    desk.do(who, "record_visit", file.case, **form(desk, file, dice))
    if bad:
        return True
    return (yield from _pleased(desk, file, who, dice))


def _missed(desk: Desk, file: File, who: str, dice: Random, misses: int) -> Part:
    """Visits that reach nobody; whether the case is to be visited still."""
    for n in range(misses):
        yield desk.hours.workdays_after(desk.diary.now, 1 if n else dice.randint(1, 2), dice)
        if desk.case(file.case).state != "visiting":
            return False
        desk.do(who, "record_visit", file.case, **forms.missed_visit(desk, file, dice))
    return misses < 3


def _pleased(desk: Desk, file: File, who: str, dice: Random) -> Part:
    """The callers of merged cases are visited too; whether the first one calls again all the same."""
    for other in desk.merged(file.case):
        if not desk.case(other).anonymous:
            desk.do(who, "record_visit", other, **forms.good_visit(desk, file, dice))
    if dice.random() >= 0.03:
        return False
    yield desk.hours.workdays_after(desk.diary.now, dice.randint(3, 9), dice)
    words = desk.say("repeat", dice, file.matter)
    desk.do("operator", "contact", file.case, kind="repeat", words=words)
    return True


def _reviewed(desk: Desk, file: File, dice: Random, attempt: int) -> Part:
    """Whose responsibility it is; whether another round was ordered."""
    yield desk.hours.workdays_after(desk.diary.now, dice.choice((1, 1, 2)), dice)
    if desk.case(file.case).state != "reviewing":
        return False
    responsible = dice.random() < 0.75
    what = "responsible" if responsible else "not_responsible"
    form: dict[str, Any] = {
        "unit_responsible": responsible,
        "grounds": desk.say(what, dice, file.matter),
    }
    if not responsible:
        form["excluded_as"] = dice.choice(("unreasonable", "law", "outside_powers"))
    desk.do("examiner2", "review_responsibility", file.case, **form)
    return responsible and attempt < 3
