"""A result rated by a one-time code: true, solved, satisfied, why, words, and the last four digits of
the caller's own number. Opening the page consumes nothing. [procedure 6]"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from app.front.behind import Answer, Parcel, Silent
from app.front.form import clean
from app.front.room import page, room
from app.rules.folding import visible
from app.words import VALUES

LABELS = {
    "truth": "public.rate.truth",
    "solved": "public.rate.solved",
    "satisfied": "public.rate.satisfied",
    "why": "public.rate.why",
}
CHOICES = {name: VALUES[name] for name in LABELS}
NEEDED = ("truth", "solved", "satisfied")
MOST_WORDS, MOST_CODE, LAST = 500, 20, 4
MOST_WHO = 200
RATER = "rater"
"""For what the account of a caller is wrapped who came from WeChat."""
TAKEN, KEPT = "taken", "kept"
"""What becomes of a rating: the desk has it, or it waits here for the desk."""


def code_of(typed: str) -> str:
    """A code as it is compared, however it was typed."""
    return visible(typed[: 2 * MOST_CODE]).replace("-", "").upper()[:MOST_CODE]


def opened(typed: str) -> Response:
    """The form for a code that came with a link: with what is to be judged where the desk knows the
    code."""
    code = code_of(typed)
    try:
        about = room().behind.ask({"ask": "looked", "code": code}) if code else {}
    except Silent:
        return shown(code)
    if code and not about.get("found"):
        return shown(code, 404, told="public.rate.refused")
    return shown(code, about=about, said={"who": request.args.get("who", "")[:MOST_WHO]})


def shown(
    code: str,
    status: int = 200,
    said: Mapping[str, str] | None = None,
    told: str = "",
    about: Answer | None = None,
) -> Response:
    """The form of a rating."""
    return page(
        "rating",
        status,
        code=code,
        said=said or {},
        told=told,
        about=about or {},
        choices=CHOICES,
        labels=LABELS,
    )


def sent() -> Response:
    """Take a rating. The desk says whether it counts; while it is away the rating waits here, with
    the moment at which it was given."""
    here = room()
    said = {name: clean(request.form.get(name, "")) for name in (*CHOICES, "words")}
    said["words"] = said["words"][:MOST_WORDS]
    code, last = code_of(request.form.get("code", "")), visible(request.form.get("last_four", ""))
    who = request.form.get("who", "")[:MOST_WHO]
    openid = here.keys.unwrapped(RATER, who, here.clock()) if who else ""
    wrong = _wrong(said, code) or ("" if openid or _is_four(last) else "public.rate.last_four")
    if wrong:
        return shown(code, 422, {**said, "who": who if openid else ""}, wrong)
    # The code is known to whoever was asked, and to nobody else: a lock of it locks nobody out.
    here.limits.may_look("rate", code)
    told = {name: words for name, words in said.items() if words}
    known_by = {"openid": openid} if openid else {"last_four": last}
    question = {"ask": "rate", "code": code, **known_by, **told}
    try:
        answer = here.behind.ask(question)
    except Silent:
        now = here.clock()
        parts = [part.encode() for pair in sorted(question.items()) for part in pair]
        key, _ = here.keys.message("rating", parts)
        here.behind.take(Parcel("rating", key, "", now, question))
        return page("plain", title="public.rate.thanks", sentence="public.rate.kept")
    if answer.get("found"):
        return page("plain", title="public.rate.thanks", sentence="public.rate.taken")
    here.limits.wrong("rate", code)
    return shown(code, 404, {**said, "who": who if openid else ""}, "public.rate.refused")


def _is_four(last: str) -> bool:
    return len(last) == LAST and last.isdigit() and last.isascii()


def _wrong(said: Mapping[str, str], code: str) -> str:
    """The message id of what keeps a rating from being sent; empty where nothing does."""
    if any(said[name] not in CHOICES[name] for name in NEEDED):
        return "public.rate.choose"
    if said["why"] and said["why"] not in CHOICES["why"]:
        return "public.rate.choose"
    return "" if code else "public.rate.code_missing"
