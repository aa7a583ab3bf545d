"""Where WeChat's servers reach the front: what they bring is kept, and answered with its receipt."""

from __future__ import annotations

from flask import Response, abort, request, url_for

from app import words
from app.front.behind import Full, Parcel, Silent
from app.front.rating import RATER
from app.front.room import LANGUAGE, room
from app.front.wechat import WITH_MEDIA, Account, Come, Unreadable
from app.rules.codes import typed_code

TAKEN = ("text", "location", "link", *WITH_MEDIA)
"""The kinds of messages that the office takes; to what else happens it only greets."""


def _account() -> Account:
    found = room().wechat
    return found if found is not None else abort(404)


def vouch() -> Response:
    """Say back what WeChat wants to hear when the address is entered there."""
    try:
        return Response(_account().vouched(request.args), mimetype="text/plain")
    except Unreadable:
        abort(403)


def take() -> Response:
    """Keep a message and answer with its receipt."""
    account, here = _account(), room()
    try:
        come = account.opened(request.get_data(), request.args)
    except Unreadable:
        abort(403)
    return Response(account.answer(come, _answered(come), here.clock()), mimetype="application/xml")


def _to_rate(come: Come) -> str:
    """Where a caller rates who sent the code of a visit by the same account: the address says who he is
    to this front only; empty where the words are no code that is good."""
    code, here = typed_code(come.words) if come.kind == "text" else "", room()
    try:
        if not code or not here.behind.ask({"ask": "looked", "code": code}).get("found"):
            return ""
    except Silent:
        return ""
    who = here.keys.wrapped(RATER, come.openid, here.clock())
    return url_for("front.rate", code=code, who=who, _external=True)


def _answered(come: Come) -> str:
    """What is said to a message; it is kept where it is one."""
    if come.kind == "event":
        return words.word("public.wechat.greeting", LANGUAGE)
    if come.kind not in TAKEN or not (come.words.strip() or come.media):
        return words.word("public.wechat.not_taken", LANGUAGE)
    here = room()
    link = _to_rate(come)
    if link:
        return words.word("public.wechat.rate", LANGUAGE, link=link)
    key, receipt = here.keys.message("wechat", come.known_by)
    said = {"sender": come.openid, "words": come.words, "wechat": come.kind}
    if come.media:
        said["media"] = come.media
    try:
        here.behind.take(Parcel("wechat", key, receipt, come.at, said))
    except (Full, Silent):
        return words.word("public.later_words", LANGUAGE)
    spaced = " ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))
    return words.word("public.wechat.receipt", LANGUAGE, receipt=spaced)
