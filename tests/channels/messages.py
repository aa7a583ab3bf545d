"""Messages of tests, with canaries in all that may not come back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.channels import Told
from app.channels.sms import Slot, Template

PHONE = "13800138000"
MAILBOX = "liaison@water.example"
SECRET = "s3cret-canary-gateway"
ACCOUNT = "account-canary"
TOKEN = "token-canary-693axxx6-7aoc"
WORDS = "canary words: 李某 asks"
AT = datetime(2025, 9, 30, 0, 30, 5, tzinfo=UTC)
KEY = "d-4711-1"
TEMPLATES = {
    "reminder": Template("SMS_71390007", (Slot("number", "no", 20), Slot("due_on", "day", 20)))
}
VALUES = {"no": "SM20250930-0012", "day": "10月9日"}


def told(**changed: Any) -> Told:
    """A reminder to a unit's liaison."""
    given: dict[str, Any] = {
        "kind": "reminder",
        "fields": {"number": "SM20250930-0012", "due_on": "10月9日"},
        "to": PHONE,
        "subject": "催办：SM20250930-0012",
        "text": WORDS,
        "key": KEY,
    }
    return Told(**{**given, **changed})
