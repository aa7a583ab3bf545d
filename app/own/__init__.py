"""What an office adds of its own: how it says so, what is held against it, and where it goes. An
office writes in `app/extend.py`; nothing here is changed for it."""

from app.own.entries import Channel, Own, OwnView, Paper, Wrong
from app.own.load import load

__all__ = ["Channel", "Own", "OwnView", "Paper", "Wrong", "load"]
