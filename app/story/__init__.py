"""Plays people through verbs with a clock handed in: stories, and the replay of real messages."""

from app.story.player import play
from app.story.replay import replay

__all__ = ["play", "replay"]
