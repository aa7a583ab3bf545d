"""What the desk says when something may not be done: a message id with facts, worded at the
edge."""

from __future__ import annotations

from typing import Any


class NotAllowed(Exception):
    """A verb that may not be done now. `msgid` names the sentence, `facts` fill it in; nothing was
    written."""

    def __init__(self, msgid: str, **facts: Any) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in sorted(self.facts.items()))
        return f"{self.msgid} ({told})" if told else self.msgid


class Gone(Exception):
    """The row moved on between reading and writing: the transaction is rolled back and may be tried
    again."""
