"""The press: facts go through a layout, words through the fonts' coverage, both into one template
of ours.

Callers' words reach the typesetter as JSON strings, never as markup, and no moment of making enters
a file: the same facts give the same bytes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from app.papers import fonts
from app.papers.blocks import Page, say
from app.papers.layouts import LAYOUTS

log = logging.getLogger(__name__)
TEMPLATE = Path(__file__).with_name("paper.typ")
_ONE_AT_A_TIME = Lock()


@lru_cache(maxsize=4)
def _compiler(own: Path | None) -> tuple[typst.Compiler, str]:
    """One compiler, its fonts read once; and which of the wanted fonts are there, as JSON."""
    found = typst.Fonts(False, False, [str(folder) for folder in fonts.folders(own)])
    families = set(found.families())
    held = {
        use: [name for name in wanted if name in families] for use, wanted in fonts.WANTED.items()
    }
    made = typst.Compiler(font_paths=found, ignore_system_fonts=True, root=TEMPLATE.parent)
    return made, json.dumps(held)


def fitted(kind: str, facts: Mapping[str, Any], own: Path | None = None) -> Page:
    """A paper laid out, each text as it can be printed: a sign that no font has stands as its number,
    and is told in the log. Raises KeyError for a kind that is no paper."""
    page: Page = LAYOUTS[kind](facts)
    missing: list[str] = []

    def fit(value: Any) -> Any:
        if isinstance(value, str):
            told, lacking = fonts.printable(value, own)
            missing.extend(lacking)
            return told
        if isinstance(value, dict):
            return {name: fit(part) for name, part in value.items()}
        return [fit(part) for part in value] if isinstance(value, list | tuple) else value

    page = fit(page)
    if missing:
        log.warning(
            "no font has %s: printed by number on a paper (%s)",
            ", ".join(sorted(set(missing))),
            kind,
        )
    return page


def _inputs(
    kind: str, facts: Mapping[str, Any], own: Path | None, copies: Sequence[bytes] = ()
) -> dict[str, str]:
    page = fitted(kind, facts, own)
    words = {"draft": say("papers.draft"), "page": say("papers.page", n="{n}")}
    return {
        "page": json.dumps(page, ensure_ascii=False),
        "words": json.dumps(words, ensure_ascii=False),
        "fonts": _compiler(own)[1],
        "copies": json.dumps([list(copy) for copy in copies], separators=(",", ":")),
    }


def pdf(
    kind: str,
    facts: Mapping[str, Any],
    own: Path | None = None,
    copies: Sequence[bytes] = (),
) -> bytes:
    """The PDF of a paper, of a kind of `layouts.LAYOUTS`; `own` is a folder with fonts that the
    office owns, `copies` are PDFs whose pages a dossier shows. Raises KeyError for another kind."""
    inputs = _inputs(kind, facts, own, copies)
    with _ONE_AT_A_TIME:
        made = _compiler(own)[0].compile(
            TEMPLATE.read_bytes(), format="pdf", sys_inputs=inputs, timestamp=0
        )
    assert isinstance(made, bytes)  # noqa: S101
    return made


def png(
    kind: str, facts: Mapping[str, Any], own: Path | None = None, ppi: float = 72
) -> list[bytes]:
    """The pages of a paper as pictures, to look at."""
    inputs = _inputs(kind, facts, own)
    with _ONE_AT_A_TIME:
        made = _compiler(own)[0].compile(
            TEMPLATE.read_bytes(), format="png", sys_inputs=inputs, ppi=ppi
        )
    pages = made if isinstance(made, list) else [made]
    return [page for page in pages if page is not None]


def typeset(template: Path, inputs: Mapping[str, str], own: Path | None = None) -> bytes:
    """The PDF of a template of ours and its inputs, which have what fonts can print; which fonts
    are there goes along."""
    with _ONE_AT_A_TIME:
        compiler, held = _compiler(own)
        made = compiler.compile(
            template.read_bytes(),
            format="pdf",
            sys_inputs={**inputs, "fonts": held},
            timestamp=0,
        )
    assert isinstance(made, bytes)  # noqa: S101
    return made
