"""Are the keys at hand those of the record: the one that seals it, and the one that signs for it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.ledger.chain import key_name
from app.ledger.keys import other_key
from app.ledger.signers import signers, signing_key
from app.ledger.signing import name_of_key
from jobs.advice import Finding, finding


def key_findings(session: Session) -> Iterator[Finding]:
    """Whether the record was sealed with the key at hand."""
    ours: bytes = session.info["ledger_key"]
    theirs = other_key(session, ours)
    if theirs is not None:
        yield finding("key_differs", ours=key_name(ours), theirs=theirs)
    yield from _signing_findings(session)


def _signing_findings(session: Session) -> Iterator[Finding]:
    """Whether the key that signs is the one that the record has in use."""
    used, ours = [one.name for one in signers(session)][-1:], signing_key(session)
    if used and ours is None:
        yield finding("signing_key_missing", theirs=used[0])
    elif used and ours is not None and name_of_key(ours) != used[0]:
        yield finding("signing_key_differs", ours=name_of_key(ours), theirs=used[0])
