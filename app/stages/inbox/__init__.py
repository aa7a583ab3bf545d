"""The inbox 收件箱: whatever arrives in writing is a message, and the centre makes something of each
within a working day. (1) "... checking the mayor's mailbox, WeChat, e-mail"."""

from app.stages.inbox.arriving import (
    CHANNEL_OF,
    SOURCES,
    Stored,
    arrive,
    keep,
    keepable,
    of_key,
    of_receipt,
    openid_of,
    unread,
)
from app.stages.inbox.clocks import mark_overdue
from app.stages.inbox.holding import became, files_of, in_hand

__all__ = [
    "CHANNEL_OF",
    "SOURCES",
    "Stored",
    "arrive",
    "became",
    "files_of",
    "in_hand",
    "keep",
    "keepable",
    "mark_overdue",
    "of_key",
    "of_receipt",
    "openid_of",
    "unread",
]
