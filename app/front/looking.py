"""How a case or a message stands, told to who has its number and code, or its 收件号. A wrong code and
a number that nobody has are answered alike: in words, in time, in size. [reach, In]"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from app import words
from app.front.behind import Answer
from app.front.limits import TooMany
from app.front.room import LANGUAGE, page, room
from app.rules.folding import visible

LEAST_SECONDS = 0.3
"""How long it takes to say that nothing was found, at least: longer than to look."""
MOST_TYPED = 40
BY = ("case", "message")


def _typed(name: str) -> str:
    return visible(request.form.get(name, "")[:MOST_TYPED]).upper()


def shown(code: int = 200, told: str = "", **facts: Any) -> Response:
    """The two forms, with a sentence above them where there is one."""
    here = room()
    summed = here.limits.new_sum(here.clock()) if here.limits.needs_sum() else None
    return page("status", code, told=told, facts=facts, sum=summed)


def looked() -> Response:
    """How what was asked for stands, or that it was not found."""
    began, here = time.monotonic(), room()
    question = _question()
    if question is None:
        return shown(422, "public.look.empty")
    if here.limits.needs_sum() and not here.limits.sum_is_right(
        request.form.get("sum", "")[:200], request.form.get("answer", "")[:10], here.clock()
    ):
        return shown(422, "public.look.sum")
    what = (question["ask"], question.get("number", "") or question["receipt"], here.address())
    here.limits.may_look(*what)
    answer = here.behind.ask(question)
    if answer.get("found"):
        return page("standing", standing=answer, state=_state(answer))
    here.limits.wrong(*what)
    time.sleep(max(0.0, began + LEAST_SECONDS - time.monotonic()))
    return shown(404, "public.look.not_found")


def _state(answer: Answer) -> str:
    """What a state is called to a caller."""
    state = str(answer.get("state", ""))
    if answer.get("of") == "message":
        return words.value("message_told", state, LANGUAGE)
    return words.value("case_told", state, LANGUAGE)


def locked(error: TooMany) -> Response:
    """Not looked at for a while, whether the number is anybody's or not."""
    minutes = -(-error.seconds // 60)
    return shown(429, "public.look.locked", n=minutes)


def _question() -> Mapping[str, str] | None:
    """What is asked for; None where a field was left empty."""
    by = request.form.get("by", "")
    if by == "message":
        receipt = _typed("receipt").replace("-", "")
        return {"ask": "message", "receipt": receipt} if receipt else None
    number, code = _typed("number"), _typed("code")
    return {"ask": "case", "number": number, "code": code} if number and code else None
