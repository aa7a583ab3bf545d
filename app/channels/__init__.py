"""Ways out of the desk: text messages, mail, robots. Knows no database; everything that is sent or
asked over a network by somebody's setting goes through here."""

from __future__ import annotations

from app.channels.channel import Channel, Outcome, Sent, Told
from app.channels.reasons import REASONS, sent

__all__ = ["REASONS", "Channel", "Outcome", "Sent", "Told", "sent"]
