"""A demand of the public: its form, what came with it, and its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Response, request

from app import words
from app.front import form
from app.front.behind import Full, Parcel, Photo, Silent
from app.front.limits import TooMany
from app.front.photos import MOST, made_anew
from app.front.room import LANGUAGE, notice, page, room
from app.rules.refusal import NotAllowed

_MOST_KEY = 120


def shown(
    code: int = 200,
    said: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    waiting: list[Photo] | None = None,
    key: str = "",
    told: str = "",
) -> Response:
    """The form: empty, or given back with what was typed, what is wrong and the photographs that
    wait."""
    version, paragraphs = notice()
    return page(
        "demand",
        code,
        said=said or {},
        wrong=wrong or {},
        waiting=[photo.name for photo in waiting or ()],
        key=key or room().keys.fresh(room().clock()),
        told=told,
        kinds=form.KINDS,
        most=MOST,
        most_words=form.MOST_WORDS,
        notice=paragraphs,
        version=version,
    )


def sent() -> Response:
    """Take what was sent and show its receipt; else give the form back."""
    here, now = room(), room().clock()
    said, key = form.typed(request.form), request.form.get("key", "")[:_MOST_KEY]
    if not here.keys.is_ours(key, now):
        return shown(409, said, {"key": "public.wrong.key"})
    photos, refused = _photos(key)
    wrong = form.wrong_with(said)
    if request.form.get("version") != notice()[0]:
        wrong["consent"] = "public.wrong.notice"
    if wrong or refused:
        here.aside.put(key, photos)
        return shown(422, said, wrong, photos, key, refused)
    parcel = _parcel(key, now, said, photos)
    try:
        here.behind.take(parcel)
    except (Full, Silent) as no:
        here.aside.put(key, photos)
        told = "public.full" if isinstance(no, Full) else "public.later_words"
        return shown(503, said, waiting=photos, key=key, told=words.word(told, LANGUAGE))
    here.aside.put(key, [])
    return page("receipt", receipt=parcel.receipt, at=now, photos=len(photos))


def held_back(error: TooMany) -> Response:
    """The form given back because too much comes from one address; what came with it is not looked
    at."""
    said = form.typed(request.form)
    told = words.word("public.held_back", LANGUAGE, seconds=error.seconds)
    return shown(429, said, key=request.form.get("key", "")[:_MOST_KEY], told=told)


def _photos(key: str) -> tuple[list[Photo], str]:
    """The photographs of a form - those that waited, but for what was taken out, and what came now
    -, and why one could not be taken."""
    here = room()
    out = set(request.form.getlist("drop"))
    found = [photo for n, photo in enumerate(here.aside.of(key)) if str(n) not in out]
    for storage in request.files.getlist("photos"):
        if not storage.filename:
            continue
        if len(found) == MOST:
            return found, words.word("public.wrong.photos", LANGUAGE, n=MOST)
        try:
            found.append(made_anew(storage.filename, storage.stream, here.scanner))
        except NotAllowed as no:
            return found, words.sentence(no, LANGUAGE)
    return found, ""


def _parcel(key: str, now: datetime, said: Mapping[str, str], photos: list[Photo]) -> Parcel:
    version = notice()[0]
    told = {name: words for name, words in said.items() if words and name != "consent"}
    told["notice"] = version
    parts = [part.encode() for pair in sorted(told.items()) for part in pair]
    parts += [photo.content for photo in photos]
    name, receipt = room().keys.message(key, parts)
    return Parcel("form", name, receipt, now, told, tuple(photos))
