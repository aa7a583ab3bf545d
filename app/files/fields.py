"""Fields of a Word document: whether an instruction among them reaches another program, however it
is split up."""

from __future__ import annotations

import re

from app.files.refusals import active
from app.files.xmls import Attributes

_DDE = re.compile(r'[\s"]*(?:DDE|DDEAUTO)(?![A-Za-z0-9])', re.IGNORECASE)
_NOTHING = re.compile(r'[\s"]*\Z')
WORDS = ("instrText", "delInstrText")
"""The elements that hold pieces of an instruction."""


def judge(instruction: str) -> None:
    """Raises NotAllowed (file_active) for an instruction that has the document ask another
    program."""
    if _DDE.match(instruction):
        raise active("dde")


class Fields:
    """The fields of one part, read element by element."""

    def __init__(self) -> None:
        self._open: list[str | None] = []
        """The instructions of the fields that are open, outermost first; None once a result
        follows."""

    def began(self, local: str, attributes: Attributes) -> None:
        """An element: a sign of where a field begins and ends, or a whole one. Raises NotAllowed
        (file_active)."""
        if local == "fldSimple":
            judge(attributes.get("instr", ""))
        elif local == "fldChar":
            self._sign(attributes.get("fldCharType", ""))

    def said(self, local: str, words: str) -> None:
        """A piece of an instruction. Raises NotAllowed (file_active)."""
        if not self._open:
            judge(words)
        elif self._open[-1] is not None:
            self._open[-1] += words

    def over(self) -> None:
        """The part is over: what was begun and never ended counts as it stands. Raises NotAllowed
        (file_active)."""
        for instruction in self._open:
            judge(instruction or "")

    def _sign(self, sign: str) -> None:
        if sign == "begin":
            # What another field is to say first would be what this one does.
            if self._open and self._open[-1] is not None and _NOTHING.match(self._open[-1]):
                raise active("dde")
            self._open.append("")
        elif sign in ("separate", "end") and self._open:
            judge(self._open[-1] or "")
            if sign == "separate":
                self._open[-1] = None
            else:
                self._open.pop()
