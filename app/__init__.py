"""Duban: the case desk of a mayor's hotline, with a supervision bot that never forgets."""

VERSION = "0.2.0"
"""The version that the panel's foot and /healthz show: this line is the only place where it stands."""
