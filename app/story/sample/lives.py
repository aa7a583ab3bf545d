"""Cases that take their course: registered, answered or allocated, handled as the unit's manner is,
visited, redone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from app.rules.workdays import BEIJING
from app.rules.workflow import OPEN_CASE
from app.story.sample import forms
from app.story.sample.desk import Desk, File
from app.story.sample.diary import Life
from app.story.sample.handling import handled, open_to
from app.story.sample.onfile import answer_on_file

DIRECT = {"consultation": 0.7, "praise": 0.95, "help": 0.03}
"""kind -> how often the centre answers by itself."""
REFUSED = ("court", "petition", "territory", "arbitration")


def life(desk: Desk, born: datetime, dice: Random) -> Life:
    """One demand from its first word on."""
    yield born
    file = _registered(desk, dice)
    fate = dice.random()
    yield desk.hours.later(desk.diary.now, dice, 0.2, 3)
    if fate < 0.03:
        yield from _refused(desk, file, dice)
    elif fate < 0.04:
        desk.do("operator", "hand_on", file.case, line=dice.choice(("110", "119", "120", "122")))
    elif fate > 1 - DIRECT.get(file.matter.kind, 0):
        yield from _answered(desk, file, dice)
    else:
        yield from _transferred(desk, file, dice)


def complaint(desk: Desk, unit: str, born: datetime, dice: Random) -> Life:
    """A complaint that a named unit gets on the day it comes, and whoever stands in its place then
    handles."""
    yield born
    file = File(desk.callers.matter(unit, ("complaint",)))
    file.case = desk.do("operator", "register", **forms.registration(desk, file, dice)).id
    yield desk.hours.later(desk.diary.now, dice, 0.2, 1)
    desk.do("allocator", "allocate", file.case, unit=unit)
    yield desk.hours.workdays_after(desk.diary.now, 2, dice)
    yield from handled(desk, file, desk.standing(unit), dice)


def _registered(desk: Desk, dice: Random) -> File:
    """Registered as it comes: mostly by its caller's name, some anonymous or confidential, some
    urgent or complex."""
    file = File(desk.callers.matter(not_from=sorted(desk.gone)))
    given: dict[str, Any] = {}
    if file.matter.kind in ("complaint", "report", "help"):
        given["anonymous"] = dice.random() < 0.05
        shy = 0.3 if file.matter.kind == "report" else 0.04
        given["confidential"] = not given["anonymous"] and dice.random() < shy
        given["complex"] = dice.random() < 0.05
        given["urgency"] = "urgent" if dice.random() < 0.06 else "normal"
    if dice.random() < 0.05:
        given |= _entered_later(desk, dice)
    if file.matter.kind == "help" and dice.random() < 0.04:
        given["suggestion"] = True
    file.case = desk.do("operator", "register", **forms.registration(desk, file, dice, **given)).id
    return file


def _entered_later(desk: Desk, dice: Random) -> dict[str, Any]:
    """Received in the evening before, taken down on paper, and entered now."""
    evening = datetime.combine(desk.diary.now.date() - timedelta(days=1), time(18, 30), BEIJING)
    received = evening + timedelta(minutes=dice.randrange(240))
    return {
        "channel": "phone",
        "received_at": received,
        "paper_form": f"补{received:%m%d}-{dice.randint(1, 9)}",
    }


def _refused(desk: Desk, file: File, dice: Random) -> Life:
    """An operator proposes not to accept it, an allocator confirms."""
    reason = dice.choice(REFUSED)
    words = desk.say(f"refuse.{reason}", dice, file.matter)
    desk.do("operator", "refuse", file.case, reason=reason, words=words)
    yield desk.hours.later(desk.diary.now, dice, 0.5, 5)
    desk.do("allocator2", "confirm_refusal", file.case, accept=True)


def _answered(desk: Desk, file: File, dice: Random) -> Life:
    """The centre answers; one in ten is visited all the same."""
    case = desk.case(file.case)
    if case.complex:
        yield from _transferred(desk, file, dice)
        return
    answer = desk.say("answer", dice, file.matter)
    given: dict[str, Any] = {"answer": answer}
    near = answer_on_file(desk, file.case, desk.diary.now.date())
    if near is not None:
        given = {"answer": near.text, "articles": [str(near.version_id)]}
    done = desk.do(dice.choice(("operator", "allocator")), "answer_directly", file.case, **given)
    if done.state == "visiting":
        yield desk.hours.workdays_after(desk.diary.now, dice.randint(1, 2), dice)
        desk.do("visitor2", "record_visit", file.case, **forms.good_visit(desk, file, dice))


def _transferred(desk: Desk, file: File, dice: Random) -> Life:
    """Allocated, handled, visited; and what may come between."""
    unit = desk.standing(file.matter.unit)
    wrong = dice.random() < 0.05
    first = dice.choice(_others(desk, unit)) if wrong else unit
    assists = [] if wrong else _assists(unit, dice)
    clerk = dice.choice(("allocator", "allocator2"))
    desk.do(clerk, "allocate", file.case, unit=first, assists=assists)
    if wrong:
        yield from _returned(desk, file, first, dice)
        unit = desk.standing(unit)
        desk.do("allocator", "allocate", file.case, unit=unit)
    _may_happen(desk, file, dice)
    if assists:
        desk.diary.put(_assisted(desk, file, assists[0], dice))
    yield from handled(desk, file, unit, dice)


def _others(desk: Desk, unit: str) -> list[str]:
    """The units that stand, but for one."""
    return sorted(
        code for code, member in desk.members.items() if member.gone_to is None and code != unit
    )


def _assists(unit: str, dice: Random) -> list[str]:
    """Now and then a second unit assists."""
    if dice.random() >= 0.06:
        return []
    others = ("urban", "housing", "environment", "police")
    return [dice.choice([code for code in others if code != unit])]


def _may_happen(desk: Desk, file: File, dice: Random) -> None:
    """What callers may do meanwhile: withdraw, be joined by others, ask before it is due."""
    if dice.random() < 0.03:
        desk.diary.put(_withdrawn(desk, file, dice))
    if dice.random() < 0.08:
        desk.diary.put(_same_from_another(desk, file, dice))
    if dice.random() < 0.12:
        desk.diary.put(_asks_early(desk, file, dice))


def _returned(desk: Desk, file: File, unit: str, dice: Random) -> Life:
    """Allocated to the wrong unit: it asks to return the case, and an allocator rules so."""
    yield desk.hours.later(desk.diary.now, dice, 0.5, 6)
    reason = desk.say("request_return", dice, file.matter)
    desk.do(f"{unit}_head", "request_return", file.case, reason=reason)
    yield desk.hours.later(desk.diary.now, dice, 1, 8)
    desk.do(
        "allocator",
        "rule_on_return",
        file.case,
        unit=unit,
        accept=True,
        words="情况属实，同意退回。",
    )
    yield desk.hours.later(desk.diary.now, dice, 0.2, 2)


def _withdrawn(desk: Desk, file: File, dice: Random) -> Life:
    yield desk.hours.workdays_after(desk.diary.now, dice.randint(1, 3), dice)
    if desk.case(file.case).state in OPEN_CASE and not desk.merged(file.case):
        desk.do("allocator2", "withdraw", file.case, reason=desk.say("withdraw", dice, file.matter))


def _same_from_another(desk: Desk, file: File, dice: Random) -> Life:
    """Another caller tells of the same matter; an allocator merges the two."""
    yield desk.hours.workdays_after(desk.diary.now, dice.randint(0, 2), dice)
    second = File(file.matter)
    words = f"{dice.choice(('我也反映一下，', '还是这件事：', '附近的人都在说，'))}{file.matter.narrative}"
    second.case = desk.do(
        "operator", "register", **forms.registration(desk, second, dice, narrative=words)
    ).id
    yield desk.hours.later(desk.diary.now, dice, 0.5, 4)
    if desk.case(file.case).state in ("handling", "registered", "examining"):
        desk.do("allocator", "merge", second.case, into=file.case)
    else:
        yield from _transferred(desk, second, dice)


def _assisted(desk: Desk, file: File, unit: str, dice: Random) -> Life:
    """An assist answers a day or two after, and its answer is examined."""
    yield desk.hours.workdays_after(desk.diary.now, dice.randint(1, 2), dice)
    if open_to(desk, file, unit):
        desk.do(f"{unit}_head", "reply", file.case, **forms.reply(desk, file, dice, unit))


def _asks_early(desk: Desk, file: File, dice: Random) -> Life:
    """Before it is due the caller asks how it goes, or adds what was forgotten."""
    yield desk.hours.workdays_after(desk.diary.now, dice.randint(1, 3), dice)
    if desk.case(file.case).state == "handling":
        kind, what = dice.choice((("chase", "chase"), ("supplement", "supplement_contact")))
        desk.do(
            "operator", "contact", file.case, kind=kind, words=desk.say(what, dice, file.matter)
        )
