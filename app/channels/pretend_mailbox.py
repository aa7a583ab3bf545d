"""The mailbox of a sample office, in the process itself: letters that are written beforehand come into it
one after the other, so that a newcomer sees messages arrive without any server. No office in earnest
has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from app.channels.mailbox import Fetched
from app.rules.refusal import NotAllowed

AT_FIRST, EVERY = 3, timedelta(minutes=4)
"""So many letters lie in it when the office opens; then one comes every few minutes."""
DOMAIN = "pretend.invalid"
"""What stands behind every address: no mail can ever leave for it."""


@dataclass(frozen=True)
class PretendMailbox:
    """A mailbox that asks no server. Raises NotAllowed (pretend_in_production) when made for an
    office in earnest. `letters` have address, name, subject and words; the mailbox `began` at a
    moment."""

    letters: Sequence[Mapping[str, str]] = field(repr=False)
    began: datetime
    now: datetime
    production: bool
    validity: int = 1

    def __post_init__(self) -> None:
        if self.production:
            raise NotAllowed("pretend_in_production")

    def above(self, uid: int) -> list[int]:
        """The numbers of the letters that have come by now, above one."""
        return [n for n in range(uid + 1, len(self.letters) + 1) if self._came(n) <= self.now]

    def fetched(self, uid: int) -> Fetched | None:
        """A letter by its number."""
        if not 0 < uid <= len(self.letters):
            return None
        told, at = self.letters[uid - 1], self._came(uid)
        mail = EmailMessage()
        mail["From"] = formataddr((told["name"], f"{told['address']}@{DOMAIN}"))
        mail["To"] = f"mayor@{DOMAIN}"
        mail["Subject"] = told["subject"]
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<letter-{uid}@{DOMAIN}>"
        if told.get("answers"):
            mail["In-Reply-To"] = f"<letter-{told['answers']}@{DOMAIN}>"
        mail.set_content(told["words"])
        raw = mail.as_bytes()
        return Fetched(uid, len(raw), at, raw)

    def _came(self, uid: int) -> datetime:
        return self.began + EVERY * max(0, uid - AT_FIRST)
