"""Duban: the case desk of a mayor's hotline, with a supervision bot that never forgets."""
