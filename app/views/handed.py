"""What a page carries of a file that was handed over and is not taken in yet: signed, and its person's
alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypeVar

from flask import abort
from itsdangerous import BadSignature, URLSafeSerializer

from app.views.actor import actor, desk

T = TypeVar("T")


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(desk().settings.secret_key, salt=purpose)


def carried(handed: Any, purpose: str) -> str:
    """A dataclass with the `account` that handed it over, as an address carries it."""
    return str(_signer(purpose).dumps(asdict(handed)))


def handed_back(kind: type[T], said: str, purpose: str) -> T:
    """The dataclass again, where it is this person's; 404 else."""
    try:
        handed: Any = kind(**_signer(purpose).loads(said))
    except (BadSignature, TypeError):
        abort(404)
    if handed.account != actor().id:
        abort(404)
    found: T = handed
    return found
