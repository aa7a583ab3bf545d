"""Real messages: replayed, compared, and looked through for callers."""
