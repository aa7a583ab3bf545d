"""The rounds of the office: what the supervision room, the centre head and others do day by day,
whatever comes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from app.models import Assignment, Suggestion, Supervision, Unit
from app.story.sample.desk import Desk
from app.story.sample.diary import Life
from app.story.sample.lives import complaint
from app.story.sample.onfile import articles, by_internet, leader_reads, matter_of

ISSUED_ON = 5
"""The working day of the month on which a report may be issued first: it is drafted on the first, and
units have three more."""


def room(desk: Desk, dice: Random) -> Life:
    """Each working day the officer goes through what the bot listed: opens it, declines it, clears
    what is done."""
    for day in desk.hours.workdays:
        yield desk.hours.some_time(day, dice)
        for item, unit in desk.read(
            lambda session: session.execute(
                select(Supervision, Unit.code)
                .join(Unit, Unit.id == Supervision.unit_id)
                .where(
                    Supervision.state.in_(("candidate", "fed_back", "opened", "reissued")),
                    Supervision.case_id.not_in(desk.staged),
                )
                .order_by(Supervision.id)
            ).all()
        ):
            _deal_with(desk, item, unit, dice)


def _deal_with(desk: Desk, item: Supervision, unit: str, dice: Random) -> None:
    """What the room does with one item that day; sometimes nothing yet."""
    matter, now = matter_of(unit), desk.diary.now
    answered = desk.read(
        lambda session: session.get_one(Assignment, item.assignment_id).replied_at is not None
    )
    given = {"unit": unit, "ground": item.ground}
    if item.state == "candidate":
        if item.listed_on is None or dice.random() < 0.4:
            return
        if answered or dice.random() < 0.12:
            desk.do(
                "officer2",
                "decline",
                item.case_id,
                reason=desk.say("decline", dice, matter),
                **given,
            )
        else:
            requirement = desk.say("open_supervision", dice, matter)
            desk.do("officer2", "open_supervision", item.case_id, requirement=requirement, **given)
            desk.diary.put(_feeds_back(desk, item, unit, dice))
    elif answered:
        desk.do("officer2", "clear", item.case_id, **given)
    elif item.state == "fed_back" and item.reissues < 2 and _stale(item, now):
        desk.do(
            "officer2",
            "reissue",
            item.case_id,
            requirement=desk.say("reissue", dice, matter),
            **given,
        )
        desk.diary.put(_feeds_back(desk, item, unit, dice))


def _stale(item: Supervision, now: datetime) -> bool:
    return item.fed_back_at is not None and now - item.fed_back_at > timedelta(days=4)


def _feeds_back(desk: Desk, item: Supervision, unit: str, dice: Random) -> Life:
    """The unit's head feeds back within the time or a day after."""
    yield desk.hours.workdays_after(desk.diary.now, dice.choice((1, 2, 3, 4)), dice)
    state = desk.read(lambda session: session.get_one(Supervision, item.id).state)
    if state in ("opened", "reissued"):
        words = desk.say("feed_back", dice, matter_of(unit))
        desk.do(
            f"{unit}_head", "feed_back", item.case_id, words=words, unit=unit, ground=item.ground
        )


def screening(desk: Desk, dice: Random) -> Life:
    """On Fridays the centre head screens the suggestions of the week before; those of this week
    wait."""
    for day in [
        day for day in desk.hours.workdays if day.weekday() == 4 and day < desk.hours.last_whole
    ]:
        yield desk.hours.some_time(day, dice)
        until = desk.diary.now - timedelta(days=3)
        query = select(Suggestion.case_id).where(
            Suggestion.kept.is_(None), Suggestion.marked_at < until
        )
        for case in desk.ids(query.order_by(Suggestion.case_id)):
            if case in desk.staged:
                continue
            keep = dice.random() < 0.6
            words = desk.say(
                "suggestion.keep" if keep else "suggestion.drop", dice, matter_of("urban")
            )
            desk.do("centre_head", "screen_suggestion", case, keep=keep, words=words)


def reports(desk: Desk, dice: Random) -> Life:
    """On the fifth working day of a month, when units have said what they think of its draft, the
    centre head issues the report of the month that is over, where the office was there for all of
    it."""
    for day in desk.hours.workdays:
        over = day.replace(day=1) - timedelta(days=1)
        first = over.replace(day=1)
        if first < desk.hours.days[0] or desk.hours.calendar.between(over, day) != ISSUED_ON:
            continue
        yield desk.hours.some_time(day, dice)
        desk.do("centre_head", "issue_report", kind="monthly", first=first)


def dissolution(desk: Desk, code: str, on: date, dice: Random) -> Life:
    """A unit is dissolved; its successor takes over what it holds - what came the day before at
    least."""
    desk.diary.put(
        complaint(desk, code, desk.hours.some_time(desk.hours.calendar.before(on), dice), dice)
    )
    yield desk.hours.some_time(on, dice)
    successor = desk.members[code].gone_to
    desk.do("it_admin", "succeed_unit", unit=code, successor=successor)
    desk.gone.add(code)


def rules(desk: Desk, dice: Random) -> Life:
    """The IT administrator proposes numbers: one the centre head turned down, one waits."""
    yield desk.hours.some_time(desk.hours.workdays[10], dice)
    desk.do("it_admin", "change_rule", name="visit_attempts", value=2, reason="减轻回访压力")
    yield desk.hours.workdays_after(desk.diary.now, 1, dice)
    desk.do("centre_head", "approve_rule", accept=False)
    yield desk.hours.some_time(desk.hours.last_whole, dice)
    desk.do(
        "it_admin",
        "change_rule",
        name="praise_workdays",
        value=2,
        reason="表扬类工单拟缩短为两个工作日",
    )


def nuisance(desk: Desk, dice: Random) -> Life:
    """A number that only abuses: three times in a month, and it is flagged."""
    caller = desk.callers.caller()
    for place in (-14, -9, -5):
        yield desk.hours.some_time(desk.hours.workdays[place], dice)
        words = desk.say("invalid", dice, matter_of("urban"))
        desk.do("operator", "contact", kind="invalid", words=words, caller=caller)


def rounds(desk: Desk, dissolved_on: date, seed: str) -> list[Life]:
    """All of them."""
    made = [room, screening, reports, rules, nuisance, articles, by_internet, leader_reads]
    lives = [life(desk, Random(f"{seed}:{life.__name__}")) for life in made]  # noqa: S311
    gone = [code for code, member in desk.members.items() if member.gone_to]
    for code in gone:
        lives.append(dissolution(desk, code, dissolved_on, Random(f"{seed}:{code}")))  # noqa: S311
    return lives
