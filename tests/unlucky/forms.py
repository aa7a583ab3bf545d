"""What is typed at registration, and what a form that was given back would send."""

from __future__ import annotations

import random

from app.story.theatre.pages import read_page

CASE = {
    "channel": "phone",
    "kind": "help",
    "narrative": "路灯不亮已有一周，夜间出行不便，请尽快修复。",
    "anonymous": "y",
    "urgency": "normal",
}
"""A case as it is typed."""


def words(dice: random.Random) -> str:
    """A text that is like no other."""
    return "".join(chr(dice.randrange(0x4E00, 0x9FA5)) for _ in range(40))


def fields_of(page: str) -> dict[str, str]:
    """What the form of a page would send."""
    form = page.partition('<form class="again"')[2].partition("</form>")[0]
    (read,) = read_page(f"<form>{form}</form>").forms
    return {name: one.values[0] for name, one in read.controls.items() if one.values}
