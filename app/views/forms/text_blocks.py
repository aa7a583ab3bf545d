"""Text blocks of a form: standard requirements of the office, put into what is typed by a button that
only opens the form again. [office settings]"""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from app.rules.office import REQUIREMENTS, SETTINGS
from app.rules.reading import lines
from app.stages.calendar import settings_known
from app.verbs import Verb
from app.views.actor import key_typed, reader

BLOCK = "block"
"""The field that the button of a block sends: its number, from 1 on."""
CHANGES = "change_setting"
FILLS = {"open_supervision": "requirement", "reissue": "requirement"}
"""verb -> the field of its form that blocks go into."""


def blocks_of(verb: Verb) -> Sequence[str]:
    """The text blocks of a form, none where it has no field for them."""
    return [line.text for line in lines(_requirements())] if verb.name in FILLS else ()


def _requirements() -> str:
    """The standard requirements as they stand."""
    return settings_known(reader()).get(REQUIREMENTS) or SETTINGS[REQUIREMENTS]


def with_block(verb: Verb, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, with the block that was asked for behind it, once; the form with which the
    blocks themselves are changed begins with those that stand."""
    if verb.name == CHANGES and typed.get("name") == REQUIREMENTS and "value" not in typed:
        return MultiDict([*typed.items(multi=True), ("value", _requirements())])
    blocks, n = blocks_of(verb), key_typed(typed.get(BLOCK))
    if not 0 < n <= len(blocks):
        return typed
    name, filled = FILLS[verb.name], MultiDict(list(typed.items(multi=True)))
    before, block = typed.get(name, "").strip(), blocks[n - 1]
    filled[name] = before if block in before else "\n".join(filter(None, (before, block)))
    return filled
