"""What the sample office answers with and how callers answer it: articles that units keep, visits by
internet, and what the leader says to suggestions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app.models import Case, Suggestion, Visit
from app.rules.workdays import BEIJING
from app.stages.articles import Found, found
from app.story.sample import forms
from app.story.sample.desk import Desk, File
from app.story.sample.diary import Life
from app.story.sample.matters import Matter, patterns
from app.story.sample.texts import read_texts
from app.story.theatre.caller import answered

RULE = "internet_visits"


def articles(desk: Desk, dice: Random) -> Life:
    """In the first days the units draft their articles, and the centre head approves them."""
    days = desk.hours.workdays
    yield desk.hours.some_time(days[1], dice)
    drafted = [(one, _draft(desk, one, days[1])) for one in read_texts("articles")["articles"]]
    yield desk.hours.some_time(days[2], dice)
    for one, version in drafted:
        if one.get("then") != "waits":
            desk.do("centre_head", "approve_article", accept=True, row=version.id)
    yield desk.hours.some_time(days[len(days) // 2], dice)
    for one, version in drafted:
        if one.get("then") == "changed":
            text = f"{one['text']}也可在网上办事大厅申请。"
            again = _said(one, days[1]) | {"text": text, "id": version.article_id}
            newer = desk.do(f"{one['unit']}_head", "edit_article", **again)
            desk.do("centre_head", "approve_article", accept=True, row=newer.id)


def _draft(desk: Desk, one: dict[str, Any], first: date) -> Any:
    return desk.do(f"{one['unit']}_staff", "add_article", **_said(one, first))


def _said(one: dict[str, Any], first: date) -> dict[str, Any]:
    """What an article of the sample says, with its days."""
    said = {name: one[name] for name in ("title", "category", "keywords", "sources", "text")}
    days = {"expired": "valid_to", "review": "review_on"}
    if one.get("then") in days:
        said[days[one["then"]]] = first + timedelta(days=70)
    return {"valid_from": first, **said}


def answer_on_file(desk: Desk, case: int, today: date) -> Found | None:
    """The article with which the centre answers a case; none where none fits."""

    def nearest(session: Any) -> Found | None:
        said = session.get_one(Case, case)
        return next(iter(found(session, today, f"{said.narrative}\n{said.demand}", 1)), None)

    return desk.read(nearest)


def by_internet(desk: Desk, dice: Random) -> Life:
    """From the last third of the time on callers are asked by internet; half of them answer on the
    day that they are asked, content."""
    days = desk.hours.workdays
    begun = days[len(days) * 2 // 3]
    yield desk.hours.some_time(begun, dice)
    proposed = desk.do("it_admin", "change_rule", name=RULE, value=True, reason="试行网络回访")
    yield desk.hours.workdays_after(desk.diary.now, 1, dice)
    desk.do("centre_head", "approve_rule", accept=True, row=proposed.id)
    allowed = desk.diary.now.date()
    for day in [day for day in days if allowed < day < desk.hours.last_whole]:
        yield datetime.combine(day, time(17, 10), BEIJING)
        for case in desk.ids(_asked()):
            if case not in desk.staged and not desk.merged(case) and dice.random() < 0.5:
                words = dice.choice(("", "办理及时，谢谢。", "问题已经解决。"))
                said = {"satisfied": dice.choice(("satisfied", "basically")), "words": words}
                answered(desk.sessions, desk.diary.now, case, said)


def _asked() -> Any:
    """The cases whose own callers may answer by internet and were not called yet."""
    return (
        select(Visit.caller_case_id)
        .join(Case, Case.id == Visit.case_id)
        .where(
            Visit.state == "pending",
            Visit.attempts == 0,
            Visit.asked_until.is_not(None),
            Visit.caller_case_id == Visit.case_id,
            Case.state == "visiting",
        )
        .order_by(Visit.id)
    )


SAID = (
    ("这个建议好，请交通、城管部门在明年计划中统筹考虑。", "filed"),
    ("请主管部门研究提出意见，十日内报我。", "matter"),
    ("请结合民生实事项目推进。", None),
)
"""What the leader says to suggestions that were kept, in turn, and what is to become of them."""


def leader_reads(desk: Desk, dice: Random) -> Life:
    """In the last weeks the leader reads the suggestions that were kept and says something to three."""
    days = desk.hours.workdays
    for place, (words, then) in enumerate(SAID):
        yield desk.hours.some_time(days[len(days) * 3 // 4 + 2 * place], dice)
        query = select(Suggestion.case_id).where(Suggestion.kept.is_(True))
        cases = [
            case for case in desk.ids(query.order_by(Suggestion.id)) if case not in desk.staged
        ]
        if len(cases) > place:
            given = {"words": words, **({"then": then} if then else {})}
            made = desk.do("leader", "comment_suggestion", cases[place], **given).made_case_id
            if made is not None:
                desk.diary.put(_handled(desk, made, dice))


def _handled(desk: Desk, case: int, dice: Random) -> Life:
    """What became of a suggestion that is the leader's matter now: a unit handles it, and the room
    visits its caller."""
    unit, file = "urban", File(matter_of("urban"), case)
    if desk.case(case).state == "registered":
        yield desk.hours.later(desk.diary.now, dice, 1, 3)
        desk.do("allocator", "allocate", case, unit=unit)
        yield desk.hours.workdays_after(desk.diary.now, 2, dice)
        desk.do(f"{unit}_head", "reply", case, **forms.reply(desk, file, dice, unit))
        yield desk.hours.workdays_after(desk.diary.now, 1, dice)
        desk.do("examiner", "examine", case, passes=True, words="要素齐全，意见明确。")
        yield desk.hours.workdays_after(desk.diary.now, 1, dice)
        if desk.case(case).state == "visiting":
            desk.do("officer", "record_visit", case, **forms.good_visit(desk, file, dice))


def matter_of(unit: str) -> Matter:
    """Something of a unit, where only the unit matters for what is written."""
    one = next(pattern for pattern in patterns() if pattern.unit == unit)
    return Matter(unit, one.category, one.kind, one.says, "群众反映事项", one.answer, "神木市")
