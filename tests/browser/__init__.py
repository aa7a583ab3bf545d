"""The panel in a real Chromium, as the people of an office use it."""
