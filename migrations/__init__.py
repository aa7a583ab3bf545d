"""The schema's history, and the triggers that guard the record."""
