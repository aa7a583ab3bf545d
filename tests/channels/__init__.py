"""The ways out of the desk, against real servers."""
